//! The engine and the second reading of the tables agree: answer, permits, forbids and reason.

use std::collections::BTreeSet;

use convenant::{Category, CategorySet, PartnerKind, Request, RowId, Verb};

use crate::CONVENANT;
use crate::random::{Random, request};
use crate::tables::{FACTS, INVOLVEMENTS, Question, SIDES, TABLES};

/// Compares one request and gives the rows that match.
fn agree(question: &Question) -> Vec<&'static str> {
    let answer = TABLES.answer(question);
    let decision = CONVENANT.model().decide(&request(question));
    let ids = |rows: &[RowId]| rows.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(decision.allow, answer.allow, "{question:?} {answer:?}");
    assert_eq!(ids(&decision.permits), answer.permits, "{question:?}");
    assert_eq!(ids(&decision.forbids), answer.forbids, "{question:?}");
    let reason = decision.reason.map(convenant::Reason::code);
    assert_eq!(reason, TABLES.reason(question), "{question:?} {answer:?}");
    answer.permits.into_iter().chain(answer.forbids).collect()
}

#[test]
fn on_uniformly_random_requests() {
    let mut random = Random(1);
    for _ in 0..8_000 {
        agree(&random.question());
    }
}

#[test]
fn on_every_permit_once_yes_and_once_no() {
    let mut random = Random(2);
    for row in TABLES.permits.values().flatten() {
        let draws = (0..250).map(|_| agree(&random.question_for(row)).contains(&row.id));
        let outcomes: BTreeSet<bool> =
            draws.chain(near(row.id, &mut Random(3), |it| it.question_for(row))).collect();
        assert_eq!(outcomes.len(), 2, "{} was not tried both ways", row.id);
    }
}

#[test]
fn on_every_forbid_once_yes_and_once_no() {
    let mut random = Random(4);
    for row in &TABLES.forbids {
        let draws = (0..250).map(|_| agree(&random.question_against(row)).contains(&row.id));
        let near = near(row.id, &mut Random(5), |it| it.question_against(row));
        let outcomes: BTreeSet<bool> = draws.chain(near).collect();
        assert_eq!(outcomes.len(), 2, "{} was not tried both ways", row.id);
    }
}

/// The first request at which a row matches, changed in one thing after another.
fn near(id: &str, random: &mut Random, draw: impl Fn(&mut Random) -> Question) -> Vec<bool> {
    let matching = (0..10_000).map(|_| draw(random)).find(|it| {
        let answer = TABLES.answer(it);
        answer.permits.contains(&id) || answer.forbids.contains(&id)
    });
    let base = matching.unwrap_or_else(|| panic!("{id} never matches"));
    neighbours(&base).iter().map(|question| agree(question).contains(&id)).collect()
}

/// The requests that differ from this one in one word.
pub(crate) fn neighbours(base: &Question) -> Vec<Question> {
    let mut near = Vec::new();
    near.extend(TABLES.partners.keys().map(|partner| Question { partner, ..base.clone() }));
    near.extend(["see", "supply", "ask"].map(|verb| Question { verb, ..base.clone() }));
    near.extend(TABLES.categories.iter().map(|category| Question { category, ..base.clone() }));
    near.extend(INVOLVEMENTS.map(|involvement| Question { involvement, ..base.clone() }));
    near.extend(SIDES.map(|side| Question { side, ..base.clone() }));
    near.extend(TABLES.tafels.iter().map(|tafel| Question { tafel, ..base.clone() }));
    near.extend((0..=12).map(|phase| Question { phase, ..base.clone() }));
    near.extend(FACTS.map(|fact| {
        let facts = base.facts.symmetric_difference(&BTreeSet::from([fact])).copied().collect();
        Question { facts, ..base.clone() }
    }));
    near.push(Question { signed: !base.signed, ..base.clone() });
    near.push(Question { trained: !base.trained, ..base.clone() });
    near.push(Question { secrecy: !base.secrecy, ..base.clone() });
    near.push(Question { same_gemeente: !base.same_gemeente, ..base.clone() });
    near
}

/// A request without obstacles: signed, trained, in the own gemeente, on no side.
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
        facts: BTreeSet::new(),
        category: "D01N",
        asked: Some("POLITIE"),
    }
}

/// Every involvement at every tafel in every phase, all three verbs and all categories.
#[test]
fn on_the_full_cross_product_for_some_partners() {
    for partner in ["POLITIE", "ZVH_BUREAU", "GGZ"] {
        for involvement in INVOLVEMENTS {
            for tafel in &TABLES.tafels {
                (0..=12).for_each(|phase| agree_on_all_categories(plain(partner, involvement, tafel, phase)));
            }
        }
    }
}

/// Every cell of opleggers.csv and supply.csv: all partners at all tafels, with all facts and with none.
#[test]
fn on_every_cell_of_the_opleggers_and_of_what_is_supplied() {
    for partner in TABLES.partners.keys() {
        for tafel in &TABLES.tafels {
            let question = plain(partner, "ZETEL", tafel, 6);
            agree_on_all_categories(question.clone());
            let facts = ["ontvanger", "toestemming", "om_akkoord", "doorbreking", "noodzaak"].into();
            agree_on_all_categories(Question { facts, ..question });
        }
        for facts in FACTS.map(|fact| BTreeSet::from([fact])) {
            agree_on_all_categories(Question {
                facts: facts.clone(),
                ..plain(partner, "AANMELDER", "TOPX", 1)
            });
            agree_on_all_categories(Question { facts, ..plain(partner, "VERRIJKING", "TOPX", 4) });
        }
    }
}

fn agree_on_all_categories(mut question: Question) {
    let engine = CONVENANT.model();
    let Request { standing, facts, .. } = request(&question);
    for verb in Verb::ALL {
        question.verb = verb.code();
        if *verb == Verb::Ask {
            question.facts.clear();
        }
        let by_tables = TABLES.categories.iter().filter(|category| {
            question.category = category;
            TABLES.allows(&question)
        });
        let by_tables: CategorySet =
            by_tables.map(|code| code.parse::<Category>().expect("a category")).collect();
        let by_engine = match verb {
            Verb::See => engine.disclosure(&standing, facts).allowed(),
            Verb::Supply => engine.supplies(&standing, facts),
            Verb::Ask => engine.asks(&standing, PartnerKind::Politie),
        };
        assert_eq!(by_engine, by_tables, "{question:?}");
    }
}
