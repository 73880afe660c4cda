//! One trusted issuer: where its keys are, when they are fetched again, and what its tokens must satisfy.
//!
//! Keys are fetched when a token names one that is not there, at most once in a while however many ask, and
//! everybody who asks meanwhile waits for that one fetch. Keys that are known keep working while the issuer
//! is away. The interval is measured on the machine's monotonic clock: it is no date.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::fetch::Fetch;
use super::keyring::Keyring;
use super::token::{Presented, Refusal};
use crate::config::{self, is_loopback};

/// How soon after one attempt the keys may be fetched again.
pub(super) const REFETCH_AFTER: Duration = Duration::from_secs(30);
/// How old keys may become before they are looked up again, so that a withdrawn key does not stay.
const STALE_AFTER: Duration = Duration::from_mins(10);

#[derive(Debug)]
pub(super) struct Issuer {
    pub(super) rules: config::Issuer,
    fetch: Arc<dyn Fetch>,
    refetch_after: Duration,
    known: RwLock<Known>,
    last_attempt: Mutex<Option<Instant>>,
}

/// The keys of the last fetch that succeeded.
#[derive(Debug, Clone, Default)]
struct Known {
    keys: Arc<Keyring>,
    /// Rises whenever the keys change: what was verified before is verified again.
    generation: u64,
    fetched_at: Option<Instant>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    pub(super) fn new(rules: config::Issuer, fetch: Arc<dyn Fetch>, refetch_after: Duration) -> Self {
        Self { rules, fetch, refetch_after, known: RwLock::default(), last_attempt: Mutex::new(None) }
    }

    /// Which keys are in use; another number means other keys.
    pub(super) fn generation(&self) -> u64 {
        self.known().generation
    }

    /// Verifies the signature of a token under one of this issuer's keys.
    pub(super) async fn verify(self: &Arc<Self>, token: &Presented<'_>) -> Result<(), Refusal> {
        if let Some(verdict) = self.verdict(token) {
            self.refresh_when_stale();
            return verdict;
        }
        self.refresh_to_its_end().await;
        let missing = if self.known().fetched_at.is_some() { Refusal::Key } else { Refusal::KeysUnavailable };
        self.verdict(token).unwrap_or(Err(missing))
    }

    fn verdict(&self, token: &Presented<'_>) -> Option<Result<(), Refusal>> {
        let algorithm: Algorithm = token.algorithm;
        let holds = self.known().keys.verify(&token.kid, algorithm, token.message, token.signature)?;
        Some(if holds { Ok(()) } else { Err(Refusal::Signature) })
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Refreshes in a task of its own: a client that hangs up must not break off the fetch others wait for,
    /// nor have it begun anew.
    async fn refresh_to_its_end(self: &Arc<Self>) {
        let issuer = Arc::clone(self);
        // A task that panicked fetched nothing, which the caller sees for himself.
        let _ = tokio::spawn(async move { issuer.refresh().await }).await;
    }

    /// Fetches the keys, unless somebody did so just now.
    async fn refresh(&self) {
        let mut last_attempt = self.last_attempt.lock().await;
        if last_attempt.is_some_and(|at| at.elapsed() < self.refetch_after) {
            return;
        }
        match self.fetch_keys().await {
            Ok(keys) => self.replace(keys),
            Err(problem) => {
                tracing::warn!(issuer = %self.rules.issuer, problem, "the issuer's keys were not fetched");
            }
        }
        // Counted from the end, so that a slow issuer is not asked without pause.
        *last_attempt = Some(Instant::now());
    }

    /// Fetches old keys again, without making anybody wait.
    fn refresh_when_stale(self: &Arc<Self>) {
        let is_stale = self.known().fetched_at.is_some_and(|at| at.elapsed() > STALE_AFTER);
        if is_stale && self.last_attempt.try_lock().is_ok() {
            let issuer = Arc::clone(self);
            tokio::spawn(async move { issuer.refresh().await });
        }
    }

    fn replace(&self, keys: Keyring) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.fetched_at = Some(Instant::now());
        if !known.keys.is_same_as(&keys) {
            tracing::info!(issuer = %self.rules.issuer, keys = keys.len(), "the issuer has other keys");
            known.generation += 1;
            known.keys = Arc::new(keys);
        }
    }

    async fn fetch_keys(&self) -> Result<Keyring, &'static str> {
        let discovery =
            format!("{}/.well-known/openid-configuration", self.rules.issuer.trim_end_matches('/'));
        let discovery = Url::parse(&discovery).map_err(|_| "the issuer is no URL")?;
        let document = self.fetch.get(&discovery).await.map_err(|_| "no discovery document")?;
        let document: Discovery =
            serde_json::from_slice(&document).map_err(|_| "the discovery document cannot be read")?;
        if document.issuer != self.rules.issuer {
            return Err("the discovery document is another issuer's");
        }
        let jwks = Url::parse(&document.jwks_uri).map_err(|_| "jwks_uri is no URL")?;
        let local = |url: &Url| url.scheme() == "http" && is_loopback(url);
        if jwks.scheme() != "https" && !(local(&jwks) && local(&discovery)) {
            return Err("jwks_uri is not https");
        }
        let keys = self.fetch.get(&jwks).await.map_err(|_| "no JWKS")?;
        Keyring::read(&keys).ok_or("the JWKS cannot be read")
    }
}
