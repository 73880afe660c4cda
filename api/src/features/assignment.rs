//! Assignments as the steps of the journey make and end them.
//!
//! Every change here is under a write that may make it; why an assignment was given is kept with it.

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Involvement, Side};
use entity::id::{AssignmentId, DeskId, OrganisationId, ProfessionalId};
use entity::{assignment, professional};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use waarborg::access::{Scoped, active_at};
use waarborg::clock::end_of_dutch_day;
use waarborg::write::Authorized;

use super::partner;

/// Who holds an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A professional in person.
    Professional(ProfessionalId),
    /// A desk.
    Desk(DeskId),
}

/// An assignment to make.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) organisation: OrganisationId,
    pub(crate) holder: Holder,
    pub(crate) involvement: Involvement,
    pub(crate) side: Side,
    /// The first instant at which it holds; none for that of the write.
    pub(crate) from: Option<DateTime<Utc>>,
    /// The first instant at which it no longer holds; none for until it is ended.
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) reason: &'static str,
}

impl Grant {
    /// An assignment without an end, on neither side.
    pub(crate) fn open(
        organisation: OrganisationId,
        holder: Holder,
        involvement: Involvement,
        reason: &'static str,
    ) -> Self {
        Self { organisation, holder, involvement, side: Side::Geen, from: None, until: None, reason }
    }
}

/// Makes an assignment, from the instant of the write unless it says another.
pub(crate) async fn grant(authorized: &Authorized<'_>, grant: Grant) -> Result<AssignmentId, DbErr> {
    let id = AssignmentId::fresh();
    let (professional, desk) = match grant.holder {
        Holder::Professional(professional) => (Some(professional), None),
        Holder::Desk(desk) => (None, Some(desk)),
    };
    let row = assignment::ActiveModel {
        id: Set(id),
        dossier_id: Set(authorized.dossier()),
        organisation_id: Set(grant.organisation),
        professional_id: Set(professional),
        desk_id: Set(desk),
        involvement: Set(grant.involvement.code().to_owned()),
        side: Set(grant.side.code().to_owned()),
        secrecy_signed_on: Set(None),
        valid_from: Set(grant.from.unwrap_or(authorized.now())),
        valid_until: Set(grant.until),
        reason: Set(grant.reason.to_owned()),
        granted_by: Set(Some(authorized.access().principal().professional)),
    };
    assignment::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
    Ok(id)
}

/// Ends the assignments of some involvements, of one holder or of all: those that are active, and those that have yet
/// to begin.
pub(crate) async fn end(
    authorized: &Authorized<'_>,
    involvements: &[Involvement],
    holder: Option<Holder>,
) -> Result<(), DbErr> {
    let mut ended = assignment::Entity::update_many()
        .set(assignment::ActiveModel { valid_until: Set(Some(authorized.now())), ..Default::default() })
        .filter(assignment::Column::DossierId.eq(authorized.dossier()))
        .filter(
            assignment::Column::Involvement.is_in(involvements.iter().map(|involvement| involvement.code())),
        )
        .filter(not_over_at(authorized.now()));
    ended = match holder {
        Some(Holder::Professional(professional)) => {
            ended.filter(assignment::Column::ProfessionalId.eq(professional))
        }
        Some(Holder::Desk(desk)) => ended.filter(assignment::Column::DeskId.eq(desk)),
        None => ended,
    };
    ended.exec(authorized.transaction()).await?;
    Ok(())
}

fn not_over_at(now: DateTime<Utc>) -> Condition {
    let until = assignment::Column::ValidUntil;
    Condition::any().add(until.is_null()).add(until.gt(now))
}

/// Gives the data protection officers of a house the dossier's log, those who do not have it yet. It stays theirs: they
/// also look back.
pub(crate) async fn give_log(
    authorized: &Authorized<'_>,
    house: &str,
    reason: &'static str,
) -> Result<(), DbErr> {
    let given = assignment::Entity::under(authorized)
        .filter(assignment::Column::Involvement.eq(Involvement::Fg.code()))
        .filter(active_at(authorized.now()))
        .all(authorized.transaction())
        .await?;
    let has_it =
        |officer: &professional::Model| given.iter().any(|one| one.professional_id == Some(officer.id));
    let officers = partner::privacy_officers(authorized.transaction(), house).await?;
    for officer in officers.into_iter().filter(|officer| !has_it(officer)) {
        let holder = Holder::Professional(officer.id);
        grant(authorized, Grant::open(officer.organisation_id, holder, Involvement::Fg, reason)).await?;
    }
    Ok(())
}

/// Ends the assignment that a desk was given with one task. When it has more open tasks of the kind, each has an
/// assignment of its own, and the others stay.
pub(crate) async fn end_task(
    authorized: &Authorized<'_>,
    involvement: Involvement,
    desk: DeskId,
    deadline: NaiveDate,
) -> Result<(), DbErr> {
    let active = assignment::Entity::under(authorized)
        .filter(assignment::Column::Involvement.eq(involvement.code()))
        .filter(assignment::Column::DeskId.eq(desk))
        .filter(active_at(authorized.now()))
        .order_by_asc(assignment::Column::Id)
        .all(authorized.transaction())
        .await?;
    let until = Some(end_of_dutch_day(deadline));
    let of_task = active.iter().find(|assignment| assignment.valid_until == until);
    let Some(of_task) = of_task else { return Ok(()) };
    let ended = assignment::ActiveModel {
        id: Set(of_task.id),
        valid_until: Set(Some(authorized.now())),
        ..Default::default()
    };
    ended.update(authorized.transaction()).await?;
    Ok(())
}
