//! Table `action`: an action of a plan, owned by one organisation.

use sea_orm::entity::prelude::*;

use crate::id::{ActionId, DossierId, OrganisationId, PlanId, ProfessionalId};

/// An action of a plan, owned by one organisation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActionId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The plan.
    pub plan_id: PlanId,
    /// The owner.
    pub organisation_id: OrganisationId,
    /// INHOUD, PROCES or TRAJECTBEGELEIDING.
    pub kind: String,
    /// What is to be done.
    pub text: String,
    /// Last day.
    pub deadline: ChronoDate,
    /// State of the machine Action.
    pub state: String,
    /// Who accepted it for the owner.
    pub accepted_by: Option<ProfessionalId>,
    /// When. An action binds only from then.
    pub accepted_at: Option<ChronoDateTimeUtc>,
    /// Categories needed for it, codes separated by spaces.
    pub needs: String,
    /// What came of it.
    pub result: Option<String>,
    /// Code of the bottleneck when it proved not feasible.
    pub knelpunt: Option<String>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
