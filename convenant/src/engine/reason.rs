//! Why not: one reason for each denial (README, "Why not").
//!
//! It tries single changes on the covenant itself; it must never reason about rows.

use super::{Engine, Request};
use crate::vocabulary::{Fact, Facts, Involvement, Phase, Side, Standing, Tafel};

/// The one reason of a denial: the first single change that would turn it into yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The organisation has not signed the covenant.
    NotSigned,
    /// The professional is not trained in radicalisering.
    NotTrained,
    /// The dossier is another gemeente's.
    OtherGemeente,
    /// The supplier restricted it.
    SupplierRestricted,
    /// It is past its validity.
    Expired,
    /// A ground is needed that is not recorded.
    NoGroundRecorded,
    /// A later phase would do.
    TooEarly,
    /// Only an earlier phase would do.
    TooLate,
    /// Another tafel would do.
    Tafel,
    /// Another involvement would do.
    Involvement,
    /// The side of the professional forbids it.
    Protected,
    /// No single change would do.
    Never,
}

impl Reason {
    /// Every reason, in the order in which they are tried.
    pub const ALL: &'static [Self] = &[
        Self::NotSigned,
        Self::NotTrained,
        Self::OtherGemeente,
        Self::SupplierRestricted,
        Self::Expired,
        Self::NoGroundRecorded,
        Self::TooEarly,
        Self::TooLate,
        Self::Tafel,
        Self::Involvement,
        Self::Protected,
        Self::Never,
    ];

    /// The code, as the README writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotSigned => "NOT_SIGNED",
            Self::NotTrained => "NOT_TRAINED",
            Self::OtherGemeente => "OTHER_GEMEENTE",
            Self::SupplierRestricted => "SUPPLIER_RESTRICTED",
            Self::Expired => "EXPIRED",
            Self::NoGroundRecorded => "NO_GROUND_RECORDED",
            Self::TooEarly => "TOO_EARLY",
            Self::TooLate => "TOO_LATE",
            Self::Tafel => "TAFEL",
            Self::Involvement => "INVOLVEMENT",
            Self::Protected => "PROTECTED",
            Self::Never => "NEVER",
        }
    }

    /// A Dutch sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotSigned => "De organisatie heeft het convenant niet ondertekend.",
            Self::NotTrained => "De professional is niet opgeleid voor radicalisering.",
            Self::OtherGemeente => "Het dossier is van een andere gemeente.",
            Self::SupplierRestricted => "De leverancier heeft het verder delen beperkt.",
            Self::Expired => "De geldigheid is verlopen.",
            Self::NoGroundRecorded => "De grond die hiervoor nodig is, is niet vastgelegd.",
            Self::TooEarly => "Het dossier is nog niet in de fase waarin dit mag.",
            Self::TooLate => "Het dossier is voorbij de fase waarin dit mag.",
            Self::Tafel => "Aan deze tafel mag dit niet.",
            Self::Involvement => "Met deze betrokkenheid mag dit niet.",
            Self::Protected => "Wie aan deze kant van de zaak werkt, mag dit niet.",
            Self::Never => "Het convenant staat dit niet toe.",
        }
    }

    /// Can something be requested that would change the answer: a ground that is still to be recorded, a renewal?
    pub const fn requestable(self) -> bool {
        matches!(self, Self::NoGroundRecorded | Self::Expired)
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

const RESTRICTIONS: [Fact; 2] = [Fact::NietVerderDelen, Fact::AlleenTriage];
const GROUNDS: [Fact; 6] = [
    Fact::Ontvanger,
    Fact::Toestemming,
    Fact::OmAkkoord,
    Fact::Doorbreking,
    Fact::Noodzaak,
    Fact::Vrijgegeven,
];

/// The reason of a request that is denied; each change is tried alone.
pub(super) fn of_denial(engine: &Engine, request: &Request) -> Reason {
    let denied = Denied { engine, request };
    let found = Reason::ALL.iter().copied().find(|reason| denied.would_do(*reason));
    found.unwrap_or(Reason::Never)
}

/// The facts of which any one would do.
pub(super) fn facts_that_would_do(engine: &Engine, request: &Request) -> Vec<Fact> {
    let denied = Denied { engine, request };
    GROUNDS.iter().copied().filter(|fact| denied.facts(request.facts.with(*fact))).collect()
}

/// The phases in which it would be allowed; none for a task, which brings its own.
pub(super) fn phases_that_would_do(engine: &Engine, request: &Request) -> Vec<Phase> {
    let denied = Denied { engine, request };
    let would_do = |phase: &Phase| denied.standing(Standing { phase: *phase, ..request.standing });
    Phase::ALL.iter().copied().filter(would_do).collect()
}

struct Denied<'a> {
    engine: &'a Engine,
    request: &'a Request,
}

impl Denied<'_> {
    fn would_do(&self, reason: Reason) -> bool {
        let now = self.request.standing;
        match reason {
            Reason::NotSigned => self.standing(Standing { signed: true, ..now }),
            Reason::NotTrained => self.standing(Standing { trained: true, ..now }),
            Reason::OtherGemeente => self.standing(Standing { same_gemeente: true, ..now }),
            Reason::SupplierRestricted => RESTRICTIONS.iter().any(|fact| self.without(*fact)),
            Reason::Expired => self.without(Fact::Verlopen),
            Reason::NoGroundRecorded => GROUNDS.iter().any(|fact| self.facts(self.request.facts.with(*fact))),
            Reason::TooEarly => self.any_phase(|phase| phase > now.effective_phase()),
            Reason::TooLate => self.any_phase(|phase| phase < now.effective_phase()),
            Reason::Tafel => Tafel::ALL.iter().any(|tafel| self.standing(Standing { tafel: *tafel, ..now })),
            Reason::Involvement => Involvement::ALL
                .iter()
                .any(|involvement| self.standing(Standing { involvement: *involvement, ..now })),
            Reason::Protected => Side::ALL.iter().any(|side| self.standing(Standing { side: *side, ..now })),
            Reason::Never => true,
        }
    }

    fn any_phase(&self, test: impl Fn(Phase) -> bool) -> bool {
        let phases = Phase::ALL.iter().copied().filter(|phase| test(*phase));
        phases.into_iter().any(|phase| self.standing(Standing { phase, ..self.request.standing }))
    }

    /// Would the same request under this standing be allowed? The same standing is known not to be.
    fn standing(&self, standing: Standing) -> bool {
        standing != self.request.standing && self.engine.allows(&Request { standing, ..*self.request })
    }

    fn without(&self, fact: Fact) -> bool {
        self.facts(self.request.facts.without(fact))
    }

    fn facts(&self, facts: Facts) -> bool {
        facts != self.request.facts && self.engine.allows(&Request { facts, ..*self.request })
    }
}
