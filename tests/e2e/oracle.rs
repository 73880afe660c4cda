//! What is withheld teaches nothing: whoever asks learns no bit of it, by whatever filter, search, cursor, count or id.
//!
//! Whatever a persona may not see is given another value, and every answer stays the same, byte for byte. An id, a
//! cursor or a name of what is hidden is answered as one of nothing. Both are made from the schema.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use entity::id::DossierId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::arrange::{bsn, comparable, execute, forged};
use crate::canaries::chance::{Chance, number};
use crate::canaries::document::{Document, Writer};
use crate::canaries::planting::{CANARIES, Token, alter, leaf_of, name_of};
use crate::canaries::stage::{Actor, Heard, Stage};
use crate::canaries::verdict::Verdict;
use crate::shape::bare;

/// Those who ask: some of whom little is withheld, some of whom nearly all is.
const ASKERS: [&str; 5] = [
    "procesregie-twente",
    "politie-twente",
    "corporatie-twente",
    "brp-enschede",
    "zonder-toewijzing-markiezaten",
];
/// How many documents each asks, as long as nothing else is said.
const DOCUMENTS: u64 = 20;
/// How many of what is hidden are tried in each way.
const TRIED: usize = 2;

async fn askers(stage: &Stage) -> Vec<Actor> {
    let mut actors = stage.actors().await;
    actors.retain(|actor| ASKERS.contains(&actor.subject.as_str()));
    assert_eq!(actors.len(), ASKERS.len());
    actors
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withheld_changes_no_byte_of_any_answer() {
    let stage = Stage::set().await;
    let documents = number("VANGNET_TEST_CANARIES", DOCUMENTS);
    eprintln!("oracle: {documents} documents a persona, seed {} (VANGNET_TEST_SEED)", stage.seed);
    for mut actor in askers(&stage).await {
        let mut answered = Vec::new();
        for _ in 0..documents {
            answered.push(stage.ask(&mut actor).await);
        }
        for search in searches_of_withheld(&stage, &actor) {
            answered.push(Heard::of(&actor.client, search).await);
        }
        let told: usize = answered.iter().map(|heard| Token::in_bytes(&heard.bytes).len()).sum();
        let altered = alter_withheld(&stage, &actor).await;
        assert!(altered > 1_000, "only {altered} values are withheld from {}", actor.subject);
        for heard in answered {
            let again = Heard::of(&actor.client, heard.document.clone()).await;
            let text = &heard.document.text;
            assert_eq!(again.compared, heard.compared, "{} learns from\n{text}", actor.subject);
        }
        eprintln!("oracle: {} was shown {told} tokens, {altered} others were altered", actor.subject);
    }
}

/// Searches by what is withheld of persons, as it stands and as it will stand.
fn searches_of_withheld(stage: &Stage, actor: &Actor) -> Vec<Document> {
    let mut searches = Vec::new();
    for (dossier, row) in persons_without(stage, actor, "D01N").into_iter().take(4 * TRIED) {
        let name = name_of(dossier, row);
        searches.push(json!({ "familyName": name }));
        searches.push(json!({ "familyName": format!("{name}z") }));
        searches.extend(stage.numbers.get(&row).map(|number| json!({ "bsn": number })));
    }
    searches.iter().map(search).collect()
}

/// The persons of whom a leaf is withheld, those of dossiers at which the asker is present first.
fn persons_without(stage: &Stage, actor: &Actor, leaf: &str) -> Vec<(DossierId, Uuid)> {
    let persons = stage.verdict.data().iter().filter(|(_, datum)| datum.kind == "Person");
    let shows = |row: &Uuid| stage.verdict.shows(&actor.viewer, *row, leaf.parse().ok());
    let mut withheld: Vec<_> =
        persons.filter(|(row, _)| !shows(row)).map(|(row, datum)| (datum.dossier, *row)).collect();
    withheld.sort_by_key(|(dossier, _)| !stage.verdict.is_present(&actor.viewer, *dossier));
    withheld
}

fn search(by: &Value) -> Document {
    let text = "query Searching($by: PersonSearch!) { searchPersons(by: $by, last: 5) {
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { __typename id familyName bsn } } } }";
    let operation = "Searching".to_owned();
    Document { operation, text: text.to_owned(), variables: json!({ "by": by }), ..Document::default() }
}

