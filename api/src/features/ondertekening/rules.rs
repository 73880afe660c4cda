//! The rules of signatures, contracts and training: who records them for a house, and what stands in the way. Pure.
//!
//! Sources: domain.md Ondertekening; covenant README (`signed`, `trained`). That the ketenmanager of the house records
//! them, and that an ending begins tomorrow at the earliest, is our own model.

use chrono::NaiveDate;
use convenant::PartnerKind;
use entity::{gemeente_contract, signature};
use waarborg::access::{Access, Role};

use crate::graphql::change::Refused;

/// What stands in the way of an act on what a house keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A signature of the organisation counts for one of the tafels from that day on, or later.
    SignatureKnown,
    /// A contract of the gemeente counts from that day on, or later.
    ContractKnown,
    /// It has an end already.
    Ended,
    /// The first day without it is not after today.
    Backdated,
    /// It would end before it begins.
    BeforeItBegins,
    /// The professional is trained already.
    TrainingKnown,
    /// The training is yet to come.
    TrainingToCome,
}

impl Obstacle {
    const ALL: [Self; 7] = [
        Self::SignatureKnown,
        Self::ContractKnown,
        Self::Ended,
        Self::Backdated,
        Self::BeforeItBegins,
        Self::TrainingKnown,
        Self::TrainingToCome,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::SignatureKnown => "SIGNATURE_KNOWN",
            Self::ContractKnown => "CONTRACT_KNOWN",
            Self::Ended => "ALREADY_ENDED",
            Self::Backdated => "ENDING_BACKDATED",
            Self::BeforeItBegins => "ENDING_BEFORE_BEGIN",
            Self::TrainingKnown => "TRAINING_KNOWN",
            Self::TrainingToCome => "TRAINING_TO_COME",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::SignatureKnown => "Van deze organisatie geldt op die dag al een ondertekening.",
            Self::ContractKnown => "Van deze gemeente geldt op die dag al zo'n contract.",
            Self::Ended => "Hiervan is al een einde vastgelegd.",
            Self::Backdated => "Een einde gaat op zijn vroegst morgen in.",
            Self::BeforeItBegins => "Dit kan niet eindigen voordat het begint.",
            Self::TrainingKnown => "Van deze professional is de training al vastgelegd.",
            Self::TrainingToCome => "Een training die nog moet komen, kan niet worden vastgelegd.",
        }
    }

    /// The refusal of an act for this obstacle.
    pub(super) fn refused(self) -> Refused {
        Refused::Conditions(vec![self.code()])
    }
}

/// The Dutch sentence of an obstacle.
pub(super) fn sentence(code: &str) -> Option<&'static str> {
    Obstacle::ALL.into_iter().find(|obstacle| obstacle.code() == code).map(Obstacle::message)
}

/// Whether a viewer leads the houses in which their organisation keeps a desk: a ketenmanager of a bureau.
pub(super) fn leads(access: &Access) -> Result<(), Refused> {
    let principal = access.principal();
    let leads = principal.has_role(Role::Ketenmanager) && principal.partner == PartnerKind::ZvhBureau;
    if leads { Ok(()) } else { Err(Refused::NotOfInvolvement) }
}

/// Whether an ending may be recorded today of what begins on a day.
pub(super) fn may_end(
    begins_on: NaiveDate,
    known: Option<NaiveDate>,
    ends_on: NaiveDate,
    today: NaiveDate,
) -> Result<(), Obstacle> {
    if known.is_some() {
        Err(Obstacle::Ended)
    } else if ends_on <= today {
        Err(Obstacle::Backdated)
    } else if ends_on < begins_on {
        Err(Obstacle::BeforeItBegins)
    } else {
        Ok(())
    }
}

/// Whether a signature still counts on a day or later, for one of these tafels; no tafels are all of them.
pub(super) fn overlaps(known: &signature::Model, tafels: Option<&str>, from: NaiveDate) -> bool {
    let lasts = known.ended_on.is_none_or(|ended| from < ended);
    let shares = match (known.tafels.as_deref(), tafels) {
        (Some(known), Some(asked)) => {
            known.split_whitespace().any(|code| asked.split_whitespace().any(|other| other == code))
        }
        (None, _) | (_, None) => true,
    };
    lasts && shares
}

/// Whether a contract still counts on a day or later.
pub(super) fn lasts(known: &gemeente_contract::Model, from: NaiveDate) -> bool {
    known.ended_on.is_none_or(|ended| from < ended)
}

#[cfg(test)]
mod tests {
    use entity::id::{OrganisationId, SignatureId};

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 2, day).unwrap()
    }

    #[test]
    fn an_ending_begins_tomorrow_at_the_earliest_and_is_recorded_once() {
        assert_eq!(may_end(day(1), None, day(13), day(12)), Ok(()));
        assert_eq!(may_end(day(1), None, day(12), day(12)), Err(Obstacle::Backdated));
        assert_eq!(may_end(day(20), None, day(19), day(12)), Err(Obstacle::BeforeItBegins));
        assert_eq!(may_end(day(1), Some(day(28)), day(13), day(12)), Err(Obstacle::Ended));
    }

    #[test]
    fn signatures_of_other_tafels_or_other_days_stand_beside_each_other() {
        let known = |tafels: Option<&str>, ended_on| signature::Model {
            id: SignatureId::fresh(),
            organisation_id: OrganisationId::fresh(),
            house: "TWENTE".to_owned(),
            tafels: tafels.map(str::to_owned),
            signed_on: day(1),
            ended_on,
            signed_by: None,
        };
        assert!(overlaps(&known(None, None), Some("TOPX"), day(12)));
        assert!(overlaps(&known(Some("TOPX VPO"), None), Some("JOR VPO"), day(12)));
        assert!(overlaps(&known(Some("TOPX"), None), None, day(12)));
        assert!(!overlaps(&known(Some("TOPX"), None), Some("VPO"), day(12)));
        assert!(!overlaps(&known(None, Some(day(12))), None, day(12)));
        assert!(overlaps(&known(None, Some(day(13))), None, day(12)));
    }
}
