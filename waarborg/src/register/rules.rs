//! What the register and a covenant may differ in. Pure: both are given, with the day.
//!
//! What has begun is fixed: id, hash, and an end that has come. What is yet to come may still change.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Convenant, HouseCode, Version};
use entity::convenant_version::Model;

/// Something in which a covenant contradicts what was or is decided on this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// A version in force is not in the covenant.
    Missing {
        /// Its id.
        version: String,
    },
    /// A version that has begun decides otherwise under the same name.
    Changed {
        /// Its id.
        version: String,
        /// The hash in the register.
        recorded: String,
        /// The hash of the covenant.
        found: String,
    },
    /// A version ended on another day than it ended on.
    Ended {
        /// Its id.
        version: String,
    },
    /// A version of a house that has one in force would have begun already.
    Late {
        /// Its id.
        version: String,
        /// Its first day.
        valid_from: NaiveDate,
    },
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { version } => write!(
                f,
                "{version}: deze versie is van kracht geworden en staat niet in het convenant van deze server."
            ),
            Self::Changed { version, recorded, found } => write!(
                f,
                "{version}: onder deze naam is met een andere inhoud beslist (hash {recorded}, hier {found}). Een versie die geldt, verandert niet: maak een nieuwe versie die later begint."
            ),
            Self::Ended { version } => {
                write!(f, "{version}: het einde van deze versie is voorbij en kan niet meer veranderen.")
            }
            Self::Late { version, valid_from } => write!(
                f,
                "{version}: deze versie zou al gelden sinds {valid_from}, en was hier toen niet bekend. Geef haar een eerste dag die nog komt."
            ),
        }
    }
}

/// The contradictions between the register and a covenant on a day.
pub(super) fn contradictions(known: &[Model], convenant: &Convenant, today: NaiveDate) -> Vec<Contradiction> {
    let begun = || known.iter().filter(|row| row.valid_from <= today);
    let changed = begun().filter_map(|row| changed(row, convenant, today));
    let late = versions(convenant).filter(|(house, version)| {
        version.valid_from() <= today
            && begun().any(|row| row.house == house.as_str())
            && !begun().any(|row| row.id == version.id())
    });
    let late = late.map(|(_, version)| Contradiction::Late {
        version: version.id().to_owned(),
        valid_from: version.valid_from(),
    });
    changed.chain(late).collect()
}

fn changed(row: &Model, convenant: &Convenant, today: NaiveDate) -> Option<Contradiction> {
    let version = row.id.clone();
    let Some((_, found)) = convenant.version(&row.id) else {
        return Some(Contradiction::Missing { version });
    };
    if found.hash() != row.hash {
        let (recorded, found) = (row.hash.clone(), found.hash().to_owned());
        return Some(Contradiction::Changed { version, recorded, found });
    }
    let come = |end: Option<NaiveDate>| end.filter(|end| *end <= today);
    (come(found.valid_until()) != come(row.valid_until)).then_some(Contradiction::Ended { version })
}

/// The rows that the register lacks or has otherwise.
pub(super) fn news(known: &[Model], convenant: &Convenant, now: DateTime<Utc>) -> Vec<Model> {
    let row = |(house, version): (&HouseCode, &Version)| Model {
        id: version.id().to_owned(),
        house: house.as_str().to_owned(),
        hash: version.hash().to_owned(),
        valid_from: version.valid_from(),
        valid_until: version.valid_until(),
        recorded_at: now,
    };
    let is_known = |new: &Model| known.iter().any(|old| Model { recorded_at: now, ..old.clone() } == *new);
    versions(convenant).map(row).filter(|row| !is_known(row)).collect()
}

/// The ids of versions that were to come and are no longer in the covenant.
pub(super) fn gone(known: &[Model], convenant: &Convenant, today: NaiveDate) -> Vec<String> {
    let coming = known.iter().filter(|row| row.valid_from > today);
    coming.filter(|row| convenant.version(&row.id).is_none()).map(|row| row.id.clone()).collect()
}

