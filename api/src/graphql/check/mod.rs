//! Checks of what a professional typed.
//!
//! Every finding names the path from the root of the input. Nothing of the value is repeated, because a value
//! may be personal even when it is wrong.

mod grammar;

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use async_graphql::ID;
use chrono::{DateTime, NaiveDate, Utc};
use convenant::Category;
use uuid::Uuid;
use waarborg::clock::{dutch_date, end_of_dutch_day, start_of_dutch_day};
use waarborg::keys::bsn;

use super::id::{GlobalId, NodeKind};
use super::scalar::{
    Bsn, Date, EmailAddress, IdempotencyKey, Line, PartialDate, PhoneNumber, Postcode, Text,
};
use super::user_error::{Finding, UserError};
use crate::error::{Code, Fault, Reason};

/// Gathers what is wrong with an input.
#[derive(Debug)]
pub(crate) struct Checks {
    today: NaiveDate,
    path: Vec<String>,
    found: Vec<(Finding, Vec<String>)>,
}

impl Checks {
    /// Checks of an input at an instant.
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self { today: dutch_date(now), path: Vec::new(), found: Vec::new() }
    }

    /// What was found. What an id names is looked up only when the rest is good, so a malformed id is told only
    /// then too: it is answered as one that nobody has.
    pub(crate) fn into_errors(self) -> Vec<UserError> {
        self.told().map(|(finding, path)| UserError::of(finding, path)).collect()
    }

    /// The first of what was found, for a query, which has no errors in a payload.
    pub(crate) fn into_fault(self) -> Fault {
        let first = self.told().next();
        first.map_or_else(|| Fault::new(Code::InvalidInput), |(finding, path)| finding.fault(path))
    }

    fn told(self) -> impl Iterator<Item = (Finding, Vec<String>)> {
        let (missing, wrong): (Vec<_>, Vec<_>) =
            self.found.into_iter().partition(|(finding, _)| *finding == Finding::NotFound);
        if wrong.is_empty() { missing.into_iter() } else { wrong.into_iter() }
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
        self.found.push((finding, path));
    }

    /// What was read, or a note that it was not.
    pub(crate) fn or_note<T>(
        &mut self,
        field: impl Display,
        value: Option<T>,
        finding: Finding,
    ) -> Option<T> {
        if value.is_none() {
            self.note(field, finding);
        }
        value
    }

    #[expect(clippy::option_option, reason = "whether it is good, and whether it was given")]
    /// A value that may be left out. The outer option is whether the input is good.
    pub(crate) fn optional<'a, F: Display, T, O>(
        &mut self,
        field: F,
        value: Option<&'a T>,
        check: impl FnOnce(&mut Self, F, &'a T) -> Option<O>,
    ) -> Option<Option<O>> {
        value.map_or(Some(None), |value| check(self, field, value).map(Some))
    }

    /// The items of a list of so many. Each is checked by its place, and none beyond the greatest amount.
    pub(crate) fn list<T, O>(
        &mut self,
        field: &str,
        items: &[T],
        amount: RangeInclusive<usize>,
        mut check: impl FnMut(&mut Self, usize, &T) -> Option<O>,
    ) -> Option<Vec<O>> {
        let fits = amount.contains(&items.len());
        if !fits {
            self.note(field, Finding::Amount);
        }
        let looked_at = items.iter().take(*amount.end()).enumerate();
        let checked: Vec<Option<O>> =
            self.within(field, |checks| looked_at.map(|(place, item)| check(checks, place, item)).collect());
        checked.into_iter().collect::<Option<_>>().filter(|_| fits)
    }

    /// A line, with white space at the ends taken off.
    pub(crate) fn line(&mut self, field: impl Display, line: &Line) -> Option<String> {
        self.or_note(field, grammar::line(&line.0), Finding::Text)
    }

    /// A text, with white space at the ends taken off.
    pub(crate) fn text(&mut self, field: impl Display, text: &Text) -> Option<String> {
        self.or_note(field, grammar::text(&text.0), Finding::Text)
    }

    /// A code that the covenant knows: a tafel, a category.
    pub(crate) fn code<T: FromStr>(&mut self, field: impl Display, code: &Line) -> Option<T> {
        self.or_note(field, code.0.trim().parse().ok(), Finding::NotOfHouse)
    }

    /// A postcode, as `1234 AB`.
    pub(crate) fn postcode(&mut self, field: impl Display, postcode: &Postcode) -> Option<String> {
        self.or_note(field, grammar::postcode(&postcode.0), Finding::Postcode)
    }

    /// A telephone number, as `+31612345678`.
    pub(crate) fn phone(&mut self, field: impl Display, number: &PhoneNumber) -> Option<String> {
        self.or_note(field, grammar::phone(&number.0), Finding::Phone)
    }

    /// An e-mail address.
    pub(crate) fn email(&mut self, field: impl Display, address: &EmailAddress) -> Option<String> {
        self.or_note(field, grammar::email(&address.0), Finding::Email)
    }

    /// A date of the calendar.
    pub(crate) fn date(&mut self, field: impl Display, date: &Date) -> Option<NaiveDate> {
        self.or_note(field, grammar::calendar_date(&date.0), Finding::Date)
    }

    /// A date that is not in the past.
    pub(crate) fn coming_date(&mut self, field: &str, date: &Date) -> Option<NaiveDate> {
        let today = self.today;
        let coming = self.date(field, date)?;
        self.or_note(field, (coming >= today).then_some(coming), Finding::PastDate)
    }

    /// A date of birth, possibly partial, not in the future.
    pub(crate) fn birth_date(&mut self, field: impl Display, date: &PartialDate) -> Option<String> {
        let good = grammar::partial_date(&date.0, self.today).then(|| date.0.clone());
        self.or_note(field, good, Finding::Date)
    }

    /// A BSN that passes the elfproef.
    pub(crate) fn bsn(&mut self, field: impl Display, number: &Bsn) -> Option<bsn::Bsn> {
        self.or_note(field, bsn::Bsn::parse(&number.0).ok(), Finding::Bsn)
    }

    /// The key of a mutation.
    pub(crate) fn key(&mut self, field: impl Display, key: &IdempotencyKey) -> Option<Uuid> {
        let key = (key.0.len() == 36).then(|| Uuid::try_parse(&key.0).ok()).flatten();
        self.or_note(field, key, Finding::Key)
    }

    /// The id of a node of any kind.
    pub(crate) fn any_id(&mut self, field: impl Display, id: &ID) -> Option<GlobalId> {
        self.or_note(field, GlobalId::decode(id), Finding::NotFound)
    }

    /// The id of a node of a kind. A malformed one is answered as one that does not exist.
    pub(crate) fn id(&mut self, field: impl Display, id: &ID, kind: NodeKind) -> Option<GlobalId> {
        let id = GlobalId::decode(id).filter(|id| id.kind == kind);
        self.or_note(field, id, Finding::NotFound)
    }
}

