//! Connections: `first` or `last` from 1 to 100, and cursors that are opaque.
//!
//! A connection shows the rows that are visible and whether there are more of them; it never counts what is not.

use async_graphql::connection::{Connection, CursorType, DisableNodesField, Edge, EmptyFields};
use async_graphql::connection::{DefaultConnectionName, DefaultEdgeName};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;
use waarborg::access::{Page, PageRequest, PageSize};
use waarborg::disclosure::{Classified, Disclosed};

use crate::error::Reason;

/// A connection of classified rows.
pub(crate) type Rows<T, C = RowCursor> = Connection<
    C,
    Disclosed<T>,
    EmptyFields,
    EmptyFields,
    DefaultConnectionName,
    DefaultEdgeName,
    DisableNodesField,
>;

/// The cursor of a row: its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowCursor(pub(crate) Uuid);

impl CursorType for RowCursor {
    type Error = base64::DecodeSliceError;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        let mut bytes = [0; 16];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes)?;
        if length == bytes.len() {
            Ok(Self(Uuid::from_bytes(bytes)))
        } else {
            Err(base64::DecodeSliceError::OutputSliceTooSmall)
        }
    }

    fn encode_cursor(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }
}

/// The arguments of a connection, as every connection takes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct PageArguments {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl PageArguments {
    /// Checks the arguments: exactly one of `first` and `last`, within bounds, and a cursor of its own side.
    pub(crate) fn request(&self) -> Result<PageRequest, Reason> {
        let (rows, cursor, backward) = match (self.first, self.last, &self.after, &self.before) {
            (Some(first), None, after, None) => (first, after, false),
            (None, Some(last), None, before) => (last, before, true),
            _ => return Err(Reason::PAGE),
        };
        let size = PageSize::new(rows.into()).ok_or(Reason::PAGE)?;
        let beyond =
            cursor.as_deref().map(RowCursor::decode_cursor).transpose().map_err(|_| Reason::CURSOR)?;
        Ok(PageRequest { size, backward, beyond: beyond.map(|cursor| cursor.0) })
    }
}

/// What a connection costs: the values of each row that it may hold.
pub(crate) fn page_cost(first: Option<i32>, last: Option<i32>, row: usize) -> usize {
    let rows = first.or(last).and_then(|rows| usize::try_from(rows).ok()).unwrap_or(1);
    list_cost(rows, row)
}

/// What a list of so many rows costs, none of which is beyond the largest page. It stops growing far above what any
/// document may cost.
pub(crate) fn list_cost(rows: usize, row: usize) -> usize {
    const DEAR: usize = 1_000_000;
    rows.min(PageSize::MAX.into()).saturating_mul(row).saturating_add(1).min(DEAR)
}

/// Makes the connection of a page; `wrap` gives each row with the id that is its cursor.
pub(crate) fn connection<R, T: Classified>(
    request: PageRequest,
    page: Page<R>,
    mut wrap: impl FnMut(R) -> (Uuid, Disclosed<T>),
) -> Rows<T> {
    let beyond = request.beyond.is_some();
    let (previous, next) = if request.backward { (page.more, beyond) } else { (beyond, page.more) };
    let mut connection = Connection::new(previous, next);
    connection.edges.extend(page.rows.into_iter().map(|row| {
        let (id, row) = wrap(row);
        row.mark_present();
        Edge::new(RowCursor(id), row)
    }));
    connection
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(first: Option<i32>, last: Option<i32>) -> PageArguments {
        PageArguments { first, last, ..PageArguments::default() }
    }

    #[test]
    fn a_page_costs_its_rows_and_never_without_bound() {
        assert_eq!(page_cost(Some(10), None, 7), 71);
        assert_eq!(page_cost(None, Some(10), 7), 71);
        assert_eq!(page_cost(None, None, 7), 8);
        assert_eq!(
            page_cost(Some(i32::MAX), None, 1),
            101,
            "a page that is refused costs no more than the largest"
        );
        assert_eq!(page_cost(Some(100), None, usize::MAX), 1_000_000);
    }

    #[test]
    fn one_of_first_and_last_within_bounds() {
        assert!(arguments(Some(1), None).request().is_ok());
        assert!(arguments(None, Some(100)).request().is_ok());
        for refused in
            [(None, None), (Some(1), Some(1)), (Some(0), None), (Some(101), None), (None, Some(-1))]
        {
            assert!(arguments(refused.0, refused.1).request().is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_cursor_belongs_to_its_side_and_is_one() {
        let cursor = RowCursor(Uuid::from_u128(7)).encode_cursor();
        let after = PageArguments { after: Some(cursor.clone()), ..arguments(Some(1), None) };
        assert_eq!(after.request().map(|page| page.beyond), Ok(Some(Uuid::from_u128(7))));
        assert!(PageArguments { before: Some(cursor), ..arguments(Some(1), None) }.request().is_err());
        assert!(PageArguments { after: Some("no".into()), ..arguments(Some(1), None) }.request().is_err());
    }
}
