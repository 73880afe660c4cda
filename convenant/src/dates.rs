//! Calendar days in the data, and spans of them. There is no clock here: every date is given.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

/// A day as TOML writes it: `2025-03-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(NaiveDate);

impl Day {
    pub(crate) const fn date(self) -> NaiveDate {
        self.0
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let day = written.date.filter(|_| written.time.is_none());
        let day =
            day.and_then(|day| NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into()));
        day.map(Self).ok_or_else(|| D::Error::custom("dit is geen datum"))
    }
}

/// From a day until (and not including) another; an absent end is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Span {
    #[serde(rename = "valid_from")]
    pub(crate) from: Option<NaiveDate>,
    #[serde(rename = "valid_until")]
    pub(crate) until: Option<NaiveDate>,
}

impl Span {
    pub(crate) fn new(from: Option<Day>, until: Option<Day>) -> Self {
        Self { from: from.map(Day::date), until: until.map(Day::date) }
    }

    pub(crate) fn contains(self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    pub(crate) fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        let before = |end: Option<NaiveDate>, start: Option<NaiveDate>| matches!((end, start), (Some(end), Some(start)) if end <= start);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}
