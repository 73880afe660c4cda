//! Table `professional`: a person who works for an organisation.

use sea_orm::entity::prelude::*;

use crate::id::{OrganisationId, ProfessionalId};

/// A person who works for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "professional")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProfessionalId,
    /// The employer.
    pub organisation_id: OrganisationId,
    /// Name as shown to colleagues.
    pub name: String,
    /// Function as shown to colleagues.
    pub function: String,
    /// Day on which the training for radicalisation was completed.
    pub trained_on: Option<ChronoDate>,
    /// Roles in the house beside assignments (KETENMANAGER, FG), separated by spaces.
    pub roles: String,
    /// Whether the professional may enter at all.
    pub active: bool,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
