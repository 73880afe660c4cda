//! Who has seen my data: the accesses that the ledger proves for one person.
//!
//! Each access holds what concerned that person and nothing of another. Reading the ledger is itself a
//! disclosure: whoever asks records it first. It must never read more than the pages that are asked for, nor decide
//! which accesses may be told.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convenant::CategorySet;
use entity::id::{DossierId, OrganisationId, PersonId, ProfessionalId};
use entity::ledger_record;
use sea_orm::{DbErr, FromQueryResult, Statement};

use super::Ledger;
use super::entry::{Body, Kind, Seen, View};
use super::record;
use crate::keys::{KeyError, Keys};

/// The kind of the cursors of a log.
const CURSOR: &str = "log";

/// How many records are read at a time, once the first read left room because some may not be told.
const READ_ON: usize = 1000;

const ACCESSES: &str = "
    SELECT s.sequence AS sequence, r.writer AS writer, r.number AS number, r.at AS at, r.kind AS kind,
        r.body AS body, r.hash AS hash
    FROM ledger_subject p
    JOIN ledger_seal s ON s.sequence = p.sequence
    JOIN ledger_record r ON r.writer = s.writer AND r.number = s.number
    WHERE p.pseudonym = $1 AND (r.at, s.sequence) > ($2, $3) AND r.at < $4
    ORDER BY r.at, s.sequence LIMIT $5";

/// Where an access stands among those of a person, which are in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When.
    pub at: DateTime<Utc>,
    /// The place in the chain, which orders those of one instant.
    sequence: i64,
}

impl Position {
    /// Before everything of an instant and after all that was earlier.
    pub fn before(at: DateTime<Utc>) -> Self {
        Self { at, sequence: 0 }
    }
}

/// Which accesses are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry {
    /// Whom they concern.
    pub person: PersonId,
    /// The dossier in which that is the person.
    pub dossier: DossierId,
    /// Beyond this position, which is itself not in.
    pub beyond: Position,
    /// Up to this instant, which is itself not in.
    pub until: DateTime<Utc>,
    /// The categories of which nothing may be told: what was shown of nothing else is left out, with the rules of the
    /// covenant that showed it.
    pub withheld: CategorySet,
}

/// One time that somebody saw or did something that concerned a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Where it stands.
    pub position: Position,
    /// Whether the record is still as this server wrote it.
    pub is_genuine: bool,
    /// What the record says; none of one that was changed so that it cannot be read, or names this person no more.
    pub told: Option<AccessRecord>,
}

/// What a record says of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRecord {
    /// What kind of thing happened.
    pub kind: Kind,
    /// Who.
    pub professional: ProfessionalId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// The code of the kind of partner.
    pub partner: String,
    /// The operation, when the client named it.
    pub operation: Option<String>,
    /// For which purpose.
    pub purpose: String,
    /// The trace, to join it with other logs.
    pub trace: String,
    /// Of which house the dossier is. Empty, as all that follows, where the record only says that it was opened.
    pub house: String,
    /// The version of the covenant that decided.
    pub version: String,
    /// At which tafel.
    pub tafel: String,
    /// In which phase.
    pub phase: String,
    /// By which involvements.
    pub involvements: BTreeSet<String>,
    /// Which leaf categories.
    pub leaves: BTreeSet<String>,
    /// Which rows of the covenant allowed it.
    pub rows: BTreeSet<String>,
    /// What came of it.
    pub outcomes: BTreeSet<String>,
}

/// A sealed record with its place in the chain.
#[derive(Debug, FromQueryResult)]
struct Sealed {
    sequence: i64,
    #[sea_orm(nested)]
    record: ledger_record::Model,
}

impl Ledger {
    /// The first so many accesses beyond a position that concerned a person and may be told, in the order of time. A
    /// record appears here when it is sealed, about a second after it was written.
    pub async fn accesses_of(&self, inquiry: &Inquiry, amount: usize) -> Result<Vec<Access>, DbErr> {
        let pseudonym = self.0.keys.pseudonym(&inquiry.person.0);
        let (mut beyond, mut size) = (inquiry.beyond, amount);
        let mut found = Vec::new();
        loop {
            let records = self.sealed_of(&pseudonym, beyond, inquiry.until, size).await?;
            let is_last = records.len() < size;
            beyond = records.last().map_or(beyond, Sealed::position);
            let accesses =
                records.iter().filter_map(|sealed| access_in(sealed, &pseudonym, inquiry, &self.0.keys));
            found.extend(accesses);
            if is_last || found.len() >= amount {
                found.truncate(amount);
                return Ok(found);
            }
            size = READ_ON;
        }
    }

