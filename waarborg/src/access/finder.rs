//! Scoped finders: every statement on data of a dossier carries the viewer's presence in its condition.
//!
//! `visible_to` is the only way to begin one; the unscoped `find` is banned by clippy. A page is keyset
//! paginated by id, so that its cost does not grow with its distance from the start.

use std::collections::HashMap;
use std::sync::Arc;

use entity::id::DossierId;
use entity::{InDossier, OfDossier, assignment, dossier};
use sea_orm::sea_query::{
    Asterisk, CommonTableExpression, Expr, ExprTrait, Func, Order, Query, SelectStatement, WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait, Select,
};

use super::{Access, Presence, Principal, Siblings};
use crate::write::Authorized;

/// The ways to begin a statement on data of a dossier. Each carries its scope.
pub trait Scoped: InDossier {
    /// The rows of dossiers at which the viewer is present.
    fn visible_to(access: &Access) -> Select<Self> {
        if WITHOUT_SCOPE {
            return unscoped();
        }
        unscoped::<Self>().filter(Self::dossier_column().in_subquery(access.visible_dossiers()))
    }

    /// The same rows, for a statement that names the few it seeks, by id or by value. Presence is looked up for each row
    /// that was found, so that what is there and hidden costs a look into an index and not the list of all dossiers of
    /// the viewer: time would tell it from what is not there.
    fn sought_by(access: &Access) -> Select<Self> {
        if WITHOUT_SCOPE {
            return unscoped();
        }
        let of_this_row = Expr::col(assignment::Column::DossierId.as_column_ref())
            .equals(Self::dossier_column().as_column_ref());
        let held_here = access.visible_dossiers().and_where(of_this_row).to_owned();
        unscoped::<Self>().filter(Expr::exists(held_here))
    }

    /// The same rows, for a search by the values of some columns. It goes through all rows of the viewer's dossiers and
    /// asks no index of values: how many others have the value would cost time, and so be told.
    fn searched_by(
        access: &Access,
        columns: impl IntoIterator<Item = Self::Column>,
        condition: Condition,
    ) -> Select<Self> {
        if WITHOUT_SCOPE {
            return unscoped().filter(condition);
        }
        let gone_through = Self::visible_to(access).select_only().column(Self::id_column()).columns(columns);
        let mut of_viewer = CommonTableExpression::new();
        of_viewer.table_name("of_viewer").query(gone_through.into_query()).materialized(true);
        let found = Query::select()
            .column(Self::id_column().as_column_ref())
            .from_as("of_viewer", Self::default())
            .cond_where(condition)
            .with_cte(of_viewer)
            .to_owned();
        unscoped::<Self>().filter(Self::id_column().in_subquery(found))
    }

    /// The rows of one dossier at which the viewer was found present. It takes the presence, not an id.
    fn within(presence: &Presence) -> Select<Self> {
        unscoped::<Self>().filter(Self::dossier_column().eq(presence.dossier().id))
    }

    /// The rows of the dossiers of a page, which was scoped when it was loaded.
    fn of_page(siblings: &Siblings) -> Select<Self> {
        unscoped::<Self>().filter(Self::dossier_column().is_in(siblings.dossiers().iter().copied()))
    }

    /// The rows of a dossier under a write that may change it.
    fn under(authorized: &Authorized<'_>) -> Select<Self> {
        unscoped::<Self>().filter(Self::dossier_column().eq(authorized.dossier()))
    }
}

impl<E: InDossier> Scoped for E {}

/// Whether this build asks the database without the scope of the viewer, so that what it then finds is what the
/// database's own lock lets through. Only `cargo xtask second-lock` makes such a build.
const WITHOUT_SCOPE: bool = cfg!(feature = "without-scope");

#[cfg(all(feature = "without-scope", not(debug_assertions)))]
compile_error!("a server without scope is made for a test and for nothing else");

#[expect(clippy::disallowed_methods, reason = "the scoped finders are built on it")]
fn unscoped<E: EntityTrait>() -> Select<E> {
    E::find()
}

/// How many rows a page may have: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageSize(u8);

impl PageSize {
    /// The largest page.
    pub const MAX: u8 = 100;

    /// A page of this size, when it is within bounds.
    pub fn new(rows: i64) -> Option<Self> {
        u8::try_from(rows).ok().filter(|rows| (1..=Self::MAX).contains(rows)).map(Self)
    }

    /// The number of rows.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }
}

/// Which page is asked for: so many rows from one end, beyond a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many rows.
    pub size: PageSize,
    /// From the end instead of from the start.
    pub backward: bool,
    /// Only rows beyond this id.
    pub beyond: Option<uuid::Uuid>,
}

/// A page of rows in ascending order, and whether there are more beyond it in the direction asked.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: false }
    }
}

impl PageRequest {
    /// Cuts rows that were fetched in the direction asked, one more than wanted, to the page.
    pub fn cut<T>(self, mut rows: Vec<T>) -> Page<T> {
        let more = rows.len() > self.size.rows();
        rows.truncate(self.size.rows());
        if self.backward {
            rows.reverse();
        }
        Page { rows, more }
    }
}

/// The dossiers at which a principal is present at an instant, as a subquery.
fn presence_of(principal: &Principal, now: chrono::DateTime<chrono::Utc>) -> SelectStatement {
    Query::select()
        .column(assignment::Column::DossierId)
        .from(assignment::Entity)
        .cond_where(held_by(principal).add(active_at(now)))
        .to_owned()
}

