//! The machines of single rows as one table: checks, questions, actions, handovers, afwijkingen, uses of
//! break-glass and declarations of secrecy.
//!
//! Sources: domain.md b.3, b.6 and A35. A row says who has to act on it; the table says in which states, by which
//! involvement, and within which term. Pure: the row was read before.

use chrono::NaiveDate;
use convenant::{Category, Involvement};
use entity::id::{DeskId, OrganisationId, ProfessionalId};
use waarborg::access::{Presence, Principal, Role};

use super::machine::Step;
use super::state::{
    ActionState, AfwijkingState, BekendheidscheckState, BreakGlassState, BrpCheckState, OverdrachtState,
    VerklaringState, VerrijkingState,
};
use super::supplied::Supplied;
use super::term::Term;

/// An act on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    AnswerBrpCheck,
    WaiveBrpCheck,
    AnswerBekendheidscheck,
    AnswerVerrijking,
    AcceptAction,
    FinishAction,
    AnswerOverdracht,
    DecideAfwijking,
    EndBreakGlass,
    ReviewBreakGlass,
    SignGeheimhoudingsverklaring,
}

/// The kinds of row that have a machine of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Machine {
    BrpCheck,
    Bekendheidscheck,
    Verrijking,
    Action,
    Overdracht,
    Afwijking,
    BreakGlass,
    Geheimhoudingsverklaring,
}

/// Who of those with the involvement has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBy {
    /// Each of them.
    Everybody,
    /// Who works at the desk that the row names.
    Desk,
    /// Who works for the organisation that the row names.
    Organisation,
    /// The professional whom the row names.
    Professional,
    /// Each of them but the professional whom the row names.
    Another,
}

/// A row on which somebody has to act, as the table looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) machine: Machine,
    /// The code of its state.
    pub(crate) state: &'a str,
    /// The last day to act.
    pub(crate) deadline: Option<NaiveDate>,
    pub(crate) organisation: Option<OrganisationId>,
    pub(crate) desk: Option<DeskId>,
    pub(crate) professional: Option<ProfessionalId>,
}

impl<'a> Row<'a> {
    /// A row that names nobody yet.
    pub(crate) const fn of(machine: Machine, state: &'a str) -> Self {
        Self { machine, state, deadline: None, organisation: None, desk: None, professional: None }
    }

    /// A question to a desk, with its last day.
    pub(crate) const fn asked(machine: Machine, state: &'a str, desk: DeskId, deadline: NaiveDate) -> Self {
        Self { desk: Some(desk), deadline: Some(deadline), ..Self::of(machine, state) }
    }

    /// The state as it is shown on a day: what waits for an act whose term has passed is VERLOPEN.
    pub(crate) fn state_on(&self, today: NaiveDate) -> &'a str {
        let waits = TRANSITIONS.iter().any(|transition| transition.starts_at(self));
        let lapsed = self.deadline.is_some_and(|deadline| deadline < today);
        if waits && lapsed { VERLOPEN } else { self.state }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transition {
    pub(crate) task: Task,
    /// The mutation that does it.
    pub(crate) mutation: &'static str,
    pub(crate) machine: Machine,
    /// The codes of the states in which it starts.
    pub(crate) from: &'static [&'static str],
    /// The codes of the states to which it may lead.
    pub(crate) to: &'static [&'static str],
    /// Whose involvement brings it; empty when every presence does.
    pub(crate) who: &'static [Involvement],
    pub(crate) held_by: HeldBy,
    /// The role that it asks beside the involvement.
    pub(crate) role: Option<Role>,
    /// How long there is for it.
    pub(crate) term: Option<Term>,
    /// What it writes: the covenant must let the professional supply it.
    pub(crate) supplies: Supplied,
    /// The step of the journey that it is part of, whose conditions hold for it too.
    pub(crate) step: Option<Step>,
}

/// How a row is shown whose term has passed.
const VERLOPEN: &str = "VERLOPEN";

use Involvement::{Fg, Gast, Informatie, Levensloop, Noodtoegang, Procesregie, Traject, Triage, Zetel};

const fn row(
    task: Task,
    mutation: &'static str,
    machine: Machine,
    (from, to): (&'static [&'static str], &'static [&'static str]),
    (who, held_by): (&'static [Involvement], HeldBy),
) -> Transition {
    Transition {
        task,
        mutation,
        machine,
        from,
        to,
        who,
        held_by,
        role: None,
        term: None,
        supplies: Supplied::Nothing,
        step: None,
    }
}

