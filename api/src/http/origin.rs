//! Which web pages may call: those of the server itself and of the origins that are configured.
//!
//! The `Origin` header decides, against the `Host` that was asked; what a proxy adds is not believed. A
//! caller without an origin is no web page, and for that the token alone decides.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN, VARY,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};

/// The origins that are configured.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins(pub(super) Vec<String>);

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// No web page.
    NoPage,
    /// A page of this server.
    Own,
    /// A page of a configured origin.
    Listed(HeaderValue),
    /// A page of anywhere else.
    Foreign,
}

impl Origins {
    pub(super) fn source(&self, headers: &HeaderMap, uri: &Uri) -> Source {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return Source::NoPage,
            (Some(only), None) => only,
            (Some(_), Some(_)) => return Source::Foreign,
        };
        let Ok(text) = origin.to_str() else { return Source::Foreign };
        if self.0.iter().any(|listed| listed == text) {
            return Source::Listed(origin.clone());
        }
        let host = uri.authority().map(Authority::as_str);
        let host = host.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok()));
        let asked_from = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if asked_from.is_some() && asked_from == host { Source::Own } else { Source::Foreign }
    }
}

impl Source {
    /// Whether this is a browser's question whether a listed page may post.
    pub(super) fn is_preflight(&self, method: &Method, headers: &HeaderMap) -> bool {
        let asks_post = headers.get(ACCESS_CONTROL_REQUEST_METHOD).is_some_and(|method| method == "POST");
        matches!(self, Self::Listed(_)) && method == Method::OPTIONS && asks_post
    }

    /// Lets the page of a listed origin read the response.
    pub(super) fn admit(&self, response: &mut HeaderMap) {
        response.append(VARY, HeaderValue::from_static("Origin"));
        if let Self::Listed(origin) = self {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let exposed = HeaderValue::from_static("traceparent, x-request-id");
            response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    /// What the answer to a preflight says.
    pub(super) fn preflight(response: &mut HeaderMap) {
        let headers = HeaderValue::from_static("authorization, content-type, traceparent");
        response.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        response.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers);
        response.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_and_listed_pages_are_known() {
        let origins = Origins(vec!["https://portaal.example.nl".into()]);
        let source = |origin: &[&str]| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "api.example.nl".parse().unwrap());
            headers.insert("x-forwarded-host", "evil.example".parse().unwrap());
            for value in origin {
                headers.append(ORIGIN, value.parse().unwrap());
            }
            origins.source(&headers, &"/graphql".parse().unwrap())
        };
        assert_eq!(source(&[]), Source::NoPage);
        assert_eq!(source(&["https://api.example.nl"]), Source::Own);
        assert!(matches!(source(&["https://portaal.example.nl"]), Source::Listed(_)));
        for foreign in [
            "https://evil.example",
            "null",
            "",
            "https://api.example.nl:8443",
            "https://api.example.nl.evil.example",
            "http://portaal.example.nl",
            "api.example.nl",
        ] {
            assert_eq!(source(&[foreign]), Source::Foreign, "{foreign}");
        }
        assert_eq!(source(&["https://api.example.nl", "https://evil.example"]), Source::Foreign);
    }
}
