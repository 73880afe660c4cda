//! Table `dossier`: the root of everything that concerns persons: house, tafel, phase, version.

use sea_orm::entity::prelude::*;

use crate::id::DossierId;

/// The root of everything that concerns persons: house, tafel, phase, version.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dossier")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DossierId,
    /// House code.
    pub house: String,
    /// The gemeente the dossier belongs to (CBS code).
    pub gemeente_code: String,
    /// Further gemeenten recorded on it with a reason, CBS codes separated by spaces.
    pub further_gemeenten: String,
    /// Werkgebied, where the house has them.
    pub werkgebied: Option<String>,
    /// The tafel, before triage the proposed one.
    pub tafel: String,
    /// Phase F0 to F12.
    pub phase: String,
    /// NORMAAL, VERHOOGD or STRIKT.
    pub confidentiality: String,
    /// Grows by one with every change to anything in the dossier.
    pub version: i64,
    /// When it began.
    pub opened_at: ChronoDateTimeUtc,
    /// When it last changed.
    pub changed_at: ChronoDateTimeUtc,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
