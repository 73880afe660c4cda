//! What each person sees of a dossier, by the texts in it.
//!
//! A text counts as seen when it stands anywhere in everything that the API shows the person of the dossier, and
//! as unseen when it stands nowhere in it.

use cucumber::gherkin::Step;
use cucumber::then;
use serde_json::{Value, json};
use tests::Client;

use super::journey::{Journey, rows};
use super::people::Who;

/// Everything that the schema has of a dossier.
pub(super) const DOSSIER: &str = "id house tafel phase version gemeente werkgebied involvements \
    aanmelding { id state ground purpose reason tried concerns { note } safetyRisks missingItems outcome advice } \
    triage { id decision advice motivation systemicContext answers { criterion met motivation } partnerIds } \
    afwijkingen(first: 5) { edges { node { id state motivation answer } } } \
    case { id number state role regisseur { name } groundHolderId reviewOn followUpOn closingNote } \
    plan { id state goals { text } actions(first: 20) { edges { node { id kind text ownerId state needs result } } } } \
    persons(first: 5) { edges { node { id role familyName givenNames birthDate bsn address postcode phone email } } } \
    participants(first: 40) { edges { node { id involvement organisation professional { name } } } } \
    inbreng(first: 20) { edges { node { id category content supplierId ground decisions { motivation } } } } \
    brpChecks(first: 5) { edges { node { id state gemeente result } } } \
    bekendheidschecks(first: 10) { edges { node { id state partnerId answer contact } } } \
    verrijkingen(first: 10) { edges { node { id state partnerId categories question } } } \
    overdrachten(first: 10) { edges { node { id state receiverId note } } } \
    breakGlassUses(first: 10) { edges { node { id state reasonCode reason organisation professional { name } motivation } } } \
    geheimhoudingsverklaringen(first: 10) { edges { node { id textVersion state item day organisation professional { name } signedAt } } } \
    viewerAccess { withheld { category message } steps { mutation } }";

/// The nodes of a connection; none of one that is withheld.
pub(super) fn nodes_of(connection: &Value) -> Vec<Value> {
    let edges = connection["edges"].as_array().cloned().unwrap_or_default();
    edges.into_iter().map(|edge| edge["node"].clone()).collect()
}

/// The dossiers in somebody's list, with everything in them.
pub(super) async fn own_dossiers(app: &Client) -> Vec<Value> {
    let query = format!("{{ dossiers(first: 5) {{ edges {{ node {{ {DOSSIER} }} }} }} }}");
    nodes_of(&app.ask(&query, json!({})).await["dossiers"])
}

/// One dossier as somebody sees it; none when it is not in their list. The list and the node show the same.
pub(super) async fn dossier_of(app: &Client, id: &str) -> Option<Value> {
    let listed = own_dossiers(app).await.into_iter().find(|dossier| dossier["id"] == id);
    let query = format!("query One($id: ID!) {{ node(id: $id) {{ ... on Dossier {{ {DOSSIER} }} }} }}");
    let fetched = app.ask(&query, json!({ "id": id })).await["node"].clone();
    assert_eq!(listed.clone().unwrap_or(Value::Null), fetched);
    listed
}

/// Whether a text stands somewhere in an answer, as a part of one of its values.
pub(super) fn stands_in(answer: &Value, text: &str) -> bool {
    match answer {
        Value::String(value) => value.contains(text),
        Value::Array(values) => values.iter().any(|value| stands_in(value, text)),
        Value::Object(fields) => fields.values().any(|value| stands_in(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[then(expr = "ziet ieder dit in het dossier:")]
async fn everybody_sees(journey: &mut Journey, step: &Step) {
    let rows = rows(step);
    let names = &rows[0][1..];
    for row in &rows[1..] {
        let who: Who = row[0].parse().unwrap();
        let dossier = dossier_of(&journey.app_of(who), journey.id("het dossier")).await;
        let dossier = dossier.unwrap_or_else(|| panic!("{} heeft het dossier niet", row[0]));
        journey.present.insert(who);
        for (name, cell) in names.iter().zip(&row[1..]) {
            let expected = match cell.as_str() {
                "ja" => true,
                "nee" => false,
                other => panic!("ja of nee, niet {other}"),
            };
            let sees = stands_in(&dossier, journey.text(name));
            assert_eq!(sees, expected, "{} en {name}: {dossier:#}", row[0]);
        }
    }
}

#[then(expr = "staat het dossier in fase {word} en is er geen andere casus")]
async fn is_in_phase(journey: &mut Journey, phase: String) {
    let dossier = journey.as_bureau().await;
    assert_eq!(dossier["phase"], phase);
    assert_eq!(own_dossiers(&journey.app_of(Who::BUREAU)).await.len(), 1);
}

#[then(expr = "leest {wie} bij het dossier als reden: {string}")]
async fn reads_reason(journey: &mut Journey, who: Who, reason: String) {
    let dossier = dossier_of(&journey.app_of(who), journey.id("het dossier")).await.unwrap();
    let person =
        "query One($id: ID!) { node(id: $id) { ... on Person { viewerAccess { withheld { message } } } } }";
    let person = journey.app_of(who).ask(person, json!({ "id": journey.id("de persoon") })).await;
    let told = [&dossier["viewerAccess"], &person];
    assert!(told.iter().any(|answer| stands_in(answer, &reason)), "{told:?}");
}
