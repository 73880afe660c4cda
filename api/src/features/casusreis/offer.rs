//! Which steps a situation offers to whom, and which conditions stand in the way of a step. Pure.

use chrono::NaiveDate;
use waarborg::access::{Presence, Principal};

use super::guard::{Guard, Proposal, is_open};
use super::machine::{Machine, Step, TRANSITIONS};
use super::situation::Situation;

/// A step that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) step: Step,
    /// The conditions that are known not to be met.
    pub(crate) unmet: Vec<Guard>,
    /// The last day of its term.
    pub(crate) due: Option<NaiveDate>,
}

impl Situation {
    /// The conditions of a step that are not met.
    pub(crate) fn refusals(&self, step: Step, proposal: &Proposal) -> Vec<Guard> {
        let transition = step.transition();
        if !self.is_at(transition.machine) {
            return vec![Guard::InState];
        }
        transition.guards.iter().copied().filter(|guard| !guard.is_met(self, proposal)).collect()
    }

    /// The steps that a professional who is present is offered here.
    pub(crate) fn offered(&self, presence: &Presence, principal: &Principal) -> Vec<Offer> {
        let proposal = Proposal::default();
        TRANSITIONS
            .iter()
            .filter(|row| self.is_at(row.machine))
            .filter(|row| row.is_for(presence, principal) && row.supplies.can_be_offered(presence))
            .map(|row| {
                let unmet = |guard: &Guard| guard.is_of_situation() && !guard.is_met(self, &proposal);
                let due = row.term.zip(self.aanmelding_since).map(|(term, since)| term.after(since));
                Offer { step: row.step, unmet: row.guards.iter().copied().filter(unmet).collect(), due }
            })
            .collect()
    }

    fn is_at(&self, machine: Machine) -> bool {
        match machine {
            Machine::Aanmelding { from, .. } => {
                self.case.is_none_or(is_open) && self.aanmelding.is_some_and(|state| from.contains(&state))
            }
            Machine::Case { from, .. } => self.case.is_some_and(|state| from.contains(&state)),
        }
    }
}
