//! Every way we know to make a token that is not one. None may be accepted.

use aws_lc_rs::hmac;
use serde_json::Value;

use super::idp::{encode, rsa_der, unsigned};
use super::*;

/// A forged token and what it pretends.
type Forgery = (String, String);

fn with(mut value: Value, member: &str, to: Value) -> Value {
    value[member] = to;
    value
}

fn without(mut value: Value, member: &str) -> Value {
    value.as_object_mut().unwrap().remove(member);
    value
}

fn hs256(secret: &[u8], header: &Value) -> String {
    let message = unsigned(header, &claims(noon()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", encode(tag))
}

/// Properly signed, with a header that must not be followed.
fn headers(idp: &Idp) -> Vec<Forgery> {
    let jwk = idp.ec_public();
    let changes = [
        ("typ", json!("ID")),
        ("typ", json!("JWS")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!("logout+jwt")),
        ("typ", json!(null)),
        ("typ", json!("")),
        ("typ", json!("JWT\u{0}")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(null)),
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert")),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("kid", json!("rsa-1")),
        ("kid", json!("hmac")),
        ("kid", json!("ec-1 ")),
        ("kid", json!("../../ec-1")),
        ("kid", json!("")),
        ("kid", json!(null)),
        ("kid", json!(1)),
        ("kid", json!("k".repeat(300))),
        ("alg", json!("none")),
        ("alg", json!("NONE")),
        ("alg", json!("ES384")),
        ("alg", json!("es256")),
        ("alg", json!("EdDSA")),
        ("alg", json!("ES256K")),
        ("alg", json!("RS256")),
        ("alg", json!(null)),
        ("alg", json!(["ES256"])),
    ];
    let forge = |(member, to): (&str, Value)| {
        let told = format!("header {member} = {to}");
        (told, idp.es256(&with(header("ES256"), member, to), &claims(noon())))
    };
    changes.into_iter().map(forge).collect()
}

/// Properly signed, with claims that are not for us.
fn said(idp: &Idp) -> Vec<Forgery> {
    let now = noon().timestamp();
    let changes = [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!(ISSUER.to_uppercase())),
        ("iss", json!([ISSUER])),
        ("iss", json!(null)),
        ("aud", json!("account")),
        ("aud", json!([])),
        ("aud", json!("VANGNET")),
        ("aud", json!("vangnet ")),
        ("aud", json!("v\u{430}ngnet")),
        ("aud", json!({"vangnet": true})),
        ("aud", json!(null)),
        ("sub", json!("")),
        ("sub", json!(" ")),
        ("sub", json!(null)),
        ("sub", json!(1)),
        ("sub", json!("s".repeat(256))),
        ("sub", json!("a\u{0}b")),
        ("exp", json!(now - 31)),
        ("exp", json!(null)),
        ("exp", json!((now + 300).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("nbf", json!(now + 31)),
        ("nbf", json!("0")),
        ("iat", json!(now + 31)),
        ("iat", json!(now + 300)),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("cnf", json!({"jkt": "x"})),
        ("client_id", json!("another")),
    ];
    let forge = |(member, to): (&str, Value)| {
        let told = format!("claim {member} = {to}");
        (told, idp.es256(&header("ES256"), &with(claims(noon()), member, to)))
    };
    let mut forged: Vec<_> = changes.into_iter().map(forge).collect();
    for member in ["iss", "aud", "sub", "exp"] {
        let token = idp.es256(&header("ES256"), &without(claims(noon()), member));
        forged.push((format!("no claim {member}"), token));
    }
    for member in ["alg", "typ", "kid"] {
        let token = idp.es256(&without(header("ES256"), member), &claims(noon()));
        forged.push((format!("no header {member}"), token));
    }
    forged
}

/// Signed wrongly, by somebody else, or not at all.
fn signatures(idp: &Idp) -> Vec<Forgery> {
    let valid = idp.es256(&header("ES256"), &claims(noon()));
    let (message, signature) = valid.rsplit_once('.').unwrap();
    let (first, second) = message.split_once('.').unwrap();
    let none = unsigned(&with(header("ES256"), "alg", json!("none")), &claims(noon()));
    let hmac_header = |kid: &str| json!({"alg": "HS256", "typ": "at+jwt", "kid": kid});
    let as_rsa = with(header("ES256"), "alg", json!("RS256"));
    let other_claims = encode(with(claims(noon()), "sub", json!("procesregisseur")).to_string());
    let stranger = Idp::new();
    let named = |told: &str, token: String| (told.to_owned(), token);
    vec![
        named("alg none, no signature", format!("{none}.")),
        named("alg none, our signature", format!("{none}.{signature}")),
        named("no signature", format!("{message}.")),
        named("no third part", message.to_owned()),
        named("a fourth part", format!("{valid}.x")),
        named("five parts, like JWE", format!("{valid}.x.y")),
        named("empty", String::new()),
        named("dots", "..".to_owned()),
        named("HS256 with the public RSA key", hs256(&rsa_der(), &hmac_header("rsa-1"))),
        named("HS256 with the published secret", hs256(b"secret", &hmac_header("hmac"))),
        named("HS256 with nothing", hs256(b"", &hmac_header("ec-1"))),
        named("a stranger's key under our kid", stranger.es256(&header("ES256"), &claims(noon()))),
        named("another's claims", format!("{first}.{other_claims}.{signature}")),
        named("RS256 said over an EC key", idp.es256(&as_rsa, &claims(noon()))),
        named("RS256 signed, PS256 said", rs256(&header("PS256"), &claims(noon()))),
        named("PS256 signed, RS256 said", ps256(&header("RS256"), &claims(noon()))),
        named("RSA signed, ES256 said", rs256(&header("ES256"), &claims(noon()))),
        named("zero signature", format!("{message}.{}", encode([0; 64]))),
        named("all ones", format!("{message}.{}", encode([255; 64]))),
        named("short signature", format!("{message}.{}", encode([1; 32]))),
        named("padded signature", format!("{valid}==")),
        named("leading space", format!(" {valid}")),
        named("trailing newline", format!("{valid}\n")),
        named("with its scheme", format!("Bearer {valid}")),
        named("plain base64", format!("{first}.{}+/.{signature}", &second[2..])),
        named("unicode", format!("{first}.{second}\u{2028}.{signature}")),
        named("over-long", format!("{message}.{}", "A".repeat(9000))),
    ]
}

/// Parts that are JSON of another shape, signed by us.
fn shapes(idp: &Idp) -> Vec<Forgery> {
    let good_header = encode(header("ES256").to_string());
    let good_claims = encode(claims(noon()).to_string());
    let doubled = claims(noon()).to_string().replacen('{', r#"{"sub":"procesregisseur","#, 1);
    let doubled_header = header("ES256").to_string().replacen('{', r#"{"alg":"none","#, 1);
    let array = json!(["ES256", "at+jwt", "ec-1"]).to_string();
    let cut = claims(noon()).to_string();
    let parts = [
        ("a claim twice", good_header.clone(), encode(doubled)),
        ("a header member twice", encode(doubled_header), good_claims.clone()),
        ("an array as header", encode(array), good_claims.clone()),
        ("an array as claims", good_header.clone(), encode("[]")),
        ("a string as claims", good_header.clone(), encode("\"x\"")),
        ("null claims", good_header.clone(), encode("null")),
        ("no claims", good_header.clone(), String::new()),
        ("no header", String::new(), good_claims),
        ("cut claims", good_header.clone(), encode(&cut[..cut.len() - 1])),
        ("claims with a tail", good_header.clone(), encode(format!("{cut}{{}}"))),
        ("no UTF-8", good_header, encode([b'{', 0xff, b'}'])),
    ];
    let forge = |(told, header, claims): (&str, String, String)| {
        (told.to_owned(), idp.sign_ec(&format!("{header}.{claims}")))
    };
    parts.into_iter().map(forge).collect()
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let idp = Idp::new();
    let verifier = verifier(&idp, rules());
    let valid = idp.es256(&header("ES256"), &claims(noon()));
    assert!(verifier.verify(&valid).await.is_ok(), "else the corpus proves nothing");
    let corpora = [headers(&idp), said(&idp), signatures(&idp), shapes(&idp)];
    let corpus: Vec<Forgery> = corpora.into_iter().flatten().collect();
    assert!(corpus.len() >= 100, "{}", corpus.len());
    for (told, token) in corpus {
        assert!(verifier.verify(&token).await.is_err(), "accepted: {told}");
    }
}

#[tokio::test]
async fn no_cut_or_changed_character_is_accepted() {
    let idp = Idp::new();
    let verifier = verifier(&idp, rules());
    let valid = idp.es256(&header("ES256"), &claims(noon()));
    for length in 0..valid.len() {
        assert!(verifier.verify(&valid[..length]).await.is_err(), "accepted when cut at {length}");
    }
    for at in 0..valid.len() {
        let mut changed = valid.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verifier.verify(&changed).await.is_err(), "accepted when changed at {at}");
    }
    assert!(verifier.verify(&valid).await.is_ok());
}
