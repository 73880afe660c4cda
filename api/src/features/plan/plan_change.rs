//! What is done with the plan itself: made and established by the procesregisseur.

use async_graphql::{ID, InputObject};
use entity::id::{DossierId, PlanId};
use entity::plan;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::Write;

use super::{Goal, plan_of};
use crate::features::aanmelding::Leefgebied;
use crate::features::case;
use crate::features::casusreis::{Proposal, Step};
use crate::features::step::{Advanced, Taken, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::Text;
use crate::server::Server;

/// A goal of the plan.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct GoalInput {
    /// The goal.
    text: Text,
    /// The area of life.
    leefgebied: Option<Leefgebied>,
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
    /// Establishes the plan.
    EstablishPlanInput {
        /// The case.
        id: ID,
    }
}

/// A plan to make, checked.
pub(super) struct Make {
    id: GlobalId,
    goals: Vec<Goal>,
    agreed_with_person: bool,
}

impl Change for Make {
    const NAME: &'static str = Step::MakePlan.mutation();
    type Input = MakePlanInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let goals = checks.list("goals", &input.goals, 1..=20, |checks, place, goal| {
            let text = checks.within(place, |checks| checks.text("text", &goal.text));
            Some(Goal { text: text?, leefgebied: goal.leefgebied })
        });
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self { id: id?, goals: goals?, agreed_with_person: input.agreed_with_person })
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

/// A plan to establish.
pub(super) struct Establish {
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
