//! The register: which version of whose covenant decides from when, the same for every server on one database.
//!
//! A server records what its covenant holds when it starts, also what is yet to come, and is refused when it would
//! decide otherwise than was decided under the same name. At the first question of each Dutch day it looks again, so
//! that a version that came into force at midnight decides nothing before the register says that all know it alike.
//! The register decides nothing itself, and holds no rule: only ids, hashes and days.

mod rules;

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use chrono::{DateTime, Datelike, Utc};
use convenant::Convenant;
use entity::convenant_version::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter,
};

pub use rules::Contradiction;

use crate::clock::dutch_date;
use crate::database::Database;

/// Names the lock under which one server at a time records its covenant in PostgreSQL.
const RECORDING: i64 = 0x7661_6e67_6e65_7402;

/// Why a server does not decide.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Its covenant is another than the one in force on this database: one sentence each.
    #[error("the covenant is another than the one in force on this database:\n{}", lines(.0))]
    Contradicted(Vec<Contradiction>),
    /// The register cannot be read or written.
    #[error("the register of covenant versions cannot be used: {0}")]
    Database(#[from] DbErr),
}

fn lines(contradictions: &[Contradiction]) -> String {
    contradictions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The register as this server knows it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Register(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    convenant: Arc<Convenant>,
    /// The day on which the register was last found to agree, counted from the year 1.
    confirmed: AtomicI32,
}

impl Register {
    /// Records the covenant of this server, or refuses it.
    pub async fn open(
        database: Database,
        convenant: Arc<Convenant>,
        now: DateTime<Utc>,
    ) -> Result<Self, RegisterError> {
        let today = dutch_date(now);
        let transaction = database.begin().await?;
        if database.backend() == DbBackend::Postgres {
            transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({RECORDING})")).await?;
        }
        let known = versions(&transaction).await?;
        let found = rules::contradictions(&known, &convenant, today);
        if !found.is_empty() {
            return Err(RegisterError::Contradicted(found));
        }
        record(&transaction, &known, &convenant, now).await?;
        transaction.commit().await?;
        let confirmed = AtomicI32::new(today.num_days_from_ce());
        Ok(Self(Arc::new(Inner { database, convenant, confirmed })))
    }

    /// Whether this server may decide on the day of this instant: its covenant is the one of the register. One
    /// statement at the first question of a day, none after it.
    pub async fn confirm(&self, now: DateTime<Utc>) -> Result<(), RegisterError> {
        let today = dutch_date(now);
        let Inner { database, convenant, confirmed } = &*self.0;
        if confirmed.load(Ordering::Acquire) == today.num_days_from_ce() {
            return Ok(());
        }
        let found = rules::contradictions(&versions(database.reader()).await?, convenant, today);
        if !found.is_empty() {
            return Err(RegisterError::Contradicted(found));
        }
        confirmed.store(today.num_days_from_ce(), Ordering::Release);
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the register concerns no dossier")]
async fn versions(database: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(database).await
}

/// Writes down what the covenant holds and the register does not say yet. What is yet to come is what the server that
/// started last says.
async fn record(
    transaction: &DatabaseTransaction,
    known: &[Model],
    convenant: &Convenant,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let news = rules::news(known, convenant, now);
    let gone = rules::gone(known, convenant, dutch_date(now));
    if !gone.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(gone)).exec(transaction).await?;
    }
    if news.is_empty() {
        return Ok(());
    }
    let columns = [Column::House, Column::Hash, Column::ValidFrom, Column::ValidUntil, Column::RecordedAt];
    let rows: Vec<ActiveModel> = news.into_iter().map(IntoActiveModel::into_active_model).collect();
    let again = OnConflict::column(Column::Id).update_columns(columns).to_owned();
    Entity::insert_many(rows).on_conflict(again).exec_without_returning(transaction).await?;
    Ok(())
}
