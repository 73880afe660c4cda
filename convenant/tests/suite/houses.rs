//! The houses: gemeenten, seats, who registers, versions and regimes; and a fourth house without a line of code.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use convenant::matrix::{Change, changes};
use convenant::{
    Category, Convenant, Facts, House, HouseCode, PartnerKind, Phase, Regime, RegistrationRefusal, Seat,
    Standing, Tafel, Version, phase_of,
};

use crate::CONVENANT;
use crate::arrange::{Copy, seated};

fn house(code: &str) -> &'static House {
    CONVENANT.house(&HouseCode::new(code)).expect("a house")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn the_three_houses_have_their_gemeenten() {
    for (code, gemeenten) in [("DRENTHE", 12), ("MARKIEZATEN", 8), ("TWENTE", 14)] {
        assert_eq!(house(code).gemeenten().len(), gemeenten, "{code}");
    }
    assert_eq!(house("twente").code(), house("TWENTE").code());
    assert_eq!(house("TWENTE").gemeente("0153").map(|it| it.name.as_str()), Some("Enschede"));
    assert_eq!(house("TWENTE").gemeente("0106"), None);
    assert_eq!(house("TWENTE").werkgebieden().len(), 3);
    assert_eq!(house("TWENTE").terminology()["procesregisseur"], "procesmanager");
    assert_eq!(house("DRENTHE").terminology()["procesregisseur"], "procesregisseur");
}

/// Every version of the houses that the table knows.
fn versions_of(rows: &[csv::StringRecord]) -> Vec<(&'static House, &'static Version)> {
    let named = |code: &str| rows.iter().any(|row| row[1].split_whitespace().any(|known| known == code));
    let houses = CONVENANT.houses().iter().filter(|one| named(one.code().as_str()));
    houses.flat_map(|one| one.versions().iter().map(move |version| (one, version))).collect()
}

/// The seats of the data are those of the table, house by house.
#[test]
fn seats_are_those_of_the_table() {
    let mut reader = csv::Reader::from_reader(include_str!("../tables/seats.csv").as_bytes());
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let versions = versions_of(&rows);
    assert!(versions.len() >= 6);
    for row in &rows {
        let tafel: Tafel = row[0].parse().expect("a tafel");
        for (one, version) in &versions {
            let has = row[1].split_whitespace().any(|code| code == one.code().as_str());
            assert_eq!(version.has(tafel), has, "{tafel} at {}", version.id());
            for &partner in PartnerKind::ALL {
                let named = |cell: &str| cell.split_whitespace().any(|code| code == partner.code());
                let invited = named(&row[3]).then_some(Seat::Invited);
                let expected = if named(&row[2]) { Some(Seat::Fixed) } else { invited };
                assert_eq!(version.seat(tafel, partner), expected.filter(|_| has), "{partner} at {tafel}");
            }
        }
    }
    assert!(!versions.iter().any(|(_, version)| version.has(Tafel::Advies)));
}

#[test]
fn in_twente_only_gemeenten_registered_before_2024() {
    let register = |partner, date| house("TWENTE").may_register(partner, "0153", Tafel::Topx, day(date));
    assert_eq!(register(PartnerKind::GemLokaalTeam, "2023-12-31"), Ok(()));
    let refusal = register(PartnerKind::Ggz, "2023-12-31").expect_err("refused");
    assert_eq!(refusal.code(), "PARTNER_MAY_NOT_REGISTER");
    assert!(refusal.to_string().contains("gemeente"), "{refusal}");
    assert_eq!(register(PartnerKind::Ggz, "2024-01-01"), Ok(()));
}

#[test]
fn drenthe_does_reg_for_six_gemeenten() {
    let drenthe = house("DRENTHE");
    let served = |tafel| {
        let gemeenten = drenthe.gemeenten().iter();
        let may = |code: &str| drenthe.may_register(PartnerKind::Dji, code, tafel, day("2025-06-01")).is_ok();
        gemeenten.filter(|it| may(&it.code)).map(|it| it.name.as_str()).collect::<BTreeSet<_>>()
    };
    let six = ["Aa en Hunze", "De Wolden", "Hoogeveen", "Meppel", "Midden-Drenthe", "Tynaarlo"];
    assert_eq!(served(Tafel::Reg), BTreeSet::from(six));
    assert_eq!(served(Tafel::Coveca).len(), 12);
    let refusal =
        drenthe.may_register(PartnerKind::Dji, "0106", Tafel::Reg, day("2025-06-01")).expect_err("refused");
    assert!(
        matches!(refusal, RegistrationRefusal::Gemeente { ref advice } if advice.contains("zelf")),
        "{refusal}"
    );
}

