//! The outcome of a write under its idempotency key: ids and codes, never a value.
//!
//! A repeat gives the same outcome, resolved under the rights of the day of the repeat.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::id::ProfessionalId;
use entity::idempotency;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::WriteRequest;

/// The ids of what was made or changed, by name.
pub type Ids = BTreeMap<String, Uuid>;

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was done.
    pub verdict: Verdict,
    /// The version of the dossier after it.
    pub version: Option<i64>,
    /// What was made or changed.
    pub ids: Ids,
}

/// Whether a write was done or refused by a guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It was done.
    Done,
    /// Guards refused it.
    Rejected {
        /// The codes of the guards.
        reasons: Vec<String>,
    },
}

/// The fingerprint and outcome under a key, when it was used.
#[expect(clippy::disallowed_methods, reason = "a key belongs to its professional: that is its scope")]
pub(super) async fn find(
    database: &impl ConnectionTrait,
    professional: ProfessionalId,
    key: Uuid,
) -> Result<Option<(Vec<u8>, Outcome)>, DbErr> {
    let Some(row) = idempotency::Entity::find_by_id((professional, key)).one(database).await? else {
        return Ok(None);
    };
    let outcome = serde_json::from_value(row.outcome).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(Some((row.fingerprint, outcome)))
}

/// Keeps the outcome. A key that is being written at the same moment is a unique violation.
pub(super) async fn store(
    database: &impl ConnectionTrait,
    professional: ProfessionalId,
    request: &WriteRequest,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let outcome = serde_json::to_value(outcome).map_err(|error| DbErr::Json(error.to_string()))?;
    let row = idempotency::ActiveModel {
        professional_id: Set(professional),
        key: Set(request.key),
        fingerprint: Set(request.fingerprint.clone()),
        outcome: Set(outcome),
        at: Set(now),
    };
    idempotency::Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}
