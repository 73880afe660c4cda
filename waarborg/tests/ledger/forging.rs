//! What somebody can do who may change every table but has no key: edit, delete, insert, and chain anew.

use aws_lc_rs::digest::{Context, SHA256};
use entity::{ledger_record, ledger_seal, ledger_subject};

use crate::stage::Stage;

/// The three tables as they were, to be put back after each attempt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tables {
    pub(crate) records: Vec<ledger_record::Model>,
    pub(crate) seals: Vec<ledger_seal::Model>,
    pub(crate) subjects: Vec<ledger_subject::Model>,
}

impl Tables {
    pub(crate) async fn of(stage: &Stage) -> Self {
        Self {
            records: stage.rows("SELECT * FROM ledger_record ORDER BY writer, number").await,
            seals: stage.rows("SELECT * FROM ledger_seal ORDER BY sequence").await,
            subjects: stage.rows("SELECT * FROM ledger_subject ORDER BY sequence, pseudonym").await,
        }
    }

    /// Makes the tables of the database these ones.
    pub(crate) async fn put(&self, stage: &Stage) {
        for table in ["ledger_record", "ledger_seal", "ledger_subject"] {
            stage.sql(&format!("DELETE FROM {table}")).await;
        }
        let connection = stage.database.writer();
        insert::<ledger_record::Entity, _>(&self.records, connection).await;
        insert::<ledger_seal::Entity, _>(&self.seals, connection).await;
        insert::<ledger_subject::Entity, _>(&self.subjects, connection).await;
    }

    /// The last link of the chain.
    pub(crate) fn head(&self) -> i64 {
        self.seals.last().unwrap().sequence
    }

    /// The seal's own record.
    pub(crate) fn sealed(&self, seal: usize) -> usize {
        let seal = &self.seals[seal];
        self.records
            .iter()
            .position(|record| (record.writer, record.number) == (seal.writer, seal.number))
            .unwrap()
    }

    /// Deletes the last links with all that belongs to them.
    pub(crate) fn cut(&mut self, links: usize) {
        for _ in 0..links {
            let record = self.sealed(self.seals.len() - 1);
            self.records.remove(record);
            let seal = self.seals.pop().unwrap();
            self.subjects.retain(|subject| subject.sequence != seal.sequence);
        }
    }

    /// Numbers the links from 1 on and computes the chain as the ledger would: it needs no key.
    pub(crate) fn chain_anew(&mut self) {
        let mut chain = Context::new(&SHA256);
        chain.update(b"vangnet ledger chain v1");
        let mut previous = chain.finish().as_ref().to_vec();
        for (seal, sequence) in self.seals.iter_mut().zip(1..) {
            for subject in &mut self.subjects {
                if subject.sequence == seal.sequence {
                    subject.sequence = -sequence;
                }
            }
            seal.sequence = sequence;
            seal.chain = link(&previous, seal);
            previous.clone_from(&seal.chain);
        }
        for subject in &mut self.subjects {
            subject.sequence = subject.sequence.abs();
        }
    }
}

/// The link as the module of the ledger documents it, computed a second time from scratch.
fn link(previous: &[u8], seal: &ledger_seal::Model) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    let sealed_at = seal.sealed_at.timestamp_micros().to_be_bytes();
    for part in [previous, seal.writer.as_bytes(), &seal.number.to_be_bytes(), &seal.hash, &sealed_at] {
        context.update(&u64::try_from(part.len()).unwrap().to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

async fn insert<E, M>(rows: &[M], connection: &impl sea_orm::ConnectionTrait)
where
    E: sea_orm::EntityTrait,
    M: Clone + sea_orm::IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(sea_orm::IntoActiveModel::into_active_model);
        E::insert_many(rows).exec_without_returning(connection).await.unwrap();
    }
}
