//! What the engine leaves out and remembers is sound for any policy, and a policy that fails denies.

use std::collections::HashMap;

use cedar_policy::{Policy, PolicyId};

use super::*;
use crate::folder::Folder;
use crate::vocabulary::{Involvement, Side, Tafel};

/// Policies in ways of writing that the covenant itself does not use.
const ODD: [&str; 12] = [
    r"permit (principal, action, resource) when { if context.signed then context.phase > 6 else context.eigen };",
    r"permit (principal, action, resource) when { !(context.phase >= 3 && 9 >= context.phase) };",
    r#"permit (principal, action, resource) unless { context.tafel != Tafel::"TOPX" || context.secrecy };"#,
    r#"permit (principal, action, resource) when { !(principal in Domain::"ZORG") && principal in [Circle::"KERN"] };"#,
    r#"permit (principal, action, resource) when { Side::"PLEGER" == context.side };"#,
    r"permit (principal, action, resource) when { context.eigen == context.ontvanger };",
    r"permit (principal, action, resource) when { false || context.eigen && true };",
    r#"permit (principal, action, resource) when { context has asked && context.asked in Domain::"STRAF" };"#,
    r#"permit (principal is Partner, action in [Action::"see", Action::"ask"], resource is Category);"#,
    r#"permit (principal, action, resource in CategorySet::"NAZORG") when { !principal.bsn };"#,
    r#"permit (principal in Domain::"STRAF", action, resource) when { resource in context.oplegger.shares };"#,
    r"forbid (principal, action, resource) when { ({ a: context.phase }).a == 4 } unless { !context.trained };",
];

fn row(text: &str, id: &str) -> Row {
    let policy = Policy::parse(Some(PolicyId::new(id)), text).expect("Cedar");
    let (article, title) = (String::new(), String::new());
    let rule = Rule { id: RowId::from(id), article, title, ground: String::new(), label: String::new() };
    let json = std::sync::Arc::new(policy.to_json().expect("JSON"));
    let written = json.to_string().into();
    Row { rule, policy, json, written, holds_for_all: false, file: String::new(), line: None }
}

fn engine(rows: &[Row]) -> Engine {
    let mut problems = Vec::new();
    let model = Model::read(&Folder::embedded(), &mut problems).expect("the model is right");
    Engine::new(rows, &model, &model.opleggers, &schema()).expect("an engine")
}

fn schema() -> Schema {
    let folder = Folder::embedded();
    let text = folder.text("model/schema.cedarschema").expect("a schema");
    Schema::from_cedarschema_str(text).expect("the schema is right").0
}

/// The validator's promise holds only for requests that keep to the schema.
#[test]
fn every_request_keeps_to_the_schema() {
    let (engine, schema) = (engine(&[]), schema());
    for request in requests() {
        engine.asking_of(&request).check(&schema).expect("a request of the schema");
    }
}

/// Requests that differ in every word, the same in every run.
fn requests() -> impl Iterator<Item = Request> {
    let mut state: u64 = 11;
    let mut below = move |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("small") % end
    };
    (0..3_000).map(move |_| Request {
        verb: Verb::ALL[below(3)],
        standing: Standing {
            partner: PartnerKind::ALL[below(39)],
            same_gemeente: below(2) == 0,
            signed: below(2) == 0,
            secrecy: below(2) == 0,
            trained: below(2) == 0,
            involvement: Involvement::ALL[below(22)],
            side: Side::ALL[below(3)],
            tafel: Tafel::ALL[below(28)],
            phase: Phase::ALL[below(13)],
        },
        category: Category::ALL[below(53)],
        facts: Fact::ALL.iter().copied().filter(|_| below(2) == 0).collect(),
        asked: (below(2) == 0).then(|| PartnerKind::ALL[below(39)]),
    })
}

