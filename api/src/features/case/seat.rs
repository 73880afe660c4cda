//! A seat at the tafel: given by the procesregisseur, to partners whom the covenant gives one.

use async_graphql::ID;
use convenant::Involvement;
use entity::assignment;
use entity::id::{DossierId, OrganisationId, ProfessionalId};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
use waarborg::access::{Scoped, active_at};
use waarborg::disclosure::Leaf;
use waarborg::write::Write;

use super::find;
use crate::features::assignment::{Grant, Holder, grant};
use crate::features::casusreis::{Proposal, Step};
use crate::features::partner::{self, read_partner_id, read_professional_id};
use crate::features::step::{Taken, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::user_error::Finding;
use crate::server::Server;

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

/// A seat to give, checked.
pub(super) struct Invite {
    id: GlobalId,
    partner: OrganisationId,
    professional: ProfessionalId,
    side: CaseSide,
}

impl Change for Invite {
    const NAME: &'static str = Step::InviteToSeat.mutation();
    type Input = InviteToSeatInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partner = checks.or_note("partnerId", read_partner_id(&input.partner_id), Finding::NotFound);
        let professional =
            checks.or_note("professionalId", read_professional_id(&input.professional_id), Finding::NotFound);
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
