//! `POST /graphql`: one operation as JSON, one answer.
//!
//! Nothing is executed by any other method or media type, nor twice in one request. Who calls is known before
//! a byte of the body is read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::Inner;
use super::credentials::token_of;
use super::origin::Source;
use super::reply::{Media, Voice};
use crate::authn::Caller;
use crate::error::{Code, Fault, Reason};
use crate::graphql::executor::Answer;
use crate::graphql::operation::{Operation, OperationKind};
use crate::trace::TraceId;

pub(super) async fn endpoint(State(front): State<Arc<Inner>>, request: Request) -> Response {
    let source = front.settings.origins.source(request.headers(), request.uri());
    let mut response = if source.is_preflight(request.method(), request.headers()) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Source::preflight(response.headers_mut());
        response
    } else {
        respond(&front, request).await
    };
    source.admit(response.headers_mut());
    response
}

async fn respond(front: &Inner, request: Request) -> Response {
    let trace = request.extensions().get::<TraceId>().copied().unwrap_or_else(TraceId::fresh);
    let media = Media::negotiate(request.headers());
    let voice = Voice { media: media.unwrap_or(Media::Json), wording: front.settings.wording };
    let answer = match media {
        None if request.method() == Method::POST => Err(Reason::NOT_ACCEPTABLE.into()),
        _ => answer(front, request, trace).await,
    };
    match answer {
        Ok(answer) => voice.answer(answer),
        Err(fault) => {
            let mut response = voice.refuse(&fault.traced(trace));
            if response.status() == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            }
            response
        }
    }
}

async fn answer(front: &Inner, request: Request, trace: TraceId) -> Result<Answer, Fault> {
    if request.method() != Method::POST {
        return Err(Reason::METHOD.into());
    }
    let (head, body) = request.into_parts();
    let token = token_of(&head.headers, &head.uri).ok_or(Code::Unauthenticated)?;
    let caller = who(front, token, trace).await?;
    check_media(&head.headers)?;
    let body = read(body, declared_length(&head.headers), front.settings.body_bytes).await?;
    let operation = Operation::from_body(&body, &front.settings.documents, trace)?;
    match operation.kind {
        OperationKind::Subscription => Err(Reason::SUBSCRIPTION_OVER_POST.into()),
        OperationKind::Query | OperationKind::Mutation => Ok(front.executor.execute(caller, operation).await),
    }
}

/// Who a token says is calling. The reason why it does not goes to the log, never to the client.
pub(super) async fn who(front: &Inner, token: &str, trace: TraceId) -> Result<Arc<Caller>, Fault> {
    front.verifier.verify(token).await.map_err(|refusal| {
        tracing::info!(%trace, %refusal, "a token was refused");
        Fault::new(Code::Unauthenticated)
    })
}

fn check_media(headers: &HeaderMap) -> Result<(), Fault> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let only = types.next().filter(|_| types.next().is_none()).and_then(|value| value.to_str().ok());
    let is_json = only.is_some_and(|value| {
        let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
        parts.next().as_deref() == Some("application/json")
            && parts.all(|parameter| matches!(parameter.as_str(), "charset=utf-8" | "charset=\"utf-8\"" | ""))
    });
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if is_json && is_plain { Ok(()) } else { Err(Reason::MEDIA_TYPE.into()) }
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read(body: Body, declared: Option<usize>, limit: usize) -> Result<Bytes, Fault> {
    if declared.is_some_and(|length| length > limit) {
        return Err(Reason::BODY_TOO_LARGE.into());
    }
    let mut whole = BytesMut::with_capacity(declared.unwrap_or_default());
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Reason::BODY)?;
        if whole.len() + part.len() > limit {
            return Err(Reason::BODY_TOO_LARGE.into());
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}
