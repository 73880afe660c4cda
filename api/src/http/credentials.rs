//! Where a request carries its token: one `Authorization: Bearer` header, and nowhere else.
//!
//! A token in a URL ends in logs and histories, so a request that has one there is refused, right or wrong.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use reqwest::Url;

/// The token of a request; nothing when it is absent, doubled, of another scheme or in the URL.
pub(super) fn token_of<'a>(headers: &'a HeaderMap, uri: &Uri) -> Option<&'a str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return None };
    bearer(only.to_str().ok()?).filter(|_| !is_in_query(uri))
}

/// The token of a `Bearer` credential.
pub(super) fn bearer(credential: &str) -> Option<&str> {
    let (scheme, token) = credential.split_once(' ')?;
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then_some(token)
}

/// Whether a URL carries a credential.
pub(super) fn is_in_query(uri: &Uri) -> bool {
    const NAMES: [&str; 5] = ["access_token", "authorization", "bearer", "id_token", "token"];
    query(uri).any(|(name, _)| NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret)))
}

/// The decoded pairs of a URL's query.
pub(super) fn query(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    let absolute = format!("http://query/?{}", uri.query().unwrap_or_default());
    let pairs: Vec<_> = Url::parse(&absolute)
        .map(|url| url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
        .unwrap_or_default();
    pairs.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(values: &[&str], uri: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        token_of(&headers, &uri.parse().unwrap()).map(str::to_owned)
    }

    #[test]
    fn one_bearer_header_is_read() {
        assert_eq!(token(&["Bearer a.b.c"], "/graphql").as_deref(), Some("a.b.c"));
        assert_eq!(token(&["bearer a"], "/graphql?op=Dossiers").as_deref(), Some("a"));
    }

    #[test]
    fn anything_else_is_no_token() {
        let wrong: [(&[&str], &str); 9] = [
            (&[], "/graphql"),
            (&["Bearer a", "Bearer a"], "/graphql"),
            (&["Basic a"], "/graphql"),
            (&["Bearer"], "/graphql"),
            (&["Bearer "], "/graphql"),
            (&["Bearer a b"], "/graphql"),
            (&["Bearer a"], "/graphql?access_token=a"),
            (&["Bearer a"], "/graphql?x=1&Access%5FToken=a"),
            (&["Bearer a"], "/graphql?token"),
        ];
        for (values, uri) in wrong {
            assert_eq!(token(values, uri), None, "{values:?} {uri}");
        }
    }
}
