//! What guests read in the database.
//!
//! It decides nothing.

use chrono::{DateTime, Utc};
use convenant::Involvement;
use entity::assignment;
use entity::id::ProfessionalId;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, QueryFilter, QuerySelect};
use waarborg::access::{Presence, Scoped};

/// Whether a professional has a seat at the tafel of a dossier, or is a guest there, at some instant from one until
/// another.
pub(super) async fn sits_at_tafel(
    database: &impl ConnectionTrait,
    presence: &Presence,
    professional: ProfessionalId,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let at_tafel = [Involvement::Zetel, Involvement::Gast].map(Involvement::code);
    let not_over = Condition::any()
        .add(assignment::Column::ValidUntil.is_null())
        .add(assignment::Column::ValidUntil.gt(from));
    let sitting = assignment::Entity::within(presence)
        .filter(assignment::Column::ProfessionalId.eq(professional))
        .filter(assignment::Column::Involvement.is_in(at_tafel))
        .filter(assignment::Column::ValidFrom.lt(until))
        .filter(not_over);
    Ok(sitting.limit(1).one(database).await?.is_some())
}
