//! What a bearer token says, and whether its header and claims may be accepted.
//!
//! Pure: no key, no network, and the time is given. Everything read here is a claim of whoever sent it until
//! the signature has been verified. The rules are ours; those of the JWT library are not used.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::Algorithm;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::Caller;
use crate::config::Issuer;

/// The longest token that is looked at.
const MAX_BYTES: usize = 8 * 1024;
/// The longest subject, key id or other name within one.
const MAX_NAME: usize = 255;
/// The year 9999: no token lasts longer, and no arithmetic on a date in it overflows.
const END_OF_TIME: i64 = 253_402_300_799;

/// Why a token was refused: for the log. The client only hears that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No JWT, or one with parts that cannot be read.
    Malformed,
    /// An algorithm outside our own list.
    Algorithm,
    /// A type other than JWT or at+jwt.
    Type,
    /// A header that asks what we do not do: `crit`, an embedded key, compression, encryption.
    Header,
    /// An issuer that is not configured.
    Issuer,
    /// A key the issuer does not have.
    Key,
    /// The issuer's keys could not be fetched.
    KeysUnavailable,
    /// A signature that does not hold.
    Signature,
    /// For another service.
    Audience,
    /// No longer valid.
    Expired,
    /// Not yet valid.
    NotYet,
    /// Times that contradict each other or the profile.
    Lifetime,
    /// No usable subject.
    Subject,
    /// A client that is not on the list.
    Client,
    /// Short of what the NL GOV profile requires.
    Profile,
    /// Bound to a key of the sender, which a bearer token cannot prove.
    SenderBound,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A token taken apart; nothing of it is proven yet.
pub(super) struct Presented<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    pub(super) claims: Claims,
    /// The text that was signed.
    pub(super) message: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Presented<'a> {
    /// Takes a token apart and refuses what its header asks beyond a plain signature.
    pub(super) fn read(token: &'a str) -> Result<Self, Refusal> {
        if token.len() > MAX_BYTES {
            return Err(Refusal::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refusal::Malformed)?;
        let header: Header = part(header)?;
        let (algorithm, kid) = header.accepted()?;
        // A dot in either part, or anything else outside the alphabet, is no base64.
        let claims = part(claims)?;
        URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
        Ok(Self { algorithm, kid, claims, message, signature })
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, Refusal> {
    let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Refusal::Malformed)?;
    // An array would pass for a struct.
    let is_object = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let read = serde_json::from_slice(&json).ok().filter(|_| is_object);
    read.ok_or(Refusal::Malformed)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default)]
    crit: Present,
    #[serde(default)]
    jwk: Present,
    #[serde(default)]
    jku: Present,
    #[serde(default)]
    x5u: Present,
    #[serde(default)]
    b64: Present,
    #[serde(default)]
    zip: Present,
    #[serde(default)]
    enc: Present,
}

impl Header {
    fn accepted(self) -> Result<(Algorithm, String), Refusal> {
        let algorithm = match self.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "PS256" => Algorithm::PS256,
            "ES256" => Algorithm::ES256,
            _ => return Err(Refusal::Algorithm),
        };
        let asked = [self.crit, self.jwk, self.jku, self.x5u, self.b64, self.zip, self.enc];
        if asked.iter().any(|present| present.0) {
            return Err(Refusal::Header);
        }
        let typ = self.typ.ok_or(Refusal::Type)?.to_ascii_lowercase();
        if !matches!(typ.as_str(), "jwt" | "at+jwt" | "application/at+jwt") {
            return Err(Refusal::Type);
        }
        let kid = self.kid.filter(|kid| is_name(kid)).ok_or(Refusal::Key)?;
        Ok((algorithm, kid))
    }
}

/// Whether a member is there at all, even as null.
#[derive(Default, Clone, Copy)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// The claims that are read. A claim that stands there twice is malformed.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    azp: Option<String>,
    client_id: Option<String>,
    jti: Option<String>,
    /// Keycloak's own type of token within the claims.
    typ: Option<String>,
    acr: Option<serde_json::Value>,
    auth_time: Option<NumericDate>,
    #[serde(default)]
    cnf: Present,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(only) => only == wanted,
            Self::Many(all) => all.iter().any(|one| one == wanted),
        }
    }
}

/// Seconds since 1970, whole or with a fraction that is dropped.
#[derive(Clone, Copy)]
struct NumericDate(DateTime<Utc>);

impl<'de> Deserialize<'de> for NumericDate {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let seconds = match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Some(whole),
            (None, Some(fraction)) if fraction.abs() < 1e12 => Some(fraction.floor() as i64),
            (None, _) => None,
        };
        let in_range = seconds.filter(|seconds| (0..=END_OF_TIME).contains(seconds));
        let date = in_range.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        date.map(Self).ok_or_else(|| serde::de::Error::custom("not a date"))
    }
}

impl Claims {
    /// Whether these claims, now that their signature holds, are for us and valid at `now`.
    pub(super) fn accept(self, rules: &Issuer, now: DateTime<Utc>) -> Result<Caller, Refusal> {
        let expires_at = self.check_times(rules, now)?;
        if !self.aud.as_ref().is_some_and(|audience| audience.holds(&rules.audience)) {
            return Err(Refusal::Audience);
        }
        if matches!(self.typ.as_deref(), Some("ID" | "Refresh" | "Offline" | "Logout")) {
            return Err(Refusal::Type);
        }
        if self.cnf.0 {
            return Err(Refusal::SenderBound);
        }
        self.check_client(rules)?;
        let subject = self.sub.filter(|subject| is_name(subject)).ok_or(Refusal::Subject)?;
        Ok(Caller {
            issuer: self.iss,
            subject,
            expires_at,
            acr: self.acr.as_ref().and_then(serde_json::Value::as_str).map(str::to_owned),
            authenticated_at: self.auth_time.map(|date| date.0),
        })
    }

    fn check_times(&self, rules: &Issuer, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        let leeway = Duration::seconds(rules.leeway_seconds.into());
        let NumericDate(expires_at) = self.exp.ok_or(Refusal::Lifetime)?;
        if now >= expires_at + leeway {
            return Err(Refusal::Expired);
        }
        let begins = [self.nbf, self.iat];
        if begins.iter().flatten().any(|NumericDate(begin)| *begin > now + leeway) {
            return Err(Refusal::NotYet);
        }
        if begins.iter().flatten().any(|NumericDate(begin)| *begin >= expires_at) {
            return Err(Refusal::Lifetime);
        }
        if rules.nl_gov {
            let NumericDate(issued_at) = self.iat.ok_or(Refusal::Profile)?;
            let longest = Duration::seconds(rules.max_lifetime_seconds.into());
            if expires_at - issued_at > longest {
                return Err(Refusal::Lifetime);
            }
        }
        Ok(expires_at)
    }

    fn check_client(&self, rules: &Issuer) -> Result<(), Refusal> {
        let names = [&self.azp, &self.client_id];
        let mut clients = names.into_iter().flatten();
        let client = clients.next();
        if clients.next().is_some_and(|other| Some(other) != client) {
            return Err(Refusal::Client);
        }
        let is_allowed = |client: &String| rules.allowed_clients.contains(client);
        if !rules.allowed_clients.is_empty() && !client.is_some_and(is_allowed) {
            return Err(Refusal::Client);
        }
        let has = |claim: &Option<String>| claim.as_deref().is_some_and(is_name);
        if rules.nl_gov && !(has(&self.azp) && has(&self.jti)) {
            return Err(Refusal::Profile);
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}
