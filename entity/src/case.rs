//! Table `case`: a case at a tafel.

use sea_orm::entity::prelude::*;

use crate::id::{CaseId, DossierId, OrganisationId, ProfessionalId};

/// A case at a tafel.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// Number as used in the house: ZVH-2024-000123.
    pub number: String,
    /// State of the machine Case.
    pub state: String,
    /// Role of the house: PROCESREGIE, ONDERSTEUNING or TRAJECTBEGELEIDING.
    pub role: String,
    /// The named procesregisseur.
    pub regisseur_id: ProfessionalId,
    /// The organisation on whose ground the case hangs.
    pub ground_holder_id: OrganisationId,
    /// When it was opened.
    pub opened_at: ChronoDateTimeUtc,
    /// Day of the next review.
    pub review_on: Option<ChronoDate>,
    /// Day of the check in the after-care.
    pub follow_up_on: Option<ChronoDate>,
    /// When it was closed.
    pub closed_at: Option<ChronoDateTimeUtc>,
    /// How the person was informed at closing, or why not.
    pub closing_note: Option<String>,
    /// First day on which it may no longer be kept.
    pub keep_until: Option<ChronoDate>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
