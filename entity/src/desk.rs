//! Table `desk`: a group of professionals of one organisation who take work in turn.

use sea_orm::entity::prelude::*;

use crate::id::{DeskId, OrganisationId};

/// A group of professionals of one organisation who take work in turn.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeskId,
    /// Whose desk it is.
    pub organisation_id: OrganisationId,
    /// For which house it works.
    pub house: String,
    /// What it takes: ONDERSTEUNING, INFORMATIE, REGIE, BRP, LIAISON or FG.
    pub kind: String,
    /// The werkgebied of a REGIE desk, where the house has them.
    pub werkgebied: Option<String>,
    /// Name as shown to colleagues.
    pub name: String,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
