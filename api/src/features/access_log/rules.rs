//! What of an access may be told, and what kind of access it was. Pure.
//!
//! The covenant gives the data protection officer the inzagelog (D35): who was shown which categories. An embargo of
//! opsporing goes before it (domain.md A74 and row 24). No record of the ledger has one of its own: the covenant knows
//! it as a category, the investigation under way, which rule V17 keeps from all but those who supply it and those to
//! whom the OM lets it go.

use convenant::{Category, CategorySet, Involvement};
use waarborg::ledger::{Access, AccessRecord, Kind};

use super::AccessKind;

/// What an embargo of opsporing covers: that there is such an investigation.
const EMBARGOED: [Category; 1] = [Category::D15L];

/// Whether an access may be told to whom the covenant shows these categories. One of nothing but what is under embargo
/// may not: neither that it was, nor when, nor by whom.
pub(super) fn may_be_told(access: &Access, shown: CategorySet) -> bool {
    let Some(record) = &access.told else { return true };
    let is_withheld = |code: &String| code.parse().is_ok_and(|category| is_embargoed(category, shown));
    record.leaves.is_empty() || !record.leaves.iter().all(is_withheld)
}

/// The categories of an access that may be told to whom the covenant shows these.
pub(super) fn categories(record: &AccessRecord, shown: CategorySet) -> Vec<Category> {
    let known = record.leaves.iter().filter_map(|code| code.parse().ok());
    known.filter(|category| !is_embargoed(*category, shown)).collect()
}

fn is_embargoed(category: Category, shown: CategorySet) -> bool {
    EMBARGOED.contains(&category) && !shown.contains(category)
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

    use chrono::DateTime;
    use entity::id::{OrganisationId, ProfessionalId};
    use waarborg::ledger::Position;

    use super::*;

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

    fn access(told: Option<AccessRecord>) -> Access {
        Access { position: Position::before(DateTime::UNIX_EPOCH), is_genuine: true, told }
    }

    fn set(categories: &[Category]) -> CategorySet {
        categories.iter().copied().collect()
    }

    #[test]
    fn an_embargo_takes_its_category_and_an_access_of_nothing_else() {
        let officer = set(&[Category::D35]);
        let only = record(Kind::Response, "ZETEL", &["D15L"]);
        let mixed = record(Kind::Response, "ZETEL", &["D05", "D15L"]);
        assert!(!may_be_told(&access(Some(only.clone())), officer));
        assert!(may_be_told(&access(Some(mixed.clone())), officer));
        assert_eq!(categories(&mixed, officer), [Category::D05]);
        let who_may = set(&[Category::D15L]);
        assert!(may_be_told(&access(Some(only)), who_may));
        assert_eq!(categories(&mixed, who_may), [Category::D05, Category::D15L]);
    }

    #[test]
    fn an_access_without_categories_or_of_a_changed_record_is_told() {
        let officer = set(&[Category::D35]);
        assert!(may_be_told(&access(Some(record(Kind::Effect, "ZETEL", &[]))), officer));
        assert!(may_be_told(&access(None), officer));
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
