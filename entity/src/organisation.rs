//! Table `organisation`: a partner organisation that may sign a covenant.

use sea_orm::entity::prelude::*;

use crate::id::OrganisationId;

/// A partner organisation that may sign a covenant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    /// Its name, public.
    pub name: String,
    /// Partner kind, a code of the covenant's partners.
    pub kind: String,
    /// CBS code of the gemeente, for gemeente partners only.
    pub gemeente_code: Option<String>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
