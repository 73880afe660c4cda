//! Checks of what a professional typed.
//!
//! Every finding names the path from the root of the input. Nothing of the value is repeated, because a value
//! may be personal even when it is wrong.

use std::fmt::Display;

use async_graphql::ID;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use waarborg::clock::dutch_date;
use waarborg::keys::bsn;

use super::id::{GlobalId, NodeKind};
use super::scalar::{Bsn, Date, IdempotencyKey, Line, PartialDate, Text};
use super::user_error::{Finding, UserError, UserErrorCode};
use crate::error::{Fault, Reason};

/// The longest line, in characters.
const LINE: usize = 200;
/// The longest text, in characters.
const TEXT: usize = 4_000;

/// Gathers what is wrong with an input.
#[derive(Debug)]
pub(crate) struct Checks {
    today: NaiveDate,
    path: Vec<String>,
    errors: Vec<UserError>,
}

impl Checks {
    /// Checks of an input at an instant.
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self { today: dutch_date(now), path: Vec::new(), errors: Vec::new() }
    }

    /// What was found. What an id names is looked up only when the rest is good, so a malformed id is told only
    /// then too: it is answered as one that nobody has.
    pub(crate) fn into_errors(self) -> Vec<UserError> {
        let (missing, wrong): (Vec<_>, Vec<_>) =
            self.errors.into_iter().partition(|error| error.code == UserErrorCode::NotFound);
        if wrong.is_empty() { missing } else { wrong }
    }

    /// Today, for rules that compare with it.
    pub(crate) fn today(&self) -> NaiveDate {
        self.today
    }

    /// Checks a part of the input under its name.
    pub(crate) fn within<T>(&mut self, name: impl Display, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name.to_string());
        let checked = check(self);
        self.path.pop();
        checked
    }

    /// Notes a finding at a field.
    pub(crate) fn note(&mut self, field: impl Display, finding: Finding) {
        let mut path = self.path.clone();
        path.push(field.to_string());
        self.errors.push(UserError::of(finding, path));
    }

    fn noted<T>(&mut self, field: &str, value: Option<T>, finding: Finding) -> Option<T> {
        if value.is_none() {
            self.note(field, finding);
        }
        value
    }

    /// A line, with white space at the ends taken off.
    pub(crate) fn line(&mut self, field: &str, line: &Line) -> Option<String> {
        let clean = clean(&line.0, LINE, char::is_control);
        self.noted(field, clean, Finding::Text)
    }

    /// A text, with white space at the ends taken off.
    pub(crate) fn text(&mut self, field: &str, text: &Text) -> Option<String> {
        let clean = clean(&text.0, TEXT, |character| character.is_control() && character != '\n');
        self.noted(field, clean, Finding::Text)
    }

    #[expect(clippy::option_option, reason = "whether it is good, and whether it was given")]
    /// A line that may be left out. The outer option is whether the input is good.
    pub(crate) fn optional_line(&mut self, field: &str, line: Option<&Line>) -> Option<Option<String>> {
        line.map_or(Some(None), |line| self.line(field, line).map(Some))
    }

    #[expect(clippy::option_option, reason = "whether it is good, and whether it was given")]
    /// A text that may be left out. The outer option is whether the input is good.
    pub(crate) fn optional_text(&mut self, field: &str, text: Option<&Text>) -> Option<Option<String>> {
        text.map_or(Some(None), |text| self.text(field, text).map(Some))
    }

    /// A date of the calendar.
    pub(crate) fn date(&mut self, field: &str, date: &Date) -> Option<NaiveDate> {
        self.noted(field, calendar_date(&date.0), Finding::Date)
    }

    /// A date that is not in the past.
    pub(crate) fn coming_date(&mut self, field: &str, date: &Date) -> Option<NaiveDate> {
        let today = self.today;
        let coming = self.date(field, date)?;
        self.noted(field, (coming >= today).then_some(coming), Finding::PastDate)
    }

    /// A date of birth, possibly partial, not in the future.
    pub(crate) fn birth_date(&mut self, field: &str, date: &PartialDate) -> Option<String> {
        let good = partial_date(&date.0, self.today).then(|| date.0.clone());
        self.noted(field, good, Finding::Date)
    }

    /// A BSN that passes the elfproef.
    pub(crate) fn bsn(&mut self, field: &str, number: &Bsn) -> Option<bsn::Bsn> {
        self.noted(field, bsn::Bsn::parse(&number.0).ok(), Finding::Bsn)
    }

    /// The key of a mutation.
    pub(crate) fn key(&mut self, field: &str, key: &IdempotencyKey) -> Option<Uuid> {
        let key = (key.0.len() == 36).then(|| Uuid::try_parse(&key.0).ok()).flatten();
        self.noted(field, key, Finding::Key)
    }

    /// The id of a node of a kind. A malformed one is answered as one that does not exist.
    pub(crate) fn id(&mut self, field: &str, id: &ID, kind: NodeKind) -> Option<GlobalId> {
        let id = GlobalId::decode(id).filter(|id| id.kind == kind);
        self.noted(field, id, Finding::NotFound)
    }
}

/// A text to narrow a list by. It is compared with codes, so it may be anything but what PostgreSQL cannot take.
pub(crate) fn filter(text: Option<String>) -> Result<Option<String>, Fault> {
    match text {
        Some(text) if text.chars().any(char::is_control) => Err(Reason::VALUE.into()),
        text => Ok(text),
    }
}

/// The text without white space at its ends, when it has 1 to `longest` characters and no forbidden one.
fn clean(text: &str, longest: usize, forbidden: impl Fn(char) -> bool) -> Option<String> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(forbidden);
    good.then(|| text.to_owned())
}

fn calendar_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().filter(|date| {
        use chrono::Datelike;
        (1900..=2200).contains(&date.year())
    })
}

/// Whether a text is a date of birth of which the day, or the day and the month, may be zero.
fn partial_date(text: &str, today: NaiveDate) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let earliest = match (month, day) {
        ("00", "00") => format!("{year}-01-01"),
        (_, "00") => format!("{year}-{month}-01"),
        _ => text.to_owned(),
    };
    calendar_date(&earliest).is_some_and(|date| date <= today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 6, 1).unwrap()
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert!(calendar_date("2024-02-29").is_some());
        for impossible in ["2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "20240101", ""] {
            assert_eq!(calendar_date(impossible), None, "{impossible}");
        }
    }

    #[test]
    fn a_birth_date_may_lack_day_or_month_but_not_only_the_month() {
        for good in ["1980-00-00", "1980-07-00", "1980-07-31", "2024-06-01"] {
            assert!(partial_date(good, today()), "{good}");
        }
        for bad in ["1980-00-12", "1980-02-30", "2024-06-02", "1980", "1980-13-00", "abcd-00-00"] {
            assert!(!partial_date(bad, today()), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn checks_of_texts_and_dates_never_panic(text in ".*") {
            let _ = (clean(&text, LINE, char::is_control), calendar_date(&text), partial_date(&text, today()));
        }

        #[test]
        fn a_line_within_its_bound_is_kept(text in "[a-zA-Z0-9é]{1,200}") {
            prop_assert_eq!(clean(&text, LINE, char::is_control), Some(text));
        }

        #[test]
        fn a_line_beyond_its_bound_or_with_a_control_character_is_not(text in "[a-z]{201,220}", control in "[\\x00-\\x1f]") {
            prop_assert_eq!(clean(&text, LINE, char::is_control), None);
            let broken = format!("a{control}b");
            prop_assert_eq!(clean(&broken, LINE, char::is_control), None);
        }
    }
}
