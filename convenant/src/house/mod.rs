//! A house: gemeenten, werkgebieden, words, who may register, covenant versions with their tafels and seats.
//!
//! A house is data: a folder under `houses/`. Nothing here may name one.

mod file;
mod hash;
mod layer;
mod registration;
mod version;

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub(crate) use file::read;
pub(crate) use layer::Rules;
pub use registration::RegistrationRefusal;
pub use version::{Regime, Version};

use crate::dates::Span;
use crate::vocabulary::{PartnerKind, Tafel};
use registration::RegistrationRule;

/// The code of a house, such as `TWENTE`, always in capitals. Any house can be added, so this is no closed list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub struct HouseCode(String);

impl HouseCode {
    /// A code, in either case; whether there is such a house, the covenant says.
    pub fn new(code: impl AsRef<str>) -> Self {
        Self(code.as_ref().to_ascii_uppercase())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for HouseCode {
    fn from(code: String) -> Self {
        Self::new(code)
    }
}

impl From<HouseCode> for String {
    fn from(code: HouseCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for HouseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for HouseCode {
    type Err = std::convert::Infallible;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(code))
    }
}

/// A gemeente of a house (`domain.md` section 0.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gemeente {
    /// The CBS code: four digits.
    pub code: String,
    /// The name.
    pub name: String,
    /// The werkgebied, where the house has them and it is known.
    pub werkgebied: Option<String>,
}

/// How a partner kind sits at a tafel (`seats.csv`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Always.
    Fixed,
    /// When invited.
    Invited,
}

/// A tafel as a house has it: its seats, and when its oplegger holds.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Place {
    fixed: Vec<PartnerKind>,
    invited: Vec<PartnerKind>,
    answers_hit: bool,
    oplegger: Span,
}

impl Place {
    fn seat(&self, partner: PartnerKind) -> Option<Seat> {
        if self.fixed.contains(&partner) {
            return Some(Seat::Fixed);
        }
        self.invited.contains(&partner).then_some(Seat::Invited)
    }

    pub(crate) fn oplegger_valid(&self, date: NaiveDate) -> bool {
        self.oplegger.contains(date)
    }
}

/// A Zorg- en Veiligheidshuis.
#[derive(Debug)]
pub struct House {
    folder: String,
    code: HouseCode,
    name: String,
    gemeenten: Vec<Gemeente>,
    werkgebieden: Vec<String>,
    terminology: BTreeMap<String, String>,
    registration: Vec<RegistrationRule>,
    versions: Vec<Version>,
}

impl House {
    /// The code.
    pub const fn code(&self) -> &HouseCode {
        &self.code
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The gemeenten.
    pub fn gemeenten(&self) -> &[Gemeente] {
        &self.gemeenten
    }

    /// The gemeente with this CBS code.
    pub fn gemeente(&self, code: &str) -> Option<&Gemeente> {
        self.gemeenten.iter().find(|gemeente| gemeente.code == code)
    }

    /// The werkgebieden; none where the house does not have them.
    pub fn werkgebieden(&self) -> &[String] {
        &self.werkgebieden
    }

    /// The house's own words: `procesregisseur` is `procesmanager` in Twente.
    pub const fn terminology(&self) -> &BTreeMap<String, String> {
        &self.terminology
    }

    /// May this partner register a case of this gemeente for this tafel on this date? (README, "Structural rules";
    /// `gemeente` is the CBS code)
    pub fn may_register(
        &self,
        partner: PartnerKind,
        gemeente: &str,
        tafel: Tafel,
        date: NaiveDate,
    ) -> Result<(), RegistrationRefusal> {
        if self.gemeente(gemeente).is_none() {
            return Err(RegistrationRefusal::GemeenteUnknown);
        }
        if !self.version_on(date).is_some_and(|version| version.has(tafel)) {
            return Err(RegistrationRefusal::TafelUnknown);
        }
        self.registration.iter().try_for_each(|rule| rule.check(partner, gemeente, tafel, date))
    }

    /// Whether the house works at a tafel on a date for gemeenten that it names only: those with which it has a
    /// contract.
    pub fn works_by_contract(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.registration.iter().any(|rule| rule.names_gemeenten(tafel, date))
    }

    /// The covenant versions, oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The folder that its files stand in, relative to that of the covenant, with a slash at the end.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// Does a version have a seat for this partner kind, or a rule or oplegger of the house that names it?
    pub(crate) fn gives_rows_to(&self, partner: PartnerKind) -> bool {
        let has_seat =
            |version: &Version| version.tafels().any(|tafel| version.seat(tafel, partner).is_some());
        self.versions.iter().any(|version| has_seat(version) || version.engine().names(partner))
    }

    /// The version in force on a date; none before the first.
    pub fn version_on(&self, date: NaiveDate) -> Option<&Version> {
        self.versions.iter().find(|version| version.holds_on(date))
    }
}
