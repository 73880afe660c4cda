//! What is shown to people: the matrix, the snapshot of the whole, and the explanation of one answer.

use std::path::PathBuf;

use chrono::NaiveDate;
use convenant::explain::explain;
use convenant::matrix::{Matrix, View, snapshot};
use convenant::{
    Category, Facts, HouseCode, Involvement, PartnerKind, Phase, Regime, Request, Side, Standing, Tafel, Verb,
};

use crate::CONVENANT;

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
    let html = matrix.html();
    assert_eq!(html.matches("<th scope=\"row\">").count(), matrix.lines().len());
    assert_eq!(html.matches("<td>").count(), matrix.lines().len() * Category::ALL.len());
}

fn police(verb: Verb, category: Category, tafel: Tafel) -> Request {
    let standing = Standing {
        partner: PartnerKind::Politie,
        same_gemeente: true,
        signed: true,
        secrecy: false,
        trained: true,
        involvement: Involvement::Zetel,
        side: Side::Geen,
        tafel,
        phase: Phase::F6,
    };
    Request { verb, standing, category, facts: Facts::NONE, asked: None }
}

#[test]
fn a_denial_is_explained_with_article_reason_and_what_can_be_asked() {
    let version = CONVENANT.houses()[2].version_on(day("2025-06-01")).expect("a version");
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
fn a_supply_is_explained_with_the_suppliers_own_ground_and_the_regime_of_the_date() {
    let version = CONVENANT.houses()[2].version_on(day("2024-06-01")).expect("a version");
    let allowed = explain(version, day("2024-06-01"), &police(Verb::Supply, Category::D14, Tafel::Rad));
    assert!(allowed.allow && allowed.reason.is_none());
    let text = allowed.to_string();
    assert!(text.starts_with("Ja: "), "{text}");
    assert!(text.contains("het convenant met het Handvat"), "{text}");
    assert!(text.contains("Grond van de leverancier (S01): Wpg art. 19"), "{text}");
    let later = CONVENANT.houses()[2].version_on(day("2025-06-01")).expect("a version");
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
