//! What was decided before, in a fixed amount of memory, whoever varies what.
//!
//! Losing an entry costs time, never an answer. No lock is held while anything is decided.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::disclosure::Disclosure;
use crate::vocabulary::{Facts, Standing};

/// Spreads keys over places (the finaliser of SplitMix64).
const fn mix(key: u64) -> u64 {
    let key = (key ^ key >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ key >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ key >> 31
}

#[expect(clippy::cast_possible_truncation, reason = "only the low bits are wanted")]
const fn place(key: u64, len: usize) -> usize {
    mix(key) as usize % len
}

/// Cedar's answers for single policies. A key of 60 bits, the answer and a mark share one word, so that an entry is
/// read and written whole without a lock; a newer entry takes the place of an older one.
pub(super) struct Verdicts(Box<[AtomicU64]>);

impl Verdicts {
    const LEN: usize = 1 << 16;
    const KNOWN: u64 = 0b10;

    pub(super) fn new() -> Self {
        Self((0..Self::LEN).map(|_| AtomicU64::new(0)).collect())
    }

    pub(super) fn get(&self, key: u64) -> Option<bool> {
        let entry = self.slot(key)?.load(Ordering::Relaxed);
        (entry & !1 == key << 2 | Self::KNOWN).then_some(entry & 1 == 1)
    }

    pub(super) fn put(&self, key: u64, verdict: bool) {
        if let Some(slot) = self.slot(key) {
            slot.store(key << 2 | Self::KNOWN | u64::from(verdict), Ordering::Relaxed);
        }
    }

    fn slot(&self, key: u64) -> Option<&AtomicU64> {
        self.0.get(place(key, Self::LEN))
    }
}

/// Disclosures by standing and facts: small buckets, each with its own lock, oldest out.
pub(super) struct Disclosures(Box<[RwLock<Bucket>]>);

#[derive(Clone, Copy, Default)]
struct Bucket {
    entries: [Option<(u64, Disclosure)>; 4],
    oldest: usize,
}

impl Bucket {
    fn get(&self, key: u64) -> Option<Disclosure> {
        self.entries.iter().flatten().find(|entry| entry.0 == key).map(|entry| entry.1)
    }

    fn put(&mut self, key: u64, disclosure: Disclosure) {
        if let Some(entry) = self.entries.get_mut(self.oldest) {
            *entry = Some((key, disclosure));
        }
        self.oldest = (self.oldest + 1) % self.entries.len();
    }
}

impl Disclosures {
    const LEN: usize = 1 << 13;

    pub(super) fn new() -> Self {
        Self((0..Self::LEN).map(|_| RwLock::default()).collect())
    }

    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        let buckets =
            self.0.iter().map(|bucket| bucket.read().unwrap_or_else(PoisonError::into_inner).entries);
        buckets.map(|entries| entries.iter().flatten().count()).sum()
    }

    pub(super) fn get_or(
        &self,
        standing: &Standing,
        facts: Facts,
        decide: impl FnOnce() -> Disclosure,
    ) -> Disclosure {
        let key = standing.bits() << 12 | u64::from(facts.bits());
        let Some(bucket) = self.0.get(place(key, Self::LEN)) else { return decide() };
        let known = bucket.read().unwrap_or_else(PoisonError::into_inner).get(key);
        known.unwrap_or_else(|| {
            let disclosure = decide();
            bucket.write().unwrap_or_else(PoisonError::into_inner).put(key, disclosure);
            disclosure
        })
    }
}
