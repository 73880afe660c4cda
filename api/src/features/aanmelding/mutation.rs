//! What is done with an aanmelding: taking it up, asking for more, completing, withdrawing, reporting back.

use async_graphql::{Context, ID, Object};
use convenant::Tafel;
use entity::aanmelding;
use entity::id::DossierId;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter, Set};
use waarborg::access::Scoped;
use waarborg::write::{Authorized, Write};

use super::Aanmelding;
use super::submit::{Submit, SubmitAanmeldingInput, may_move};
use crate::features::assignment::end;
use crate::features::casusreis::{AanmeldingState, Machine, Proposal, Step};
use crate::features::payload::{payload, payloads};
use crate::features::person::Person;
use crate::features::step::{Advanced, Taken};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Line, Text};
use crate::server::Server;

payload! {
    /// What came of submitting.
    SubmitAanmeldingPayload {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
        /// The person in the new dossier.
        person: Person = "person",
    }
}

payloads! {
    [TakeUpAanmeldingPayload, RequestCompletionPayload, CompleteAanmeldingPayload, WithdrawAanmeldingPayload, ReportBackPayload] {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
    }
}

change_input! {
    /// Takes up an aanmelding to check whether it is complete.
    TakeUpAanmeldingInput {
        /// The aanmelding.
        id: ID,
        /// The tafel for which it is prepared, when it is another than the proposed one.
        tafel: Option<Line>,
    }
}

change_input! {
    /// Asks the aanmelder to complete the aanmelding.
    RequestCompletionInput {
        /// The aanmelding.
        id: ID,
        /// What is missing.
        missing_items: Text,
    }
}

change_input! {
    /// Completes an aanmelding. A text that is left out stays as it was.
    CompleteAanmeldingInput {
        /// The aanmelding.
        id: ID,
        /// Why the person is registered.
        reason: Option<Text>,
        /// What has been tried already.
        tried: Option<Text>,
    }
}

change_input! {
    /// Withdraws an aanmelding that was not decided yet.
    WithdrawAanmeldingInput {
        /// The aanmelding.
        id: ID,
        /// Why.
        reason: Text,
    }
}

change_input! {
    /// Records that the aanmelder was told the outcome.
    ReportBackInput {
        /// The aanmelding.
        id: ID,
    }
}

/// What one step changes on the row of the aanmelding.
type Columns = aanmelding::ActiveModel;

/// Nothing but the state changes.
pub(crate) fn unchanged() -> Columns {
    <Columns as Default>::default()
}

/// Takes a step of the aanmelding and writes its columns with the new state.
pub(crate) async fn advance(
    write: &Write,
    step: Step,
    proposal: Proposal,
    id: GlobalId,
    columns: Columns,
) -> Result<Advanced<'_, aanmelding::Model>, Refused> {
    let taken = Taken::take(write, step, proposal).await?;
    let row = find(&taken.authorized, id).await?;
    let to = match step.transition().machine {
        Machine::Aanmelding { to, .. } => to,
        Machine::Case { .. } => None,
    };
    let state = to.map_or_else(|| row.state.clone(), |to: AanmeldingState| to.code().to_owned());
    let since = if to.is_some() { taken.authorized.now() } else { row.state_since };
    let columns = Columns { id: Set(row.id), state: Set(state), state_since: Set(since), ..columns };
    columns.update(taken.authorized.transaction()).await?;
    let mut effect = taken.effect(step, (NodeKind::Aanmelding, row.id.0));
    effect.shows.push(("aanmelding", row.id.0));
    Ok(Advanced { effect, authorized: taken.authorized, before: row })
}

async fn find(authorized: &Authorized<'_>, id: GlobalId) -> Result<aanmelding::Model, Refused> {
    let found = aanmelding::Entity::under(authorized)
        .filter(aanmelding::Column::Id.eq(id.row))
        .one(authorized.transaction())
        .await?;
    found.ok_or_else(|| Refused::not_found("id"))
}

struct TakeUp {
    id: GlobalId,
    tafel: Option<Tafel>,
}

impl Change for TakeUp {
    const NAME: &'static str = Step::TakeUpAanmelding.mutation();
    type Input = TakeUpAanmeldingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let tafel = checks.optional("tafel", input.tafel.as_ref(), Checks::code);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, tafel: tafel? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let proposal = Proposal { tafel: self.tafel, ..Proposal::default() };
        let Advanced { mut effect, before, .. } =
            advance(write, Step::TakeUpAanmelding, proposal, self.id, unchanged()).await?;
        if let Some(tafel) = self.tafel {
            may_move(write, &before, tafel).await?;
        }
        effect.change.tafel = self.tafel;
        Ok(effect)
    }
}

struct RequestCompletion {
    id: GlobalId,
    missing_items: String,
}

