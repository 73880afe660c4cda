//! Reads the feed for one viewer: only events of dossiers at which they are present now.
//!
//! Presence now, not then: who has left hears nothing more, not even of what happened before. Whether the
//! event's category is shown is decided by whoever delivers it, at that moment.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

use super::{Event, Feed, Position};
use crate::access::Access;
use crate::disclosure::Leaf;

/// How many events one statement brings.
const BATCH: u64 = 100;

/// What one look at the feed brought.
#[derive(Debug)]
pub struct Look {
    /// The events, in order of delivery.
    pub events: Vec<Event>,
    /// Up to where the reader has now seen everything that it may see.
    pub seen: Position,
    /// Whether there is more to be read at once.
    pub more: bool,
}

impl Feed {
    /// The end of the feed: from here on only what is yet to come.
    pub async fn end(&self) -> Result<Position, DbErr> {
        let database = self.database().reader();
        let statement = match database.get_database_backend() {
            DbBackend::Postgres => {
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid, 0::bigint AS id"
            }
            DbBackend::Sqlite | DbBackend::MySql => "SELECT 0 AS xid, COALESCE(MAX(id), 0) AS id FROM event",
            _ => return Err(DbErr::BackendNotSupported { db: "this database", ctx: "the feed" }),
        };
        let row = database
            .query_one_raw(Statement::from_string(database.get_database_backend(), statement))
            .await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the end of the feed".to_owned()))?;
        Ok(Position { xid: row.try_get("", "xid")?, id: row.try_get("", "id")? })
    }

    /// The events after a position, of dossiers at which the viewer is present.
    pub async fn look(&self, access: &Access, after: Position) -> Result<Look, DbErr> {
        let end = self.end().await?;
        let events = self.events(access, after, end).await?;
        let more = events.len() as u64 == BATCH;
        let seen = match events.last() {
            Some(last) if more => last.position,
            _ => end.max(events.last().map_or(after, |last| last.position)).max(after),
        };
        Ok(Look { events, seen, more })
    }

    async fn events(&self, access: &Access, after: Position, end: Position) -> Result<Vec<Event>, DbErr> {
        let database = access.reader();
        let on_postgres = database.get_database_backend() == DbBackend::Postgres;
        let mut select = Query::select();
        select
            .columns(["id", "dossier_id", "dossier_version", "kind", "category"].map(Alias::new))
            .columns(["subject_kind", "subject_id", "at"].map(Alias::new))
            .from(Alias::new("event"))
            .and_where(Expr::col(Alias::new("dossier_id")).in_subquery(access.visible_dossiers()))
            .order_by(Alias::new("xid"), Order::Asc)
            .order_by(Alias::new("id"), Order::Asc)
            .limit(BATCH);
        if on_postgres {
            select
                .expr_as(Expr::cust("xid::text::bigint"), Alias::new("xid"))
                .and_where(Expr::cust_with_values(
                    "(event.xid, event.id) > ($1::text::xid8, $2)",
                    [sea_orm::Value::from(after.xid.to_string()), after.id.into()],
                ))
                .and_where(Expr::cust_with_values("event.xid < $1::text::xid8", [end.xid.to_string()]));
        } else {
            select.column(Alias::new("xid")).and_where(Expr::col(Alias::new("id")).gt(after.id));
        }
        database.query_all(&select).await?.iter().map(read_event).collect()
    }
}

fn read_event(row: &QueryResult) -> Result<Event, DbErr> {
    let category: String = row.try_get("", "category")?;
    let leaf = Leaf::from_name(&category)
        .ok_or_else(|| DbErr::Type(format!("the feed holds an unknown category: {category}")))?;
    Ok(Event {
        position: Position { xid: row.try_get("", "xid")?, id: row.try_get("", "id")? },
        dossier: row.try_get("", "dossier_id")?,
        dossier_version: row.try_get("", "dossier_version")?,
        kind: row.try_get("", "kind")?,
        leaf,
        subject_kind: row.try_get("", "subject_kind")?,
        subject: row.try_get("", "subject_id")?,
        at: row.try_get("", "at")?,
    })
}
