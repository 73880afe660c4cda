//! Who has seen my data: the accesses that the ledger proves for one person.
//!
//! Each access holds what concerned that person and nothing of another. Reading the ledger is itself a
//! disclosure: whoever asks records it first. It must never read more than the pages that are asked for, nor decide
//! which accesses may be told.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use entity::id::{DossierId, OrganisationId, PersonId, ProfessionalId};
use entity::ledger_record;
use sea_orm::{DbErr, FromQueryResult, Statement};

use super::Ledger;
use super::entry::{Body, Kind, Seen, View};
use super::record;
use crate::keys::Keys;

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
    pub async fn accesses_of(
        &self,
        inquiry: &Inquiry,
        amount: usize,
        may_be_told: impl Fn(&Access) -> bool + Send + Sync,
    ) -> Result<Vec<Access>, DbErr> {
        let pseudonym = self.0.keys.pseudonym(&inquiry.person.0);
        let (mut beyond, mut size) = (inquiry.beyond, amount);
        let mut found = Vec::new();
        loop {
            let records = self.sealed_of(&pseudonym, beyond, inquiry.until, size).await?;
            let is_last = records.len() < size;
            beyond = records.last().map_or(beyond, Sealed::position);
            let accesses = records
                .iter()
                .filter_map(|sealed| access_in(sealed, (&pseudonym, inquiry.dossier), &self.0.keys));
            found.extend(accesses.filter(&may_be_told));
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

    /// The cursor of a position, with its tag, in base64url.
    pub fn cursor(&self, position: Position) -> String {
        let body = format!("log/{}/{}", position.at.timestamp_micros(), position.sequence);
        let tag = BASE64_URL_SAFE_NO_PAD.encode(self.0.keys.cursor_tag(body.as_bytes()));
        BASE64_URL_SAFE_NO_PAD.encode(format!("{body}/{tag}"))
    }

    /// The position of a cursor; none of one that this server did not give.
    pub fn position(&self, cursor: &str) -> Option<Position> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (body, tag) = text.rsplit_once('/')?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !self.0.keys.verify_cursor_tag(body.as_bytes(), &tag) {
            return None;
        }
        let (micros, sequence) = body.strip_prefix("log/")?.split_once('/')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some(Position { at, sequence: sequence.parse().ok()? })
    }
}

impl Sealed {
    fn position(&self) -> Position {
        Position { at: self.record.at, sequence: self.sequence }
    }
}

/// The access that a record is for a person in a dossier. None when it is one in another dossier.
fn access_in(sealed: &Sealed, (pseudonym, dossier): (&str, DossierId), keys: &Keys) -> Option<Access> {
    let is_genuine = record::is_genuine(&sealed.record, keys);
    let told = told_of(&sealed.record, pseudonym, dossier);
    (told.is_some() || !is_genuine).then(|| Access { position: sealed.position(), is_genuine, told })
}

fn told_of(record: &ledger_record::Model, pseudonym: &str, dossier: DossierId) -> Option<AccessRecord> {
    let kind = Kind::parse(&record.kind)?;
    let Body { professional, organisation, partner, operation, purpose, trace, views, outcomes } =
        Body::decode(&record.body)?;
    let concerns = |view: &View| view.dossiers.get(&dossier).is_some_and(|all| all.contains(pseudonym));
    let mut seen = views.into_iter().filter(concerns).map(|view| view.seen);
    let first = seen.next()?;
    let Seen { house, version, tafel, phase, involvements, leaves, rows, .. } =
        seen.fold(first, |mut one, other| {
            one.join(&other);
            one
        });
    Some(AccessRecord {
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
    })
}
