//! Who gains and who loses what when one version of a covenant takes the place of another, and by which rows.
//!
//! It asks both engines the same questions and groups the answers that differ; it must never reason about a rule itself.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use crate::convenant::Convenant;
use crate::engine::{Request, RowId};
use crate::house::{House, HouseCode, Version};
use crate::matrix::{RECORDED, View, plain};
use crate::model::SUPPLY_NEEDS;
use crate::vocabulary::{
    Category, CategorySet, Fact, Facts, Involvement, PartnerKind, Phase, Standing, Tafel, Verb,
};

mod group;

/// More or less than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Allowed now and not before.
    Gained,
    /// Allowed before and not now.
    Lost,
}

/// A row that is responsible for a difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cited {
    /// The row id.
    pub row: RowId,
    /// The article, by number.
    pub article: String,
    /// The heading of that article.
    pub title: String,
}

/// What partners gain or lose alike: everywhere in this block the same categories by the same rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Gained or lost.
    pub direction: Direction,
    /// To see, to supply or to ask.
    pub verb: Verb,
    /// As what the partner is involved.
    pub involvement: Involvement,
    /// The partners.
    pub partners: BTreeSet<PartnerKind>,
    /// The tafels.
    pub tafels: BTreeSet<Tafel>,
    /// The phases.
    pub phases: BTreeSet<Phase>,
    /// With the verb ask, the partners that are asked.
    pub asked: BTreeSet<PartnerKind>,
    /// Only with one of these facts recorded; none: without more.
    pub facts: BTreeSet<Fact>,
    /// The categories.
    pub categories: BTreeSet<Category>,
    /// The rows that permit it on the one side and not on the other, and those that forbid it there.
    pub rows: BTreeSet<Cited>,
    /// The tafel, or the seat at it, is there on one side only.
    pub by_seat: bool,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The id of the version.
    pub version: String,
    /// Its hash.
    pub hash: String,
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// The names of the regimes on that day, at the tafels of the house.
    pub regimes: BTreeSet<&'static str>,
}

/// Two versions of the covenant of one house, compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The code of the house.
    pub house: HouseCode,
    /// Its name.
    pub name: String,
    /// What holds before; none when there is none.
    pub old: Option<Compared>,
    /// What holds after; none when there is none.
    pub new: Option<Compared>,
    /// Who gains and who loses what; empty when one side has no version, for then there is nothing to compare.
    pub differences: Vec<Difference>,
}

/// Compares two versions of the covenant of a house. Standings are plain ones: signed, trained, in the own gemeente, on
/// no side, of others' data, with no or one recorded fact.
pub fn compare(house: &House, old: &Version, new: &Version) -> Comparison {
    Comparison {
        house: house.code().clone(),
        name: house.name().to_owned(),
        old: Some(compared(old)),
        new: Some(compared(new)),
        differences: differences(old, new),
    }
}

/// Compares what holds on a day in two covenants, house by house; a house may be in one of them only.
pub fn compare_on(old: &Convenant, new: &Convenant, date: NaiveDate) -> Vec<Comparison> {
    let codes: BTreeSet<&HouseCode> = old.houses().iter().chain(new.houses()).map(House::code).collect();
    codes.into_iter().filter_map(|code| compare_house(old.house(code), new.house(code), date)).collect()
}

fn compare_house(old: Option<&House>, new: Option<&House>, date: NaiveDate) -> Option<Comparison> {
    let house = new.or(old)?;
    let (old, new) = (old.and_then(|it| it.version_on(date)), new.and_then(|it| it.version_on(date)));
    if let (Some(old), Some(new)) = (old, new) {
        return Some(compare(house, old, new));
    }
    let (code, name) = (house.code().clone(), house.name().to_owned());
    Some(Comparison {
        house: code,
        name,
        old: old.map(compared),
        new: new.map(compared),
        differences: Vec::new(),
    })
}

fn compared(version: &Version) -> Compared {
    let from = version.valid_from();
    let regimes = version.tafels().map(|tafel| version.regime(tafel, from).name()).collect();
    Compared { version: version.id().to_owned(), hash: version.hash().to_owned(), valid_from: from, regimes }
}

fn differences(old: &Version, new: &Version) -> Vec<Difference> {
    let suspect = Suspect::of(old, new);
    let mut found = Vec::new();
    let tafels: BTreeSet<Tafel> = old.tafels().chain(new.tafels()).chain([Tafel::Advies]).collect();
    for &involvement in Involvement::ALL.iter().filter(|one| **one != Involvement::Geen) {
        let own = involvement.task_phase();
        for &phase in Phase::ALL.iter().filter(|phase| own.is_none_or(|own| own == **phase)) {
            for &tafel in &tafels {
                let view = View { tafel, phase, involvement };
                for &partner in PartnerKind::ALL {
                    Pair { old, new, view, partner }.differences(&suspect, &mut found);
                }
            }
        }
    }
    group::together(found)
}

