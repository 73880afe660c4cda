//! The verification: recomputes hashes, numbers, chain, index and checkpoints, and says what does not hold.
//!
//! It reads one snapshot of the database in pages, and each checkpoint file as long as it was just before, so
//! that it can run beside a server at work. Memory grows with the number of writers, not of records. It changes
//! nothing and stops at nothing: after a finding it goes on.

mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use chrono::{DateTime, Utc};
use entity::{ledger_record, ledger_seal, ledger_subject};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, IsolationLevel,
    Statement, TransactionTrait,
};
use uuid::Uuid;

pub use report::{Finding, Report, Unsealed};

use super::checkpoint::{self, Extent, Head};
use super::entry::Body;
use super::{record, sealer, writers};
use crate::database::Database;
use crate::keys::Keys;

/// How many rows and how many lines of a checkpoint file are read at a time.
const PAGE: i64 = 500;
const LINES: usize = 500;

/// The ledger could not be verified. That is no proof of anything, and no reassurance.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The tables cannot be read; a value of a wrong form can be the cause.
    #[error("the tables of the ledger cannot be read: {0}")]
    Database(#[from] DbErr),
    /// The checkpoints cannot be read.
    #[error("the checkpoints of the ledger cannot be read: {0}")]
    Checkpoints(#[from] std::io::Error),
}

/// Verifies the whole ledger against the checkpoints of a folder.
pub async fn verify(database: &Database, keys: &Keys, checkpoints: &Path) -> Result<Report, VerifyError> {
    let files = checkpoint::extents(checkpoints)?;
    let snapshot = snapshot(database).await?;
    let mut verification = Verification { snapshot, keys, last: HashMap::new(), report: Report::default() };
    let head = verification.chain().await?;
    verification.stray_subjects(head.sequence).await?;
    verification.unsealed().await?;
    verification.checkpoints(&files, &head).await?;
    verification.snapshot.rollback().await?;
    Ok(verification.report)
}

/// A transaction in which every statement sees the same state. On SQLite every transaction is one.
async fn snapshot(database: &Database) -> Result<DatabaseTransaction, DbErr> {
    let is_postgres = database.backend() == DbBackend::Postgres;
    let isolation = is_postgres.then_some(IsolationLevel::RepeatableRead);
    let access = is_postgres.then_some(AccessMode::ReadOnly);
    database.reader().begin_with_config(isolation, access).await
}

struct Verification<'a> {
    snapshot: DatabaseTransaction,
    keys: &'a Keys,
    /// The last sealed number of each writer.
    last: HashMap<Uuid, i64>,
    report: Report,
}

/// A seal, and what there is of its record.
#[derive(Debug, FromQueryResult)]
struct Link {
    #[sea_orm(nested)]
    seal: ledger_seal::Model,
    at: Option<DateTime<Utc>>,
    kind: Option<String>,
    body: Option<String>,
    record_hash: Option<Vec<u8>>,
}

impl Link {
    fn record(&self) -> Option<ledger_record::Model> {
        Some(ledger_record::Model {
            writer: self.seal.writer,
            number: self.seal.number,
            at: self.at?,
            kind: self.kind.clone()?,
            body: self.body.clone()?,
            hash: self.record_hash.clone()?,
        })
    }
}

const LINKS: &str = "
    SELECT s.sequence AS sequence, s.writer AS writer, s.number AS number, s.hash AS hash, s.chain AS chain,
        s.sealed_at AS sealed_at, r.at AS at, r.kind AS kind, r.body AS body, r.hash AS record_hash
    FROM ledger_seal s LEFT JOIN ledger_record r ON r.writer = s.writer AND r.number = s.number
    WHERE s.sequence > $1 ORDER BY s.sequence LIMIT $2";

const RECORDS_OUTSIDE: &str = "
    SELECT writer, number, at, kind, body, hash FROM ledger_record
    WHERE writer = $1 AND (number < 1 OR number > $2) AND number > $3 ORDER BY number LIMIT $4";

