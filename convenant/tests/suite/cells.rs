//! Cells that were read by hand in the sources, each with the place where it was read. They must never be made from
//! the tables that they check.

use std::collections::BTreeSet;

use convenant::Engine;

use crate::CONVENANT;
use crate::agreement::neighbours;
use crate::random::request;
use crate::tables::{FACTS, Question, TABLES};

/// One cell: a question, what the source says of it, and where.
#[derive(Debug)]
pub(crate) struct Cell {
    question: Question,
    expected: Expected,
    source: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Yes,
    /// The source says no, and not which of the reasons of the README is the first.
    No,
    Because(&'static str),
}

impl Cell {
    /// What this engine says otherwise than the source.
    pub(crate) fn difference(&self, engine: &Engine) -> Option<String> {
        let asked = request(&self.question);
        let right = match self.expected {
            Expected::Yes => engine.allows(&asked),
            Expected::No => !engine.allows(&asked),
            Expected::Because(code) => engine.reason(&asked).map(convenant::Reason::code) == Some(code),
        };
        (!right).then(|| {
            let decision = engine.decide(&asked);
            format!("{}: expected {:?}, got {decision:?} for {:?}", self.source, self.expected, self.question)
        })
    }
}

/// Every cell of `tests/cells.csv`: each combination of the words that a line lists.
pub(crate) fn cells() -> Vec<Cell> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("../cells.csv").as_bytes());
    let records = reader.records().map(|record| record.expect("a line of cells"));
    records.flat_map(|record| of_line(&record.iter().map(kept).collect::<Vec<_>>())).collect()
}

fn kept(cell: &str) -> &'static str {
    Box::leak(cell.to_owned().into_boxed_str())
}

fn of_line(line: &[&'static str]) -> Vec<Cell> {
    let [verb, partners, involvement, tafels, phases, categories, with, expected, source] = line[..] else {
        panic!("nine columns: {line:?}")
    };
    let mut cells = Vec::new();
    for partner in partners.split(' ') {
        for tafel in tafels.split(' ') {
            for phase in phases.split(' ') {
                for category in categories.split(' ') {
                    let phase = phase[1..].parse().expect("a phase");
                    let plain = Question { verb, category, ..plain(partner, involvement, tafel, phase) };
                    let question = with.split_whitespace().fold(plain, odd);
                    cells.push(Cell { question, expected: expected_of(expected), source });
                }
            }
        }
    }
    cells
}

fn expected_of(word: &'static str) -> Expected {
    match word {
        "yes" => Expected::Yes,
        "no" => Expected::No,
        code => Expected::Because(code),
    }
}

/// Signed, trained, in the own gemeente, on no side.
fn plain(partner: &'static str, involvement: &'static str, tafel: &'static str, phase: u8) -> Question {
    Question {
        verb: "see",
        partner,
        same_gemeente: true,
        signed: true,
        secrecy: false,
        trained: true,
        involvement,
        side: "GEEN",
        tafel,
        phase,
        facts: [].into(),
        category: "D01N",
        asked: None,
    }
}

fn odd(mut question: Question, word: &'static str) -> Question {
    match word.split_once('=').unwrap_or((word, "")) {
        ("unsigned", _) => question.signed = false,
        ("untrained", _) => question.trained = false,
        ("other_gemeente", _) => question.same_gemeente = false,
        ("secrecy", _) => question.secrecy = true,
        ("side", side) => question.side = side,
        ("asked", partner) => question.asked = Some(partner),
        (fact, _) => {
            assert!(FACTS.contains(&fact), "unknown word {word}");
            question.facts.insert(fact);
        }
    }
    question
}

#[test]
fn every_cell_read_by_hand_holds() {
    let cells = cells();
    assert!(cells.len() >= 300, "only {} cells", cells.len());
    let differing: Vec<_> = cells.iter().filter_map(|cell| cell.difference(CONVENANT.model())).collect();
    assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), cells.len(), differing.join("\n"));
}

/// The second reading of the tables holds to the same cells.
#[test]
fn the_tables_say_the_same_of_every_cell() {
    for Cell { question, expected, source } in cells() {
        let right = match expected {
            Expected::Yes => TABLES.allows(&question),
            Expected::No => !TABLES.allows(&question),
            Expected::Because(code) => TABLES.reason(&question) == Some(code),
        };
        assert!(right, "{source}: {question:?} should be {expected:?}");
    }
}

/// `agreement` decides every row of the tables both ways; the engine has those rows and no other.
#[test]
fn the_engine_has_the_rows_of_the_tables_and_no_other() {
    let rules: BTreeSet<&str> = CONVENANT.model().rules().map(|rule| rule.id.as_str()).collect();
    let permits = TABLES.permits.values().flatten().map(|row| row.id);
    let rows: BTreeSet<&str> = permits.chain(TABLES.forbids.iter().map(|row| row.id)).collect();
    assert_eq!(rules, rows);
}

/// Every row of the tables gave the answer of a cell, and stands one word away from a cell with the other answer.
#[test]
fn every_row_is_read_by_hand_both_ways() {
    let (allowed, denied): (Vec<_>, Vec<_>) =
        cells().into_iter().partition(|cell| cell.expected == Expected::Yes);
    let [allowed, denied] =
        [allowed, denied].map(|cells| cells.into_iter().map(|cell| cell.question).collect::<Vec<_>>());
    let near = |questions: &[Question]| questions.iter().flat_map(neighbours).collect::<Vec<_>>();
    let permits = |asked: &Question| TABLES.giving(asked);
    let forbids = |asked: &Question| TABLES.answer(asked).forbids;
    let granting: BTreeSet<String> = TABLES.rows_of_permission();
    let refusing: BTreeSet<String> = TABLES.forbids.iter().map(|row| row.id.to_owned()).collect();
    let lack = |rows: &BTreeSet<String>, found: BTreeSet<String>| {
        rows.difference(&found).cloned().collect::<Vec<_>>()
    };
    let missing = [
        ("allows a cell", lack(&granting, allowed.iter().flat_map(permits).collect())),
        (
            "allows what is near a denied cell",
            lack(&granting, near(&denied).iter().flat_map(permits).collect()),
        ),
        ("denies a cell", lack(&refusing, denied.iter().flat_map(forbids).map(str::to_owned).collect())),
        (
            "denies what is near an allowed cell",
            lack(&refusing, near(&allowed).iter().flat_map(forbids).map(str::to_owned).collect()),
        ),
    ];
    assert!(missing.iter().all(|(_, rows)| rows.is_empty()), "{missing:#?}");
}
