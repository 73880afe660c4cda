//! Table `triage`: the weighing of an aanmelding and its outcome.

use sea_orm::entity::prelude::*;

use crate::id::{DossierId, ProfessionalId, TriageId};

/// The weighing of an aanmelding and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TriageId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// LANDELIJK, TWENTE_2023 or TAFEL.
    pub criteria_set: String,
    /// Answers per criterion: [{criterion, met, motivation}].
    pub answers: Json,
    /// The frame around the person.
    pub systemic_context: Option<String>,
    /// Organisations that took part.
    pub participants: Json,
    /// Decision of the triage.
    pub decision: String,
    /// Motivation.
    pub motivation: String,
    /// Advice to the aanmelder.
    pub advice: Option<String>,
    /// Motivation to deviate from the criteria.
    pub deviation: Option<String>,
    /// The ketenmanager who approved the deviation.
    pub approved_by: Option<ProfessionalId>,
    /// Who recorded the decision.
    pub decided_by: ProfessionalId,
    /// When.
    pub decided_at: ChronoDateTimeUtc,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