#[test]
fn a_scope_never_leaves_out_a_policy_that_matches_and_a_key_holds_all_that_it_reads() {
    let rows: Vec<Row> =
        ODD.iter().enumerate().map(|(place, text)| row(text, &format!("T{place:02}"))).collect();
    let engine = engine(&rows);
    for (place, policy) in (0_u8..).zip(&engine.policies) {
        let mut by_key = HashMap::new();
        let mut matches = 0;
        for request in requests() {
            let mut asking = engine.asking_of(&request);
            let verdict = asking.verdict(&policy.alone).expect("it can be evaluated");
            let point = asking.point();
            assert!(policy.scope.may_match(point) || !verdict, "{} {request:?}", ODD[usize::from(place)]);
            assert_eq!(
                *by_key.entry(policy.reads.key(place, point)).or_insert(verdict),
                verdict,
                "{request:?}"
            );
            matches += usize::from(verdict);
        }
        assert!(matches > 0, "{} never matches", ODD[usize::from(place)]);
    }
}

/// Where a policy is understood, its scope is exact: the index would otherwise be sound and useless.
#[test]
fn a_scope_is_exact_where_conditions_stand_apart() {
    let text = r#"permit (principal in Domain::"ZORG", action == Action::"see", resource in Category::"D10") when {
        [Involvement::"ZETEL", Involvement::"GAST"].contains(context.involvement) && context.phase >= 6 && context.phase <= 9
    } unless { context.verlopen };"#;
    let engine = engine(&[row(text, "T01")]);
    for request in requests() {
        let mut asking = engine.asking_of(&request);
        let policy = &engine.policies[0];
        assert_eq!(
            Some(policy.scope.may_match(asking.point())),
            asking.verdict(&policy.alone),
            "{request:?}"
        );
    }
}

const PERMIT: &str = "permit (principal, action, resource);";
const FAILING_FORBID: &str = "forbid (principal, action, resource) when { context.phase * 9223372036854775807 > 9223372036854775806 };";
const FAILING_PERMIT: &str = "permit (principal, action, resource) when { context.phase * 9223372036854775807 > 9223372036854775806 };";

fn in_phase(phase: Phase) -> Request {
    let request = requests().next().expect("a request");
    Request { standing: Standing { phase, involvement: Involvement::Zetel, ..request.standing }, ..request }
}

#[test]
fn a_forbid_that_fails_denies_and_sounds_the_alarm() {
    let engine = engine(&[row(PERMIT, "T01"), row(FAILING_FORBID, "T02")]);
    assert!(engine.allows(&in_phase(Phase::F0)));
    assert_eq!(engine.alarms(), 0);
    let denied = engine.decide(&in_phase(Phase::F5));
    assert!(!denied.allow && denied.forbids == [RowId::from("T02")]);
    assert!(engine.alarms() > 0);
    let standing = in_phase(Phase::F5).standing;
    assert_eq!(engine.disclosure(&standing, Facts::NONE), engine.disclosure_fresh(&standing, Facts::NONE));
}

#[test]
fn a_permit_that_fails_permits_nothing() {
    let engine = engine(&[row(FAILING_PERMIT, "T01")]);
    assert!(!engine.allows(&in_phase(Phase::F5)));
    assert!(engine.alarms() > 0);
}

/// More standings than there is room for: memory does not grow, and what is remembered is right.
#[test]
fn memory_keeps_to_its_room() {
    let disclosures = Disclosures::new();
    let room = 4 << 13;
    let first = requests().next().expect("a request").standing;
    let mut asked = 0;
    for &partner in PartnerKind::ALL {
        for &involvement in Involvement::ALL {
            for (place, tafel) in Tafel::ALL.iter().enumerate() {
                for fact in Fact::ALL {
                    let standing = Standing { partner, involvement, tafel: *tafel, ..first };
                    let right =
                        Disclosure::new(Category::ALL[place..].iter().copied().collect(), CategorySet::EMPTY);
                    assert_eq!(disclosures.get_or(&standing, Facts::NONE.with(*fact), || right), right);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 5 * room && disclosures.known() > room / 2 && disclosures.known() <= room);
}
