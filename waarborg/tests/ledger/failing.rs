//! What happens when the database or the process fails: nothing is disclosed, and nothing answered is lost.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use waarborg::clock::Clock;
use waarborg::database::{Database, Location};
use waarborg::keys::{KeyFile, Keys};
use waarborg::ledger::{CommitError, Kind, Ledger, LedgerUnavailable};

use crate::stage::{Stage, effect, entry, response};

const HIDE: &str = "ALTER TABLE ledger_record RENAME TO hidden";
const SHOW: &str = "ALTER TABLE hidden RENAME TO ledger_record";

pub(crate) async fn without_its_table_nothing_is_disclosed_until_it_is_back(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    ledger.probe().await.unwrap();
    stage.sql(HIDE).await;
    let began = Instant::now();
    assert_eq!(ledger.append(&response()).await, Err(LedgerUnavailable::Refused));
    assert_eq!(ledger.probe().await, Err(LedgerUnavailable::Refused));
    assert!(began.elapsed() < Duration::from_secs(2));
    stage.sql(SHOW).await;
    ledger.append(&response()).await.unwrap();
    ledger.probe().await.unwrap();
    assert_eq!(stage.dense_numbers().await.into_values().sum::<i64>(), 2, "a probe leaves nothing");
    ledger.seal_now().await.unwrap();
    assert_eq!(stage.intact().await.sealed, 2);
}

/// Holds what an append needs: on SQLite the one connection that writes, on PostgreSQL the table.
async fn hold(stage: &Stage) -> Result<DatabaseTransaction, DbErr> {
    let holder = stage.database.begin().await?;
    if stage.is_postgres() {
        holder.execute_unprepared("LOCK TABLE ledger_record IN ACCESS EXCLUSIVE MODE").await?;
    }
    Ok(holder)
}

pub(crate) async fn a_database_that_is_held_is_too_late(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    let holder = hold(&stage).await.unwrap();
    let began = Instant::now();
    let appends = (0..20).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.append(&response()).await })
    });
    for appended in futures_util::future::join_all(appends).await {
        assert!(matches!(appended.unwrap(), Err(LedgerUnavailable::TooLate | LedgerUnavailable::Refused)));
    }
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    holder.rollback().await.unwrap();
    ledger.append(&response()).await.unwrap();
    stage.dense_numbers().await;
    ledger.seal_now().await.unwrap();
    stage.intact().await;
}

/// Makes the database refuse records of one kind.
async fn refuse(stage: &Stage, kind: Kind) {
    let kind = kind.code();
    if stage.is_postgres() {
        let check = format!("CHECK (kind <> '{kind}')");
        return stage.sql(&format!("ALTER TABLE ledger_record ADD CONSTRAINT refused {check}")).await;
    }
    let abort = "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END";
    let when = format!("BEFORE INSERT ON ledger_record WHEN NEW.kind = '{kind}'");
    stage.sql(&format!("CREATE TRIGGER refused {when} {abort}")).await;
}

