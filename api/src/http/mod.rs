//! The front of the server: HTTP and WebSocket in, operations out, answers back.
//!
//! It knows tokens, limits and protocols. It knows no field of the schema, no row of the database and no
//! rule of the covenant, and it never composes a body from data.

mod credentials;
mod demo;
mod envelope;
mod explorer;
mod graphql;
mod origin;
mod probes;
mod reply;
mod serve;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get};
use waarborg::clock::Clock;

pub(crate) use self::explorer::assets::BUILT as EXPLORER_BUILT;
use self::origin::Origins;
pub use self::probes::Probe;
use self::reply::{Media, Voice};
pub use self::serve::{Shutdown, serve};
use crate::authn::Verifier;
use crate::authn::demo::DemoIssuer;
use crate::config::{Config, Limits};
use crate::error::{Code, Fault, Wording};
use crate::graphql::budget;
use crate::graphql::executor::Executor;
use crate::trace::TraceId;

/// Everything the front needs; [`Front::router`] makes it serve.
pub struct Front {
    /// Who executes operations.
    pub executor: Executor,
    /// Who says who is calling.
    pub verifier: Arc<Verifier>,
    /// What time it is.
    pub clock: Clock,
    /// How much may be asked.
    pub settings: Settings,
    /// The demo's identity provider, where there is one.
    pub demo: Option<Arc<DemoIssuer>>,
    /// Whether everything behind is ready.
    pub ready: Probe,
    /// The order to stop; the same that [`serve`] is given.
    pub shutdown: Shutdown,
}

/// What of the configuration concerns the front.
#[derive(Debug, Clone)]
pub struct Settings {
    body_bytes: usize,
    request_timeout: Duration,
    connections: usize,
    origins: Origins,
    explorer: bool,
    wording: Wording,
    documents: budget::Limits,
    limits: Limits,
}

impl Settings {
    /// The settings that a configuration means.
    pub fn of(config: &Config) -> Self {
        let http = &config.http;
        Self {
            body_bytes: http.body_bytes,
            request_timeout: Duration::from_secs(http.request_seconds),
            connections: http.connections,
            origins: Origins(http.allowed_origins.clone()),
            explorer: http.explorer,
            wording: if http.developer_messages { Wording::ForDevelopers } else { Wording::ForUsers },
            documents: config.limits.of_documents(http.introspection),
            limits: config.limits.clone(),
        }
    }
}

/// What handlers share.
struct Inner {
    executor: Executor,
    verifier: Arc<Verifier>,
    clock: Clock,
    settings: Settings,
    ready: Probe,
    shutdown: Shutdown,
    sockets: socket::Census,
}

impl Front {
    /// The routes, each within the envelope.
    pub fn router(self) -> Router {
        let Self { executor, verifier, clock, settings, demo, ready, shutdown } = self;
        let sockets = socket::Census::new(settings.limits.sockets_per_caller, settings.connections);
        let inner = Arc::new(Inner { executor, verifier, clock, settings, ready, shutdown, sockets });
        let mut router = Router::new()
            .route("/graphql", any(graphql::endpoint))
            .route("/graphql/ws", any(socket::endpoint))
            .route("/live", get(probes::live))
            .route("/ready", get(probes::ready))
            .with_state(Arc::clone(&inner));
        if inner.settings.explorer {
            router = router.merge(explorer::routes());
        }
        if let Some(issuer) = demo {
            router = router.merge(demo::routes(issuer));
        }
        let wording = inner.settings.wording;
        let nowhere = move |request: Request| async move { not_found(&request, wording) };
        router.fallback(nowhere).layer(from_fn_with_state(inner, envelope::envelope))
    }
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn not_found(request: &Request, wording: Wording) -> Response {
    let trace = request.extensions().get::<TraceId>().copied().unwrap_or_else(TraceId::fresh);
    let media = Media::negotiate(request.headers()).unwrap_or(Media::Json);
    Voice { media, wording }.refuse(&Fault::new(Code::NotFound).traced(trace))
}

#[cfg(test)]
mod tests;
