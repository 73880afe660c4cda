//! The explorer: there where it was asked for, and shut in by its policy.

use super::*;

fn get(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn it_is_not_there_unless_configured() {
    let router = World::new().front.router();
    for uri in ["/graphiql", "/graphiql/index.html"] {
        assert_eq!(ask(&router, get(uri)).await.status, 404, "{uri}");
    }
}

#[tokio::test]
async fn it_is_served_under_its_own_policy() {
    let world = World::with(|config| config.http.explorer = true);
    let router = world.front.router();
    let page = ask(&router, get("/graphiql")).await;
    if page.status == 404 {
        return; // Built without npm: there is nothing to serve, which the first line of the router says.
    }
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    for uri in ["/graphiql/..%2Findex.html", "/graphiql/none.js", "/graphiql/"] {
        assert_eq!(ask(&router, get(uri)).await.status, 404, "{uri}");
    }
}
