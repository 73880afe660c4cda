//! Positions in the feed and the cursors that clients keep of them.
//!
//! A cursor is authenticated, so that nobody can make one up, and carries the epoch of the feed, because a
//! restored database hands out transaction ids that were used before.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use uuid::Uuid;

use crate::database::Database;
use crate::keys::Keys;

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
    /// Writes the cursor with its tag, in base64url.
    pub fn encode(&self, keys: &Keys) -> String {
        let body = format!("{}:{}:{}", self.epoch, self.position.xid, self.position.id);
        let tag = BASE64_URL_SAFE_NO_PAD.encode(keys.cursor_tag(body.as_bytes()));
        BASE64_URL_SAFE_NO_PAD.encode(format!("{body}:{tag}"))
    }

    /// Reads a cursor and checks its tag.
    pub fn decode(text: &str, keys: &Keys) -> Result<Self, CursorError> {
        Self::read(text, keys).ok_or(CursorError::Malformed)
    }

    fn read(text: &str, keys: &Keys) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (body, tag) = text.rsplit_once(':')?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !keys.verify_cursor_tag(body.as_bytes(), &tag) {
            return None;
        }
        let mut parts = body.split(':');
        let (epoch, xid, id) = (parts.next()?, parts.next()?, parts.next()?);
        let position = Position { xid: xid.parse().ok()?, id: id.parse().ok()? };
        parts.next().is_none().then(|| Self { epoch: epoch.into(), position })
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
