//! Table `desk_member`: membership of a professional of a desk.

use sea_orm::entity::prelude::*;

use crate::id::{DeskId, ProfessionalId};

/// Membership of a professional of a desk.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_member")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub desk_id: DeskId,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub professional_id: ProfessionalId,
    /// First instant of membership.
    pub valid_from: ChronoDateTimeUtc,
    /// First instant after membership.
    pub valid_until: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
