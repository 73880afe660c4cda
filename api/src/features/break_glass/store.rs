//! What break-glass reads and writes in the database.
//!
//! It decides nothing: what may be opened and who finds a use is for the rules.

use chrono::NaiveDate;
use convenant::Involvement;
use entity::id::{DossierId, ProfessionalId};
use entity::{assignment, break_glass};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;
use waarborg::access::{Access, PageRequest, Scoped, active_at, in_order};
use waarborg::write::Authorized;

use super::machine;
use crate::features::casusreis::BreakGlassState;

/// Whether a use of a professional waits for a review whose last day has passed.
#[expect(clippy::disallowed_methods, reason = "every professional may know that an own use waits for review")]
pub(super) async fn owes_overdue_review(
    database: &impl ConnectionTrait,
    professional: ProfessionalId,
    today: NaiveDate,
) -> Result<bool, DbErr> {
    let owed = break_glass::Entity::find()
        .filter(break_glass::Column::ProfessionalId.eq(professional))
        .filter(break_glass::Column::ReviewedAt.is_null())
        .filter(break_glass::Column::ReviewBy.lt(today));
    Ok(owed.limit(1).one(database).await?.is_some())
}

/// Whether who writes has break-glass at the dossier now.
pub(super) async fn is_open(authorized: &Authorized<'_>) -> Result<bool, DbErr> {
    let professional = authorized.access().principal().professional;
    let open = break_glass::Entity::under(authorized)
        .filter(break_glass::Column::ProfessionalId.eq(professional))
        .filter(machine::in_state(BreakGlassState::Open, authorized.now()));
    Ok(open.one(authorized.transaction()).await?.is_some())
}

/// A page of the uses whose log the viewer has as data protection officer.
pub(super) async fn page(
    access: &Access,
    request: PageRequest,
    narrowed: Condition,
) -> Result<Vec<break_glass::Model>, DbErr> {
    in_order(break_glass::Entity::visible_to(access), break_glass::Column::Id, request)
        .filter(break_glass::Column::DossierId.in_subquery(guarded_by(access)))
        .filter(narrowed)
        .all(access.reader())
        .await
}

/// The dossiers of which the viewer guards the log, in person or through a desk.
fn guarded_by(access: &Access) -> SelectStatement {
    let principal = access.principal();
    let held = Condition::any()
        .add(assignment::Column::ProfessionalId.eq(principal.professional))
        .add(assignment::Column::DeskId.is_in(principal.desks.iter().copied()));
    assignment::Entity::visible_to(access)
        .select_only()
        .column(assignment::Column::DossierId)
        .filter(held)
        .filter(assignment::Column::Involvement.eq(Involvement::Fg.code()))
        .filter(active_at(access.now()))
        .into_query()
}

/// The dossiers of some uses; one that nobody has where there are none, so that the statements do not tell.
pub(super) fn dossiers_of(uses: &[break_glass::Model]) -> Vec<DossierId> {
    let dossiers: Vec<DossierId> = uses.iter().map(|used| used.dossier_id).collect();
    if dossiers.is_empty() { vec![DossierId(Uuid::nil())] } else { dossiers }
}
