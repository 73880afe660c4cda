//! What is shown to people: the matrix, the snapshot of the whole, and the explanation of one answer.

use std::path::PathBuf;

use chrono::NaiveDate;
use convenant::decide::answer;
use convenant::explain::explain;
use convenant::matrix::{Matrix, View, snapshot};
use convenant::{
    Category, Fact, Facts, HouseCode, PartnerKind, Phase, Regime, Request, Tafel, Verb, Version,
};

use crate::CONVENANT;
use crate::arrange::seated;

/// A change of the covenant shows as a change of this file: who sees what, in a review. To accept it, copy the file
/// that the failing test names.
#[test]
fn the_whole_covenant_is_as_it_was() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshot.txt");
    let now = snapshot(CONVENANT.model());
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if before != now {
        let new = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("snapshot.txt");
        std::fs::write(&new, &now).expect("written");
        let line = before.lines().zip(now.lines()).position(|(before, now)| before != now);
        panic!(
            "the covenant changed at line {line:?}; if that was meant: cp {} {}",
            new.display(),
            path.display()
        );
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The version of Twente in force on a day.
fn twente(date: &str) -> &'static Version {
    let house = CONVENANT.house(&HouseCode::new("TWENTE")).expect("a house");
    house.version_on(day(date)).expect("a version")
}

#[test]
fn a_matrix_shows_the_partners_of_the_tafel() {
    let house = CONVENANT.house(&HouseCode::new("TWENTE")).expect("a house");
    let version = house.version_on(day("2025-06-01")).expect("a version");
    let matrix = Matrix::new(house, version, View::of(Tafel::Topx));
    let line = |partner| matrix.lines().iter().find(|line| line.partner == partner);
    let police = line(PartnerKind::Politie).expect("a seat");
    assert!(police.seen.contains(Category::D15) && !police.seen.contains(Category::D10));
    assert!(police.with_fact.contains(Category::D10), "as a named recipient");
    assert!(line(PartnerKind::Ind).is_none(), "no seat");
    let text = matrix.to_string();
    assert!(
        text.contains("Zorg- en Veiligheidshuis Twente")
            && text.contains("\nPOLITIE                 v x . x"),
        "{text}"
    );
    assert_eq!(text.lines().filter(|line| line.starts_with("GGZ ")).count(), 1);
    let one = matrix.only(Some(PartnerKind::Ggz)).to_string();
    assert!(one.contains("\nGGZ ") && !one.contains("\nPOLITIE "), "{one}");
}

fn police(verb: Verb, category: Category, tafel: Tafel) -> Request {
    let standing = seated(PartnerKind::Politie, tafel);
    Request { verb, standing, category, facts: Facts::NONE, asked: None }
}

#[test]
fn a_denial_is_explained_with_article_reason_and_what_can_be_asked() {
    let version = twente("2025-06-01");
    let denied = explain(version, day("2025-06-01"), &police(Verb::See, Category::D10, Tafel::Topx));
    assert!(!denied.allow && denied.requestable);
    assert_eq!(denied.regime, Regime::Wgs);
    let text = denied.to_string();
    assert!(text.starts_with("Nee: POLITIE (politie) mag D10 (gezondheid"), "{text}");
    assert!(text.contains("Toegestaan door P23: artikel 5.1 (De oplegger van de tafel)"), "{text}");
    assert!(
        text.contains("Verboden door V02: artikel 8.1 (Beroepsgeheim); grond: beroepsgeheim; AVG art. 9"),
        "{text}"
    );
    assert!(
        text.contains("Reden (NO_GROUND_RECORDED)") && text.contains("Dit kan worden gevraagd."),
        "{text}"
    );
}

