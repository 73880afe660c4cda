//! Taking a step of the journey within a write: the same order for every step.
//!
//! Involvement first, then the conditions; what passes both may be written.

use crate::graphql::rows::NodeType;
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::StepAccess;
use entity::InDossier;
use sea_orm::{ColumnTrait, QueryFilter};
use waarborg::access::{Access, Presence, Scoped};
use waarborg::disclosure::{Leaf, RowAccess};
use waarborg::feed::NewEvent;
use waarborg::write::{Authorized, DossierChange, Write};

use super::casusreis::task;
use super::casusreis::{Guard, Machine, Proposal, Situation, Step, Task};
use crate::graphql::change::{Effect, Refused};
use crate::graphql::id::{GlobalId, NodeKind};

/// Permission to take a step, with the presence in which it was found.
#[derive(Debug)]
pub(crate) struct Taken<'w> {
    pub(crate) authorized: Authorized<'w>,
    pub(crate) presence: &'w Presence,
}

impl<'w> Taken<'w> {
    /// Takes a step, when the professional's involvement brings it and its conditions are met.
    pub(crate) async fn take(write: &'w Write, step: Step, proposal: Proposal) -> Result<Self, Refused> {
        let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
        let transition = step.transition();
        let situation = Situation::under(write, presence.dossier().id, write.access().now()).await?;
        let authorized = write.authorize(|presence| {
            if !transition.is_for(presence, write.access().principal()) {
                return Err(Refused::NotOfInvolvement);
            }
            let unmet = situation.refusals(step, &completed(proposal, presence, write.access()));
            // Where the step does not start, nothing more is to be said of it.
            if unmet != [Guard::InState] {
                let supplied = transition.supplies.judge(presence);
                supplied.map_err(|denial| Refused::Covenant(denial, Vec::new()))?;
            }
            if unmet.is_empty() {
                Ok(())
            } else {
                Err(Refused::Conditions(unmet.into_iter().map(Guard::code).collect()))
            }
        })?;
        let authorized = authorized.ok_or_else(|| Refused::not_found("id"))?;
        Ok(Self { authorized, presence })
    }

    /// Refuses a professional whose involvement does not bring a step, before anything that the step names is
    /// looked up.
    pub(crate) fn allow(write: &Write, step: Step) -> Result<(), Refused> {
        let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
        let allowed = step.transition().is_for(presence, write.access().principal());
        if allowed { Ok(()) } else { Err(Refused::NotOfInvolvement) }
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

    /// The effect of a step that leaves the state as it is.
    pub(crate) fn changes_nothing_else(&self, told: NewEvent) -> Effect {
        let dossier = self.presence.dossier().id;
        Effect { dossier, change: DossierChange::default(), events: vec![told], shows: Vec::new() }
    }
}

/// A step that was taken, with the row of the machine as it was before.
#[derive(Debug)]
pub(crate) struct Advanced<'w, R> {
    pub(crate) effect: Effect,
    pub(crate) authorized: Authorized<'w>,
    pub(crate) before: R,
}

/// An event on a row.
pub(crate) fn event(
    kind: &'static str,
    leaf: Leaf,
    (subject_kind, subject): (NodeKind, uuid::Uuid),
) -> NewEvent {
    NewEvent { kind, leaf, subject_kind: subject_kind.type_name(), subject }
}

/// The proposal with what follows from the dossier: the oplegger of its tafel, or of the one to which it moves, and
/// today.
fn completed(proposal: Proposal, presence: &Presence, access: &Access) -> Proposal {
    let today = access.today();
    let tafel = proposal.tafel.unwrap_or(presence.tafel());
    let valid = presence.version().is_some_and(|version| version.oplegger_valid(tafel, today));
    let as_confidential = tafel.confidentiality() >= presence.tafel().confidentiality();
    Proposal { oplegger_valid: valid, as_confidential, today, ..proposal }
}

/// A row that a change names, when the viewer would find it as a node.
pub(crate) async fn find_shown<T: NodeType>(write: &Write, id: GlobalId) -> Result<T::Source, Refused> {
    let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
    let row =
        T::Table::within(presence).filter(T::Table::id_column().eq(id.row)).one(&write.reading()).await?;
    let is_shown = |row: &T::Source| T::facts(write.access(), presence, row).is_some();
    row.filter(is_shown).ok_or_else(|| Refused::not_found("id"))
}

/// Takes a task on a row, when it is the professional's to do and the row is in a state in which it starts.
pub(crate) async fn take_task<'w>(
    write: &'w Write,
    task: Task,
    row: &task::Row<'_>,
    to: &str,
    proposal: Proposal,
) -> Result<Taken<'w>, Refused> {
    let transition = task.transition();
    if let Some(step) = transition.step {
        Taken::take(write, step, proposal).await?;
    }
    let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
    let authorized = write.authorize(|presence| {
        if !transition.is_for(row, presence, write.access().principal()) {
            return Err(Refused::NotOfInvolvement);
        }
        let supplied = transition.supplies.judge(presence);
        supplied.map_err(|denial| Refused::Covenant(denial, Vec::new()))?;
        let open = transition.is_open_on(row, write.access().today()) && transition.to.contains(&to);
        if open { Ok(()) } else { Err(Guard::InState.refused()) }
    })?;
    let authorized = authorized.ok_or_else(|| Refused::not_found("id"))?;
    Ok(Taken { authorized, presence })
}

/// What a node says of the tasks that the viewer is offered on its row.
pub(crate) fn offered_tasks(shown: &RowAccess, row: &task::Row<'_>) -> Vec<StepAccess> {
    let (access, presence) = (shown.access(), shown.presence());
    let offered = Task::offered(row, presence, access.principal(), access.today());
    let step = |task: Task| StepAccess {
        mutation: task.mutation().to_owned(),
        allowed: true,
        deadline: row.deadline.map(Date::from),
        blocked_by: Vec::new(),
    };
    offered.into_iter().map(step).collect()
}
