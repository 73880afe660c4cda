//! An identity provider that signs whatever it is told and can be made to fail in every way.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::Url;
use serde_json::{Value, json};

use crate::authn::fetch::{Fetch, FetchError};
use crate::config::Issuer;

pub(super) const ISSUER: &str = "https://idp.example.nl/realms/zvh";

/// One RSA key for all tests: making one takes a second.
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

#[derive(Debug)]
pub(super) struct Idp {
    ec: Mutex<EcdsaKeyPair>,
    pub(super) discovery: Mutex<Value>,
    pub(super) jwks: Mutex<Value>,
    pub(super) fetches: AtomicUsize,
    pub(super) is_down: AtomicBool,
    pub(super) delay: Duration,
}

pub(super) fn rules() -> Issuer {
    Issuer {
        issuer: ISSUER.into(),
        audience: "vangnet".into(),
        allowed_clients: Vec::new(),
        nl_gov: false,
        max_lifetime_seconds: 3600,
        leeway_seconds: 30,
    }
}

/// A valid header for an algorithm of this provider.
pub(super) fn header(algorithm: &str) -> Value {
    let kid = if algorithm == "ES256" { "ec-1" } else { "rsa-1" };
    json!({"alg": algorithm, "typ": "at+jwt", "kid": kid})
}

/// Valid claims at a moment.
pub(super) fn claims(now: DateTime<Utc>) -> Value {
    let now = now.timestamp();
    json!({
        "iss": ISSUER, "sub": "professional-1", "aud": "vangnet", "azp": "app", "jti": "0f5c3a",
        "iat": now - 10, "nbf": now - 10, "exp": now + 300,
    })
}

pub(super) fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

fn new_ec() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

fn ec_jwk(key: &EcdsaKeyPair, kid: &str) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": encode(&point[1..33]), "y": encode(&point[33..])})
}

pub(super) fn rsa_jwk(kid: &str) -> Value {
    let public = RSA.public_key();
    let n = public.modulus().big_endian_without_leading_zero().to_vec();
    let e = public.exponent().big_endian_without_leading_zero().to_vec();
    json!({"kty": "RSA", "use": "sig", "kid": kid, "n": encode(n), "e": encode(e)})
}

/// The public RSA key as DER: what a confused verifier would take for an HMAC secret.
pub(super) fn rsa_der() -> Vec<u8> {
    AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(RSA.public_key()).unwrap().as_ref().to_vec()
}

impl Idp {
    pub(super) fn new() -> Arc<Self> {
        Self::slow(Duration::ZERO)
    }

    pub(super) fn slow(delay: Duration) -> Arc<Self> {
        let ec = new_ec();
        let jwks = json!({"keys": [
            {"kty": "oct", "kid": "hmac", "k": "c2VjcmV0"}, rsa_jwk("rsa-1"), ec_jwk(&ec, "ec-1"),
        ]});
        let discovery = json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/certs")});
        Arc::new(Self {
            ec: Mutex::new(ec),
            discovery: Mutex::new(discovery),
            jwks: Mutex::new(jwks),
            fetches: AtomicUsize::new(0),
            is_down: AtomicBool::new(false),
            delay,
        })
    }

    /// Signs with a new key from now on, and publishes only that.
    pub(super) fn roll(&self, kid: &str) {
        let fresh = new_ec();
        *self.jwks.lock().unwrap() = json!({"keys": [ec_jwk(&fresh, kid)]});
        *self.ec.lock().unwrap() = fresh;
    }

    pub(super) fn ec_public(&self) -> Value {
        ec_jwk(&self.ec.lock().unwrap(), "ec-1")
    }

    pub(super) fn sign_ec(&self, message: &str) -> String {
        let signature = self.ec.lock().unwrap().sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature))
    }

    pub(super) fn es256(&self, header: &Value, claims: &Value) -> String {
        self.sign_ec(&unsigned(header, claims))
    }

    pub(super) fn count(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

pub(super) fn rs256(header: &Value, claims: &Value) -> String {
    sign_rsa(&RSA_PKCS1_SHA256, &unsigned(header, claims))
}

pub(super) fn ps256(header: &Value, claims: &Value) -> String {
    sign_rsa(&RSA_PSS_SHA256, &unsigned(header, claims))
}

pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header.to_string()), encode(claims.to_string()))
}

fn sign_rsa(encoding: &'static dyn RsaEncoding, message: &str) -> String {
    let mut signature = vec![0; RSA.public_modulus_len()];
    RSA.sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", encode(signature))
}

impl Fetch for Idp {
    fn get<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(async move {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.delay).await;
            if self.is_down.load(Ordering::SeqCst) {
                return Err(FetchError::Unreachable);
            }
            let is_discovery = url.path().ends_with("/.well-known/openid-configuration");
            let document = if is_discovery { &self.discovery } else { &self.jwks };
            Ok(Bytes::from(document.lock().unwrap().to_string()))
        })
    }
}
