//! Issuers that roll their keys, go away, answer slowly or say something else.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;

use super::*;

/// Both documents are fetched each time.
const FETCHES: usize = 2;

fn quick(idp: &Arc<Idp>, refetch_after: Duration) -> Verifier {
    Verifier::new(Clock::set_to(noon()))
        .refetching_after(refetch_after)
        .trusting(rules(), Arc::clone(idp) as _)
}

#[tokio::test]
async fn keys_are_fetched_once_however_many_ask() {
    let idp = Idp::slow(Duration::from_millis(50));
    let verifier = verifier(&idp, rules());
    let tokens: Vec<_> = (0..50)
        .map(|i| {
            let mut said = claims(noon());
            said["sub"] = json!(format!("professional-{i}"));
            idp.es256(&header("ES256"), &said)
        })
        .collect();
    let verdicts = join_all(tokens.iter().map(|token| verifier.verify(token))).await;
    assert!(verdicts.iter().all(Result::is_ok));
    assert_eq!(idp.count(), FETCHES);
}

#[tokio::test]
async fn who_hangs_up_does_not_break_off_the_fetch() {
    let idp = Idp::slow(Duration::from_secs(1));
    let verifier = verifier(&idp, rules());
    let token = idp.es256(&header("ES256"), &claims(noon()));
    for _ in 0..10 {
        let hung_up = tokio::time::timeout(Duration::from_millis(5), verifier.verify(&token)).await;
        assert!(hung_up.is_err());
    }
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(idp.count(), FETCHES);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_fetches_once_in_the_interval() {
    let idp = Idp::new();
    let verifier = verifier(&idp, rules());
    for i in 0..200 {
        let mut unknown = header("ES256");
        unknown["kid"] = json!(format!("unknown-{i}"));
        let refusal = verifier.verify(&idp.es256(&unknown, &claims(noon()))).await.unwrap_err();
        assert_eq!(refusal, Refusal::Key);
    }
    assert_eq!(idp.count(), FETCHES);
}

#[tokio::test]
async fn keys_roll_without_a_restart() {
    let idp = Idp::new();
    let verifier = quick(&idp, Duration::from_millis(30));
    let old = idp.es256(&header("ES256"), &claims(noon()));
    assert!(verifier.verify(&old).await.is_ok());
    idp.roll("ec-2");
    let mut rolled = header("ES256");
    rolled["kid"] = json!("ec-2");
    let new = idp.es256(&rolled, &claims(noon()));
    tokio::time::sleep(Duration::from_millis(40)).await;
    assert!(verifier.verify(&new).await.is_ok());
    assert_eq!(
        verifier.verify(&old).await.unwrap_err(),
        Refusal::Key,
        "the withdrawn key's token was remembered"
    );
}

#[tokio::test]
async fn known_keys_work_while_the_issuer_is_away() {
    let idp = Idp::new();
    let verifier = quick(&idp, Duration::ZERO);
    assert!(verifier.verify(&idp.es256(&header("ES256"), &claims(noon()))).await.is_ok());
    idp.is_down.store(true, Ordering::SeqCst);
    let mut other = claims(noon());
    other["sub"] = json!("professional-2");
    assert!(verifier.verify(&idp.es256(&header("ES256"), &other)).await.is_ok());
    let mut unknown = header("ES256");
    unknown["kid"] = json!("ec-9");
    assert_eq!(verifier.verify(&idp.es256(&unknown, &other)).await.unwrap_err(), Refusal::Key);
    assert!(verifier.verify(&rs256(&header("RS256"), &other)).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_comes_up_later_is_believed_from_then_on() {
    let idp = Idp::new();
    idp.is_down.store(true, Ordering::SeqCst);
    let verifier = quick(&idp, Duration::from_millis(20));
    let token = idp.es256(&header("ES256"), &claims(noon()));
    assert_eq!(verifier.verify(&token).await.unwrap_err(), Refusal::KeysUnavailable);
    idp.is_down.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn what_an_issuer_must_not_say() {
    let documents = [
        json!({"issuer": "https://other.example.nl", "jwks_uri": format!("{ISSUER}/certs")}),
        json!({"issuer": format!("{ISSUER}/"), "jwks_uri": format!("{ISSUER}/certs")}),
        json!({"issuer": ISSUER, "jwks_uri": "http://idp.example.nl/certs"}),
        json!({"issuer": ISSUER, "jwks_uri": "http://127.0.0.1/certs"}),
        json!({"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": ISSUER, "jwks_uri": "certs"}),
        json!({"issuer": ISSUER}),
        json!([]),
    ];
    for document in documents {
        let idp = Idp::new();
        *idp.discovery.lock().unwrap() = document.clone();
        let refusal =
            verdict(&idp, rules(), &idp.es256(&header("ES256"), &claims(noon()))).await.unwrap_err();
        assert_eq!(refusal, Refusal::KeysUnavailable, "{document}");
    }
}

#[tokio::test]
async fn keys_that_are_not_for_us_are_passed_over() {
    let changes = [
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        ("alg", json!("HS256")),
        ("key_ops", json!(["sign"])),
        ("d", json!("cHJpdmF0ZQ")),
        ("crv", json!("P-384")),
        ("kty", json!("OKP")),
        ("x", json!("AQ")),
        ("kid", json!(null)),
    ];
    for (member, value) in changes {
        let idp = Idp::new();
        let mut key = idp.ec_public();
        key[member] = value.clone();
        *idp.jwks.lock().unwrap() = json!({"keys": [key]});
        let refusal =
            verdict(&idp, rules(), &idp.es256(&header("ES256"), &claims(noon()))).await.unwrap_err();
        assert_eq!(refusal, Refusal::Key, "{member} {value}");
    }
}

#[tokio::test]
async fn a_key_serves_only_the_algorithm_it_is_named_for() {
    let idp = Idp::new();
    let mut key = idp::rsa_jwk("rsa-1");
    key["alg"] = json!("PS256");
    *idp.jwks.lock().unwrap() = json!({"keys": [key]});
    assert!(verdict(&idp, rules(), &ps256(&header("PS256"), &claims(noon()))).await.is_ok());
    let refusal = verdict(&idp, rules(), &rs256(&header("RS256"), &claims(noon()))).await.unwrap_err();
    assert_eq!(refusal, Refusal::Key);
}

#[tokio::test]
async fn one_issuer_cannot_speak_for_another() {
    let (ours, theirs) = (Idp::new(), Idp::new());
    let other = Issuer { issuer: "https://other.example.nl".into(), ..rules() };
    *theirs.discovery.lock().unwrap() =
        json!({"issuer": other.issuer, "jwks_uri": "https://other.example.nl/k"});
    let verifier = Verifier::new(Clock::set_to(noon()))
        .trusting(rules(), Arc::clone(&ours) as _)
        .trusting(other.clone(), Arc::clone(&theirs) as _);
    let forged = theirs.es256(&header("ES256"), &claims(noon()));
    assert_eq!(verifier.verify(&forged).await.unwrap_err(), Refusal::Signature);
    let mut own = claims(noon());
    own["iss"] = json!(other.issuer);
    assert!(verifier.verify(&theirs.es256(&header("ES256"), &own)).await.is_ok());
}
