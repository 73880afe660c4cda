//! What is wrong with an input is told by code, reason and path; nothing is written, nothing is repeated.

use serde_json::{Value, json};
use tests::Vangnet;
use uuid::Uuid;

use crate::arrange::{APPLICANT, aanmelding, bsn, rows};
use crate::logs;

/// A word that stands in every bad value, so that it can be looked for.
const WORD: &str = "Kwaadwoord";

const SUBMIT: &str = "mutation($input: SubmitAanmeldingInput!) { submitAanmelding(input: $input) {
    dossier { id } errors { code reason message path } } }";

/// Puts a value at a place in an input.
fn with(vangnet: &Vangnet, place: &str, value: Value) -> Value {
    let mut input = aanmelding(vangnet, "Zilvervos", &bsn(0));
    input["idempotencyKey"] = json!(Uuid::now_v7());
    match place.rsplit_once('/') {
        Some((parent, field)) => input.pointer_mut(parent).unwrap()[field] = value,
        None => input[place] = value,
    }
    input
}

/// Sends it and looks that nothing came of it; gives the answer.
async fn refused(vangnet: &Vangnet, query: &str, variables: Value) -> Value {
    let before = rows(vangnet).await;
    let answer = vangnet.as_(APPLICANT).send(query, variables).await;
    assert_eq!(rows(vangnet).await, before);
    assert!(!String::from_utf8_lossy(&answer.bytes).contains(WORD), "repeated: {}", answer.json);
    assert!(!logs::said().contains(WORD), "the log repeats a bad value");
    answer.json
}

#[tokio::test]
async fn a_bad_text_is_a_user_error_with_its_path() {
    logs::listen();
    let vangnet = Vangnet::start().await;
    let concern = json!({ "leefgebied": "FINANCIEN_SCHULDEN", "severity": 3 });
    for (place, value, reason) in [
        ("/person/birthDate", json!(format!("1980-02-30{WORD}")), "DATE"),
        ("/person/birthDate", json!("1980-02-30"), "DATE"),
        ("/person/birthDate", json!("2030-01-01"), "DATE"),
        ("/person/bsn", json!("999999999"), "BSN"),
        ("/person/bsn", json!(WORD), "BSN"),
        ("/person/familyName", json!(WORD.repeat(30)), "TEXT"),
        ("/person/familyName", json!(format!("{WORD}\u{0}")), "TEXT"),
        ("/person/familyName", json!(format!("{WORD}\nDROP")), "TEXT"),
        ("/person/familyName", json!("   "), "TEXT"),
        ("/reason", json!(WORD.repeat(500)), "TEXT"),
        ("/reason", json!(format!("{WORD}\u{7}")), "TEXT"),
        ("/idempotencyKey", json!(WORD), "KEY"),
        ("/idempotencyKey", json!("urn:uuid:00000000-0000-0000-0000-000000000000"), "KEY"),
        ("/concerns", json!([]), "AMOUNT"),
        ("/concerns", json!(vec![concern.clone(); 14]), "AMOUNT"),
        ("/safetyRisks", json!(["NAASTEN", "NAASTEN", "NAASTEN", "NAASTEN", "NAASTEN"]), "AMOUNT"),
        ("/concerns/0/severity", json!(5), "RANGE"),
        ("/concerns/0/severity", json!(-1), "RANGE"),
        ("/tafel", json!(WORD), "NOT_OF_HOUSE"),
        ("/house", json!(WORD), "NOT_OF_HOUSE"),
        ("/gemeente", json!(WORD), "NOT_OF_HOUSE"),
        ("/ground", json!(WORD), "GROUND"),
    ] {
        let input = with(&vangnet, place, value);
        let answer = refused(&vangnet, SUBMIT, json!({ "input": input })).await;
        let payload = &answer["data"]["submitAanmelding"];
        let path: Vec<&str> = place.split('/').skip(1).collect();
        let error = &payload["errors"][0];
        assert_eq!((&error["code"], &error["reason"]), (&json!("INVALID_INPUT"), &json!(reason)), "{place}");
        assert_eq!(error["path"], json!(path), "{place}");
        assert_eq!(payload["dossier"], Value::Null);
    }
    let good = with(&vangnet, "/reason", json!("Regel een\nRegel twee"));
    let data = vangnet.as_(APPLICANT).ask(SUBMIT, json!({ "input": good })).await;
    assert_eq!(data["submitAanmelding"]["errors"], json!([]));
}

