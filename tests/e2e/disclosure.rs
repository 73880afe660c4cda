//! A withheld field is null on every path that GraphQL knows, and the node says why.
//!
//! The aanmelder's own organisation supplied name, number and telephone of the person and sees them; the BRP
//! desk has a task that shows name and number; the identity status (D02) is shown to the BRP desk and to the
//! bureau, not to the aanmelder.

use serde_json::{Value, json};
use tests::Vangnet;
use tests::socket::Subscriber;

use crate::arrange::{APPLICANT, Opened, assign, submit};

/// Everything of the value at any depth under a name.
fn found(value: &Value, name: &str) -> Vec<Value> {
    let nested =
        |values: &mut dyn Iterator<Item = &Value>| values.flat_map(|value| found(value, name)).collect();
    match value {
        Value::Object(fields) => {
            let own = fields.iter().filter(|(key, _)| key.starts_with(name)).map(|(_, value)| value.clone());
            let below: Vec<Value> = nested(&mut fields.values());
            own.chain(below).collect()
        }
        Value::Array(values) => nested(&mut values.iter()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[tokio::test]
async fn a_withheld_field_is_null_and_the_node_names_it_with_its_reason() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Person { familyName phone email
        viewerAccess { withheld { category fields reason message article requestable } } } } }";
    let at_desk = vangnet.as_("brp-enschede").ask(query, json!({ "id": opened.person })).await;
    let person = &at_desk["node"];
    assert_eq!((&person["familyName"], &person["phone"]), (&json!("Zilvervos"), &Value::Null));
    let withheld = person["viewerAccess"]["withheld"].as_array().unwrap();
    let contact = withheld.iter().find(|withheld| withheld["category"] == "D03").unwrap();
    assert_eq!(contact["fields"], json!(["email", "phone"]));
    assert_eq!(contact["reason"], "NEVER");
    assert_eq!(contact["message"], "Het convenant deelt dit niet met u.");
    let own = vangnet.as_(APPLICANT).ask(query, json!({ "id": opened.person })).await;
    assert_eq!(own["node"]["phone"], "+31600000000");
    let withheld = found(&own, "category");
    assert!(withheld.contains(&json!("D02")) && !withheld.contains(&json!("D03")), "{withheld:?}");
}

/// What is withheld is derived from the standing, never from whether there is a value.
#[tokio::test]
async fn what_is_withheld_does_not_tell_whether_there_is_a_value() {
    let vangnet = Vangnet::start().await;
    let (with, without) = (submit(&vangnet).await, submit(&vangnet).await);
    let dossier = ("UPDATE person SET phone = NULL, email = NULL WHERE dossier_id = $1", without.id);
    crate::arrange::execute(&vangnet, dossier.0, [dossier.1.0.into()]).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Person { phone email viewerAccess {
        withheld { category fields reason message article requestable } } } } }";
    let desk = vangnet.as_("brp-enschede");
    let of_one = desk.ask(query, json!({ "id": with.person })).await;
    let of_other = desk.ask(query, json!({ "id": without.person })).await;
    assert_eq!(of_one, of_other);
}

