//! The proof stands before the bytes leave, says what was shown to whom, holds no value, and fails closed.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::database::{Kind, kind};
use tests::socket::Subscriber;
use tests::{Client, Vangnet};
use uuid::Uuid;
use waarborg::database::Location;
use waarborg::ledger::verify;

use crate::arrange::{
    APPLICANT, aanmelding, accesses_of, bsn, count, dossier_in, forged, is_postgres, records, row_in, run,
    submit, submit_as, tables, texts,
};
use crate::logs;

const READ: &str = "query Reading($id: ID!) { node(id: $id) { ... on Person { familyName bsn } } }";

/// The one view of the newest record of a kind.
async fn newest(vangnet: &Vangnet, kind: &str) -> Value {
    records(vangnet, kind).await.pop().unwrap()
}

async fn code_of(client: &Client, query: &str, variables: Value) -> (String, Vec<u8>) {
    let answer = client.send(query, variables).await;
    assert!(answer.json.get("data").is_none(), "{}", answer.json);
    (answer.json["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned(), answer.bytes)
}

#[tokio::test]
async fn what_was_shown_is_recorded_with_its_rows_and_pseudonyms() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let before = records(&vangnet, "RESPONSE").await.len();
    vangnet.as_("brp-enschede").ask(READ, json!({ "id": opened.person })).await;
    assert_eq!(records(&vangnet, "RESPONSE").await.len(), before + 1);
    let record = newest(&vangnet, "RESPONSE").await;
    assert_eq!((&record["operation"], &record["partner"]), (&json!("Reading"), &json!("GEM_BRP")));
    assert_eq!(record["professional"], json!(vangnet.town.professional("brp-enschede").0));
    let seen = &record["views"][0]["seen"];
    assert_eq!(seen["leaves"], json!(["D01B", "D01N"]));
    assert_eq!(seen["rows"], json!(["P16"]));
    assert_eq!(seen["involvements"], json!(["BRP_TAAK"]));
    let person = row_in(&opened.person);
    let pseudonym = vangnet.server.keys.pseudonym(&person);
    assert_eq!(record["views"][0]["dossiers"], json!({ opened.id.0.to_string(): [pseudonym] }));
    assert!(!record.to_string().contains(&person.to_string()), "a person is named by pseudonym only");
}

/// What is about no one person concerns everybody in the dossier, and is found under each of them.
#[tokio::test]
async fn what_is_about_a_dossier_is_recorded_with_its_persons() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let pseudonym = vangnet.server.keys.pseudonym(&row_in(&opened.person));
    let concerned = json!({ opened.id.0.to_string(): [pseudonym] });
    let effect = newest(&vangnet, "EFFECT").await;
    assert_eq!(effect["views"][0]["dossiers"], concerned);
    let query = "query($id: ID!) { node(id: $id) { ... on Aanmelding { reason } } }";
    vangnet.as_("ggz").ask(query, json!({ "id": opened.aanmelding })).await;
    assert_eq!(newest(&vangnet, "RESPONSE").await["views"][0]["dossiers"], concerned);
    let open = "query($id: ID!) { node(id: $id) { id } }";
    vangnet.as_("ggz").ask(open, json!({ "id": opened.aanmelding })).await;
    let bare = json!({ opened.id.0.to_string(): [] });
    assert_eq!(newest(&vangnet, "RESPONSE").await["views"][0]["dossiers"], bare);
}

/// A refusal leaves its code, whatever kind it is.
#[tokio::test]
async fn what_was_refused_is_recorded_with_its_code() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    for (version, text, code) in [(Some(7), "Iets.", "CONFLICT"), (None, "", "INVALID_INPUT")] {
        let input = json!({ "id": opened.aanmelding, "missingItems": text, "expectedVersion": version });
        client.change("requestCompletion", input, "aanmelding { id }").await;
        assert_eq!(newest(&vangnet, "PAYLOAD").await["outcomes"], json!([code]));
    }
}

#[tokio::test]
async fn what_was_withheld_is_not_recorded_as_shown() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Person { familyName phone email } } }";
    vangnet.as_("brp-enschede").ask(query, json!({ "id": opened.person })).await;
    let record = newest(&vangnet, "RESPONSE").await;
    assert_eq!(record["views"][0]["seen"]["leaves"], json!(["D01N"]));
}