/// Gives everything that a persona may not see another value: texts, numbers, and of dossiers that are not theirs the
/// phase, the tafel, the house and the version too. Says how many values there were.
async fn alter_withheld(stage: &Stage, actor: &Actor) -> usize {
    let verdict = Verdict::read(&stage.vangnet).await;
    let mut rows: BTreeMap<usize, Vec<Uuid>> = BTreeMap::new();
    for (row, datum) in verdict.data() {
        for (place, canary) in CANARIES.iter().enumerate().filter(|(_, canary)| canary.kind == datum.kind) {
            if !verdict.shows(&actor.viewer, *row, leaf_of(canary)) {
                rows.entry(place).or_default().push(*row);
            }
        }
    }
    alter(&stage.vangnet, &rows).await;
    let dossiers = verdict.data().iter().filter(|(_, datum)| datum.kind == "Dossier");
    for (row, _) in dossiers.filter(|(row, _)| !verdict.is_present(&actor.viewer, DossierId(**row))).take(200)
    {
        let change = "UPDATE dossier SET phase = 'F6', tafel = 'PMG', version = version + 1 WHERE id = $1";
        execute(&stage.vangnet, change, [(*row).into()]).await;
    }
    rows.values().map(Vec::len).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_hidden_is_answered_as_what_is_not_there() {
    let stage = Stage::set().await;
    for actor in askers(&stage).await {
        let mut chance = Chance::of(stage.seed, 0);
        let tried = by_id(&stage, &actor, &mut chance).await
            + by_cursor(&stage, &actor).await
            + by_search(&stage, &actor).await;
        assert!(tried > 60, "only {tried} ways were tried as {}", actor.subject);
    }
}

/// Rows of a kind that are hidden from somebody, of dossiers that are theirs first.
fn hidden(stage: &Stage, actor: &Actor, kind: &str) -> Vec<(DossierId, Uuid)> {
    let rows =
        stage.verdict.data().iter().filter(|(row, datum)| {
            datum.kind == kind && stage.verdict.showing(&actor.viewer, **row).is_none()
        });
    let mut rows: Vec<_> = rows.map(|(row, datum)| (datum.dossier, *row)).collect();
    rows.sort_by_key(|(dossier, _)| !stage.verdict.is_present(&actor.viewer, *dossier));
    rows.truncate(TRIED);
    rows
}

/// What stands in the place of a row that is hidden: another row, of the same dossier where that is known.
fn absent(stage: &Stage, actor: &Actor, dossier: DossierId) -> (DossierId, Uuid) {
    let is_known = stage.verdict.is_present(&actor.viewer, dossier);
    (if is_known { dossier } else { DossierId::fresh() }, Uuid::now_v7())
}

/// Wherever the schema takes an id.
async fn by_id(stage: &Stage, actor: &Actor, chance: &mut Chance) -> usize {
    let mut tried = 0;
    for kind in stage.shape.nodes() {
        for (dossier, row) in hidden(stage, actor, kind) {
            let (other_dossier, other_row) = absent(stage, actor, dossier);
            let ids = [forged(kind, dossier, row), forged(kind, other_dossier, other_row)];
            for (text, variables) in questions(stage, chance, kind) {
                let mut answers = Vec::new();
                for id in &ids {
                    let variables = with_id(&variables, id);
                    answers.push(comparable(&actor.client.send(&text, variables).await));
                }
                assert_eq!(answers[0], answers[1], "{} learns of {kind} {row} from\n{text}", actor.subject);
                tried += 1;
            }
        }
    }
    tried
}

/// Each way to name a node of a kind: by the root, in a list, and in a mutation that may be about it.
fn questions(stage: &Stage, chance: &mut Chance, kind: &str) -> Vec<(String, Value)> {
    let mut questions = vec![
        ("query($id: ID!) { node(id: $id) { id __typename } }".to_owned(), json!({ "id": "ID" })),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }".to_owned(), json!({ "ids": ["ID"] })),
    ];
    for field in stage.shape.fields("Mutation") {
        let written = &field.arguments[0].written;
        let takes_id = stage.shape.input(&bare(written)).unwrap().iter().any(|input| input.name == "id");
        let is_about = stage.shape.node_fields(&field.of).iter().any(|(_, of)| *of == kind);
        if takes_id && is_about {
            let text = format!(
                "mutation($input: {written}) {{ {}(input: $input) {{ dossier {{ id }} version
                errors {{ code reason message path currentVersion }} }} }}",
                field.name
            );
            let mut input = Writer::input(&stage.shape, chance, field);
            input["id"] = json!("ID");
            questions.push((text, json!({ "input": input })));
        }
    }
    questions
}

