//! What the ketenmanager records for a house: it counts from the next request on, ends at midnight, leaves a record, and
//! is for nobody else to do.

use std::time::Duration as Patience;

use chrono::{DateTime, Duration, Utc};
use entity::id::DeskId;
use entity::{desk, desk_member};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use tests::client::input_type;
use tests::socket::Subscriber;
use tests::{Client, Vangnet};
use uuid::Uuid;

use crate::arrange::{Opened, assign, colleague, count, execute, open_case, records, set_phase, submit};

/// What is asked of a signature.
const SIGNATURE: &str = "signature { id partnerId partner tafels signedOn endedOn signedBy }";

/// Makes a mutation on a house with a key; gives its payload.
async fn change_with_key(
    client: &Client,
    mutation: &str,
    key: Uuid,
    mut input: Value,
    selection: &str,
) -> Value {
    input["idempotencyKey"] = json!(key);
    let query = format!(
        "mutation Change($input: {}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code reason message path }} }} }}",
        input_type(mutation)
    );
    client.ask(&query, json!({ "input": input })).await[mutation].clone()
}

/// The same with a fresh key.
pub(crate) async fn change(client: &Client, mutation: &str, input: Value, selection: &str) -> Value {
    change_with_key(client, mutation, Uuid::now_v7(), input, selection).await
}

/// Gives the organisation of a professional a desk in a house.
pub(crate) async fn keep_desk(vangnet: &Vangnet, subject: &str, house: &str) {
    keep_desk_of(vangnet, subject, house, "ONDERSTEUNING").await;
}

/// The same, with the kind of the desk.
pub(crate) async fn keep_desk_of(vangnet: &Vangnet, subject: &str, house: &str, kind: &str) {
    let id = DeskId::fresh();
    let row = desk::ActiveModel {
        id: Set(id),
        organisation_id: Set(vangnet.town.organisation(subject)),
        house: Set(house.to_owned()),
        kind: Set(kind.to_owned()),
        werkgebied: Set(None),
        name: Set("Nog een desk".to_owned()),
    };
    let database = vangnet.owner.writer();
    desk::Entity::insert(row).exec_without_returning(database).await.unwrap();
    let row = desk_member::ActiveModel {
        desk_id: Set(id),
        professional_id: Set(vangnet.town.professional(subject)),
        valid_from: Set(DateTime::<Utc>::UNIX_EPOCH),
        valid_until: Set(None),
    };
    desk_member::Entity::insert(row).exec_without_returning(database).await.unwrap();
}

async fn signatures(client: &Client, house: &str) -> Vec<Value> {
    let query = "query($house: String!) { signatures(house: $house) { id partnerId partner kind tafels signedOn endedOn signedBy } }";
    client.ask(query, json!({ "house": house })).await["signatures"].as_array().unwrap().clone()
}

/// The id of the last signature of somebody's organisation in Twente.
pub(crate) async fn signature_of(vangnet: &Vangnet, subject: &str) -> Value {
    let [partner, _] = colleague(vangnet, subject);
    let all = signatures(&vangnet.as_("regisseur"), "TWENTE").await;
    all.iter().rfind(|signature| signature["partnerId"] == partner.as_str()).unwrap()["id"].clone()
}

fn recorded(vangnet: &Vangnet, subject: &str, from: &str) -> Value {
    let [partner, _] = colleague(vangnet, subject);
    json!({ "house": "TWENTE", "partnerId": partner, "signedOn": from, "signedBy": "De directeur" })
}

/// The code and the reason of the only error of a payload.
fn refusal(payload: &Value) -> (&str, &str) {
    let [error] = &payload["errors"].as_array().unwrap()[..] else { panic!("{payload}") };
    (error["code"].as_str().unwrap(), error["reason"].as_str().unwrap_or_default())
}

/// Whether somebody is shown the name in a dossier at which they are present.
async fn sees_name(vangnet: &Vangnet, subject: &str, opened: &Opened) -> bool {
    let query = "query($id: ID!) { node(id: $id) { ... on Person { familyName } } }";
    let node = vangnet.as_(subject).ask(query, json!({ "id": opened.person })).await["node"].clone();
    assert!(node.is_object());
    node["familyName"].is_string()
}