impl Verification<'_> {
    /// Walks the chain and returns its head.
    async fn chain(&mut self) -> Result<Head, DbErr> {
        let mut head = sealer::beginning();
        let mut after = i64::MIN;
        loop {
            let links = Link::find_by_statement(self.sql(LINKS, vec![after.into(), PAGE.into()]))
                .all(&self.snapshot)
                .await?;
            let Some(last) = links.last() else { return Ok(head) };
            after = last.seal.sequence;
            let mut subjects = self.subjects_between(&links).await?;
            for link in &links {
                self.check_link(&mut head, link);
                self.check_record(link, &subjects.remove(&link.seal.sequence).unwrap_or_default());
            }
        }
    }

    /// The link follows on the one before it. After a break the walk goes on from what is stored, so that one
    /// break is one finding.
    fn check_link(&mut self, head: &mut Head, link: &Link) {
        let seal = &link.seal;
        self.report.sealed += 1;
        if seal.sequence != head.sequence + 1 {
            self.report.add(Finding::SealsMissing { after: head.sequence, before: seal.sequence });
        } else if sealer::chained(&head.chain, seal) != seal.chain {
            self.report.add(Finding::ChainBroken { sequence: seal.sequence });
        }
        *head = Head { sequence: seal.sequence, chain: seal.chain.clone() };
        let last = self.last.entry(seal.writer).or_default();
        if seal.number != *last + 1 {
            self.report.add(Finding::OutOfOrder {
                sequence: seal.sequence,
                number: seal.number,
                expected: *last + 1,
            });
        }
        *last = seal.number;
    }

    /// The record is there, it is genuine, it is the one that was sealed, and the index names its persons.
    fn check_record(&mut self, link: &Link, indexed: &BTreeSet<String>) {
        let seal = &link.seal;
        let Some(record) = link.record() else {
            self.report.add(Finding::RecordMissing { writer: seal.writer, number: seal.number });
            return;
        };
        self.report.records += 1;
        if !record::is_genuine(&record, self.keys) {
            self.report.add(Finding::RecordForged { writer: seal.writer, number: seal.number });
        }
        if record.hash != seal.hash {
            self.report.add(Finding::SealDiffers { sequence: seal.sequence });
        }
        let named = Body::decode(&record.body);
        let named: BTreeSet<&str> = named.iter().flat_map(Body::subjects).collect();
        if !indexed.iter().map(String::as_str).eq(named) {
            self.report.add(Finding::IndexDiffers { sequence: seal.sequence });
        }
    }

    async fn subjects_between(&self, links: &[Link]) -> Result<BTreeMap<i64, BTreeSet<String>>, DbErr> {
        let (Some(first), Some(last)) = (links.first(), links.last()) else { return Ok(BTreeMap::new()) };
        let sql = "SELECT pseudonym, sequence FROM ledger_subject WHERE sequence BETWEEN $1 AND $2";
        let statement = self.sql(sql, vec![first.seal.sequence.into(), last.seal.sequence.into()]);
        let mut grouped: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for row in ledger_subject::Model::find_by_statement(statement).all(&self.snapshot).await? {
            grouped.entry(row.sequence).or_default().insert(row.pseudonym);
        }
        Ok(grouped)
    }

    /// The index names no record that is not in the chain.
    async fn stray_subjects(&mut self, head: i64) -> Result<(), DbErr> {
        let sql = "SELECT DISTINCT p.sequence AS sequence FROM ledger_subject p \
                   WHERE NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.sequence = p.sequence) \
                   AND (p.sequence < 1 OR p.sequence > $1) ORDER BY p.sequence LIMIT 100";
        for row in self.snapshot.query_all_raw(self.sql(sql, vec![head.into()])).await? {
            self.report.add(Finding::IndexDiffers { sequence: row.try_get("", "sequence")? });
        }
        Ok(())
    }

    /// The records that are not sealed yet go on densely from those that are.
    async fn unsealed(&mut self) -> Result<(), DbErr> {
        let mut first = Some(Uuid::nil());
        while let Some(from) = first {
            let page = writers::from(&self.snapshot, from, writers::PAGE).await?;
            first = writers::after(&page);
            for writer in page {
                let last = self.last.get(&writer.writer).copied().unwrap_or(0);
                if writer.lowest < 1 || writer.highest > last {
                    self.unsealed_of(writer.writer, last).await?;
                }
            }
        }
        Ok(())
    }

    async fn unsealed_of(&mut self, writer: Uuid, sealed: i64) -> Result<(), DbErr> {
        let (mut expected, mut after) = (sealed + 1, i64::MIN);
        loop {
            let values = vec![writer.into(), sealed.into(), after.into(), PAGE.into()];
            let records = ledger_record::Model::find_by_statement(self.sql(RECORDS_OUTSIDE, values))
                .all(&self.snapshot)
                .await?;
            let Some(last) = records.last() else { return Ok(()) };
            after = last.number;
            for record in &records {
                self.report.add_unsealed(record.at);
                if !record::is_genuine(record, self.keys) {
                    self.report.add(Finding::RecordForged { writer, number: record.number });
                }
                if record.number != expected {
                    self.report.add(Finding::Gap { writer, expected, found: record.number });
                }
                expected = record.number + 1;
            }
        }
    }

    /// Every signed head is still in the chain. Without any, nothing says that the tail was not cut.
    async fn checkpoints(&mut self, files: &[Extent], head: &Head) -> Result<(), VerifyError> {
        for file in files {
            let mut lines = file.lines()?.enumerate();
            loop {
                let some: Vec<_> = lines.by_ref().take(LINES).collect();
                if some.is_empty() {
                    break;
                }
                self.check_lines(file, some, head).await?;
            }
        }
        if head.sequence > 0 && self.report.checkpoints == 0 {
            self.report.add(Finding::NoCheckpoint);
        }
        Ok(())
    }

    async fn check_lines(
        &mut self,
        file: &Extent,
        lines: Vec<(usize, std::io::Result<String>)>,
        head: &Head,
    ) -> Result<(), VerifyError> {
        let mut signed = Vec::new();
        for (number, line) in lines {
            let line = line?;
            match checkpoint::parse(&line) {
                Some(checkpoint) => match checkpoint.head(self.keys) {
                    Some(stated) => signed.push(stated),
                    None => self
                        .report
                        .add(Finding::CheckpointForged { file: file.path.clone(), line: number + 1 }),
                },
                None if line.trim().is_empty() => {}
                None => self.report.unreadable_lines += 1,
            }
        }
        self.check_heads(&signed, head).await?;
        Ok(())
    }

    async fn check_heads(&mut self, signed: &[Head], head: &Head) -> Result<(), DbErr> {
        let stored = self.chain_at(signed).await?;
        for stated in signed {
            self.report.add_checkpoint(stated.sequence);
            if stated.sequence > head.sequence {
                self.report.add(Finding::TailCut { signed: stated.sequence, head: head.sequence });
            } else if stored.get(&stated.sequence) != Some(&stated.chain) {
                self.report.add(Finding::Rewritten { signed: stated.sequence });
            }
        }
        Ok(())
    }

    async fn chain_at(&self, heads: &[Head]) -> Result<HashMap<i64, Vec<u8>>, DbErr> {
        if heads.is_empty() {
            return Ok(HashMap::new());
        }
        let places: Vec<_> = (1..=heads.len()).map(|place| format!("${place}")).collect();
        let sql =
            format!("SELECT sequence, chain FROM ledger_seal WHERE sequence IN ({})", places.join(", "));
        let values = heads.iter().map(|head| head.sequence.into()).collect();
        let rows = self.snapshot.query_all_raw(self.sql(&sql, values)).await?;
        rows.iter().map(|row| Ok((row.try_get("", "sequence")?, row.try_get("", "chain")?))).collect()
    }

    fn sql(&self, sql: &str, values: Vec<sea_orm::Value>) -> Statement {
        Statement::from_sql_and_values(self.snapshot.get_database_backend(), sql, values)
    }
}