/// Assignments that a principal holds, in person or through a desk.
fn held_by(principal: &Principal) -> Condition {
    if WITHOUT_SCOPE {
        return Condition::all();
    }
    let mut holder = Condition::any().add(assignment::Column::ProfessionalId.eq(principal.professional));
    if !principal.desks.is_empty() {
        holder = holder.add(assignment::Column::DeskId.is_in(principal.desks.iter().copied()));
    }
    Condition::all().add(holder)
}

/// Assignments that are active at an instant.
pub fn active_at(now: chrono::DateTime<chrono::Utc>) -> Condition {
    Condition::all().add(assignment::Column::ValidFrom.lte(now)).add(
        Condition::any()
            .add(assignment::Column::ValidUntil.is_null())
            .add(assignment::Column::ValidUntil.gt(now)),
    )
}

/// A page of each dossier of a page, in one statement.
pub async fn pages_of<E: InDossier>(
    database: &impl ConnectionTrait,
    siblings: &Siblings,
    request: PageRequest,
) -> Result<HashMap<DossierId, Page<E::Model>>, DbErr>
where
    E::Model: OfDossier,
{
    let id = E::id_column();
    let direction = if request.backward { Order::Desc } else { Order::Asc };
    let beyond = request.beyond.map(|cursor| if request.backward { id.lt(cursor) } else { id.gt(cursor) });
    let window =
        WindowStatement::partition_by(E::dossier_column()).order_by(id, direction.clone()).to_owned();
    let mut numbered = E::of_page(siblings).filter(Condition::all().add_option(beyond)).into_query();
    numbered.expr_window_as(Func::cust("ROW_NUMBER"), window, "place");
    let select = Query::select()
        .column(Asterisk)
        .from_subquery(numbered, "rows")
        .and_where(Expr::col("place").lte(request.size.rows() as u64 + 1))
        .order_by("place", Order::Asc)
        .to_owned();
    let mut pages: HashMap<DossierId, Vec<E::Model>> = HashMap::new();
    for row in database.query_all(&select).await? {
        let model = E::Model::from_query_result(&row, "")?;
        pages.entry(model.dossier_id()).or_default().push(model);
    }
    Ok(pages.into_iter().map(|(dossier, rows)| (dossier, request.cut(rows))).collect())
}

impl Access {
    /// The viewer's presence at one dossier, or none where it does not exist for them.
    pub async fn presence(&self, dossier: DossierId) -> Result<Option<Arc<Presence>>, DbErr> {
        Ok(self.presences(&[dossier]).await?.into_values().next())
    }

    /// The viewer's presences at those of the dossiers at which there is one. Two statements.
    pub async fn presences(&self, ids: &[DossierId]) -> Result<HashMap<DossierId, Arc<Presence>>, DbErr> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let dossiers = dossier::Entity::sought_by(self)
            .filter(dossier::Column::Id.is_in(ids.iter().copied()))
            .all(self.reader())
            .await?;
        self.presences_at(self.reader(), dossiers).await
    }

    /// A page of the dossiers at which the viewer is present, narrowed by a condition. Two statements.
    pub async fn page(
        &self,
        request: PageRequest,
        narrow: impl FnOnce(Select<dossier::Entity>) -> Select<dossier::Entity>,
    ) -> Result<Page<Arc<Presence>>, DbErr> {
        let found = narrow(in_order(dossier::Entity::visible_to(self), dossier::Column::Id, request))
            .all(self.reader())
            .await?;
        let page = request.cut(found);
        let order: Vec<DossierId> = page.rows.iter().map(|dossier| dossier.id).collect();
        let mut presences = self.presences_at(self.reader(), page.rows).await?;
        let rows = order.iter().filter_map(|id| presences.remove(id)).collect();
        Ok(Page { rows, more: page.more })
    }

    /// The presences that the viewer's active assignments give at dossiers that were read in scope.
    pub(crate) async fn presences_at(
        &self,
        database: &impl ConnectionTrait,
        dossiers: Vec<dossier::Model>,
    ) -> Result<HashMap<DossierId, Arc<Presence>>, DbErr> {
        let assignments = unscoped::<assignment::Entity>()
            .filter(assignment::Column::DossierId.is_in(dossiers.iter().map(|dossier| dossier.id)))
            .filter(held_by(self.principal()).add(active_at(self.now())))
            .all(database)
            .await?;
        let mut held: HashMap<DossierId, Vec<assignment::Model>> = HashMap::new();
        for assignment in assignments {
            held.entry(assignment.dossier_id).or_default().push(assignment);
        }
        let presences = dossiers.into_iter().filter_map(|dossier| {
            let assignments = held.remove(&dossier.id)?;
            let presence =
                Presence::of(self.principal(), self.convenant(), self.today(), dossier, &assignments)?;
            Some((presence.dossier().id, Arc::new(presence)))
        });
        Ok(presences.collect())
    }
}

/// Orders by id in the direction asked, beyond the cursor, one row more than the page holds.
pub fn in_order<E: EntityTrait>(select: Select<E>, id: E::Column, request: PageRequest) -> Select<E> {
    use sea_orm::QueryOrder;
    let beyond = request.beyond.map(|cursor| if request.backward { id.lt(cursor) } else { id.gt(cursor) });
    let select = select.filter(Condition::all().add_option(beyond)).limit(request.size.rows() as u64 + 1);
    if request.backward { select.order_by_desc(id) } else { select.order_by_asc(id) }
}

impl Access {
    /// The dossiers at which the viewer is present, as a subquery.
    pub(crate) fn visible_dossiers(&self) -> SelectStatement {
        presence_of(self.principal(), self.now())
    }
}
