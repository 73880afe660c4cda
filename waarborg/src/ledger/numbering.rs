//! A writer of records and the next number it gives.
//!
//! The id of a writer is time-ordered and used for [`LIFE`] at most, so that the sealer finds the writers that
//! may still be at work among the newest ids instead of asking for all there ever were.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

/// How long a writer is used before a fresh one takes its place.
const LIFE: Duration = Duration::from_hours(6);

/// How far back the sealer looks for writers at work: twice their life, for transactions and clocks.
const LOOK_BACK: Duration = Duration::from_hours(12);

#[derive(Debug)]
pub(super) struct Numbering {
    pub(super) writer: Uuid,
    pub(super) next: i64,
    born: Instant,
}

impl Numbering {
    pub(super) fn fresh() -> Self {
        Self { writer: Uuid::now_v7(), next: 1, born: Instant::now() }
    }

    pub(super) fn is_worn(&self) -> bool {
        self.is_worn_at(Instant::now())
    }

    fn is_worn_at(&self, now: Instant) -> bool {
        now.duration_since(self.born) > LIFE
    }
}

/// The lowest id that a writer which is still at work can have.
pub(super) fn oldest_at_work() -> Uuid {
    let milliseconds = Uuid::now_v7().as_u128() >> 80;
    Uuid::from_u128(milliseconds.saturating_sub(LOOK_BACK.as_millis()) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_writer_is_among_those_at_work() {
        let oldest = oldest_at_work();
        assert!(oldest < Numbering::fresh().writer);
        let behind = (Uuid::now_v7().as_u128() >> 80) - (oldest.as_u128() >> 80);
        assert!(behind.abs_diff(LOOK_BACK.as_millis()) < 1000);
    }

    #[test]
    fn a_writer_wears_out_well_before_the_sealer_looks_away() {
        let numbering = Numbering::fresh();
        assert!(!numbering.is_worn() && !numbering.is_worn_at(numbering.born + LIFE));
        assert!(numbering.is_worn_at(numbering.born + LIFE + Duration::from_secs(1)));
        assert!(LOOK_BACK >= LIFE * 2);
    }
}
