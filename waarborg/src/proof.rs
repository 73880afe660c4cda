//! Turns what an answer showed, or what a write did, into a record of the ledger.
//!
//! Ids and codes only. The rows of the covenant by which each category was shown are looked up here, when the
//! answer is complete, and not on the path of every field.

use std::collections::{BTreeSet, HashMap};

use convenant::{Category, Facts, Request, Standing, Verb};
use entity::id::{DossierId, PersonId};
use entity::person;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::access::{Access, Presence};
use crate::disclosure::{DossierDisclosure, ShownCategories};
use crate::feed::NewEvent;
use crate::ledger::{DossierEntry, Entry, Kind, StandingEntry};

/// What came of asking for something that is not there, or not for this viewer.
const NOT_FOUND: &str = "NOT_FOUND";

/// The record of an answer, with everything that it showed, every dossier that was asked for in vain and the codes
/// of what was refused.
pub async fn of_answer(
    access: &Access,
    kind: Kind,
    operation: Option<&str>,
    mut codes: Vec<String>,
) -> Result<Entry, DbErr> {
    let mut shown = access.collector().disclosures();
    let concerned = shown.iter().filter(|(_, disclosure)| !disclosure.of_all.is_empty()).map(|(id, _)| *id);
    for (dossier, person) in persons(access.reader(), concerned.collect()).await? {
        if let Some(disclosure) = shown.get_mut(&dossier) {
            disclosure.of_persons.entry(person).or_default();
        }
    }
    let attempts = access.collector().attempts();
    if attempts.any {
        codes.push(NOT_FOUND.to_owned());
    }
    codes.extend(access.collector().refusals().into_iter().map(str::to_owned));
    let attempted = attempts.dossiers.into_iter().map(without_presence);
    let dossiers = shown.values().flat_map(of_disclosure).chain(attempted).collect();
    Ok(entry(access, kind, operation, dossiers, codes))
}

/// Everybody in some dossiers: whom a disclosure concerns that is about no one person, and an effect.
#[expect(clippy::disallowed_methods, reason = "what was shown or done was found in scope; ids only")]
pub(crate) async fn persons(
    database: &impl ConnectionTrait,
    dossiers: Vec<DossierId>,
) -> Result<Vec<(DossierId, PersonId)>, DbErr> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    person::Entity::find()
        .select_only()
        .columns([person::Column::DossierId, person::Column::Id])
        .filter(person::Column::DossierId.is_in(dossiers))
        .into_tuple()
        .all(database)
        .await
}

/// A record of something that a viewer did.
pub(crate) fn entry(
    access: &Access,
    kind: Kind,
    operation: Option<&str>,
    dossiers: Vec<DossierEntry>,
    outcomes: Vec<String>,
) -> Entry {
    let principal = access.principal();
    let purposes: BTreeSet<String> =
        dossiers.iter().map(|dossier| format!("{}/{}", dossier.tafel, dossier.phase)).collect();
    Entry {
        kind,
        at: access.now(),
        professional: principal.professional,
        organisation: principal.organisation,
        partner: principal.partner.code().to_owned(),
        operation: operation.map(str::to_owned),
        purpose: purposes.into_iter().take(8).collect::<Vec<_>>().join(" "),
        trace: access.trace().to_owned(),
        dossiers,
        outcomes,
    }
}

/// The record of a dossier on which something was done.
pub(crate) fn of_presence(presence: &Presence) -> DossierEntry {
    let dossier = presence.dossier();
    DossierEntry {
        dossier: dossier.id,
        house: dossier.house.clone(),
        version: presence.version().map_or_else(String::new, |version| version.id().to_owned()),
        tafel: presence.tafel().code().to_owned(),
        phase: presence.phase().code().to_owned(),
        involvements: presence
            .standings()
            .iter()
            .map(|standing| standing.involvement.code().to_owned())
            .collect(),
        subjects: Vec::new(),
        leaves: Vec::new(),
        rows: Vec::new(),
        standings: Vec::new(),
        facts: Vec::new(),
    }
}

/// The record of a dossier without a presence: one that was opened, or one that was asked for in vain.
pub(crate) fn without_presence(dossier: DossierId) -> DossierEntry {
    DossierEntry {
        dossier,
        house: String::new(),
        version: String::new(),
        tafel: String::new(),
        phase: String::new(),
        involvements: Vec::new(),
        subjects: Vec::new(),
        leaves: Vec::new(),
        rows: Vec::new(),
        standings: Vec::new(),
        facts: Vec::new(),
    }
}