#[test]
fn a_denial_that_can_be_asked_for_says_of_whom_and_what_must_be_recorded() {
    let version = twente("2025-06-01");
    let explained = |request: &Request| explain(version, day("2025-06-01"), request);
    let content = explained(&police(Verb::See, Category::D10, Tafel::Topx)).remedy.expect("a denial");
    assert!(content.can_be_asked);
    assert_eq!(content.facts, [Fact::Ontvanger]);
    let partners: Vec<_> = content.suppliers.iter().map(|row| row.partner).collect();
    assert!(
        partners.contains(&PartnerKind::Ggz) && !partners.contains(&PartnerKind::Politie),
        "{partners:?}"
    );
    let text = content.to_string();
    assert!(text.contains("Bevoegd om te leveren: GGZ") && text.contains("[ongeverifieerd]"), "{text}");
    let mut expired = police(Verb::See, Category::D23, Tafel::Topx);
    expired.facts = Facts::NONE.with(Fact::Verlopen);
    let expired = explained(&expired).remedy.expect("a denial");
    assert!(expired.can_be_asked && expired.how.contains("om een nieuw gegeven"), "{expired}");
    let allowed = explained(&police(Verb::See, Category::D14, Tafel::Topx));
    assert!(allowed.allow && allowed.remedy.is_none() && !allowed.requestable);
}

#[test]
fn a_denial_that_cannot_be_asked_for_says_what_would_have_to_be_so() {
    let version = twente("2025-06-01");
    let how = |request: &Request| {
        let remedy = explain(version, day("2025-06-01"), request).remedy.expect("a denial");
        assert!(!remedy.can_be_asked && remedy.suppliers.is_empty(), "{remedy}");
        remedy.how
    };
    let mut early = police(Verb::See, Category::D14, Tafel::Topx);
    early.standing.phase = Phase::F5;
    assert_eq!(how(&early), "Dit kan niet worden gevraagd: het mag vanaf fase F6 (overleg).");
    let mut unsigned = police(Verb::See, Category::D14, Tafel::Topx);
    unsigned.standing.signed = false;
    assert!(how(&unsigned).contains("ondertekenen"));
    let supplied = police(Verb::Supply, Category::D15L, Tafel::Topx);
    assert!(
        how(&supplied).starts_with("Dit hoeft niet te worden gevraagd: leg bij het gegeven vast: om_akkoord")
    );
}

/// What `--json` prints can be asked again of `decide`.
#[test]
fn an_explanation_can_be_read_by_machines() {
    let version = twente("2025-06-01");
    let denied = explain(version, day("2025-06-01"), &police(Verb::See, Category::D10, Tafel::Topx));
    let written: serde_json::Value = serde_json::to_value(&denied).expect("JSON");
    assert_eq!(written["allow"], false);
    assert_eq!(written["reason"], "NO_GROUND_RECORDED");
    assert_eq!(written["permits"][0]["rule"]["article"], "5.1");
    assert_eq!(written["remedy"]["facts"][0], "ontvanger");
    let grounds = written["remedy"]["suppliers"][0]["grounds"].as_array().expect("grounds");
    assert!(grounds.iter().all(|ground| ground["in_force"] == true && ground["verified"].is_boolean()));
    let answer = answer(&CONVENANT, &written["request"].to_string());
    assert!(answer.starts_with("{\"allow\":false"), "{answer}");
}

#[test]
fn a_supply_is_explained_with_the_suppliers_own_ground_and_the_regime_of_the_date() {
    let version = twente("2024-06-01");
    let allowed = explain(version, day("2024-06-01"), &police(Verb::Supply, Category::D14, Tafel::Rad));
    assert!(allowed.allow && allowed.reason.is_none());
    let text = allowed.to_string();
    assert!(text.starts_with("Ja: "), "{text}");
    assert!(text.contains("het convenant met het Handvat"), "{text}");
    assert!(text.contains("Grond van de leverancier (S01): Wpg art. 19"), "{text}");
    let later = twente("2025-06-01");
    let later =
        explain(later, day("2025-06-01"), &police(Verb::Supply, Category::D14, Tafel::Rad)).to_string();
    assert!(
        later.contains("persoonsgerichte aanpak radicalisering") && later.contains("ongeverifieerd"),
        "{later}"
    );
}

/// Every rule can be shown to a jurist.
#[test]
fn every_rule_has_an_article_with_a_heading_a_ground_and_a_label() {
    let rules: Vec<_> = CONVENANT.model().rules().collect();
    assert_eq!(rules.len(), 44 + 20 + 3 + 29, "see, supply_when, ask, forbids");
    for rule in rules {
        assert!(!rule.title.is_empty() && !rule.ground.is_empty() && !rule.label.is_empty(), "{rule:?}");
        assert_eq!(CONVENANT.model().rule(&rule.id), Some(rule));
    }
}
