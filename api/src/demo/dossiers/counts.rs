//! How many dossiers each house has at each tafel, and how far they are.
//!
//! The numbers of Twente and De Markiezaten are those of their own reports over 2023, as far as these give
//! them. Drenthe publishes none: its numbers, and those of the smaller tafels, are plausible and no more.

use convenant::Tafel;

use super::stage::Stage;

/// How dossiers are spread over the stages: weights that need not add up to anything.
pub(super) type Spread = &'static [(Stage, u32)];

/// The dossiers of a house at a tafel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) house: &'static str,
    pub(super) tafel: Tafel,
    pub(super) werkgebied: Option<&'static str>,
    pub(super) dossiers: u32,
    pub(super) spread: Spread,
}

/// A year's dossiers: some are over.
const YEAR: Spread = &[
    (Stage::Ingediend, 3),
    (Stage::Compleetheidscheck, 4),
    (Stage::AanvullingGevraagd, 2),
    (Stage::Bekendheidscheck, 5),
    (Stage::Verrijking, 6),
    (Stage::Triage, 5),
    (Stage::Geopend, 6),
    (Stage::InOverleg, 16),
    (Stage::PlanVastgesteld, 10),
    (Stage::Monitoring, 22),
    (Stage::Afschalen, 6),
    (Stage::Nazorg, 5),
    (Stage::Afgesloten, 6),
    (Stage::Afgewezen, 3),
    (Stage::Ingetrokken, 1),
];

/// Dossiers that are all active.
const ACTIVE: Spread = &[
    (Stage::Ingediend, 3),
    (Stage::Compleetheidscheck, 4),
    (Stage::AanvullingGevraagd, 2),
    (Stage::Bekendheidscheck, 5),
    (Stage::Verrijking, 6),
    (Stage::Triage, 5),
    (Stage::Geopend, 6),
    (Stage::InOverleg, 16),
    (Stage::PlanVastgesteld, 10),
    (Stage::Monitoring, 24),
    (Stage::Afschalen, 6),
    (Stage::Nazorg, 5),
];

/// Dossiers that came from another tafel, or were included: the case is there.
const CASES: Spread = &[
    (Stage::Geopend, 1),
    (Stage::InOverleg, 2),
    (Stage::PlanVastgesteld, 2),
    (Stage::Monitoring, 5),
    (Stage::Afschalen, 1),
];

/// Where people are weighed and then go on elsewhere. A vooroverleg is one: it concerns a person, so it is a
/// dossier, and it never counts as a case.
const WEIGHED: Spread = &[(Stage::Triage, 1)];

/// Weekly triage, then a care organisation.
const ALLOCATED: Spread = &[(Stage::Triage, 4), (Stage::InOverleg, 5), (Stage::Afgewezen, 1)];

/// Over, with advice.
const ADVISED: Spread = &[(Stage::Afgewezen, 1)];

/// Followed up by those who govern.
const ESCALATED: Spread = &[(Stage::Monitoring, 1)];

/// Over, after a case.
const CLOSED: Spread = &[(Stage::Afgesloten, 1)];

const fn share(
    house: &'static str,
    tafel: Tafel,
    werkgebied: Option<&'static str>,
    dossiers: u32,
    spread: Spread,
) -> Share {
    Share { house, tafel, werkgebied, dossiers, spread }
}

const TWENTE: &str = "TWENTE";
const MARKIEZATEN: &str = "MARKIEZATEN";
const DRENTHE: &str = "DRENTHE";

