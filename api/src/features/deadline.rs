//! Terms of the work: how many working days somebody has to answer.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The day that lies a number of working days ahead; Saturdays and Sundays do not count.
pub(crate) fn working_days_after(day: NaiveDate, days: u32) -> NaiveDate {
    let is_working = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let ahead = (1..).map_while(|count| day.checked_add_days(Days::new(count)));
    ahead.filter(is_working).nth(days.saturating_sub(1) as usize).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_skip_the_weekend() {
        let friday = NaiveDate::from_ymd_opt(2024, 2, 9).unwrap();
        assert_eq!(working_days_after(friday, 1), NaiveDate::from_ymd_opt(2024, 2, 12).unwrap());
        assert_eq!(working_days_after(friday, 5), NaiveDate::from_ymd_opt(2024, 2, 16).unwrap());
    }
}