pub(crate) async fn a_record_that_is_refused_takes_no_other_with_it(stage: Stage) {
    let ledger = stage.ledger().await;
    refuse(&stage, Kind::Event).await;
    // While the first one waits, the others queue up and share a batch.
    let holder = hold(&stage).await.unwrap();
    let kinds = [Kind::Response, Kind::Response, Kind::Event, Kind::Response, Kind::Event, Kind::Payload];
    let appends = kinds.map(|kind| {
        let ledger = ledger.clone();
        tokio::spawn(async move { (kind, ledger.append(&entry(kind, &[])).await) })
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    holder.rollback().await.unwrap();
    for appended in futures_util::future::join_all(appends).await {
        let (kind, written) = appended.unwrap();
        let expected = if kind == Kind::Event { Err(LedgerUnavailable::Refused) } else { Ok(()) };
        assert_eq!(written, expected, "{kind:?}");
    }
    assert_eq!(stage.dense_numbers().await.into_values().sum::<i64>(), 4);
    ledger.seal_now().await.unwrap();
    assert_eq!(stage.intact().await.sealed, 4);
}

pub(crate) async fn a_transaction_whose_record_failed_does_not_commit(stage: Stage) {
    let ledger = stage.ledger().await;
    stage.sql("CREATE TABLE effect (n integer)").await;
    stage.sql(HIDE).await;
    let transaction = stage.database.begin().await.unwrap();
    transaction.execute_unprepared("INSERT INTO effect VALUES (1)").await.unwrap();
    let mut lane = ledger.lane();
    assert_eq!(lane.record(&transaction, &effect()).await, Err(LedgerUnavailable::Refused));
    assert_eq!(lane.record(&transaction, &effect()).await, Err(LedgerUnavailable::Refused));
    let ended = lane.commit(transaction).await;
    assert!(matches!(ended, Err(CommitError::Ledger(LedgerUnavailable::Refused))), "{ended:?}");
    assert_eq!(stage.count("effect").await, 0, "no effect without its record");
    stage.sql(SHOW).await;

    let transaction = stage.database.begin().await.unwrap();
    transaction.execute_unprepared("INSERT INTO effect VALUES (2)").await.unwrap();
    let mut lane = ledger.lane();
    lane.record(&transaction, &effect()).await.unwrap();
    lane.commit(transaction).await.unwrap();
    assert_eq!((stage.count("effect").await, stage.count("ledger_record").await), (1, 1));
    stage.dense_numbers().await;
}

pub(crate) async fn a_closed_ledger_refuses(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.start_sealer();
    let last = ledger.clone();
    let appended = tokio::spawn(async move { last.append(&response()).await });
    ledger.close().await;
    let answered = appended.await.unwrap();
    assert_eq!(ledger.append(&response()).await, Err(LedgerUnavailable::Closed));
    let report = stage.verification().await.unwrap();
    assert_eq!(report.records, u64::from(answered.is_ok()), "answered and kept, or refused and not kept");
    assert_eq!(report.sealed, report.records, "closing seals what was answered");
    assert!(report.is_intact(), "{report}");
}

const VICTIM: &str = "VANGNET_TEST_VICTIM";

pub(crate) async fn what_was_answered_survives_a_kill(stage: Stage) {
    let url = match &stage.location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let mut answered = 0_usize;
    for run in 1..=3_usize {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_victim_of_the_kill", "--nocapture", "--test-threads", "1"])
            .env(VICTIM, format!("{url}\n{}\n{}", stage.key_file().display(), stage.checkpoints().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(victim.stderr.take().unwrap()).lines();
        let mut answers = answers.map(Result::unwrap).filter(|line| line == "answered");
        answered += answers.by_ref().take(20 * run).count();
        victim.kill().unwrap();
        answered += answers.count();
        victim.wait().unwrap();
    }
    let kept: i64 = stage.dense_numbers().await.into_values().sum();
    let kept = usize::try_from(kept).unwrap();
    assert!(answered >= 120 && kept >= answered, "answered {answered}, kept {kept}");
    stage.ledger().await.seal_now().await.unwrap();
    stage.intact().await;
}

#[expect(clippy::print_stderr, reason = "this is how the victim says that an append was answered")]
#[expect(clippy::disallowed_methods, reason = "this is how the victim hears where to append")]
pub(crate) async fn append_until_killed() {
    let Ok(told) = std::env::var(VICTIM) else { return };
    let mut told = told.lines();
    let mut next = || told.next().unwrap();
    let database = Database::connect(&Location::parse(next()).unwrap(), 4).await.unwrap();
    let keys = Keys::derive(&KeyFile::load(&PathBuf::from(next())).unwrap()).unwrap();
    let ledger = Ledger::open(database, keys, Clock::system(), PathBuf::from(next())).await.unwrap();
    ledger.start_sealer();
    loop {
        let appends = (0..5).map(|_| ledger.append(&RESPONSE));
        for appended in futures_util::future::join_all(appends).await {
            appended.unwrap();
            eprintln!("answered");
        }
    }
}

static RESPONSE: std::sync::LazyLock<waarborg::ledger::Entry> = std::sync::LazyLock::new(response);
