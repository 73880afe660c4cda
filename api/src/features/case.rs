//! The case: a dossier that was taken up at a tafel (domain.md b.6).
//!
//! Partners take their seats by invitation of the procesregisseur, as far as the tafel has a seat for them, and
//! keep them until closing.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Months, NaiveDate, Utc};
use convenant::Involvement;
use entity::id::{DossierId, OrganisationId, ProfessionalId};
use entity::{assignment, case};
use sea_orm::{ActiveModelTrait, ColumnTrait, PaginatorTrait, QueryFilter, Set};
use waarborg::access::{Scoped, active_at};
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{Authorized, Write};

use super::assignment::{Grant, Holder, end, grant};
use super::casusreis::{CaseState, Machine, Proposal, Step};
use super::participant::Participant;
use super::partner::{self, PartnerProfessional, read_partner_id, read_professional_id};
use super::payload::{payload, payloads};
use super::step::{Advanced, Taken, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::{Date, Text};
use crate::graphql::user_error::Finding;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Case, case, NodeKind::Case);

/// How long a closed case is kept (domain.md b.13: at most five years).
const KEPT_MONTHS: Months = Months::new(60);

impl NodeType for Case {
    type Table = entity::case::Entity;
}

#[Object]
impl Case {
    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The number in the house: ZVH-2024-000123.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn number(&self) -> &str {
        &self.model.number
    }

    /// How far it is.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn state(&self) -> Option<CaseState> {
        CaseState::named(&self.model.state)
    }

    /// PROCESREGIE, ONDERSTEUNING or TRAJECTBEGELEIDING, as the triage decided.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn role(&self) -> Option<&str> {
        Some(&self.model.role)
    }

    /// When it was opened.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn opened_at(&self) -> DateTime<Utc> {
        self.model.opened_at
    }

    /// The named procesregisseur.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn regisseur(&self) -> Option<async_graphql::Result<PartnerProfessional>> {
        let names = partner::Names::of(&self.row).await;
        names.map(|names| names.professional(self.model.regisseur_id)).transpose()
    }

    /// The id of the organisation on whose ground the case hangs.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn ground_holder_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.ground_holder_id))
    }

    /// The day of the next review.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn review_on(&self) -> Option<Date> {
        self.model.review_on.map(Date::from)
    }

    /// The day of the check in the after-care.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn follow_up_on(&self) -> Option<Date> {
        self.model.follow_up_on.map(Date::from)
    }

    /// When it was closed.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.model.closed_at
    }

    /// How the person was told of the closing, or why not.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn closing_note(&self) -> Option<&str> {
        self.model.closing_note.as_deref()
    }

    /// What of this case is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Case", Vec::new())
    }
}

change_input! {
    /// Gives a partner a seat at the tafel.
    InviteToSeatInput {
        /// The case.
        id: ID,
        /// The organisation.
        partner_id: ID,
        /// The professional who takes the seat.
        professional_id: ID,
        /// The side of the case on which the professional works; neither when left out.
        side: Option<CaseSide>,
    }
}

/// The side of a case on which a professional works.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum CaseSide {
    /// Neither.
    #[default]
    Geen,
    /// Of the victim.
    Slachtoffer,
    /// Of the offender.
    Pleger,
}

impl From<CaseSide> for convenant::Side {
    fn from(side: CaseSide) -> Self {
        match side {
            CaseSide::Geen => Self::Geen,
            CaseSide::Slachtoffer => Self::Slachtoffer,
            CaseSide::Pleger => Self::Pleger,
        }
    }
}

change_input! {
    /// Opens the discussion of a case.
    StartOverlegInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Returns from following a case to discussing it.
    ReturnToOverlegInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Begins to scale a case down.
    StartAfschalingInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Goes over to following the plan.
    StartMonitoringInput {
        /// The case.
        id: ID,
        /// The day of the review, at most three months ahead.
        review_on: Date,
    }
}