/// Where two versions can differ at all: elsewhere nothing needs to be asked.
struct Suspect<'v> {
    old: &'v Version,
    new: &'v Version,
    everything: bool,
    tafels: BTreeSet<Tafel>,
    partners: BTreeSet<PartnerKind>,
    old_rules: Vec<u8>,
    new_rules: Vec<u8>,
    old_permits: Vec<u8>,
    new_permits: Vec<u8>,
}

impl<'v> Suspect<'v> {
    fn of(old: &'v Version, new: &'v Version) -> Self {
        let shares = |version: &Version, tafel: Tafel| {
            let rows = version.engine().opleggers().iter().filter(|row| row.tafels.contains(&tafel));
            rows.map(|row| (row.with.clone(), row.categories)).collect::<Vec<_>>()
        };
        let supplies = |version: &Version, partner: PartnerKind| {
            let rows = version.model().supply.iter().filter(|row| row.partner == partner);
            rows.map(|row| (row.categories, row.needs)).collect::<Vec<_>>()
        };
        let tafels = Tafel::ALL.iter().copied();
        let partners = PartnerKind::ALL.iter().copied();
        Self {
            everything: old.model().sets != new.model().sets,
            tafels: tafels.filter(|tafel| shares(old, *tafel) != shares(new, *tafel)).collect(),
            partners: partners.filter(|one| supplies(old, *one) != supplies(new, *one)).collect(),
            old_rules: old.engine().rules_unlike(new.engine()),
            new_rules: new.engine().rules_unlike(old.engine()),
            old_permits: old.engine().permit_places(),
            new_permits: new.engine().permit_places(),
            old,
            new,
        }
    }

    /// Is anything permitted at all?
    fn is_alive(&self, verb: Verb, standing: &Standing) -> bool {
        self.old.engine().may_match_any(&self.old_permits, verb, standing)
            || self.new.engine().may_match_any(&self.new_permits, verb, standing)
    }

    fn is(&self, verb: Verb, standing: &Standing) -> bool {
        let asks_another = verb == Verb::Ask && !self.partners.is_empty();
        self.everything
            || asks_another
            || self.tafels.contains(&standing.tafel)
            || self.partners.contains(&standing.partner)
            || self.old.engine().may_match_any(&self.old_rules, verb, standing)
            || self.new.engine().may_match_any(&self.new_rules, verb, standing)
    }
}

/// One partner in one view, under both versions.
struct Pair<'v> {
    old: &'v Version,
    new: &'v Version,
    view: View,
    partner: PartnerKind,
}

impl Pair<'_> {
    fn differences(&self, suspect: &Suspect<'_>, found: &mut Vec<Difference>) {
        let View { tafel, involvement, .. } = self.view;
        let place = |version: &Version| version.has_place_for(tafel, involvement, self.partner);
        let by_seat = place(self.old) != place(self.new);
        if !place(self.old) && !place(self.new) {
            return;
        }
        let standing = plain(self.partner, self.view);
        let may_differ =
            |verb: &Verb| (by_seat || suspect.is(*verb, &standing)) && suspect.is_alive(*verb, &standing);
        for verb in Verb::ALL.iter().copied().filter(may_differ) {
            match verb {
                Verb::See => self.with_facts(verb, &RECORDED, found),
                Verb::Supply => self.with_facts(verb, &SUPPLY_NEEDS, found),
                Verb::Ask => {
                    for &asked in PartnerKind::ALL {
                        self.changes(verb, None, Some(asked), CategorySet::EMPTY, found);
                    }
                }
            }
        }
    }

    /// What differs without more, and what differs only with one fact.
    fn with_facts(&self, verb: Verb, facts: &[Fact], found: &mut Vec<Difference>) {
        let told = self.changes(verb, None, None, CategorySet::EMPTY, found);
        for fact in facts {
            self.changes(verb, Some(*fact), None, told, found);
        }
    }

    /// Adds what differs, but for what was told already; gives what differs.
    fn changes(
        &self,
        verb: Verb,
        fact: Option<Fact>,
        asked: Option<PartnerKind>,
        told: CategorySet,
        found: &mut Vec<Difference>,
    ) -> CategorySet {
        let facts = fact.into_iter().collect();
        let (before, now) =
            (self.allowed(self.old, verb, facts, asked), self.allowed(self.new, verb, facts, asked));
        let (gained, lost) = (now.difference(before), before.difference(now));
        for (direction, categories) in [(Direction::Gained, gained), (Direction::Lost, lost)] {
            for category in categories.difference(told).iter() {
                let standing = plain(self.partner, self.view);
                let request = Request { verb, standing, category, facts, asked };
                found.push(self.difference(direction, &request));
            }
        }
        gained.union(lost)
    }

    fn allowed(
        &self,
        version: &Version,
        verb: Verb,
        facts: Facts,
        asked: Option<PartnerKind>,
    ) -> CategorySet {
        let View { tafel, involvement, .. } = self.view;
        if !version.has_place_for(tafel, involvement, self.partner) {
            return CategorySet::EMPTY;
        }
        let standing = plain(self.partner, self.view);
        match (verb, asked) {
            (Verb::See, _) => version.engine().disclosure(&standing, facts).allowed(),
            (Verb::Supply, _) => version.engine().supplies(&standing, facts),
            (Verb::Ask, Some(asked)) => version.engine().asks(&standing, asked),
            (Verb::Ask, None) => CategorySet::EMPTY,
        }
    }

    fn difference(&self, direction: Direction, request: &Request) -> Difference {
        let View { tafel, phase, involvement } = self.view;
        let (without, with) = match direction {
            Direction::Gained => (self.old, self.new),
            Direction::Lost => (self.new, self.old),
        };
        let place = |version: &Version| version.has_place_for(tafel, involvement, self.partner);
        Difference {
            direction,
            verb: request.verb,
            involvement,
            partners: BTreeSet::from([self.partner]),
            tafels: BTreeSet::from([tafel]),
            phases: BTreeSet::from([phase]),
            asked: request.asked.into_iter().collect(),
            facts: request.facts.iter().collect(),
            categories: BTreeSet::from([request.category]),
            rows: responsible(without, with, request),
            by_seat: place(self.old) != place(self.new),
        }
    }
}

