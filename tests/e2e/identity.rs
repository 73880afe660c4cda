//! Identity: tokens of a real OpenID provider, mapped by issuer and subject to a professional in the database.

use std::sync::Arc;

use entity::login;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use tests::peers::{Provider, node};
use tests::{Client, Vangnet};
use vangnet::authn::Verifier;
use vangnet::authn::fetch::Remote;
use vangnet::config;

/// A server that trusts a real provider, with one professional of the town known there as `anna`.
async fn trusting(provider: &Provider) -> Vangnet {
    let rules = config::Issuer {
        issuer: provider.issuer.clone(),
        audience: "urn:vangnet".to_owned(),
        allowed_clients: Vec::new(),
        nl_gov: false,
        max_lifetime_seconds: 3600,
        leeway_seconds: 30,
    };
    let vangnet = Vangnet::start_with(chrono_now(), |clock| {
        Verifier::new(clock).trusting(rules, Arc::new(Remote::new().unwrap()))
    })
    .await;
    let row = login::ActiveModel {
        issuer: Set(provider.issuer.clone()),
        subject: Set("anna".to_owned()),
        professional_id: Set(vangnet.town.professional("ggz")),
    };
    login::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
    vangnet
}

/// The provider signs with the time of the machine, so the server's clock stands at it.
#[expect(clippy::disallowed_methods, reason = "a real provider tells the real time")]
fn chrono_now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

async fn token(provider: &Provider, account: &str, client: &str) -> String {
    let made = provider.post("/test/token", json!({ "account": account, "client": client })).await;
    made["access_token"].as_str().unwrap().to_owned()
}

async fn viewer(vangnet: &Vangnet, token: String) -> (u16, Value) {
    let answer = Client::new(&vangnet.base, Some(token)).send("{ viewer { name } }", json!({})).await;
    (answer.status, answer.json)
}

#[tokio::test]
async fn tokens_of_a_real_provider_are_believed_in_three_algorithms() {
    let Some(node) = node() else { return };
    let provider = Provider::start(&node);
    let vangnet = trusting(&provider).await;
    for client in ["vangnet-app", "vangnet-app-rs256", "vangnet-app-ps256"] {
        let (status, json) = viewer(&vangnet, token(&provider, "anna", client).await).await;
        assert_eq!((status, &json["data"]["viewer"]["name"]), (200, &json!("Professional ggz")), "{client}");
    }
}

#[tokio::test]
async fn an_account_without_a_professional_is_nobody_whatever_its_token_claims() {
    let Some(node) = node() else { return };
    let provider = Provider::start(&node);
    let vangnet = trusting(&provider).await;
    let claims = json!({ "roles": ["KETENMANAGER"], "partner": "ZVH_BUREAU" });
    provider.post("/test/account", json!({ "account": "bram", "claims": claims })).await;
    let (status, json) = viewer(&vangnet, token(&provider, "bram", "vangnet-app").await).await;
    assert_eq!((status, &json["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
}

#[tokio::test]
async fn a_token_signed_by_a_key_that_was_never_published_is_refused() {
    let Some(node) = node() else { return };
    let provider = Provider::start(&node);
    let vangnet = trusting(&provider).await;
    let good = token(&provider, "anna", "vangnet-app").await;
    let payload: Value = serde_json::from_slice(&decode(good.split('.').nth(1).unwrap())).unwrap();
    let header: Value = serde_json::from_slice(&decode(good.split('.').next().unwrap())).unwrap();
    let forged =
        provider.post("/test/sign", json!({ "header": header, "payload": payload, "foreign": true })).await;
    let (status, _) = viewer(&vangnet, forged["jwt"].as_str().unwrap().to_owned()).await;
    assert_eq!(status, 401);
    assert_eq!(viewer(&vangnet, good).await.0, 200);
}

fn decode(part: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

#[tokio::test]
async fn a_professional_who_left_is_nobody_at_once() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_("ggz");
    assert_eq!(client.send("{ viewer { name } }", json!({})).await.status, 200);
    let left = entity::professional::ActiveModel {
        id: Set(vangnet.town.professional("ggz")),
        active: Set(false),
        ..<entity::professional::ActiveModel as Default>::default()
    };
    sea_orm::ActiveModelTrait::update(left, vangnet.owner.writer()).await.unwrap();
    assert_eq!(client.send("{ viewer { name } }", json!({})).await.status, 401);
}
