//! Positions in the feed and the cursors that clients keep of them.
//!
//! A cursor is sealed, so that nobody makes one up or learns from it how much has happened where they are not present. It
//! carries the epoch of the feed, because a restored database hands out transaction ids that were used before.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use uuid::Uuid;

use crate::database::Database;
use crate::keys::{KeyError, Keys};

/// The kind of these cursors.
const KIND: &str = "feed";

/// A place in the feed. The order of positions is the order of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The transaction that wrote the event; zero on SQLite.
    pub xid: i64,
    /// The serial number of the event.
    pub id: i64,
}

/// A position of one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The epoch.
    pub epoch: Arc<str>,
    /// The place.
    pub position: Position,
}

/// Why a cursor cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It was not made by this feed.
    #[error("not a cursor of this feed")]
    Malformed,
    /// The feed has begun anew since: what lies between is unknown.
    #[error("the feed has begun anew since this cursor")]
    Gap,
}

impl Cursor {
    /// Seals the cursor as text. All of one feed are equally long.
    pub fn encode(&self, keys: &Keys) -> Result<String, KeyError> {
        let Position { xid, id } = self.position;
        keys.seal_cursor(KIND, &[&xid.to_be_bytes(), &id.to_be_bytes(), self.epoch.as_bytes()].concat())
    }

    /// Reads a cursor that this server has sealed.
    pub fn decode(text: &str, keys: &Keys) -> Result<Self, CursorError> {
        Self::read(text, keys).ok_or(CursorError::Malformed)
    }

    fn read(text: &str, keys: &Keys) -> Option<Self> {
        let place = keys.open_cursor(KIND, text)?;
        let (xid, rest) = place.split_first_chunk()?;
        let (id, epoch) = rest.split_first_chunk()?;
        let position = Position { xid: i64::from_be_bytes(*xid), id: i64::from_be_bytes(*id) };
        Some(Self { epoch: std::str::from_utf8(epoch).ok()?.into(), position })
    }
}

/// The epoch of the feed. A PostgreSQL database whose events carry transaction ids that the cluster has not
/// reached was restored from elsewhere: its events are set before all new ones, under a new epoch.
pub(super) async fn current_epoch(database: &Database) -> Result<String, DbErr> {
    let transaction = database.begin().await?;
    let mut known = stored_epoch(&transaction).await?;
    if database.backend() == DbBackend::Postgres {
        transaction.execute_unprepared("LOCK TABLE feed_epoch IN EXCLUSIVE MODE").await?;
        let renumbered = transaction
            .execute_unprepared(
                "UPDATE event SET xid = '0' WHERE EXISTS \
                 (SELECT 1 FROM event WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))",
            )
            .await?;
        known = stored_epoch(&transaction).await?.filter(|_| renumbered.rows_affected() == 0);
    }
    let epoch = match known {
        Some(epoch) => epoch,
        None => renew_epoch(&transaction).await?,
    };
    transaction.commit().await?;
    Ok(epoch)
}

async fn stored_epoch(database: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let statement = Statement::from_string(database.get_database_backend(), "SELECT epoch FROM feed_epoch");
    database.query_one_raw(statement).await?.map(|row| row.try_get("", "epoch")).transpose()
}

async fn renew_epoch(database: &impl ConnectionTrait) -> Result<String, DbErr> {
    let epoch = Uuid::now_v7().simple().to_string();
    database.execute_unprepared("DELETE FROM feed_epoch").await?;
    let backend = database.get_database_backend();
    let insert = "INSERT INTO feed_epoch (epoch) VALUES ($1)";
    database.execute_raw(Statement::from_sql_and_values(backend, insert, [epoch.clone().into()])).await?;
    Ok(epoch)
}
