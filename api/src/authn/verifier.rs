//! Verifies bearer tokens of every configured issuer alike.
//!
//! A token that was verified is remembered by its hash, until it expires or its issuer's keys change. What
//! comes out is a [`Caller`] or a [`Refusal`]; the refusal is for the log and never for the client.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use moka::sync::Cache;
use waarborg::clock::Clock;

use super::Caller;
use super::fetch::{Fetch, FetchError, Remote};
use super::issuer::{Issuer, REFETCH_AFTER};
use super::token::{Presented, Refusal};
use crate::config;

/// How many verified tokens are remembered.
const REMEMBERED: u64 = 10_000;
/// How long one is remembered at most: a bound on memory, not on validity.
const REMEMBERED_FOR: Duration = Duration::from_hours(1);

/// Verifies tokens. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Verifier {
    issuers: HashMap<String, Arc<Issuer>>,
    verified: Cache<[u8; 32], Verified>,
    clock: Clock,
    refetch_after: Duration,
}

#[derive(Debug, Clone)]
struct Verified {
    caller: Arc<Caller>,
    issuer: Arc<Issuer>,
    generation: u64,
}

impl Verifier {
    /// A verifier that trusts nobody yet.
    pub fn new(clock: Clock) -> Self {
        let verified = Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Self { issuers: HashMap::new(), verified, clock, refetch_after: REFETCH_AFTER }
    }

    /// A verifier that trusts the configured issuers, whose documents are fetched over HTTP.
    pub fn of(oidc: &config::Oidc, clock: Clock) -> Result<Self, FetchError> {
        if oidc.issuers.is_empty() {
            return Ok(Self::new(clock));
        }
        let remote = Arc::new(Remote::new()?);
        let trusting = |verifier: Self, rules: &config::Issuer| {
            verifier.trusting(rules.clone(), Arc::clone(&remote) as Arc<dyn Fetch>)
        };
        Ok(oidc.issuers.iter().fold(Self::new(clock), trusting))
    }

    /// The same verifier, which also trusts the issuer of `rules`, whose documents `fetch` brings.
    #[must_use]
    pub fn trusting(mut self, rules: config::Issuer, fetch: Arc<dyn Fetch>) -> Self {
        let name = rules.issuer.clone();
        self.issuers.insert(name, Arc::new(Issuer::new(rules, fetch, self.refetch_after)));
        self
    }

    /// Waits less long before keys are fetched again, so that a test need not.
    #[cfg(test)]
    pub(super) fn refetching_after(self, refetch_after: Duration) -> Self {
        Self { refetch_after, ..self }
    }

    /// Who a token says is calling, if it may be believed.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>, Refusal> {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(caller) = self.remembered(&hash) {
            return Ok(caller);
        }
        let presented = Presented::read(token)?;
        let issuer = self.issuers.get(&presented.claims.iss).ok_or(Refusal::Issuer)?;
        // Read before verifying: should the keys change meanwhile, the token is verified once more.
        let generation = issuer.generation();
        issuer.verify(&presented).await?;
        let caller = Arc::new(presented.claims.accept(&issuer.rules, self.clock.now())?);
        let verified = Verified { caller: Arc::clone(&caller), issuer: Arc::clone(issuer), generation };
        self.verified.insert(hash, verified);
        Ok(caller)
    }

    fn remembered(&self, hash: &[u8; 32]) -> Option<Arc<Caller>> {
        let verified = self.verified.get(hash)?;
        let leeway = TimeDelta::seconds(verified.issuer.rules.leeway_seconds.into());
        let is_live = self.clock.now() < verified.caller.expires_at + leeway;
        if is_live && verified.issuer.generation() == verified.generation {
            return Some(verified.caller);
        }
        self.verified.invalidate(hash);
        None
    }
}
