//! Are the tests worth anything? Every policy is changed in one place after another, and the cells and the questions of
//! `agreement` are decided anew by the changed covenant: one of them must come out otherwise.
//!
//! `cargo xtask convenant-mutations` runs it. A mutation that nothing notices stands in `tests/survivors.txt` with the
//! reason, or fails the run.

mod mutation;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;

use convenant::{Convenant, Engine, Request, RowId};
use tempfile::TempDir;

use crate::agreement::neighbours;
use crate::cells::{Cell, cells};
use crate::random::{Random, request};
use crate::tables::{Answer, Question, TABLES};
use mutation::{Mutation, Source};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SURVIVORS: &str = include_str!("../../survivors.txt");

/// What became of a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The covenant was refused when it was read.
    Refused,
    Cells,
    Agreement,
    Survived,
}

/// A question with the answer of the tables.
struct Asked {
    request: Request,
    answer: Answer,
}

impl Asked {
    fn new(question: &Question) -> Self {
        Self { request: request(question), answer: TABLES.answer(question) }
    }

    fn differs(&self, engine: &Engine) -> bool {
        let (permits, forbids) = engine.matching_rows(&self.request);
        let same = |rows: &[RowId], ids: &[&str]| rows.iter().map(RowId::as_str).eq(ids.iter().copied());
        !(same(&permits, &self.answer.permits) && same(&forbids, &self.answer.forbids))
    }
}

/// Everything that is decided anew for a mutation.
struct Tests {
    cells: Vec<Cell>,
    /// The questions that `agreement` draws for a row, by the id of the row.
    by_row: BTreeMap<&'static str, Vec<Asked>>,
}

impl Tests {
    fn new() -> Self {
        let mut by_row = BTreeMap::new();
        let (mut permits, mut forbids) = (Random(2), Random(4));
        for row in TABLES.permits.values().flatten() {
            let drawn: Vec<_> = (0..250).map(|_| permits.question_for(row)).collect();
            by_row.insert(row.id, with_neighbours(row.id, &drawn));
        }
        for row in &TABLES.forbids {
            let drawn: Vec<_> = (0..250).map(|_| forbids.question_against(row)).collect();
            by_row.insert(row.id, with_neighbours(row.id, &drawn));
        }
        Self { cells: cells(), by_row }
    }

    fn fate(&self, row: &str, covenant: Result<Convenant, Vec<convenant::Problem>>) -> Fate {
        let Ok(covenant) = covenant else { return Fate::Refused };
        let engine = covenant.model();
        if self.by_row.get(row).is_some_and(|asked| asked.iter().any(|asked| asked.differs(engine))) {
            return Fate::Agreement;
        }
        if self.cells.iter().any(|cell| cell.difference(engine).is_some()) {
            return Fate::Cells;
        }
        let noticed = self.by_row.values().flatten().any(|asked| asked.differs(engine));
        if noticed { Fate::Agreement } else { Fate::Survived }
    }
}

/// What was drawn, and what differs in one word from the first of it at which the row matches.
fn with_neighbours(row: &str, drawn: &[Question]) -> Vec<Asked> {
    let matches = |question: &&Question| {
        let answer = TABLES.answer(question);
        answer.permits.contains(&row) || answer.forbids.contains(&row)
    };
    let near = drawn.iter().find(matches).map(neighbours).unwrap_or_default();
    drawn.iter().chain(&near).map(Asked::new).collect()
}

/// A copy of the covenant in which one file of policies is changed at a time; one house, because none is refused.
struct Workplace(TempDir);

impl Workplace {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        for part in ["model", "houses/drenthe"] {
            let (from, to) = (Path::new(ROOT).join(part), folder.path().join(part));
            fs::create_dir_all(&to).expect("a folder");
            for file in fs::read_dir(from).expect("the covenant") {
                let file = file.expect("a file");
                fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
            }
        }
        Self(folder)
    }

    fn fate(&self, mutation: &Mutation, tests: &Tests) -> Fate {
        let file = self.0.path().join("model").join(mutation.file);
        let original = fs::read(&file).expect("policies");
        fs::write(&file, &mutation.text).expect("changed policies");
        let fate = tests.fate(&mutation.row, Convenant::load(self.0.path()));
        fs::write(&file, original).expect("policies");
        fate
    }
}

