//! The grounds on which a partner supplies, as dated data (`grounds.toml`).
//!
//! A ground says what it is and when it was in force; it must never be shown as a fact where no source was read, and it
//! decides nothing.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use crate::dates::{Day, Span};

/// A row of `grounds.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroundRow {
    pub(crate) code: Spanned<String>,
    name: String,
    verified: bool,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
}

/// A ground of a supplier (`domain.md` section c.3), with the days on which it is in force.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ground {
    code: String,
    name: String,
    verified: bool,
    #[serde(flatten)]
    span: Span,
}

impl From<GroundRow> for Ground {
    fn from(row: GroundRow) -> Self {
        let span = Span::new(row.valid_from, row.valid_until);
        Self { code: row.code.into_inner(), name: row.name, verified: row.verified, span }
    }
}

impl Ground {
    /// The code, such as `G-WPG20`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The name, in Dutch. Show the ground itself ([`fmt::Display`]) rather than this alone: it says the doubt.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Was the ground, with its dates, read in a source? If not it is shown as unverified, never as a fact.
    pub const fn is_verified(&self) -> bool {
        self.verified
    }

    /// The first day on which it is in force; open where that is not known.
    pub const fn valid_from(&self) -> Option<NaiveDate> {
        self.span.from
    }

    /// The first day on which it is no longer in force; open where that is not known.
    pub const fn valid_until(&self) -> Option<NaiveDate> {
        self.span.until
    }

    /// Was it in force on this day? Where a date is open, nothing is held against it.
    pub fn in_force_on(&self, date: NaiveDate) -> bool {
        self.span.contains(date)
    }

    pub(crate) const fn span(&self) -> Span {
        self.span
    }
}

/// The name with its dates and, where no source was read, the doubt.
impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        match (self.span.from, self.span.until) {
            (Some(from), Some(until)) => write!(f, ", van {from} tot {until}")?,
            (Some(from), None) => write!(f, ", vanaf {from}")?,
            (None, Some(until)) => write!(f, ", tot {until}")?,
            (None, None) => {}
        }
        if self.verified { Ok(()) } else { f.write_str(" [ongeverifieerd]") }
    }
}
