//! One act has one effect: keys, versions, guards, and rights that end while a write runs.

use std::time::Duration;

use sea_orm::TransactionTrait;
use serde_json::{Value, json};
use tests::database::Kind;
use tests::{Answer, Client, Vangnet};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::arrange::{
    APPLICANT, Opened, aanmelding, assign, bsn, count, dismiss, rows, runs_on, submit, texts,
};

const SHOWN: &str = "aanmelding { id state }";

/// Takes up an aanmelding with a key and what the client knows of the version.
async fn take_up(client: &Client, key: Uuid, id: &str, expected: Option<i64>) -> Value {
    let input = json!({ "id": id, "expectedVersion": expected });
    client.change_with_key("takeUpAanmelding", key, input, SHOWN).await
}

/// The codes of the errors of a payload.
fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["errors"].as_array().unwrap();
    errors.iter().map(|error| error["code"].as_str().unwrap()).collect()
}

async fn version(vangnet: &Vangnet, opened: &Opened) -> i64 {
    let sql = "SELECT CAST(version AS TEXT) FROM dossier ORDER BY id";
    assert_eq!(count(vangnet, "dossier").await, 1, "one dossier: {}", opened.dossier);
    texts(vangnet, sql).await[0].parse().unwrap()
}

#[tokio::test]
async fn the_same_key_and_input_have_one_effect_and_one_answer() {
    let vangnet = Vangnet::start().await;
    let (client, key) = (vangnet.as_(APPLICANT), Uuid::now_v7());
    let input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    let selection = "dossier { id } person { id familyName bsn }";
    let once = client.change_with_key("submitAanmelding", key, input.clone(), selection).await;
    assert_eq!(once["errors"], json!([]));
    let before = rows(&vangnet).await;
    let again = client.change_with_key("submitAanmelding", key, input.clone(), selection).await;
    assert_eq!(again, once);
    assert_eq!(rows(&vangnet).await, before);
    let other = client.change_with_key("submitAanmelding", Uuid::now_v7(), input, selection).await;
    assert_ne!(other["dossier"], once["dossier"]);
    assert_eq!(count(&vangnet, "dossier").await, 2);
}

