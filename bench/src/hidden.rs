//! Whether time tells what the bytes do not: what is hidden against what is not there, asked in turn of one server.
//!
//! It measures and prints, and must never be a test: a busy machine would fail it.
#![expect(clippy::print_stdout, reason = "a program that reports on its terminal")]

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::{Client, Vangnet};
use uuid::Uuid;

/// Whose rows are hidden, and who asks for them.
const OWNER: &str = "procesregie-markiezaten";
const ASKER: &str = "politie-twente";
/// How often each is asked when no number is given.
const ROUNDS: usize = 1_000;
/// How far from a half the chance may be that a hidden one takes longer than an absent one, before it counts as told
/// apart. 0.06 is where an effect is usually called small.
const MARGIN: f64 = 0.06;
/// The score beyond which the difference is not chance: one time in a thousand.
const SCORE: f64 = 3.29;

const NODE: &str = "query($it: ID!) { node(id: $it) { id __typename } }";
/// Of an own dossier this reads one statement more than of one that is not there: the least that the measure must notice.
const ONE_MORE: &str = "query($it: ID!) { node(id: $it) { ... on Dossier { aanmelding { id } } } }";
const NODES: &str = "query($it: ID!) { nodes(ids: [$it, $it, $it, $it, $it]) { id __typename } }";
const SEARCH: &str =
    "query($it: Line!) { searchPersons(by: { familyName: $it }, first: 5) { edges { node { id } } } }";
const CHANGE: &str = "mutation($it: ID!, $key: IdempotencyKey!) {
    takeUpAanmelding(input: { id: $it, idempotencyKey: $key }) { version errors { code } } }";

/// Two kinds of things to ask for in the same way, and what they are called.
struct Pair {
    what: &'static str,
    query: &'static str,
    first: Vec<String>,
    second: Vec<String>,
    /// Whether time should tell them apart: whether the measure would notice.
    is_control: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(ROUNDS), |text| text.parse())?;
    let vangnet = Vangnet::start_demo().await;
    let asker = vangnet.as_(ASKER);
    println!(
        "{rounds} questions of each kind, in turn; a hidden one takes longer than an absent one by this chance"
    );
    for pair in pairs(&vangnet.as_(OWNER), &asker).await? {
        let (first, second) = measure(&asker, &pair, rounds).await?;
        report(&pair, &first, &second)?;
    }
    Ok(())
}

async fn pairs(owner: &Client, asker: &Client) -> Result<Vec<Pair>> {
    let query = "{ dossiers(first: 40) { edges { node { id aanmelding { id }
        persons(first: 1) { edges { node { id familyName } } } } } } }";
    let hidden = owner.ask(query, json!({})).await;
    let own = asker.ask(query, json!({})).await;
    let persons = texts(&hidden, "/persons/edges/0/node/id");
    let dossiers = texts(&hidden, "/id");
    let aanmeldingen = texts(&hidden, "/aanmelding/id");
    let names = texts(&hidden, "/persons/edges/0/node/familyName");
    let pair = |what, query, first: Vec<String>, second: Vec<String>| Pair {
        what,
        query,
        first,
        second,
        is_control: false,
    };
    Ok(vec![
        pair("absent and absent: nothing to tell", NODE, absent("Person"), absent("Person")),
        Pair {
            is_control: true,
            ..pair("own and absent: told apart", ONE_MORE, texts(&own, "/id"), absent("Dossier"))
        },
        pair("node of a person", NODE, persons, absent("Person")),
        pair("node of a dossier", NODE, dossiers.clone(), absent("Dossier")),
        pair("five nodes at once", NODES, dossiers, absent("Dossier")),
        pair("search by name", SEARCH, not_found(asker, names).await?, nobody()),
        pair("a change of an aanmelding", CHANGE, aanmeldingen, absent("Aanmelding")),
    ])
}

