//! The front as its clients meet it: requests in process, and sockets over loopback, against a toy schema.

mod explorer;
mod post;
mod probes;
mod sockets;
mod stopping;
mod toy;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use chrono::{DateTime, TimeZone, Utc};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::*;
use crate::authn::demo::{DemoIssuer, Persona};
use crate::config::Mode;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 6, 2, 12, 0, 0).unwrap()
}

fn persona(subject: &str) -> Persona {
    Persona {
        subject: subject.into(),
        name: "Sanne de Wit".into(),
        description: "Wijkverpleegkundige".into(),
        organisation: "Wijkteam Noord".into(),
        involvement: "BETROKKEN".into(),
    }
}

/// A front and everything a test wants to turn.
struct World {
    front: Front,
    demo: Arc<DemoIssuer>,
    clock: Clock,
    toy: toy::Toy,
    shutdown: Shutdown,
    /// Removed when the world ends.
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world in which the configuration is that of production, but for `change`.
    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::read(None, [], Some(Mode::Demo)).unwrap();
        config.http.explorer = false;
        config.http.introspection = false;
        config.http.developer_messages = false;
        change(&mut config);
        let clock = Clock::set_to(noon());
        let personas = vec![persona("sanne"), persona("mo"), persona("nobody")];
        let demo = DemoIssuer::open(Mode::Demo, folder.path(), "http://127.0.0.1", personas, clock.clone());
        let demo = Arc::new(demo.unwrap());
        let verifier = Verifier::new(clock.clone()).trusting(demo.rules(), Arc::clone(&demo) as _);
        let toy = toy::Toy::default();
        let shutdown = Shutdown::new();
        let front = Front {
            executor: Executor::new(toy.clone()),
            verifier: Arc::new(verifier),
            clock: clock.clone(),
            settings: Settings::of(&config),
            demo: Some(Arc::clone(&demo)),
            ready: Arc::new(|| async { true }.boxed()),
            shutdown: shutdown.clone(),
        };
        Self { front, demo, clock, toy, shutdown, folder }
    }

    fn token(&self) -> String {
        self.demo.token("sanne").unwrap()
    }

    /// A request that is right in everything, for a test to spoil.
    fn post(&self, body: &Value) -> Request<Body> {
        self.post_text(body.to_string())
    }

    fn post_text(&self, body: impl Into<Body>) -> Request<Body> {
        Request::post("/graphql")
            .header("authorization", format!("Bearer {}", self.token()))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("host", "api.example.nl")
            .body(body.into())
            .unwrap()
    }

    /// Serves on loopback until the order to stop; the address and the end of serving.
    async fn serve(self) -> (Served, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let Self { front, demo, clock, toy, shutdown, folder } = self;
        let serving = tokio::spawn(serve(listener, front.router(), 100, shutdown.clone()));
        (Served { address, demo, clock, toy, shutdown, _folder: folder }, serving)
    }
}

/// A front that listens.
struct Served {
    address: std::net::SocketAddr,
    demo: Arc<DemoIssuer>,
    clock: Clock,
    toy: toy::Toy,
    shutdown: Shutdown,
    /// Removed when the world ends.
    _folder: tempfile::TempDir,
}

/// A response, read to its end.
struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn said(&self) -> String {
        let body = self.json();
        let extensions = &body["errors"][0]["extensions"];
        let said = extensions.get("reason").or_else(|| extensions.get("code"));
        said.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    Reply { status: head.status.as_u16(), headers: head.headers, text }
}