impl Change for RequestCompletion {
    const NAME: &'static str = Step::RequestCompletion.mutation();
    type Input = RequestCompletionInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let missing_items = checks.text("missingItems", &input.missing_items);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, missing_items: missing_items? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let columns = Columns { missing_items: Set(Some(self.missing_items.clone())), ..Default::default() };
        Ok(advance(write, Step::RequestCompletion, Proposal::default(), self.id, columns).await?.effect)
    }
}

struct Complete {
    id: GlobalId,
    reason: Option<String>,
    tried: Option<String>,
}

impl Change for Complete {
    const NAME: &'static str = Step::CompleteAanmelding.mutation();
    type Input = CompleteAanmeldingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let reason = checks.optional("reason", input.reason.as_ref(), Checks::text);
        let tried = checks.optional("tried", input.tried.as_ref(), Checks::text);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, reason: reason?, tried: tried? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let mut columns = unchanged();
        if let Some(reason) = &self.reason {
            columns.reason = Set(reason.clone());
        }
        if let Some(tried) = &self.tried {
            columns.tried = Set(tried.clone());
        }
        Ok(advance(write, Step::CompleteAanmelding, Proposal::default(), self.id, columns).await?.effect)
    }
}

struct Withdraw {
    id: GlobalId,
    reason: String,
}

impl Change for Withdraw {
    const NAME: &'static str = Step::WithdrawAanmelding.mutation();
    type Input = WithdrawAanmeldingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let reason = checks.text("reason", &input.reason);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, reason: reason? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        use convenant::Involvement::{Bekendheidscheck, BrpTaak, Triage, Verrijking};
        let columns = Columns { withdrawn_reason: Set(Some(self.reason.clone())), ..Default::default() };
        let withdrawn =
            advance(write, Step::WithdrawAanmelding, Proposal::default(), self.id, columns).await?;
        let tasks = [BrpTaak, Bekendheidscheck, Verrijking, Triage];
        end(&withdrawn.authorized, &tasks, None).await?;
        Ok(withdrawn.effect)
    }
}

struct ReportBack {
    id: GlobalId,
}

impl Change for ReportBack {
    const NAME: &'static str = Step::ReportBack.mutation();
    type Input = ReportBackInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    /// Telling the aanmelder changes nothing in the phase of a case that was opened.
    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let mut effect =
            advance(write, Step::ReportBack, Proposal::default(), self.id, unchanged()).await?.effect;
        effect.change.phase = None;
        Ok(effect)
    }
}

/// What can be done with an aanmelding.
#[derive(Debug, Default)]
pub(crate) struct AanmeldingMutation;

#[Object]
impl AanmeldingMutation {
    /// Registers a person with a house. For professionals of partners that signed its covenant.
    async fn submit_aanmelding(
        &self,
        ctx: &Context<'_>,
        input: SubmitAanmeldingInput,
    ) -> async_graphql::Result<SubmitAanmeldingPayload> {
        SubmitAanmeldingPayload::run::<Submit>(ctx, input).await
    }

    /// Takes up an aanmelding to check whether it is complete. For the procesondersteuning.
    async fn take_up_aanmelding(
        &self,
        ctx: &Context<'_>,
        input: TakeUpAanmeldingInput,
    ) -> async_graphql::Result<TakeUpAanmeldingPayload> {
        TakeUpAanmeldingPayload::run::<TakeUp>(ctx, input).await
    }

    /// Asks the aanmelder to complete the aanmelding. For the procesondersteuning.
    async fn request_completion(
        &self,
        ctx: &Context<'_>,
        input: RequestCompletionInput,
    ) -> async_graphql::Result<RequestCompletionPayload> {
        RequestCompletionPayload::run::<RequestCompletion>(ctx, input).await
    }

    /// Completes the aanmelding. For the aanmelder.
    async fn complete_aanmelding(
        &self,
        ctx: &Context<'_>,
        input: CompleteAanmeldingInput,
    ) -> async_graphql::Result<CompleteAanmeldingPayload> {
        CompleteAanmeldingPayload::run::<Complete>(ctx, input).await
    }

    /// Withdraws the aanmelding before it is decided. For the aanmelder.
    async fn withdraw_aanmelding(
        &self,
        ctx: &Context<'_>,
        input: WithdrawAanmeldingInput,
    ) -> async_graphql::Result<WithdrawAanmeldingPayload> {
        WithdrawAanmeldingPayload::run::<Withdraw>(ctx, input).await
    }

    /// Records that the aanmelder was told the outcome. For the procesregisseur.
    async fn report_back(
        &self,
        ctx: &Context<'_>,
        input: ReportBackInput,
    ) -> async_graphql::Result<ReportBackPayload> {
        ReportBackPayload::run::<ReportBack>(ctx, input).await
    }
}
