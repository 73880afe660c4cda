//! Table `idempotency`: the outcome of a mutation under its key: ids and codes, never values.

use sea_orm::entity::prelude::*;

use crate::id::ProfessionalId;

/// The outcome of a mutation under its key: ids and codes, never values.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Whose key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub professional_id: ProfessionalId,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Uuid,
    /// Keyed hash of the operation and its input.
    pub fingerprint: Vec<u8>,
    /// What happened: ids and codes.
    pub outcome: Json,
    /// When.
    pub at: ChronoDateTimeUtc,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
