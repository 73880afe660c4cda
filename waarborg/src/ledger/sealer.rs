//! The sealer: links committed records into the hash chain, fills the index by person, signs checkpoints.
//!
//! It works in rounds, each one transaction. On PostgreSQL a round begins with an advisory lock that ends with
//! the transaction, so that of several replicas one seals at a time and any of them goes on when one dies. It
//! never changes a record, and never links one that is forged or that comes after a gap.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use entity::{ledger_record, ledger_seal, ledger_subject};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    Statement,
};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::checkpoint::{Checkpoint, Checkpoints, Head};
use super::entry::Body;
use super::writers::{self, Progress};
use super::{numbering, record};
use crate::clock::Clock;
use crate::database::Database;
use crate::keys::{KeyError, Keys};

/// How many records are sealed in one transaction at most.
const BATCH: usize = 500;
/// How many rows one statement inserts at most; both databases bound the number of parameters.
const ROWS: usize = 4000;
/// How long the sealer lets records gather after the first one is heard of.
const GATHER: Duration = Duration::from_millis(200);
/// How often it looks when it has heard of nothing: on PostgreSQL another replica may have written.
const LOOK: Duration = Duration::from_secs(1);
/// How often it looks when it is the only one who seals, and so hears of everything.
const ALONE: Duration = Duration::from_mins(1);
/// How often it looks at all writers there ever were.
const SWEEP: Duration = Duration::from_mins(10);
/// How long the head of the chain may be without a checkpoint, in time and in records. What was sealed since the
/// last one could be cut unnoticed, so it is short; a checkpoint is one line and one synchronisation.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(1);
const CHECKPOINT_RECORDS: i64 = 1000;

/// The name of the advisory lock: the letters of "vangseal".
const LOCK: i64 = 0x7661_6e67_7365_616c;

