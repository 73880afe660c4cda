//! The mutations of a case, and what each answers.

use async_graphql::{Context, Object};

use super::Case;
use super::course::{
    Close, CloseCaseInput, ReturnToOverleg, ReturnToOverlegInput, StartAfschaling, StartAfschalingInput,
    StartMonitoring, StartMonitoringInput, StartNazorg, StartNazorgInput, StartOverleg, StartOverlegInput,
};
use super::seat::{Invite, InviteToSeatInput};
use crate::features::participant::Participant;
use crate::features::payload::{payload, payloads};

payloads! {
    [StartOverlegPayload, StartMonitoringPayload, ReturnToOverlegPayload, StartAfschalingPayload, StartNazorgPayload, CloseCasePayload] {
        /// The case.
        case: Case = "case",
    }
}

payload! {
    /// What came of an invitation.
    InviteToSeatPayload {
        /// The case.
        case: Case = "case",
        /// The new participant.
        participant: Participant = "participant",
    }
}

/// What can be done with a case.
#[derive(Debug, Default)]
pub(crate) struct CaseMutation;

#[Object]
impl CaseMutation {
    /// Gives a partner a seat at the tafel. For the procesregisseur.
    async fn invite_to_seat(
        &self,
        ctx: &Context<'_>,
        input: InviteToSeatInput,
    ) -> async_graphql::Result<InviteToSeatPayload> {
        InviteToSeatPayload::run::<Invite>(ctx, input).await
    }

    /// Opens the discussion of the case. For the procesregisseur.
    async fn start_overleg(
        &self,
        ctx: &Context<'_>,
        input: StartOverlegInput,
    ) -> async_graphql::Result<StartOverlegPayload> {
        StartOverlegPayload::run::<StartOverleg>(ctx, input).await
    }

    /// Goes over to following the plan. For the procesregisseur.
    async fn start_monitoring(
        &self,
        ctx: &Context<'_>,
        input: StartMonitoringInput,
    ) -> async_graphql::Result<StartMonitoringPayload> {
        StartMonitoringPayload::run::<StartMonitoring>(ctx, input).await
    }

    /// Returns from following to discussing. For the procesregisseur.
    async fn return_to_overleg(
        &self,
        ctx: &Context<'_>,
        input: ReturnToOverlegInput,
    ) -> async_graphql::Result<ReturnToOverlegPayload> {
        ReturnToOverlegPayload::run::<ReturnToOverleg>(ctx, input).await
    }

    /// Begins to scale down, once the receiver has accepted. For the procesregisseur.
    async fn start_afschaling(
        &self,
        ctx: &Context<'_>,
        input: StartAfschalingInput,
    ) -> async_graphql::Result<StartAfschalingPayload> {
        StartAfschalingPayload::run::<StartAfschaling>(ctx, input).await
    }

    /// Goes over to the after-care. For the procesregisseur.
    async fn start_nazorg(
        &self,
        ctx: &Context<'_>,
        input: StartNazorgInput,
    ) -> async_graphql::Result<StartNazorgPayload> {
        StartNazorgPayload::run::<StartNazorg>(ctx, input).await
    }

    /// Closes the case; the seats end. For the procesregisseur.
    async fn close_case(
        &self,
        ctx: &Context<'_>,
        input: CloseCaseInput,
    ) -> async_graphql::Result<CloseCasePayload> {
        CloseCasePayload::run::<Close>(ctx, input).await
    }
}
