//! Table `convenant_version`: the versions of the covenants of the houses, as the servers on this database know them.

use sea_orm::entity::prelude::*;
use sea_orm::prelude::DateTimeUtc;

/// A version of the covenant of a house.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "convenant_version")]
pub struct Model {
    /// Its id, by which the ledger names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The code of the house.
    pub house: String,
    /// The hash over what decides in it, in hexadecimal.
    pub hash: String,
    /// First day on which it holds.
    pub valid_from: ChronoDate,
    /// First day on which it no longer holds; open when nothing follows yet.
    pub valid_until: Option<ChronoDate>,
    /// When a server recorded it as it is here.
    pub recorded_at: DateTimeUtc,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
