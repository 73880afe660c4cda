//! A client of the API, as an app is one: JSON over POST with a bearer token.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody who is signed in, or nobody.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, a line each.
    pub headers: String,
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    /// The body as JSON.
    pub json: Value,
}

impl Client {
    /// A client of a server.
    pub fn new(base: &str, token: Option<String>) -> Self {
        Self::over(connections(), base, token)
    }

    /// A client that shares its connections with others.
    pub fn over(http: reqwest::Client, base: &str, token: Option<String>) -> Self {
        Self { http, base: base.to_owned(), token }
    }

    /// The same caller at another server.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The address of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends an operation.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        self.post(json!({ "query": query, "variables": variables })).await
    }

    /// Sends a body.
    pub async fn post(&self, body: Value) -> Answer {
        let mut request =
            self.http.post(format!("{}/graphql", self.base)).header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = request.body(serde_json::to_vec(&body).unwrap()).send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
        let headers = headers.collect();
        let bytes = response.bytes().await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, bytes, json }
    }

    /// Sends an operation that must be answered without errors; gives its data.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.send(query, variables).await;
        assert!(answer.json.get("errors").is_none(), "{query}\n{}", answer.json);
        answer.json["data"].clone()
    }

    /// Makes a mutation with a fresh key; gives its payload.
    pub async fn change(&self, mutation: &str, input: Value, selection: &str) -> Value {
        self.change_with_key(mutation, Uuid::now_v7(), input, selection).await
    }

    /// The same with a key of the caller's.
    pub async fn change_with_key(
        &self,
        mutation: &str,
        key: Uuid,
        mut input: Value,
        selection: &str,
    ) -> Value {
        input["idempotencyKey"] = json!(key);
        let kind = input_type(mutation);
        let query = format!(
            "mutation Change($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} version \
             errors {{ code reason message path currentVersion }} }} }}"
        );
        let data = self.ask(&query, json!({ "input": input })).await;
        data[mutation].clone()
    }

    /// Makes a mutation that must succeed; gives its payload.
    pub async fn done(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let payload = self.change(mutation, input, selection).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        assert!(payload["version"].is_i64(), "{mutation}: {payload}");
        payload
    }
}

/// Connections for clients to share. They belong to the runtime of the test that makes them.
pub fn connections() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The server closes a connection on which nothing came for ten seconds; one must not be taken up just then.
    reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(4)).build().unwrap()
}

/// The input type of a mutation.
pub fn input_type(mutation: &str) -> String {
    let mut letters = mutation.chars();
    let first = letters.next().unwrap().to_ascii_uppercase();
    format!("{first}{}Input", letters.as_str())
}