#[test]
fn the_oggz_tafel_is_not_for_tholen_and_moerdijk() {
    let register =
        |code, tafel| house("MARKIEZATEN").may_register(PartnerKind::Oggz, code, tafel, day("2024-06-01"));
    assert!(register("0716", Tafel::Oggz).is_err() && register("1709", Tafel::Oggz).is_err());
    assert_eq!(register("1674", Tafel::Oggz), Ok(()));
    assert_eq!(register("0716", Tafel::Coveca), Ok(()));
}

#[test]
fn nobody_registers_at_a_tafel_or_for_a_gemeente_that_is_not_there() {
    let twente = house("TWENTE");
    let register =
        |gemeente, tafel| twente.may_register(PartnerKind::GemCollege, gemeente, tafel, day("2024-06-01"));
    assert_eq!(register("0153", Tafel::Coveca), Err(RegistrationRefusal::TafelUnknown));
    assert_eq!(register("0106", Tafel::Topx), Err(RegistrationRefusal::GemeenteUnknown));
}

#[test]
fn a_hit_is_answered_for_seven_tafels_only() {
    let three = ["DRENTHE", "MARKIEZATEN", "TWENTE"].map(|code| &house(code).versions()[0]);
    let hits = three.into_iter().flat_map(|it| it.tafels().filter(|tafel| it.answers_hit(*tafel)));
    let seven = [Tafel::Coveca, Tafel::Topx, Tafel::Pmg, Tafel::Vpo, Tafel::Jor, Tafel::Lla, Tafel::Reg];
    assert_eq!(hits.collect::<BTreeSet<_>>(), BTreeSet::from(seven));
    assert!(!house("TWENTE").versions()[0].answers_hit(Tafel::Coveca));
}

#[test]
fn the_version_and_the_regime_follow_the_date() {
    let id = |date: &str| house("TWENTE").version_on(day(date)).map(convenant::Version::id);
    assert_eq!(id("2019-02-28"), None);
    assert_eq!(id("2025-02-28"), Some("twente-2019-03-01"));
    assert_eq!(id("2025-03-01"), Some("twente-2025-03-01"));
    let regime =
        |tafel, date: &str| house("TWENTE").version_on(day(date)).map(|it| it.regime(tafel, day(date)));
    assert_eq!(regime(Tafel::Topx, "2025-02-28"), Some(Regime::ConvenantHandvat));
    assert_eq!(regime(Tafel::Topx, "2025-03-01"), Some(Regime::Wgs));
    assert_eq!(regime(Tafel::Rad, "2025-03-31"), Some(Regime::Wgs));
    assert_eq!(regime(Tafel::Rad, "2025-04-01"), Some(Regime::WetPga));
    assert_eq!(regime(Tafel::CterWeeg, "2025-04-01"), Some(Regime::WetPga));
    assert_eq!(regime(Tafel::Topx, "2025-04-01"), Some(Regime::Wgs));
    let version = house("TWENTE").version_on(day("2025-04-01")).expect("a version");
    assert!(version.regime_verified(Tafel::Topx, day("2025-04-01")));
    assert!(!version.regime_verified(Tafel::Rad, day("2025-04-01")));
}

#[test]
fn an_oplegger_holds_where_the_house_has_the_tafel() {
    let version = house("TWENTE").version_on(day("2025-06-01")).expect("a version");
    assert!(version.oplegger_valid(Tafel::Topx, day("2025-06-01")));
    assert!(!version.oplegger_valid(Tafel::Coveca, day("2025-06-01")));
    assert!(!version.oplegger_valid(Tafel::Topx, day("2025-02-28")), "another version holds that day");
}

#[test]
fn phases_follow_the_table() {
    let mut reader = csv::Reader::from_reader(include_str!("../tables/phases.csv").as_bytes());
    for row in reader.records().map(|row| row.expect("a row")) {
        let phase = row[2].split(' ').next().and_then(|code| code.parse::<Phase>().ok());
        assert!(phase.is_some());
        let states = row[1].split_whitespace().map(|state| if state == "*" { "WAT_DAN_OOK" } else { state });
        states.for_each(|state| assert_eq!(phase_of(&row[0], state), phase, "{} {state}", &row[0]));
    }
    assert_eq!(phase_of("Aanmelding", "ONBEKEND"), None);
    assert_eq!(phase_of("Onbekend", "TRIAGE"), None);
}

fn police_at(tafel: Tafel) -> Standing {
    seated(PartnerKind::Politie, tafel)
}