/// That a dossier is there is a disclosure too: a type name or the cursor of an edge tells of it.
#[tokio::test]
async fn a_row_of_which_no_field_is_asked_is_recorded() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("brp-enschede");
    let queries = [
        ("{ dossiers(first: 5) { edges { cursor } } }", json!({})),
        ("query($id: ID!) { node(id: $id) { __typename } }", json!({ "id": opened.person })),
    ];
    for (query, variables) in queries {
        client.ask(query, variables).await;
        let record = newest(&vangnet, "RESPONSE").await;
        assert!(record["views"][0]["dossiers"].get(opened.id.0.to_string()).is_some(), "{query}: {record}");
    }
    client.ask("{ viewer { name } }", json!({})).await;
    assert_eq!(newest(&vangnet, "RESPONSE").await.get("views"), None);
}

#[tokio::test]
async fn no_byte_leaves_before_its_record_is_on_disk() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let held = vangnet.owner.begin().await.unwrap();
    if kind() == Kind::Postgres {
        held.execute_unprepared("LOCK TABLE ledger_record IN ACCESS EXCLUSIVE MODE").await.unwrap();
    }
    let client = vangnet.as_("brp-enschede");
    let asked = tokio::spawn(async move { client.ask(READ, json!({ "id": opened.person })).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!asked.is_finished(), "the answer waits for its record");
    held.rollback().await.unwrap();
    assert_eq!(asked.await.unwrap()["node"]["familyName"], "Zilvervos");
    assert_eq!(newest(&vangnet, "RESPONSE").await["operation"], "Reading");
}

const FOLLOW: &str = "subscription Following($after: Cursor) { caseEvents(after: $after) {
    ... on CaseEvent { cursor kind dossierVersion dossier { id } subject { ... on Aanmelding { id reason } } } } }";

#[tokio::test]
async fn payloads_effects_refusals_and_events_are_recorded() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let mut follower = Subscriber::open(&vangnet.as_(APPLICANT), FOLLOW, json!({})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let bureau = vangnet.as_("ondersteuning");
    let input = json!({ "id": opened.aanmelding });
    bureau.done("takeUpAanmelding", input.clone(), "aanmelding { reason }").await;
    follower.next().await;
    let refused = bureau.change("takeUpAanmelding", input, "aanmelding { reason }").await;
    assert_eq!(refused["errors"][0]["code"], "GUARD_FAILED");
    let payload = &records(&vangnet, "PAYLOAD").await;
    let taken_up = payload.iter().find(|record| record["partner"] == "ZVH_BUREAU").unwrap();
    assert_eq!(taken_up["views"][0]["seen"]["leaves"], json!(["D05"]));
    let effect = newest(&vangnet, "EFFECT").await;
    assert_eq!(
        (&effect["operation"], &effect["outcomes"]),
        (&json!("takeUpAanmelding"), &json!(["AANMELDING_STATE"]))
    );
    let refusal = newest(&vangnet, "REFUSAL").await;
    assert_eq!(refusal["outcomes"], json!(["GUARD:STATE"]));
    assert!(refusal["views"][0]["dossiers"].get(opened.id.0.to_string()).is_some(), "{refusal}");
    let event = newest(&vangnet, "EVENT").await;
    assert_eq!((&event["operation"], &event["partner"]), (&json!("Following"), &json!("GGZ")));
    assert!(event["views"][0]["seen"]["leaves"].as_array().unwrap().contains(&json!("D05")), "{event}");
}

/// The views of a record that name a dossier of which nothing was shown.
fn attempts(record: &Value) -> Vec<String> {
    let views = record["views"].as_array().cloned().unwrap_or_default();
    let in_vain = views.iter().filter(|view| view["seen"]["involvements"] == json!([]));
    in_vain
        .flat_map(|view| view["dossiers"].as_object().unwrap().keys().cloned().collect::<Vec<_>>())
        .collect()
}

#[tokio::test]
async fn an_attempt_on_what_is_not_yours_is_recorded_with_the_dossier_it_named() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let dossier = opened.id.0.to_string();
    let intruder = vangnet.as_("nergens");
    intruder.ask(READ, json!({ "id": opened.person })).await;
    let record = newest(&vangnet, "RESPONSE").await;
    assert_eq!((attempts(&record), &record["outcomes"]), (vec![dossier.clone()], &json!(["NOT_FOUND"])));
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let unknown = forged("Person", entity::id::DossierId::fresh(), Uuid::now_v7());
    intruder.ask(nodes, json!({ "ids": [opened.dossier, unknown, "geen id"] })).await;
    let record = newest(&vangnet, "RESPONSE").await;
    let mut named = vec![dossier.clone(), dossier_in(&unknown).0.to_string()];
    named.sort();
    assert_eq!((attempts(&record), &record["outcomes"]), (named, &json!(["NOT_FOUND"])));
    let input = json!({ "id": opened.aanmelding });
    intruder.change("takeUpAanmelding", input, "aanmelding { id }").await;
    let record = newest(&vangnet, "PAYLOAD").await;
    assert_eq!((attempts(&record), &record["outcomes"]), (vec![dossier], &json!(["NOT_FOUND"])));
    vangnet.as_(APPLICANT).ask(READ, json!({ "id": opened.person })).await;
    let record = newest(&vangnet, "RESPONSE").await;
    assert_eq!(
        (attempts(&record), record.get("outcomes")),
        (Vec::new(), None),
        "what is yours is no attempt"
    );
}

