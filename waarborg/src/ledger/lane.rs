//! Lanes: the way into the ledger for records that are part of a transaction.
//!
//! A lane is a writer that serves one transaction at a time. It commits or rolls back the transaction itself,
//! so that it knows whether its numbers were used. When it cannot know, its writer is given up.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::entry::Entry;
use super::numbering::Numbering;
use super::record::{self, Draft};
use super::{LedgerUnavailable, PATIENCE};
use crate::keys::Keys;

/// The writers of lanes that no transaction uses now. The one that was given back last goes out first, so that
/// no more are in use than there are transactions at a time.
#[derive(Debug)]
pub(super) struct Lanes {
    idle: Mutex<Vec<Numbering>>,
    news: Arc<Notify>,
}

impl Lanes {
    pub(super) fn new(news: Arc<Notify>) -> Self {
        Self { idle: Mutex::default(), news }
    }

    fn take(&self) -> Numbering {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|numbering| !numbering.is_worn());
        idle.pop().unwrap_or_else(Numbering::fresh)
    }

    fn give_back(&self, numbering: Numbering) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(numbering);
    }
}

/// A transaction with records of the ledger was not committed, or it is not known that it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A record had failed before, so the transaction was rolled back.
    #[error(transparent)]
    Ledger(#[from] LedgerUnavailable),
    /// The database failed. The outcome may be unknown.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Writes the records of one transaction and ends it.
#[derive(Debug)]
#[must_use = "the records are committed by the lane"]
pub struct Lane {
    keys: Keys,
    lanes: Arc<Lanes>,
    /// Taken at the first record; given back only while it is certain which numbers were used.
    numbering: Option<Numbering>,
    written: i64,
    failed: Option<LedgerUnavailable>,
}

impl Lane {
    pub(super) fn new(keys: Keys, lanes: Arc<Lanes>) -> Self {
        Self { keys, lanes, numbering: None, written: 0, failed: None }
    }

    /// Writes a record in the transaction, which must be the outermost one and must be ended by this lane.
    /// After an error nothing but a rollback is possible.
    pub async fn record(
        &mut self,
        transaction: &DatabaseTransaction,
        entry: &Entry,
    ) -> Result<(), LedgerUnavailable> {
        if let Some(reason) = self.failed {
            return Err(reason);
        }
        // Until the insert has succeeded, whoever drops this future leaves a lane that cannot commit.
        self.failed = Some(LedgerUnavailable::TooLate);
        let outcome = self.insert(transaction, entry).await;
        self.failed = outcome.err();
        outcome
    }

    async fn insert(
        &mut self,
        transaction: &DatabaseTransaction,
        entry: &Entry,
    ) -> Result<(), LedgerUnavailable> {
        let draft = Draft::of(entry, &self.keys)?;
        let numbering = self.numbering.get_or_insert_with(|| self.lanes.take());
        let record = draft.numbered(&self.keys, numbering);
        match timeout(PATIENCE, record::insert(transaction, vec![record])).await {
            Ok(Ok(())) => {
                numbering.next += 1;
                self.written += 1;
                Ok(())
            }
            Ok(Err(cause)) => {
                tracing::error!(
                    cause = crate::database::cause(&cause),
                    "the database refused a record of the ledger"
                );
                Err(LedgerUnavailable::Refused)
            }
            Err(_) => Err(LedgerUnavailable::TooLate),
        }
    }

    /// Commits the transaction with its records, or rolls it back when one of them had failed.
    pub async fn commit(mut self, transaction: DatabaseTransaction) -> Result<(), CommitError> {
        if let Some(reason) = self.failed {
            transaction.rollback().await?;
            return Err(reason.into());
        }
        transaction.commit().await?;
        if let Some(numbering) = self.numbering.take() {
            self.lanes.give_back(numbering);
            self.lanes.news.notify_one();
        }
        Ok(())
    }

    /// Rolls the transaction back with its records, whose numbers are used again.
    pub async fn rollback(mut self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        transaction.rollback().await?;
        if let Some(mut numbering) = self.numbering.take()
            && self.failed.is_none()
        {
            numbering.next -= self.written;
            self.lanes.give_back(numbering);
        }
        Ok(())
    }
}
