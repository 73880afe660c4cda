//! `GET /graphql/ws`: queries and subscriptions over one WebSocket, by graphql-transport-ws and nothing else.
//!
//! What the protocol allows is decided in [`protocol`]; this carries it out. A socket ends no later than the
//! token that opened it, and changes nothing: mutations go over POST.

mod census;
mod outbox;
mod protocol;
mod session;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, UPGRADE};
use axum::http::{HeaderValue, Method};
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;

pub(super) use self::census::Census;
use self::session::Session;
use super::Inner;
use super::credentials::is_in_query;
use super::origin::Source;
use super::reply::{Media, Voice};
use crate::error::{Code, Fault, Reason};
use crate::trace::TraceId;

/// A socket costs what its buffers cost; these are enough for messages of this size.
const BUFFER: usize = 4096;

pub(super) async fn endpoint(
    State(front): State<Arc<Inner>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let trace = request.extensions().get::<TraceId>().copied().unwrap_or_else(TraceId::fresh);
    match admit(&front, upgrade, &request) {
        Ok((upgrade, seat)) => open(front, upgrade, seat),
        Err(fault) => {
            let media = Media::negotiate(request.headers()).unwrap_or(Media::Json);
            let mut response =
                Voice { media, wording: front.settings.wording }.refuse(&fault.clone().traced(trace));
            let told = match fault.reason() {
                Some("METHOD") => Some((ALLOW, "GET")),
                Some("UPGRADE") => Some((UPGRADE, "websocket")),
                _ => None,
            };
            if let Some((name, value)) = told {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            response
        }
    }
}

fn admit(
    front: &Inner,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: &Request,
) -> Result<(WebSocketUpgrade, OwnedSemaphorePermit), Fault> {
    if request.method() != Method::GET {
        return Err(Reason::METHOD.into());
    }
    if is_in_query(request.uri()) {
        return Err(Code::Unauthenticated.into());
    }
    if front.settings.origins.source(request.headers(), request.uri()) == Source::Foreign {
        return Err(Reason::ORIGIN.into());
    }
    let upgrade = upgrade.map_err(|_| Reason::UPGRADE)?;
    let seat = front.sockets.seat().ok_or(Code::RateLimited)?;
    Ok((upgrade, seat))
}

fn open(front: Arc<Inner>, upgrade: WebSocketUpgrade, seat: OwnedSemaphorePermit) -> Response {
    let limit = front.settings.limits.message_bytes;
    let upgrade = upgrade
        .protocols([protocol::NAME])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(limit)
        .max_frame_size(limit);
    // Counted before the upgrade: from here on the shutdown waits for it.
    let counted = front.shutdown.sockets.token();
    upgrade.on_upgrade(move |socket| async move {
        Session::run(front, socket).await;
        drop((seat, counted));
    })
}