/// The fate of every mutation, by name.
fn fates(mutations: &[Mutation]) -> BTreeMap<&str, Fate> {
    let tests = Tests::new();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let work = |share| {
        let (workplace, mut fates) = (Workplace::new(), Vec::new());
        for mutation in share {
            let mutation: &Mutation = mutation;
            let fate = workplace.fate(mutation, &tests);
            say(&format!("{}: {fate:?}", mutation.name));
            fates.push((mutation.name.as_str(), fate));
        }
        fates
    };
    let (work, mut fates) = (&work, BTreeMap::new());
    thread::scope(|scope| {
        let share = |first| mutations.iter().skip(first).step_by(workers);
        let started: Vec<_> = (0..workers).map(|first| scope.spawn(move || work(share(first)))).collect();
        for worker in started {
            fates.extend(worker.join().expect("a worker"));
        }
    });
    fates
}

/// The rows to which `VANGNET_TEST_ROWS` limits the run, such as `V14 L04`; all when it is empty.
#[expect(clippy::disallowed_methods, reason = "the settings of a test come from its environment")]
fn rows() -> String {
    std::env::var("VANGNET_TEST_ROWS").unwrap_or_default()
}

/// The mutations that may survive: lines of `name  reason`.
fn explained() -> BTreeSet<&'static str> {
    let lines = SURVIVORS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once("  ").expect("two spaces and a reason").0).collect()
}

fn say(line: &str) {
    // A closed terminal must not fail the test.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[test]
#[ignore = "takes minutes: cargo xtask convenant-mutations"]
fn every_mutation_of_a_policy_is_noticed() {
    let only = rows();
    let meant = |row: &str| only.is_empty() || only.split(' ').any(|one| one == row);
    let mutations = Source::all().iter().flat_map(Source::mutations).collect::<Vec<_>>();
    let mutations: Vec<Mutation> = mutations.into_iter().filter(|it| meant(&it.row)).collect();
    say(&format!("{} mutations", mutations.len()));
    let fates = fates(&mutations);
    assert_eq!(fates.len(), mutations.len(), "two mutations have one name");
    let survivors: BTreeSet<&str> =
        fates.iter().filter(|(_, fate)| **fate == Fate::Survived).map(|(name, _)| *name).collect();
    let count = |wanted| fates.values().filter(|fate| **fate == wanted).count();
    say(&format!(
        "{} mutations: {} killed ({} by agreement, {} by cells, {} refused), {} survived",
        fates.len(),
        fates.len() - survivors.len(),
        count(Fate::Agreement),
        count(Fate::Cells),
        count(Fate::Refused),
        survivors.len()
    ));
    for name in &survivors {
        say(&format!("survived: {name}"));
    }
    let unexplained: Vec<_> = survivors.difference(&explained()).copied().collect();
    assert!(unexplained.is_empty(), "not explained in tests/survivors.txt: {unexplained:#?}");
    let of_a_meant_row = |name: &&str| name.split(' ').next().is_some_and(meant);
    let stale: Vec<_> = explained()
        .into_iter()
        .filter(of_a_meant_row)
        .collect::<BTreeSet<_>>()
        .difference(&survivors)
        .copied()
        .collect();
    assert!(stale.is_empty(), "in tests/survivors.txt, but noticed: {stale:#?}");
}

/// The yardstick: without a mutation every test holds, so that what kills a mutation is the mutation.
#[test]
fn the_covenant_itself_survives() {
    let covenant = Convenant::load(Workplace::new().0.path());
    assert_eq!(Tests::new().fate("V01", covenant), Fate::Survived);
}
