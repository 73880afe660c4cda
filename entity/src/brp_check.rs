//! Table `brp_check`: the question to a gemeente to compare a person with the BRP.

use sea_orm::entity::prelude::*;

use crate::id::{BrpCheckId, DeskId, DossierId, PersonId, ProfessionalId};

/// The question to a gemeente to compare a person with the BRP.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brp_check")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BrpCheckId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The person.
    pub person_id: PersonId,
    /// The gemeente asked.
    pub gemeente_code: String,
    /// Its BRP desk.
    pub desk_id: DeskId,
    /// State of the machine BrpCheck.
    pub state: String,
    /// BEVESTIGD, GEWIJZIGD, NIET_GEVONDEN, MEERDERE, OVERLEDEN, IN_ONDERZOEK or GEHEIM.
    pub result: Option<String>,
    /// Fields that differed: [{field, old, new}].
    pub differences: Option<Json>,
    /// Last day to answer.
    pub deadline: ChronoDate,
    /// Why the information desk goes on without it.
    pub waived_reason: Option<String>,
    /// Who answered.
    pub answered_by: Option<ProfessionalId>,
    /// When.
    pub answered_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