/// A round of the sealer failed; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The database failed.
    #[error("the ledger cannot be sealed: {}", crate::database::cause(.0))]
    Database(#[from] DbErr),
    /// The checkpoint cannot be written.
    #[error("a checkpoint of the ledger cannot be written: {0}")]
    Checkpoint(#[from] std::io::Error),
    /// The checkpoint cannot be signed.
    #[error("a checkpoint of the ledger cannot be signed: {0}")]
    Key(#[from] KeyError),
}

/// Whether to wait for another process that is sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Wait,
    Skip,
}

#[derive(Debug)]
pub(super) struct Sealer {
    database: Database,
    keys: Keys,
    clock: Clock,
    checkpoints: Checkpoints,
    swept: Option<Instant>,
    /// The head after the last round of this process.
    head: Option<Head>,
    signed: Option<(i64, Instant)>,
    /// Writers whose next record cannot be sealed, with the number at which they stand.
    stuck: HashMap<Uuid, i64>,
}

/// Seals until it is told to stop, and then what is left.
pub(super) async fn run(sealer: Arc<Mutex<Sealer>>, news: Arc<Notify>, stop: CancellationToken) {
    loop {
        let idle = {
            let mut sealer = sealer.lock().await;
            report(sealer.seal_and_sign(Turn::Skip).await);
            sealer.idle()
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(idle) => {}
            () = news.notified() => sleep(GATHER).await,
        }
    }
    report(sealer.lock().await.seal_all_and_sign().await.map(drop));
}

fn report(outcome: Result<(), SealError>) {
    if let Err(cause) = outcome {
        tracing::error!(%cause, "the sealer of the ledger failed; it tries again");
    }
}

impl Sealer {
    pub(super) fn new(database: Database, keys: Keys, clock: Clock, checkpoints: Checkpoints) -> Self {
        let stuck = HashMap::new();
        Self { database, keys, clock, checkpoints, swept: None, head: None, signed: None, stuck }
    }

    /// On SQLite this process is the only one that writes, so it hears of everything there is to seal.
    fn is_alone(&self) -> bool {
        self.database.backend() == DbBackend::Sqlite
    }

    /// How long it may wait when it hears of nothing: not long where others write, or a head is to be signed.
    fn idle(&self) -> Duration {
        let signed = self.signed.map_or(0, |(sequence, _)| sequence);
        let behind = self.head.as_ref().is_some_and(|head| head.sequence > signed);
        if self.is_alone() && !behind { ALONE } else { LOOK }
    }

    async fn seal_and_sign(&mut self, turn: Turn) -> Result<(), SealError> {
        while self.round(turn).await? == BATCH {}
        self.sign_if_due().await
    }

    /// Seals everything, waiting for its turn, and signs the head.
    pub(super) async fn seal_all_and_sign(&mut self) -> Result<u64, SealError> {
        self.swept = None;
        let mut sealed = 0;
        loop {
            let round = self.round(Turn::Wait).await?;
            sealed += round as u64;
            if round == 0 {
                break;
            }
        }
        self.sign().await?;
        Ok(sealed)
    }

    async fn round(&mut self, turn: Turn) -> Result<usize, SealError> {
        let waiting = self.waiting().await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let transaction = self.database.begin().await?;
        if !take_turn(&transaction, turn).await? {
            transaction.rollback().await?;
            return Ok(0);
        }
        let mut head = head_of(&transaction).await?;
        self.compare(&head).await?;
        let records = self.next_records(&transaction, &waiting).await?;
        let links = self.link(&mut head, &records);
        insert_links(&transaction, links, &records).await?;
        transaction.commit().await?;
        self.head = Some(head);
        Ok(records.len())
    }

    /// The writers with something to seal: among those at work, and now and then among all there ever were.
    async fn waiting(&mut self) -> Result<Vec<Progress>, DbErr> {
        let sweeps = self.swept.is_none_or(|swept| swept.elapsed() > SWEEP);
        let mut waiting = Vec::new();
        let mut first = Some(if sweeps { Uuid::nil() } else { numbering::oldest_at_work() });
        while let Some(from) = first {
            let page = writers::from(self.database.reader(), from, writers::PAGE).await?;
            first = writers::after(&page);
            waiting.extend(page.into_iter().filter(|writer| writer.highest > writer.sealed));
        }
        if sweeps {
            self.swept = Some(Instant::now());
            self.stuck.clear();
        }
        waiting.retain(|writer| self.stuck.get(&writer.writer) != Some(&writer.sealed));
        Ok(waiting)
    }

    /// What is in the database must go on from what this process sealed or signed before.
    async fn compare(&self, found: &Head) -> Result<(), SealError> {
        let known = match &self.head {
            Some(head) => Some(head.clone()),
            None => self.checkpoints.furthest(&self.keys).await?,
        };
        let Some(known) = known else { return Ok(()) };
        let continues = match found.sequence.cmp(&known.sequence) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => found.chain == known.chain,
            std::cmp::Ordering::Greater => true,
        };
        if !continues {
            tracing::error!(
                found = found.sequence,
                known = known.sequence,
                "the chain of the ledger does not go on from where it was: it was cut, rewritten or restored; verify it"
            );
        }
        Ok(())
    }

    /// The next records of each writer, a batch at most, about in the order of time.
    async fn next_records(
        &mut self,
        transaction: &DatabaseTransaction,
        waiting: &[Progress],
    ) -> Result<Vec<ledger_record::Model>, DbErr> {
        let mut next: Vec<(DateTime<Utc>, ledger_record::Model)> = Vec::new();
        for writer in waiting {
            let room = BATCH - next.len();
            if room == 0 {
                break;
            }
            let sealed = sealed_of(transaction, writer.writer).await?;
            let found = unsealed_of(transaction, writer.writer, sealed, room).await?;
            let sealable = self.sealable(writer.writer, sealed, found);
            next.extend(in_own_order(sealable));
        }
        next.sort_by_key(|(at, record)| (*at, record.writer, record.number));
        Ok(next.into_iter().map(|(_, record)| record).collect())
    }

    /// The records that follow densely on what is sealed and that are genuine.
    fn sealable(
        &mut self,
        writer: Uuid,
        sealed: i64,
        mut found: Vec<ledger_record::Model>,
    ) -> Vec<ledger_record::Model> {
        let follows = |(record, number): &(&ledger_record::Model, i64)| {
            record.number == *number && record::is_genuine(record, &self.keys)
        };
        let length = found.iter().zip(sealed + 1..).take_while(follows).count();
        if length < found.len() {
            found.truncate(length);
            let stands_at = found.last().map_or(sealed, |last| last.number);
            let record = record::place(writer, stands_at + 1);
            tracing::error!(record, "missing or forged in the ledger; its writer is sealed no further");
            self.stuck.insert(writer, stands_at);
        }
        found
    }

    fn link(&self, head: &mut Head, records: &[ledger_record::Model]) -> Vec<ledger_seal::Model> {
        let sealed_at = self.clock.now();
        let link = |record: &ledger_record::Model| {
            let mut seal = ledger_seal::Model {
                sequence: head.sequence + 1,
                writer: record.writer,
                number: record.number,
                hash: record.hash.clone(),
                chain: Vec::new(),
                sealed_at,
            };
            seal.chain = chained(&head.chain, &seal);
            *head = Head { sequence: seal.sequence, chain: seal.chain.clone() };
            seal
        };
        records.iter().map(link).collect()
    }

    async fn sign_if_due(&mut self) -> Result<(), SealError> {
        let Some(head) = &self.head else { return Ok(()) };
        let due = self.signed.is_none_or(|(sequence, at)| {
            let behind = head.sequence - sequence;
            behind >= CHECKPOINT_RECORDS || (behind != 0 && at.elapsed() >= CHECKPOINT_AFTER)
        });
        if due { self.sign().await } else { Ok(()) }
    }

    /// Signs the head of the chain, unless it is signed already or there is none yet.
    async fn sign(&mut self) -> Result<(), SealError> {
        let head = head_of(self.database.reader()).await?;
        if head.sequence == 0 || self.signed.is_some_and(|(sequence, _)| sequence == head.sequence) {
            return Ok(());
        }
        self.compare(&head).await?;
        let checkpoint = Checkpoint::sign(&head, self.clock.now(), &self.keys)?;
        self.checkpoints.append(&checkpoint).await?;
        self.signed = Some((head.sequence, Instant::now()));
        self.head = Some(head);
        Ok(())
    }
}

