//! The plan van aanpak and its actions, owned and accepted by partners (domain.md b.6, A31 to A33).
//!
//! An action binds only once its owner has accepted it. The bureau owns actions of process or guidance only.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Category, Fact, Facts};
use entity::id::{ActionId, DossierId, OrganisationId, PlanId};
use entity::{action, plan};
use sea_orm::{ActiveModelTrait, EntityTrait, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use waarborg::access::{Access, Presence, Scoped};
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{Authorized, DossierChange, Write};

use super::aanmelding::Leefgebied;
use super::case::{self, Case};
use super::casusreis::{ActionState, Guard, Proposal, Step, Task, task};
use super::partner::{self, read_partner_id};
use super::payload::payloads;
use super::step::{Advanced, Taken, event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::page::{PageArguments, Rows};
use crate::graphql::rows::{NodeType, Shown, classified};
use crate::graphql::scalar::{Date, Line, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Plan, plan, NodeKind::Plan);
classified!(Action, action, NodeKind::Action);

impl NodeType for Plan {
    type Table = entity::plan::Entity;
}

impl NodeType for Action {
    type Table = entity::action::Entity;
    const SOME_HIDDEN: bool = true;

    /// An action that its own facts do not show is absent (V26: some partners see only their own).
    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = access.principal().facts_if_own(model.organisation_id, Fact::EigenActie);
        presence.disclosure(facts).sees(Category::D28).then_some(facts)
    }
}

/// What kind of action it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionKind {
    /// On the content: always a partner's.
    Inhoud,
    /// On the process.
    Proces,
    /// Guidance by the bureau.
    Trajectbegeleiding,
}

/// What became of an action.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionResult {
    /// Done.
    Gereed,
    /// Not feasible; with the bottleneck.
    NietHaalbaar,
    /// Handed over with the case.
    Overgedragen,
    /// No longer needed.
    Vervallen,
}

/// What stands in the way of an action that is not feasible (F-77).
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnelpuntCode {
    /// Waiting list of the GGZ.
    WachtlijstGgz,
    /// No place in the maatschappelijke opvang.
    GeenPlekMo,
    /// No place in care for the disabled.
    GeenPlekVg,
    /// No Wlz indication or place.
    Wlz,
    /// No place in a Domus.
    Domus,
    /// No dwelling.
    Woning,
}

/// A goal of the plan.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct GoalInput {
    /// The goal.
    text: Text,
    /// The area of life.
    leefgebied: Option<Leefgebied>,
}

/// A goal of the plan.
#[derive(SimpleObject, Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Goal {
    /// The goal.
    text: String,
    /// The area of life.
    leefgebied: Option<Leefgebied>,
}

#[Object]
impl Plan {
    /// What of it is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Plan", Vec::new())
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// CONCEPT, VASTGESTELD, GEWIJZIGD or VERVALLEN.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn state(&self) -> Option<&str> {
        Some(&self.model.state)
    }

    /// The goals.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn goals(&self) -> Option<Vec<Goal>> {
        serde_json::from_value(self.model.goals.clone()).ok()
    }

    /// Whether it was discussed with the person.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn agreed_with_person(&self) -> Option<bool> {
        Some(self.model.agreed_with_person)
    }

    /// The actions that are yours to see.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn actions(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Action>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }
}

#[Object]
impl Action {
    /// What of it is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Action", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// INHOUD, PROCES or TRAJECTBEGELEIDING.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn kind(&self) -> Option<&str> {
        Some(&self.model.kind)
    }

    /// What is to be done.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn text(&self) -> Option<&str> {
        Some(&self.model.text)
    }

    /// The id of the organisation that owns it.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn owner_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// The last day.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn deadline(&self) -> Option<Date> {
        Some(self.model.deadline.into())
    }

    /// OPEN until the owner accepts it, then BEZIG; GEREED, NIET_HAALBAAR, OVERGEDRAGEN or VERVALLEN at the end.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn state(&self) -> Option<&str> {
        Some(&self.model.state)
    }

    /// When the owner accepted it. It binds only from then.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.model.accepted_at
    }

    /// The categories that it needs.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn needs(&self) -> Option<Vec<&str>> {
        Some(self.model.needs.split_whitespace().collect())
    }

    /// What came of it.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn result(&self) -> Option<&str> {
        self.model.result.as_deref()
    }

    /// What stood in its way.
    #[graphql(directive = gegeven::apply(Leaf::D38))]
    async fn knelpunt(&self) -> Option<&str> {
        self.model.knelpunt.as_deref()
    }
}

change_input! {
    /// Makes the plan.
    MakePlanInput {
        /// The case.
        id: ID,
        /// The goals, 1 to 20.
        goals: Vec<GoalInput>,
        /// Whether it was discussed with the person.
        agreed_with_person: bool,
    }
}

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

change_input! {
    /// Establishes the plan.
    EstablishPlanInput {
        /// The case.
        id: ID,
    }
}

payloads! {
    [MakePlanPayload, AddActionPayload, AcceptActionPayload, FinishActionPayload, EstablishPlanPayload] {
        /// The case.
        case: Case = "case",
        /// The plan.
        plan: Plan = "plan",
        /// The action.
        action: Action = "action",
    }
}

struct Make {
    id: GlobalId,
    goals: Vec<Goal>,
    agreed_with_person: bool,
}