/// The permits that match only where it is allowed, and the forbids that match only where it is not.
fn responsible(without: &Version, with: &Version, request: &Request) -> BTreeSet<Cited> {
    let (fewer, forbidding) = without.engine().matching_rows(request);
    let (permitting, kept) = with.engine().matching_rows(request);
    let permits = permitting.iter().filter(|row| !fewer.contains(row)).map(|row| (with, row));
    let forbids = forbidding.iter().filter(|row| !kept.contains(row)).map(|row| (without, row));
    permits.chain(forbids).filter_map(|(version, row)| cited(version, row)).collect()
}

fn cited(version: &Version, row: &RowId) -> Option<Cited> {
    let rule = version.engine().rule(row)?;
    Some(Cited { row: row.clone(), article: rule.article.clone(), title: rule.title.clone() })
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            let side = |side: &Option<Compared>| side.as_ref().map_or("geen versie", |_| "een versie");
            return writeln!(
                f,
                "{}: in het oude convenant geldt {}, in het nieuwe {}.",
                self.name,
                side(&self.old),
                side(&self.new)
            );
        };
        writeln!(f, "{}: van {} naar {}", self.name, old.version, new.version)?;
        if old.regimes != new.regimes {
            let names = |side: &Compared| side.regimes.iter().copied().collect::<Vec<_>>().join(" en ");
            writeln!(f, "Regime op de eerste dag: {}; daarna {}.", names(old), names(new))?;
        }
        if self.differences.is_empty() {
            return writeln!(f, "Niemand krijgt of verliest iets.");
        }
        for (direction, heading) in [(Direction::Gained, "ERBIJ"), (Direction::Lost, "ERAF")] {
            let meant = || self.differences.iter().filter(|one| one.direction == direction);
            if meant().next().is_some() {
                writeln!(f, "{heading}")?;
            }
            meant().try_for_each(|difference| write!(f, "{difference}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (partners, tafels) = (listed(&self.partners), listed(&self.tafels));
        write!(
            f,
            "- {}: {partners} als {} aan {tafels} in {}",
            self.verb.name(),
            self.involvement,
            group::spans(&self.phases)
        )?;
        if !self.asked.is_empty() {
            write!(f, ", aan {}", listed(&self.asked))?;
        }
        writeln!(f)?;
        for category in &self.categories {
            writeln!(f, "    {category} {}", category.name())?;
        }
        if !self.facts.is_empty() {
            let facts: Vec<&str> = self.facts.iter().map(|fact| fact.name()).collect();
            writeln!(f, "    alleen als: {}", facts.join("; of "))?;
        }
        if self.by_seat {
            writeln!(f, "    door de tafel of de zetel, die maar aan één kant bestaat")?;
        }
        self.rows.iter().try_for_each(|Cited { row, article, title }| {
            writeln!(f, "    door {row} (artikel {article}, {title})")
        })
    }
}

fn listed<T: fmt::Display>(values: &BTreeSet<T>) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
