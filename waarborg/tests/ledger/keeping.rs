//! What the ledger keeps, and that it can be found again.

use chrono::Duration;
use convenant::{Category, CategorySet};
use entity::id::PersonId;
use entity::ledger_record;
use migration::{Migrator, MigratorTrait};
use waarborg::database::Database;
use waarborg::ledger::{Access, Inquiry, Kind, Ledger, LedgerUnavailable, Position};

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
    let (dossier_of_anna, dossier_of_bram) = (both.dossiers[0].dossier, both.dossiers[1].dossier);
    let of = |person, dossier| Inquiry {
        person,
        dossier,
        beyond: Position::before(start()),
        until: start() + Duration::days(1),
        withheld: CategorySet::default(),
    };
    for one in [&mut later, &mut half] {
        one.dossiers[0].dossier = dossier_of_anna;
        ledger.append(one).await.unwrap();
    }
    ledger.append(&both).await.unwrap();
    let of_anna = of(anna, dossier_of_anna);
    assert!(all_of(&ledger, &of_anna).await.is_empty(), "not sealed yet");
    ledger.seal_now().await.unwrap();

    let found = all_of(&ledger, &of_anna).await;
    let kinds: Vec<_> = found.iter().map(|access| access.told.as_ref().unwrap().kind).collect();
    assert_eq!(kinds, [Kind::Response, Kind::Event, Kind::Refusal], "in the order of time");
    assert_eq!((found[0].position.at, found[0].is_genuine), (both.at, true));
    let first = found[0].told.as_ref().unwrap();
    assert_eq!((first.professional, &first.trace), (both.professional, &both.trace));
    assert!(first.leaves.contains("D10") && !first.leaves.contains("D33U"), "nothing of another person");

    let bram = all_of(&ledger, &of(bram, dossier_of_bram)).await;
    assert_eq!(bram.len(), 1);
    assert!(bram[0].told.as_ref().unwrap().leaves.contains("D33U"));
    assert!(all_of(&ledger, &of(nobody, dossier_of_anna)).await.is_empty());
    assert!(all_of(&ledger, &of(anna, dossier_of_bram)).await.is_empty(), "a person is one of one dossier");
    let from = Position::before(half.at);
    let up_to = all_of(&ledger, &Inquiry { beyond: from, until: later.at, ..of_anna }).await;
    let instants: Vec<_> = up_to.iter().map(|access| access.position.at).collect();
    assert_eq!(instants, [half.at], "from is in, to is out");
}

pub(crate) async fn pages_of_accesses_join_to_the_whole_whatever_may_not_be_told(stage: Stage) {
    let ledger = stage.ledger().await;
    let (anna, one) = (PersonId::fresh(), response().dossiers[0].dossier);
    for number in 0..23 {
        let mut entry = entry(Kind::Response, &[anna]);
        if number % 3 == 0 {
            entry.dossiers[0].leaves = vec!["D15L".into()];
        }
        // Several of one instant, which only their place in the chain orders.
        entry.at = start() + Duration::seconds(number / 4);
        entry.dossiers[0].dossier = one;
        ledger.append(&entry).await.unwrap();
    }
    ledger.seal_now().await.unwrap();
    let until = start() + Duration::days(1);
    let withheld = CategorySet::default();
    let inquiry = Inquiry { person: anna, dossier: one, beyond: Position::before(start()), until, withheld };
    let whole = all_of(&ledger, &inquiry).await;
    assert_eq!(whole.len(), 23);
    let is_told = |access: &&Access| !access.told.as_ref().unwrap().leaves.contains("D15L");
    let told: Vec<_> = whole.iter().filter(is_told).cloned().collect();
    assert_eq!(told.len(), 15);
    for size in [1, 2, 3, 7, 15, 40] {
        let mut joined = Vec::new();
        let mut beyond = inquiry.beyond;
        loop {
            let withheld = [Category::D15L].into_iter().collect();
            let page = Inquiry { beyond, withheld, ..inquiry };
            let page = ledger.accesses_of(&page, size).await.unwrap();
            let is_last = page.len() < size;
            beyond = page.last().map_or(beyond, |access| access.position);
            joined.extend(page);
            if is_last {
                break;
            }
            let cursor = ledger.cursor(beyond).unwrap();
            assert_eq!(ledger.position(&cursor), Some(beyond));
            let forged = cursor.replace(&cursor[20..28], "bG9nLzEy");
            assert_eq!(ledger.position(&forged), None, "a cursor that this server did not give");
        }
        assert_eq!(joined, told, "in pages of {size}");
    }
}

async fn all_of(ledger: &Ledger, inquiry: &Inquiry) -> Vec<Access> {
    ledger.accesses_of(inquiry, 1000).await.unwrap()
}

pub(crate) async fn the_tables_can_be_taken_away_and_made_again(stage: Stage) {
    Migrator::refresh(stage.database.writer()).await.unwrap();
    stage.ledger().await.append(&response()).await.unwrap();
    let refused = stage.try_sql("DELETE FROM ledger_record").await.unwrap_err().to_string();
    assert!(refused.contains("the ledger is append-only"), "{refused}");
}