/// Gives each record the latest time of those before it with its writer, so that sorting keeps their order.
fn in_own_order(
    records: Vec<ledger_record::Model>,
) -> impl Iterator<Item = (DateTime<Utc>, ledger_record::Model)> {
    let mut latest = DateTime::<Utc>::MIN_UTC;
    records.into_iter().map(move |record| {
        latest = latest.max(record.at);
        (latest, record)
    })
}

/// The hash of a link over the link before it.
pub(super) fn chained(previous: &[u8], seal: &ledger_seal::Model) -> Vec<u8> {
    let message = crate::keys::joined(&[
        previous,
        seal.writer.as_bytes(),
        &seal.number.to_be_bytes(),
        &seal.hash,
        &seal.sealed_at.timestamp_micros().to_be_bytes(),
    ]);
    digest(&SHA256, &message).as_ref().to_vec()
}

/// What the first link follows on.
pub(super) fn beginning() -> Head {
    Head { sequence: 0, chain: digest(&SHA256, b"vangnet ledger chain v1").as_ref().to_vec() }
}

#[derive(Debug, FromQueryResult)]
struct LastSeal {
    sequence: i64,
    chain: Vec<u8>,
}

async fn head_of(connection: &impl ConnectionTrait) -> Result<Head, DbErr> {
    let sql = "SELECT sequence, chain FROM ledger_seal ORDER BY sequence DESC LIMIT 1";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let last = LastSeal::find_by_statement(statement).one(connection).await?;
    Ok(last.map_or_else(beginning, |seal| Head { sequence: seal.sequence, chain: seal.chain }))
}

/// Whether this process may seal until the transaction ends.
async fn take_turn(transaction: &DatabaseTransaction, turn: Turn) -> Result<bool, DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let sql = match turn {
        Turn::Wait => "SELECT true AS ours FROM (SELECT pg_advisory_xact_lock($1)) AS waited",
        Turn::Skip => "SELECT pg_try_advisory_xact_lock($1) AS ours",
    };
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [LOCK.into()]);
    let row = transaction.query_one_raw(statement).await?;
    row.map_or(Ok(false), |row| row.try_get("", "ours"))
}

async fn sealed_of(transaction: &DatabaseTransaction, writer: Uuid) -> Result<i64, DbErr> {
    let sql = "SELECT coalesce(max(number), 0) AS sealed FROM ledger_seal WHERE writer = $1";
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, [writer.into()]);
    let row = transaction.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "sealed"))
}

async fn unsealed_of(
    connection: &DatabaseTransaction,
    writer: Uuid,
    sealed: i64,
    room: usize,
) -> Result<Vec<ledger_record::Model>, DbErr> {
    let sql = "SELECT writer, number, at, kind, body, hash FROM ledger_record \
               WHERE writer = $1 AND number > $2 ORDER BY number LIMIT $3";
    let values = [writer.into(), sealed.into(), i64::try_from(room).unwrap_or(i64::MAX).into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    ledger_record::Model::find_by_statement(statement).all(connection).await
}

async fn insert_links(
    transaction: &DatabaseTransaction,
    links: Vec<ledger_seal::Model>,
    records: &[ledger_record::Model],
) -> Result<(), DbErr> {
    if links.is_empty() {
        return Ok(());
    }
    let subjects: Vec<_> =
        links.iter().zip(records).flat_map(|(link, record)| subjects_of(link, record)).collect();
    let links = links.into_iter().map(IntoActiveModel::into_active_model);
    ledger_seal::Entity::insert_many(links).exec_without_returning(transaction).await?;
    for rows in subjects.chunks(ROWS) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        ledger_subject::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    Ok(())
}

fn subjects_of(link: &ledger_seal::Model, record: &ledger_record::Model) -> Vec<ledger_subject::Model> {
    let body = Body::decode(&record.body);
    let subjects = body.iter().flat_map(Body::subjects);
    subjects
        .map(|pseudonym| ledger_subject::Model { pseudonym: pseudonym.to_owned(), sequence: link.sequence })
        .collect()
}
