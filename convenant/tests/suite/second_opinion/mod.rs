//! A second opinion: cedar-go (`tests/second_opinion/`) decides the same requests on the same policies, with entities
//! that are made from the tables and not from the engine. Where there is no Go this proves nothing, and says so.

mod entities;
mod program;

use std::ops::Range;

use convenant::{Category, Request, RowId};
use serde_json::{Value, json};

use crate::CONVENANT;
use crate::random::{Random, request};
use crate::tables::{FACTS, INVOLVEMENTS, Question, TABLES};
use entities::reference;
use program::Program;

/// How many random requests are compared.
const SAMPLE: usize = 40_000;

/// Of the full product one in so many standings is compared, unless `VANGNET_TEST_STRIDE` says otherwise. It shares no factor with
/// the length of a dimension (39 partners, 28 tafels, 13 phases), so that no value is passed over.
const STRIDE: usize = 11;

/// A request about several categories, as cedar-go reads it.
fn line(question: &Question, categories: &[&str]) -> String {
    let mut context = json!({
        "same_gemeente": question.same_gemeente,
        "signed": question.signed,
        "secrecy": question.secrecy,
        "trained": question.trained,
        "involvement": reference("Involvement", question.involvement),
        "side": reference("Side", question.side),
        "tafel": reference("Tafel", question.tafel),
        "phase": question.effective_phase(),
        "oplegger": reference("Oplegger", &entities::oplegger_id(question.tafel, question.partner)),
    });
    for fact in FACTS {
        context[fact] = Value::Bool(question.facts.contains(fact));
    }
    if let Some(asked) = question.asked {
        context["asked"] = reference("Partner", asked);
    }
    let uid = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let resources: Vec<Value> = categories.iter().map(|code| uid("Category", code)).collect();
    json!({
        "principal": uid("Partner", question.partner),
        "action": uid("Action", question.verb),
        "resources": resources,
        "context": context,
    })
    .to_string()
}

/// The engine's answer about one category, as cedar-go would write it.
fn ours(request: &Request) -> String {
    let (permits, forbids) = CONVENANT.model().matching_rows(request);
    let sign = if !permits.is_empty() && forbids.is_empty() { '+' } else { '-' };
    let listed = |rows: &[RowId]| rows.iter().map(RowId::as_str).collect::<Vec<_>>().join(",");
    format!("{sign}{}/{}", listed(&permits), listed(&forbids))
}

/// A random sample: half of it uniform, half near the rows of the tables.
fn sample(seed: u64) -> Vec<Question> {
    let mut random = Random(seed);
    let permits: Vec<_> = TABLES.permits.values().flatten().collect();
    let forbids: Vec<_> = TABLES.forbids.iter().collect();
    let draw = |place: usize| match place % 4 {
        0 => random.question_against(forbids[place / 4 % forbids.len()]),
        1 => random.question_for(permits[place / 4 % permits.len()]),
        _ => random.question(),
    };
    (0..SAMPLE).map(draw).collect()
}

/// Which requests of the sample the two decide differently.
fn differences(program: &Program, questions: &[Question]) -> Vec<String> {
    let lines = questions.iter().map(|question| line(question, &[question.category]));
    let theirs = program.answers(lines);
    assert_eq!(theirs.len(), questions.len(), "cedar-go did not answer every request");
    let pairs = questions.iter().zip(theirs);
    let differing = pairs.filter_map(|(question, theirs)| {
        let ours = ours(&request(question));
        (ours != theirs).then(|| format!("{question:?}: engine {ours}, cedar-go {theirs}"))
    });
    differing.collect()
}

#[test]
fn cedar_go_decides_a_random_sample_alike() {
    let name = "second_opinion::cedar_go_decides_a_random_sample_alike";
    let Some(program) = Program::build(name) else { return };
    let seed = program::number("VANGNET_TEST_SEED").unwrap_or(20_250_301);
    program::say(&format!("second opinion: {SAMPLE} random requests, seed {seed} (VANGNET_TEST_SEED)"));
    let differing = differences(&program, &sample(seed));
    assert!(differing.is_empty(), "{} differ, the first: {}", differing.len(), differing[0]);
}

/// The negative: what one side alone changes is noticed.
#[test]
fn a_policy_that_one_side_changed_is_noticed() {
    let name = "second_opinion::a_policy_that_one_side_changed_is_noticed";
    let Some(program) = Program::build(name) else { return };
    let changed = program.with_policy_changed("forbid.cedar", "context.verlopen", "!context.verlopen");
    let differing = differences(&changed, &sample(3)[..4_000]);
    assert!(!differing.is_empty() && differing.iter().all(|it| it.contains("V14")), "{differing:?}");
}

/// The standings of the full product that are compared: signed, trained, in the own gemeente, on no side, without
/// facts. A task brings its own phase, so that the phases of the dossier are one and the same request.
fn standings(stride: usize) -> (usize, Vec<Question>) {
    let mut all = Vec::new();
    for involvement in INVOLVEMENTS {
        for partner in TABLES.partners.keys() {
            for tafel in &TABLES.tafels {
                all.extend(phases(involvement).map(|phase| standing(partner, involvement, tafel, phase)));
            }
        }
    }
    let count = all.len();
    (count, all.into_iter().step_by(stride).collect())
}

fn phases(involvement: &str) -> Range<u8> {
    let task = ["BEKENDHEIDSCHECK", "BRP_TAAK", "VERRIJKING"].contains(&involvement);
    0..if task { 1 } else { 13 }
}

fn standing(partner: &'static str, involvement: &'static str, tafel: &'static str, phase: u8) -> Question {
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

#[test]
fn cedar_go_decides_the_product_of_standings_and_leaves_alike() {
    let name = "second_opinion::cedar_go_decides_the_product_of_standings_and_leaves_alike";
    let Some(program) = Program::build(name) else { return };
    let stride = program::number("VANGNET_TEST_STRIDE").unwrap_or(STRIDE);
    let (all, compared) = standings(stride);
    let (count, leaves) = (compared.len(), Category::ALL.len());
    program::say(&format!(
        "second opinion: {count} of {all} standings (1 in {stride}), {leaves} leaves each"
    ));
    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.code()).collect();
    let lines = compared.iter().map(|question| line(question, &categories));
    let mut answered = 0;
    program.each_answer(lines, |place, theirs| {
        let base = request(&compared[place]);
        let ours = Category::ALL.iter().map(|&category| ours(&Request { category, ..base }));
        assert!(ours.eq(theirs.split(' ')), "{:?}: cedar-go {theirs}", compared[place]);
        answered += 1;
    });
    assert_eq!(answered, compared.len(), "cedar-go did not answer every request");
}