/// Involvements of those who may own an action.
const OWNERS: &[Involvement] = &[Zetel, Levensloop, Traject, Procesregie];

/// The machines, in the order of [`Task`].
pub(crate) static TRANSITIONS: [Transition; 11] = [
    Transition {
        term: Some(Term::WorkingDays(5)),
        supplies: Supplied::Of(Category::D02),
        ..row(
            Task::AnswerBrpCheck,
            "answerBrpCheck",
            Machine::BrpCheck,
            (&[BrpCheckState::Open.code()], &[BrpCheckState::Afgerond.code()]),
            (&[Involvement::BrpTaak], HeldBy::Desk),
        )
    },
    Transition {
        step: Some(Step::WaiveBrpCheck),
        ..row(
            Task::WaiveBrpCheck,
            "waiveBrpCheck",
            Machine::BrpCheck,
            (&[BrpCheckState::Open.code()], &[BrpCheckState::Zonder.code()]),
            (&[Informatie], HeldBy::Everybody),
        )
    },
    Transition {
        term: Some(Term::WorkingDays(5)),
        supplies: Supplied::Of(Category::D04),
        ..row(
            Task::AnswerBekendheidscheck,
            "answerBekendheidscheck",
            Machine::Bekendheidscheck,
            (&[BekendheidscheckState::Verzonden.code()], &[BekendheidscheckState::Beantwoord.code()]),
            (&[Involvement::Bekendheidscheck], HeldBy::Desk),
        )
    },
    Transition {
        term: Some(Term::WorkingDays(10)),
        ..row(
            Task::AnswerVerrijking,
            "answerVerrijking",
            Machine::Verrijking,
            (
                &[VerrijkingState::Open.code()],
                &[VerrijkingState::Beantwoord.code(), VerrijkingState::Geweigerd.code()],
            ),
            (&[Involvement::Verrijking], HeldBy::Desk),
        )
    },
    Transition {
        supplies: Supplied::Of(Category::D28),
        ..row(
            Task::AcceptAction,
            "acceptAction",
            Machine::Action,
            (&[ActionState::Open.code()], &[ActionState::Bezig.code()]),
            (OWNERS, HeldBy::Organisation),
        )
    },
    Transition {
        supplies: Supplied::Of(Category::D28),
        ..row(
            Task::FinishAction,
            "finishAction",
            Machine::Action,
            (
                &[ActionState::Bezig.code()],
                &[
                    ActionState::Gereed.code(),
                    ActionState::NietHaalbaar.code(),
                    ActionState::Overgedragen.code(),
                    ActionState::Vervallen.code(),
                ],
            ),
            (OWNERS, HeldBy::Organisation),
        )
    },
    Transition {
        supplies: Supplied::Of(Category::D28),
        ..row(
            Task::AnswerOverdracht,
            "answerOverdracht",
            Machine::Overdracht,
            (
                &[OverdrachtState::Aangeboden.code()],
                &[OverdrachtState::Aanvaard.code(), OverdrachtState::Geweigerd.code()],
            ),
            (&[], HeldBy::Professional),
        )
    },
    Transition {
        role: Some(Role::Ketenmanager),
        step: Some(Step::DecideAfwijking),
        ..row(
            Task::DecideAfwijking,
            "decideAfwijking",
            Machine::Afwijking,
            (
                &[AfwijkingState::Open.code()],
                &[AfwijkingState::Goedgekeurd.code(), AfwijkingState::Geweigerd.code()],
            ),
            (&[Triage], HeldBy::Everybody),
        )
    },
    row(
        Task::EndBreakGlass,
        "endBreakGlass",
        Machine::BreakGlass,
        (&[BreakGlassState::Open.code()], &[BreakGlassState::Beeindigd.code()]),
        (&[Noodtoegang], HeldBy::Professional),
    ),
    // It has a last day, but no term: a late review is still owed.
    Transition {
        role: Some(Role::Fg),
        ..row(
            Task::ReviewBreakGlass,
            "reviewBreakGlass",
            Machine::BreakGlass,
            (
                &[BreakGlassState::Verlopen.code(), BreakGlassState::Beeindigd.code()],
                &[BreakGlassState::BeoordeeldTerecht.code(), BreakGlassState::BeoordeeldOnterecht.code()],
            ),
            (&[Fg], HeldBy::Another),
        )
    },
    row(
        Task::SignGeheimhoudingsverklaring,
        "signGeheimhoudingsverklaring",
        Machine::Geheimhoudingsverklaring,
        (&[VerklaringState::Gevraagd.code()], &[VerklaringState::Getekend.code()]),
        (&[Gast], HeldBy::Professional),
    ),
];

