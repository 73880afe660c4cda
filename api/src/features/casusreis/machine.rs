//! The state machines Aanmelding and Case as one table of transitions. Those of single rows are in [`super::task`].
//!
//! Sources: domain.md b.3 and b.6 for the transitions, the covenant's `phases` for the phase of each state.

use convenant::{Category, Involvement, Phase};
use waarborg::access::{Presence, Principal, Role};

use super::guard::Guard;
use super::state::{AanmeldingState, CaseState};
use super::supplied::Supplied;
use super::term::Term;

/// The states between which a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A step of the aanmelding; without `to` it leaves the state as it is.
    Aanmelding { from: &'static [AanmeldingState], to: Option<AanmeldingState> },
    /// A step of the case; without `to` it leaves the state as it is.
    Case { from: &'static [CaseState], to: Option<CaseState> },
}

/// A step of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    TakeUpAanmelding,
    RequestCompletion,
    CompleteAanmelding,
    AskBekendheid,
    WaiveBrpCheck,
    StartVerrijking,
    AskVerrijking,
    StartTriage,
    AskAfwijking,
    DecideAfwijking,
    DecideTriage,
    ReportBack,
    WithdrawAanmelding,
    InviteToSeat,
    InviteGuest,
    StartOverleg,
    SupplyInbreng,
    MakePlan,
    AddAction,
    EstablishPlan,
    StartMonitoring,
    ReturnToOverleg,
    OfferOverdracht,
    StartAfschaling,
    StartNazorg,
    CloseCase,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transition {
    /// The step.
    pub(crate) step: Step,
    /// The mutation that makes it.
    pub(crate) mutation: &'static str,
    /// From which states to which.
    pub(crate) machine: Machine,
    /// Whose involvement brings it.
    pub(crate) who: &'static [Involvement],
    /// The role that it asks beside the involvement.
    pub(crate) role: Option<Role>,
    /// Its conditions.
    pub(crate) guards: &'static [Guard],
    /// How long after the state began it is due.
    pub(crate) term: Option<Term>,
    /// What it writes: the covenant must let the professional supply it.
    pub(crate) supplies: Supplied,
}

use AanmeldingState as A;
use CaseState as C;
use Involvement::{Aanmelder, Informatie, Levensloop, Ondersteuning, Procesregie, Traject, Triage, Zetel};

const fn aanmelding(
    step: Step,
    mutation: &'static str,
    (from, to): (&'static [A], Option<A>),
    who: &'static [Involvement],
    guards: &'static [Guard],
) -> Transition {
    Transition {
        step,
        mutation,
        machine: Machine::Aanmelding { from, to },
        who,
        role: None,
        guards,
        term: None,
        supplies: Supplied::Nothing,
    }
}

const fn case(
    step: Step,
    mutation: &'static str,
    (from, to): (&'static [C], Option<C>),
    who: &'static [Involvement],
    guards: &'static [Guard],
) -> Transition {
    Transition {
        step,
        mutation,
        machine: Machine::Case { from, to },
        who,
        role: None,
        guards,
        term: None,
        supplies: Supplied::Nothing,
    }
}

impl Transition {
    /// The same step, for who also has this role.
    const fn of_role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    /// The same step, which writes something of this category.
    const fn supplying(self, category: Category) -> Self {
        Self { supplies: Supplied::Of(category), ..self }
    }

    /// The same step, which writes a datum.
    const fn supplying_a_datum(self) -> Self {
        Self { supplies: Supplied::Datum, ..self }
    }

    /// The same step, due within a term.
    const fn within(self, term: Term) -> Self {
        Self { term: Some(term), ..self }
    }

    /// Whether a professional who is present takes this step.
    pub(crate) fn is_for(&self, presence: &Presence, principal: &Principal) -> bool {
        self.who.iter().any(|involvement| presence.is_involved_as(*involvement))
            && self.role.is_none_or(|role| principal.has_role(role))
    }
}

/// States in which an aanmelding can still be withdrawn.
const UNDECIDED: &[A] = &[
    A::Ingediend,
    A::Compleetheidscheck,
    A::AanvullingGevraagd,
    A::Bekendheidscheck,
    A::Verrijking,
    A::Triage,
];

/// States in which partners sit at the tafel.
const AT_TAFEL: &[C] = &[C::Geopend, C::InOverleg, C::PlanVastgesteld, C::Monitoring, C::Afschalen];

/// The journey, in the order of [`Step`].
pub(crate) static TRANSITIONS: [Transition; 26] = [
    aanmelding(
        Step::TakeUpAanmelding,
        "takeUpAanmelding",
        (&[A::Ingediend], Some(A::Compleetheidscheck)),
        &[Ondersteuning],
        &[Guard::AsConfidential],
    )
    .within(Term::WorkingDays(5))
    .supplying(Category::D29),
    aanmelding(
        Step::RequestCompletion,
        "requestCompletion",
        (&[A::Compleetheidscheck], Some(A::AanvullingGevraagd)),
        &[Ondersteuning],
        &[],
    )
    .supplying(Category::D29),
    aanmelding(
        Step::CompleteAanmelding,
        "completeAanmelding",
        (&[A::AanvullingGevraagd], Some(A::Compleetheidscheck)),
        &[Aanmelder],
        &[],
    )
    .within(Term::WorkingDays(10))
    .supplying(Category::D05),
    aanmelding(
        Step::AskBekendheid,
        "askBekendheid",
        (&[A::Compleetheidscheck, A::Bekendheidscheck], Some(A::Bekendheidscheck)),
        &[Informatie, Procesregie],
        &[],
    ),
    aanmelding(
        Step::WaiveBrpCheck,
        "waiveBrpCheck",
        (&[A::Compleetheidscheck, A::Bekendheidscheck], None),
        &[Informatie],
        &[Guard::BrpCheckOpen],
    ),
    aanmelding(
        Step::StartVerrijking,
        "startVerrijking",
        (&[A::Bekendheidscheck], Some(A::Verrijking)),
        &[Procesregie],
        &[Guard::BrpChecksSettled, Guard::BekendheidAnswered],
    )
    .supplying(Category::D39),
    aanmelding(
        Step::AskVerrijking,
        "askVerrijking",
        (&[A::Verrijking], None),
        &[Informatie, Procesregie],
        &[],
    ),
    aanmelding(
        Step::StartTriage,
        "startTriage",
        (&[A::Verrijking, A::Triage], Some(A::Triage)),
        &[Procesregie],
        &[Guard::VerrijkingSettled],
    )
    .supplying(Category::D33),
    aanmelding(
        Step::AskAfwijking,
        "askAfwijking",
        (&[A::Triage], None),
        &[Procesregie],
        &[Guard::NoOpenAfwijking, Guard::NoApprovedAfwijking],
    )
    .supplying(Category::D33),
    aanmelding(
        Step::DecideAfwijking,
        "decideAfwijking",
        (&[A::Triage], None),
        &[Triage],
        &[Guard::NotAskedBySelf],
    )
    .of_role(Role::Ketenmanager),
    aanmelding(
        Step::DecideTriage,
        "decideTriage",
        (&[A::Triage], Some(A::Besloten)),
        &[Procesregie],
        &[Guard::Quorum, Guard::CriteriaMet, Guard::AdviceGiven, Guard::NotAlone, Guard::OpleggerValid],
    )
    .supplying(Category::D33),
    aanmelding(
        Step::ReportBack,
        "reportBack",
        (&[A::Besloten], Some(A::Teruggekoppeld)),
        &[Procesregie],
        &[],
    )
    .within(Term::WorkingDays(5)),
    aanmelding(
        Step::WithdrawAanmelding,
        "withdrawAanmelding",
        (UNDECIDED, Some(A::Ingetrokken)),
        &[Aanmelder],
        &[],
    ),
    case(
        Step::InviteToSeat,
        "inviteToSeat",
        (AT_TAFEL, None),
        &[Procesregie],
        &[Guard::SeatOfTafel, Guard::PartnerSigned, Guard::SeatNotTaken],
    )
    .supplying(Category::D29),
    case(
        Step::InviteGuest,
        "inviteGuest",
        (AT_TAFEL, None),
        &[Procesregie],
        &[
            Guard::OpleggerValid,
            Guard::GuestOfPartner,
            Guard::GuestNotAtTafel,
            Guard::GuestDayWithinThreeMonths,
        ],
    )
    .supplying(Category::D29),
    case(
        Step::StartOverleg,
        "startOverleg",
        (&[C::Geopend], Some(C::InOverleg)),
        &[Procesregie],
        &[Guard::OpleggerValid, Guard::TwoPartners, Guard::TwoDomains],
    )
    .supplying(Category::D29),
    case(
        Step::SupplyInbreng,
        "supplyInbreng",
        (AT_TAFEL, None),
        &[Zetel, Levensloop, Traject, Procesregie],
        &[Guard::OpleggerValid],
    )
    .supplying_a_datum(),
    case(Step::MakePlan, "makePlan", (&[C::InOverleg], None), &[Procesregie], &[Guard::NoPlanYet])
        .supplying(Category::D28),
    case(
        Step::AddAction,
        "addAction",
        (&[C::InOverleg, C::PlanVastgesteld, C::Monitoring], None),
        &[Procesregie],
        &[Guard::PlanMade, Guard::OwnerAtTafel, Guard::OwnerFitsKind],
    )
    .supplying(Category::D28),
    case(
        Step::EstablishPlan,
        "establishPlan",
        (&[C::InOverleg], Some(C::PlanVastgesteld)),
        &[Procesregie],
        &[Guard::PlanMade, Guard::PlanHasAction, Guard::ActionsAccepted],
    )
    .supplying(Category::D28),
    case(
        Step::StartMonitoring,
        "startMonitoring",
        (&[C::PlanVastgesteld], Some(C::Monitoring)),
        &[Procesregie],
        &[Guard::ReviewWithinThreeMonths],
    )
    .supplying(Category::D28),
    case(
        Step::ReturnToOverleg,
        "returnToOverleg",
        (&[C::Monitoring], Some(C::InOverleg)),
        &[Procesregie],
        &[],
    )
    .supplying(Category::D28),
    case(
        Step::OfferOverdracht,
        "offerOverdracht",
        (&[C::Monitoring], None),
        &[Procesregie],
        &[Guard::ReceiverAtTafel, Guard::NoOpenOverdracht],
    )
    .supplying(Category::D28),
    case(
        Step::StartAfschaling,
        "startAfschaling",
        (&[C::Monitoring], Some(C::Afschalen)),
        &[Procesregie],
        &[Guard::OverdrachtAccepted],
    )
    .supplying(Category::D28),
    case(
        Step::StartNazorg,
        "startNazorg",
        (&[C::Afschalen], Some(C::Nazorg)),
        &[Procesregie],
        &[Guard::FollowUpWithinThreeMonths, Guard::ActionsFinished],
    )
    .supplying(Category::D28),
    case(
        Step::CloseCase,
        "closeCase",
        (&[C::Afschalen, C::Nazorg], Some(C::Afgesloten)),
        &[Procesregie],
        &[Guard::ActionsFinished],
    )
    .supplying(Category::D28),
];

/// Each step has the row of its place.
const _: () = {
    let mut place = 0;
    while place < TRANSITIONS.len() {
        assert!(TRANSITIONS[place].step as usize == place, "the table is not in the order of the steps");
        place += 1;
    }
};

impl Step {
    /// The row of the table.
    pub(crate) const fn transition(self) -> &'static Transition {
        &TRANSITIONS[self as usize]
    }

    /// The phase in which the dossier is after the step; none when it leaves the phase as it is.
    pub(crate) fn leads_to(self) -> Option<Phase> {
        match self.transition().machine {
            Machine::Aanmelding { to, .. } => to.and_then(AanmeldingState::phase),
            Machine::Case { to, .. } => to.and_then(CaseState::phase),
        }
    }

    /// The mutation that makes the step.
    pub(crate) const fn mutation(self) -> &'static str {
        self.transition().mutation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_exactly_one_row_and_every_mutation_one_step() {
        for transition in &TRANSITIONS {
            let rows = TRANSITIONS.iter().filter(|other| other.step == transition.step).count();
            let names = TRANSITIONS.iter().filter(|other| other.mutation == transition.mutation).count();
            assert_eq!((rows, names), (1, 1), "{:?}", transition.step);
            assert_eq!(transition.step.transition().mutation, transition.mutation);
        }
    }

    #[test]
    fn every_state_has_the_phase_of_the_covenant() {
        for state in AanmeldingState::ALL {
            assert!(state.phase().is_some(), "{state:?}");
        }
        for state in CaseState::ALL {
            assert!(state.phase().is_some(), "{state:?}");
        }
        assert_eq!(AanmeldingState::Verrijking.phase(), Some(Phase::F4));
        assert_eq!(CaseState::Monitoring.phase(), Some(Phase::F8));
        assert_eq!(Step::AskBekendheid.leads_to(), Some(Phase::F2));
        assert_eq!(Step::AskVerrijking.leads_to(), None);
    }

    #[test]
    fn every_state_but_the_last_is_left_and_every_one_but_the_first_is_reached() {
        for state in AanmeldingState::ALL {
            let left = TRANSITIONS.iter().any(|row| matches!(row.machine, Machine::Aanmelding { from, to: Some(_) } if from.contains(state)));
            let reached = TRANSITIONS
                .iter()
                .any(|row| matches!(row.machine, Machine::Aanmelding { to, .. } if to == Some(*state)));
            assert!(left || matches!(state, A::Teruggekoppeld | A::Ingetrokken), "{state:?} is never left");
            assert!(reached || *state == A::Ingediend, "{state:?} is never reached");
        }
        for state in CaseState::ALL {
            let left = TRANSITIONS.iter().any(
                |row| matches!(row.machine, Machine::Case { from, to: Some(_) } if from.contains(state)),
            );
            let reached = TRANSITIONS
                .iter()
                .any(|row| matches!(row.machine, Machine::Case { to, .. } if to == Some(*state)));
            assert!(left || *state == C::Afgesloten, "{state:?} is never left");
            assert!(reached || *state == C::Geopend, "{state:?} is never reached");
        }
    }
}
