//! Table `break_glass`: one use of break-glass: who entered which dossier in an emergency, why, and how it was reviewed.

use sea_orm::entity::prelude::*;

use crate::id::{AssignmentId, BreakGlassId, DossierId, OrganisationId, ProfessionalId};

/// One use of break-glass: who entered which dossier in an emergency, why, and how it was reviewed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "break_glass")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BreakGlassId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The organisation of who entered.
    pub organisation_id: OrganisationId,
    /// Who entered.
    pub professional_id: ProfessionalId,
    /// The assignment that it gave.
    pub assignment_id: AssignmentId,
    /// OPEN, BEEINDIGD, BEOORDEELD_TERECHT or BEOORDEELD_ONTERECHT. One that is OPEN past its end has lapsed.
    pub state: String,
    /// The kind of reason, a code.
    pub reason_code: String,
    /// Why.
    pub reason: String,
    /// When it was opened.
    pub opened_at: ChronoDateTimeUtc,
    /// First instant at which it no longer holds.
    pub valid_until: ChronoDateTimeUtc,
    /// When who entered ended it early.
    pub ended_at: Option<ChronoDateTimeUtc>,
    /// Last day of the review.
    pub review_by: ChronoDate,
    /// The data protection officer who reviewed it.
    pub reviewed_by: Option<ProfessionalId>,
    /// When.
    pub reviewed_at: Option<ChronoDateTimeUtc>,
    /// Why it was found justified or not.
    pub motivation: Option<String>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
