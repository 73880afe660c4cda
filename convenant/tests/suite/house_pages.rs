//! What a jurist of a house gets: one page that can be read and printed, and a snapshot that no change escapes.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use convenant::matrix::{house_snapshot, snapshot};
use convenant::matrix_page::{Selection, page};
use convenant::{Convenant, House, HouseCode, Involvement, PartnerKind, Phase, Tafel, Version};

use crate::CONVENANT;
use crate::arrange::Copy;

/// What a version with rules of its own shows beside its seats; one without shows what the model does.
fn own_rules(convenant: &Convenant, version: &Version) -> String {
    let engine = version.engine();
    if std::ptr::eq(engine, convenant.model()) { String::new() } else { snapshot(engine) }
}

/// The versions whose matrix is not the one in `tests/snapshots/`, by name of the file, with what they show now. A
/// version that shows the same as the one before it says only that.
fn changed(convenant: &Convenant) -> Vec<(String, String)> {
    let mut changed = Vec::new();
    for house in convenant.houses() {
        let mut before: Option<(&str, String)> = None;
        for version in house.versions() {
            let shown = house_snapshot(version) + &own_rules(convenant, version);
            let now = match &before {
                Some((id, text)) if *text == shown => format!("als {id}\n"),
                _ => shown.clone(),
            };
            let name = format!("{}.txt", version.id());
            if std::fs::read_to_string(folder().join(&name)).unwrap_or_default() != now {
                changed.push((name, now));
            }
            before = Some((version.id(), shown));
        }
    }
    changed
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// Who sees what in a house changes only together with its snapshot.
#[test]
fn the_matrix_of_every_house_is_as_it_was() {
    let mut accept = String::new();
    for (name, now) in changed(&CONVENANT) {
        let new = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(&name);
        std::fs::write(&new, now).expect("written");
        let _ = writeln!(accept, "cp {} {}", new.display(), folder().join(name).display());
    }
    assert!(
        accept.is_empty(),
        "the matrix of a house changed; read the difference, and if it was meant:\n{accept}"
    );
    let versions = CONVENANT.houses().iter().flat_map(House::versions).count();
    assert_eq!(folder().read_dir().expect("a folder").count(), versions, "a snapshot of no version");
}

fn changed_by(change: impl Fn(&Copy)) -> Vec<String> {
    let copy = Copy::new();
    change(&copy);
    let convenant = Convenant::load(copy.path()).expect("a right covenant");
    changed(&convenant).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn no_change_of_a_house_escapes_its_snapshot() {
    let seat = |copy: &Copy| {
        copy.replace("houses/twente/tafels.toml", "\"ZORGKANTOOR\", \"HALT\"", "\"HALT\"");
    };
    assert_eq!(changed_by(seat), ["twente-2019-03-01.txt"], "the version after it still says: als");
    let elsewhere = |copy: &Copy| {
        copy.write(
            "houses/drenthe/extra.cedar",
            "@id(\"V90\")\n@article(\"5.1\")\n@ground(\"afspraak\")\n@label(\"A\")\nforbid (principal, action == Action::\"see\", resource) when { context.involvement == Involvement::\"BESTUUR\" };\n",
        );
    };
    assert_eq!(changed_by(elsewhere), ["drenthe-2019-03-01.txt"]);
}

fn shown(selection: Selection) -> String {
    let date: NaiveDate = "2025-06-01".parse().expect("a day");
    let house = CONVENANT.house(&HouseCode::new("TWENTE")).expect("a house");
    page(house, house.version_on(date).expect("a version"), date, &selection)
}

const WHOLE: Selection =
    Selection { partner: None, tafel: None, phase: None, involvement: Involvement::Zetel };

/// Every element that is opened is closed in its place, every id stands once, every link arrives.
fn check_structure(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let body = html.strip_prefix("<!doctype html>\n").expect("a doctype");
    for tag in body.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "unescaped: {text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name = tag.split(' ').next().expect("a name");
        if let Some(id) = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            assert!(tag.contains("labelledby") || ids.insert(id), "{id} twice");
        }
        if !["meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let targets = html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    targets.for_each(|target| assert!(ids.contains(target), "no {target}"));
}

#[test]
fn the_page_of_a_house_is_whole_and_accessible() {
    let html = shown(WHOLE);
    check_structure(&html);
    for part in [
        "<html lang=\"nl\">",
        "Zorg- en Veiligheidshuis Twente",
        "twente-2025-03-01",
        CONVENANT.version("twente-2025-03-01").expect("a version").1.hash(),
        "<dd>2025-06-01</dd>",
        "(Wgs)",
        "[ongeverifieerd] (RAD)",
        "@media print",
        "<caption>TOPX, fase F6 (overleg)</caption>",
        "<caption>TOPX, fase F7 (plan vastgesteld), F8 (monitoring en opschaling)</caption>",
        "<b>als</b> <abbr title=",
        "<tr id=\"regel-P23\"><th scope=\"row\">P23</th><td>5.1 De oplegger van de tafel</td>",
    ] {
        assert!(html.contains(part), "no {part}");
    }
    assert!(!html.contains("<script") && !html.contains("http"), "the page needs nothing else");
    assert_eq!(html.matches("<table").count(), html.matches("<caption>").count());
    assert_eq!(html.matches("<th>").count(), 0, "every heading has a scope");
}

#[test]
fn the_page_can_be_narrowed() {
    let partner = shown(Selection { partner: Some(PartnerKind::Ggz), tafel: Some(Tafel::Topx), ..WHOLE });
    check_structure(&partner);
    assert!(
        partner.contains("<th scope=\"row\">GGZ<br>") && !partner.contains("<th scope=\"row\">POLITIE<br>")
    );
    assert!(partner.contains("Tafel TOPX") && !partner.contains("Tafel PMG"));
    let phase = shown(Selection { phase: Some(Phase::F10), ..WHOLE });
    assert!(phase.contains("fase F10 (nazorg)") && !phase.contains("fase F6"));
    let triage = shown(Selection { involvement: Involvement::Triage, ..WHOLE });
    assert!(triage.contains("fase F5") && triage.contains("#regel-P19") && !triage.contains("#regel-P23"));
}
