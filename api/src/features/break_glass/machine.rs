//! The states of a use of break-glass: what is kept of it, and what time makes of that. Pure.
//!
//! The acts on it are rows of the table of tasks. That it has lapsed is never written: the end of its validity says so
//! at each look, to the instant.

use chrono::{DateTime, NaiveDate, Utc};
use entity::break_glass;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::Condition;

use crate::features::casusreis::{BreakGlassState, task};

/// The state of a use at an instant; none when the kept code is unknown.
pub(super) fn state_at(used: &break_glass::Model, now: DateTime<Utc>) -> Option<BreakGlassState> {
    let kept = BreakGlassState::named(&used.state)?;
    let has_lapsed = kept == BreakGlassState::Open && used.valid_until <= now;
    Some(if has_lapsed { BreakGlassState::Verlopen } else { kept })
}

/// The uses that are in a state at an instant.
pub(super) fn in_state(state: BreakGlassState, now: DateTime<Utc>) -> Condition {
    use break_glass::Column;
    let kept = |state: BreakGlassState| Condition::all().add(Column::State.eq(state.code()));
    match state {
        BreakGlassState::Open => kept(BreakGlassState::Open).add(Column::ValidUntil.gt(now)),
        BreakGlassState::Verlopen => kept(BreakGlassState::Open).add(Column::ValidUntil.lte(now)),
        BreakGlassState::Beeindigd
        | BreakGlassState::BeoordeeldTerecht
        | BreakGlassState::BeoordeeldOnterecht => kept(state),
    }
}

/// Whether the review is owed and its last day has passed.
pub(super) fn is_overdue(used: &break_glass::Model, today: NaiveDate) -> bool {
    used.reviewed_at.is_none() && used.review_by < today
}

/// A use as the table of tasks looks at it. Its last day is that of the review.
pub(super) fn task_row(used: &break_glass::Model, now: DateTime<Utc>) -> task::Row<'static> {
    let state = state_at(used, now);
    let is_over = state != Some(BreakGlassState::Open);
    task::Row {
        deadline: is_over.then_some(used.review_by),
        organisation: Some(used.organisation_id),
        professional: Some(used.professional_id),
        ..task::Row::of(task::Machine::BreakGlass, state.map_or("", BreakGlassState::code))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};
    use entity::id::{AssignmentId, BreakGlassId, DossierId, OrganisationId, ProfessionalId};
    use proptest::prelude::*;

    use super::*;
    use crate::features::casusreis::Task;

    fn opened() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2025, 6, 2, 12, 0, 0).unwrap()
    }

    fn used(state: BreakGlassState) -> break_glass::Model {
        let over = state != BreakGlassState::Open;
        let reviewed = over && state != BreakGlassState::Beeindigd;
        break_glass::Model {
            id: BreakGlassId::fresh(),
            dossier_id: DossierId::fresh(),
            organisation_id: OrganisationId::fresh(),
            professional_id: ProfessionalId::fresh(),
            assignment_id: AssignmentId::fresh(),
            state: state.code().to_owned(),
            reason_code: "VERMISSING".to_owned(),
            reason: "Sinds gisteren weg.".to_owned(),
            opened_at: opened(),
            valid_until: opened() + super::super::rules::HOLDS,
            ended_at: over.then(opened),
            review_by: super::super::rules::REVIEW.after(opened().date_naive()),
            reviewed_by: None,
            reviewed_at: reviewed.then(opened),
            motivation: None,
        }
    }

    /// The states in which a use can be kept; that it lapsed is not.
    const KEPT: [BreakGlassState; 4] = [
        BreakGlassState::Open,
        BreakGlassState::Beeindigd,
        BreakGlassState::BeoordeeldTerecht,
        BreakGlassState::BeoordeeldOnterecht,
    ];

    proptest! {
        /// Only time makes an open use lapse, at its end and not before; what was ended or reviewed stays so.
        #[test]
        fn a_use_lapses_at_its_end_and_in_no_other_way(kept in 0..KEPT.len(), seconds in -1..200_000_i64) {
            let used = used(KEPT[kept]);
            let state = state_at(&used, opened() + Duration::seconds(seconds)).unwrap();
            let lapsed = KEPT[kept] == BreakGlassState::Open && seconds >= 4 * 3600;
            prop_assert_eq!(state, if lapsed { BreakGlassState::Verlopen } else { KEPT[kept] });
        }

        /// It is ended while it is open, reviewed when it is over, and each once.
        #[test]
        fn one_act_at_most_starts_in_each_state(kept in 0..KEPT.len(), seconds in 0..200_000_i64) {
            let row = task_row(&used(KEPT[kept]), opened() + Duration::seconds(seconds));
            let starts = |task: Task| task.transition().starts_at(&row);
            let (ends, reviews) = (starts(Task::EndBreakGlass), starts(Task::ReviewBreakGlass));
            let state = BreakGlassState::named(row.state).unwrap();
            prop_assert_eq!(ends, state == BreakGlassState::Open);
            prop_assert_eq!(reviews, matches!(state, BreakGlassState::Verlopen | BreakGlassState::Beeindigd));
        }
    }

    #[test]
    fn a_review_is_overdue_after_its_last_day_until_it_is_done() {
        let day = |day| NaiveDate::from_ymd_opt(2025, 6, day).unwrap();
        let open = used(BreakGlassState::Beeindigd);
        assert_eq!(open.review_by, day(4));
        assert!(!is_overdue(&open, day(4)) && is_overdue(&open, day(5)));
        assert!(!is_overdue(&used(BreakGlassState::BeoordeeldTerecht), day(5)));
    }
}
