//! Table `bekendheidscheck`: the question to one organisation whether it knows a person.

use sea_orm::entity::prelude::*;

use crate::id::{BekendheidscheckId, DeskId, DossierId, OrganisationId, PersonId, ProfessionalId};

/// The question to one organisation whether it knows a person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bekendheidscheck")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BekendheidscheckId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The person.
    pub person_id: PersonId,
    /// The organisation asked.
    pub organisation_id: OrganisationId,
    /// Its desk.
    pub desk_id: DeskId,
    /// State of the machine Bekendheidscheck.
    pub state: String,
    /// HIT, NO_HIT or NIET_TE_BEPALEN.
    pub answer: Option<String>,
    /// Contact person, on a hit only.
    pub contact: Option<String>,
    /// Who asked.
    pub asked_by: ProfessionalId,
    /// When.
    pub asked_at: ChronoDateTimeUtc,
    /// Last day to answer.
    pub deadline: ChronoDate,
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
