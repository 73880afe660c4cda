//! What one answer has shown, as the rows remember it.
//!
//! A mark is one bit set without a lock; reading them out happens once, when the answer is complete. Marks hold
//! ids and categories, never a value.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use convenant::{Category, CategorySet, Facts};
use entity::id::{DossierId, PersonId};

use super::directive::Leaf;
use super::row::{Datum, Row};
use crate::access::Presence;

/// The bit that says that the row itself was shown, with nothing but open fields.
const PRESENT: u64 = 1 << 63;

/// What one row has shown.
#[derive(Debug)]
pub(crate) struct Marks {
    presence: Arc<Presence>,
    person: Option<PersonId>,
    datum: Datum,
    seen: AtomicU64,
}

impl Marks {
    pub(crate) fn mark(&self, leaf: Leaf) {
        let bit = leaf.category().map_or(0, |category| 1 << category as u64);
        self.seen.fetch_or(PRESENT | bit, Ordering::Relaxed);
    }

    fn categories(&self) -> Option<CategorySet> {
        let seen = self.seen.load(Ordering::Relaxed);
        let shown = |category: &Category| seen & (1 << *category as u64) != 0;
        (seen & PRESENT != 0).then(|| Category::ALL.iter().copied().filter(shown).collect())
    }
}

/// Gathers what one answer shows: one a request, one an event.
#[derive(Debug, Default)]
pub struct Collector {
    rows: Mutex<Vec<Arc<Marks>>>,
    attempts: Mutex<Attempts>,
    refusals: Mutex<BTreeSet<&'static str>>,
}

/// What was asked for and not found, in an answer that does not tell why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Whether anything was.
    pub any: bool,
    /// The dossiers that were named, whether they exist or not.
    pub dossiers: BTreeSet<DossierId>,
}

/// What an answer showed, by dossier.
pub type Disclosures = BTreeMap<DossierId, DossierDisclosure>;

/// What was shown of somebody or of a dossier: categories, each with the facts of the datum under which it was.
pub type ShownCategories = HashSet<(Category, Facts)>;

/// What an answer showed of one dossier.
#[derive(Debug)]
pub struct DossierDisclosure {
    /// The presence under which it was shown.
    pub presence: Arc<Presence>,
    /// The persons whose rows were shown, with what was shown of each.
    pub of_persons: BTreeMap<PersonId, ShownCategories>,
    /// What was shown that concerns everybody in the dossier: of rows that are about no one person.
    pub of_all: ShownCategories,
}

impl Collector {
    /// Opens the marks of a row.
    pub(crate) fn row(&self, row: &Row<'_>) -> Arc<Marks> {
        let marks = Arc::new(Marks {
            presence: Arc::clone(row.presence),
            person: row.person,
            datum: Datum::of(row),
            seen: AtomicU64::new(0),
        });
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&marks));
        marks
    }

    /// Notes that something was asked for and not found: of this dossier, when what was asked named one.
    pub fn attempted(&self, dossier: Option<DossierId>) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.any = true;
        attempts.dossiers.extend(dossier);
    }

    /// Notes that something was refused, by the code that the answer gives.
    pub fn refused(&self, code: &'static str) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).insert(code);
    }

    /// Reads out the codes of what was refused so far.
    pub fn refusals(&self) -> BTreeSet<&'static str> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads out what was asked for and not found so far.
    pub fn attempts(&self) -> Attempts {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads out what was shown so far.
    pub fn disclosures(&self) -> Disclosures {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut disclosures = Disclosures::new();
        for marks in rows.iter() {
            let Some(categories) = marks.categories() else { continue };
            let dossier =
                disclosures.entry(marks.presence.dossier().id).or_insert_with(|| DossierDisclosure {
                    presence: Arc::clone(&marks.presence),
                    of_persons: BTreeMap::new(),
                    of_all: ShownCategories::new(),
                });
            let shown = match marks.person {
                Some(person) => dossier.of_persons.entry(person).or_default(),
                None => &mut dossier.of_all,
            };
            shown.extend(categories.iter().map(|category| (category, marks.datum.facts_of(category))));
        }
        disclosures
    }
}
