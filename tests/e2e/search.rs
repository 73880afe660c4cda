//! A search reads what it searches by: whoever may not see a field does not find by it either.

use serde_json::{Value, json};
use tests::{Client, Vangnet};

use crate::arrange::{APPLICANT, Opened, assign, bsn, set_phase, submit_as};

const SEARCH: &str = "query($by: PersonSearch!) { searchPersons(by: $by, first: 10) {
    edges { cursor node { id familyName bsn } } pageInfo { hasNextPage endCursor } } }";

async fn find(client: &Client, by: Value) -> Vec<u8> {
    let answer = client.send(SEARCH, json!({ "by": by })).await;
    assert_eq!(answer.json.get("errors"), None, "{}", answer.json);
    answer.bytes
}

async fn ids(client: &Client, by: Value) -> Vec<Value> {
    let data = client.ask(SEARCH, json!({ "by": by })).await;
    let edges = data["searchPersons"]["edges"].as_array().unwrap().clone();
    edges.iter().map(|edge| edge["node"]["id"].clone()).collect()
}

/// The police take part in the triage, which shows a name and no number; the corporation sits at the tafel too
/// early to be shown anything.
async fn arrange() -> (Vangnet, Opened) {
    let vangnet = Vangnet::start().await;
    let opened = submit_as(&vangnet, "Zilvervos", &bsn(0)).await;
    submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    set_phase(&vangnet, opened.id, "F5").await;
    assign(&vangnet, opened.id, "politie", "TRIAGE").await;
    assign(&vangnet, opened.id, "corporatie", "ZETEL").await;
    (vangnet, opened)
}

#[tokio::test]
async fn a_number_finds_only_those_whose_number_is_shown() {
    let (vangnet, opened) = arrange().await;
    for subject in [APPLICANT, "brp-enschede", "regisseur"] {
        let client = vangnet.as_(subject);
        assert_eq!(ids(&client, json!({ "bsn": bsn(0) })).await, [json!(opened.person)], "{subject}");
        assert!(ids(&client, json!({ "bsn": bsn(5) })).await.is_empty(), "{subject}");
    }
    for subject in ["politie", "corporatie", "nergens"] {
        let client = vangnet.as_(subject);
        let known = find(&client, json!({ "bsn": bsn(0) })).await;
        let unknown = find(&client, json!({ "bsn": bsn(5) })).await;
        assert_eq!(known, unknown, "{subject}");
    }
}

#[tokio::test]
async fn a_name_finds_only_those_whose_name_is_shown() {
    let (vangnet, opened) = arrange().await;
    let born = json!({ "familyName": "Zilvervos", "birthDate": "1980-02-03" });
    for subject in [APPLICANT, "brp-enschede", "regisseur", "politie"] {
        let client = vangnet.as_(subject);
        assert_eq!(
            ids(&client, json!({ "familyName": "Zilvervos" })).await,
            [json!(opened.person)],
            "{subject}"
        );
        assert_eq!(ids(&client, born.clone()).await, [json!(opened.person)], "{subject}");
    }
    let police = vangnet.as_("politie").ask(SEARCH, json!({ "by": { "familyName": "Zilvervos" } })).await;
    assert_eq!(police["searchPersons"]["edges"][0]["node"]["bsn"], Value::Null);
    for subject in ["corporatie", "nergens"] {
        let client = vangnet.as_(subject);
        let known = find(&client, json!({ "familyName": "Zilvervos" })).await;
        let unknown = find(&client, json!({ "familyName": "Niemand" })).await;
        assert_eq!(known, unknown, "{subject}");
    }
}

#[tokio::test]
async fn a_search_is_by_a_whole_number_or_a_whole_name() {
    let (vangnet, _) = arrange().await;
    let client = vangnet.as_(APPLICANT);
    let born = "1980-02-03";
    for (by, field, reason) in [
        (json!({}), "familyName", "MISSING"),
        (json!({ "birthDate": born }), "familyName", "MISSING"),
        (json!({ "bsn": bsn(0), "familyName": "Zilvervos" }), "familyName", "SUPERFLUOUS"),
        (json!({ "bsn": bsn(0), "birthDate": born }), "birthDate", "SUPERFLUOUS"),
        (json!({ "bsn": &bsn(0)[..8] }), "bsn", "BSN"),
        (json!({ "bsn": "123456789" }), "bsn", "BSN"),
        (json!({ "familyName": "" }), "familyName", "TEXT"),
        (json!({ "familyName": "Zilver\u{0}" }), "familyName", "TEXT"),
        (json!({ "familyName": "Zilvervos", "birthDate": "1980-02-30" }), "birthDate", "DATE"),
    ] {
        let answer = client.send(SEARCH, json!({ "by": by })).await;
        let error = &answer.json["errors"][0]["extensions"];
        assert_eq!((&error["code"], &error["reason"]), (&json!("INVALID_INPUT"), &json!(reason)), "{by}");
        assert_eq!(error["path"], json!(["by", field]), "{by}");
    }
    for part in ["Zilver", "zilvervos", "%", "Zilver%", "Zilvervo_", "' OR 1=1 --"] {
        assert!(ids(&client, json!({ "familyName": part })).await.is_empty(), "{part}");
    }
}

/// Several people have one name: they come in pages, and one of a dossier that is hidden is neither shown nor counted.
#[tokio::test]
async fn people_of_one_name_are_found_in_pages_without_those_who_are_hidden() {
    const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String) {
        searchPersons(by: { familyName: \"Zilvervos\" }, first: $first, after: $after, last: $last, before: $before) {
            edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }";
    let vangnet = Vangnet::start().await;
    let mut shown = Vec::new();
    for place in 0..3 {
        let opened = submit_as(&vangnet, "Zilvervos", &bsn(place)).await;
        if place != 1 {
            set_phase(&vangnet, opened.id, "F5").await;
            assign(&vangnet, opened.id, "politie", "TRIAGE").await;
            shown.push(json!(opened.person));
        }
    }
    shown.sort_by_key(ToString::to_string);
    let police = vangnet.as_("politie");
    let page = async |variables: Value| police.ask(PAGE, variables).await["searchPersons"].clone();
    let first = page(json!({ "first": 1 })).await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let second = page(json!({ "first": 5, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    assert_eq!(second["edges"].as_array().map(Vec::len), Some(1), "{second}");
    let mut found = vec![first["edges"][0]["node"]["id"].clone(), second["edges"][0]["node"]["id"].clone()];
    let back = page(json!({ "last": 1, "before": second["edges"][0]["cursor"] })).await;
    assert_eq!(back["edges"], first["edges"]);
    found.sort_by_key(ToString::to_string);
    assert_eq!(found, shown);
}
