//! The public keys of one issuer, as its JWKS gave them.
//!
//! A key is used only for the algorithm of its own type, found only by its id, and never taken from a token.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The most keys of one issuer that are kept.
const MAX_KEYS: usize = 64;

/// The keys of an issuer at one moment.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    kid: String,
    kind: Kind,
    /// The one algorithm the issuer names for it, when it does.
    only: Option<Algorithm>,
    decoding: DecodingKey,
    fingerprint: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
}

/// One member of a JWKS, read loosely: what we cannot use is passed over, not an error.
#[derive(Deserialize)]
struct Published {
    kid: String,
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<Value>,
}

impl Keyring {
    /// Reads a JWKS; nothing when it is no JWKS at all.
    pub(super) fn read(jwks: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Jwks {
            keys: Vec<Value>,
        }
        let jwks: Jwks = serde_json::from_slice(jwks).ok()?;
        let published = jwks.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Some(Self { keys: published.filter_map(Key::usable).take(MAX_KEYS).collect() })
    }

    /// Whether `signature` over `message` holds under the key `kid` for `algorithm`; nothing without such a key.
    pub(super) fn verify(
        &self,
        kid: &str,
        algorithm: Algorithm,
        message: &str,
        signature: &str,
    ) -> Option<bool> {
        let key = self.keys.iter().find(|key| key.kid == kid && key.serves(algorithm))?;
        let verdict = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.decoding, algorithm);
        Some(verdict.unwrap_or(false))
    }

    /// Whether this holds exactly the keys of `other`.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let identity = |ring: &Self| -> Vec<_> {
            ring.keys.iter().map(|key| (key.kid.clone(), key.only, key.fingerprint)).collect()
        };
        identity(self) == identity(other)
    }

    /// How many keys are usable.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}

impl Key {
    fn usable(published: Published) -> Option<Self> {
        let to_sign = published.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let to_verify = published.key_ops.as_ref().is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !to_sign || !to_verify || published.d.is_some() {
            return None;
        }
        let (kind, decoding, material) = match (published.kty.as_str(), published.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (published.n?, published.e?);
                let bytes = URL_SAFE_NO_PAD.decode(&n).ok()?;
                let bits = bytes.iter().skip_while(|byte| **byte == 0).count() * 8;
                if !(2048..=8192).contains(&bits) {
                    return None;
                }
                (Kind::Rsa, DecodingKey::from_rsa_components(&n, &e).ok()?, format!("{n}.{e}"))
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (published.x?, published.y?);
                let is_whole =
                    |part: &String| URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| bytes.len() == 32);
                if !is_whole(&x) || !is_whole(&y) {
                    return None;
                }
                (Kind::P256, DecodingKey::from_ec_components(&x, &y).ok()?, format!("{x}.{y}"))
            }
            _ => return None,
        };
        let only = match published.alg.as_deref() {
            None => None,
            Some("RS256") => Some(Algorithm::RS256),
            Some("PS256") => Some(Algorithm::PS256),
            Some("ES256") => Some(Algorithm::ES256),
            Some(_) => return None,
        };
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, material.as_bytes()).as_ref());
        Some(Self { kid: published.kid, kind, only, decoding, fingerprint })
    }

    fn serves(&self, algorithm: Algorithm) -> bool {
        let fits = match self.kind {
            Kind::Rsa => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
            Kind::P256 => algorithm == Algorithm::ES256,
        };
        fits && self.only.is_none_or(|only| only == algorithm)
    }
}