    async fn sealed_of(
        &self,
        pseudonym: &str,
        beyond: Position,
        until: DateTime<Utc>,
        size: usize,
    ) -> Result<Vec<Sealed>, DbErr> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let values = [pseudonym.into(), beyond.at.into(), beyond.sequence.into(), until.into(), size.into()];
        let statement = Statement::from_sql_and_values(self.0.database.backend(), ACCESSES, values);
        Sealed::find_by_statement(statement).all(self.0.database.reader()).await
    }

    /// The cursor of a position, sealed: it would tell how many records there are of others.
    pub fn cursor(&self, position: Position) -> Result<String, KeyError> {
        let at = position.at.timestamp_micros().to_be_bytes();
        self.0.keys.seal_cursor(CURSOR, &[at, position.sequence.to_be_bytes()].concat())
    }

    /// The position of a cursor; none of one that this server did not give.
    pub fn position(&self, cursor: &str) -> Option<Position> {
        let place = self.0.keys.open_cursor(CURSOR, cursor)?;
        let (at, rest) = place.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*at))?;
        rest.is_empty().then_some(Position { at, sequence: i64::from_be_bytes(*sequence) })
    }
}

impl Sealed {
    fn position(&self) -> Position {
        Position { at: self.record.at, sequence: self.sequence }
    }
}

/// What a record is for a person in a dossier.
enum Reading {
    /// It concerned them.
    Told(Box<AccessRecord>),
    /// It concerned them, and showed nothing but what is withheld.
    Withheld,
    /// It concerned another, or cannot be read.
    Nothing,
}

/// The access that a record is for a person in a dossier. None when it is one in another dossier, or of nothing but what
/// is withheld.
fn access_in(sealed: &Sealed, pseudonym: &str, inquiry: &Inquiry, keys: &Keys) -> Option<Access> {
    let is_genuine = record::is_genuine(&sealed.record, keys);
    let told = match reading_of(&sealed.record, pseudonym, inquiry) {
        Reading::Told(record) => Some(*record),
        Reading::Nothing if !is_genuine => None,
        Reading::Withheld | Reading::Nothing => return None,
    };
    Some(Access { position: sealed.position(), is_genuine, told })
}

fn reading_of(record: &ledger_record::Model, pseudonym: &str, inquiry: &Inquiry) -> Reading {
    let Some((kind, body)) = Kind::parse(&record.kind).zip(Body::decode(&record.body)) else {
        return Reading::Nothing;
    };
    let Body { professional, organisation, partner, operation, purpose, trace, views, outcomes } = body;
    let concerns =
        |view: &View| view.dossiers.get(&inquiry.dossier).is_some_and(|all| all.contains(pseudonym));
    let is_withheld = |code: &String| code.parse().is_ok_and(|category| inquiry.withheld.contains(category));
    let may_be_told = |seen: &Seen| seen.leaves.is_empty() || !seen.leaves.iter().all(is_withheld);
    let seen: Vec<Seen> = views.into_iter().filter(concerns).map(|view| view.seen).collect();
    let concerned = !seen.is_empty();
    let Some(seen) = seen.into_iter().filter(may_be_told).reduce(|mut one, other| {
        one.join(&other);
        one
    }) else {
        return if concerned { Reading::Withheld } else { Reading::Nothing };
    };
    let Seen { house, version, tafel, phase, involvements, mut leaves, rows, .. } = seen;
    leaves.retain(|code| !is_withheld(code));
    Reading::Told(Box::new(AccessRecord {
        kind,
        professional,
        organisation,
        partner,
        operation,
        purpose,
        trace,
        house,
        version,
        tafel,
        phase,
        involvements,
        leaves,
        rows,
        outcomes,
    }))
}
