//! Who plays in the scenarios, as they are called there, and how dates and categories are written.

use std::str::FromStr;

use chrono::NaiveDate;
use cucumber::Parameter;

/// Names in the scenarios, and the subject of each in the town.
const PEOPLE: &[(&str, &str)] = &[
    ("de GGZ-behandelaar", "ggz"),
    ("de collega van de GGZ-behandelaar", "ggz-ander"),
    ("de procesondersteuner", "ondersteuning"),
    ("de informatiecoördinator", "informatie"),
    ("de procesregisseur", "regisseur"),
    ("de andere procesregisseur", "regisseur-ander"),
    ("de ketenmanager", "ketenmanager"),
    ("de functionaris gegevensbescherming", "fg"),
    ("Burgerzaken Enschede", "brp-enschede"),
    ("Burgerzaken Hengelo", "brp-hengelo"),
    ("de politie", "politie"),
    ("het OM", "om"),
    ("de gemeente Enschede", "college"),
    ("het wijkteam", "wijkteam"),
    ("de woningcorporatie", "corporatie"),
    ("de reclassering", "reclassering"),
    ("Slachtofferhulp", "slachtofferhulp"),
    ("de hulpverlener van elders", "nergens"),
];

/// Somebody in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Parameter)]
#[param(
    name = "wie",
    regex = "de GGZ-behandelaar|de collega van de GGZ-behandelaar|de procesondersteuner|de informatiecoördinator|de procesregisseur|de andere procesregisseur|de ketenmanager|de functionaris gegevensbescherming|Burgerzaken Enschede|Burgerzaken Hengelo|de politie|het OM|de gemeente Enschede|het wijkteam|de woningcorporatie|de reclassering|Slachtofferhulp|de hulpverlener van elders"
)]
pub(super) struct Who(pub(super) &'static str);

impl Who {
    /// The information desk, which is present at a dossier for as long as it lives.
    pub(super) const BUREAU: Self = Self("informatie");
    /// The desk, later the named regisseur, who runs the case.
    pub(super) const REGISSEUR: Self = Self("regisseur");
    /// Somebody who never has a part in the dossier of a scenario.
    pub(super) const STRANGER: Self = Self("nergens");
}

impl FromStr for Who {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = PEOPLE.iter().find(|(known, _)| *known == name.trim());
        found.map(|(_, subject)| Self(subject)).ok_or_else(|| format!("niemand heet {name}"))
    }
}

/// A day as people write it: 12 februari 2024.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "dag", regex = "\\d{1,2} [a-z]+ \\d{4}")]
pub(super) struct Day(pub(super) NaiveDate);

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is geen dag");
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [day, month, year] = parts[..] else { return Err(wrong()) };
        let month = (1_u32..).zip(MONTHS).find(|(_, name)| *name == month).ok_or_else(wrong)?.0;
        let (day, year) = (day.parse().map_err(|_| wrong())?, year.parse().map_err(|_| wrong())?);
        NaiveDate::from_ymd_opt(year, month, day).map(Self).ok_or_else(wrong)
    }
}

/// What stands between the last brackets: the category of "politiemeldingen (D14)", the code of a ground.
pub(super) fn code(text: &str) -> &str {
    let inside = text.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or_else(|| panic!("{text} noemt geen code"))
}