/// Every act, with an input that is good.
async fn acts(vangnet: &Vangnet) -> Vec<(&'static str, Value)> {
    let signature = signature_of(vangnet, "politie").await;
    let [_, professional] = colleague(vangnet, "politie");
    let contract = "GemeenteContract:00000000000000000000000000000000";
    let contract = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, contract);
    vec![
        ("recordSignature", recorded(vangnet, "slachtofferhulp", "2024-02-12")),
        ("endSignature", json!({ "house": "TWENTE", "id": signature, "endedOn": "2024-03-01" })),
        (
            "recordTraining",
            json!({ "house": "TWENTE", "professionalId": professional, "trainedOn": "2024-02-01" }),
        ),
        (
            "recordGemeenteContract",
            json!({ "house": "TWENTE", "gemeente": "0153", "kind": "JEUGDGROEP", "validFrom": "2024-02-12" }),
        ),
        ("endGemeenteContract", json!({ "house": "TWENTE", "id": contract, "endedOn": "2024-03-01" })),
    ]
}

/// What the acts could change.
async fn kept(vangnet: &Vangnet) -> [i64; 4] {
    [
        count(vangnet, "signature").await,
        count(vangnet, "signature WHERE ended_on IS NOT NULL").await,
        count(vangnet, "gemeente_contract").await,
        count(vangnet, "professional WHERE trained_on IS NOT NULL").await,
    ]
}

#[tokio::test]
async fn nobody_but_the_ketenmanager_of_the_house_records_anything() {
    let vangnet = Vangnet::start().await;
    // Somebody who leads something, but works for no bureau.
    let leads = "UPDATE professional SET roles = 'KETENMANAGER' WHERE id = $1";
    execute(&vangnet, leads, [vangnet.town.professional("politie").0.into()]).await;
    let before = kept(&vangnet).await;
    for (mutation, input) in acts(&vangnet).await {
        for subject in ["regisseur", "fg", "politie", "slachtofferhulp", "nergens"] {
            let payload = change(&vangnet.as_(subject), mutation, input.clone(), "").await;
            assert_eq!(refusal(&payload), ("NOT_PERMITTED", "INVOLVEMENT"), "{mutation} {subject}");
        }
        let mut elsewhere = input.clone();
        for house in ["DRENTHE", "ERGENS"] {
            elsewhere["house"] = json!(house);
            let payload = change(&vangnet.as_("ketenmanager"), mutation, elsewhere.clone(), "").await;
            assert_eq!(refusal(&payload), ("NOT_PERMITTED", "INVOLVEMENT"), "{mutation} {house}");
        }
        let refused = records(&vangnet, "REFUSAL").await.pop().unwrap();
        assert_eq!(
            (&refused["operation"], &refused["outcomes"]),
            (&json!(mutation), &json!(["ROLE:INVOLVEMENT"]))
        );
    }
    assert_eq!(kept(&vangnet).await, before);
    // What is asked of a signature or contract of another house is not found there.
    keep_desk(&vangnet, "ketenmanager", "DRENTHE").await;
    for (mutation, mut input) in acts(&vangnet).await {
        if mutation.starts_with("end") {
            input["house"] = json!("DRENTHE");
            let payload = change(&vangnet.as_("ketenmanager"), mutation, input, "").await;
            assert_eq!(refusal(&payload), ("NOT_FOUND", ""), "{mutation}");
        }
    }
    assert_eq!(kept(&vangnet).await, before);
}

