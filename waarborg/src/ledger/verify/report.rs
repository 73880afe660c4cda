//! What a verification found, for a program and in plain English for a person.

use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::ledger::record::place;

/// How many findings are kept; the rest are counted.
const KEPT: usize = 100;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A record is not one that this server wrote: edited, renumbered or made up.
    RecordForged {
        /// Its writer.
        writer: Uuid,
        /// Its number.
        number: i64,
    },
    /// A record that was sealed is gone.
    RecordMissing {
        /// Its writer.
        writer: Uuid,
        /// Its number.
        number: i64,
    },
    /// Links of the chain are gone, or one was added before the first.
    SealsMissing {
        /// The last link before the gap.
        after: i64,
        /// The first link behind it.
        before: i64,
    },
    /// A link does not follow on the one before it.
    ChainBroken {
        /// Its place.
        sequence: i64,
    },
    /// A link was made over another record than the one that is there.
    SealDiffers {
        /// Its place.
        sequence: i64,
    },
    /// A link seals another number of its writer than the next one.
    OutOfOrder {
        /// Its place.
        sequence: i64,
        /// The number it seals.
        number: i64,
        /// The number it should seal.
        expected: i64,
    },
    /// The index by person differs from the record.
    IndexDiffers {
        /// The place of the record.
        sequence: i64,
    },
    /// Records that are not sealed do not follow on each other.
    Gap {
        /// Their writer.
        writer: Uuid,
        /// The number that should come.
        expected: i64,
        /// The number that comes.
        found: i64,
    },
    /// The chain was longer when a checkpoint was signed.
    TailCut {
        /// How far it went then.
        signed: i64,
        /// How far it goes now.
        head: i64,
    },
    /// The chain is another one than when a checkpoint was signed.
    Rewritten {
        /// How far it went then.
        signed: i64,
    },
    /// A checkpoint was not signed with this key.
    CheckpointForged {
        /// The file.
        file: PathBuf,
        /// The line, from 1 on.
        line: usize,
    },
    /// There is a chain and no checkpoint, so that nobody can tell whether its tail was cut.
    NoCheckpoint,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordForged { writer, number } => {
                write!(f, "{} is not as this server wrote it", place(*writer, *number))
            }
            Self::RecordMissing { writer, number } => write!(f, "{} was deleted", place(*writer, *number)),
            Self::SealsMissing { after, before } => {
                write!(f, "between links {after} and {before} of the chain something was deleted or inserted")
            }
            Self::ChainBroken { sequence } => {
                write!(f, "link {sequence} does not follow on the one before it")
            }
            Self::SealDiffers { sequence } => write!(f, "link {sequence} was made over another record"),
            Self::OutOfOrder { sequence, number, expected } => {
                write!(f, "link {sequence} seals number {number} of its writer where {expected} should come")
            }
            Self::IndexDiffers { sequence } => {
                write!(f, "the index by person differs from the record of link {sequence}")
            }
            Self::Gap { writer, expected, found } => {
                write!(f, "writer {writer} goes on with number {found} where {expected} should come")
            }
            Self::TailCut { signed, head } => {
                write!(f, "the chain went up to link {signed} when it was signed and goes up to {head} now")
            }
            Self::Rewritten { signed } => write!(f, "link {signed} is another one than when it was signed"),
            Self::CheckpointForged { file, line } => {
                write!(f, "the checkpoint in line {line} of {} was not signed with this key", file.display())
            }
            Self::NoCheckpoint => f.write_str("there is no checkpoint, so a cut tail would not be noticed"),
        }
    }
}

/// The records that are written and not sealed yet. A sealer at work keeps them younger than some seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsealed {
    /// How many there are.
    pub records: u64,
    /// When the first of them happened.
    pub since: Option<DateTime<Utc>>,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many records there are.
    pub records: u64,
    /// How many links the chain has.
    pub sealed: u64,
    /// What is not sealed yet.
    pub unsealed: Unsealed,
    /// How many checkpoints were compared.
    pub checkpoints: u64,
    /// How far the furthest of them went. Links after it could be cut unnoticed.
    pub signed_up_to: i64,
    /// How many lines of the checkpoint files are no checkpoints, as after a breakdown of the machine.
    pub unreadable_lines: u64,
    /// What does not hold: the first hundred.
    pub findings: Vec<Finding>,
    /// How many findings there are in all.
    pub found: u64,
}

impl Report {
    /// Whether everything holds.
    pub fn is_intact(&self) -> bool {
        self.found == 0
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.found += 1;
        if self.findings.len() < KEPT {
            self.findings.push(finding);
        }
    }

    pub(super) fn add_unsealed(&mut self, at: DateTime<Utc>) {
        self.records += 1;
        self.unsealed.records += 1;
        self.unsealed.since = Some(self.unsealed.since.map_or(at, |since| since.min(at)));
    }

    pub(super) fn add_checkpoint(&mut self, sequence: i64) {
        self.checkpoints += 1;
        self.signed_up_to = self.signed_up_to.max(sequence);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} records, of which {} are linked in the chain.", self.records, self.sealed)?;
        match self.unsealed.since {
            Some(since) => {
                writeln!(
                    f,
                    "{} wait to be linked, the oldest since {}.",
                    self.unsealed.records,
                    since.to_rfc3339()
                )?;
            }
            None => writeln!(f, "None wait to be linked.")?,
        }
        writeln!(f, "{} checkpoints, the furthest of link {}.", self.checkpoints, self.signed_up_to)?;
        let unsigned = self.sealed.saturating_sub(self.signed_up_to.unsigned_abs());
        if unsigned > 0 {
            writeln!(f, "{unsigned} links are newer than that: had they been cut, nothing would tell.")?;
        }
        if self.unreadable_lines > 0 {
            writeln!(f, "{} lines of the checkpoint files cannot be read.", self.unreadable_lines)?;
        }
        if self.is_intact() {
            return f.write_str("The ledger is intact.");
        }
        write!(f, "THE LEDGER IS NOT INTACT: {} findings.", self.found)?;
        for finding in &self.findings {
            write!(f, "\n- {finding}")?;
        }
        if self.found > self.findings.len() as u64 {
            write!(f, "\n- and {} more", self.found - self.findings.len() as u64)?;
        }
        Ok(())
    }
}
