//! Table `overdracht`: a warm handover to the party that takes over at afschaling.

use sea_orm::entity::prelude::*;

use crate::id::{DossierId, OrganisationId, OverdrachtId, ProfessionalId};

/// A warm handover to the party that takes over at afschaling.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "overdracht")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverdrachtId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The receiver.
    pub organisation_id: OrganisationId,
    /// The professional named as the receiver.
    pub professional_id: ProfessionalId,
    /// AANGEBODEN, AANVAARD or GEWEIGERD.
    pub state: String,
    /// What is handed over and how.
    pub note: String,
    /// Day of the check after handover.
    pub follow_up_on: ChronoDate,
    /// When it was offered.
    pub offered_at: ChronoDateTimeUtc,
    /// When it was answered.
    pub answered_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
