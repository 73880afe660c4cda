//! The feed: one append-only list of what happened to which dossier, and the readers that follow it.
//!
//! An event names ids, kinds and a category, never a value. It is written in the transaction of the change, so
//! nothing is told that was not done. Readers follow the order of visibility: on PostgreSQL `(xid, id)` below
//! the oldest transaction still running, because a serial number alone is handed out before commit. That order
//! is safe, it is not the order of commits: within a dossier the order is that of its version.
//!
//! A doorbell wakes readers; it is never the truth. Without it they look again every second.

mod cursor;
mod doorbell;
mod reader;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::id::DossierId;
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

pub use cursor::{Cursor, CursorError, Position};
pub use doorbell::{Doorbell, Listener};
pub use reader::Look;

use crate::database::Database;
use crate::disclosure::Leaf;
use crate::keys::{KeyError, Keys};

/// What happened, before it has a place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, as the schema names it.
    pub kind: &'static str,
    /// The category that a viewer must see to be told.
    pub leaf: Leaf,
    /// The GraphQL type of the thing it happened to.
    pub subject_kind: &'static str,
    /// The thing it happened to.
    pub subject: Uuid,
}

/// An event of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place.
    pub position: Position,
    /// The dossier it happened to.
    pub dossier: DossierId,
    /// The version of the dossier after it.
    pub dossier_version: i64,
    /// What happened.
    pub kind: String,
    /// The category that a viewer must see to be told; none when presence suffices.
    pub leaf: Leaf,
    /// The GraphQL type of the thing it happened to.
    pub subject_kind: String,
    /// The thing it happened to.
    pub subject: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// The feed of one server process.
#[derive(Debug, Clone)]
pub struct Feed {
    database: Database,
    doorbell: Doorbell,
    keys: Keys,
    epoch: Arc<str>,
}

impl Feed {
    /// Opens the feed and its epoch, which changes when a restored database has begun to count anew.
    pub async fn open(database: Database, doorbell: Doorbell, keys: Keys) -> Result<Self, DbErr> {
        let epoch = cursor::current_epoch(&database).await?;
        Ok(Self { database, doorbell, keys, epoch: epoch.into() })
    }

    /// Writes events in the transaction of the change that they tell of.
    pub(crate) async fn record(
        transaction: &DatabaseTransaction,
        dossier: DossierId,
        version: i64,
        at: DateTime<Utc>,
        events: &[NewEvent],
    ) -> Result<(), DbErr> {
        if events.is_empty() {
            return Ok(());
        }
        let columns =
            ["dossier_id", "dossier_version", "kind", "category", "subject_kind", "subject_id", "at"];
        let mut insert = Query::insert();
        insert.into_table(Alias::new("event")).columns(columns.map(Alias::new));
        for event in events {
            let category = event.leaf.category().map_or("OPEN", |category| category.code());
            insert.values_panic([
                Expr::val(dossier.0),
                Expr::val(version),
                Expr::val(event.kind),
                Expr::val(category),
                Expr::val(event.subject_kind),
                Expr::val(event.subject),
                Expr::val(at),
            ]);
        }
        transaction.execute(&insert).await?;
        Ok(())
    }

    /// Wakes the readers of this process and of the others.
    pub fn ring(&self) {
        self.doorbell.ring();
    }

    /// The cursor of a position, as clients hold it.
    pub fn cursor(&self, position: Position) -> Result<String, KeyError> {
        Cursor { epoch: Arc::clone(&self.epoch), position }.encode(&self.keys)
    }

    /// Reads a client's cursor. One of an earlier epoch is a gap, not an error of the client.
    pub fn position(&self, cursor: &str) -> Result<Position, CursorError> {
        let cursor = Cursor::decode(cursor, &self.keys)?;
        if cursor.epoch == self.epoch { Ok(cursor.position) } else { Err(CursorError::Gap) }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Waits until the doorbell rings or a second has passed.
    pub async fn wait(&self, listener: &mut doorbell::Listener) {
        listener.wait().await;
    }

    /// A listener to the doorbell.
    pub fn listen(&self) -> doorbell::Listener {
        self.doorbell.listen()
    }
}