change_input! {
    /// Goes over to the after-care.
    StartNazorgInput {
        /// The case.
        id: ID,
        /// The day of the check, at most three months ahead.
        follow_up_on: Date,
    }
}

change_input! {
    /// Closes a case.
    CloseCaseInput {
        /// The case.
        id: ID,
        /// How the person was told, or why telling is postponed.
        closing_note: Text,
    }
}

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

/// The case of a dossier under a write.
pub(crate) async fn find(authorized: &Authorized<'_>, id: GlobalId) -> Result<case::Model, Refused> {
    let found = case::Entity::under(authorized)
        .filter(case::Column::Id.eq(id.row))
        .one(authorized.transaction())
        .await?;
    found.ok_or_else(|| Refused::not_found("id"))
}

/// Takes a step of the case and writes its columns with the new state.
pub(crate) async fn advance(
    write: &Write,
    step: Step,
    proposal: Proposal,
    id: GlobalId,
    columns: case::ActiveModel,
) -> Result<Advanced<'_, case::Model>, Refused> {
    let taken = Taken::take(write, step, proposal).await?;
    let row = find(&taken.authorized, id).await?;
    let to = match step.transition().machine {
        Machine::Case { to, .. } => to,
        Machine::Aanmelding { .. } => None,
    };
    let state = to.map_or_else(|| row.state.clone(), |to: CaseState| to.code().to_owned());
    let columns = case::ActiveModel { id: Set(row.id), state: Set(state), ..columns };
    columns.update(taken.authorized.transaction()).await?;
    let mut effect = taken.effect(step, (NodeKind::Case, row.id.0));
    effect.shows.push(("case", row.id.0));
    Ok(Advanced { effect, authorized: taken.authorized, before: row })
}

struct Invite {
    id: GlobalId,
    partner: OrganisationId,
    professional: ProfessionalId,
    side: CaseSide,
}

impl Change for Invite {
    const NAME: &'static str = Step::InviteToSeat.mutation();
    type Input = InviteToSeatInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partner = read_partner_id(&input.partner_id);
        if partner.is_none() {
            checks.note("partnerId", Finding::NotFound);
        }
        let professional = read_professional_id(&input.professional_id);
        if professional.is_none() {
            checks.note("professionalId", Finding::NotFound);
        }
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self {
            id: id?,
            partner: partner?,
            professional: professional?,
            side: input.side.unwrap_or_default(),
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        Taken::allow(write, Step::InviteToSeat)?;
        let not_found = |field: &str| Refused::not_found(field);
        let partner = partner::find(&write.reading(), self.partner).await?;
        let partner = partner.ok_or_else(|| not_found("partnerId"))?;
        let professional = partner::find_professional(&write.reading(), self.professional).await?;
        let professional = professional.filter(|known| known.organisation_id == partner.id);
        professional.ok_or_else(|| not_found("professionalId"))?;
        let presence = write.presence().ok_or_else(|| not_found("id"))?;
        let seat = presence.version().and_then(|version| version.seat(presence.tafel(), partner.partner));
        let proposal = Proposal {
            partner: Some((partner.partner, partner.id)),
            has_seat: seat.is_some(),
            has_signed: partner.has_signed_for(presence, write.access().today()),
            already_seated: self.is_seated(write).await?,
            ..Proposal::default()
        };
        let taken = Taken::take(write, Step::InviteToSeat, proposal).await?;
        let case = find(&taken.authorized, self.id).await?;
        let seat = Grant {
            side: self.side.into(),
            ..Grant::open(
                partner.id,
                Holder::Professional(self.professional),
                Involvement::Zetel,
                "seat at the tafel",
            )
        };
        let assignment = grant(&taken.authorized, seat).await?;
        let mut effect = taken.effect(Step::InviteToSeat, (NodeKind::Case, case.id.0));
        effect.events = vec![event("PARTICIPANTS_CHANGED", Leaf::D29, (NodeKind::Participant, assignment.0))];
        effect.shows = vec![("case", case.id.0), ("participant", assignment.0)];
        Ok(effect)
    }
}

