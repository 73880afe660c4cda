//! `/live`, `/ready` and the routes of the demo.

use super::*;

fn get(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn the_probes_say_yes_or_no() {
    let verdicts: [(Probe, u16); 3] = [
        (Arc::new(|| async { true }.boxed()), 204),
        (Arc::new(|| async { false }.boxed()), 503),
        (Arc::new(|| std::future::pending().boxed()), 503),
    ];
    for (ready, expected) in verdicts {
        let world = World::new();
        let router = Front { ready, ..world.front }.router();
        assert_eq!(ask(&router, get("/ready")).await.status, expected);
        assert_eq!(ask(&router, get("/live")).await.status, 204);
    }
}

#[tokio::test]
async fn nowhere_is_not_found() {
    let router = World::new().front.router();
    let reply = ask(&router, get("/graphql/")).await;
    assert_eq!((reply.status, reply.said().as_str()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn the_demo_issuer_publishes_itself_and_hands_out_tokens() {
    let world = World::new();
    let clock = world.clock.clone();
    let verifier = Arc::clone(&world.front.verifier);
    let router = world.front.router();
    let discovery = ask(&router, get("/demo/oidc/.well-known/openid-configuration")).await.json();
    assert_eq!(discovery["issuer"], "http://127.0.0.1/demo/oidc");
    assert_eq!(discovery["jwks_uri"], "http://127.0.0.1/demo/oidc/jwks");
    let jwks = ask(&router, get("/demo/oidc/jwks")).await.json();
    assert!(jwks["keys"][0].get("d").is_none(), "the private key is published");
    let personas = ask(&router, get("/demo/personas")).await.json();
    for member in ["name", "description", "organisation", "involvement"] {
        assert!(personas[0][member].is_string(), "{member}");
    }
    let ask_token = |uri: &str| Request::post(uri).body(Body::empty()).unwrap();
    let token = ask(&router, ask_token("/demo/oidc/token?persona=mo")).await.json();
    for token in [&personas[0]["token"], &token["access_token"]] {
        assert!(verifier.verify(token.as_str().unwrap()).await.unwrap().expires_at > clock.now());
    }
    assert_eq!(ask(&router, ask_token("/demo/oidc/token?persona=x")).await.status, 400);
    assert_eq!(ask(&router, ask_token("/demo/oidc/token")).await.status, 400);
    assert_eq!(ask(&router, get("/demo/oidc/token?persona=mo")).await.status, 405);
}

#[tokio::test]
async fn without_a_demo_issuer_its_routes_do_not_exist() {
    let world = World::new();
    let router = Front { demo: None, ..world.front }.router();
    for uri in ["/demo/personas", "/demo/oidc/jwks", "/demo/oidc/.well-known/openid-configuration"] {
        assert_eq!(ask(&router, get(uri)).await.status, 404, "{uri}");
    }
}
