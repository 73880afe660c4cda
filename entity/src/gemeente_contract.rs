//! Table `gemeente_contract`: what a gemeente agreed with a house by a contract of its own, with its dates.

use sea_orm::entity::prelude::*;

use crate::id::GemeenteContractId;

/// What a gemeente agreed with a house by a contract of its own, with its dates.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gemeente_contract")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GemeenteContractId,
    /// With which house.
    pub house: String,
    /// The gemeente, by its CBS code.
    pub gemeente_code: String,
    /// What it is about: JEUGDGROEP or NAZORG.
    pub kind: String,
    /// First day on which it counts.
    pub valid_from: ChronoDate,
    /// First day on which it no longer counts.
    pub ended_on: Option<ChronoDate>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
