//! Table `login`: what an OIDC issuer calls a professional.

use sea_orm::entity::prelude::*;

use crate::id::ProfessionalId;

/// What an OIDC issuer calls a professional.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "login")]
pub struct Model {
    /// Issuer URL.
    #[sea_orm(primary_key, auto_increment = false)]
    pub issuer: String,
    /// Subject at that issuer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// Who it is here.
    pub professional_id: ProfessionalId,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
