//! What is recorded, as those who disclose say it, and as it is stored.
//!
//! An [`Entry`] names rows and codes. Stored it becomes a [`Body`]: persons turned into keyed pseudonyms,
//! dossiers that were seen alike put together, everything in one order, so that equal entries give equal bytes.
//! A text that is no code is refused, so that no free text, and so no personal value, gets in by mistake.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::id::{DossierId, OrganisationId, PersonId, ProfessionalId};
use serde::{Deserialize, Serialize};

use super::LedgerUnavailable;
use crate::keys::Keys;
use crate::keys::bsn::Bsn;

const LONGEST_CODE: usize = 64;
const LONGEST_PURPOSE: usize = 200;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A response to a query.
    Response,
    /// The payload of a mutation.
    Payload,
    /// An event delivered to a subscriber, a sync or a webhook.
    Event,
    /// The effect of a mutation, written in its own transaction.
    Effect,
    /// An attempt that was refused.
    Refusal,
    /// A hit of a bekendheidscheck.
    Hit,
}

impl Kind {
    /// The code as it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Response => "RESPONSE",
            Self::Payload => "PAYLOAD",
            Self::Event => "EVENT",
            Self::Effect => "EFFECT",
            Self::Refusal => "REFUSAL",
            Self::Hit => "HIT",
        }
    }

    /// The kind of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        let all = [Self::Response, Self::Payload, Self::Event, Self::Effect, Self::Refusal, Self::Hit];
        all.into_iter().find(|kind| kind.code() == code)
    }
}

/// One record to be written: who saw or did what, where and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What kind of thing happened.
    pub kind: Kind,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// Who.
    pub professional: ProfessionalId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// The code of the kind of partner that organisation is.
    pub partner: String,
    /// The client's name of the operation. A name that GraphQL does not know or that is too long is left out.
    pub operation: Option<String>,
    /// For which purpose (doelbinding).
    pub purpose: String,
    /// The trace, 32 hexadecimal digits.
    pub trace: String,
    /// What was seen or touched of which dossiers.
    pub dossiers: Vec<DossierEntry>,
    /// The codes of what came of it.
    pub outcomes: Vec<String>,
}

/// What was seen or touched of one dossier. All texts are codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierEntry {
    /// Which dossier.
    pub dossier: DossierId,
    /// Its house.
    pub house: String,
    /// The version of the covenant that decided.
    pub version: String,
    /// Its tafel, empty when it has none.
    pub tafel: String,
    /// Its phase.
    pub phase: String,
    /// The viewer's involvements.
    pub involvements: Vec<String>,
    /// The persons it was about; stored as keyed pseudonyms only.
    pub subjects: Vec<PersonId>,
    /// The leaf categories that were disclosed; of an effect, those of an embargo that covers all of it.
    pub leaves: Vec<String>,
    /// The rows of the covenant that allowed it.
    pub rows: Vec<String>,
    /// The viewer's standings, where something was disclosed: what the decision can be made again from.
    pub standings: Vec<StandingEntry>,
    /// The leaves that were disclosed by the facts of a datum: with the facts of every datum, also one without.
    pub facts: Vec<(String, Vec<String>)>,
}

/// A standing of the viewer, but for what the record says beside it. All texts are codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingEntry {
    /// The kind of the assignment.
    pub involvement: String,
    /// The phase that counts: a task has its own.
    pub phase: String,
    /// On which side of the case the professional works.
    pub side: String,
    /// What holds of the yes-or-no words of a standing.
    pub holds: BTreeSet<String>,
}

impl StandingEntry {
    /// The viewer's gemeente is one of the dossier's.
    pub const SAME_GEMEENTE: &str = "same_gemeente";
    /// The organisation signed.
    pub const SIGNED: &str = "signed";
    /// A geheimhoudingsverklaring covers it.
    pub const SECRECY: &str = "secrecy";
    /// Trained in radicalisering.
    pub const TRAINED: &str = "trained";

    /// Does this word hold?
    pub fn holds(&self, word: &str) -> bool {
        self.holds.contains(word)
    }

    fn codes(&self) -> impl Iterator<Item = &String> {
        [&self.involvement, &self.phase, &self.side].into_iter().chain(&self.holds)
    }
}

/// The stored content of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) professional: ProfessionalId,
    pub(super) organisation: OrganisationId,
    pub(super) partner: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    pub(super) purpose: String,
    pub(super) trace: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) views: Vec<View>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) outcomes: BTreeSet<String>,
}

/// Dossiers of which the same was seen by the same right, with the pseudonyms of their persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    pub(super) seen: Seen,
    pub(super) dossiers: BTreeMap<DossierId, BTreeSet<String>>,
}