fn versions(convenant: &Convenant) -> impl Iterator<Item = (&HouseCode, &Version)> {
    convenant.houses().iter().flat_map(|house| house.versions().iter().map(move |it| (house.code(), it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// What a server records of the covenant in the binary.
    fn recorded(convenant: &Convenant) -> Vec<Model> {
        news(&[], convenant, DateTime::UNIX_EPOCH)
    }

    fn row<'r>(known: &'r mut [Model], id: &str) -> &'r mut Model {
        known.iter_mut().find(|row| row.id == id).unwrap()
    }

    const OLD: &str = "twente-2019-03-01";
    const NEW: &str = "twente-2025-03-01";

    #[test]
    fn what_was_recorded_is_no_news_and_no_contradiction_on_any_day() {
        let convenant = Convenant::embedded().unwrap();
        let known = recorded(&convenant);
        assert_eq!(known.len(), convenant.houses().iter().map(|house| house.versions().len()).sum::<usize>());
        for today in ["2019-01-01", "2024-06-01", "2025-03-01", "2030-01-01"] {
            assert_eq!(contradictions(&known, &convenant, day(today)), []);
            assert_eq!(contradictions(&[], &convenant, day(today)), []);
        }
        assert_eq!(news(&known, &convenant, DateTime::UNIX_EPOCH), []);
        assert_eq!(gone(&known, &convenant, day("2019-01-01")), [""; 0]);
    }

    #[test]
    fn a_version_is_fixed_from_its_first_day_on() {
        let convenant = Convenant::embedded().unwrap();
        let mut known = recorded(&convenant);
        row(&mut known, NEW).hash = "0".repeat(64);
        assert_eq!(contradictions(&known, &convenant, day("2025-02-28")), []);
        let found = contradictions(&known, &convenant, day("2025-03-01"));
        assert!(
            matches!(&found[..], [Contradiction::Changed { version, .. }] if version == NEW),
            "{found:?}"
        );
        assert_eq!(news(&known, &convenant, DateTime::UNIX_EPOCH).len(), 1);
    }

    #[test]
    fn an_end_may_be_set_until_it_has_come() {
        let convenant = Convenant::embedded().unwrap();
        let mut known = recorded(&convenant);
        row(&mut known, OLD).valid_until = None;
        known.retain(|row| row.id != NEW);
        assert_eq!(contradictions(&known, &convenant, day("2025-02-28")), []);
        let found = contradictions(&known, &convenant, day("2025-03-01"));
        let late = Contradiction::Late { version: NEW.to_owned(), valid_from: day("2025-03-01") };
        assert_eq!(found, [Contradiction::Ended { version: OLD.to_owned() }, late]);
    }

    #[test]
    fn a_version_in_force_that_is_gone_is_missed_and_one_to_come_is_forgotten() {
        let convenant = Convenant::embedded().unwrap();
        let mut known = recorded(&convenant);
        let coming = Model {
            id: "twente-2027".to_owned(),
            valid_from: day("2027-01-01"),
            ..row(&mut known, NEW).clone()
        };
        known.push(coming);
        assert_eq!(gone(&known, &convenant, day("2026-12-31")), ["twente-2027"]);
        assert_eq!(contradictions(&known, &convenant, day("2026-12-31")), []);
        let missing = Contradiction::Missing { version: "twente-2027".to_owned() };
        assert_eq!(contradictions(&known, &convenant, day("2027-01-01")), [missing]);
    }

    /// A house that nobody worked for here may begin with the version it has.
    #[test]
    fn a_new_house_is_never_late() {
        let convenant = Convenant::embedded().unwrap();
        let mut known = recorded(&convenant);
        known.retain(|row| row.house != "DRENTHE");
        assert_eq!(contradictions(&known, &convenant, day("2026-01-01")), []);
    }
}