/// A text to narrow a list by, given as this argument. It is compared with codes, so it may be anything but what
/// PostgreSQL cannot take.
pub(crate) fn filter(argument: &str, text: Option<String>) -> Result<Option<String>, Fault> {
    match text {
        Some(text) if text.chars().any(char::is_control) => {
            Err(Finding::Text.fault(vec![argument.to_owned()]))
        }
        text => Ok(text),
    }
}

/// A period of whole days in the Netherlands, given as the arguments `from` and `to`, both included.
pub(crate) fn period(from: &Date, to: &Date) -> Result<Range<DateTime<Utc>>, Fault> {
    let day = |argument: &str, date: &Date| {
        grammar::calendar_date(&date.0).ok_or_else(|| Finding::Date.fault(vec![argument.to_owned()]))
    };
    let (first, last) = (day("from", from)?, day("to", to)?);
    if last < first {
        return Err(Fault::from(Reason::PERIOD).of_input(vec!["to".to_owned()]));
    }
    Ok(start_of_dutch_day(first)..end_of_dutch_day(last))
}

/// The categories of the covenant with these codes, 1 to 60, given as the argument `categories`.
pub(crate) fn categories(codes: &[String]) -> Result<Vec<Category>, Fault> {
    let path = vec!["categories".to_owned()];
    if !(1..=60).contains(&codes.len()) {
        return Err(Finding::Amount.fault(path));
    }
    let category = |(place, code): (usize, &String)| {
        let wrong = || Finding::NotOfHouse.fault([path.clone(), vec![place.to_string()]].concat());
        code.parse().map_err(|_| wrong())
    };
    codes.iter().enumerate().map(category).collect()
}