#[tokio::test]
async fn twenty_at_once_with_one_key_have_one_effect_and_one_answer() {
    let vangnet = Vangnet::start().await;
    let input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    let (client, key) = (vangnet.as_(APPLICANT), Uuid::now_v7());
    let mut sent = JoinSet::new();
    for _ in 0..20 {
        let (client, input) = (client.clone(), input.clone());
        sent.spawn(async move {
            client.change_with_key("submitAanmelding", key, input, "dossier { id } person { id }").await
        });
    }
    let answers = sent.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0]["errors"], json!([]));
    for table in ["dossier", "person", "aanmelding", "idempotency"] {
        assert_eq!(count(&vangnet, table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn another_input_with_the_same_key_is_refused() {
    let vangnet = Vangnet::start().await;
    let (client, key) = (vangnet.as_(APPLICANT), Uuid::now_v7());
    let input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    client.change_with_key("submitAanmelding", key, input, "dossier { id }").await;
    let before = rows(&vangnet).await;
    let other = aanmelding(&vangnet, "Zilvervos", &bsn(1));
    let payload = client.change_with_key("submitAanmelding", key, other, "dossier { id }").await;
    assert_eq!(codes(&payload), ["IDEMPOTENCY_MISMATCH"]);
    assert_eq!((&payload["dossier"], &payload["version"]), (&Value::Null, &Value::Null));
    assert_eq!(rows(&vangnet).await, before);
}

/// A key belongs to its professional: the key of another tells nothing and stands in nobody's way.
#[tokio::test]
async fn the_key_of_another_professional_is_not_known() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    assign(&vangnet, opened.id, "informatie", "ONDERSTEUNING").await;
    let key = Uuid::now_v7();
    let first = take_up(&vangnet.as_("ondersteuning"), key, &opened.aanmelding, None).await;
    assert_eq!(first["errors"], json!([]));
    let second = take_up(&vangnet.as_("informatie"), key, &opened.aanmelding, None).await;
    assert_eq!(codes(&second), ["GUARD_FAILED"], "judged anew: {second}");
}

#[tokio::test]
async fn a_repeat_after_the_right_ended_finds_nothing() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let (client, key) = (vangnet.as_("ondersteuning"), Uuid::now_v7());
    let once = take_up(&client, key, &opened.aanmelding, None).await;
    assert_eq!(once["aanmelding"]["state"], "COMPLEETHEIDSCHECK");
    dismiss(&vangnet, opened.id, "ondersteuning").await;
    let again = take_up(&client, key, &opened.aanmelding, None).await;
    assert_eq!(codes(&again), ["NOT_FOUND"]);
    assert_eq!((&again["aanmelding"], &again["version"]), (&Value::Null, &Value::Null));
}

/// What opened a dossier is known by its key, but shown under the rights of the day of the repeat.
#[tokio::test]
async fn a_repeat_of_an_opening_after_the_right_ended_shows_nothing() {
    let vangnet = Vangnet::start().await;
    let (client, key) = (vangnet.as_(APPLICANT), Uuid::now_v7());
    let input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    let selection = "dossier { id } aanmelding { id } person { id familyName }";
    let once = client.change_with_key("submitAanmelding", key, input.clone(), selection).await;
    assert_eq!(once["person"]["familyName"], "Zilvervos");
    crate::arrange::run(&vangnet, "UPDATE assignment SET valid_until = valid_from").await;
    let again = client.change_with_key("submitAanmelding", key, input, selection).await;
    for shown in ["dossier", "aanmelding", "person"] {
        assert_eq!(again[shown], Value::Null, "{shown}");
    }
    assert_eq!(count(&vangnet, "dossier").await, 1);
}

#[tokio::test]
async fn a_refusal_by_a_guard_is_the_outcome_of_its_key() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let (client, key) = (vangnet.as_("ondersteuning"), Uuid::now_v7());
    let ask = |key| {
        let input = json!({ "id": opened.aanmelding, "missingItems": "De school" });
        let client = client.clone();
        async move { client.change_with_key("requestCompletion", key, input, SHOWN).await }
    };
    let refused = ask(key).await;
    assert_eq!(codes(&refused), ["GUARD_FAILED"]);
    take_up(&client, Uuid::now_v7(), &opened.aanmelding, None).await;
    assert_eq!(ask(key).await, refused, "the outcome of the key stays");
    assert_eq!(ask(Uuid::now_v7()).await["errors"], json!([]), "a new act is judged anew");
}

#[tokio::test]
async fn a_malformed_input_leaves_nothing() {
    let vangnet = Vangnet::start().await;
    let (client, key) = (vangnet.as_(APPLICANT), Uuid::now_v7());
    let before = rows(&vangnet).await;
    let mut input = aanmelding(&vangnet, "Zilvervos", "123456789");
    let payload = client.change_with_key("submitAanmelding", key, input.clone(), "dossier { id }").await;
    assert_eq!(codes(&payload), ["INVALID_INPUT"]);
    assert_eq!(payload["errors"][0]["path"], json!(["person", "bsn"]));
    assert_eq!(rows(&vangnet).await, before);
    input["person"]["bsn"] = json!(bsn(0));
    let payload = client.change_with_key("submitAanmelding", key, input, "dossier { id }").await;
    assert_eq!(payload["errors"], json!([]), "the key was not used up");
}

#[tokio::test]
async fn a_change_on_an_older_version_is_a_conflict_that_names_the_version() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    let done = take_up(&client, Uuid::now_v7(), &opened.aanmelding, Some(1)).await;
    assert_eq!((done["version"].as_i64(), codes(&done).len()), (Some(2), 0));
    let before = rows(&vangnet).await;
    let input = json!({ "id": opened.aanmelding, "missingItems": "De school", "expectedVersion": 1 });
    let stale = client.change("requestCompletion", input, SHOWN).await;
    assert_eq!(codes(&stale), ["CONFLICT"]);
    assert_eq!(stale["errors"][0]["currentVersion"], 2);
    assert_eq!(rows(&vangnet).await, before);
}

