//! The mutations of a plan and its actions, and what each answers.

use async_graphql::{Context, Object};

use super::action_change::{Accept, AcceptActionInput, Add, AddActionInput, Finish, FinishActionInput};
use super::plan_change::{Establish, EstablishPlanInput, Make, MakePlanInput};
use super::{Action, Plan};
use crate::features::case::Case;
use crate::features::payload::payloads;

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
