//! Guests (gast): an incidental participant for one agenda item, on the day of that item (covenant README, involvement
//! GAST; domain.md row 120 and A68).
//!
//! The invitation gives an assignment of that one Dutch day and asks a geheimhoudingsverklaring. A guest whose
//! organisation did not sign the covenant is shown nothing by it before the declaration is signed (row V01), and nobody
//! is shown anything by it after the day. It must never show a guest more than the rows of the covenant for GAST.

mod invite;
mod rules;
mod sign;
mod store;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use convenant::Facts;
use sea_orm::DbErr;
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Disclosed, Identified, Leaf, Row, gegeven};

use self::invite::{Invite, InviteGuestInput};
use self::sign::{Sign, SignGeheimhoudingsverklaringInput};
use super::case::Case;
use super::casusreis::{VerklaringState, task};
use super::dossier::Dossier;
use super::participant::Participant;
use super::partner::{Names, PartnerProfessional};
use super::payload::payload;
use super::step::offered_tasks;
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, Shown, classified};
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::ViewerAccess;

classified!(Geheimhoudingsverklaring, geheimhoudingsverklaring, NodeKind::Geheimhoudingsverklaring);

impl NodeType for Geheimhoudingsverklaring {
    type Table = entity::geheimhoudingsverklaring::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = rules::facts(access, model);
        rules::line(presence, facts).map(|_| facts)
    }

    async fn show(shown: &Shown, model: Self::Source) -> Result<Option<Disclosed<Self>>, DbErr> {
        let facts = rules::facts(shown.access(), &model);
        let line = rules::line(shown.presence(), facts);
        let row = line.map(|line| Row { facts, line: Some(line), ..shown.plain() });
        Ok(row.map(|row| Disclosed::new(row, model)))
    }
}

/// A declaration as the table of tasks looks at it. Its last day is that of the item.
fn task_row(asked: &entity::geheimhoudingsverklaring::Model) -> task::Row<'static> {
    let state = VerklaringState::named(&asked.state).map_or("", VerklaringState::code);
    task::Row {
        deadline: Some(asked.day),
        organisation: Some(asked.organisation_id),
        professional: Some(asked.professional_id),
        ..task::Row::of(task::Machine::Geheimhoudingsverklaring, state)
    }
}

#[Object]
impl Geheimhoudingsverklaring {
    /// What of this declaration is withheld from you and why, and whether you are asked to sign it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        let steps = offered_tasks(&self.row, &task_row(&self.model));
        ViewerAccess::of(&self.row, "Geheimhoudingsverklaring", steps)
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The dossier for which it is asked.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn dossier(&self) -> Disclosed<Dossier> {
        Dossier::of(&Shown::of_row(&self.row))
    }

    /// The words of the declaration, in Dutch: those that were signed, or those that are to be signed.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn text(&self) -> &'static str {
        rules::words(&self.model).text
    }

    /// The version of those words. Send it back when you sign.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn text_version(&self) -> &'static str {
        rules::words(&self.model).version
    }

    /// GEVRAAGD; GETEKEND once the guest signed it; VERLOPEN when the day passed without.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn state(&self) -> Option<&'static str> {
        Some(task_row(&self.model).state_on(self.row.access().today()))
    }

    /// The agenda item to which the guest was invited.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn item(&self) -> Option<&str> {
        Some(&self.model.item)
    }

    /// The day of the item, in the Netherlands. Before it and after it the dossier does not exist for the guest.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn day(&self) -> Option<Date> {
        Some(self.model.day.into())
    }

    /// The name of the organisation of the guest.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn organisation(&self) -> Option<async_graphql::Result<String>> {
        let names = Names::of(&self.row).await;
        names.map(|names| names.organisation(self.model.organisation_id)).transpose()
    }

    /// The guest.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn professional(&self) -> Option<async_graphql::Result<PartnerProfessional>> {
        let names = Names::of(&self.row).await;
        names.map(|names| names.professional(self.model.professional_id)).transpose()
    }

    /// When the guest was invited, and the declaration asked.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn asked_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.asked_at)
    }

    /// When the guest signed it.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.model.signed_at
    }
}

payload! {
    /// What came of inviting a guest.
    InviteGuestPayload {
        /// The case.
        case: Case = "case",
        /// The guest as a participant.
        participant: Participant = "participant",
        /// The declaration that the guest is asked.
        geheimhoudingsverklaring: Geheimhoudingsverklaring = "geheimhoudingsverklaring",
    }
}

payload! {
    /// What came of signing a declaration.
    SignGeheimhoudingsverklaringPayload {
        /// The declaration.
        geheimhoudingsverklaring: Geheimhoudingsverklaring = "geheimhoudingsverklaring",
    }
}

/// What can be done with guests.
#[derive(Debug, Default)]
pub(crate) struct GastMutation;

#[Object]
impl GastMutation {
    /// Invites a professional to one agenda item of a case, on one day: today or within three months. It asks them a
    /// geheimhoudingsverklaring. The data protection officers of the house get the dossier's log. For the
    /// procesregisseur.
    async fn invite_guest(
        &self,
        ctx: &Context<'_>,
        input: InviteGuestInput,
    ) -> async_graphql::Result<InviteGuestPayload> {
        InviteGuestPayload::run::<Invite>(ctx, input).await
    }

    /// Signs the geheimhoudingsverklaring of an agenda item. For the guest who is asked, on the day of the item.
    async fn sign_geheimhoudingsverklaring(
        &self,
        ctx: &Context<'_>,
        input: SignGeheimhoudingsverklaringInput,
    ) -> async_graphql::Result<SignGeheimhoudingsverklaringPayload> {
        SignGeheimhoudingsverklaringPayload::run::<Sign>(ctx, input).await
    }
}
