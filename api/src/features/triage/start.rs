//! Putting an aanmelding on the triage: partners are invited, and one regisseur is named.

use async_graphql::ID;
use convenant::Involvement;
use entity::id::{DossierId, OrganisationId};
use waarborg::disclosure::Leaf;
use waarborg::write::{Authorized, Write};

use super::store::partners_at_triage;
use crate::features::aanmelding::{advance, unchanged};
use crate::features::assignment::{Grant, Holder, end, grant};
use crate::features::bekendheidscheck::read_partners;
use crate::features::casusreis::{AanmeldingState, Guard, Proposal, Step};
use crate::features::partner;
use crate::features::step::{Advanced, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::server::Server;

change_input! {
    /// Puts an aanmelding on the triage, or invites further partners to it. Whoever puts it there becomes its
    /// named procesregisseur.
    StartTriageInput {
        /// The aanmelding.
        id: ID,
        /// The organisations that take part, 1 to 20; their desks are invited.
        partner_ids: Vec<ID>,
    }
}

/// An aanmelding to put on the triage.
pub(super) struct Start {
    id: GlobalId,
    partners: Vec<(usize, OrganisationId)>,
}

impl Change for Start {
    const NAME: &'static str = Step::StartTriage.mutation();
    type Input = StartTriageInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partners = read_partners(&input.partner_ids, "partnerIds", checks);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, partners: partners? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let Advanced { mut effect, authorized, before } =
            advance(write, Step::StartTriage, Proposal::default(), self.id, unchanged()).await?;
        let present = partners_at_triage(write).await?;
        for (place, partner) in &self.partners {
            if !present.iter().any(|(organisation, _)| organisation == partner) {
                invite(write, &authorized, *partner, *place).await?;
            }
        }
        if before.state != AanmeldingState::Triage.code() {
            name_regisseur(&authorized).await?;
        }
        effect.events.push(event("PARTICIPANTS_CHANGED", Leaf::D29, (NodeKind::Dossier, self.id.dossier.0)));
        Ok(effect)
    }
}

/// Invites the desk of an organisation that has signed the covenant.
async fn invite(
    write: &Write,
    authorized: &Authorized<'_>,
    organisation: OrganisationId,
    place: usize,
) -> Result<(), Refused> {
    let not_found = || Refused::NotFound(vec!["partnerIds".to_owned(), place.to_string()]);
    let presence = write.presence().ok_or_else(not_found)?;
    let partner = partner::find(&write.reading(), organisation).await?.ok_or_else(not_found)?;
    if !partner.has_signed_for(presence, write.access().today()) {
        return Err(Guard::PartnerSigned.refused());
    }
    let desk = partner::liaison_desk(&write.reading(), &presence.dossier().house, organisation).await?;
    let holder = Holder::Desk(desk.ok_or_else(not_found)?);
    let seat = Grant::open(organisation, holder, Involvement::Triage, "invited to the triage");
    grant(authorized, seat).await?;
    Ok(())
}

/// From the triage on one named regisseur instead of the desk (covenant/README, involvements).
async fn name_regisseur(authorized: &Authorized<'_>) -> Result<(), Refused> {
    end(authorized, &[Involvement::Procesregie], None).await?;
    let principal = authorized.access().principal();
    let holder = Holder::Professional(principal.professional);
    let regisseur =
        Grant::open(principal.organisation, holder, Involvement::Procesregie, "named procesregisseur");
    grant(authorized, regisseur).await?;
    Ok(())
}
