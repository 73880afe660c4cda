//! What changes between two versions: who gains and who loses what, by which rows, in blocks.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use convenant::diff::{Comparison, Difference, Direction, compare, compare_on};
use convenant::{Category, Convenant, Involvement, PartnerKind, Phase, Tafel, Verb};

use crate::CONVENANT;
use crate::arrange::Copy;

fn day() -> NaiveDate {
    "2025-06-01".parse().expect("a day")
}

/// What the change of a copy makes different, in Twente.
fn after(change: impl Fn(&Copy)) -> Comparison {
    let copy = Copy::new();
    change(&copy);
    let new = Convenant::load(copy.path()).expect("a right covenant");
    let all = compare_on(&CONVENANT, &new, day());
    all.into_iter().find(|one| one.house.as_str() == "TWENTE").expect("a comparison")
}

fn rows(difference: &Difference) -> Vec<&str> {
    difference.rows.iter().map(|cited| cited.row.as_str()).collect()
}

#[test]
fn versions_that_decide_alike_differ_in_regime_only() {
    let (house, old) = CONVENANT.version("twente-2019-03-01").expect("a version");
    let (_, new) = CONVENANT.version("twente-2025-03-01").expect("a version");
    let same = compare(house, old, new);
    assert!(same.differences.is_empty());
    let text = same.to_string();
    assert!(text.contains("van twente-2019-03-01 naar twente-2025-03-01"), "{text}");
    assert!(
        text.contains("Regime op de eerste dag: het convenant") && text.contains("Niemand krijgt"),
        "{text}"
    );
    assert!(CONVENANT.version("twente-2018-01-01").is_none());
}

#[test]
fn a_forbid_that_is_added_takes_and_says_from_whom() {
    let compared = after(|copy| {
        copy.write(
            "houses/twente/extra.cedar",
            "@id(\"V90\")\n@article(\"5.1\")\n@ground(\"afspraak\")\n@label(\"A\")\nforbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");\n",
        );
    });
    assert!(compared.differences.iter().all(|one| one.direction == Direction::Lost && rows(one) == ["V90"]));
    let seat = |one: &&Difference| one.involvement == Involvement::Zetel && one.facts.is_empty();
    let seats: Vec<_> = compared.differences.iter().filter(seat).collect();
    assert!(seats.len() <= 3, "grouped: {seats:#?}");
    let topx = seats.iter().find(|one| one.tafels.contains(&Tafel::Topx)).expect("Top-x");
    assert_eq!(topx.phases, (Phase::ALL[6..=10]).iter().copied().collect::<BTreeSet<_>>());
    assert_eq!(topx.categories, BTreeSet::from([Category::D28]));
    assert!(!topx.tafels.contains(&Tafel::Coveca), "no tafel of this house");
    let text = compared.to_string();
    assert!(text.contains("ERAF") && !text.contains("ERBIJ"), "{text}");
    assert!(text.contains("- inzien: POLITIE als ZETEL aan TOPX") && text.contains("in F6-F10"), "{text}");
    assert!(text.contains("door V90 (artikel 5.1, De oplegger van de tafel)"), "{text}");
}

#[test]
fn an_oplegger_that_shares_more_gives_by_the_rows_that_read_it() {
    let compared = after(|copy| {
        copy.replace(
            "model/opleggers.toml",
            "with = [\"HALT\"]\ncategories = [\"D17\"]",
            "with = [\"HALT\"]\ncategories = [\"D17\", \"D20\"]",
        );
    });
    let seen: Vec<_> = compared.differences.iter().filter(|one| one.verb == Verb::See).collect();
    let plain = seen.iter().find(|one| one.facts.is_empty()).expect("without a fact");
    assert_eq!((plain.direction, rows(plain)), (Direction::Gained, vec!["P23"]));
    assert_eq!(plain.partners, BTreeSet::from([PartnerKind::Halt]));
    assert_eq!((plain.tafels.len(), plain.phases.len()), (1, 1));
    assert!(seen.iter().any(|one| rows(one) == ["P25"] && one.facts.len() == 2), "{seen:#?}");
    assert!(seen.iter().all(|one| one.partners == BTreeSet::from([PartnerKind::Halt])));
}

#[test]
fn what_may_be_supplied_and_asked_differs_too() {
    let compared = after(|copy| {
        copy.replace(
            "model/supply.toml",
            "categories = [\"D06\"]\ngrounds = [\"G-HUUR\"]",
            "categories = [\"D06\", \"D07\"]\ngrounds = [\"G-HUUR\"]",
        );
    });
    let of = |verb: Verb| compared.differences.iter().filter(move |one| one.verb == verb);
    assert_eq!(of(Verb::See).count(), 0);
    let supply: BTreeSet<_> = of(Verb::Supply).flat_map(rows).collect();
    assert!(supply.is_superset(&BTreeSet::from(["L02", "L06", "L08"])), "{supply:?}");
    assert!(of(Verb::Supply).all(|one| one.partners == BTreeSet::from([PartnerKind::Woningcorporatie])));
    let asked: Vec<_> = of(Verb::Ask).collect();
    assert!(!asked.is_empty());
    for one in asked {
        assert_eq!(one.partners, BTreeSet::from([PartnerKind::ZvhBureau]));
        assert_eq!(
            (one.asked.iter().copied().collect::<Vec<_>>(), rows(one)),
            (vec![PartnerKind::Woningcorporatie], vec!["K02"])
        );
    }
}

#[test]
fn a_seat_is_a_reason_of_its_own() {
    let compared = after(|copy| {
        copy.replace("houses/twente/tafels.toml", "\"ZORGKANTOOR\", \"HALT\"", "\"HALT\"");
    });
    assert!(!compared.differences.is_empty());
    for one in &compared.differences {
        assert!(one.by_seat && one.direction == Direction::Lost, "{one}");
        assert_eq!((one.involvement, &one.tafels), (Involvement::Zetel, &BTreeSet::from([Tafel::Topx])));
        assert_eq!(one.partners, BTreeSet::from([PartnerKind::Zorgkantoor]));
    }
}

#[test]
fn a_house_that_is_new_is_told_without_a_guess() {
    let copy = Copy::new();
    std::fs::remove_dir_all(copy.path().join("houses/drenthe")).expect("removed");
    let old = Convenant::load(copy.path()).expect("a right covenant");
    let all = compare_on(&old, &CONVENANT, day());
    let of = |code: &str| all.iter().find(|one| one.house.as_str() == code).expect("a comparison");
    assert_eq!(all.len(), CONVENANT.houses().len());
    let drenthe = of("DRENTHE");
    assert!(drenthe.old.is_none() && drenthe.new.is_some());
    assert!(drenthe.to_string().contains("in het oude convenant geldt geen versie"), "{drenthe}");
    let written = serde_json::to_value(of("TWENTE")).expect("JSON");
    assert_eq!(
        (written["house"].as_str(), written["differences"].as_array().map(Vec::len)),
        (Some("TWENTE"), Some(0))
    );
}
