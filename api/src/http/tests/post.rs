//! `POST /graphql`: what is answered, what is refused, and what every response carries.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use super::*;

fn query(text: &str) -> Value {
    json!({"query": text})
}

/// A change of one header of a good request: removed, or set to something else.
fn changed(mut request: Request<Body>, header: &'static str, value: Option<&str>) -> Request<Body> {
    request.headers_mut().remove(header);
    if let Some(value) = value {
        request.headers_mut().insert(header, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn an_operation_is_answered() {
    let world = World::new();
    let requests = [
        (world.post(&query("{ hello who }")), json!({"data": {"hello": "dag", "who": "sanne"}})),
        (world.post(&query("mutation { change }")), json!({"data": {"change": true}})),
        (
            world.post(&json!({"query": "query A($n: Int!) { twice(number: $n) } query B { hello }",
                "operationName": "A", "variables": {"n": 21}, "extensions": {"x": 1}, "documentId": "?"})),
            json!({"data": {"twice": 42}}),
        ),
    ];
    let router = world.front.router();
    for (request, expected) in requests {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.json()), (200, expected));
    }
}

#[tokio::test]
async fn every_response_carries_the_headers() {
    let world = World::new();
    let requests = [
        world.post(&query("{ hello }")),
        world.post(&query("{ nothing }")),
        world.post(&query("{ panics }")),
        changed(world.post(&query("{ hello }")), "authorization", None),
        changed(world.post(&query("{ hello }")), "content-type", None),
        Request::get("/graphql").body(Body::empty()).unwrap(),
        Request::get("/graphql/ws").body(Body::empty()).unwrap(),
        Request::get("/nowhere").body(Body::empty()).unwrap(),
        Request::get("/live").body(Body::empty()).unwrap(),
        Request::post("/live").body(Body::empty()).unwrap(),
        Request::get("/demo/personas").body(Body::empty()).unwrap(),
    ];
    let router = world.front.router();
    for request in requests {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = ask(&router, request).await;
        let expected = [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ];
        for (name, value) in expected {
            assert_eq!(reply.header(name), value, "{what}: {name}");
        }
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
        assert!(reply.header("strict-transport-security").contains("max-age="), "{what}");
        assert_eq!(reply.header("x-request-id").len(), 32, "{what}");
        assert!(reply.header("traceparent").contains(reply.header("x-request-id")), "{what}");
        assert!(!reply.text.contains("secret"), "{what}");
    }
}

#[tokio::test]
async fn the_trace_of_the_request_is_followed() {
    let world = World::new();
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let good = changed(world.post(&query("{ x }")), "traceparent", Some(sent));
    let bad = changed(world.post(&query("{ x }")), "traceparent", Some("00-zz-00f067aa0ba902b7-01"));
    let router = world.front.router();
    let reply = ask(&router, good).await;
    assert_eq!(reply.header("x-request-id"), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(reply.json()["errors"][0]["extensions"]["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(ask(&router, bad).await.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn who_has_no_valid_token_learns_nothing() {
    let world = World::new();
    let other = World::new();
    let expired = world.token();
    world.clock.advance(chrono::TimeDelta::seconds(3700));
    let good = || world.post(&query("{ hello }"));
    let mut twice = good();
    twice.headers_mut().append("authorization", format!("Bearer {}", world.token()).parse().unwrap());
    let mut in_query = good();
    *in_query.uri_mut() = format!("/graphql?access_token={}", world.token()).parse().unwrap();
    let requests = [
        changed(good(), "authorization", None),
        changed(good(), "authorization", Some("Bearer x.y.z")),
        changed(good(), "authorization", Some(&world.token())),
        changed(good(), "authorization", Some(&format!("Basic {}", world.token()))),
        changed(good(), "authorization", Some(&format!("Bearer {expired}"))),
        changed(good(), "authorization", Some(&format!("Bearer {}", other.token()))),
        changed(good(), "authorization", Some(&format!("Bearer {}", world.demo.token("nobody").unwrap()))),
        twice,
        in_query,
    ];
    let router = world.front.router();
    let mut bodies = std::collections::HashSet::new();
    for request in requests {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (401, "UNAUTHENTICATED"));
        assert_eq!(reply.header("www-authenticate"), r#"Bearer realm="vangnet""#);
        bodies.insert(reply.json()["errors"][0]["message"].to_string());
    }
    assert_eq!(bodies.len(), 1, "the reason shows");
    assert_eq!(
        world.toy.executed.load(Ordering::SeqCst),
        1,
        "only the caller without a professional came so far"
    );
}

#[tokio::test]
async fn only_post_executes() {
    let world = World::new();
    let router = world.front.router();
    let uri = "/graphql?query=mutation%7Bchange%7D&operationName=x";
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {}", world.demo.token("sanne").unwrap()))
            .header("x-http-method-override", "POST")
            .header("content-type", "application/json")
            .body(Body::from(query("mutation { change }").to_string()))
            .unwrap();
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"), "{method}");
    }
    assert_eq!(world.toy.executed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn only_json_is_read() {
    let world = World::new();
    let mutation = || world.post(&query("mutation { change }"));
    let requests: Vec<_> = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/json; charset=latin1"),
        Some("application/jsonp"),
        Some("text/plain, application/json"),
    ]
    .into_iter()
    .map(|value| changed(mutation(), "content-type", value))
    .chain([changed(mutation(), "content-encoding", Some("gzip"))])
    .collect();
    let good = [
        changed(mutation(), "content-type", Some("application/json; charset=utf-8")),
        changed(mutation(), "content-type", Some("APPLICATION/JSON")),
    ];
    let toy = world.toy.clone();
    let router = world.front.router();
    for request in requests {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (415, "MEDIA_TYPE"));
    }
    assert_eq!(toy.executed.load(Ordering::SeqCst), 0);
    for request in good {
        assert_eq!(ask(&router, request).await.status, 200);
    }
}

#[tokio::test]
async fn the_media_type_and_status_are_what_was_asked() {
    let world = World::new();
    let table = [
        (Some("application/graphql-response+json"), "{ nothing }", 400, "application/graphql-response+json"),
        (Some("application/json"), "{ nothing }", 200, "application/json"),
        (None, "{ nothing }", 200, "application/json"),
        (Some("*/*"), "{ hello }", 200, "application/json"),
        (Some("application/graphql-response+json"), "{ hello }", 200, "application/graphql-response+json"),
        (
            Some("application/graphql-response+json"),
            "{ hello broken }",
            200,
            "application/graphql-response+json",
        ),
        (Some("application/graphql-response+json"), "{", 400, "application/graphql-response+json"),
        (Some("text/html"), "{ hello }", 406, "application/json"),
    ];
    let requests: Vec<_> =
        table.iter().map(|(accept, text, ..)| changed(world.post(&query(text)), "accept", *accept)).collect();
    let router = world.front.router();
    for (request, (accept, text, status, media)) in requests.into_iter().zip(table) {
        let reply = ask(&router, request).await;
        let expected = format!("{media}; charset=utf-8");
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (status, expected.as_str()),
            "{accept:?} {text}"
        );
    }
}

#[tokio::test]
async fn a_request_error_has_no_data_and_no_word_of_the_schema() {
    let world = World::new();
    let bodies = [
        (query("{ helo }"), "VALIDATION"),
        (query("{ hello { x } }"), "VALIDATION"),
        (query("{ twice(number: \"secret\") }"), "VALIDATION"),
        (json!({"query": "query($n: Int!) { twice(number: $n) }", "variables": {"n": "x"}}), "VALIDATION"),
        (query("{ hello"), "SYNTAX"),
        (query("{ __schema { types { name } } }"), "INTROSPECTION"),
        (query("subscription { ticks }"), "SUBSCRIPTION_OVER_POST"),
        (query("query A { hello } query B { hello }"), "OPERATION"),
        (json!([query("{ hello }")]), "BATCH"),
        (json!([]), "BATCH"),
        (json!({}), "BODY"),
        (json!("{ hello }"), "BODY"),
        (json!({"query": ["{ hello }"]}), "BODY"),
    ];
    let requests: Vec<_> = bodies.iter().map(|(body, _)| world.post(body)).collect();
    let broken = world.post_text("{\"query\": ");
    let router = world.front.router();
    for (request, (body, expected)) in requests.into_iter().zip(bodies) {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (400, expected), "{body}");
        assert!(reply.json().get("data").is_none(), "{body}");
        for word in ["Query", "hello", "Unknown", "Did you mean", "expected", "Int", "number"] {
            assert!(!reply.text.contains(word), "{word} in {}", reply.text);
        }
    }
    assert_eq!(ask(&router, broken).await.said(), "BODY");
}

#[tokio::test]
async fn a_field_that_fails_leaves_the_rest_and_tells_only_its_code() {
    let world = World::new();
    let request = world.post(&query("{ hello broken guarded }"));
    let router = world.front.router();
    let reply = ask(&router, request).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["data"], json!({"hello": "dag", "broken": null, "guarded": null}));
    let errors = reply.json()["errors"].clone();
    let codes: Vec<_> = errors.as_array().unwrap().iter().map(|e| e["extensions"]["code"].clone()).collect();
    assert_eq!(codes, ["INTERNAL", "GUARD_FAILED"]);
    assert_eq!(errors[1]["message"], "Er is nog geen plan.");
    assert!(!reply.text.contains("secret_table"));
}

