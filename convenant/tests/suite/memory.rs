//! What is remembered is what Cedar says anew, and several assignments join as the README says.

use convenant::{
    Category, CategorySet, Disclosure, Fact, Facts, Involvement, PartnerKind, Phase, Side, Standing, Tafel,
};
use proptest::prelude::*;

use crate::CONVENANT;
use crate::arrange::seated;
use crate::random::{Random, request};
use crate::tables::TABLES;

fn one_of<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn standings() -> impl Strategy<Value = Standing> {
    let words = (
        one_of(PartnerKind::ALL),
        one_of(Involvement::ALL),
        one_of(Side::ALL),
        one_of(Tafel::ALL),
        one_of(Phase::ALL),
    );
    (words, any::<[bool; 4]>()).prop_map(|((partner, involvement, side, tafel, phase), flags)| {
        let [same_gemeente, signed, secrecy, trained] = flags;
        Standing { partner, same_gemeente, signed, secrecy, trained, involvement, side, tafel, phase }
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    prop::sample::subsequence(Fact::ALL, 0..=4).prop_map(Facts::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_remembered_bit_is_what_cedar_says_anew(standing in standings(), facts in facts()) {
        let engine = CONVENANT.model();
        let fresh = engine.disclosure_fresh(&standing, facts);
        prop_assert_eq!(engine.disclosure(&standing, facts), fresh);
        prop_assert_eq!(engine.disclosure(&standing, facts), fresh);
        let own = facts.with(Fact::Eigen);
        prop_assert_eq!(engine.disclosure(&standing, own), engine.disclosure_fresh(&standing, own));
    }

    #[test]
    fn facts_are_a_set(one in facts(), other in facts()) {
        let both: Facts = one.iter().chain(other.iter()).collect();
        for fact in Fact::ALL {
            prop_assert_eq!(both.contains(*fact), one.contains(*fact) || other.contains(*fact));
            prop_assert!(!both.without(*fact).contains(*fact));
        }
    }
}

/// Uniform standings seldom see anything; these mostly do.
#[test]
fn what_permits_disclose_is_what_cedar_says_anew() {
    let mut random = Random(7);
    let mut seen = CategorySet::EMPTY;
    for row in &TABLES.permits["see"] {
        for _ in 0..4 {
            let request = request(&random.question_for(row));
            let fresh = CONVENANT.model().disclosure_fresh(&request.standing, request.facts);
            assert_eq!(CONVENANT.model().disclosure(&request.standing, request.facts), fresh, "{request:?}");
            seen = seen.union(fresh.allowed());
        }
    }
    assert!(seen.len() > 40, "only {seen} was ever seen");
    assert_eq!(CONVENANT.model().alarms(), 0);
}

/// More standings than there is room for: entries are lost, answers are not.
#[test]
fn an_adversary_who_varies_standings_gets_right_answers_still() {
    let police = at_topx(PartnerKind::Politie);
    let before = CONVENANT.model().disclosure(&police, Facts::NONE);
    let mut random = Random(8);
    for _ in 0..3_000 {
        let request = request(&random.question());
        CONVENANT.model().disclosure(&request.standing, request.facts);
    }
    assert_eq!(CONVENANT.model().disclosure(&police, Facts::NONE), before);
    assert_eq!(CONVENANT.model().disclosure_fresh(&police, Facts::NONE), before);
}

fn at_topx(partner: PartnerKind) -> Standing {
    seated(partner, Tafel::Topx)
}

#[test]
fn one_phase_of_a_task_is_the_same_as_another() {
    let task = |phase| Standing {
        involvement: Involvement::BrpTaak,
        partner: PartnerKind::GemBrp,
        phase,
        ..at_topx(PartnerKind::GemBrp)
    };
    let engine = CONVENANT.model();
    let seen = engine.disclosure(&task(Phase::F6), Facts::NONE);
    assert_eq!(seen.allowed().to_string(), "D01N D01B D02");
    assert_eq!(seen, engine.disclosure(&task(Phase::F0), Facts::NONE));
}

#[test]
fn assignments_join_to_the_union() {
    let engine = CONVENANT.model();
    let police = engine.disclosure(&at_topx(PartnerKind::Politie), Facts::NONE);
    let care = engine.disclosure(&at_topx(PartnerKind::Ggz), Facts::NONE.with(Fact::Ontvanger));
    let joined = police.join(care);
    assert!(joined.sees(Category::D15) && !care.sees(Category::D15));
    assert!(joined.sees(Category::D07) && !police.sees(Category::D07));
    assert_eq!(joined.allowed(), police.allowed().union(care.allowed()));
    assert_eq!(police.join(Disclosure::NOTHING), police);
}

#[test]
fn the_side_the_signature_and_the_training_of_one_assignment_hold_for_all() {
    let engine = CONVENANT.model();
    let victim_side = at_topx(PartnerKind::Politie);
    let other_side = Standing { side: Side::Pleger, ..victim_side };
    let (one, other) =
        (engine.disclosure(&victim_side, Facts::NONE), engine.disclosure(&other_side, Facts::NONE));
    assert!(one.sees(Category::D22A));
    assert!(!one.join(other).sees(Category::D22A) && !other.join(one).sees(Category::D22A));
    assert!(one.join(other).sees(Category::D15));

    let unsigned = engine.disclosure(&Standing { signed: false, ..victim_side }, Facts::NONE);
    assert_eq!(one.join(unsigned).allowed(), CategorySet::EMPTY);

    let office = Standing {
        partner: PartnerKind::ZvhBureau,
        involvement: Involvement::Procesregie,
        tafel: Tafel::Rad,
        ..victim_side
    };
    let untrained = engine
        .disclosure(&Standing { trained: false, involvement: Involvement::Geen, ..office }, Facts::NONE);
    assert!(engine.disclosure(&office, Facts::NONE).sees(Category::D28));
    assert_eq!(engine.disclosure(&office, Facts::NONE).join(untrained).allowed(), CategorySet::EMPTY);
}

/// Another gemeente binds only the assignment that it concerns.
#[test]
fn another_gemeente_does_not_hold_for_all() {
    let engine = CONVENANT.model();
    let own = engine.disclosure(&at_topx(PartnerKind::GemCollege), Facts::NONE);
    let other = Standing { same_gemeente: false, ..at_topx(PartnerKind::GemCollege) };
    let other = engine.disclosure(&other, Facts::NONE);
    assert_eq!(other.allowed(), CategorySet::EMPTY);
    assert_eq!(own.join(other), own);
}
