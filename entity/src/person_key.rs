//! The wrapped key under which a person's values are sealed. Deleting the row makes them unreadable for good.

use sea_orm::entity::prelude::*;
use sea_orm::prelude::DateTimeUtc;

use crate::id::PersonKeyId;

/// The key of one person.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_key")]
pub struct Model {
    /// Which key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonKeyId,
    /// The key, sealed under the server's wrapping key.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub made_at: DateTimeUtc,
}

/// Keys are reached by their id only.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
