//! The verifier against a small identity provider of its own, forged tokens, and failing issuers.

mod fetching;
mod forged;
mod idp;
mod issuers;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use serde_json::json;
use waarborg::clock::Clock;

use self::idp::{ISSUER, Idp, claims, header, ps256, rs256, rules};
use super::*;
use crate::config::Issuer;

/// Noon of a day on which nothing happens.
fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 6, 2, 12, 0, 0).unwrap()
}

fn verifier(idp: &Arc<Idp>, rules: Issuer) -> Verifier {
    Verifier::new(Clock::set_to(noon())).trusting(rules, Arc::clone(idp) as Arc<dyn fetch::Fetch>)
}

async fn verdict(idp: &Arc<Idp>, rules: Issuer, token: &str) -> Result<Arc<Caller>, Refusal> {
    verifier(idp, rules).verify(token).await
}

#[tokio::test]
async fn a_token_becomes_a_caller() {
    let idp = Idp::new();
    let mut said = claims(noon());
    said["acr"] = json!("http://eidas.europa.eu/LoA/high");
    said["auth_time"] = json!(noon().timestamp() - 60);
    let caller = verdict(&idp, rules(), &idp.es256(&header("ES256"), &said)).await.unwrap();
    let expected = Caller {
        issuer: ISSUER.into(),
        subject: "professional-1".into(),
        expires_at: noon() + TimeDelta::seconds(300),
        acr: Some("http://eidas.europa.eu/LoA/high".into()),
        authenticated_at: Some(noon() - TimeDelta::seconds(60)),
    };
    assert_eq!(*caller, expected);
}

#[tokio::test]
async fn three_algorithms_two_types_and_both_shapes_of_audience_are_accepted() {
    let idp = Idp::new();
    let mut many = claims(noon());
    many["aud"] = json!(["account", "vangnet"]);
    let mut keycloak = header("RS256");
    keycloak["typ"] = json!("JWT");
    let tokens = [
        idp.es256(&header("ES256"), &claims(noon())),
        rs256(&header("RS256"), &claims(noon())),
        ps256(&header("PS256"), &claims(noon())),
        rs256(&keycloak, &many),
    ];
    for token in tokens {
        assert!(verdict(&idp, rules(), &token).await.is_ok(), "{token}");
    }
}

#[tokio::test]
async fn times_are_judged_by_our_clock_to_the_second() {
    let idp = Idp::new();
    // Seconds from now: exp, nbf, iat; and whether that is accepted with thirty seconds of leeway.
    let cases = [
        (300, -10, -10, Ok(())),
        (-29, -300, -300, Ok(())),
        (-30, -300, -300, Err(Refusal::Expired)),
        (300, 30, 0, Ok(())),
        (300, 31, 0, Err(Refusal::NotYet)),
        (300, 0, 30, Ok(())),
        (300, 0, 31, Err(Refusal::NotYet)),
        (10, 20, 0, Err(Refusal::Lifetime)),
        (10, 0, 10, Err(Refusal::Lifetime)),
    ];
    for (exp, nbf, iat, expected) in cases {
        let mut said = claims(noon());
        for (claim, offset) in [("exp", exp), ("nbf", nbf), ("iat", iat)] {
            said[claim] = json!(noon().timestamp() + offset);
        }
        let verdict = verdict(&idp, rules(), &idp.es256(&header("ES256"), &said)).await;
        assert_eq!(verdict.map(|_| ()), expected, "exp {exp} nbf {nbf} iat {iat}");
    }
}

#[tokio::test]
async fn nbf_and_iat_may_be_left_out_and_a_fraction_is_a_date() {
    let idp = Idp::new();
    let mut said = claims(noon());
    said.as_object_mut().unwrap().retain(|claim, _| claim != "nbf" && claim != "iat");
    said["exp"] = json!(1_748_865_900.75);
    assert!(verdict(&idp, rules(), &idp.es256(&header("ES256"), &said)).await.is_ok());
}

#[tokio::test]
async fn clients_are_held_to_their_list() {
    let idp = Idp::new();
    let strict = Issuer { allowed_clients: vec!["app".into()], ..rules() };
    let cases = [
        (json!("app"), json!(null), true),
        (json!(null), json!("app"), true),
        (json!("app"), json!("app"), true),
        (json!("other"), json!(null), false),
        (json!("app"), json!("other"), false),
        (json!(null), json!(null), false),
    ];
    for (azp, client_id, is_accepted) in cases {
        let mut said = claims(noon());
        (said["azp"], said["client_id"]) = (azp.clone(), client_id.clone());
        let verdict = verdict(&idp, strict.clone(), &idp.es256(&header("ES256"), &said)).await;
        assert_eq!(verdict.is_ok(), is_accepted, "azp {azp} client_id {client_id}");
    }
}