const EVERY_PATH: &str = "
    fragment Contact on Person { phoneByName: phone }
    fragment OnNode on Node { id __typename ... on Person { phoneOnNode: phone ...Contact } }
    query($person: ID!, $ids: [ID!]!, $yes: Boolean!) {
        node(id: $person) {
            id __typename ...OnNode ...Contact
            ... on Person { phone phoneOther: phone phoneIf: phone @include(if: $yes) }
            ... { ... on Person { phoneNested: phone } }
        }
        nodes(ids: $ids) { ...OnNode ... on Dossier { persons(first: 5) { edges { node { phone ...OnNode } } } } }
        dossiers(last: 5) { edges { node {
            persons(last: 5) { edges { node { phone ...Contact } } }
            aanmelding { ... on Node { id ...OnNode } }
        } } }
        searchPersons(by: { familyName: \"Zilvervos\" }, first: 5) { edges { node { phone ...OnNode } } }
    }";

#[tokio::test]
async fn every_path_to_a_field_passes_the_same_gate() {
    let vangnet = Vangnet::start().await;
    let Opened { person, dossier, .. } = submit(&vangnet).await;
    let variables = json!({ "person": person, "ids": [person, dossier], "yes": true });
    let shown = vangnet.as_(APPLICANT).ask(EVERY_PATH, variables.clone()).await;
    let shown_phones = found(&shown, "phone");
    assert_eq!(shown_phones.len(), 16, "{shown}");
    assert!(shown_phones.iter().all(|phone| phone == "+31600000000"), "{shown}");
    assert_eq!(shown["node"]["id"], json!(person), "a field of the interface itself");
    let withheld = vangnet.as_("brp-enschede").ask(EVERY_PATH, variables).await;
    let withheld_phones = found(&withheld, "phone");
    assert_eq!(withheld_phones.len(), 16, "{withheld}");
    assert!(withheld_phones.iter().all(Value::is_null), "{withheld}");
    assert_eq!(withheld["node"]["__typename"], "Person");
}

const IDENTITY: &str = "dossier { persons(first: 5) { edges { node { phone identityStatus } } } }
    query { dossiers(first: 5) { edges { node { persons(first: 5) { edges { node { identityStatus } } } } } } }";

#[tokio::test]
async fn a_payload_passes_the_same_gate() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let input = json!({ "id": opened.aanmelding });
    let by_bureau = vangnet.as_("ondersteuning").done("takeUpAanmelding", input, IDENTITY).await;
    assert_eq!(found(&by_bureau, "identityStatus"), vec![json!("ONBEVESTIGD"); 2]);
    let input = json!({ "id": opened.aanmelding, "missingItems": "De school" });
    vangnet.as_("ondersteuning").done("requestCompletion", input, "dossier { id }").await;
    let input = json!({ "id": opened.aanmelding, "reason": "Ook zorgen op school" });
    let by_applicant = vangnet.as_(APPLICANT).done("completeAanmelding", input, IDENTITY).await;
    assert_eq!(found(&by_applicant, "phone"), vec![json!("+31600000000")]);
    assert_eq!(found(&by_applicant, "identityStatus"), vec![Value::Null; 2]);
}

const FOLLOW: &str = "subscription { caseEvents { ... on CaseEvent { kind
    dossier { persons(first: 5) { edges { node { phone identityStatus } } } }
    subject { id ... on Aanmelding { state reason } } } } }";

#[tokio::test]
async fn an_event_passes_the_same_gate() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let mut applicant = Subscriber::open(&vangnet.as_(APPLICANT), FOLLOW, json!({})).await;
    let mut desk = Subscriber::open(&vangnet.as_("brp-enschede"), FOLLOW, json!({})).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let input = json!({ "id": opened.aanmelding });
    vangnet.as_("ondersteuning").done("takeUpAanmelding", input, "dossier { id }").await;
    let told = applicant.next().await;
    assert_eq!(found(&told, "state"), vec![json!("COMPLEETHEIDSCHECK")]);
    assert_eq!(found(&told, "reason"), vec![json!("Zorgen over Zilvervos")]);
    assert_eq!(found(&told, "identityStatus"), vec![Value::Null]);
    let told = desk.next().await;
    assert_eq!(found(&told, "reason"), vec![Value::Null]);
    assert_eq!(found(&told, "phone"), vec![Value::Null]);
    assert_eq!(found(&told, "identityStatus"), vec![json!("ONBEVESTIGD")]);
}

/// An involvement that shows nothing shows nothing, and still no error.
#[tokio::test]
async fn presence_alone_shows_open_fields_only() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    assign(&vangnet, opened.id, "corporatie", "ZETEL").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Person { id role familyName namePrefix givenNames
        birthDate sex bsn address postcode residence identityStatus brpCheckedOn phone email } } }";
    let data = vangnet.as_("corporatie").ask(query, json!({ "id": opened.person })).await;
    let fields = data["node"].as_object().unwrap();
    assert_eq!(fields.values().filter(|value| !value.is_null()).count(), 1, "{fields:?}");
    assert_eq!(fields["id"], json!(opened.person));
}
