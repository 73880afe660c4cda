//! The task that appends: it takes all records that wait, writes them in one statement and answers each.
//!
//! A record that the database refuses fails for whoever waits for it and for nobody else.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::numbering::Numbering;
use super::record::{self, Draft};
use super::{LedgerUnavailable, PATIENCE};
use crate::database::Database;
use crate::keys::Keys;

/// How many records share a commit at most.
const BATCH: usize = 256;

/// A record that waits to be written, and who waits for it.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) draft: Draft,
    pub(super) answer: oneshot::Sender<Result<(), LedgerUnavailable>>,
}

impl Waiting {
    /// Tells whoever waits. Who is gone by now has disclosed nothing; a record too many is no harm.
    fn answer(self, written: Result<(), LedgerUnavailable>) {
        let _ = self.answer.send(written);
    }
}

#[derive(Debug)]
pub(super) struct Appender {
    database: Database,
    keys: Keys,
    queue: mpsc::Receiver<Waiting>,
    news: Arc<Notify>,
    numbering: Numbering,
}

impl Appender {
    pub(super) fn new(
        database: Database,
        keys: Keys,
        queue: mpsc::Receiver<Waiting>,
        news: Arc<Notify>,
    ) -> Self {
        Self { database, keys, queue, news, numbering: Numbering::fresh() }
    }

    /// Appends until it is told to stop or nobody can append any more, and then what still waits.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let taken = tokio::select! {
                biased;
                () = stop.cancelled(), if !self.queue.is_closed() => { self.queue.close(); continue; }
                taken = self.queue.recv_many(&mut batch, BATCH) => taken,
            };
            if taken == 0 {
                return;
            }
            self.write_and_answer(&mut batch).await;
        }
    }

    async fn write_and_answer(&mut self, batch: &mut Vec<Waiting>) {
        batch.retain(|waiting| !waiting.answer.is_closed());
        if batch.is_empty() {
            return;
        }
        let deadline = Instant::now() + PATIENCE;
        let written = self.write(batch, deadline).await;
        if written == Err(LedgerUnavailable::Refused) && batch.len() > 1 {
            return self.write_each(batch, deadline).await;
        }
        for waiting in batch.drain(..) {
            waiting.answer(written);
        }
    }

    /// Writes a refused batch again, each record for itself, so that one which cannot be written takes no
    /// other with it.
    async fn write_each(&mut self, batch: &mut Vec<Waiting>, deadline: Instant) {
        for waiting in batch.drain(..) {
            let written = self.write(std::slice::from_ref(&waiting), deadline).await;
            waiting.answer(written);
        }
    }

    /// Writes a batch under the next numbers. After a failure a fresh writer goes on, because it is not known
    /// whether the numbers were used.
    async fn write(&mut self, batch: &[Waiting], deadline: Instant) -> Result<(), LedgerUnavailable> {
        let mut numbering = std::mem::replace(&mut self.numbering, Numbering::fresh());
        if numbering.is_worn() {
            numbering = Numbering::fresh();
        }
        let mut records = Vec::with_capacity(batch.len());
        for waiting in batch {
            records.push(waiting.draft.numbered(&self.keys, &numbering));
            numbering.next += 1;
        }
        match timeout_at(deadline, record::insert(self.database.writer(), records)).await {
            Ok(Ok(())) => {
                self.numbering = numbering;
                self.news.notify_one();
                Ok(())
            }
            Ok(Err(cause)) => {
                let cause = crate::database::cause(&cause);
                tracing::error!(records = batch.len(), cause, "the database refused records of the ledger");
                Err(LedgerUnavailable::Refused)
            }
            Err(_) => {
                tracing::error!(records = batch.len(), "the ledger was not written in time");
                Err(LedgerUnavailable::TooLate)
            }
        }
    }
}
