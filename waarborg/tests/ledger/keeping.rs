//! What the ledger keeps, and that it can be found again.

use chrono::Duration;
use entity::id::PersonId;
use entity::ledger_record;
use migration::{Migrator, MigratorTrait};
use waarborg::database::Database;
use waarborg::ledger::{Kind, LedgerUnavailable};

use crate::stage::{Stage, entry, response, start};

pub(crate) async fn a_record_is_durable_when_append_returns(stage: Stage) {
    let ledger = stage.ledger().await;
    let person = PersonId::fresh();
    ledger.append(&entry(Kind::Response, &[person])).await.unwrap();
    let unfit = waarborg::ledger::Entry { partner: "Jan de Vries".into(), ..response() };
    assert_eq!(ledger.append(&unfit).await, Err(LedgerUnavailable::Unfit));

    let elsewhere = Database::connect(&stage.location, 1).await.unwrap();
    let statement = sea_orm::Statement::from_string(elsewhere.backend(), "SELECT * FROM ledger_record");
    let records: Vec<ledger_record::Model> =
        sea_orm::FromQueryResult::find_by_statement(statement).all(elsewhere.reader()).await.unwrap();
    assert_eq!((records.len(), records[0].number, records[0].at), (1, 1, start()));
    assert!(records[0].body.contains(&stage.keys.pseudonym(&person.0)));
    assert!(!records[0].body.contains(&person.0.to_string()));
    let report = stage.intact().await;
    assert_eq!((report.records, report.sealed, report.unsealed.since), (1, 0, Some(start())));
}

pub(crate) async fn the_database_refuses_every_change(stage: Stage) {
    let ledger = stage.ledger().await;
    ledger.append(&response()).await.unwrap();
    ledger.seal_now().await.unwrap();
    let mut attempts = vec![
        "UPDATE ledger_record SET kind = 'EVENT'",
        "UPDATE ledger_seal SET sequence = 7",
        "DELETE FROM ledger_record",
        "DELETE FROM ledger_seal",
    ];
    attempts.extend(if stage.is_postgres() {
        [
            "TRUNCATE ledger_record",
            "TRUNCATE ledger_seal",
            "INSERT INTO ledger_record SELECT * FROM ledger_record ON CONFLICT (writer, number) DO UPDATE SET kind = 'X'",
            "SET LOCAL session_replication_role = replica; DELETE FROM ledger_record",
        ]
    } else {
        [
            "REPLACE INTO ledger_record SELECT writer, number, at, 'EVENT', body, hash FROM ledger_record",
            "REPLACE INTO ledger_seal SELECT sequence, writer, number, hash, hash, sealed_at FROM ledger_seal",
            "REPLACE INTO ledger_seal SELECT 9, writer, number, hash, hash, sealed_at FROM ledger_seal",
            "INSERT INTO ledger_record SELECT * FROM ledger_record WHERE true \
             ON CONFLICT (writer, number) DO UPDATE SET kind = 'X'",
        ]
    });
    for attempt in attempts {
        let refused = stage.try_sql(attempt).await.unwrap_err().to_string();
        assert!(refused.contains("the ledger is append-only"), "{attempt}: {refused}");
    }
    assert_eq!(stage.intact().await.sealed, 1);
}

pub(crate) async fn an_access_is_found_by_the_person_it_concerns_and_by_no_other(stage: Stage) {
    let ledger = stage.ledger().await;
    let (anna, bram, nobody) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
    let mut both = entry(Kind::Response, &[anna, bram]);
    both.dossiers[1].leaves = vec!["D33U".into()];
    let mut later = entry(Kind::Refusal, &[anna]);
    later.at = start() + Duration::hours(2) + Duration::microseconds(5);
    let mut half = entry(Kind::Event, &[anna]);
    half.at = start() + Duration::milliseconds(500);
    for entry in [&later, &both, &half] {
        ledger.append(entry).await.unwrap();
    }
    let all = (start(), start() + Duration::days(1));
    assert!(ledger.accesses_of(anna, all.0, all.1).await.unwrap().is_empty(), "not sealed yet");
    ledger.seal_now().await.unwrap();

    let found = ledger.accesses_of(anna, all.0, all.1).await.unwrap();
    let kinds: Vec<_> = found.iter().map(|access| access.kind).collect();
    assert_eq!(kinds, [Kind::Response, Kind::Event, Kind::Refusal], "in the order of time");
    let first = &found[0];
    assert_eq!((first.professional, &first.trace, first.at), (both.professional, &both.trace, both.at));
    assert_eq!((first.dossier, first.is_genuine), (both.dossiers[0].dossier, true));
    assert!(first.leaves.contains("D10") && !first.leaves.contains("D33U"), "nothing of another person");

    let of_bram = ledger.accesses_of(bram, all.0, all.1).await.unwrap();
    assert_eq!(of_bram.len(), 1);
    assert_eq!(of_bram[0].dossier, both.dossiers[1].dossier);
    assert!(ledger.accesses_of(nobody, all.0, all.1).await.unwrap().is_empty());
    let up_to = ledger.accesses_of(anna, half.at, later.at).await.unwrap();
    assert_eq!(up_to.iter().map(|access| access.at).collect::<Vec<_>>(), [half.at], "from is in, to is out");
}

pub(crate) async fn the_tables_can_be_taken_away_and_made_again(stage: Stage) {
    Migrator::refresh(stage.database.writer()).await.unwrap();
    stage.ledger().await.append(&response()).await.unwrap();
    let refused = stage.try_sql("DELETE FROM ledger_record").await.unwrap_err().to_string();
    assert!(refused.contains("the ledger is append-only"), "{refused}");
}
