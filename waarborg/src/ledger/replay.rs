//! What was disclosed in a period, one view after another, to judge it by another covenant.
//!
//! It reads only, holds one page of records at a time, and gives no person and no dossier: only what a decision rests
//! on. Pages follow the primary key, so that each is read in the same short time wherever the period lies.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::id::DossierId;
use sea_orm::{DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::entry::{Body, Seen, StandingEntry, View};
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
    let whole = of_whole_dossiers(body.views);
    Ok(whole.into_iter().map(|(seen, dossiers)| past(record.at, &body.partner, seen, dossiers)).collect())
}

/// What was shown of whole dossiers, with how many were seen alike: a record says it of each person apart.
fn of_whole_dossiers(views: Vec<View>) -> BTreeMap<Seen, u64> {
    let mut of_dossiers: BTreeMap<(DossierId, Seen), Seen> = BTreeMap::new();
    for View { seen, dossiers } in views {
        let under = seen.without_what_was_shown();
        for dossier in dossiers.into_keys() {
            let whole = of_dossiers.entry((dossier, under.clone())).or_insert_with(|| under.clone());
            whole.join(&seen);
        }
    }
    let mut alike: BTreeMap<Seen, u64> = BTreeMap::new();
    for seen in of_dossiers.into_values() {
        *alike.entry(seen).or_default() += 1;
    }
    alike
}

fn past(at: DateTime<Utc>, partner: &str, seen: Seen, dossiers: u64) -> PastView {
    PastView {
        at,
        partner: partner.to_owned(),
        house: seen.house,
        version: seen.version,
        tafel: seen.tafel,
        phase: seen.phase,
        standings: seen.standings,
        leaves: seen.leaves,
        facts: seen.facts,
        dossiers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(leaves: &[&str]) -> Seen {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Seen {
            house: "TWENTE".to_owned(),
            version: "twente-2025-03-01".to_owned(),
            tafel: "PMG".to_owned(),
            phase: "F6".to_owned(),
            involvements: codes(&["ZETEL"]),
            leaves: codes(leaves),
            rows: BTreeSet::new(),
            standings: BTreeSet::new(),
            facts: BTreeMap::new(),
        }
    }

    fn view(leaves: &[&str], dossiers: &[(DossierId, &str)]) -> View {
        let of_person =
            |(dossier, person): &(DossierId, &str)| (*dossier, BTreeSet::from([(*person).to_owned()]));
        View { seen: seen(leaves), dossiers: dossiers.iter().map(of_person).collect() }
    }

    #[test]
    fn a_dossier_counts_once_however_many_persons_are_in_it() {
        let (one, other) = (DossierId::fresh(), DossierId::fresh());
        let views = vec![
            view(&["D01N", "D28"], &[(one, "anna"), (other, "chris")]),
            view(&["D28", "D03"], &[(one, "bram")]),
        ];
        let whole = of_whole_dossiers(views);
        assert_eq!(whole, BTreeMap::from([(seen(&["D01N", "D28", "D03"]), 1), (seen(&["D01N", "D28"]), 1)]));
    }
}
