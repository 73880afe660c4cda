//! The one source of time.
//!
//! Everything that decides by date asks this clock; nothing else in the workspace reads the system's time.
//! Demo and tests may set it, production constructs [`Clock::system`] only.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Europe::Amsterdam;

/// Says what time it is: the system's time, or one that a test or the demo has set.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The time of the machine.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until it is moved.
    pub fn set_to(start: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(start))))
    }

    /// The present instant, in whole microseconds: what both databases can keep.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            Source::System => Utc::now(),
            Source::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        };
        chrono::SubsecRound::trunc_subsecs(now, 6)
    }

    /// Today's date in the Netherlands, by which covenants, grounds and terms are judged.
    pub fn today(&self) -> NaiveDate {
        dutch_date(self.now())
    }

    /// Moves a set clock forward; a system clock does not move.
    pub fn advance(&self, by: Duration) {
        if let Source::Set(time) = &self.0 {
            *time.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    /// Whether this clock can be set. Production refuses one that can.
    pub fn is_settable(&self) -> bool {
        matches!(self.0, Source::Set(_))
    }
}

/// The Dutch calendar date of an instant.
pub fn dutch_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Amsterdam).date_naive()
}

/// The first instant after a Dutch calendar day.
pub fn end_of_dutch_day(day: NaiveDate) -> DateTime<Utc> {
    start_of_dutch_day(day.succ_opt().unwrap_or(day))
}

/// The first instant of a Dutch calendar day.
pub fn start_of_dutch_day(day: NaiveDate) -> DateTime<Utc> {
    let start = day.and_time(NaiveTime::MIN);
    start.and_local_timezone(Amsterdam).earliest().map_or_else(|| start.and_utc(), |local| local.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn the_date_is_that_of_the_netherlands() {
        let before_midnight_utc = Utc.with_ymd_and_hms(2025, 2, 28, 23, 30, 0).unwrap();
        assert_eq!(dutch_date(before_midnight_utc), NaiveDate::from_ymd_opt(2025, 3, 1).unwrap());
    }

    #[test]
    fn a_day_ends_at_midnight_in_the_netherlands() {
        let winter = end_of_dutch_day(NaiveDate::from_ymd_opt(2024, 1, 31).unwrap());
        assert_eq!(winter.to_rfc3339(), "2024-01-31T23:00:00+00:00");
        let summer = end_of_dutch_day(NaiveDate::from_ymd_opt(2024, 7, 31).unwrap());
        assert_eq!(summer.to_rfc3339(), "2024-07-31T22:00:00+00:00");
    }

    #[test]
    fn a_set_clock_moves_only_when_told() {
        let clock = Clock::set_to(Utc.with_ymd_and_hms(2025, 1, 1, 0, 0, 0).unwrap());
        let first = clock.now();
        assert_eq!(clock.now(), first);
        clock.advance(Duration::days(1));
        assert_eq!(clock.now() - first, Duration::days(1));
    }
}
