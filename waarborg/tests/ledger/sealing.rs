//! The sealer and its checkpoints.

use std::time::{Duration, Instant};

use entity::ledger_record;
use sea_orm::ConnectionTrait;
use uuid::Uuid;
use waarborg::ledger::Finding;

use crate::stage::{Stage, mutate, response};

pub(crate) async fn the_sealer_seals_within_about_a_second_and_signs_at_the_end(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.start_sealer();
    tokio::time::sleep(Duration::from_millis(100)).await;
    for expected in 1..=3 {
        if expected == 2 {
            mutate(&stage, &ledger).await;
        } else {
            ledger.append(&response()).await.unwrap();
        }
        let began = Instant::now();
        while stage.count("ledger_seal").await < expected {
            assert!(began.elapsed() < Duration::from_secs(3), "not sealed in time");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    // The last link is signed within a second too; then there is nothing left to do but to look.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let (idle, began) = (stage.database.statements(), Instant::now());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let spent = stage.database.statements() - idle;
    // On PostgreSQL it looks once a second, because others may have written.
    let looks = if stage.is_postgres() { began.elapsed().as_secs() + 1 } else { 0 };
    assert!(spent <= looks, "{spent} statements while nothing happened");
    assert_eq!(stage.intact().await.signed_up_to, 3);
    ledger.append(&response()).await.unwrap();
    ledger.close().await;
    let report = stage.intact().await;
    assert_eq!((report.sealed, report.signed_up_to, report.unsealed.records), (4, 4, 0));
}

async fn move_to(stage: &Stage, record: &ledger_record::Model, number: i64) {
    let moved = stage.execute(
        "UPDATE ledger_record SET number = $1 WHERE writer = $2 AND number = $3",
        vec![number.into(), record.writer.into(), record.number.into()],
    );
    assert_eq!(moved.await, 1);
}

pub(crate) async fn a_writer_with_a_gap_is_sealed_up_to_it_and_others_go_on(stage: Stage) {
    let (ledger, other) = (stage.ledger().await, stage.ledger().await);
    for _ in 0..4 {
        ledger.append(&response()).await.unwrap();
    }
    stage.disarm().await;
    let records: Vec<ledger_record::Model> = stage.rows("SELECT * FROM ledger_record ORDER BY number").await;
    let (writer, third) = (records[2].writer, &records[2]);
    stage.execute("DELETE FROM ledger_record WHERE number = $1", vec![3_i64.into()]).await;
    other.append(&response()).await.unwrap();
    assert_eq!(ledger.seal_now().await.unwrap(), 3);
    let report = stage.verification().await.unwrap();
    assert_eq!(report.findings, [Finding::Gap { writer, expected: 3, found: 4 }], "{report}");

    let back =
        "INSERT INTO ledger_record (writer, number, at, kind, body, hash) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        third.writer.into(),
        3_i64.into(),
        third.at.into(),
        third.kind.clone().into(),
        third.body.clone().into(),
        third.hash.clone().into(),
    ];
    stage.execute(back, values).await;
    assert_eq!(ledger.seal_now().await.unwrap(), 2);
    stage.intact().await;
}

pub(crate) async fn a_forged_record_is_not_sealed(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    ledger.append(&response()).await.unwrap();
    stage.disarm().await;
    let records: Vec<ledger_record::Model> = stage.rows("SELECT * FROM ledger_record ORDER BY number").await;
    move_to(&stage, &records[0], 3).await;
    move_to(&stage, &records[1], 1).await;
    move_to(&stage, &records[0].clone_as(3), 2).await;
    assert_eq!(ledger.seal_now().await.unwrap(), 0, "numbers exchanged");
    let made_up = "INSERT INTO ledger_record (writer, number, at, kind, body, hash) \
                   SELECT $1, 1, at, kind, body, hash FROM ledger_record WHERE number = 1";
    let writer = Uuid::now_v7();
    stage.execute(made_up, vec![writer.into()]).await;
    assert_eq!(ledger.seal_now().await.unwrap(), 0);
    let report = stage.verification().await.unwrap();
    assert_eq!(report.found, 3, "{report}");
    assert!(report.findings.contains(&Finding::RecordForged { writer, number: 1 }), "{report}");
}

trait CloneAs {
    fn clone_as(&self, number: i64) -> Self;
}

impl CloneAs for ledger_record::Model {
    fn clone_as(&self, number: i64) -> Self {
        Self { number, ..self.clone() }
    }
}

pub(crate) async fn sealing_goes_on_where_another_process_stopped(stage: Stage) {
    for round in 1..=3_u64 {
        let ledger = stage.ledger().await;
        ledger.append(&response()).await.unwrap();
        ledger.append(&response()).await.unwrap();
        assert_eq!(ledger.seal_now().await.unwrap(), 2);
        assert_eq!(ledger.seal_now().await.unwrap(), 0);
        let report = stage.intact().await;
        assert_eq!(
            (report.sealed, report.checkpoints, report.signed_up_to),
            (2 * round, round, 2 * round.cast_signed())
        );
    }
}

pub(crate) async fn more_than_a_batch_is_sealed_in_one_go(stage: Stage) {
    let ledger = stage.ledger().await;
    let appends: Vec<_> = (0..1300)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.append(&response()).await.unwrap() })
        })
        .collect();
    futures_util::future::join_all(appends).await;
    assert_eq!(ledger.seal_now().await.unwrap(), 1300);
    let report = stage.intact().await;
    assert_eq!((report.records, report.sealed, report.checkpoints), (1300, 1300, 1));
}

/// The name of the advisory lock: the letters of "vangseal".
const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock(8530220559813140844)";

pub(crate) async fn one_process_seals_at_a_time_and_another_takes_over(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    // On SQLite there is one process; its sealer waits for the connection that writes, as everybody does.
    let other = stage.database.begin().await.unwrap();
    if stage.is_postgres() {
        other.execute_unprepared(TAKE_TURN).await.unwrap();
    }
    ledger.start_sealer();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let sealed = "SELECT count(*) AS n FROM ledger_seal";
    let sealed =
        other.query_one_raw(sea_orm::Statement::from_string(stage.database.backend(), sealed)).await.unwrap();
    assert_eq!(sealed.unwrap().try_get::<i64>("", "n").unwrap(), 0);
    other.rollback().await.unwrap();
    let began = Instant::now();
    while stage.count("ledger_seal").await == 0 {
        assert!(began.elapsed() < Duration::from_secs(3), "nobody took over");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ledger.close().await;
    stage.intact().await;
}
