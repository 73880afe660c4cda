//! Table `assignment`: the one relation that gives presence: a professional or a desk at a dossier.

use sea_orm::entity::prelude::*;

use crate::id::{AssignmentId, DeskId, DossierId, OrganisationId, ProfessionalId};

/// The one relation that gives presence: a professional or a desk at a dossier.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The organisation of the holder.
    pub organisation_id: OrganisationId,
    /// The holder, when a professional.
    pub professional_id: Option<ProfessionalId>,
    /// The holder, when a desk.
    pub desk_id: Option<DeskId>,
    /// What the holder does there, a code of the covenant.
    pub involvement: String,
    /// On which side of the case the holder works: GEEN, SLACHTOFFER or PLEGER.
    pub side: String,
    /// Day of a geheimhoudingsverklaring for this item or handover.
    pub secrecy_signed_on: Option<ChronoDate>,
    /// First instant of presence.
    pub valid_from: ChronoDateTimeUtc,
    /// First instant after presence.
    pub valid_until: Option<ChronoDateTimeUtc>,
    /// Why it was given.
    pub reason: String,
    /// Who gave it; none when a rule did.
    pub granted_by: Option<ProfessionalId>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
