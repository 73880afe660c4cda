//! Numbers that look like chance and are the same at every load.
//!
//! For synthetic people only: never for a key, a token or an id that must not be guessed.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// A stream of numbers that follows from its label alone.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of a label.
    pub(super) fn of(label: &str) -> Self {
        // FNV-1a: every byte of the label counts.
        let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }

    /// The next number (splitmix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from nought up to, and not with, `end`; nought when there is none.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let end = u64::from(end.max(1));
        u32::try_from(self.next() % end).unwrap_or_default()
    }

    /// Yes, once in so many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of several; none of none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let place = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        from.get(usize::try_from(place).unwrap_or_default())
    }

    /// One of several words; nothing of none.
    pub(super) fn word<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.pick(from).copied().unwrap_or_default()
    }

    /// An id of version 7 that was made at an instant.
    pub(super) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut bytes = [0; 10];
        let (first, second) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        for (place, byte) in bytes.iter_mut().zip(first.into_iter().chain(second)) {
            *place = byte;
        }
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_gives_one_stream_and_another_label_another() {
        let draw = |label| {
            let mut chance = Chance::of(label);
            (0..8).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw("twente/1"), draw("twente/1"));
        assert_ne!(draw("twente/1"), draw("twente/2"));
        assert!(draw("x").iter().all(|number| *number < 1000));
    }

    #[test]
    fn ids_are_of_version_7_and_follow_their_instants() {
        let mut chance = Chance::of("ids");
        let early = chance.id(DateTime::from_timestamp_millis(1_700_000_000_000).unwrap());
        let late = chance.id(DateTime::from_timestamp_millis(1_700_000_000_001).unwrap());
        assert_eq!(early.get_version_num(), 7);
        assert!(early < late);
    }
}
