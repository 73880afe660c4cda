//! The rules of break-glass: who may open it, for which dossiers, how long it holds, who finds a use. Pure.
//!
//! Sources: the rows of the covenant for the involvement NOODTOEGANG (P39, P40, P44: partners, phases F1 to F10,
//! categories; article 7.5) and domain.md A35. That a strict compartment is not entered is our own model: there is no
//! row for it, and a house may ratify another.

use chrono::Duration;
use convenant::{Category, Confidentiality, Fact, Facts, Involvement, Phase, Reason, Side, Standing, Tafel};
use entity::break_glass;
use waarborg::access::{Access, Denial, Presence};

use crate::features::casusreis::Term;

/// How long it holds (domain.md, BreakGlass).
pub(crate) const HOLDS: Duration = Duration::hours(4);

/// Within which term it is reviewed (domain.md, BreakGlass).
pub(crate) const REVIEW: Term = Term::WorkingDays(2);

/// What stands in the way of opening, whatever dossier is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// An earlier use of the same professional waits for a review whose last day has passed.
    ReviewOverdue,
    /// The professional has break-glass at this dossier now.
    AlreadyOpen,
}

impl Obstacle {
    const ALL: [Self; 2] = [Self::ReviewOverdue, Self::AlreadyOpen];

    /// The code, as an app sees it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::ReviewOverdue => "BREAK_GLASS_REVIEW_OVERDUE",
            Self::AlreadyOpen => "BREAK_GLASS_ALREADY_OPEN",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::ReviewOverdue => {
                "Een eerdere noodtoegang van u is niet op tijd getoetst. Vraag de functionaris \
                 gegevensbescherming om die toetsing; tot dan kunt u er geen nieuwe openen."
            }
            Self::AlreadyOpen => "U hebt al noodtoegang tot dit dossier.",
        }
    }
}

/// The Dutch sentence of an obstacle.
pub(super) fn sentence(code: &str) -> Option<&'static str> {
    Obstacle::ALL.into_iter().find(|obstacle| obstacle.code() == code).map(Obstacle::message)
}

/// Whether a dossier at which break-glass would show something may be entered by it: not one of a strict compartment.
pub(super) fn is_for(presence: &Presence) -> bool {
    let recorded: Option<Confidentiality> = presence.dossier().confidentiality.parse().ok();
    let is_open = |confidentiality| confidentiality < Confidentiality::Strikt;
    recorded.is_some_and(is_open) && is_open(presence.tafel().confidentiality())
}

/// Whether the covenant gives the viewer's organisation break-glass at all, whatever dossier is asked. It looks at no
/// dossier, so its answer tells of none.
pub(super) fn right(access: &Access) -> Result<(), Denial> {
    let principal = access.principal();
    let refused = |reason| Denial { reason, forbids: Vec::new() };
    if gives_something(access, |house, tafel| principal.has_signed(house, tafel, access.today())) {
        Ok(())
    } else if gives_something(access, |_, _| true) {
        Err(refused(Reason::NotSigned))
    } else {
        Err(refused(Reason::Never))
    }
}

/// Whether break-glass shows something at some tafel of some house, in some phase.
fn gives_something(access: &Access, has_signed: impl Fn(&convenant::HouseCode, Tafel) -> bool) -> bool {
    let principal = access.principal();
    access.convenant().houses().iter().any(|house| {
        let Some(version) = house.version_on(access.today()) else { return false };
        let tafels = version.tafels().filter(|tafel| tafel.confidentiality() < Confidentiality::Strikt);
        let mut places = tafels.flat_map(|tafel| Phase::ALL.iter().map(move |phase| (tafel, *phase)));
        places.any(|(tafel, phase)| {
            let standing = Standing {
                partner: principal.partner,
                same_gemeente: true,
                signed: has_signed(house.code(), tafel),
                secrecy: false,
                trained: principal.trained,
                involvement: Involvement::Noodtoegang,
                side: Side::Geen,
                tafel,
                phase,
            };
            !version.engine().disclosure(&standing, Facts::NONE).allowed().is_empty()
        })
    })
}

/// The facts of a use, relative to a viewer: it is their own when they opened it.
pub(super) fn facts(access: &Access, used: &break_glass::Model) -> Facts {
    let own = used.professional_id == access.principal().professional;
    if own { Facts::NONE.with(Fact::Eigen) } else { Facts::NONE }
}

/// As what a viewer finds a use: a line of the log (D35), which is for the data protection officer, the person
/// concerned and who opened it; or one of the rules of the process (D29), which the procesregie keeps. None for others:
/// they do not find it.
pub(super) fn line(presence: &Presence, facts: Facts) -> Option<Category> {
    let shown = presence.disclosure(facts);
    let keeps_process = presence.is_involved_as(Involvement::Procesregie);
    if shown.sees(Category::D35) {
        Some(Category::D35)
    } else {
        (keeps_process && shown.sees(Category::D29)).then_some(Category::D29)
    }
}

/// Whether a viewer is here as the person whom the dossier is about, who is not told the name of who entered nor the
/// words in which they said why: those may be about others.
pub(super) fn is_person_concerned(presence: &Presence) -> bool {
    presence.is_involved_as(Involvement::Betrokkene)
}