impl Change for Make {
    const NAME: &'static str = Step::MakePlan.mutation();
    type Input = MakePlanInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        if input.goals.is_empty() || input.goals.len() > 20 {
            checks.note("goals", Finding::Amount);
        }
        let goals: Vec<Option<Goal>> = checks.within("goals", |checks| {
            let read = |(place, goal): (usize, &GoalInput)| {
                let text = checks.within(place, |checks| checks.text("text", &goal.text));
                Some(Goal { text: text?, leefgebied: goal.leefgebied })
            };
            input.goals.iter().enumerate().map(read).collect()
        });
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self {
            id: id?,
            goals: goals.into_iter().collect::<Option<_>>()?,
            agreed_with_person: input.agreed_with_person,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let taken = Taken::take(write, Step::MakePlan, Proposal::default()).await?;
        let case = case::find(&taken.authorized, self.id).await?;
        let goals = serde_json::to_value(&self.goals)?;
        let id = PlanId::fresh();
        let row = plan::ActiveModel {
            id: Set(id),
            dossier_id: Set(taken.authorized.dossier()),
            state: Set("CONCEPT".to_owned()),
            goals: Set(goals),
            agreed_with_person: Set(self.agreed_with_person),
            made_at: Set(taken.authorized.now()),
        };
        plan::Entity::insert(row).exec_without_returning(taken.authorized.transaction()).await?;
        let mut effect = taken.effect(Step::MakePlan, (NodeKind::Case, case.id.0));
        effect.events = vec![event("PLAN_CHANGED", Leaf::D28, (NodeKind::Plan, id.0))];
        effect.shows = vec![("case", case.id.0), ("plan", id.0)];
        Ok(effect)
    }
}

struct Add {
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
        let owner = read_partner_id(&input.owner_id);
        if owner.is_none() {
            checks.note("ownerId", Finding::NotFound);
        }
        let given = input.needs.as_deref().unwrap_or_default();
        if given.len() > 20 {
            checks.note("needs", Finding::Amount);
        }
        let needs: Vec<Option<Category>> = checks.within("needs", |checks| {
            given
                .iter()
                .enumerate()
                .map(|(place, code)| {
                    let category = Category::from_str(&code.0).ok();
                    if category.is_none() {
                        checks.note(place, Finding::NotOfHouse);
                    }
                    category
                })
                .collect()
        });
        let text = checks.text("text", &input.text);
        let deadline = checks.coming_date("deadline", &input.deadline);
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self {
            id: id?,
            owner: owner?,
            kind: input.kind,
            text: text?,
            deadline: deadline?,
            needs: needs.into_iter().collect::<Option<_>>()?,
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

/// The plan of the dossier under a write.
async fn plan_of(authorized: &Authorized<'_>) -> Result<plan::Model, Refused> {
    let found =
        plan::Entity::under(authorized).order_by_desc(plan::Column::Id).one(authorized.transaction()).await?;
    found.ok_or(Guard::PlanMade.refused())
}

fn task_row(action: &action::Model) -> task::Row<'_> {
    let organisation = Some(action.organisation_id);
    task::Row { organisation, ..task::Row::of(task::Machine::Action, &action.state) }
}

fn action_effect(action: &action::Model) -> Effect {
    Effect {
        dossier: action.dossier_id,
        change: DossierChange::default(),
        events: vec![event("ACTION_CHANGED", Leaf::D28, (NodeKind::Action, action.id.0))],
        shows: vec![("action", action.id.0), ("plan", action.plan_id.0)],
    }
}

struct Accept {
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

struct Finish {
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

struct Establish {
    id: GlobalId,
}

impl Change for Establish {
    const NAME: &'static str = Step::EstablishPlan.mutation();
    type Input = EstablishPlanInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let columns = <entity::case::ActiveModel as Default>::default();
        let Advanced { mut effect, authorized, .. } =
            case::advance(write, Step::EstablishPlan, Proposal::default(), self.id, columns).await?;
        let plan = plan_of(&authorized).await?;
        let established = plan::ActiveModel {
            id: Set(plan.id),
            state: Set("VASTGESTELD".to_owned()),
            ..Default::default()
        };
        established.update(authorized.transaction()).await?;
        effect.events.push(event("PLAN_CHANGED", Leaf::D28, (NodeKind::Plan, plan.id.0)));
        effect.shows.push(("plan", plan.id.0));
        Ok(effect)
    }
}

/// What can be done with a plan and its actions.
#[derive(Debug, Default)]
pub(crate) struct PlanMutation;

#[Object]
impl PlanMutation {
    /// Makes the plan. For the procesregisseur.
    async fn make_plan(
        &self,
        ctx: &Context<'_>,
        input: MakePlanInput,
    ) -> async_graphql::Result<MakePlanPayload> {
        MakePlanPayload::run::<Make>(ctx, input).await
    }

    /// Adds an action to the plan. For the procesregisseur; the owner has to accept it.
    async fn add_action(
        &self,
        ctx: &Context<'_>,
        input: AddActionInput,
    ) -> async_graphql::Result<AddActionPayload> {
        AddActionPayload::run::<Add>(ctx, input).await
    }

    /// Accepts an action. For a participant of the organisation that owns it.
    async fn accept_action(
        &self,
        ctx: &Context<'_>,
        input: AcceptActionInput,
    ) -> async_graphql::Result<AcceptActionPayload> {
        AcceptActionPayload::run::<Accept>(ctx, input).await
    }

    /// Finishes an action. For a participant of the organisation that owns it.
    async fn finish_action(
        &self,
        ctx: &Context<'_>,
        input: FinishActionInput,
    ) -> async_graphql::Result<FinishActionPayload> {
        FinishActionPayload::run::<Finish>(ctx, input).await
    }

    /// Establishes the plan, once every action is accepted. For the procesregisseur.
    async fn establish_plan(
        &self,
        ctx: &Context<'_>,
        input: EstablishPlanInput,
    ) -> async_graphql::Result<EstablishPlanPayload> {
        EstablishPlanPayload::run::<Establish>(ctx, input).await
    }
}
