//! Who has seen my data: the accesses that the ledger proves for one person.
//!
//! Each access holds what concerned that person and nothing of another. Reading the ledger is itself a
//! disclosure: whoever asks records it first.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::id::{DossierId, OrganisationId, PersonId, ProfessionalId};
use entity::ledger_record;
use sea_orm::{DbErr, FromQueryResult, Statement};

use super::Ledger;
use super::entry::{Body, Kind, View};
use super::record;
use crate::keys::Keys;

const ACCESSES: &str = "
    SELECT s.sequence AS sequence, r.writer AS writer, r.number AS number, r.at AS at, r.kind AS kind,
        r.body AS body, r.hash AS hash
    FROM ledger_subject p
    JOIN ledger_seal s ON s.sequence = p.sequence
    JOIN ledger_record r ON r.writer = s.writer AND r.number = s.number
    WHERE p.pseudonym = $1 AND r.at >= $2 AND r.at < $3
    ORDER BY r.at, s.sequence";

/// One time that somebody saw or did something that concerned a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The place in the chain.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
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
    /// In which dossier.
    pub dossier: DossierId,
    /// Of which house.
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
    /// Whether the record is still as this server wrote it.
    pub is_genuine: bool,
}

/// A sealed record with its place in the chain.
#[derive(Debug, FromQueryResult)]
struct Sealed {
    sequence: i64,
    #[sea_orm(nested)]
    record: ledger_record::Model,
}

impl Ledger {
    /// What concerned a person from one instant up to another, in the order of time. A record appears here
    /// when it is sealed, about a second after it was written.
    pub async fn accesses_of(
        &self,
        person: PersonId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Access>, DbErr> {
        let pseudonym = self.0.keys.pseudonym(&person.0);
        let database = self.0.database.reader();
        let values = [pseudonym.as_str().into(), from.into(), to.into()];
        let statement = Statement::from_sql_and_values(self.0.database.backend(), ACCESSES, values);
        let records = Sealed::find_by_statement(statement).all(database).await?;
        let accesses = records.into_iter().map(|sealed| accesses_in(&sealed, &pseudonym, &self.0.keys));
        Ok(accesses.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

fn accesses_in(sealed: &Sealed, pseudonym: &str, keys: &Keys) -> Result<Vec<Access>, DbErr> {
    let record = &sealed.record;
    let unreadable =
        || DbErr::Type(format!("{} cannot be read", record::place(record.writer, record.number)));
    let body = Body::decode(&record.body).ok_or_else(unreadable)?;
    let kind = Kind::parse(&record.kind).ok_or_else(unreadable)?;
    let is_genuine = record::is_genuine(record, keys);
    let concerned =
        body.views.iter().flat_map(|view| dossiers_with(view, pseudonym).map(move |dossier| (view, dossier)));
    let access = |(view, dossier): (&View, DossierId)| Access {
        sequence: sealed.sequence,
        at: record.at,
        kind,
        professional: body.professional,
        organisation: body.organisation,
        partner: body.partner.clone(),
        operation: body.operation.clone(),
        purpose: body.purpose.clone(),
        trace: body.trace.clone(),
        dossier,
        house: view.seen.house.clone(),
        version: view.seen.version.clone(),
        tafel: view.seen.tafel.clone(),
        phase: view.seen.phase.clone(),
        involvements: view.seen.involvements.clone(),
        leaves: view.seen.leaves.clone(),
        rows: view.seen.rows.clone(),
        outcomes: body.outcomes.clone(),
        is_genuine,
    };
    Ok(concerned.map(access).collect())
}

fn dossiers_with<'a>(view: &'a View, pseudonym: &'a str) -> impl Iterator<Item = DossierId> + 'a {
    view.dossiers.iter().filter(|(_, subjects)| subjects.contains(pseudonym)).map(|(dossier, _)| *dossier)
}