#[tokio::test]
async fn the_nl_gov_profile_asks_more() {
    type Change = fn(&mut serde_json::Value);
    let idp = Idp::new();
    let profile = Issuer { nl_gov: true, ..rules() };
    let token = |change: Change| {
        let mut said = claims(noon());
        said["exp"] = json!(noon().timestamp() + 3600);
        said["iat"] = json!(noon().timestamp());
        change(&mut said);
        idp.es256(&header("ES256"), &said)
    };
    assert!(verdict(&idp, profile.clone(), &token(|_| {})).await.is_ok());
    let short: [(Change, Refusal); 5] = [
        (|said| said["azp"] = json!(null), Refusal::Profile),
        (|said| said["jti"] = json!(null), Refusal::Profile),
        (|said| said["jti"] = json!(" "), Refusal::Profile),
        (|said| said["iat"] = json!(null), Refusal::Profile),
        (|said| said["exp"] = json!(said["exp"].as_i64().unwrap() + 1), Refusal::Lifetime),
    ];
    for (change, expected) in short {
        assert_eq!(verdict(&idp, profile.clone(), &token(change)).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_remembered_token_still_expires() {
    let idp = Idp::new();
    let clock = Clock::set_to(noon());
    let verifier = Verifier::new(clock.clone()).trusting(rules(), Arc::clone(&idp) as _);
    let token = idp.es256(&header("ES256"), &claims(noon()));
    for _ in 0..3 {
        assert!(verifier.verify(&token).await.is_ok());
    }
    clock.advance(TimeDelta::seconds(329));
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(verifier.verify(&token).await.unwrap_err(), Refusal::Expired);
}

mod demo_issuer {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::authn::demo::{DemoError, DemoIssuer, Persona};
    use crate::config::Mode;

    fn personas() -> Vec<Persona> {
        let persona = |subject: &str| Persona {
            subject: subject.into(),
            name: "Sanne de Wit".into(),
            description: "Wijkverpleegkundige".into(),
            organisation: "Wijkteam Noord".into(),
            involvement: "BETROKKEN".into(),
        };
        vec![persona("sanne"), persona("mo")]
    }

    fn open(folder: &std::path::Path, clock: &Clock) -> Result<DemoIssuer, DemoError> {
        DemoIssuer::open(Mode::Demo, folder, "http://127.0.0.1:8080/", personas(), clock.clone())
    }

    #[tokio::test]
    async fn its_tokens_are_verified_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::set_to(noon());
        let demo = Arc::new(open(folder.path(), &clock).unwrap());
        let verifier = Verifier::new(clock.clone()).trusting(demo.rules(), Arc::clone(&demo) as _);
        let token = demo.token("sanne").unwrap();
        assert_eq!(verifier.verify(&token).await.unwrap().subject, "sanne");
        assert_eq!(demo.personas().len(), 2);
        assert!(demo.token("nobody").is_none());
        clock.advance(TimeDelta::seconds(3630));
        assert_eq!(verifier.verify(&token).await.unwrap_err(), Refusal::Expired);
    }

    #[tokio::test]
    async fn its_key_survives_a_restart_and_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::set_to(noon());
        let first = open(folder.path(), &clock).unwrap();
        let second = Arc::new(open(folder.path(), &clock).unwrap());
        let verifier = Verifier::new(clock.clone()).trusting(second.rules(), second as _);
        assert!(verifier.verify(&first.token("mo").unwrap()).await.is_ok());
        let file = folder.path().join("demo-issuer.p8");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
        let other = open(tempfile::tempdir().unwrap().path(), &clock).unwrap();
        assert_eq!(verifier.verify(&other.token("mo").unwrap()).await.unwrap_err(), Refusal::Key);
        std::fs::write(&file, "no key").unwrap();
        assert!(matches!(open(folder.path(), &clock), Err(DemoError::Key)));
    }

    #[test]
    fn it_cannot_be_built_in_production() {
        let folder = tempfile::tempdir().unwrap();
        let refused =
            DemoIssuer::open(Mode::Production, folder.path(), "http://x", personas(), Clock::system());
        assert!(matches!(refused, Err(DemoError::Production)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no key is made");
    }
}
