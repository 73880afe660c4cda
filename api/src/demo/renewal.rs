//! What lasts a day or some hours is given again when the demo is started on another day.
//!
//! Only to personas, and only of the kinds that they were loaded with: a guest for today, a break-glass of four
//! hours, questions to their desk that nobody answered. Nothing that a visitor did is touched.

use chrono::{DateTime, NaiveDate, Utc};
use convenant::Involvement;
use entity::id::DeskId;
use entity::{assignment, bekendheidscheck, break_glass, brp_check, geheimhoudingsverklaring, verrijking};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use waarborg::clock::{dutch_date, end_of_dutch_day};
use waarborg::database::Database;

use super::dossiers::{GUEST, NIGHT};
use super::houses::Cast;
use super::personas::PERSONAS;
use crate::features::break_glass::{HOLDS, REVIEW};
use crate::features::casusreis::{BreakGlassState, Task};

/// Gives again what has run out since the last start.
pub(super) async fn renew(database: &Database, now: DateTime<Utc>, cast: &Cast) -> Result<(), DbErr> {
    let today = dutch_date(now);
    let transaction = database.begin().await?;
    for found in PERSONAS.iter().filter_map(|persona| persona.find(cast)) {
        let Some(spot) = found.persona.spot else { continue };
        let of_reason = |reason: &str| {
            Condition::all()
                .add(assignment::Column::ProfessionalId.eq(found.colleague.id))
                .add(assignment::Column::Reason.eq(reason))
        };
        let desk = found.house.desk_of(found.employer.id).map(|desk| desk.id);
        let asked = match spot.involvement {
            Involvement::Verrijking => Task::AnswerVerrijking,
            Involvement::BrpTaak => Task::AnswerBrpCheck,
            _ => Task::AnswerBekendheidscheck,
        };
        let deadline = asked.deadline(today);
        match (spot.involvement, desk) {
            (Involvement::Gast, _) => {
                ask_again(&transaction, of_reason(GUEST), today).await?;
                extend(&transaction, of_reason(GUEST), end_of_dutch_day(today), now).await?;
            }
            (Involvement::Noodtoegang, _) => {
                reopen(&transaction, of_reason(NIGHT), now).await?;
            }
            (task, Some(desk)) => {
                let Some(asked) = postpone(&transaction, task, desk, today, deadline).await? else {
                    continue;
                };
                let open = Condition::all()
                    .add(assignment::Column::DeskId.eq(desk))
                    .add(assignment::Column::Involvement.eq(task.code()))
                    .add(assignment::Column::DossierId.in_subquery(asked));
                extend(&transaction, open, end_of_dutch_day(deadline), now).await?;
            }
            _ => {}
        }
    }
    transaction.commit().await
}

/// Extends those of some assignments that have run out.
async fn extend(
    database: &impl ConnectionTrait,
    which: Condition,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = assignment::ActiveModel { valid_until: Set(Some(until)), ..Default::default() };
    let extended = assignment::Entity::update_many().set(row).filter(which);
    extended.filter(assignment::Column::ValidUntil.lte(now)).exec(database).await?;
    Ok(())
}

/// Puts the declarations behind some assignments on today. One that was signed stays so.
async fn ask_again(
    database: &impl ConnectionTrait,
    assignments: Condition,
    today: NaiveDate,
) -> Result<(), DbErr> {
    let mut given = Query::select();
    given.column(assignment::Column::Id).from(assignment::Entity).cond_where(assignments);
    let row = geheimhoudingsverklaring::ActiveModel { day: Set(today), ..Default::default() };
    let asked = geheimhoudingsverklaring::Entity::update_many().set(row);
    asked
        .filter(geheimhoudingsverklaring::Column::AssignmentId.in_subquery(given))
        .filter(geheimhoudingsverklaring::Column::Day.lt(today))
        .exec(database)
        .await?;
    Ok(())
}

/// Gives the use of break-glass behind some assignments four hours again, where it lapsed and nobody ended or reviewed
/// it.
async fn reopen(
    database: &impl ConnectionTrait,
    assignments: Condition,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut given = Query::select();
    given.column(assignment::Column::Id).from(assignment::Entity).cond_where(assignments.clone());
    let lapsed = Condition::all()
        .add(break_glass::Column::AssignmentId.in_subquery(given))
        .add(break_glass::Column::State.eq(BreakGlassState::Open.code()))
        .add(break_glass::Column::ValidUntil.lte(now));
    let mut of_uses = Query::select();
    of_uses.column(break_glass::Column::AssignmentId).from(break_glass::Entity).cond_where(lapsed.clone());
    let its_own = assignments.add(assignment::Column::Id.in_subquery(of_uses));
    let until = now + HOLDS;
    extend(database, its_own, until, now).await?;
    let row = break_glass::ActiveModel {
        opened_at: Set(now),
        valid_until: Set(until),
        review_by: Set(REVIEW.after(dutch_date(now))),
        ..Default::default()
    };
    break_glass::Entity::update_many().set(row).filter(lapsed).exec(database).await?;
    Ok(())
}

/// Gives the unanswered questions of a desk whose term has passed a later one. Returns a statement that selects
/// their dossiers; none when the involvement is no question.
async fn postpone(
    database: &impl ConnectionTrait,
    task: Involvement,
    desk: DeskId,
    today: NaiveDate,
    deadline: NaiveDate,
) -> Result<Option<SelectStatement>, DbErr> {
    macro_rules! questions {
        ($table:ident, $open:literal) => {{
            let of_desk =
                || Condition::all().add($table::Column::DeskId.eq(desk)).add($table::Column::State.eq($open));
            let row = $table::ActiveModel { deadline: Set(deadline), ..Default::default() };
            let late = $table::Entity::update_many().set(row).filter(of_desk());
            late.filter($table::Column::Deadline.lt(today)).exec(database).await?;
            let mut select = Query::select();
            select.column($table::Column::DossierId).from($table::Entity).cond_where(of_desk());
            Ok(Some(select.to_owned()))
        }};
    }
    match task {
        Involvement::BrpTaak => questions!(brp_check, "OPEN"),
        Involvement::Bekendheidscheck => questions!(bekendheidscheck, "VERZONDEN"),
        Involvement::Verrijking => questions!(verrijking, "OPEN"),
        _ => Ok(None),
    }
}
