//! What every request gets: a trace, a time limit, a net under panics, and the headers of its response.
//!
//! No request leaves without these, whatever happened inside. The log line names no path and no query.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use super::Inner;
use super::reply::{Media, Voice};
use crate::error::{Code, Fault, Reason};
use crate::trace::TraceId;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers of every response, errors included, unless a route has its own.
const ALWAYS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
];

pub(super) async fn envelope(State(front): State<Arc<Inner>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let trace = trace_of(request.headers());
    let method = request.method().clone();
    let media = Media::negotiate(request.headers()).unwrap_or(Media::Json);
    let voice = Voice { media, wording: front.settings.wording };
    request.extensions_mut().insert(trace);
    let inside = timeout(front.settings.request_timeout, next.run(request));
    let mut response = match AssertUnwindSafe(inside).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => voice.refuse(&Fault::from(Reason::TIMEOUT).traced(trace)),
        Err(_) => {
            tracing::error!(%trace, "a request panicked");
            voice.refuse(&Fault::new(Code::Internal).traced(trace))
        }
    };
    seal(response.headers_mut(), trace);
    let took = started.elapsed();
    tracing::info!(%trace, %method, status = response.status().as_u16(), millis = millis(took), "answered");
    response
}

fn trace_of(headers: &HeaderMap) -> TraceId {
    let incoming = headers.get(TRACEPARENT).and_then(|header| header.to_str().ok());
    incoming.and_then(TraceId::from_traceparent).unwrap_or_else(TraceId::fresh)
}

fn seal(headers: &mut HeaderMap, trace: TraceId) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let span = TraceId::fresh().to_string();
    let span = span.get(..16).unwrap_or_default();
    for (name, value) in [(REQUEST_ID, trace.to_string()), (TRACEPARENT, format!("00-{trace}-{span}-01"))] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