#[tokio::test]
async fn a_signature_counts_from_the_next_request_on_and_leaves_a_record() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    open_case(&vangnet, &opened).await;
    assign(&vangnet, opened.id, "slachtofferhulp", "ZETEL").await;
    assert!(!sees_name(&vangnet, "slachtofferhulp", &opened).await);
    let (client, key) = (vangnet.as_("ketenmanager"), Uuid::now_v7());
    let input = recorded(&vangnet, "slachtofferhulp", "2024-02-12");
    let first = change_with_key(&client, "recordSignature", key, input.clone(), SIGNATURE).await;
    assert_eq!(first["errors"], json!([]));
    let signature = &first["signature"];
    assert_eq!((&signature["signedOn"], &signature["tafels"]), (&json!("2024-02-12"), &Value::Null));
    assert!(sees_name(&vangnet, "slachtofferhulp", &opened).await);

    let effect = records(&vangnet, "EFFECT").await.pop().unwrap();
    assert_eq!(effect["operation"], "recordSignature");
    for code in ["SIGNATURE_RECORDED", "TWENTE"] {
        assert!(effect["outcomes"].as_array().unwrap().contains(&json!(code)), "{effect}");
    }
    assert_eq!(effect["professional"], json!(vangnet.town.professional("ketenmanager").0));
    assert!(!effect.to_string().contains("directeur"));

    let before = kept(&vangnet).await;
    assert_eq!(change_with_key(&client, "recordSignature", key, input.clone(), SIGNATURE).await, first);
    let mut other = input.clone();
    other["signedBy"] = json!("Een ander");
    let mismatch = change_with_key(&client, "recordSignature", key, other, "").await;
    assert_eq!(refusal(&mismatch).0, "IDEMPOTENCY_MISMATCH");
    let again = change(&client, "recordSignature", input, "").await;
    assert_eq!(refusal(&again), ("GUARD_FAILED", "SIGNATURE_KNOWN"));
    let mut strange = recorded(&vangnet, "slachtofferhulp", "2025-02-12");
    strange["tafels"] = json!(["JEUGDGROEP"]);
    let not_of_house = change(&client, "recordSignature", strange, "").await;
    assert_eq!(refusal(&not_of_house), ("INVALID_INPUT", "NOT_OF_HOUSE"));
    assert_eq!(kept(&vangnet).await, before);
}

#[tokio::test]
async fn a_signature_for_one_tafel_counts_at_no_other() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    open_case(&vangnet, &opened).await;
    assign(&vangnet, opened.id, "slachtofferhulp", "ZETEL").await;
    for (tafel, expected) in [("VPO", false), ("PMG", true)] {
        let mut input = recorded(&vangnet, "slachtofferhulp", "2024-02-12");
        input["tafels"] = json!([tafel]);
        let payload = change(&vangnet.as_("ketenmanager"), "recordSignature", input, SIGNATURE).await;
        assert_eq!(payload["signature"]["tafels"], json!([tafel]), "{payload}");
        assert_eq!(sees_name(&vangnet, "slachtofferhulp", &opened).await, expected, "{tafel}");
    }
}

const FOLLOW: &str = "subscription { caseEvents { __typename ... on CaseEvent { kind dossierVersion \
    dossier { persons(first: 1) { edges { node { familyName } } } } } } }";

#[tokio::test]
async fn an_opzegging_ends_at_midnight_what_the_signature_showed_also_in_an_open_subscription() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let end = async |day: &str| {
        let input =
            json!({ "house": "TWENTE", "id": signature_of(&vangnet, "politie").await, "endedOn": day });
        change(&vangnet.as_("ketenmanager"), "endSignature", input, SIGNATURE).await
    };
    for backdated in ["2024-02-11", "2024-02-12"] {
        assert_eq!(refusal(&end(backdated).await), ("GUARD_FAILED", "ENDING_BACKDATED"), "{backdated}");
    }
    assert_eq!(end("2024-02-13").await["signature"]["endedOn"], "2024-02-13");
    assert_eq!(refusal(&end("2024-02-14").await), ("GUARD_FAILED", "ALREADY_ENDED"));

    let clock = &vangnet.server.clock;
    clock.advance(Duration::hours(14) - Duration::microseconds(1));
    assert!(sees_name(&vangnet, "politie", &opened).await);
    let mut stream = Subscriber::open(&vangnet.as_("politie"), FOLLOW, json!({})).await;
    tokio::time::sleep(Patience::from_millis(300)).await;
    let act = async |mutation: &str, input: Value| {
        vangnet.as_("regisseur").done(mutation, input, "").await;
    };
    act("makePlan", json!({ "id": case, "goals": [{ "text": "Rust." }], "agreedWithPerson": true })).await;
    let told = stream.next().await["data"]["caseEvents"].clone();
    assert_eq!(told["dossier"]["persons"]["edges"][0]["node"]["familyName"], "Zilvervos", "{told}");
    clock.advance(Duration::microseconds(1));
    assert!(!sees_name(&vangnet, "politie", &opened).await);
    // That the case goes on is told to whoever is present, without what the signature showed.
    let followed = "UPDATE \"case\" SET state = 'MONITORING' WHERE dossier_id = $1";
    execute(&vangnet, followed, [opened.id.0.into()]).await;
    set_phase(&vangnet, opened.id, "F8").await;
    act("returnToOverleg", json!({ "id": case })).await;
    let told = stream.next().await["data"]["caseEvents"].clone();
    assert_eq!(told["kind"], "CASE_STATE", "{told}");
    assert_eq!(told["dossier"]["persons"]["edges"][0]["node"]["familyName"], Value::Null, "{told}");
}

