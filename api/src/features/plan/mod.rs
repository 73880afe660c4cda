//! The plan van aanpak and its actions, owned and accepted by partners (domain.md b.6, A31 to A33).
//!
//! An action binds only once its owner has accepted it. The bureau owns actions of process or guidance only.

mod action;
mod action_change;
mod mutation;
mod plan_change;

use async_graphql::{ID, Object, SimpleObject};
use entity::plan;
use sea_orm::QueryOrder;
use serde::{Deserialize, Serialize};
use waarborg::access::Scoped;
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::Authorized;

use super::aanmelding::Leefgebied;
use super::casusreis::Guard;
use crate::graphql::change::Refused;
use crate::graphql::id::NodeKind;
use crate::graphql::page::{PageArguments, Rows, page_cost};
use crate::graphql::rows::{NodeType, Shown, classified};
use crate::graphql::viewer_access::ViewerAccess;

pub(crate) use action::Action;
pub(crate) use mutation::PlanMutation;

classified!(Plan, plan, NodeKind::Plan);

impl NodeType for Plan {
    type Table = entity::plan::Entity;
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
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
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

/// The plan of the dossier under a write.
async fn plan_of(authorized: &Authorized<'_>) -> Result<plan::Model, Refused> {
    let found =
        plan::Entity::under(authorized).order_by_desc(plan::Column::Id).one(authorized.transaction()).await?;
    found.ok_or(Guard::PlanMade.refused())
}