impl Invite {
    async fn is_seated(&self, write: &Write) -> Result<bool, Refused> {
        let Some(presence) = write.presence() else { return Ok(false) };
        let seats = assignment::Entity::within(presence)
            .filter(assignment::Column::ProfessionalId.eq(self.professional))
            .filter(assignment::Column::Involvement.eq(Involvement::Zetel.code()))
            .filter(active_at(write.access().now()))
            .count(&write.reading())
            .await?;
        Ok(seats > 0)
    }
}

/// A step of the case that brings nothing but its id.
macro_rules! plain_step {
    ($name:ident, $input:ty, $step:expr) => {
        struct $name {
            id: GlobalId,
        }

        impl Change for $name {
            const NAME: &'static str = $step.mutation();
            type Input = $input;

            fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
                Some(Self { id: checks.id("id", &input.id, NodeKind::Case)? })
            }

            fn dossier(&self) -> Option<DossierId> {
                Some(self.id.dossier)
            }

            async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
                Ok(advance(write, $step, Proposal::default(), self.id, Default::default()).await?.effect)
            }
        }
    };
}

plain_step!(StartOverleg, StartOverlegInput, Step::StartOverleg);
plain_step!(ReturnToOverleg, ReturnToOverlegInput, Step::ReturnToOverleg);
plain_step!(StartAfschaling, StartAfschalingInput, Step::StartAfschaling);

struct StartMonitoring {
    id: GlobalId,
    review_on: NaiveDate,
}

impl Change for StartMonitoring {
    const NAME: &'static str = Step::StartMonitoring.mutation();
    type Input = StartMonitoringInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let review_on = checks.coming_date("reviewOn", &input.review_on);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, review_on: review_on? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let proposal = Proposal { day: Some(self.review_on), ..Proposal::default() };
        let columns = case::ActiveModel { review_on: Set(Some(self.review_on)), ..Default::default() };
        Ok(advance(write, Step::StartMonitoring, proposal, self.id, columns).await?.effect)
    }
}

struct StartNazorg {
    id: GlobalId,
    follow_up_on: NaiveDate,
}

impl Change for StartNazorg {
    const NAME: &'static str = Step::StartNazorg.mutation();
    type Input = StartNazorgInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let follow_up_on = checks.coming_date("followUpOn", &input.follow_up_on);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, follow_up_on: follow_up_on? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let proposal = Proposal { day: Some(self.follow_up_on), ..Proposal::default() };
        let follow_up = Set(Some(self.follow_up_on));
        let columns = case::ActiveModel { follow_up_on: follow_up, ..Default::default() };
        Ok(advance(write, Step::StartNazorg, proposal, self.id, columns).await?.effect)
    }
}

struct Close {
    id: GlobalId,
    closing_note: String,
}

impl Change for Close {
    const NAME: &'static str = Step::CloseCase.mutation();
    type Input = CloseCaseInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let closing_note = checks.text("closingNote", &input.closing_note);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, closing_note: closing_note? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    /// Closing ends every assignment but those of the aanmelder and the bureau.
    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        use Involvement::{Gast, Levensloop, Overdracht, Traject, Zetel, Zsm};
        let keep_until = write.access().today().checked_add_months(KEPT_MONTHS);
        let columns = case::ActiveModel {
            closed_at: Set(Some(write.access().now())),
            closing_note: Set(Some(self.closing_note.clone())),
            keep_until: Set(keep_until),
            ..Default::default()
        };
        let Advanced { effect, authorized, .. } =
            advance(write, Step::CloseCase, Proposal::default(), self.id, columns).await?;
        end(&authorized, &[Zetel, Gast, Traject, Levensloop, Zsm, Overdracht], None).await?;
        Ok(effect)
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
