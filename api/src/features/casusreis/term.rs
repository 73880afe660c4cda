//! Terms of the work: by when somebody has to act.
//!
//! Working days are those of the Netherlands. Pure: the calendar is computed, never looked up.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// How long somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// So many working days; Saturdays, Sundays and holidays do not count.
    WorkingDays(u8),
}

impl Term {
    /// The last day of a term that begins on a day.
    pub(crate) fn after(self, day: NaiveDate) -> NaiveDate {
        let Self::WorkingDays(days) = self;
        let ahead = (1..).map_while(|count| day.checked_add_days(Days::new(count)));
        ahead.filter(|day| is_working(*day)).nth(usize::from(days).saturating_sub(1)).unwrap_or(day)
    }
}

fn is_working(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// The days on which no term ends: the holidays of article 3 of the Algemene termijnenwet, and Good Friday, which it
/// puts on a par with them.
fn is_holiday(day: NaiveDate) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1) | (5, 5) | (12, 25 | 26));
    fixed || Some(day) == kings_day(day.year()) || is_by_easter(day)
}

/// 27 April, or the day before when that is a Sunday.
fn kings_day(year: i32) -> Option<NaiveDate> {
    let day = NaiveDate::from_ymd_opt(year, 4, 27)?;
    if day.weekday() == Weekday::Sun { day.pred_opt() } else { Some(day) }
}

/// Good Friday, Easter Monday, Ascension Day and Whit Monday.
fn is_by_easter(day: NaiveDate) -> bool {
    let since = easter(day.year()).map(|easter| (day - easter).num_days());
    since.is_some_and(|days| matches!(days, -2 | 1 | 39 | 50))
}

/// Easter Sunday in the Gregorian calendar: the first Sunday after the full moon of the church on or after 21 March.
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century) = (year % 19, year / 100);
    // How far the moon of the church has shifted since the calendar was made.
    let shift = century - century / 4 - (8 * century + 13) / 25;
    let moon = (19 * golden + shift + 15) % 30;
    // The last two places of the cycle come a day earlier, so that no two years of one cycle share a moon.
    let moon = moon - i32::from(moon == 29 || moon == 28 && golden > 10);
    let full_moon = NaiveDate::from_ymd_opt(year, 3, 21)? + Days::new(u64::try_from(moon).ok()?);
    let to_sunday = 7 - u64::from(full_moon.weekday().num_days_from_sunday());
    full_moon.checked_add_days(Days::new(to_sunday))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn working_days_skip_the_weekend() {
        let friday = day(2024, 2, 9);
        let after = |days| Term::WorkingDays(days).after(friday);
        assert_eq!(after(1), day(2024, 2, 12));
        assert_eq!(after(5), day(2024, 2, 16));
    }

    #[test]
    fn working_days_skip_holidays() {
        // Thursday before Easter 2024: Good Friday, the weekend and Easter Monday do not count.
        assert_eq!(Term::WorkingDays(1).after(day(2024, 3, 28)), day(2024, 4, 2));
        assert_eq!(Term::WorkingDays(2).after(day(2024, 3, 28)), day(2024, 4, 3));
        // Christmas 2026 falls on a Friday and a Saturday, New Year 2027 on a Friday.
        assert_eq!(Term::WorkingDays(2).after(day(2026, 12, 23)), day(2026, 12, 28));
        assert_eq!(Term::WorkingDays(1).after(day(2026, 12, 31)), day(2027, 1, 4));
    }

    /// Easter Sundays as the calendars of those years give them; the earliest and the latest that there are.
    #[test]
    fn easter_is_that_of_the_calendar() {
        let known = [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ];
        for (year, month, of_month) in known {
            assert_eq!(easter(year), Some(day(year, month, of_month)), "{year}");
        }
    }

    #[test]
    fn the_holidays_of_a_year_are_these() {
        let holidays = |year| {
            let days = day(year, 1, 1).iter_days().take_while(move |day| day.year() == year);
            days.filter(|day| is_holiday(*day)).map(|day| day.format("%m-%d").to_string()).collect::<Vec<_>>()
        };
        let of_2025 = ["01-01", "04-18", "04-21", "04-26", "05-05", "05-29", "06-09", "12-25", "12-26"];
        assert_eq!(holidays(2025), of_2025, "27 April 2025 is a Sunday");
        let of_2026 = ["01-01", "04-03", "04-06", "04-27", "05-05", "05-14", "05-25", "12-25", "12-26"];
        assert_eq!(holidays(2026), of_2026);
    }
}