#[tokio::test]
async fn of_two_writers_at_once_on_one_version_one_wins() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    take_up(&client, Uuid::now_v7(), &opened.aanmelding, None).await;
    let mut sent = JoinSet::new();
    for writer in 0..8 {
        let input = json!({
            "id": opened.aanmelding, "missingItems": format!("Stuk {writer}"), "expectedVersion": 2,
        });
        let client = client.clone();
        sent.spawn(async move { client.change("requestCompletion", input, SHOWN).await });
    }
    let answers = sent.join_all().await;
    let won = answers.iter().filter(|answer| codes(answer).is_empty()).count();
    let lost = answers.iter().filter(|answer| codes(answer) == ["CONFLICT"]).count();
    assert_eq!((won, lost), (1, 7), "{answers:?}");
    assert_eq!(version(&vangnet, &opened).await, 3);
}

/// Writers that do not say which version they saw follow on one another, and each takes a version of its own.
#[tokio::test]
async fn writers_at_once_without_a_version_follow_on_one_another() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    let mut sent = JoinSet::new();
    for _ in 0..8 {
        let (client, id) = (client.clone(), opened.aanmelding.clone());
        sent.spawn(async move { take_up(&client, Uuid::now_v7(), &id, None).await });
    }
    let answers = sent.join_all().await;
    let won = answers.iter().filter(|answer| codes(answer).is_empty()).count();
    let refused = answers.iter().filter(|answer| codes(answer) == ["GUARD_FAILED"]).count();
    assert_eq!((won, refused), (1, 7), "{answers:?}");
    assert_eq!(version(&vangnet, &opened).await, 2);
}

/// The ways in which a right can end, the first two a second after the write was asked for.
const ENDS: [&str; 4] = [
    "UPDATE assignment SET valid_until = '2024-02-12T09:00:01Z' WHERE involvement = 'ONDERSTEUNING'",
    "UPDATE desk_member SET valid_until = '2024-02-12T09:00:01Z'",
    "UPDATE professional SET active = FALSE",
    "UPDATE signature SET ended_on = signed_on",
];

/// The right ends in another transaction while the write waits for it: the write finds nothing.
#[tokio::test]
async fn a_right_that_ends_while_a_write_runs_ends_the_write() {
    if !runs_on(Kind::Postgres, "write::a_right_that_ends_while_a_write_runs_ends_the_write") {
        return;
    }
    for end in ENDS {
        let vangnet = Vangnet::start().await;
        let opened = submit(&vangnet).await;
        let before = rows(&vangnet).await;
        let ending = vangnet.owner.writer().begin().await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&ending, end).await.unwrap();
        let client = vangnet.as_("ondersteuning");
        let id = opened.aanmelding.clone();
        let running = tokio::spawn(async move { take_up(&client, Uuid::now_v7(), &id, None).await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!running.is_finished(), "the write waits: {end}");
        vangnet.server.clock.advance(chrono::Duration::seconds(2));
        ending.commit().await.unwrap();
        let payload = running.await.unwrap();
        assert_eq!(codes(&payload), ["NOT_FOUND"], "{end}: {payload}");
        assert_eq!(rows(&vangnet).await, before);
    }
}

/// Whoever is not present is answered byte for byte as for a dossier that does not exist.
#[tokio::test]
async fn a_write_without_presence_finds_nothing_and_changes_nothing() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let unknown = crate::arrange::forged("Aanmelding", entity::id::DossierId::fresh(), Uuid::now_v7());
    let before = rows(&vangnet).await;
    let client = vangnet.as_("nergens");
    let of_other = attempt(&client, &opened.aanmelding).await;
    let of_none = attempt(&client, &unknown).await;
    let of_noise = attempt(&client, "geen id").await;
    assert_eq!(of_other.json["data"]["takeUpAanmelding"]["errors"][0]["code"], "NOT_FOUND");
    assert_eq!((&of_other.bytes, of_other.status), (&of_none.bytes, of_none.status));
    assert_eq!((&of_other.bytes, of_other.status), (&of_noise.bytes, of_noise.status));
    assert_eq!(rows(&vangnet).await, before);
}

async fn attempt(client: &Client, id: &str) -> Answer {
    let query = "mutation($input: TakeUpAanmeldingInput!) { takeUpAanmelding(input: $input) {
        aanmelding { id } dossier { id } version errors { code reason message path currentVersion } } }";
    client.send(query, json!({ "input": { "id": id, "idempotencyKey": Uuid::now_v7() } })).await
}