/// Variables with an id in its place, and with a key of their own.
fn with_id(variables: &Value, id: &str) -> Value {
    let mut variables = variables.clone();
    if variables["ids"].is_array() {
        variables["ids"] = json!([id]);
    } else if variables["id"].is_string() {
        variables["id"] = json!(id);
    } else {
        variables["input"]["id"] = json!(id);
        variables["input"]["idempotencyKey"] = json!(Uuid::now_v7());
    }
    variables
}

/// From every list of the root and of a dossier, beyond the cursor of a hidden row and beyond that of no row.
async fn by_cursor(stage: &Stage, actor: &Actor) -> usize {
    let mut tried = 0;
    for kind in ["Query", "Dossier"] {
        for field in stage.shape.fields(kind) {
            let Some(of) = field.of.strip_suffix("Connection") else { continue };
            for (dossier, row) in hidden(stage, actor, of) {
                let within = (kind == "Dossier").then_some(dossier);
                let mut bytes = row.into_bytes();
                bytes[15] ^= 1;
                let mut answers = Vec::new();
                for cursor in [row.into_bytes(), bytes] {
                    let text = pages_beyond(&field.name, within, cursor);
                    answers.push(comparable(&actor.client.send(&text, json!({})).await));
                }
                let name = &field.name;
                assert_eq!(answers[0], answers[1], "{} learns of {of} {row} from {name}", actor.subject);
                tried += 1;
            }
        }
    }
    tried
}

/// The pages of a list on both sides of a cursor.
fn pages_beyond(field: &str, within: Option<DossierId>, cursor: [u8; 16]) -> String {
    let cursor = BASE64_URL_SAFE_NO_PAD.encode(cursor);
    let search = if field == "searchPersons" { "by: { familyName: \"Niemand\" }, " } else { "" };
    let rows = "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    let pages = format!(
        "a: {field}({search}first: 4, after: \"{cursor}\") {{ {rows} }}
        b: {field}({search}last: 4, before: \"{cursor}\") {{ {rows} }}"
    );
    match within {
        None => format!("{{ {pages} }}"),
        Some(dossier) => {
            let id = forged("Dossier", dossier, dossier.0);
            format!("{{ node(id: \"{id}\") {{ ... on Dossier {{ {pages} }} }} }}")
        }
    }
}

/// By the name and the number of a person of whom they are withheld, and by those of nobody.
async fn by_search(stage: &Stage, actor: &Actor) -> usize {
    let mut tried = 0;
    let nobody = [json!({ "familyName": "Niemand" }), json!({ "bsn": bsn(9_000) })];
    let unknown = [
        Heard::of(&actor.client, search(&nobody[0])).await.compared,
        Heard::of(&actor.client, search(&nobody[1])).await.compared,
    ];
    for ((leaf, field), unknown) in [("D01N", "familyName"), ("D01B", "bsn")].into_iter().zip(&unknown) {
        for (dossier, row) in persons_without(stage, actor, leaf).into_iter().take(8 * TRIED) {
            let number = stage.numbers.get(&row).cloned();
            let value = if leaf == "D01N" { Some(name_of(dossier, row)) } else { number };
            let Some(value) = value else { continue };
            let found = Heard::of(&actor.client, search(&json!({ (field): value }))).await.compared;
            assert_eq!(&found, unknown, "{} finds {row} by {leaf}", actor.subject);
            tried += 1;
        }
    }
    tried
}
