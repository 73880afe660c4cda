//! How answers and refusals become HTTP responses: status by profile, media type by what was asked.
//!
//! A body is passed on as it is or comes from the registry of errors; none is composed here.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::error::{Code, Fault, Reason, Wording};
use crate::graphql::executor::{Answer, AnswerStatus};

/// The status of a request error for who asks `application/graphql-response+json`. The draft also knows 422
/// and 294; the conformance suite of today wants 400, and 200 for partial results.
const REQUEST_ERROR: StatusCode = StatusCode::BAD_REQUEST;
/// The same for who asks plain `application/json`: by the draft's legacy rule the body alone tells.
const LEGACY_REQUEST_ERROR: StatusCode = StatusCode::OK;

/// The two media types of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    GraphqlResponse,
    Json,
}

impl Media {
    /// What the `Accept` headers ask; nothing when we cannot give it. Without any it is plain JSON.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for header in headers.get_all(ACCEPT) {
            ranges.extend(header.to_str().ok()?.split(',').filter_map(Range::read));
        }
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let quality = |media: Self| Range::quality(&ranges, media.essence());
        let (response, json) = (quality(Self::GraphqlResponse), quality(Self::Json));
        match (response, json) {
            (0, 0) => None,
            _ if response > json => Some(Self::GraphqlResponse),
            _ if json > response => Some(Self::Json),
            // Both as welcome: the first that is named outright, else plain JSON.
            _ => Some(Range::first_named(&ranges).unwrap_or(Self::Json)),
        }
    }

    fn essence(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    fn request_error(self) -> StatusCode {
        match self {
            Self::GraphqlResponse => REQUEST_ERROR,
            Self::Json => LEGACY_REQUEST_ERROR,
        }
    }
}

/// One media range of an `Accept` header, with its quality in thousandths.
struct Range {
    essence: String,
    quality: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| !essence.is_empty())?.to_ascii_lowercase();
        let quality =
            parts.find_map(|parameter| parameter.strip_prefix("q=").or(parameter.strip_prefix("Q=")));
        Some(Self { essence, quality: quality.map_or(1000, thousandths) })
    }

    /// The quality of the most specific range that covers `essence`.
    fn quality(ranges: &[Self], essence: &str) -> u16 {
        let of =
            |wanted: &str| ranges.iter().find(|range| range.essence == wanted).map(|range| range.quality);
        of(essence).or_else(|| of("application/*")).or_else(|| of("*/*")).unwrap_or(0)
    }

    fn first_named(ranges: &[Self]) -> Option<Media> {
        ranges.iter().find_map(|range| {
            [Media::GraphqlResponse, Media::Json].into_iter().find(|media| media.essence() == range.essence)
        })
    }
}

/// `0`, `1` or `0.xyz`; what is neither weighs nothing.
fn thousandths(quality: &str) -> u16 {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let is_short = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, is_short) {
        ("1", true) => 1000,
        ("0", true) => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// How this request wants its answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    pub(super) media: Media,
    pub(super) wording: Wording,
}

impl Voice {
    /// The response that an executed or refused operation becomes.
    pub(super) fn answer(self, answer: Answer) -> Response {
        let status = match answer.status {
            AnswerStatus::Executed => StatusCode::OK,
            AnswerStatus::RequestError => self.media.request_error(),
            AnswerStatus::Unauthenticated => StatusCode::UNAUTHORIZED,
            AnswerStatus::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        self.response(status, answer.body)
    }

    /// The response that a refusal becomes.
    pub(super) fn refuse(self, fault: &Fault) -> Response {
        self.response(self.status(fault), fault.body(self.wording))
    }

    fn status(self, fault: &Fault) -> StatusCode {
        let by_reason = [
            (Reason::METHOD, StatusCode::METHOD_NOT_ALLOWED),
            (Reason::MEDIA_TYPE, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Reason::NOT_ACCEPTABLE, StatusCode::NOT_ACCEPTABLE),
            (Reason::BODY_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE),
            (Reason::UPGRADE, StatusCode::UPGRADE_REQUIRED),
            (Reason::BODY, StatusCode::BAD_REQUEST),
            (Reason::BATCH, StatusCode::BAD_REQUEST),
        ];
        let own = by_reason.iter().find(|(reason, _)| Some(reason.name) == fault.reason());
        match (own, fault.code()) {
            (Some((_, status)), _) => *status,
            (None, Code::InvalidInput | Code::TooComplex) => self.media.request_error(),
            (None, code) => code.status(),
        }
    }

    fn response(self, status: StatusCode, body: Bytes) -> Response {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, self.media.header());
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Bearer realm="vangnet""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiate(accept: &[&str]) -> Option<Media> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, value.parse().unwrap());
        }
        Media::negotiate(&headers)
    }

    #[test]
    fn the_media_type_is_what_was_asked() {
        let response = Some(Media::GraphqlResponse);
        let json = Some(Media::Json);
        let cases: [(&[&str], Option<Media>); 17] = [
            (&[], json),
            (&["*/*"], json),
            (&["application/*"], json),
            (&["application/json"], json),
            (&["application/json; charset=utf-8"], json),
            (&["application/graphql-response+json"], response),
            (&["APPLICATION/GraphQL-Response+JSON"], response),
            (&["application/graphql-response+json, application/json;q=0.9"], response),
            (&["application/json, application/graphql-response+json"], json),
            (&["application/graphql-response+json, application/json"], response),
            (&["application/graphql-response+json;q=0.2, */*;q=0.1"], response),
            (&["application/graphql-response+json;q=0", "*/*"], json),
            (&["text/html", "application/json;q=0.5"], json),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["application/json;q=x"], None),
            (&["text/event-stream"], None),
        ];
        for (accept, expected) in cases {
            assert_eq!(negotiate(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn the_status_follows_the_profile() {
        let status = |media, fault: Fault| {
            Voice { media, wording: Wording::ForUsers }.refuse(&fault).status().as_u16()
        };
        let cases = [
            (Fault::from(Reason::SYNTAX), 400, 200),
            (Fault::from(Reason::ALIASES), 400, 200),
            (Fault::from(Reason::BODY), 400, 400),
            (Fault::from(Reason::BATCH), 400, 400),
            (Fault::from(Reason::METHOD), 405, 405),
            (Fault::from(Reason::NOT_ACCEPTABLE), 406, 406),
            (Fault::from(Reason::BODY_TOO_LARGE), 413, 413),
            (Fault::from(Reason::MEDIA_TYPE), 415, 415),
            (Fault::from(Reason::ORIGIN), 403, 403),
            (Fault::from(Reason::TIMEOUT), 500, 500),
            (Fault::new(Code::Unauthenticated), 401, 401),
            (Fault::new(Code::LedgerUnavailable), 503, 503),
        ];
        for (fault, for_response, for_json) in cases {
            assert_eq!(status(Media::GraphqlResponse, fault.clone()), for_response, "{fault:?}");
            assert_eq!(status(Media::Json, fault.clone()), for_json, "{fault:?}");
        }
    }
}
