//! How far a dossier of the demo is, and what has happened in it by then.
//!
//! The states are those of the machines Aanmelding and Case; their phase is the covenant's to say.

use convenant::{Phase, phase_of};

/// How far a dossier is. In the order of the journey; the last two left it early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::demo) enum Stage {
    Ingediend,
    Compleetheidscheck,
    AanvullingGevraagd,
    Bekendheidscheck,
    Verrijking,
    Triage,
    Geopend,
    InOverleg,
    PlanVastgesteld,
    Monitoring,
    Afschalen,
    Nazorg,
    Afgesloten,
    /// Triage decided that the house does not take it up.
    Afgewezen,
    /// The aanmelder withdrew it.
    Ingetrokken,
}

impl Stage {
    /// State of the machine Aanmelding.
    pub(super) fn aanmelding(self) -> &'static str {
        match self {
            Self::Ingediend => "INGEDIEND",
            Self::Compleetheidscheck => "COMPLEETHEIDSCHECK",
            Self::AanvullingGevraagd => "AANVULLING_GEVRAAGD",
            Self::Bekendheidscheck => "BEKENDHEIDSCHECK",
            Self::Verrijking => "VERRIJKING",
            Self::Triage => "TRIAGE",
            Self::Geopend => "BESLOTEN",
            Self::Ingetrokken => "INGETROKKEN",
            Self::InOverleg
            | Self::PlanVastgesteld
            | Self::Monitoring
            | Self::Afschalen
            | Self::Nazorg
            | Self::Afgesloten
            | Self::Afgewezen => "TERUGGEKOPPELD",
        }
    }

    /// State of the machine Case; none before one was opened.
    pub(super) fn case(self) -> Option<&'static str> {
        match self {
            Self::Geopend => Some("GEOPEND"),
            Self::InOverleg => Some("IN_OVERLEG"),
            Self::PlanVastgesteld => Some("PLAN_VASTGESTELD"),
            Self::Monitoring => Some("MONITORING"),
            Self::Afschalen => Some("AFSCHALEN"),
            Self::Nazorg => Some("NAZORG"),
            Self::Afgesloten => Some("AFGESLOTEN"),
            Self::Ingediend
            | Self::Compleetheidscheck
            | Self::AanvullingGevraagd
            | Self::Bekendheidscheck
            | Self::Verrijking
            | Self::Triage
            | Self::Afgewezen
            | Self::Ingetrokken => None,
        }
    }

    /// The phase that the covenant gives it.
    pub(in crate::demo) fn phase(self) -> Phase {
        let of_case = self.case().and_then(|state| phase_of("Case", state));
        of_case.or_else(|| phase_of("Aanmelding", self.aanmelding())).unwrap_or(Phase::F1)
    }

    /// Whether the journey came as far as another stage.
    pub(super) fn reached(self, other: Self) -> bool {
        let furthest = match self {
            Self::Afgewezen => Self::Triage,
            Self::Ingetrokken => Self::Compleetheidscheck,
            stage => stage,
        };
        furthest >= other
    }

    /// Whether a case was opened.
    pub(super) fn has_case(self) -> bool {
        self.case().is_some()
    }

    /// Whether it is over.
    pub(in crate::demo) fn is_closed(self) -> bool {
        matches!(self, Self::Afgesloten | Self::Afgewezen | Self::Ingetrokken)
    }

    /// How many days ago it began: at least, and how many more at most.
    pub(super) fn age(self) -> (u32, u32) {
        match self {
            Self::Ingediend => (0, 2),
            Self::Compleetheidscheck => (1, 2),
            Self::AanvullingGevraagd => (3, 4),
            Self::Bekendheidscheck => (2, 2),
            Self::Verrijking => (5, 4),
            Self::Triage => (14, 4),
            Self::Geopend => (18, 6),
            Self::InOverleg => (26, 30),
            Self::PlanVastgesteld => (45, 30),
            Self::Monitoring => (65, 240),
            Self::Afschalen => (130, 200),
            Self::Nazorg => (180, 220),
            Self::Afgesloten => (250, 400),
            Self::Afgewezen => (20, 230),
            Self::Ingetrokken => (4, 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::casusreis::{AanmeldingState, CaseState};

    const ALL: [Stage; 15] = [
        Stage::Ingediend,
        Stage::Compleetheidscheck,
        Stage::AanvullingGevraagd,
        Stage::Bekendheidscheck,
        Stage::Verrijking,
        Stage::Triage,
        Stage::Geopend,
        Stage::InOverleg,
        Stage::PlanVastgesteld,
        Stage::Monitoring,
        Stage::Afschalen,
        Stage::Nazorg,
        Stage::Afgesloten,
        Stage::Afgewezen,
        Stage::Ingetrokken,
    ];

    #[test]
    fn the_states_are_those_of_the_journey() {
        for stage in ALL {
            assert!(AanmeldingState::named(stage.aanmelding()).is_some(), "{stage:?}");
            assert!(stage.case().is_none_or(|state| CaseState::named(state).is_some()), "{stage:?}");
        }
    }

    #[test]
    fn the_phase_is_that_of_the_covenant() {
        let phases = [
            (Stage::Ingediend, Phase::F1),
            (Stage::Bekendheidscheck, Phase::F2),
            (Stage::Verrijking, Phase::F4),
            (Stage::Triage, Phase::F5),
            (Stage::Geopend, Phase::F6),
            (Stage::InOverleg, Phase::F6),
            (Stage::PlanVastgesteld, Phase::F7),
            (Stage::Monitoring, Phase::F8),
            (Stage::Afschalen, Phase::F9),
            (Stage::Nazorg, Phase::F10),
            (Stage::Afgesloten, Phase::F11),
            (Stage::Afgewezen, Phase::F11),
            (Stage::Ingetrokken, Phase::F11),
        ];
        for (stage, phase) in phases {
            assert_eq!(stage.phase(), phase, "{stage:?}");
        }
    }
}