/// What was seen and by which right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    pub(super) house: String,
    pub(super) version: String,
    pub(super) tafel: String,
    pub(super) phase: String,
    pub(super) involvements: BTreeSet<String>,
    pub(super) leaves: BTreeSet<String>,
    pub(super) rows: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) standings: BTreeSet<StandingEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) facts: BTreeMap<String, BTreeSet<BTreeSet<String>>>,
}

impl Body {
    pub(super) fn of(entry: &Entry, keys: &Keys) -> Result<Self, LedgerUnavailable> {
        let body = Self {
            professional: entry.professional,
            organisation: entry.organisation,
            partner: entry.partner.clone(),
            operation: entry.operation.clone().filter(|name| is_name(name)),
            purpose: entry.purpose.clone(),
            trace: entry.trace.clone(),
            views: views(&entry.dossiers, keys),
            outcomes: entry.outcomes.iter().cloned().collect(),
        };
        if body.is_fit() { Ok(body) } else { Err(LedgerUnavailable::Unfit) }
    }

    /// The canonical text: fields in the order of the struct, sets and maps in the order of their members.
    pub(super) fn encode(&self) -> Result<String, LedgerUnavailable> {
        serde_json::to_string(self).map_err(|_| LedgerUnavailable::Unfit)
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The pseudonyms of all persons that the record concerns.
    pub(super) fn subjects(&self) -> BTreeSet<&str> {
        self.views.iter().flat_map(|view| view.dossiers.values().flatten()).map(String::as_str).collect()
    }

    fn is_fit(&self) -> bool {
        let trace = self.trace.len() == 32 && self.trace.bytes().all(|c| c.is_ascii_hexdigit());
        let codes = std::iter::once(&self.partner).chain(&self.outcomes);
        trace
            && is_purpose(&self.purpose)
            && codes.chain(self.views.iter().flat_map(|view| view.seen.codes())).all(|code| is_code(code))
    }
}

impl Seen {
    /// The same right, under which nothing was shown yet.
    pub(super) fn without_what_was_shown(&self) -> Self {
        Self { leaves: BTreeSet::new(), rows: BTreeSet::new(), facts: BTreeMap::new(), ..self.clone() }
    }

    /// Adds what was shown otherwise under the same right.
    pub(super) fn join(&mut self, other: &Self) {
        self.involvements.extend(other.involvements.iter().cloned());
        self.leaves.extend(other.leaves.iter().cloned());
        self.rows.extend(other.rows.iter().cloned());
        for (leaf, facts) in &other.facts {
            self.facts.entry(leaf.clone()).or_default().extend(facts.iter().cloned());
        }
    }

    fn codes(&self) -> impl Iterator<Item = &String> {
        let single = [&self.house, &self.version, &self.tafel, &self.phase];
        let standings = self.standings.iter().flat_map(StandingEntry::codes);
        let facts = self.facts.values().flatten().flatten();
        let sets = self.involvements.iter().chain(&self.leaves).chain(&self.rows).chain(self.facts.keys());
        single.into_iter().chain(sets).chain(standings).chain(facts)
    }
}

fn views(dossiers: &[DossierEntry], keys: &Keys) -> Vec<View> {
    let mut alike: BTreeMap<Seen, BTreeMap<DossierId, BTreeSet<String>>> = BTreeMap::new();
    for dossier in dossiers {
        let subjects = alike.entry(seen(dossier)).or_default().entry(dossier.dossier).or_default();
        subjects.extend(dossier.subjects.iter().map(|person| keys.pseudonym(&person.0)));
    }
    alike.into_iter().map(|(seen, dossiers)| View { seen, dossiers }).collect()
}

fn seen(dossier: &DossierEntry) -> Seen {
    Seen {
        house: dossier.house.clone(),
        version: dossier.version.clone(),
        tafel: dossier.tafel.clone(),
        phase: dossier.phase.clone(),
        involvements: dossier.involvements.iter().cloned().collect(),
        leaves: dossier.leaves.iter().cloned().collect(),
        rows: dossier.rows.iter().cloned().collect(),
        standings: dossier.standings.iter().cloned().collect(),
        facts: facts(&dossier.facts),
    }
}

fn facts(disclosed: &[(String, Vec<String>)]) -> BTreeMap<String, BTreeSet<BTreeSet<String>>> {
    let mut by_leaf: BTreeMap<String, BTreeSet<BTreeSet<String>>> = BTreeMap::new();
    for (leaf, facts) in disclosed {
        by_leaf.entry(leaf.clone()).or_default().insert(facts.iter().cloned().collect());
    }
    by_leaf
}

/// A code: short, of letters, digits and a few marks, and without a burgerservicenummer in it.
fn is_code(text: &str) -> bool {
    let marks = b"_-.:/+#";
    text.len() <= LONGEST_CODE
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || marks.contains(&c))
        && !holds_bsn(text)
}