#[tokio::test]
async fn a_bad_form_is_an_error_with_its_path() {
    logs::listen();
    let vangnet = Vangnet::start().await;
    for (place, value, reason) in [
        ("/support", json!(WORD), "ENUM_VALUE"),
        ("/person/sex", json!(WORD), "ENUM_VALUE"),
        ("/concerns", json!([{ "leefgebied": WORD, "severity": 1 }]), "ENUM_VALUE"),
        ("/idempotencyKey", Value::Null, "REQUIRED"),
        ("/person/familyName", Value::Null, "REQUIRED"),
        ("/person/familyName", json!({ WORD: 1 }), "VALUE"),
        ("/person/bsn", json!(999_990_019), "VALUE"),
        ("/discussed", json!(WORD), "VALUE"),
        ("/person/kwaad", json!(WORD), "UNKNOWN_FIELD"),
        ("/expectedVersion", json!(1), "UNKNOWN_FIELD"),
    ] {
        let input = with(&vangnet, place, value);
        let answer = refused(&vangnet, SUBMIT, json!({ "input": input })).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!((&error["code"], &error["reason"]), (&json!("INVALID_INPUT"), &json!(reason)), "{place}");
        let path: Vec<&str> = place.split('/').skip(1).collect();
        let told = error["path"].as_array().unwrap();
        assert!(told.iter().skip(1).zip(&path).all(|(told, asked)| told == asked), "{place}: {told:?}");
        assert_eq!(told[0], "input");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "told once: {answer}");
        assert_eq!(answer.get("data"), None);
    }
}

/// The same for values that a document writes itself, wherever in it they stand.
#[tokio::test]
async fn a_bad_form_in_a_document_is_an_error_with_its_path() {
    let vangnet = Vangnet::start().await;
    let nested = "{ dossiers(first: 1) { edges { node { persons(first: \"een\") { edges { cursor } } } } } }";
    let fragment = "{ ...Found } fragment Found on Query { searchPersons(by: { bsn: 1 }, first: 1) { edges { cursor } } }";
    for (document, path, reason) in [
        (
            "{ searchPersons(by: { familyName: [1] }, first: 1) { edges { cursor } } }",
            json!(["by", "familyName"]),
            "VALUE",
        ),
        (
            "{ searchPersons(by: { kwaad: 1 }, first: 1) { edges { cursor } } }",
            json!(["by"]),
            "UNKNOWN_FIELD",
        ),
        (nested, json!(["first"]), "VALUE"),
        (fragment, json!(["by", "bsn"]), "VALUE"),
        (
            "mutation { answerOverdracht(input: { id: \"x\", accept: true }) { version } }",
            json!(["input", "idempotencyKey"]),
            "REQUIRED",
        ),
        (
            "mutation { finishAction(input: { id: \"x\", idempotencyKey: \"y\", note: \"z\", result: KWIJT }) { version } }",
            json!(["input", "result"]),
            "ENUM_VALUE",
        ),
    ] {
        let answer = refused(&vangnet, document, json!({})).await;
        let told = &answer["errors"][0]["extensions"];
        assert_eq!((&told["path"], &told["reason"]), (&path, &json!(reason)), "{document}: {answer}");
    }
}

/// Beside another mistake a malformed id is told no more than one that nobody has.
#[tokio::test]
async fn an_id_is_judged_only_when_the_rest_is_good() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_("ondersteuning");
    let unknown = crate::arrange::forged("Aanmelding", entity::id::DossierId::fresh(), uuid::Uuid::now_v7());
    let query = "mutation($input: RequestCompletionInput!) { requestCompletion(input: $input) {
        errors { code reason path } } }";
    for items in ["", "Iets."] {
        let key = uuid::Uuid::now_v7();
        let ask = |id: &str| json!({ "input": { "id": id, "idempotencyKey": key, "missingItems": items } });
        let [of_noise, of_unknown] =
            [client.send(query, ask("geen id")).await, client.send(query, ask(&unknown)).await];
        assert_eq!(of_noise.bytes, of_unknown.bytes, "{items:?}");
    }
}

