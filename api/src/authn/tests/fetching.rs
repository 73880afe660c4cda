//! The HTTP client against a server on loopback that answers badly.

use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use reqwest::Url;
use tokio::net::TcpListener;

use super::fetch::{Fetch, FetchError, Remote};
use super::*;

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_bad_answer_is_no_answer() {
    let router = Router::new()
        .route("/good", get(|| async { "{}" }))
        .route("/large", get(|| async { "x".repeat(256 * 1024 + 1) }))
        .route("/missing", get(|| async { (StatusCode::NOT_FOUND, "{}") }))
        .route("/moved", get(|| async { Redirect::temporary("/good") }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_mins(1)).await }));
    let base = serve(router).await;
    let remote = Remote::new().unwrap();
    let cases = [
        ("/good", Ok("{}".into())),
        ("/large", Err(FetchError::TooLarge)),
        ("/missing", Err(FetchError::Status)),
        ("/moved", Err(FetchError::Status)),
    ];
    for (path, expected) in cases {
        let url = Url::parse(&format!("{base}{path}")).unwrap();
        assert_eq!(remote.get(&url).await, expected, "{path}");
    }
    let start = Instant::now();
    let slow = Url::parse(&format!("{base}/slow")).unwrap();
    assert_eq!(remote.get(&slow).await, Err(FetchError::Unreachable));
    assert!(start.elapsed() < Duration::from_secs(10));
    let nobody = Url::parse("http://127.0.0.1:1/").unwrap();
    assert_eq!(remote.get(&nobody).await, Err(FetchError::Unreachable));
}

#[tokio::test]
async fn a_real_issuer_is_found_by_discovery() {
    let idp = Idp::new();
    let jwks = idp.jwks.lock().unwrap().to_string();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}/realms/zvh", listener.local_addr().unwrap());
    let discovery = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/certs")}).to_string();
    let router = Router::new()
        .route("/realms/zvh/.well-known/openid-configuration", get(|| async { discovery }))
        .route("/realms/zvh/certs", get(|| async { jwks }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let rules = Issuer { issuer: issuer.clone(), ..rules() };
    let verifier = Verifier::new(Clock::set_to(noon())).trusting(rules, Arc::new(Remote::new().unwrap()));
    let mut said = claims(noon());
    said["iss"] = json!(issuer);
    assert_eq!(verifier.verify(&rs256(&header("RS256"), &said)).await.unwrap().issuer, issuer);
}