/// The records of what was shown of a dossier: one for each person concerned, so that what was shown of one does not
/// stand in the record of another; and what an embargo covers apart from the rest, so that the log can tell the rest and
/// the rules that showed it.
fn of_disclosure(disclosure: &DossierDisclosure) -> Vec<DossierEntry> {
    let DossierDisclosure { presence, of_persons, of_all } = disclosure;
    let all = of_persons.values().flatten().chain(of_all);
    let mut rows: HashMap<(Category, Facts), Vec<String>> = HashMap::new();
    for (category, facts) in all {
        rows.entry((*category, *facts)).or_insert_with(|| permits(presence, *category, *facts));
    }
    let entry = |subject: Option<PersonId>, shown: &ShownCategories| {
        let leaves: BTreeSet<Category> = shown.iter().map(|(category, _)| *category).collect();
        let rows: BTreeSet<&String> = shown.iter().filter_map(|shown| rows.get(shown)).flatten().collect();
        DossierEntry {
            subjects: subject.into_iter().collect(),
            leaves: leaves.into_iter().map(|category| category.code().to_owned()).collect(),
            rows: rows.into_iter().cloned().collect(),
            standings: presence.standings().iter().map(standing).collect(),
            facts: facts(shown),
            ..of_presence(presence)
        }
    };
    let entries = |subject: Option<PersonId>, shown: ShownCategories| {
        let (embargoed, open): (ShownCategories, ShownCategories) =
            shown.into_iter().partition(|(category, _)| category.is_embargoed());
        let apart = (!embargoed.is_empty()).then(|| entry(subject, &embargoed));
        let rest = (apart.is_none() || !open.is_empty()).then(|| entry(subject, &open));
        rest.into_iter().chain(apart).collect::<Vec<_>>()
    };
    if of_persons.is_empty() {
        return entries(None, of_all.clone());
    }
    of_persons
        .iter()
        .flat_map(|(person, own)| entries(Some(*person), own.union(of_all).copied().collect()))
        .collect()
}

/// The leaves of an effect that an embargo covers: when all that it tells is so covered, that it was done is told only to
/// whom that is shown. Of any other effect a record names none, for it concerns everybody in the dossier.
pub(crate) fn embargoed(events: &[NewEvent]) -> Vec<String> {
    let covered = events.iter().map(|event| event.leaf.category().filter(|category| category.is_embargoed()));
    let covered: Option<BTreeSet<Category>> = covered.collect();
    covered.unwrap_or_default().into_iter().map(|category| category.code().to_owned()).collect()
}

/// A standing, as far as the record does not say it elsewhere.
fn standing(standing: &Standing) -> StandingEntry {
    let words = [
        (standing.same_gemeente, StandingEntry::SAME_GEMEENTE),
        (standing.signed, StandingEntry::SIGNED),
        (standing.secrecy, StandingEntry::SECRECY),
        (standing.trained, StandingEntry::TRAINED),
    ];
    StandingEntry {
        involvement: standing.involvement.code().to_owned(),
        phase: standing.phase.code().to_owned(),
        side: standing.side.code().to_owned(),
        holds: words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word.to_owned()).collect(),
    }
}

/// The facts by which categories were shown; a category of which no datum had any is left out.
fn facts(shown: &ShownCategories) -> Vec<(String, Vec<String>)> {
    let by_facts =
        |category: &Category| shown.iter().any(|(other, facts)| other == category && *facts != Facts::NONE);
    let found = shown.iter().filter(|(category, _)| by_facts(category));
    let codes = |facts: &Facts| facts.iter().map(|fact| fact.code().to_owned()).collect();
    found.map(|(category, facts)| (category.code().to_owned(), codes(facts))).collect()
}

/// The rows of the covenant that show a category under any of the viewer's standings.
fn permits(presence: &Presence, category: Category, facts: Facts) -> Vec<String> {
    let Some(version) = presence.version() else { return Vec::new() };
    let decide = |standing| {
        let request = Request { verb: Verb::See, standing, category, facts, asked: None };
        version.engine().decide(&request).permits
    };
    presence.standings().iter().copied().flat_map(decide).map(|row| row.as_str().to_owned()).collect()
}
