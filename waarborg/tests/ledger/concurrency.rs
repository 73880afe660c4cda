//! Many writers at once, of one process and of several.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use waarborg::database::Database;
use waarborg::ledger::{Ledger, verify};

use crate::stage::{Stage, effect, response};

pub(crate) async fn parallel_appends_share_commits_and_leave_dense_numbers(stage: Stage) {
    let ledger = stage.ledger().await;
    let before = stage.database.statements();
    let appends = (0..200).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.append(&response()).await })
    });
    for appended in join_all(appends).await {
        appended.unwrap().unwrap();
    }
    let commits = stage.database.statements() - before;
    assert!(commits <= 100, "200 appends took {commits} commits");
    assert_eq!(stage.dense_numbers().await.into_values().collect::<Vec<_>>(), [200]);
    assert_eq!(ledger.seal_now().await.unwrap(), 200);
    assert_eq!(stage.intact().await.sealed, 200);
}

#[derive(Debug, Clone, Copy)]
enum End {
    Commit,
    RollBack,
    /// As when a client goes away: the lane and the transaction are dropped.
    Drop,
    /// As when the task is killed between the record and the end.
    Abort,
}

async fn mutate(ledger: Ledger, database: Database, end: End) {
    let transaction = database.begin().await.unwrap();
    let mut lane = ledger.lane();
    lane.record(&transaction, &effect()).await.unwrap();
    lane.record(&transaction, &effect()).await.unwrap();
    match end {
        End::Commit => lane.commit(transaction).await.unwrap(),
        End::RollBack => lane.rollback(transaction).await.unwrap(),
        End::Drop => drop((lane, transaction)),
        End::Abort => std::future::pending().await,
    }
}

pub(crate) async fn lanes_that_commit_roll_back_or_are_dropped_leave_dense_numbers(stage: Stage) {
    let ledger = stage.ledger().await;
    let ends = [End::Commit, End::RollBack, End::Commit, End::Drop, End::Abort];
    let mutations = (0..100_usize).map(|number| {
        let (ledger, database, end) = (ledger.clone(), stage.database.clone(), ends[number % ends.len()]);
        tokio::spawn(async move {
            let patience = if matches!(end, End::Abort) { Duration::from_millis(30) } else { Duration::MAX };
            let _ = tokio::time::timeout(patience, mutate(ledger, database, end)).await;
        })
    });
    let appends = (0..100).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.append(&response()).await.unwrap() })
    });
    for done in join_all(mutations.chain(appends)).await {
        done.unwrap();
    }
    let written: i64 = stage.dense_numbers().await.into_values().sum();
    assert_eq!(written, 40 * 2 + 100);
    assert_eq!(ledger.seal_now().await.unwrap(), 180);
    assert_eq!(stage.intact().await.sealed, 180);
}

pub(crate) async fn a_lane_uses_the_numbers_of_a_rollback_again(stage: Stage) {
    let ledger = stage.ledger().await;
    for end in [End::Commit, End::RollBack, End::RollBack, End::Commit, End::RollBack, End::Commit] {
        mutate(ledger.clone(), stage.database.clone(), end).await;
    }
    assert_eq!(
        stage.dense_numbers().await.into_values().collect::<Vec<_>>(),
        [6],
        "one writer serves them all"
    );
    mutate(ledger.clone(), stage.database.clone(), End::Drop).await;
    mutate(ledger.clone(), stage.database.clone(), End::Commit).await;
    assert_eq!(
        stage.dense_numbers().await.into_values().collect::<Vec<_>>(),
        [6, 2],
        "a doubtful writer is given up"
    );
}

pub(crate) async fn several_replicas_make_one_chain(stage: Stage) {
    let mut replicas = Vec::new();
    for _ in 0..3 {
        let database = if stage.is_postgres() {
            Database::connect(&stage.location, 4).await.unwrap()
        } else {
            stage.database.clone()
        };
        let ledger = stage.ledger_over(database).await;
        ledger.start_sealer();
        replicas.push(ledger);
    }
    let appends = (0..90_usize).map(|number| {
        let ledger = replicas[number % 3].clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20 * (number as u64 / 3))).await;
            ledger.append(&response()).await.unwrap();
        })
    });
    let appends: Vec<_> = appends.collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(replicas.pop());
    for done in join_all(appends).await {
        done.unwrap();
    }
    for ledger in &replicas {
        ledger.close().await;
    }
    stage.ledger().await.seal_now().await.unwrap();
    let report = stage.intact().await;
    assert_eq!((report.sealed, report.signed_up_to), (90, 90));
}

pub(crate) async fn a_verification_beside_a_server_at_work_finds_nothing(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    ledger.seal_now().await.unwrap();
    let (database, other) = (stage.database.clone(), ledger.clone());
    let writing = tokio::spawn(async move {
        for number in 0..150 {
            mutate(other.clone(), database.clone(), End::Commit).await;
            other.append(&response()).await.unwrap();
            if number % 3 == 0 {
                other.seal_now().await.unwrap();
            }
        }
    });
    let mut lengths = BTreeSet::new();
    while !writing.is_finished() {
        let report = verify(&stage.database, &stage.keys, &stage.checkpoints()).await.unwrap();
        assert!(report.is_intact(), "{report}");
        lengths.insert((report.sealed, report.records));
    }
    writing.await.unwrap();
    assert!(lengths.len() > 2, "it saw the ledger grow: {lengths:?}");
}
