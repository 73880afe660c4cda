//! Table `plan`: the plan van aanpak of a case.

use sea_orm::entity::prelude::*;

use crate::id::{DossierId, PlanId};

/// The plan van aanpak of a case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// CONCEPT, VASTGESTELD, GEWIJZIGD or VERVALLEN.
    pub state: String,
    /// Goals: [{text, leefgebied}].
    pub goals: Json,
    /// Whether it was discussed with the person.
    pub agreed_with_person: bool,
    /// When it was made.
    pub made_at: ChronoDateTimeUtc,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
