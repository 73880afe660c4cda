//! A record on its way into the table: its content, its number and the keyed hash over both.

use chrono::{DateTime, SubsecRound, Utc};
use entity::ledger_record;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::LedgerUnavailable;
use super::entry::{Body, Entry};
use super::numbering::Numbering;
use crate::keys::Keys;

/// The content of a record that has no number yet.
#[derive(Debug)]
pub(super) struct Draft {
    kind: String,
    at: DateTime<Utc>,
    body: String,
}

impl Draft {
    pub(super) fn of(entry: &Entry, keys: &Keys) -> Result<Self, LedgerUnavailable> {
        let body = Body::of(entry, keys)?.encode()?;
        Ok(Self { kind: entry.kind.code().to_owned(), at: entry.at.trunc_subsecs(6), body })
    }

    /// Something to write and take back.
    pub(super) fn probe() -> Self {
        Self { kind: "PROBE".to_owned(), at: DateTime::UNIX_EPOCH, body: String::new() }
    }

    pub(super) fn numbered(&self, keys: &Keys, by: &Numbering) -> ledger_record::Model {
        let mut record = ledger_record::Model {
            writer: by.writer,
            number: by.next,
            at: self.at,
            kind: self.kind.clone(),
            body: self.body.clone(),
            hash: Vec::new(),
        };
        record.hash = with_hashed_parts(&record, |parts| keys.record_hash(parts));
        record
    }
}

/// Whether a stored record is one that this server wrote, with this content under this number.
pub(super) fn is_genuine(record: &ledger_record::Model, keys: &Keys) -> bool {
    with_hashed_parts(record, |parts| keys.verify_record_hash(parts, &record.hash))
}

fn with_hashed_parts<T>(record: &ledger_record::Model, hash: impl FnOnce(&[&[u8]]) -> T) -> T {
    hash(&[
        b"vangnet ledger record v1",
        record.writer.as_bytes(),
        &record.number.to_be_bytes(),
        &record.at.timestamp_micros().to_be_bytes(),
        record.kind.as_bytes(),
        record.body.as_bytes(),
    ])
}

/// Inserts records in one statement: all of them or none.
pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    records: Vec<ledger_record::Model>,
) -> Result<(), DbErr> {
    let rows = records.into_iter().map(IntoActiveModel::into_active_model);
    ledger_record::Entity::insert_many(rows).exec_without_returning(connection).await?;
    Ok(())
}

/// The place of a record with its writer, for messages.
pub(super) fn place(writer: Uuid, number: i64) -> String {
    format!("record {number} of writer {writer}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyFile;

    #[test]
    fn every_column_is_under_the_hash() {
        let keys = Keys::derive(&KeyFile::generate().unwrap()).unwrap();
        let record = Draft::probe().numbered(&keys, &Numbering::fresh());
        assert!(is_genuine(&record, &keys));
        let spoil: [fn(&mut ledger_record::Model); 6] = [
            |record| record.writer = Uuid::now_v7(),
            |record| record.number += 1,
            |record| record.at += chrono::Duration::microseconds(1),
            |record| record.kind.push('S'),
            |record| record.body.push(' '),
            |record| record.hash[31] ^= 1,
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut spoilt = record.clone();
            spoil(&mut spoilt);
            assert!(!is_genuine(&spoilt, &keys), "{number}");
        }
        let other = Keys::derive(&KeyFile::generate().unwrap()).unwrap();
        assert!(!is_genuine(&record, &other));
    }
}
