//! The dossiers of the demo: synthetic people at every stage of the journey, at every tafel of three houses.
//!
//! Rows are consistent: what is shared was lawful to supply at that tafel in that phase, a seat is one that the
//! house gives, and a state has behind it what leads to it. Nobody here exists.

mod counts;
mod intake;
mod journey;
mod law;
mod overleg;
mod plans;
pub(super) mod stage;
mod texts;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use indicatif::ProgressBar;
use waarborg::clock::dutch_date;
use waarborg::keys::KeyError;

pub(super) use self::counts::{count, is_published};
use self::journey::{Journey, Work};
use self::law::Law;
pub(super) use self::overleg::{GUEST, NIGHT};
use super::LoadError;
use super::houses::Cast;
use super::numbers::test_numbers;
use super::rows::Rows;
use crate::server::Server;

/// What was made beside the rows.
#[derive(Debug)]
pub(super) struct Made {
    /// How many dossiers.
    pub(super) dossiers: usize,
    /// The last number of a case, by house and year.
    pub(super) case_numbers: BTreeMap<(String, i32), i32>,
}

/// Makes the rows of all dossiers as they stand at an instant.
pub(super) fn write(
    cast: &Cast,
    server: &Server,
    now: DateTime<Utc>,
    rows: &mut Rows,
    bar: &ProgressBar,
) -> Result<Made, LoadError> {
    let plans = plans::all(cast, &server.convenant, now)?;
    bar.set_message("De demo wordt gemaakt");
    bar.set_length(plans.len() as u64);
    let (law, keys) = (Law::new(&server.convenant, dutch_date(now)), &server.keys);
    let mut work =
        Work { law, keys, numbers: Box::new(test_numbers()), now, rows, case_numbers: BTreeMap::new() };
    for plan in &plans {
        Journey::begin(&mut work, plan).map_err(sealing)?.go().map_err(sealing)?;
        bar.inc(1);
    }
    Ok(Made { dossiers: plans.len(), case_numbers: work.case_numbers })
}

fn sealing(error: KeyError) -> LoadError {
    LoadError::Keys(error)
}
