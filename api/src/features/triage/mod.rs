//! The triage: partners weigh an aanmelding by criteria; a quorum decides (domain.md b.5).
//!
//! A decision to take up opens the case in the same act. The aanmelder sees outcome and advice, not the weighing
//! (A26).

mod afwijking;
mod criteria;
mod decide;
mod start;
mod store;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::id::OrganisationId;
use waarborg::disclosure::{Identified, Leaf, gegeven};

use super::aanmelding::Aanmelding;
use super::case::Case;
use super::partner;
use super::payload::payloads;
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::viewer_access::ViewerAccess;

pub(crate) use afwijking::Afwijking;
use afwijking::{AskAfwijkingInput, AskAfwijkingPayload, DecideAfwijkingInput, DecideAfwijkingPayload};
use criteria::CriterionAnswer;
use decide::{Decide, DecideTriageInput};
use start::{Start, StartTriageInput};

classified!(Triage, triage, NodeKind::Triage);

impl NodeType for Triage {
    type Table = entity::triage::Entity;
}

#[Object]
impl Triage {
    /// What of this outcome is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Triage", Vec::new())
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The decision.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn decision(&self) -> Option<&str> {
        Some(&self.model.decision)
    }

    /// The advice to the aanmelder.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn advice(&self) -> Option<&str> {
        self.model.advice.as_deref()
    }

    /// When it was decided.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.decided_at)
    }

    /// The answers to the criteria.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn answers(&self) -> Option<Vec<CriterionAnswer>> {
        serde_json::from_value(self.model.answers.clone()).ok()
    }

    /// The person's system and context.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn systemic_context(&self) -> Option<&str> {
        self.model.systemic_context.as_deref()
    }

    /// Why it was decided so.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn motivation(&self) -> Option<&str> {
        Some(&self.model.motivation)
    }

    /// Why the criteria were deviated from, approved by the ketenmanager.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn deviation(&self) -> Option<&str> {
        self.model.deviation.as_deref()
    }

    /// The ids of the organisations that took part.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn partner_ids(&self) -> Option<Vec<ID>> {
        let ids: Vec<OrganisationId> = serde_json::from_value(self.model.participants.clone()).ok()?;
        Some(ids.into_iter().map(partner::partner_id).collect())
    }
}

payloads! {
    [StartTriagePayload, DecideTriagePayload] {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
        /// The outcome.
        triage: Triage = "triage",
        /// The case that was opened.
        case: Case = "case",
    }
}

/// What can be done in the triage.
#[derive(Debug, Default)]
pub(crate) struct TriageMutation;

#[Object]
impl TriageMutation {
    /// Puts an aanmelding on the triage, or invites further partners to it. For the procesregie; whoever puts it
    /// there becomes the named regisseur.
    async fn start_triage(
        &self,
        ctx: &Context<'_>,
        input: StartTriageInput,
    ) -> async_graphql::Result<StartTriagePayload> {
        StartTriagePayload::run::<Start>(ctx, input).await
    }

    /// Records what the triage decided, and opens the case when it is taken up. For the named regisseur.
    async fn decide_triage(
        &self,
        ctx: &Context<'_>,
        input: DecideTriageInput,
    ) -> async_graphql::Result<DecideTriagePayload> {
        DecideTriagePayload::run::<Decide>(ctx, input).await
    }

    /// Asks the ketenmanager to approve that a case is taken up although the criteria are not met. For the named
    /// regisseur.
    async fn ask_afwijking(
        &self,
        ctx: &Context<'_>,
        input: AskAfwijkingInput,
    ) -> async_graphql::Result<AskAfwijkingPayload> {
        AskAfwijkingPayload::run::<afwijking::Ask>(ctx, input).await
    }

    /// Approves or refuses an afwijking. For the ketenmanager.
    async fn decide_afwijking(
        &self,
        ctx: &Context<'_>,
        input: DecideAfwijkingInput,
    ) -> async_graphql::Result<DecideAfwijkingPayload> {
        DecideAfwijkingPayload::run::<afwijking::Decide>(ctx, input).await
    }
}