/// Each task has the row of its place.
const _: () = {
    let mut place = 0;
    while place < TRANSITIONS.len() {
        assert!(TRANSITIONS[place].task as usize == place, "the table is not in the order of the tasks");
        place += 1;
    }
};

impl Task {
    /// The row of the table.
    pub(crate) const fn transition(self) -> &'static Transition {
        &TRANSITIONS[self as usize]
    }

    /// The mutation that does it.
    pub(crate) const fn mutation(self) -> &'static str {
        self.transition().mutation
    }

    /// The last day of its term, when it is asked on a day.
    pub(crate) fn deadline(self, asked_on: NaiveDate) -> NaiveDate {
        self.transition().term.map_or(asked_on, |term| term.after(asked_on))
    }

    /// The tasks that a professional who is present is offered on a row.
    pub(crate) fn offered(
        row: &Row<'_>,
        presence: &Presence,
        principal: &Principal,
        today: NaiveDate,
    ) -> Vec<Self> {
        let offered = |transition: &&Transition| {
            transition.is_open_on(row, today)
                && transition.is_for(row, presence, principal)
                && transition.supplies.can_be_offered(presence)
        };
        TRANSITIONS.iter().filter(offered).map(|transition| transition.task).collect()
    }
}

impl Transition {
    /// Whether it starts in the state of a row.
    pub(crate) fn starts_at(&self, row: &Row<'_>) -> bool {
        self.machine == row.machine && self.from.contains(&row.state)
    }

    /// Whether it can still be done on a day: one with a term not after the row's last day.
    pub(crate) fn is_open_on(&self, row: &Row<'_>, today: NaiveDate) -> bool {
        self.starts_at(row) && (self.term.is_none() || row.deadline.is_none_or(|deadline| today <= deadline))
    }

    /// Whether a professional who is present has to act on a row.
    pub(crate) fn is_for(&self, row: &Row<'_>, presence: &Presence, principal: &Principal) -> bool {
        let involved =
            self.who.is_empty() || self.who.iter().any(|involvement| presence.is_involved_as(*involvement));
        let holds = match self.held_by {
            HeldBy::Everybody => true,
            HeldBy::Desk => row.desk.is_some_and(|desk| principal.desks.contains(&desk)),
            HeldBy::Organisation => row.organisation == Some(principal.organisation),
            HeldBy::Professional => row.professional == Some(principal.professional),
            HeldBy::Another => row.professional != Some(principal.professional),
        };
        involved && holds && self.role.is_none_or(|role| principal.has_role(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The states of each machine in which nothing is to be done any more.
    fn is_final(machine: Machine, state: &str) -> bool {
        match machine {
            Machine::BrpCheck => state != BrpCheckState::Open.code(),
            Machine::Bekendheidscheck => state != BekendheidscheckState::Verzonden.code(),
            Machine::Verrijking => state != VerrijkingState::Open.code(),
            Machine::Action => ![ActionState::Open.code(), ActionState::Bezig.code()].contains(&state),
            Machine::Overdracht => state != OverdrachtState::Aangeboden.code(),
            Machine::Afwijking => state != AfwijkingState::Open.code(),
            Machine::BreakGlass => {
                let open = [BreakGlassState::Open, BreakGlassState::Verlopen, BreakGlassState::Beeindigd];
                !open.map(BreakGlassState::code).contains(&state)
            }
            Machine::Geheimhoudingsverklaring => state != VerklaringState::Gevraagd.code(),
        }
    }

    #[test]
    fn every_state_is_left_or_final() {
        for transition in &TRANSITIONS {
            for state in transition.from {
                assert!(!is_final(transition.machine, state), "{:?} leaves {state}", transition.task);
            }
            for state in transition.to {
                let left = TRANSITIONS
                    .iter()
                    .any(|other| other.machine == transition.machine && other.from.contains(state));
                assert_eq!(
                    left,
                    !is_final(transition.machine, state),
                    "{:?} leads to {state}",
                    transition.task
                );
            }
        }
    }

    #[test]
    fn every_mutation_is_one_task() {
        for transition in &TRANSITIONS {
            let same = TRANSITIONS.iter().filter(|other| other.mutation == transition.mutation).count();
            assert_eq!(same, 1, "{:?}", transition.task);
        }
    }
}