#[tokio::test]
async fn what_a_document_says_itself_is_not_repeated_either() {
    logs::listen();
    let vangnet = Vangnet::start().await;
    let documents = [
        format!("{{ searchPersons(by: {{ familyName: {WORD} }}, first: 1) {{ edges {{ cursor }} }} }}"),
        format!("{{ searchPersons(by: {{ bsn: \"{WORD}\" }}, first: 1) {{ edges {{ cursor }} }} }}"),
        format!("{{ searchPersons(by: {{ {WORD}: 1 }}, first: 1) {{ edges {{ cursor }} }} }}"),
        format!("{{ {WORD} }}"),
        format!("{{ dossiers(first: 1, after: \"{WORD}\") {{ edges {{ cursor }} }} }}"),
        format!("{{ viewer {{ name }} }} # {WORD}\n}}"),
        format!("query($v: {WORD}) {{ viewer {{ name }} }}"),
        format!(
            "mutation {{ takeUpAanmelding(input: {{ id: \"{WORD}\", idempotencyKey: {WORD} }}) {{ version }} }}"
        ),
    ];
    for document in &documents {
        let answer = refused(&vangnet, document, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{document}: {answer}");
    }
}

/// What the one database takes and the other does not must not become a failure of the server.
#[tokio::test]
async fn a_filter_is_never_a_failure_of_the_server() {
    logs::listen();
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_("ondersteuning");
    let dossiers = "query($text: String!) { dossiers(first: 1, house: $text) { edges { cursor } } }";
    let narrowed =
        "query($text: String!) { dossiers(first: 1, tafel: $text, phase: $text) { edges { cursor } } }";
    let partners = "query($text: String!) { partners(house: $text) { id } }";
    for (query, argument) in [(dossiers, "house"), (narrowed, "tafel"), (partners, "house")] {
        for text in ["TWENTE", "'", "\u{10ffff}", "%"] {
            let answer = client.send(query, json!({ "text": text })).await;
            assert_eq!(answer.json.get("errors"), None, "{query} {text:?}: {}", answer.json);
        }
        for text in ["\u{0}", "TWENTE\u{0}"] {
            let answer = client.send(query, json!({ "text": text })).await;
            let error = &answer.json["errors"][0]["extensions"];
            assert_eq!((&error["reason"], &error["path"]), (&json!("TEXT"), &json!([argument])), "{query}");
        }
    }
}

/// What a fragment asks costs what it asks wherever it stands: a spread on an interface is no way around the limit.
#[tokio::test]
async fn a_document_costs_the_same_with_its_fragments_written_out() {
    const LISTS: &str = "persons(first: 100) { edges { node { familyName givenNames birthDate } } }";
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_(APPLICANT);
    let spread =
        format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...D }} }} fragment D on Dossier {{ {LISTS} }}");
    let inline = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Dossier {{ {LISTS} }} }} }}");
    for query in [&spread, &inline] {
        let many = client.send(query, json!({ "ids": vec!["x"; 60] })).await;
        assert_eq!(many.json["errors"][0]["extensions"]["reason"], "COST", "{query}: {}", many.json);
        let few = client.send(query, json!({ "ids": ["x"] })).await;
        assert_eq!(few.json["data"], json!({ "nodes": [null] }), "{query}: {}", few.json);
    }
    for wrong in ["{ ...Nowhere }", "{ viewer { name } } fragment Idle on Viewer { name }"] {
        let answer = client.send(wrong, json!({})).await;
        assert_eq!(
            answer.json["errors"][0]["extensions"]["reason"], "VALIDATION",
            "{wrong}: {}",
            answer.json
        );
    }
}