/// The text at a place of each node of a list of dossiers.
fn texts(data: &Value, place: &str) -> Vec<String> {
    let edges = data["dossiers"]["edges"].as_array().into_iter().flatten();
    edges.filter_map(|edge| Some(edge["node"].pointer(place)?.as_str()?.to_owned())).collect()
}

/// Ids of rows that nobody has.
fn absent(kind: &str) -> Vec<String> {
    let id = |_| {
        let (dossier, row) = (Uuid::now_v7(), Uuid::now_v7());
        BASE64_URL_SAFE_NO_PAD.encode([kind.as_bytes(), b":", dossier.as_bytes(), row.as_bytes()].concat())
    };
    (0..40).map(id).collect()
}

/// Names that nobody has, of usual lengths.
fn nobody() -> Vec<String> {
    (0..40).map(|place| format!("Niemandsz{}n", "o".repeat(place % 8))).collect()
}

/// The names by which the asker finds nobody.
async fn not_found(asker: &Client, names: Vec<String>) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for name in names {
        let found = asker.ask(SEARCH, json!({ "it": name })).await;
        let edges = found["searchPersons"]["edges"].as_array().context("a list of persons")?;
        if edges.is_empty() {
            kept.push(name);
        }
    }
    Ok(kept)
}

/// The times of both kinds, asked in turn; which comes first changes every time.
async fn measure(asker: &Client, pair: &Pair, rounds: usize) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let (mut first, mut second) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for round in 0..rounds + rounds / 10 {
        let of_first = pair.first.get(round % pair.first.len().max(1)).context("something to ask for")?;
        let of_second = pair.second.get(round % pair.second.len().max(1)).context("something to ask for")?;
        let (one, other) = if round % 2 == 0 {
            let one = ask(asker, pair.query, of_first).await;
            (one, ask(asker, pair.query, of_second).await)
        } else {
            let other = ask(asker, pair.query, of_second).await;
            (ask(asker, pair.query, of_first).await, other)
        };
        // The first tenth only warms up.
        if round >= rounds / 10 {
            first.push(one);
            second.push(other);
        }
    }
    Ok((first, second))
}

async fn ask(asker: &Client, query: &str, it: &str) -> Duration {
    let variables = json!({ "it": it, "key": Uuid::now_v7() });
    let variables = if query == CHANGE { variables } else { json!({ "it": it }) };
    let start = Instant::now();
    asker.send(query, variables).await;
    start.elapsed()
}

fn report(pair: &Pair, first: &[Duration], second: &[Duration]) -> Result<()> {
    let ratio = median(first)?.as_secs_f64() / median(second)?.as_secs_f64();
    let (chance, score) = mann_whitney(first, second);
    let is_told = score.abs() > SCORE && (chance - 0.5).abs() > MARGIN;
    let verdict = match (is_told, pair.is_control) {
        (false, false) => "not told apart",
        (true, false) => "TOLD APART",
        (true, true) => "told apart, as it must be",
        (false, true) => "NOT TOLD APART: the measure is blind",
    };
    println!("{}: ratio of medians {ratio:.3}, chance {chance:.3}, score {score:+.1}: {verdict}", pair.what);
    Ok(())
}

fn median(times: &[Duration]) -> Result<Duration> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("at least one round")
}

/// The test of Mann and Whitney: the chance that one of the first takes longer than one of the second, and by how many
/// standard deviations that differs from a half.
#[expect(clippy::cast_precision_loss, reason = "counts of rounds")]
fn mann_whitney(first: &[Duration], second: &[Duration]) -> (f64, f64) {
    let mut all: Vec<(Duration, bool)> = first.iter().map(|time| (*time, true)).collect();
    all.extend(second.iter().map(|time| (*time, false)));
    all.sort_unstable();
    let ranks: f64 = all
        .iter()
        .enumerate()
        .filter(|(_, (_, is_first))| *is_first)
        .map(|(place, _)| place as f64 + 1.0)
        .sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    let wins = ranks - n * (n + 1.0) / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    (wins / (n * m), (wins - n * m / 2.0) / deviation)
}
