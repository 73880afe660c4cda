//! What of an access may be told, and what kind of access it was. Pure.
//!
//! The covenant gives the data protection officer the inzagelog (D35): who was shown which categories. An embargo of
//! opsporing goes before it (domain.md A74 and row 24). No record of the ledger has one of its own: the covenant knows
//! it as a category, the investigation under way, which rule V17 keeps from all but those who supply it and those to
//! whom the OM lets it go.

use convenant::{Category, CategorySet, Involvement};
use waarborg::ledger::{AccessRecord, Kind};

use super::AccessKind;

/// What of an access may not be told to whom the covenant shows these categories: what an embargo covers. One of nothing
/// else is not told at all: neither that it was, nor when, nor by whom.
pub(super) fn withheld(shown: CategorySet) -> CategorySet {
    let is_withheld = |category: &Category| category.is_embargoed() && !shown.contains(*category);
    Category::ALL.iter().copied().filter(is_withheld).collect()
}

/// The categories of an access.
pub(super) fn categories(record: &AccessRecord) -> Vec<Category> {
    record.leaves.iter().filter_map(|code| code.parse().ok()).collect()
}

/// What kind of access it was. Whatever was seen or done with break-glass in hand is emergency access.
pub(super) fn kind(record: &AccessRecord) -> AccessKind {
    let emergency = record.involvements.contains(Involvement::Noodtoegang.code());
    match record.kind {
        Kind::Refusal => AccessKind::Refused,
        Kind::Response | Kind::Payload | Kind::Event | Kind::Effect | Kind::Hit if emergency => {
            AccessKind::EmergencyAccess
        }
        Kind::Response | Kind::Payload => AccessKind::Read,
        Kind::Event => AccessKind::Event,
        Kind::Effect => AccessKind::Written,
        Kind::Hit => AccessKind::Hit,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use entity::id::{OrganisationId, ProfessionalId};

    fn record(kind: Kind, involvement: &str, leaves: &[&str]) -> AccessRecord {
        AccessRecord {
            kind,
            professional: ProfessionalId::fresh(),
            organisation: OrganisationId::fresh(),
            partner: "POLITIE".to_owned(),
            operation: None,
            purpose: String::new(),
            trace: String::new(),
            house: "TWENTE".to_owned(),
            version: String::new(),
            tafel: "PMG".to_owned(),
            phase: "F6".to_owned(),
            involvements: BTreeSet::from([involvement.to_owned()]),
            leaves: leaves.iter().map(|leaf| (*leaf).to_owned()).collect(),
            rows: BTreeSet::new(),
            outcomes: BTreeSet::new(),
        }
    }

    #[test]
    fn an_embargo_is_told_to_whom_it_is_shown() {
        assert_eq!(withheld([Category::D35].into_iter().collect()), [Category::D15L].into_iter().collect());
        assert_eq!(withheld([Category::D35, Category::D15L].into_iter().collect()), CategorySet::default());
    }

    #[test]
    fn each_kind_of_record_is_one_kind_of_access() {
        for (kind, usual, with_break_glass) in [
            (Kind::Response, AccessKind::Read, AccessKind::EmergencyAccess),
            (Kind::Payload, AccessKind::Read, AccessKind::EmergencyAccess),
            (Kind::Event, AccessKind::Event, AccessKind::EmergencyAccess),
            (Kind::Effect, AccessKind::Written, AccessKind::EmergencyAccess),
            (Kind::Hit, AccessKind::Hit, AccessKind::EmergencyAccess),
            (Kind::Refusal, AccessKind::Refused, AccessKind::Refused),
        ] {
            assert_eq!(super::kind(&record(kind, "ZETEL", &[])), usual);
            assert_eq!(super::kind(&record(kind, "NOODTOEGANG", &[])), with_break_glass);
        }
    }
}
