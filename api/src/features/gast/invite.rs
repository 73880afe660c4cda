//! Inviting a guest: an assignment of one day, and the declaration that is asked with it.

use async_graphql::ID;
use chrono::NaiveDate;
use convenant::Involvement;
use entity::geheimhoudingsverklaring;
use entity::id::{AssignmentId, DossierId, GeheimhoudingsverklaringId, OrganisationId, ProfessionalId};
use sea_orm::{EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::{Authorized, Write};

use super::{rules, store};
use crate::features::assignment::{Grant, Holder, give_log, grant};
use crate::features::case;
use crate::features::casusreis::{Proposal, Step, VerklaringState};
use crate::features::partner::{self, read_partner_id, read_professional_id};
use crate::features::step::{Taken, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Date, Text};
use crate::graphql::user_error::Finding;
use crate::server::Server;

change_input! {
    /// Invites a professional to one agenda item.
    InviteGuestInput {
        /// The case.
        id: ID,
        /// The organisation of the guest.
        partner_id: ID,
        /// The guest.
        professional_id: ID,
        /// The agenda item, as the guest and the data protection officer may read it: leave out what they need not
        /// know of the person.
        item: Text,
        /// The day of the item: today, or within three months.
        day: Date,
    }
}

/// A guest to invite, checked.
pub(super) struct Invite {
    id: GlobalId,
    partner: OrganisationId,
    professional: ProfessionalId,
    item: String,
    day: NaiveDate,
}

impl Change for Invite {
    const NAME: &'static str = Step::InviteGuest.mutation();
    type Input = InviteGuestInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partner = checks.or_note("partnerId", read_partner_id(&input.partner_id), Finding::NotFound);
        let professional =
            checks.or_note("professionalId", read_professional_id(&input.professional_id), Finding::NotFound);
        let item = checks.text("item", &input.item);
        let day = checks.coming_date("day", &input.day);
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self { id: id?, partner: partner?, professional: professional?, item: item?, day: day? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        Taken::allow(write, Step::InviteGuest)?;
        let proposal = self.proposal(write).await?;
        let taken = Taken::take(write, Step::InviteGuest, proposal).await?;
        let authorized = &taken.authorized;
        let case = case::find(authorized, self.id).await?;
        let assignment = self.let_in(authorized).await?;
        give_log(authorized, &taken.presence.dossier().house, "guards the declaration of a guest").await?;
        let asked = self.ask(authorized, assignment).await?;
        let mut effect = taken.effect(Step::InviteGuest, (NodeKind::Case, case.id.0));
        effect.events = vec![
            event("PARTICIPANTS_CHANGED", Leaf::D29, (NodeKind::Participant, assignment.0)),
            event("GEHEIMHOUDING_ASKED", Leaf::Open, (NodeKind::Geheimhoudingsverklaring, asked.0)),
        ];
        effect.shows =
            vec![("case", case.id.0), ("participant", assignment.0), ("geheimhoudingsverklaring", asked.0)];
        Ok(effect)
    }
}

impl Invite {
    async fn proposal(&self, write: &Write) -> Result<Proposal, Refused> {
        let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
        let partner = partner::find(&write.reading(), self.partner).await?;
        let partner = partner.ok_or_else(|| Refused::not_found("partnerId"))?;
        let professional = partner::find_professional(&write.reading(), self.professional).await?;
        let professional = professional.filter(|known| known.organisation_id == partner.id);
        let professional = professional.ok_or_else(|| Refused::not_found("professionalId"))?;
        let (from, until) = rules::presence_on(self.day, write.access().now());
        let sits = store::sits_at_tafel(&write.reading(), presence, professional.id, (from, until)).await?;
        Ok(Proposal {
            partner: Some((partner.partner, partner.id)),
            at_tafel_that_day: sits,
            day: Some(self.day),
            ..Proposal::default()
        })
    }

    async fn let_in(&self, authorized: &Authorized<'_>) -> Result<AssignmentId, Refused> {
        let (from, until) = rules::presence_on(self.day, authorized.now());
        let holder = Holder::Professional(self.professional);
        let invited = Grant::open(self.partner, holder, Involvement::Gast, "guest at one agenda item");
        Ok(grant(authorized, Grant { from: Some(from), until: Some(until), ..invited }).await?)
    }

    async fn ask(
        &self,
        authorized: &Authorized<'_>,
        assignment: AssignmentId,
    ) -> Result<GeheimhoudingsverklaringId, Refused> {
        let id = GeheimhoudingsverklaringId::fresh();
        let row = geheimhoudingsverklaring::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            organisation_id: Set(self.partner),
            professional_id: Set(self.professional),
            assignment_id: Set(assignment),
            item: Set(self.item.clone()),
            day: Set(self.day),
            state: Set(VerklaringState::Gevraagd.code().to_owned()),
            asked_at: Set(authorized.now()),
            text_version: Set(None),
            signed_at: Set(None),
        };
        geheimhoudingsverklaring::Entity::insert(row)
            .exec_without_returning(authorized.transaction())
            .await?;
        Ok(id)
    }
}
