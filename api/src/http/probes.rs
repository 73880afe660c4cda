//! `/live` and `/ready`: whether the process runs, and whether it can be sent requests.
//!
//! They say yes or no and nothing of why: the why is in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::Inner;

const WITHIN: Duration = Duration::from_secs(2);

/// Says whether everything behind the front is ready.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

pub(super) async fn ready(State(front): State<Arc<Inner>>) -> StatusCode {
    match timeout(WITHIN, (front.ready)()).await {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