/// Every row of a table as text; what is binary in hexadecimal.
async fn dump(vangnet: &Vangnet, table: &str) -> String {
    let sql = if is_postgres(vangnet) {
        format!("SELECT t::text FROM \"{table}\" t")
    } else {
        let columns = texts(vangnet, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        format!("SELECT {} FROM \"{table}\"", quoted.join(" || ' ' || "))
    };
    texts(vangnet, &sql).await.join("\n").to_lowercase()
}

/// Whether a text stands in another, as it is or in hexadecimal.
fn stands_in(said: &str, text: &str) -> bool {
    let hex: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    said.contains(&text.to_lowercase()) || said.contains(&hex.concat())
}

#[tokio::test]
async fn a_value_stands_nowhere_but_where_it_must() {
    logs::listen();
    let vangnet = Vangnet::start().await;
    let (name, number) = ("Xanthippos", bsn(77));
    let opened = submit_as(&vangnet, name, &number).await;
    let desk = vangnet.as_("brp-enschede");
    desk.ask(READ, json!({ "id": opened.person })).await;
    let search = "query($by: PersonSearch!) { searchPersons(by: $by, first: 5) { edges { node { bsn } } } }";
    let found = desk.ask(search, json!({ "by": { "bsn": number } })).await;
    assert_eq!(found["searchPersons"]["edges"][0]["node"]["bsn"], json!(number));
    let input = json!({ "id": opened.aanmelding });
    vangnet.as_("ondersteuning").done("takeUpAanmelding", input, "aanmelding { reason }").await;
    vangnet.server.ledger.seal_now().await.unwrap();
    for table in tables(&vangnet).await {
        let rows = dump(&vangnet, &table).await;
        assert!(!stands_in(&rows, &number), "the BSN stands in {table}");
        let may_hold_it = ["person", "aanmelding"].contains(&table.as_str());
        assert_eq!(stands_in(&rows, name), may_hold_it, "the name and {table}");
    }
    if let Location::Sqlite(path) = vangnet.serving() {
        let mut wal = path.clone().into_os_string();
        wal.push("-wal");
        for file in [std::fs::read(path).unwrap(), std::fs::read(wal).unwrap_or_default()] {
            let held = file.windows(number.len()).any(|bytes| bytes == number.as_bytes());
            assert!(!held, "the BSN stands in a file of the database");
        }
    }
    let said = logs::said();
    assert!(!said.contains(&number) && !said.contains(name), "a value stands in the log");
}

#[tokio::test]
async fn without_the_ledger_a_query_shows_nothing() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("brp-enschede");
    run(&vangnet, "ALTER TABLE ledger_record RENAME TO hidden").await;
    let (code, body) = code_of(&client, READ, json!({ "id": opened.person })).await;
    assert_eq!(code, "LEDGER_UNAVAILABLE");
    assert!(!String::from_utf8(body).unwrap().contains("Zilvervos"));
    run(&vangnet, "ALTER TABLE hidden RENAME TO ledger_record").await;
    let data = client.ask(READ, json!({ "id": opened.person })).await;
    assert_eq!(data["node"]["familyName"], "Zilvervos");
}

const SUBMIT: &str = "mutation Submitting($input: SubmitAanmeldingInput!) { submitAanmelding(input: $input) {
    dossier { id } person { familyName } version errors { code } } }";

#[tokio::test]
async fn without_the_ledger_nothing_is_written() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_(APPLICANT);
    let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    input["idempotencyKey"] = json!(Uuid::now_v7());
    run(&vangnet, "ALTER TABLE ledger_record RENAME TO hidden").await;
    let (code, _) = code_of(&client, SUBMIT, json!({ "input": input })).await;
    assert_eq!(code, "LEDGER_UNAVAILABLE");
    for table in ["dossier", "person", "event", "idempotency"] {
        assert_eq!(count(&vangnet, table).await, 0, "{table}");
    }
    run(&vangnet, "ALTER TABLE hidden RENAME TO ledger_record").await;
    let data = client.ask(SUBMIT, json!({ "input": input })).await;
    assert_eq!(data["submitAanmelding"]["errors"], json!([]));
}

