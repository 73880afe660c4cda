//! The routes of the demo's identity provider. They exist only where a [`DemoIssuer`] could be built.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::credentials::query;
use crate::authn::demo::DemoIssuer;

pub(super) fn routes(issuer: Arc<DemoIssuer>) -> Router {
    Router::new()
        .route("/demo/oidc/.well-known/openid-configuration", get(discovery))
        .route("/demo/oidc/jwks", get(jwks))
        .route("/demo/oidc/token", post(token))
        .route("/demo/personas", get(personas))
        .with_state(issuer)
}

async fn discovery(State(issuer): State<Arc<DemoIssuer>>) -> Response {
    Json(issuer.discovery()).into_response()
}

async fn jwks(State(issuer): State<Arc<DemoIssuer>>) -> Response {
    Json(issuer.jwks()).into_response()
}

async fn token(State(issuer): State<Arc<DemoIssuer>>, uri: Uri) -> Response {
    let said = |wanted: &str| query(&uri).find_map(|(name, value)| (name == wanted).then_some(value));
    let token = said("persona").and_then(|subject| match said("acr_values") {
        Some(acr) => issuer.token_at(&subject, &acr),
        None => issuer.token(&subject),
    });
    match token {
        Some(token) => {
            Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": issuer.lifetime()}))
                .into_response()
        }
        None => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response(),
    }
}

async fn personas(State(issuer): State<Arc<DemoIssuer>>) -> Response {
    Json(issuer.personas()).into_response()
}
