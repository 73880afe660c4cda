//! Taking a step of the journey within a write: the same order for every step.
//!
//! Involvement first, then the conditions; what passes both may be written.

use convenant::Involvement;
use waarborg::access::{Access, Presence};
use waarborg::disclosure::Leaf;
use waarborg::feed::NewEvent;
use waarborg::write::{Authorized, DossierChange, Write};

use super::casusreis::{Guard, Machine, Proposal, Situation, Step};
use crate::graphql::change::{Effect, Refused};
use crate::graphql::id::NodeKind;

/// Permission to take a step, with the presence in which it was found.
#[derive(Debug)]
pub(crate) struct Taken<'w> {
    pub(crate) authorized: Authorized<'w>,
    pub(crate) presence: &'w Presence,
}

impl<'w> Taken<'w> {
    /// Takes a step, when the professional's involvement brings it and its conditions are met.
    pub(crate) async fn take(write: &'w Write, step: Step, proposal: Proposal) -> Result<Self, Refused> {
        let presence = write.presence().ok_or_else(|| Refused::NotFound(vec!["id".to_owned()]))?;
        let transition = step.transition();
        let situation = Situation::under(write, presence.dossier().id, write.access().now()).await?;
        let authorized = write.authorize(|presence| {
            if !transition.who.iter().any(|involvement| presence.is_involved_as(*involvement)) {
                return Err(Refused::NotOfInvolvement);
            }
            let unmet = situation.refusals(step, &completed(proposal, presence, write.access()));
            if unmet.is_empty() {
                Ok(())
            } else {
                Err(Refused::Conditions(unmet.into_iter().map(Guard::code).collect()))
            }
        })?;
        let authorized = authorized.ok_or_else(|| Refused::NotFound(vec!["id".to_owned()]))?;
        Ok(Self { authorized, presence })
    }

    /// The effect of the step: the phase of the new state, and an event for it.
    pub(crate) fn effect(&self, step: Step, subject: (NodeKind, uuid::Uuid)) -> Effect {
        let kind = match step.transition().machine {
            Machine::Aanmelding { .. } => "AANMELDING_STATE",
            Machine::Case { .. } => "CASE_STATE",
        };
        Effect {
            dossier: self.presence.dossier().id,
            change: DossierChange { phase: step.leads_to(), ..DossierChange::default() },
            events: vec![event(kind, Leaf::Open, subject)],
            shows: Vec::new(),
        }
    }
}

/// An event on a row.
pub(crate) fn event(
    kind: &'static str,
    leaf: Leaf,
    (subject_kind, subject): (NodeKind, uuid::Uuid),
) -> NewEvent {
    NewEvent { kind, leaf, subject_kind: subject_kind.type_name(), subject }
}

/// The proposal with what follows from the dossier: its tafel's oplegger, and today.
fn completed(proposal: Proposal, presence: &Presence, access: &Access) -> Proposal {
    let today = access.today();
    let valid = presence.house().is_some_and(|house| house.has(presence.tafel()))
        && presence.version().is_some_and(|version| version.oplegger_valid(presence.tafel(), today));
    Proposal { oplegger_valid: valid, today, ..proposal }
}

/// Permission for the holder of a task, while the task is open.
pub(crate) fn of_task(write: &Write, task: Involvement) -> Result<Taken<'_>, Refused> {
    let presence = write.presence().ok_or_else(|| Refused::NotFound(vec!["id".to_owned()]))?;
    let authorized = write.authorize(|presence| {
        if presence.is_involved_as(task) { Ok(()) } else { Err(Refused::NotOfInvolvement) }
    })?;
    let authorized = authorized.ok_or_else(|| Refused::NotFound(vec!["id".to_owned()]))?;
    Ok(Taken { authorized, presence })
}
