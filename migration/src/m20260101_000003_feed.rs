//! The feed: what happened to which dossier, in an order that is safe to follow; and the counter of cases.
//!
//! No personal data. On PostgreSQL each row carries the id of the transaction that wrote it, because a serial
//! number alone is handed out before commit and a reader that follows it loses events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Creates the event table, the epoch of its cursors, and the counter of case numbers.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

const SQLITE: &str = "CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    xid INTEGER NOT NULL DEFAULT 0,
    dossier_id BLOB NOT NULL REFERENCES dossier (id),
    dossier_version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    at TEXT NOT NULL
)";

const POSTGRES: &str = "CREATE TABLE event (
    id BIGSERIAL PRIMARY KEY,
    xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
    dossier_id UUID NOT NULL REFERENCES dossier (id),
    dossier_version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL
)";

const CASE_NUMBER: &str = "CREATE TABLE case_number (
    house TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (house, year)
)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let table = if manager.get_database_backend() == DbBackend::Postgres { POSTGRES } else { SQLITE };
        database.execute_unprepared(table).await?;
        database.execute_unprepared("CREATE INDEX event_order ON event (xid, id)").await?;
        database.execute_unprepared("CREATE INDEX event_dossier ON event (dossier_id, xid, id)").await?;
        database.execute_unprepared("CREATE TABLE feed_epoch (epoch TEXT PRIMARY KEY)").await?;
        database.execute_unprepared(CASE_NUMBER).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        database.execute_unprepared("DROP TABLE case_number").await?;
        database.execute_unprepared("DROP TABLE feed_epoch").await?;
        database.execute_unprepared("DROP TABLE event").await?;
        Ok(())
    }
}
