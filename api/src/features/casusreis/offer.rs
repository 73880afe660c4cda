//! Which steps a situation offers to whom, and which conditions stand in the way of a step. Pure.

use waarborg::access::{Presence, Principal};

use super::guard::{Guard, Proposal, is_open};
use super::machine::{Machine, Step, TRANSITIONS};
use super::situation::Situation;

impl Situation {
    /// The conditions of a step that are not met.
    pub(crate) fn refusals(&self, step: Step, proposal: &Proposal) -> Vec<Guard> {
        let transition = step.transition();
        if !self.is_at(transition.machine) {
            return vec![Guard::WrongState];
        }
        transition.guards.iter().copied().filter(|guard| !guard.is_met(self, proposal)).collect()
    }

    /// The steps that a professional who is present is offered here, each with the conditions that are known not
    /// to be met.
    pub(crate) fn offered(&self, presence: &Presence, principal: &Principal) -> Vec<(Step, Vec<Guard>)> {
        let proposal = Proposal::default();
        TRANSITIONS
            .iter()
            .filter(|row| self.is_at(row.machine))
            .filter(|row| row.is_for(presence, principal))
            .map(|row| {
                let unmet = |guard: &Guard| guard.is_of_situation() && !guard.is_met(self, &proposal);
                (row.step, row.guards.iter().copied().filter(unmet).collect())
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
