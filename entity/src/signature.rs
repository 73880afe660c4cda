//! Table `signature`: the signature of an organisation under the covenant of one house.

use sea_orm::entity::prelude::*;

use crate::id::{OrganisationId, SignatureId};

/// The signature of an organisation under the covenant of one house.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignatureId,
    /// Who signed.
    pub organisation_id: OrganisationId,
    /// For which house.
    pub house: String,
    /// The tafels signed for, separated by spaces; none means all.
    pub tafels: Option<String>,
    /// First day on which it counts.
    pub signed_on: ChronoDate,
    /// First day on which it no longer counts (opzegging).
    pub ended_on: Option<ChronoDate>,
    /// Who signed for the organisation, when known.
    pub signed_by: Option<String>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
