//! Table `inbreng`: one supplied datum, with its category, ground, restriction and recorded decisions.

use sea_orm::entity::prelude::*;

use crate::id::{DossierId, InbrengId, OrganisationId, PersonId, ProfessionalId, VerrijkingId};

/// One supplied datum, with its category, ground, restriction and recorded decisions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbreng")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InbrengId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The person it is about.
    pub person_id: PersonId,
    /// The question it answers.
    pub verrijking_id: Option<VerrijkingId>,
    /// Leaf category.
    pub category: String,
    /// The text, for categories that are not sealed.
    pub content: Option<String>,
    /// The text, sealed, for D10, D22A and D27.
    pub sealed: Option<Vec<u8>>,
    /// The supplier.
    pub organisation_id: OrganisationId,
    /// Who supplied it.
    pub supplied_by: ProfessionalId,
    /// When.
    pub supplied_at: ChronoDateTimeUtc,
    /// Phase in which it was supplied.
    pub supplied_phase: String,
    /// The supplier's ground.
    pub ground: String,
    /// GEEN, NIET_VERDER_DELEN or ALLEEN_TRIAGE.
    pub restriction: String,
    /// Recorded decisions: [{kind, by, on, motivation, recipients}].
    pub decisions: Json,
    /// First day on which it is expired.
    pub valid_until: Option<ChronoDate>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
