//! The ledger is complete: of a random day, what left the server and what the ledger says left it are the same, both
//! ways, answer by answer: which dossiers, which leaves of each, and which of them concern which person.
//!
//! What left is read from the answers as they came over the wire. Each has a name of its own, by which the ledger knows
//! it. A field without a value is told too, to whom the covenant shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use convenant::Category;
use entity::id::DossierId;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use uuid::Uuid;

use crate::arrange::records;
use crate::canaries::chance::number;
use crate::canaries::reading::{Cell, cells};
use crate::canaries::stage::{Actor, Heard, Stage};
use crate::canaries::verdict::Viewer;

/// How many documents everybody asks, as long as nothing else is said.
const DOCUMENTS: u64 = 10;
/// How long a replay may be silent before it is over: no event may come after it.
const SILENCE: Duration = Duration::from_secs(2);

/// What was told of one dossier: leaves, and those of each person concerned, by pseudonym.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Told {
    leaves: BTreeSet<String>,
    persons: BTreeMap<String, BTreeSet<String>>,
}

impl Told {
    /// Adds leaves that were told of some persons.
    fn add(&mut self, leaves: &[String], persons: Vec<String>) {
        self.leaves.extend(leaves.iter().cloned());
        for person in persons {
            self.persons.entry(person).or_default().extend(leaves.iter().cloned());
        }
    }
}

/// What somebody was told in one operation, by dossier.
type Day = BTreeMap<(Uuid, String), BTreeMap<DossierId, Told>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_says_what_left_the_server_and_nothing_else() {
    let stage = &Stage::set().await;
    let documents = number("VANGNET_TEST_CANARIES", DOCUMENTS);
    eprintln!("completeness: {documents} documents a persona, seed {} (VANGNET_TEST_SEED)", stage.seed);
    let mut left = Day::new();
    for (subject, heard) in &stage.worked {
        let viewer = stage.verdict.viewer(&stage.vangnet, subject).await;
        note(stage, &viewer, heard, &mut left);
    }
    let days = stage.actors().await.into_iter().map(async |actor| spend(stage, actor, documents).await);
    for day in stream::iter(days).buffer_unordered(8).collect::<Vec<_>>().await {
        left.extend(day);
    }
    left.retain(|_, dossiers| !dossiers.is_empty());
    let mut recorded = recorded(stage).await;
    for (operation, expected) in &left {
        let found = recorded.remove(operation).unwrap_or_default();
        assert_eq!(&found, expected, "the ledger (left) and the wire (right) differ about {operation:?}");
    }
    assert!(recorded.is_empty(), "the ledger says what nobody was told: {recorded:?}");
    let told = left.values().flat_map(BTreeMap::values).map(|told| told.leaves.len()).sum::<usize>();
    eprintln!("completeness: {} answers with {told} leaves of dossiers", left.len());
    assert!(left.len() > 150 && told > 500, "too little was told to prove anything");
}

/// A day of somebody: some questions, some changes that are refused, and everything that happened.
async fn spend(stage: &Stage, mut actor: Actor, documents: u64) -> Day {
    let mut day = Day::new();
    for _ in 0..documents {
        let heard = stage.ask(&mut actor).await;
        note(stage, &actor.viewer, &heard, &mut day);
    }
    for heard in stage.replay(&mut actor, SILENCE).await {
        note(stage, &actor.viewer, &heard, &mut day);
    }
    day
}

/// Notes what an answer told.
fn note(stage: &Stage, viewer: &Viewer, heard: &Heard, day: &mut Day) {
    let operation = (viewer.professional.0, heard.document.operation.clone());
    let dossiers = day.entry(operation).or_default();
    for cell in cells(&stage.shape, &heard.document, &heard.json) {
        let datum = stage.verdict.data().get(&cell.row).unwrap_or_else(|| panic!("no row of {cell:?}"));
        let told = dossiers.entry(datum.dossier).or_default();
        let pseudonym = |person: Uuid| stage.vangnet.server.keys.pseudonym(&person);
        if let Some(person) = datum.person {
            told.persons.entry(pseudonym(person.0)).or_default();
        }
        let Some(leaf) = leaf(stage, viewer, &cell) else { continue };
        told.leaves.insert(leaf.code().to_owned());
        let everybody = stage.verdict.persons_of(datum.dossier);
        for person in datum.person.as_ref().map_or(everybody, std::slice::from_ref) {
            told.persons.entry(pseudonym(person.0)).or_default().insert(leaf.code().to_owned());
        }
    }
}

/// The leaf that a cell tells of: one with a value, or one without that the covenant shows. None of a withheld one.
fn leaf(stage: &Stage, viewer: &Viewer, cell: &Cell) -> Option<Category> {
    let (_, leaf) = cell.field.as_ref()?;
    let named: Option<Category> = leaf.parse().ok();
    let leaf = named.or_else(|| stage.verdict.showing(viewer, cell.row)?.line);
    leaf.filter(|_| cell.is_shown || stage.verdict.shows(viewer, cell.row, named))
}

/// What the ledger says was told, by operation. Of a dossier that was asked for in vain it says nothing more.
async fn recorded(stage: &Stage) -> Day {
    let mut day = Day::new();
    for kind in ["RESPONSE", "PAYLOAD", "EVENT"] {
        for record in records(&stage.vangnet, kind).await {
            let operation =
                (uuid(&record["professional"]), record["operation"].as_str().unwrap_or("").to_owned());
            for view in record["views"].as_array().into_iter().flatten() {
                let leaves = strings(&view["seen"]["leaves"]);
                if view["seen"]["involvements"].as_array().is_none_or(Vec::is_empty) {
                    assert!(leaves.is_empty(), "something was shown without presence: {record}");
                    continue;
                }
                for (dossier, persons) in view["dossiers"].as_object().unwrap() {
                    let dossier = DossierId(dossier.parse().unwrap());
                    let told = day.entry(operation.clone()).or_default().entry(dossier).or_default();
                    told.add(&leaves, strings(persons));
                }
            }
        }
    }
    day
}

fn uuid(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

fn strings(values: &Value) -> Vec<String> {
    values.as_array().into_iter().flatten().map(|value| value.as_str().unwrap().to_owned()).collect()
}
