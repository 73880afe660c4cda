//! What is done with an action: added by the procesregisseur, accepted and finished by its owner.

use async_graphql::ID;
use chrono::NaiveDate;
use convenant::Category;
use entity::action;
use entity::id::{ActionId, DossierId, OrganisationId};
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::{DossierChange, Write};

use super::action::{Action, ActionKind, ActionResult, KnelpuntCode, task_row};
use super::plan_of;
use crate::features::case;
use crate::features::casusreis::{ActionState, Proposal, Step, Task};
use crate::features::partner::{self, read_partner_id};
use crate::features::step::{Taken, event, find_shown, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Date, Line, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::server::Server;

change_input! {
    /// Adds an action to the plan.
    AddActionInput {
        /// The case.
        id: ID,
        /// The organisation that is to own it.
        owner_id: ID,
        /// What kind it is.
        kind: ActionKind,
        /// What is to be done.
        text: Text,
        /// The last day.
        deadline: Date,
        /// The categories that the owner needs for it.
        needs: Option<Vec<Line>>,
    }
}

change_input! {
    /// Accepts an action for the own organisation.
    AcceptActionInput {
        /// The action.
        id: ID,
    }
}

change_input! {
    /// Finishes an action of the own organisation.
    FinishActionInput {
        /// The action.
        id: ID,
        /// What became of it.
        result: ActionResult,
        /// What came of it.
        note: Text,
        /// What stood in the way; with NIET_HAALBAAR only.
        knelpunt: Option<KnelpuntCode>,
    }
}

/// An action to add, checked.
pub(super) struct Add {
    id: GlobalId,
    owner: OrganisationId,
    kind: ActionKind,
    text: String,
    deadline: NaiveDate,
    needs: Vec<Category>,
}

impl Change for Add {
    const NAME: &'static str = Step::AddAction.mutation();
    type Input = AddActionInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let owner = checks.or_note("ownerId", read_partner_id(&input.owner_id), Finding::NotFound);
        let given = input.needs.as_deref().unwrap_or_default();
        let needs = checks.list("needs", given, 0..=20, Checks::code);
        let text = checks.text("text", &input.text);
        let deadline = checks.coming_date("deadline", &input.deadline);
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self {
            id: id?,
            owner: owner?,
            kind: input.kind,
            text: text?,
            deadline: deadline?,
            needs: needs?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        Taken::allow(write, Step::AddAction)?;
        let owner = partner::find(&write.reading(), self.owner).await?;
        let owner = owner.ok_or_else(|| Refused::not_found("ownerId"))?;
        let proposal = Proposal {
            partner: Some((owner.partner, owner.id)),
            process_action: self.kind != ActionKind::Inhoud,
            ..Proposal::default()
        };
        let taken = Taken::take(write, Step::AddAction, proposal).await?;
        let authorized = &taken.authorized;
        let case = case::find(authorized, self.id).await?;
        let plan = plan_of(authorized).await?;
        let id = ActionId::fresh();
        let needs: Vec<&str> = self.needs.iter().map(|category| category.code()).collect();
        let row = action::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            plan_id: Set(plan.id),
            organisation_id: Set(owner.id),
            kind: Set(code_of(self.kind)),
            text: Set(self.text.clone()),
            deadline: Set(self.deadline),
            state: Set(ActionState::Open.code().to_owned()),
            accepted_by: Set(None),
            accepted_at: Set(None),
            needs: Set(needs.join(" ")),
            result: Set(None),
            knelpunt: Set(None),
        };
        action::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        let mut effect = taken.effect(Step::AddAction, (NodeKind::Case, case.id.0));
        effect.events = vec![event("ACTION_CHANGED", Leaf::D28, (NodeKind::Action, id.0))];
        effect.shows = vec![("case", case.id.0), ("plan", plan.id.0), ("action", id.0)];
        Ok(effect)
    }
}

fn action_effect(action: &action::Model) -> Effect {
    Effect {
        dossier: action.dossier_id,
        change: DossierChange::default(),
        events: vec![event("ACTION_CHANGED", Leaf::D28, (NodeKind::Action, action.id.0))],
        shows: vec![("action", action.id.0), ("plan", action.plan_id.0)],
    }
}

/// An action to accept.
pub(super) struct Accept {
    id: GlobalId,
}

impl Change for Accept {
    const NAME: &'static str = Task::AcceptAction.mutation();
    type Input = AcceptActionInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::Action)? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let action = find_shown::<Action>(write, self.id).await?;
        let (to, row) = (ActionState::Bezig.code(), task_row(&action));
        let taken = take_task(write, Task::AcceptAction, &row, to, Proposal::default()).await?;
        let authorized = taken.authorized;
        let accepted = action::ActiveModel {
            id: Set(action.id),
            state: Set(to.to_owned()),
            accepted_by: Set(Some(authorized.access().principal().professional)),
            accepted_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        accepted.update(authorized.transaction()).await?;
        Ok(action_effect(&action))
    }
}

/// An action to finish, checked.
pub(super) struct Finish {
    id: GlobalId,
    result: ActionResult,
    note: String,
    knelpunt: Option<KnelpuntCode>,
}

impl Change for Finish {
    const NAME: &'static str = Task::FinishAction.mutation();
    type Input = FinishActionInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        match (input.result, input.knelpunt) {
            (ActionResult::NietHaalbaar, None) => checks.note("knelpunt", Finding::Missing),
            (ActionResult::NietHaalbaar, Some(_)) | (_, None) => {}
            (_, Some(_)) => checks.note("knelpunt", Finding::Superfluous),
        }
        let note = checks.text("note", &input.note);
        let id = checks.id("id", &input.id, NodeKind::Action);
        Some(Self { id: id?, result: input.result, note: note?, knelpunt: input.knelpunt })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let action = find_shown::<Action>(write, self.id).await?;
        let (to, row) = (code_of(self.result), task_row(&action));
        let taken = take_task(write, Task::FinishAction, &row, &to, Proposal::default()).await?;
        let authorized = taken.authorized;
        let finished = action::ActiveModel {
            id: Set(action.id),
            state: Set(to),
            result: Set(Some(self.note.clone())),
            knelpunt: Set(self.knelpunt.map(code_of)),
            ..Default::default()
        };
        finished.update(authorized.transaction()).await?;
        Ok(action_effect(&action))
    }
}
