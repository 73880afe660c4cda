//! The states of every machine of the journey, by the codes that the database keeps and the covenant names.

use async_graphql::Enum;
use convenant::Phase;

/// How far an aanmelding is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AanmeldingState {
    /// Submitted.
    Ingediend,
    /// Being checked for completeness.
    Compleetheidscheck,
    /// The aanmelder was asked to complete it.
    AanvullingGevraagd,
    /// Partners are asked whether they know the person.
    Bekendheidscheck,
    /// Partners are asked for information.
    Verrijking,
    /// Being weighed.
    Triage,
    /// Decided.
    Besloten,
    /// The aanmelder was told.
    Teruggekoppeld,
    /// Withdrawn by the aanmelder.
    Ingetrokken,
}

/// How far a case is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CaseState {
    /// Opened at a tafel.
    Geopend,
    /// Being discussed.
    InOverleg,
    /// The plan is established.
    PlanVastgesteld,
    /// The plan is carried out and followed.
    Monitoring,
    /// Being scaled down, with a receiver who has accepted.
    Afschalen,
    /// After-care.
    Nazorg,
    /// Closed.
    Afgesloten,
}

/// How far an afwijking of the criteria is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AfwijkingState {
    /// It waits for the ketenmanager.
    Open,
    /// The ketenmanager approved it.
    Goedgekeurd,
    /// The ketenmanager refused it.
    Geweigerd,
}

/// How far a use of break-glass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BreakGlassState {
    /// The dossier is open to who entered it.
    Open,
    /// Its four hours are over.
    Verlopen,
    /// Who entered ended it early.
    Beeindigd,
    /// The data protection officer found it justified.
    BeoordeeldTerecht,
    /// The data protection officer found it not justified.
    BeoordeeldOnterecht,
}

/// How far a BRP check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BrpCheckState {
    /// It waits for the gemeente.
    Open,
    /// The gemeente answered it.
    Afgerond,
    /// The house goes on without it.
    Zonder,
}

/// How far a bekendheidscheck is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BekendheidscheckState {
    /// It waits for the partner.
    Verzonden,
    /// The partner answered it.
    Beantwoord,
}

/// How far a question for information is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum VerrijkingState {
    /// It waits for the partner.
    Open,
    /// The partner answered it.
    Beantwoord,
    /// The partner refused it, with a ground.
    Geweigerd,
}

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ActionState {
    /// Its owner has not accepted it yet.
    Open,
    /// It binds its owner.
    Bezig,
    /// Done.
    Gereed,
    /// Not feasible.
    NietHaalbaar,
    /// Handed over with the case.
    Overgedragen,
    /// No longer needed.
    Vervallen,
}

/// How far a handover is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OverdrachtState {
    /// It waits for the receiver.
    Aangeboden,
    /// The receiver accepted.
    Aanvaard,
    /// The receiver refused.
    Geweigerd,
}

/// How far a geheimhoudingsverklaring is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum VerklaringState {
    /// It waits for the guest.
    Gevraagd,
    /// The guest signed it.
    Getekend,
}

macro_rules! state_codes {
    ($name:ident, $($variant:ident = $code:literal),+ $(,)?) => {
        impl $name {
            /// Every state.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as kept in the database and named by the covenant.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The state of a code.
            pub(crate) fn named(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.code() == code)
            }
        }
    };
}

state_codes!(
    AanmeldingState,
    Ingediend = "INGEDIEND",
    Compleetheidscheck = "COMPLEETHEIDSCHECK",
    AanvullingGevraagd = "AANVULLING_GEVRAAGD",
    Bekendheidscheck = "BEKENDHEIDSCHECK",
    Verrijking = "VERRIJKING",
    Triage = "TRIAGE",
    Besloten = "BESLOTEN",
    Teruggekoppeld = "TERUGGEKOPPELD",
    Ingetrokken = "INGETROKKEN",
);

state_codes!(
    CaseState,
    Geopend = "GEOPEND",
    InOverleg = "IN_OVERLEG",
    PlanVastgesteld = "PLAN_VASTGESTELD",
    Monitoring = "MONITORING",
    Afschalen = "AFSCHALEN",
    Nazorg = "NAZORG",
    Afgesloten = "AFGESLOTEN",
);

state_codes!(AfwijkingState, Open = "OPEN", Goedgekeurd = "GOEDGEKEURD", Geweigerd = "GEWEIGERD");

state_codes!(
    BreakGlassState,
    Open = "OPEN",
    Verlopen = "VERLOPEN",
    Beeindigd = "BEEINDIGD",
    BeoordeeldTerecht = "BEOORDEELD_TERECHT",
    BeoordeeldOnterecht = "BEOORDEELD_ONTERECHT",
);

state_codes!(BrpCheckState, Open = "OPEN", Afgerond = "AFGEROND", Zonder = "ZONDER");

state_codes!(BekendheidscheckState, Verzonden = "VERZONDEN", Beantwoord = "BEANTWOORD");

state_codes!(VerrijkingState, Open = "OPEN", Beantwoord = "BEANTWOORD", Geweigerd = "GEWEIGERD");

state_codes!(
    ActionState,
    Open = "OPEN",
    Bezig = "BEZIG",
    Gereed = "GEREED",
    NietHaalbaar = "NIET_HAALBAAR",
    Overgedragen = "OVERGEDRAGEN",
    Vervallen = "VERVALLEN",
);

state_codes!(OverdrachtState, Aangeboden = "AANGEBODEN", Aanvaard = "AANVAARD", Geweigerd = "GEWEIGERD");

state_codes!(VerklaringState, Gevraagd = "GEVRAAGD", Getekend = "GETEKEND");

impl AanmeldingState {
    /// The phase that the covenant gives this state.
    pub(crate) fn phase(self) -> Option<Phase> {
        convenant::phase_of("Aanmelding", self.code())
    }
}

impl CaseState {
    /// The phase that the covenant gives this state.
    pub(crate) fn phase(self) -> Option<Phase> {
        convenant::phase_of("Case", self.code())
    }
}
