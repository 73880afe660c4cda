//! Table `afwijking`: taking up a case that does not meet the criteria, as asked of the ketenmanager.

use sea_orm::entity::prelude::*;

use crate::id::{AfwijkingId, DossierId, OrganisationId, ProfessionalId};

/// Taking up a case that does not meet the criteria, as asked of the ketenmanager.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "afwijking")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AfwijkingId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The bureau that asks.
    pub organisation_id: OrganisationId,
    /// OPEN, GOEDGEKEURD or GEWEIGERD.
    pub state: String,
    /// Why the case should be taken up.
    pub motivation: String,
    /// Who asked.
    pub asked_by: ProfessionalId,
    /// When.
    pub asked_at: ChronoDateTimeUtc,
    /// Why it was approved or refused.
    pub answer: Option<String>,
    /// The ketenmanager who decided.
    pub decided_by: Option<ProfessionalId>,
    /// When.
    pub decided_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
