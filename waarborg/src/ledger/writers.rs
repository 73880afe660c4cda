//! Which writers there are, and how far each has written and has been sealed.
//!
//! The list is made by jumping from writer to writer through the index of the primary key, so that its cost
//! grows with the writers and not with the records.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

/// How many writers are read at a time.
pub(super) const PAGE: i64 = 500;

const FROM: &str = "
    WITH RECURSIVE known(writer) AS (
        SELECT (SELECT writer FROM ledger_record WHERE writer >= $1 ORDER BY writer LIMIT 1)
        UNION ALL
        SELECT (SELECT r.writer FROM ledger_record r WHERE r.writer > known.writer ORDER BY r.writer LIMIT 1)
        FROM known WHERE known.writer IS NOT NULL
    )
    SELECT known.writer AS writer,
        (SELECT min(r.number) FROM ledger_record r WHERE r.writer = known.writer) AS lowest,
        (SELECT max(r.number) FROM ledger_record r WHERE r.writer = known.writer) AS highest,
        coalesce((SELECT max(s.number) FROM ledger_seal s WHERE s.writer = known.writer), 0) AS sealed
    FROM known WHERE known.writer IS NOT NULL LIMIT $2";

/// How far a writer has come that has records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub(super) struct Progress {
    pub(super) writer: Uuid,
    pub(super) lowest: i64,
    pub(super) highest: i64,
    /// The highest number that is sealed, 0 when none is.
    pub(super) sealed: i64,
}

/// The writers whose id is `first` or higher, in order, `limit` at most.
pub(super) async fn from(
    connection: &impl ConnectionTrait,
    first: Uuid,
    limit: i64,
) -> Result<Vec<Progress>, DbErr> {
    let values = [first.into(), limit.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), FROM, values);
    Progress::find_by_statement(statement).all(connection).await
}

/// The id with which the next page begins; none after a page that is not full, which is the last.
pub(super) fn after(page: &[Progress]) -> Option<Uuid> {
    let full = i64::try_from(page.len()).is_ok_and(|rows| rows >= PAGE);
    page.last().filter(|_| full).and_then(|last| last.writer.as_u128().checked_add(1)).map(Uuid::from_u128)
}
