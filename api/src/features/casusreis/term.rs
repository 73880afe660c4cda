//! Terms of the work: by when somebody has to act.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// How long somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// So many working days; Saturdays and Sundays do not count.
    WorkingDays(u8),
}

impl Term {
    /// The last day of a term that begins on a day.
    pub(crate) fn after(self, day: NaiveDate) -> NaiveDate {
        let Self::WorkingDays(days) = self;
        let is_working = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let ahead = (1..).map_while(|count| day.checked_add_days(Days::new(count)));
        ahead.filter(is_working).nth(usize::from(days).saturating_sub(1)).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_skip_the_weekend() {
        let friday = NaiveDate::from_ymd_opt(2024, 2, 9).unwrap();
        let after = |days| Term::WorkingDays(days).after(friday);
        assert_eq!(after(1), NaiveDate::from_ymd_opt(2024, 2, 12).unwrap());
        assert_eq!(after(5), NaiveDate::from_ymd_opt(2024, 2, 16).unwrap());
    }
}
