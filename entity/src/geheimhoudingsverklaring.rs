//! Table `geheimhoudingsverklaring`: the promise of secrecy that a guest is asked, for one agenda item on one day.

use sea_orm::entity::prelude::*;

use crate::id::{AssignmentId, DossierId, GeheimhoudingsverklaringId, OrganisationId, ProfessionalId};

/// The promise of secrecy that a guest is asked, for one agenda item on one day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "geheimhoudingsverklaring")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GeheimhoudingsverklaringId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The organisation of the guest.
    pub organisation_id: OrganisationId,
    /// The guest.
    pub professional_id: ProfessionalId,
    /// The assignment of the guest, which it is about.
    pub assignment_id: AssignmentId,
    /// The agenda item.
    pub item: String,
    /// The day of the item.
    pub day: ChronoDate,
    /// GEVRAAGD or GETEKEND. One that is GEVRAAGD after its day has lapsed.
    pub state: String,
    /// When it was asked, with the invitation.
    pub asked_at: ChronoDateTimeUtc,
    /// The version of the text that was signed.
    pub text_version: Option<String>,
    /// When it was signed.
    pub signed_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