/// The dossiers of the demo.
pub(super) static SHARES: [Share; 46] = [
    share(TWENTE, Tafel::Topx, Some("1"), 85, YEAR),
    share(TWENTE, Tafel::Topx, Some("2"), 111, YEAR),
    share(TWENTE, Tafel::Topx, Some("3"), 93, YEAR),
    share(TWENTE, Tafel::Vpo, Some("1"), 40, YEAR),
    share(TWENTE, Tafel::Vpo, Some("2"), 33, YEAR),
    share(TWENTE, Tafel::Vpo, Some("3"), 85, YEAR),
    share(TWENTE, Tafel::Jor, Some("1"), 33, YEAR),
    share(TWENTE, Tafel::Jor, Some("2"), 34, YEAR),
    share(TWENTE, Tafel::Jor, Some("3"), 33, YEAR),
    share(TWENTE, Tafel::CodeRood, None, 20, YEAR),
    share(TWENTE, Tafel::CodeRood, None, 11, WEIGHED),
    share(TWENTE, Tafel::Rad, None, 20, YEAR),
    share(TWENTE, Tafel::MhRegie, None, 96, YEAR),
    share(TWENTE, Tafel::Rfpn, None, 6, CASES),
    share(TWENTE, Tafel::Rdm3, None, 1, ESCALATED),
    share(MARKIEZATEN, Tafel::Coveca, None, 96, ACTIVE),
    share(MARKIEZATEN, Tafel::Coveca, None, 12, CLOSED),
    share(MARKIEZATEN, Tafel::Lla, None, 15, CASES),
    share(MARKIEZATEN, Tafel::LlaIncl, None, 2, WEIGHED),
    share(MARKIEZATEN, Tafel::MhRegie, None, 71, ADVISED),
    share(MARKIEZATEN, Tafel::MhRegie, None, 22, CASES),
    share(MARKIEZATEN, Tafel::Reg, None, 24, ACTIVE),
    share(MARKIEZATEN, Tafel::RegJeugd, None, 4, CASES),
    share(MARKIEZATEN, Tafel::IsdTerugkeer, None, 3, CASES),
    share(MARKIEZATEN, Tafel::I28, None, 20, ALLOCATED),
    share(MARKIEZATEN, Tafel::Oggz, None, 18, ACTIVE),
    share(MARKIEZATEN, Tafel::Mda, None, 8, ACTIVE),
    share(MARKIEZATEN, Tafel::Actieoverleg, None, 3, CASES),
    share(MARKIEZATEN, Tafel::Rad, None, 5, CASES),
    share(MARKIEZATEN, Tafel::CterWeeg, None, 3, WEIGHED),
    share(MARKIEZATEN, Tafel::MhSignaal, None, 2, WEIGHED),
    share(DRENTHE, Tafel::Coveca, None, 84, YEAR),
    share(DRENTHE, Tafel::Stalking, None, 9, ACTIVE),
    share(DRENTHE, Tafel::Rad, None, 8, CASES),
    share(DRENTHE, Tafel::CterWeeg, None, 3, WEIGHED),
    share(DRENTHE, Tafel::Lla, None, 14, CASES),
    share(DRENTHE, Tafel::LlaIncl, None, 3, WEIGHED),
    share(DRENTHE, Tafel::Expert, None, 6, CASES),
    share(DRENTHE, Tafel::Reg, None, 36, YEAR),
    share(DRENTHE, Tafel::RegJeugd, None, 5, CASES),
    share(DRENTHE, Tafel::IsdTerugkeer, None, 4, CASES),
    share(DRENTHE, Tafel::Mda, None, 10, ACTIVE),
    share(DRENTHE, Tafel::Actieoverleg, None, 4, CASES),
    share(DRENTHE, Tafel::Routeer, None, 6, WEIGHED),
    share(DRENTHE, Tafel::MhRegie, None, 28, YEAR),
    share(DRENTHE, Tafel::MhDrieluik, None, 3, WEIGHED),
];

/// How many dossiers a house has.
pub(in crate::demo) fn count(house: &str) -> u32 {
    SHARES.iter().filter(|share| share.house == house).map(|share| share.dossiers).sum()
}

/// Whether a house publishes how many it has.
pub(in crate::demo) fn is_published(house: &str) -> bool {
    house != DRENTHE
}

impl Share {
    /// The stage of one of its dossiers: the weights are spread evenly, so that few dossiers are also many
    /// stages.
    pub(super) fn stage(&self, place: u32) -> Stage {
        let whole: u32 = self.spread.iter().map(|(_, weight)| weight).sum();
        // Past half a dossier, so that a single one takes the middle.
        let mut left = (2 * place + 1) * whole / (2 * self.dossiers.max(1));
        for (stage, weight) in self.spread {
            if left < *weight {
                return *stage;
            }
            left -= weight;
        }
        self.spread.last().map_or(Stage::Ingediend, |(stage, _)| *stage)
    }
}

#[cfg(test)]
mod tests {
    use convenant::{Convenant, HouseCode};

    use super::*;

    fn count(house: &str, tafel: Tafel, active: bool) -> usize {
        let shares = SHARES.iter().filter(|share| share.house == house && share.tafel == tafel);
        let stages = shares.flat_map(|share| (0..share.dossiers).map(|place| share.stage(place)));
        stages.filter(|stage| !active || !stage.is_closed()).count()
    }

    #[test]
    fn the_numbers_are_those_of_the_houses_reports() {
        const VOOROVERLEGGEN: usize = 11;
        let twente = [
            (Tafel::Topx, 289),
            (Tafel::Vpo, 158),
            (Tafel::CodeRood, 20 + VOOROVERLEGGEN),
            (Tafel::Jor, 100),
            (Tafel::Rad, 20),
            (Tafel::MhRegie, 96),
            (Tafel::Rfpn, 6),
        ];
        for (tafel, dossiers) in twente {
            assert_eq!(count(TWENTE, tafel, false), dossiers, "{tafel}");
        }
        let weighed = |share: &&Share| share.tafel == Tafel::CodeRood && share.spread == WEIGHED;
        let vooroverleggen: u32 = SHARES.iter().filter(weighed).map(|share| share.dossiers).sum();
        assert_eq!(vooroverleggen as usize, VOOROVERLEGGEN);
        assert_eq!(count(MARKIEZATEN, Tafel::Coveca, true), 96);
        assert_eq!(count(MARKIEZATEN, Tafel::Lla, true), 15);
        assert_eq!(count(MARKIEZATEN, Tafel::MhRegie, false), 93);
        assert_eq!(count(MARKIEZATEN, Tafel::MhRegie, true), 22);
    }

    #[test]
    fn every_tafel_is_one_of_its_house() {
        let convenant = Convenant::embedded().unwrap();
        for share in &SHARES {
            let house = convenant.house(&HouseCode::new(share.house)).unwrap();
            assert!(house.versions().last().unwrap().has(share.tafel), "{} {}", share.house, share.tafel);
        }
    }

    #[test]
    fn every_stage_of_a_year_occurs() {
        let year = SHARES.iter().find(|share| share.dossiers > 100).unwrap();
        for (stage, _) in year.spread {
            assert!((0..year.dossiers).any(|place| year.stage(place) == *stage), "{stage:?}");
        }
    }
}
