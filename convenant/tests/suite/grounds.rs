//! Grounds are dated data: a ground is good for nothing on a day on which it was not in force, and doubt is said.

use chrono::NaiveDate;
use convenant::explain::{DatedGround, explain};
use convenant::{Category, Convenant, Facts, Ground, HouseCode, PartnerKind, Request, Tafel, Verb, Version};

use crate::CONVENANT;
use crate::arrange::{Copy, seated};
use crate::checks::problem;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn version<'a>(convenant: &'a Convenant, date: &str) -> &'a Version {
    let house = convenant.house(&HouseCode::new("TWENTE")).expect("a house");
    house.version_on(day(date)).expect("a version")
}

fn ground(code: &str) -> &'static Ground {
    version(&CONVENANT, "2025-06-01").ground(code).expect("a ground")
}

#[test]
fn the_wgs_is_a_ground_from_its_day_on() {
    let wgs = ground("G-WGS");
    assert!(wgs.is_verified() && wgs.valid_from() == Some(day("2025-03-01")) && wgs.valid_until().is_none());
    assert!(!wgs.in_force_on(day("2025-02-28")) && wgs.in_force_on(day("2025-03-01")));
    assert_eq!(wgs.to_string(), "Wet gegevensverwerking door samenwerkingsverbanden (Wgs), vanaf 2025-03-01");
}

#[test]
fn what_no_source_says_is_shown_as_unverified() {
    let pga = ground("G-PGA");
    assert!(!pga.is_verified() && !pga.in_force_on(day("2025-03-31")) && pga.in_force_on(day("2025-04-01")));
    assert!(pga.to_string().ends_with(", vanaf 2025-04-01 [ongeverifieerd]"), "{pga}");
    let unknown_since = ground("G-HUUR");
    assert!(unknown_since.in_force_on(day("1990-01-01")), "nothing is known, so nothing is held against it");
    assert!(unknown_since.to_string().ends_with("[ongeverifieerd]"));
    assert_eq!(ground("G-WPG20").to_string(), ground("G-WPG20").name(), "no doubt where there is none");
}

#[test]
fn a_version_knows_the_grounds_that_were_in_force_while_it_held() {
    let (before, after) = (version(&CONVENANT, "2025-02-28"), version(&CONVENANT, "2025-03-01"));
    assert!(!before.has_ground("G-WGS") && after.has_ground("G-WGS"));
    assert!(before.has_ground("G-WPG20") && after.has_ground("G-WPG20"));
    assert!(after.ground("G-ONBEKEND").is_none() && !after.has_ground("G-ONBEKEND"));
    assert!(before.grounds().any(|ground| ground.code() == "G-WGS"), "known, if not in force");
    assert!(before.supplier_grounds(PartnerKind::Politie, Category::D15).contains(&"G-WPG20"));
}

#[test]
fn a_ground_ends_on_its_first_day_without() {
    let copy = Copy::new();
    copy.replace(
        "model/grounds.toml",
        "code = \"G-WPG20\"\n",
        "code = \"G-WPG20\"\nvalid_until = 2026-01-01\n",
    );
    let convenant = Convenant::load(copy.path()).expect("a right covenant");
    let version = version(&convenant, "2025-06-01");
    let ground = version.ground("G-WPG20").expect("a ground");
    assert!(ground.in_force_on(day("2025-12-31")) && !ground.in_force_on(day("2026-01-01")));
    let supplied = |date: &str| {
        let explained = explain(version, day(date), &police_supplies()).supplier;
        explained.into_iter().flat_map(|row| row.grounds).collect::<Vec<DatedGround>>()
    };
    let shown = |date: &str| supplied(date).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(shown("2025-12-31").contains(", tot 2026-01-01") && !shown("2025-12-31").contains("geldt niet"));
    assert!(shown("2026-01-01").contains("(geldt niet op deze datum)"), "{}", shown("2026-01-01"));
    assert_eq!(supplied("2026-01-01").iter().filter(|ground| !ground.in_force).count(), 1);
}

fn police_supplies() -> Request {
    let standing = seated(PartnerKind::Politie, Tafel::Topx);
    Request { verb: Verb::Supply, standing, category: Category::D14, facts: Facts::NONE, asked: None }
}

#[test]
fn a_ground_that_ends_before_it_begins() {
    let wrong = problem(
        "model/grounds.toml",
        "valid_from = 2025-03-01",
        "valid_from = 2025-03-01\nvalid_until = 2025-03-01",
    );
    assert_eq!(wrong.message, "De grond G-WGS eindigt voordat hij begint.");
    assert_eq!((wrong.policy.as_deref(), wrong.line.is_some()), (Some("G-WGS"), true));
    let copy = Copy::new();
    copy.replace("model/grounds.toml", "2025-03-01", "2025-03-01\nvalid_until = 2025-03-02");
    assert!(Convenant::load(copy.path()).is_ok());
}

#[test]
fn a_ground_that_stands_twice() {
    let wrong = problem("model/grounds.toml", "code = \"G-WGS\"", "code = \"G-WET\"");
    assert_eq!(wrong.message, "De grond G-WET staat er twee keer.");
}

#[test]
fn a_supply_on_a_ground_that_stands_on_no_list() {
    let wrong = problem("model/supply.toml", "\"G-WPG19\"", "\"G-WPG99\"");
    assert_eq!(wrong.message, "De grond G-WPG99 staat niet in grounds.toml.");
}
