//! The identity provider of the demo: a real issuer that hands a token to whoever asks.
//!
//! It signs with its own key, publishes discovery and keys, and is verified like any other issuer. Its
//! documents reach the verifier in process ([`Fetch`]) instead of over loopback: they are the same bytes
//! under the same checks, and the server need not be listening, nor know its own address, to verify.
//! It cannot be built in production, and it invents nobody: the personas are given.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::Url;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use waarborg::clock::Clock;

use super::fetch::{Fetch, FetchError};
use crate::config::{self, Mode};

/// How long a token of the demo lasts, in seconds.
const LIFETIME: i64 = 3600;
const KEY_FILE: &str = "demo-issuer.p8";
const CLIENT: &str = "vangnet-demo";
/// The levels of eIDAS with which a persona can be signed in, the usual one first.
const ACR_VALUES: [&str; 3] = [
    "http://eidas.europa.eu/LoA/substantial",
    "http://eidas.europa.eu/LoA/high",
    "http://eidas.europa.eu/LoA/low",
];

/// Somebody the demo can sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// The subject of the tokens: what `?persona=` names.
    pub subject: String,
    /// What to call this person.
    pub name: String,
    /// Who this is, in a sentence.
    pub description: String,
    /// The organisation this person works for.
    pub organisation: String,
    /// The involvement through which this person sees anything.
    pub involvement: String,
}

/// A persona with a token: what the explorer offers to sign in with.
#[derive(Debug, Clone, Serialize)]
pub struct SignedInPersona<'a> {
    subject: &'a str,
    name: &'a str,
    description: &'a str,
    organisation: &'a str,
    involvement: &'a str,
    token: String,
}

/// Why there is no demo issuer.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// This is production.
    #[error("the demo issuer does not exist in production")]
    Production,
    /// The key file cannot be read or made.
    #[error("the key of the demo issuer cannot be kept: {0}")]
    File(#[from] io::Error),
    /// The key file holds something else.
    #[error("the key file of the demo issuer holds no key; remove it to have another made")]
    Key,
}

/// The issuer.
#[derive(Debug)]
pub struct DemoIssuer {
    issuer: String,
    audience: String,
    personas: Vec<Persona>,
    clock: Clock,
    key: EcdsaKeyPair,
    kid: String,
}

impl DemoIssuer {
    /// Opens the issuer, in any mode but production. `base` is the server's own address, `folder` where its
    /// key is kept; the key is made at the first start.
    pub fn open(
        mode: Mode,
        folder: &Path,
        base: &str,
        personas: Vec<Persona>,
        clock: Clock,
    ) -> Result<Self, DemoError> {
        match mode {
            Mode::Production => return Err(DemoError::Production),
            Mode::Demo => {}
        }
        let pkcs8 = read_or_make_key(folder)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8);
        let key = key.map_err(|_| DemoError::Key)?;
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA256, key.public_key().as_ref()));
        let issuer = format!("{}/demo/oidc", base.trim_end_matches('/'));
        Ok(Self { issuer, audience: "vangnet".to_owned(), personas, clock, key, kid })
    }

    /// How the verifier is told to trust this issuer.
    pub fn rules(&self) -> config::Issuer {
        config::Issuer {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            allowed_clients: vec![CLIENT.to_owned()],
            nl_gov: true,
            max_lifetime_seconds: 3600,
            leeway_seconds: 30,
        }
    }

    /// The discovery document.
    pub fn discovery(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "jwks_uri": format!("{}/jwks", self.issuer),
            "token_endpoint": format!("{}/token", self.issuer),
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "acr_values_supported": ACR_VALUES,
        })
    }

    /// The public key, as a JWKS.
    pub fn jwks(&self) -> Value {
        // An uncompressed point: a byte 4, then both coordinates.
        let point = self.key.public_key().as_ref();
        let coordinate = |range| URL_SAFE_NO_PAD.encode(point.get(range).unwrap_or_default());
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": coordinate(1..33), "y": coordinate(33..65),
        }]})
    }

    /// A fresh token for a persona; nothing when nobody is called so, or when there is no randomness.
    pub fn token(&self, subject: &str) -> Option<String> {
        self.token_at(subject, ACR_VALUES[0])
    }

    /// The same, signed in with another `acr`; nothing when the issuer does not know that one.
    pub fn token_at(&self, subject: &str, acr: &str) -> Option<String> {
        let persona = self.personas.iter().find(|persona| persona.subject == subject)?;
        let acr = ACR_VALUES.iter().find(|known| **known == acr)?;
        self.sign(&persona.subject, acr)
    }

    /// Every persona with a fresh token.
    pub fn personas(&self) -> Vec<SignedInPersona<'_>> {
        let signed_in = self.personas.iter().filter_map(|persona| {
            let Persona { subject, name, description, organisation, involvement } = persona;
            let token = self.sign(subject, ACR_VALUES[0])?;
            Some(SignedInPersona { subject, name, description, organisation, involvement, token })
        });
        signed_in.collect()
    }

    /// How long a token lasts, in seconds.
    pub fn lifetime(&self) -> i64 {
        LIFETIME
    }

    fn sign(&self, subject: &str, acr: &str) -> Option<String> {
        let now = self.clock.now().timestamp();
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": self.kid});
        let claims = json!({
            "iss": self.issuer, "sub": subject, "aud": self.audience, "azp": CLIENT, "client_id": CLIENT,
            "iat": now, "nbf": now, "exp": now + LIFETIME, "auth_time": now,
            "jti": Uuid::new_v4(), "acr": acr,
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).ok()?;
        Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Fetch for DemoIssuer {
    fn get<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        let document = match url.as_str().strip_prefix(self.issuer.as_str()) {
            Some("/.well-known/openid-configuration") => Ok(self.discovery()),
            Some("/jwks") => Ok(self.jwks()),
            _ => Err(FetchError::NotFound),
        };
        let document = document.map(|document| Bytes::from(document.to_string()));
        Box::pin(std::future::ready(document))
    }
}

/// The key is written whole under another name first, so that a crash leaves no half of one.
fn read_or_make_key(folder: &Path) -> Result<Vec<u8>, DemoError> {
    let file = folder.join(KEY_FILE);
    match fs::read(&file) {
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
        read => return Ok(read?),
    }
    fs::create_dir_all(folder)?;
    let fresh = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| DemoError::Key)?;
    let pkcs8 = fresh.to_pkcs8v1().map_err(|_| DemoError::Key)?;
    let unfinished = folder.join(format!("{KEY_FILE}.{}", Uuid::new_v4()));
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    out.write_all(pkcs8.as_ref())?;
    out.sync_all()?;
    fs::rename(&unfinished, &file)?;
    Ok(pkcs8.as_ref().to_vec())
}