#[tokio::test]
async fn the_budget_holds_before_anything_is_executed() {
    let world = World::new();
    let aliases = (0..31).fold(String::new(), |mut all, i| {
        let _ = write!(all, "a{i}: hello ");
        all
    });
    let requests = [
        (world.post(&query(&format!("{{ {aliases} }}"))), "ALIASES"),
        (world.post(&query(&format!("{{ hello }} # {}", "x".repeat(16 * 1024)))), "DOCUMENT_BYTES"),
        (world.post(&json!({"query": "{ hello }", "variables": {"a": [[[[[[[[[1]]]]]]]]]}})), "VALUE_DEPTH"),
        (world.post(&json!({"query": "{ hello }", "variables": {"a": vec![1; 101]}})), "VALUE_LENGTH"),
    ];
    let toy = world.toy.clone();
    let router = world.front.router();
    for (request, expected) in requests {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (400, expected));
        assert_eq!(reply.json()["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
    }
    assert_eq!(toy.executed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let world = World::new();
    let declared = world.post(&json!({"query": "{ hello }", "x": "x".repeat(70_000)}));
    let chunks = futures_util::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(1000))));
    let streamed = world.post_text(Body::from_stream(chunks));
    let just = json!({"query": "{ hello }", "x": "x".repeat(65_536 - 28)});
    assert_eq!(
        just.to_string().len(),
        65_536 - 28 + json!({"query": "{ hello }", "x": ""}).to_string().len()
    );
    let small = world.post(&json!({"query": "{ hello }", "x": "x".repeat(65_000)}));
    let router = world.front.router();
    for request in [declared, streamed] {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (413, "BODY_TOO_LARGE"));
    }
    assert_eq!(ask(&router, small).await.status, 200);
}