#[tokio::test]
async fn the_list_is_for_who_works_in_the_house_and_names_signers_to_the_bureau_only() {
    let vangnet = Vangnet::start().await;
    let input = recorded(&vangnet, "slachtofferhulp", "2024-02-12");
    change(&vangnet.as_("ketenmanager"), "recordSignature", input, "").await;
    let signers = async |subject: &str| {
        let all = signatures(&vangnet.as_(subject), "TWENTE").await;
        (all.len(), all.iter().filter(|one| one["signedBy"] == "De directeur").count())
    };
    let all = usize::try_from(count(&vangnet, "signature").await).unwrap();
    for subject in ["ketenmanager", "fg", "regisseur"] {
        assert_eq!(signers(subject).await, (all, 1), "{subject}");
    }
    assert_eq!(signers("politie").await, (all, 0));
    assert!(signatures(&vangnet.as_("politie"), "DRENTHE").await.is_empty());
    let left = "DELETE FROM signature WHERE organisation_id = $1";
    execute(&vangnet, left, [vangnet.town.organisation("nergens").0.into()]).await;
    assert_eq!(signers("nergens").await, (0, 0));
}

#[tokio::test]
async fn a_contract_is_recorded_once_and_ends_tomorrow_at_the_earliest() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_("ketenmanager");
    let selection = "gemeenteContract { id gemeente kind validFrom endedOn }";
    let record = async |gemeente: &str, from: &str| {
        let input = json!({ "house": "TWENTE", "gemeente": gemeente, "kind": "NAZORG", "validFrom": from });
        change(&client, "recordGemeenteContract", input, selection).await
    };
    let contract = record("0153", "2024-02-12").await["gemeenteContract"].clone();
    assert_eq!((&contract["kind"], &contract["endedOn"]), (&json!("NAZORG"), &Value::Null));
    assert_eq!(refusal(&record("0153", "2024-06-01").await), ("GUARD_FAILED", "CONTRACT_KNOWN"));
    assert_eq!(refusal(&record("0114", "2024-02-12").await), ("INVALID_INPUT", "NOT_OF_HOUSE"));
    let end = async |day: &str| {
        let input = json!({ "house": "TWENTE", "id": contract["id"], "endedOn": day });
        change(&client, "endGemeenteContract", input, selection).await
    };
    assert_eq!(refusal(&end("2024-02-12").await), ("GUARD_FAILED", "ENDING_BACKDATED"));
    assert_eq!(end("2024-06-01").await["gemeenteContract"]["endedOn"], "2024-06-01");
    assert_eq!(record("0153", "2024-06-01").await["errors"], json!([]));
    let query = "{ gemeenteContracts(house: \"TWENTE\") { validFrom } }";
    let listed = vangnet.as_("politie").ask(query, json!({})).await["gemeenteContracts"].clone();
    assert_eq!(listed, json!([{ "validFrom": "2024-02-12" }, { "validFrom": "2024-06-01" }]));
}

#[tokio::test]
async fn of_two_at_once_one_is_recorded() {
    let vangnet = Vangnet::start().await;
    let before = count(&vangnet, "signature").await;
    let client = vangnet.as_("ketenmanager");
    let record = || {
        let input = recorded(&vangnet, "slachtofferhulp", "2024-02-12");
        change(&client, "recordSignature", input, SIGNATURE)
    };
    let (first, second) = tokio::join!(record(), record());
    let refused: Vec<&Value> = [&first, &second].into_iter().filter(|it| it["errors"] != json!([])).collect();
    assert_eq!(refused.len(), 1, "{first} {second}");
    assert_eq!(refusal(refused[0]), ("GUARD_FAILED", "SIGNATURE_KNOWN"));
    assert_eq!(count(&vangnet, "signature").await, before + 1);
}
