//! The rules of guests: the day that an invitation covers, who finds a declaration, and its words. Pure.
//!
//! Sources: covenant README (GAST, `secrecy`), rows P28, P29 and V01. That only the procesregie, the data protection
//! officer and the guest find the declaration is our own model.

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Category, Fact, Facts, Involvement};
use entity::geheimhoudingsverklaring;
use waarborg::access::{Access, Presence};
use waarborg::clock::{end_of_dutch_day, start_of_dutch_day};

/// The words of a declaration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// By which a signature says what was signed. Never given to other words.
    pub(super) version: &'static str,
    pub(super) text: &'static str,
}

/// Every version of the words, the present one last. One that was signed is never taken away.
const WORDS: [Words; 1] = [Words {
    version: "2024-1",
    text: "Ik neem deel aan de bespreking van één agendapunt. Wat ik daar over personen hoor, lees of zie, houd ik \
           geheim, ook na vandaag. Ik gebruik het alleen voor deze bespreking. Ik leg het niet vast in een systeem van \
           mijn organisatie en geef het aan niemand door, tenzij de wet mij daartoe verplicht.",
}];

/// The words that are signed now.
pub(super) const PRESENT: &Words = &WORDS[WORDS.len() - 1];

/// The words that were signed, or those that are to be.
pub(super) fn words(asked: &geheimhoudingsverklaring::Model) -> &'static Words {
    let signed = asked.text_version.as_deref();
    WORDS.iter().find(|words| Some(words.version) == signed).unwrap_or(PRESENT)
}

/// From when until when somebody is a guest on a Dutch day: its first instant, or now when it has begun, and the first
/// instant after it.
pub(super) fn presence_on(day: NaiveDate, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (start_of_dutch_day(day).max(now), end_of_dutch_day(day))
}

/// The facts of a declaration, relative to a viewer: it is their own when they are the guest.
pub(super) fn facts(access: &Access, asked: &geheimhoudingsverklaring::Model) -> Facts {
    let own = asked.professional_id == access.principal().professional;
    if own { Facts::NONE.with(Fact::Eigen) } else { Facts::NONE }
}

/// As what a viewer finds a declaration: the guest always finds their own, among the rules of the process (D29), which
/// the covenant may withhold from them; the data protection officer finds it in the log (D35), and the procesregie
/// among those rules. None for others.
pub(super) fn line(presence: &Presence, facts: Facts) -> Option<Category> {
    let shown = presence.disclosure(facts);
    let finds = |involvement, category| presence.is_involved_as(involvement) && shown.sees(category);
    if facts.contains(Fact::Eigen) || finds(Involvement::Procesregie, Category::D29) {
        Some(Category::D29)
    } else {
        finds(Involvement::Fg, Category::D35).then_some(Category::D35)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{Duration, TimeZone};
    use proptest::prelude::*;
    use waarborg::clock::dutch_date;

    use super::*;

    #[test]
    fn no_two_words_have_one_version() {
        let versions: HashSet<_> = WORDS.iter().map(|words| words.version).collect();
        assert_eq!(versions.len(), WORDS.len());
    }

    proptest! {
        /// Also on the days on which the clock is put forward or back.
        #[test]
        fn a_guest_is_present_on_that_dutch_day_and_on_no_other(ahead in 0..400_i64, minutes in 0..2880_i64) {
            let now = Utc.with_ymd_and_hms(2024, 3, 20, 14, 30, 0).unwrap();
            let day = dutch_date(now) + Duration::days(ahead);
            let (from, until) = presence_on(day, now);
            prop_assert!(from >= now && from < until);
            let at = until - Duration::minutes(minutes);
            if at >= now {
                prop_assert_eq!(at >= from && at < until, dutch_date(at) == day);
            }
        }
    }
}