#[tokio::test]
async fn panics_timeouts_and_a_missing_ledger_are_answered() {
    let world = World::with(|config| config.http.request_seconds = 1);
    let panics = world.post(&query("{ panics }"));
    let slow = world.post(&query("{ slow }"));
    let mo = format!("Bearer {}", world.demo.token("mo").unwrap());
    let ledger = changed(world.post(&query("{ hello }")), "authorization", Some(&mo));
    let router = world.front.router();
    let cases = [(panics, 500, "INTERNAL"), (slow, 500, "TIMEOUT"), (ledger, 503, "LEDGER_UNAVAILABLE")];
    for (request, status, said) in cases {
        let reply = ask(&router, request).await;
        assert_eq!((reply.status, reply.said().as_str()), (status, said));
        assert!(!reply.text.contains("secret"), "{}", reply.text);
    }
}

#[tokio::test]
async fn pages_of_listed_origins_may_call_and_no_others() {
    let world = World::with(|config| config.http.allowed_origins = vec!["https://portaal.example.nl".into()]);
    let preflight = |origin: &str| {
        Request::options("/graphql")
            .header("origin", origin)
            .header("host", "api.example.nl")
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap()
    };
    let listed = changed(world.post(&query("{ hello }")), "origin", Some("https://portaal.example.nl"));
    let foreign = changed(world.post(&query("{ hello }")), "origin", Some("https://evil.example"));
    let router = world.front.router();
    let allowed = ask(&router, preflight("https://portaal.example.nl")).await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-methods")), (204, "POST"));
    assert_eq!(allowed.header("access-control-allow-headers"), "authorization, content-type, traceparent");
    assert_eq!(
        ask(&router, listed).await.header("access-control-allow-origin"),
        "https://portaal.example.nl"
    );
    let refused = ask(&router, preflight("https://evil.example")).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (405, ""));
    let reply = ask(&router, foreign).await;
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), ("", "Origin"));
}

#[tokio::test]
async fn introspection_is_answered_where_it_is_open() {
    let world = World::with(|config| config.http.introspection = true);
    let request = world.post(&query("{ __schema { queryType { name } } }"));
    let router = world.front.router();
    assert_eq!(ask(&router, request).await.json()["data"]["__schema"]["queryType"]["name"], "Query");
}