fn is_purpose(text: &str) -> bool {
    text.len() <= LONGEST_PURPOSE && !text.chars().any(char::is_control) && !holds_bsn(text)
}

/// A name as GraphQL defines it. The client chose it, so it is left out rather than refused.
fn is_name(text: &str) -> bool {
    let starts_well = text.bytes().next().is_some_and(|c| c == b'_' || c.is_ascii_alphabetic());
    let goes_on_well = text.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric());
    text.len() <= LONGEST_CODE && starts_well && goes_on_well && !holds_bsn(text)
}

/// Whether nine digits that stand by themselves are a burgerservicenummer.
fn holds_bsn(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| Bsn::parse(word).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::keys::KeyFile;

    fn keys() -> Keys {
        Keys::derive(&KeyFile::generate().unwrap()).unwrap()
    }

    fn entry(dossiers: Vec<DossierEntry>) -> Entry {
        Entry {
            kind: Kind::Response,
            at: DateTime::from_timestamp_micros(1_750_000_000_123_456).unwrap(),
            professional: ProfessionalId(Uuid::from_u128(1)),
            organisation: OrganisationId(Uuid::from_u128(2)),
            partner: "GEMEENTE".into(),
            operation: Some("Dossiers".into()),
            purpose: "PROCESREGIE van een casus".into(),
            trace: "0123456789abcdef0123456789abcdef".into(),
            dossiers,
            outcomes: vec![],
        }
    }

    fn encoded(entry: &Entry, keys: &Keys) -> String {
        Body::of(entry, keys).unwrap().encode().unwrap()
    }

    fn any_codes() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[A-C][0-9]{0,2}", 0..4)
    }

    fn any_dossier() -> impl Strategy<Value = DossierEntry> {
        let ids = (0_u128..4, prop::collection::vec(0_u128..6, 0..4));
        let texts = ("[ab]", "[ab]", "[AB]?", "F[0-3]");
        (ids, texts, any_codes(), any_codes(), any_codes()).prop_map(
            |((dossier, persons), (house, version, tafel, phase), involvements, leaves, rows)| DossierEntry {
                dossier: DossierId(Uuid::from_u128(dossier)),
                subjects: persons.into_iter().map(|person| PersonId(Uuid::from_u128(person))).collect(),
                house,
                version,
                tafel,
                phase,
                involvements,
                leaves: leaves.clone(),
                rows,
                standings: leaves.iter().take(1).map(|code| standing(code)).collect(),
                facts: leaves.into_iter().map(|leaf| (leaf.clone(), vec![leaf])).collect(),
            },
        )
    }

    /// What an entry says, without order and without repetition: the model of the canonical form.
    fn meaning(entry: &Entry) -> BTreeSet<(Seen, DossierId, Option<PersonId>)> {
        let said = |dossier: &DossierEntry| {
            let (seen, id) = (seen(dossier), dossier.dossier);
            let persons = dossier.subjects.iter().map(|person| Some(*person)).chain([None]);
            persons.map(|person| (seen.clone(), id, person)).collect::<Vec<_>>()
        };
        entry.dossiers.iter().flat_map(said).collect()
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes_to_the_same(dossiers in prop::collection::vec(any_dossier(), 0..5)) {
            let body = Body::of(&entry(dossiers), &keys()).unwrap();
            let text = body.encode().unwrap();
            let again = Body::decode(&text).unwrap();
            prop_assert_eq!(again.encode().unwrap(), text);
            prop_assert_eq!(again, body);
        }

        #[test]
        fn order_and_repetition_do_not_change_the_bytes(
            dossiers in prop::collection::vec(any_dossier(), 1..5), again in any::<prop::sample::Index>(),
        ) {
            let keys = keys();
            let mut other = dossiers.clone();
            other.push(dossiers[again.index(dossiers.len())].clone());
            other.reverse();
            for dossier in &mut other {
                dossier.subjects.reverse();
                dossier.standings.reverse();
                dossier.facts.reverse();
                for codes in [&mut dossier.involvements, &mut dossier.leaves, &mut dossier.rows] {
                    codes.reverse();
                }
            }
            prop_assert_eq!(encoded(&entry(dossiers), &keys), encoded(&entry(other), &keys));
        }

        #[test]
        fn equal_bytes_mean_the_same(
            one in prop::collection::vec(any_dossier(), 0..3), other in prop::collection::vec(any_dossier(), 0..3),
        ) {
            let (keys, one, other) = (keys(), entry(one), entry(other));
            let same = meaning(&one) == meaning(&other);
            prop_assert_eq!(encoded(&one, &keys) == encoded(&other, &keys), same);
        }
    }

    fn dossier() -> DossierEntry {
        DossierEntry {
            dossier: DossierId::fresh(),
            house: "twente".into(),
            version: "twente-2025-03-01".into(),
            tafel: "PGA".into(),
            phase: "F5".into(),
            involvements: vec!["ZETEL".into()],
            subjects: vec![PersonId::fresh()],
            leaves: vec!["D10".into()],
            rows: vec!["S12".into()],
            standings: vec![standing("ZETEL")],
            facts: vec![("D10".into(), vec!["ontvanger".into()])],
        }
    }

    fn standing(involvement: &str) -> StandingEntry {
        StandingEntry {
            involvement: involvement.into(),
            phase: "F5".into(),
            side: "GEEN".into(),
            holds: [StandingEntry::SIGNED.to_owned()].into(),
        }
    }

    /// A record of before the standings were kept.
    #[test]
    fn an_older_record_reads_and_writes_as_it_was() {
        let older = Entry {
            dossiers: vec![DossierEntry { standings: vec![], facts: vec![], ..dossier() }],
            ..entry(vec![])
        };
        let text = encoded(&older, &keys());
        assert!(!text.contains("standings") && !text.contains("facts"), "{text}");
        assert_eq!(Body::decode(&text).unwrap().encode().unwrap(), text);
    }

    #[test]
    fn persons_stand_in_it_as_pseudonyms_only() {
        let (keys, dossier) = (keys(), dossier());
        let person = dossier.subjects[0].0;
        let text = encoded(&entry(vec![dossier]), &keys);
        assert!(text.contains(&keys.pseudonym(&person)));
        assert!(!text.contains(&person.to_string()) && !text.contains(&person.simple().to_string()));
    }

    #[test]
    fn dossiers_seen_alike_are_put_together() {
        let one = dossier();
        let page: Vec<_> = (0..50)
            .map(|_| DossierEntry {
                dossier: DossierId::fresh(),
                subjects: vec![PersonId::fresh()],
                ..one.clone()
            })
            .collect();
        let body = Body::of(&entry(page), &keys()).unwrap();
        assert_eq!((body.views.len(), body.subjects().len()), (1, 50));
        assert!(body.encode().unwrap().len() < 50 * 80, "a dossier costs its id and its persons");
    }

    #[test]
    fn free_text_and_numbers_of_persons_are_refused() {
        let spoil: [fn(&mut Entry); 11] = [
            |entry| entry.dossiers[0].standings[0].side = "Jan de Vries".into(),
            |entry| entry.dossiers[0].facts[0].1 = vec!["999990019".into()],
            |entry| entry.partner = "Jan de Vries".into(),
            |entry| entry.outcomes = vec!["REJECTED\nok".into()],
            |entry| entry.purpose = "zoek 999990019".into(),
            |entry| entry.purpose = "a\u{1b}[2J".into(),
            |entry| entry.trace = "0123".into(),
            |entry| entry.dossiers[0].tafel = "é".into(),
            |entry| entry.dossiers[0].leaves = vec!["x".repeat(65)],
            |entry| entry.dossiers[0].rows = vec!["S12:999990019".into()],
            |entry| entry.dossiers[0].involvements = vec!["{\"a\":1}".into()],
        ];
        let keys = keys();
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut entry = entry(vec![dossier()]);
            assert!(Body::of(&entry, &keys).is_ok());
            spoil(&mut entry);
            assert_eq!(Body::of(&entry, &keys), Err(LedgerUnavailable::Unfit), "{number}");
        }
    }

    #[test]
    fn a_strange_operation_name_is_left_out() {
        let keys = keys();
        for (name, kept) in [("Dossiers", true), ("_a1", true), ("1a", false), ("", false), ("a b", false)] {
            let entry = Entry { operation: Some(name.into()), ..entry(vec![]) };
            assert_eq!(Body::of(&entry, &keys).unwrap().operation.is_some(), kept, "{name}");
        }
        let long = Entry { operation: Some("a".repeat(65)), ..entry(vec![]) };
        assert_eq!(Body::of(&long, &keys).unwrap().operation, None);
    }

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        for kind in [Kind::Response, Kind::Payload, Kind::Event, Kind::Effect, Kind::Refusal, Kind::Hit] {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
        assert_eq!(Kind::parse("response"), None);
    }
}