/// A copy with a house of its own: one gemeente, two tafels, one oplegger replaced and one forbid added.
fn with_a_fourth_house() -> Convenant {
    let copy = Copy::new();
    let house = "code = \"FLEVOLAND\"\nname = \"Zorg- en Veiligheidshuis Flevoland\"\n\n[[gemeente]]\ncode = \"0034\"\nname = \"Almere\"\n";
    copy.write("houses/flevoland/house.toml", house);
    let tafels = "[[tafel]]\ncode = \"COVECA\"\nfixed = [\"POLITIE\"]\ninvited = []\noplegger_from = 2026-01-01\noplegger_until = 2026-07-01\n\n[[tafel]]\ncode = \"TOPX\"\nfixed = [\"POLITIE\"]\ninvited = []\n";
    copy.write("houses/flevoland/tafels.toml", tafels);
    copy.write(
        "houses/flevoland/versions.toml",
        "[[version]]\nid = \"flevoland-1\"\nvalid_from = 2026-01-01\n",
    );
    let oplegger = "[[share]]\ntafels = [\"COVECA\"]\nwith = [\"KERN\"]\ncategories = [\"D01N\", \"D16\"]\n";
    copy.write("houses/flevoland/opleggers.toml", oplegger);
    let rule = "@id(\"V90\")\n@article(\"5.1\")\n@ground(\"afspraak van dit huis\")\n@label(\"A\")\nforbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");\n";
    copy.write("houses/flevoland/extra.cedar", rule);
    Convenant::load(copy.path()).expect("a fourth house is data")
}

#[test]
fn a_fourth_house_is_a_folder() {
    let convenant = with_a_fourth_house();
    assert_eq!(convenant.houses().len(), CONVENANT.houses().len() + 1);
    let fourth = convenant.house(&HouseCode::new("FLEVOLAND")).expect("the fourth house");
    let version = fourth.version_on(day("2026-02-01")).expect("a version");
    let seen = version.engine().disclosure(&police_at(Tafel::Coveca), Facts::NONE);
    assert_eq!(seen.allowed().to_string(), "D01N D16 D16K");
    assert!(version.oplegger_valid(Tafel::Coveca, day("2026-06-30")));
    assert!(!version.oplegger_valid(Tafel::Coveca, day("2026-07-01")));
    assert_eq!(version.seat(Tafel::Coveca, PartnerKind::Politie), Some(Seat::Fixed));
}

#[test]
fn what_changes_between_two_covenants_can_be_listed() {
    let convenant = with_a_fourth_house();
    let fourth = convenant.house(&HouseCode::new("FLEVOLAND")).expect("the fourth house");
    let own = fourth.versions()[0].engine();
    let changes: Vec<_> = changes(convenant.model(), own).collect();
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert!(lines.contains(&"POLITIE als ZETEL aan TOPX in F6: ziet niet meer D28".to_owned()));
    assert!(lines.contains(&"RVDK als ZETEL aan COVECA in F9: ziet niet meer D28 D29 D33U D37".to_owned()));
    let college = lines.iter().find(|line| line.starts_with("GEM_COLLEGE als ZETEL aan COVECA in F6:"));
    let college = college.expect("a change");
    assert!(college.contains("ziet nu ook D16; ziet niet meer D02 D03 D05"), "{college}");
    let concerned =
        |change: &Change| change.view.tafel == Tafel::Coveca || change.partner == PartnerKind::Politie;
    assert!(changes.iter().all(concerned));
}

/// What a house adds or replaces is its own: elsewhere nothing changes.
#[test]
fn a_house_changes_nothing_for_another() {
    let convenant = with_a_fourth_house();
    let at = |code: &str, tafel| {
        let house = convenant.house(&HouseCode::new(code)).expect("a house");
        let version = house.version_on(day("2026-02-01")).expect("a version");
        version.engine().disclosure(&police_at(tafel), Facts::NONE)
    };
    assert!(at("DRENTHE", Tafel::Topx).sees(Category::D28));
    assert!(!at("FLEVOLAND", Tafel::Topx).sees(Category::D28));
    assert!(
        at("FLEVOLAND", Tafel::Topx).sees(Category::D15),
        "the model's own oplegger of another tafel stays"
    );
    assert_eq!(
        at("DRENTHE", Tafel::Coveca),
        CONVENANT.model().disclosure(&police_at(Tafel::Coveca), Facts::NONE)
    );
    let hash = |whole: &Convenant, code: &str| {
        let house = whole.house(&HouseCode::new(code)).expect("a house");
        house.version_on(day("2026-02-01")).map(|it| it.hash().to_owned())
    };
    assert_eq!(hash(&convenant, "DRENTHE"), hash(&CONVENANT, "DRENTHE"));
}
