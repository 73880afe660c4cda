//! What was disclosed in a period, one view after another, to judge it by another covenant.
//!
//! It reads only, holds one page of records at a time, and gives no person and no dossier: only what a decision rests
//! on. Pages follow the primary key, so that each is read in the same short time wherever the period lies.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::entry::{Body, StandingEntry, View};
use crate::database::Database;

/// How many records are read at a time.
const PAGE: i64 = 1000;

const RECORDS: &str = "
    SELECT writer, number, at,
        CASE WHEN at >= $3 AND at < $4 AND kind IN ('RESPONSE', 'PAYLOAD', 'EVENT') THEN body END AS body
    FROM ledger_record
    WHERE (writer, number) > ($1, $2)
    ORDER BY writer, number LIMIT $5";

/// What one record says that was shown of dossiers that were seen alike. All texts are codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastView {
    /// When.
    pub at: DateTime<Utc>,
    /// The viewer's kind of partner.
    pub partner: String,
    /// The house.
    pub house: String,
    /// The version of the covenant that decided.
    pub version: String,
    /// The tafel.
    pub tafel: String,
    /// The phase of the dossiers.
    pub phase: String,
    /// The viewer's standings; none in a record of before they were kept.
    pub standings: BTreeSet<StandingEntry>,
    /// The leaf categories.
    pub leaves: BTreeSet<String>,
    /// Of a leaf that was shown by the facts of a datum: the facts of every datum of it.
    pub facts: BTreeMap<String, BTreeSet<BTreeSet<String>>>,
    /// How many dossiers.
    pub dossiers: u64,
}

#[derive(Debug, FromQueryResult)]
struct Record {
    writer: Uuid,
    number: i64,
    at: DateTime<Utc>,
    /// None when it is no disclosure of the period.
    body: Option<String>,
}

/// Gives every view of the disclosures from one instant up to another, in no order.
pub async fn replay(
    database: &Database,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    mut each: impl FnMut(PastView),
) -> Result<(), DbErr> {
    let mut last = (Uuid::nil(), 0);
    loop {
        let values = [last.0.into(), last.1.into(), from.into(), until.into(), PAGE.into()];
        let statement = Statement::from_sql_and_values(database.backend(), RECORDS, values);
        let page = Record::find_by_statement(statement).all(database.reader()).await?;
        for record in &page {
            views(record)?.into_iter().for_each(&mut each);
        }
        match page.last() {
            Some(record) if i64::try_from(page.len()) == Ok(PAGE) => last = (record.writer, record.number),
            _ => return Ok(()),
        }
    }
}

fn views(record: &Record) -> Result<Vec<PastView>, DbErr> {
    let Some(body) = &record.body else { return Ok(Vec::new()) };
    let unreadable = || DbErr::Type("a record of the ledger cannot be read".to_owned());
    let body = Body::decode(body).ok_or_else(unreadable)?;
    Ok(body.views.iter().map(|view| past(record.at, &body.partner, view)).collect())
}

fn past(at: DateTime<Utc>, partner: &str, view: &View) -> PastView {
    let seen = &view.seen;
    PastView {
        at,
        partner: partner.to_owned(),
        house: seen.house.clone(),
        version: seen.version.clone(),
        tafel: seen.tafel.clone(),
        phase: seen.phase.clone(),
        standings: seen.standings.clone(),
        leaves: seen.leaves.clone(),
        facts: seen.facts.clone(),
        dossiers: view.dossiers.len() as u64,
    }
}