/// Makes the ledger refuse records of one kind.
async fn refuse(vangnet: &Vangnet, kind: &str) {
    if is_postgres(vangnet) {
        let constraint = format!("CHECK (kind <> '{kind}') NOT VALID");
        return run(vangnet, &format!("ALTER TABLE ledger_record ADD CONSTRAINT refused {constraint}")).await;
    }
    let abort = "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END";
    let when = format!("WHEN NEW.kind = '{kind}'");
    run(vangnet, &format!("CREATE TRIGGER refused BEFORE INSERT ON ledger_record {when} {abort}")).await;
}

/// Takes that back.
async fn repair(vangnet: &Vangnet) {
    let constraint = "ALTER TABLE ledger_record DROP CONSTRAINT refused";
    let sql = if is_postgres(vangnet) { constraint } else { "DROP TRIGGER refused" };
    run(vangnet, sql).await;
}

#[tokio::test]
async fn a_payload_that_cannot_be_proved_is_shown_when_it_is_asked_again_by_its_key() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_(APPLICANT);
    let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    input["idempotencyKey"] = json!(Uuid::now_v7());
    refuse(&vangnet, "PAYLOAD").await;
    for _ in 0..2 {
        let (code, body) = code_of(&client, SUBMIT, json!({ "input": input })).await;
        assert_eq!(code, "LEDGER_UNAVAILABLE");
        assert!(!String::from_utf8(body).unwrap().contains("Zilvervos"));
        assert_eq!(count(&vangnet, "dossier").await, 1, "the effect stays");
    }
    repair(&vangnet).await;
    let data = client.ask(SUBMIT, json!({ "input": input })).await;
    assert_eq!(data["submitAanmelding"]["person"]["familyName"], "Zilvervos");
    assert_eq!(data["submitAanmelding"]["version"], 1);
    assert_eq!((count(&vangnet, "dossier").await, count(&vangnet, "event").await), (1, 2));
}

#[tokio::test]
async fn an_event_that_cannot_be_proved_ends_the_stream_and_comes_after_its_cursor() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let (follower, bureau) = (vangnet.as_(APPLICANT), vangnet.as_("ondersteuning"));
    let mut stream = Subscriber::open(&follower, FOLLOW, json!({})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    bureau.done("takeUpAanmelding", json!({ "id": opened.aanmelding }), "version").await;
    let first = stream.next().await;
    let cursor = first["data"]["caseEvents"]["cursor"].clone();
    refuse(&vangnet, "EVENT").await;
    let input = json!({ "id": opened.aanmelding, "missingItems": "De school" });
    bureau.done("requestCompletion", input, "version").await;
    let end = stream.message_within(Duration::from_secs(10)).await.unwrap();
    assert_eq!(end["type"], "error", "{end}");
    assert_eq!(end["payload"][0]["extensions"]["code"], "LEDGER_UNAVAILABLE");
    assert!(!end.to_string().contains("Zilvervos"));
    repair(&vangnet).await;
    let mut resumed = Subscriber::open(&follower, FOLLOW, json!({ "after": cursor })).await;
    let next = resumed.next().await;
    assert_eq!(next["data"]["caseEvents"]["dossierVersion"], 3, "{next}");
}

#[tokio::test]
async fn the_ledger_of_a_journey_is_intact() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let bureau = vangnet.as_("ondersteuning");
    bureau.done("takeUpAanmelding", json!({ "id": opened.aanmelding }), "aanmelding { reason }").await;
    for subject in [APPLICANT, "brp-enschede", "nergens"] {
        vangnet.as_(subject).ask(READ, json!({ "id": opened.person })).await;
    }
    vangnet.server.ledger.seal_now().await.unwrap();
    let checkpoints = vangnet.folder().join("checkpoints");
    let report = verify(&vangnet.owner, &vangnet.server.keys, &checkpoints).await.unwrap();
    assert!(report.is_intact(), "{report}");
    assert_eq!(i64::try_from(report.sealed).unwrap(), count(&vangnet, "ledger_record").await);
    let accesses = accesses_of(&vangnet, &opened.person).await;
    let mut who: Vec<_> = accesses.iter().map(|access| access.partner.as_str()).collect();
    who.sort_unstable();
    // The two who submitted and took it up wrote and saw; two more read.
    let expected = ["GEM_BRP", "GGZ", "GGZ", "GGZ", "ZVH_BUREAU", "ZVH_BUREAU"];
    assert_eq!(who, expected, "the answer to who has seen my data");
}
