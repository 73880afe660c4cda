//! What was shown before, judged by another covenant: who would not have seen what, and who could have seen more.
//!
//! It is given what the ledger holds and asks the engines; it must never reason about a rule itself, and holds counts
//! only: no dossier, no person.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use crate::convenant::Convenant;
use crate::diff::Direction;
use crate::disclosure::Disclosure;
use crate::engine::{Request, RowId};
use crate::house::{HouseCode, Version};
use crate::vocabulary::{Category, CategorySet, Facts, PartnerKind, Phase, Standing, Tafel, Verb};

/// What one answer showed of dossiers that were seen alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The day, in the Netherlands.
    pub date: NaiveDate,
    /// The house of the dossiers.
    pub house: HouseCode,
    /// The id of the version that decided.
    pub version: String,
    /// The tafel of the dossiers.
    pub tafel: Tafel,
    /// Their phase.
    pub phase: Phase,
    /// The viewer's standings; all are of one partner.
    pub standings: Vec<Standing>,
    /// The categories that were shown, each with the facts of every datum of it.
    pub categories: BTreeMap<Category, Vec<Facts>>,
    /// How many dossiers.
    pub dossiers: u64,
}

/// Where a difference is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The house.
    pub house: HouseCode,
    /// The tafel.
    pub tafel: Tafel,
    /// The phase of the dossier.
    pub phase: Phase,
    /// The viewer's partner kind.
    pub partner: PartnerKind,
    /// The category.
    pub category: Category,
    /// Lost: it was shown and would not have been. Gained: it could have been shown as well.
    pub direction: Direction,
}

/// How often, and by which rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How often a dossier was shown on which this would have been otherwise.
    pub times: u64,
    /// The rows responsible: what newly forbids or no longer permits it, or what newly permits it.
    pub rows: BTreeSet<RowId>,
}

/// A difference, written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference<'s> {
    /// Where.
    #[serde(flatten)]
    pub place: &'s Place,
    /// How often, and by which rows.
    #[serde(flatten)]
    pub tally: &'s Tally,
}

/// What would have been answered otherwise by a new covenant. Its size is bounded by the words of the covenant, however
/// much is judged.
#[derive(Debug)]
pub struct Simulation<'c> {
    used: &'c Convenant,
    new: &'c Convenant,
    differences: BTreeMap<Place, Tally>,
    shown: u64,
    otherwise: u64,
}

impl<'c> Simulation<'c> {
    /// Judges by `new` what was shown under `used`.
    pub fn new(used: &'c Convenant, new: &'c Convenant) -> Self {
        Self { used, new, differences: BTreeMap::new(), shown: 0, otherwise: 0 }
    }

    /// How often a dossier was shown.
    pub fn shown(&self) -> u64 {
        self.shown
    }

    /// How often a dossier was shown of which a category would have been withheld.
    pub fn otherwise(&self) -> u64 {
        self.otherwise
    }

    /// The differences, in order.
    pub fn differences(&self) -> impl Iterator<Item = Difference<'_>> {
        self.differences.iter().map(|(place, tally)| Difference { place, tally })
    }

    /// Judges one showing.
    pub fn judge(&mut self, shown: &Shown) {
        self.shown += shown.dossiers;
        let old = self.used.version(&shown.version).map(|(_, version)| version);
        let new = self.new.house(&shown.house).and_then(|house| house.version_on(shown.date));
        let lost = shown.categories.iter().filter(|(category, data)| {
            data.iter().any(|facts| !disclosed(new, &shown.standings, *facts).sees(**category))
        });
        let lost: Vec<(Category, Facts)> =
            lost.map(|(category, data)| (*category, data.first().copied().unwrap_or(Facts::NONE))).collect();
        self.otherwise += if lost.is_empty() { 0 } else { shown.dossiers };
        for (category, facts) in lost {
            self.add(shown, Direction::Lost, (category, facts), (old, new));
        }
        let plain = |version| disclosed(version, &shown.standings, Facts::NONE).allowed();
        let gained = old.map_or(CategorySet::EMPTY, |old| plain(new).difference(plain(Some(old))));
        for category in gained.iter() {
            self.add(shown, Direction::Gained, (category, Facts::NONE), (old, new));
        }
    }

    fn add(
        &mut self,
        shown: &Shown,
        direction: Direction,
        (category, facts): (Category, Facts),
        (old, new): (Option<&Version>, Option<&Version>),
    ) {
        let Some(partner) = shown.standings.first().map(|standing| standing.partner) else { return };
        let Shown { house, tafel, phase, .. } = shown;
        let place =
            Place { house: house.clone(), tafel: *tafel, phase: *phase, partner, category, direction };
        let tally = self.differences.entry(place).or_default();
        tally.times += shown.dossiers;
        if tally.rows.is_empty() {
            let (without, with) = match direction {
                Direction::Lost => (new, old),
                Direction::Gained => (old, new),
            };
            tally.rows = responsible(without, with, &shown.standings, category, facts);
        }
    }
}

/// The union over the standings, as it is disclosed.
fn disclosed(version: Option<&Version>, standings: &[Standing], facts: Facts) -> Disclosure {
    let Some(version) = version else { return Disclosure::NOTHING };
    let each = standings.iter().map(|standing| version.engine().disclosure(standing, facts));
    each.reduce(Disclosure::join).unwrap_or(Disclosure::NOTHING)
}

/// The forbids that match only where it is withheld, and the permits that match only where it is shown.
fn responsible(
    without: Option<&Version>,
    with: Option<&Version>,
    standings: &[Standing],
    category: Category,
    facts: Facts,
) -> BTreeSet<RowId> {
    let matching = |version: Option<&Version>| {
        let rows = standings.iter().filter_map(|standing| {
            let request = Request { verb: Verb::See, standing: *standing, category, facts, asked: None };
            Some(version?.engine().matching_rows(&request))
        });
        rows.fold((BTreeSet::new(), BTreeSet::new()), |mut all, (permits, forbids)| {
            all.0.extend(permits);
            all.1.extend(forbids);
            all
        })
    };
    let (fewer, forbidding) = matching(without);
    let (permitting, kept) = matching(with);
    let permits = permitting.difference(&fewer).cloned();
    permits.chain(forbidding.difference(&kept).cloned()).collect()
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { house, tafel, phase, partner, category, direction } = self.place;
        let name = category.name();
        let (word, what) = match direction {
            Direction::Lost => ("ERAF", "niet getoond"),
            Direction::Gained => ("ERBIJ", "ook te zien geweest"),
        };
        write!(
            f,
            "{word} {house} {tafel} {phase} {partner}: {category} ({name}) {}× {what}",
            self.tally.times
        )?;
        if self.tally.rows.is_empty() {
            return Ok(());
        }
        let rows: Vec<&str> = self.tally.rows.iter().map(RowId::as_str).collect();
        write!(f, ", door {}", rows.join(", "))
    }
}
