//! Real sockets: the protocol with its close codes, operations, limits and the end of a token.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

const PROTOCOL: &str = "graphql-transport-ws";

/// A client that speaks frame by frame.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn open(served: &Served, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{}/graphql/ws", served.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn plain(served: &Served) -> Self {
        Self::open(served, &[("sec-websocket-protocol", PROTOCOL)]).await.unwrap()
    }

    /// A client that has been acknowledged.
    async fn ready(served: &Served) -> Self {
        let mut client = Self::plain(served).await;
        client.init(&served.demo.token("sanne").unwrap()).await;
        assert_eq!(client.next().await, json!({"type": "connection_ack"}));
        client
    }

    async fn init(&mut self, token: &str) {
        let payload = json!({"authorization": format!("Bearer {token}")});
        self.say(&json!({"type": "connection_init", "payload": payload})).await;
    }

    async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({"id": id, "type": "subscribe", "payload": {"query": query}})).await;
    }

    async fn receive(&mut self) -> Message {
        timeout(Duration::from_secs(8), self.0.next()).await.expect("silence").expect("end").expect("frame")
    }

    async fn next(&mut self) -> Value {
        let message = self.receive().await;
        let Message::Text(text) = &message else { panic!("{message:?}") };
        serde_json::from_str(text).unwrap()
    }

    /// The close code, whatever comes before it.
    async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.receive().await {
                let CloseFrame { code, .. } = frame.expect("closed without a code");
                return code.into();
            }
        }
    }
}

async fn world(change: impl FnOnce(&mut Config)) -> Served {
    World::with(change).serve().await.0
}

#[tokio::test]
async fn queries_and_subscriptions_are_answered() {
    let served = world(|_| {}).await;
    let mut client = Client::ready(&served).await;
    client.subscribe("q", "{ who }").await;
    assert_eq!(
        client.next().await,
        json!({"id": "q", "type": "next", "payload": {"data": {"who": "sanne"}}})
    );
    assert_eq!(client.next().await, json!({"id": "q", "type": "complete"}));
    client.subscribe("q", "subscription { count(to: 2) }").await;
    for number in 0..2 {
        let expected = json!({"id": "q", "type": "next", "payload": {"data": {"count": number}}});
        assert_eq!(client.next().await, expected);
    }
    assert_eq!(client.next().await, json!({"id": "q", "type": "complete"}));
}

#[tokio::test]
async fn an_operation_that_is_completed_by_the_client_stops() {
    let served = world(|_| {}).await;
    let mut client = Client::ready(&served).await;
    client.subscribe("t", "subscription { ticks }").await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(served.toy.open.load(Ordering::SeqCst), 1);
    client.say(&json!({"id": "t", "type": "complete"})).await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(served.toy.open.load(Ordering::SeqCst), 0);
    client.say(&json!({"type": "ping"})).await;
    let mut rest = Vec::new();
    loop {
        let message = client.next().await;
        if message["type"] == "pong" {
            break;
        }
        rest.push(message);
    }
    assert!(rest.iter().all(|message| message["type"] == "next"), "{rest:?}");
    client.subscribe("t", "{ hello }").await;
    assert_eq!(client.next().await["payload"]["data"]["hello"], "dag");
}

#[tokio::test]
async fn a_closed_socket_stops_its_operations() {
    let served = world(|_| {}).await;
    let mut client = Client::ready(&served).await;
    client.subscribe("t", "subscription { ticks }").await;
    client.next().await;
    client.0.close(None).await.unwrap();
    let mut dropped = Client::ready(&served).await;
    dropped.subscribe("t", "subscription { ticks }").await;
    dropped.next().await;
    drop(dropped);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(served.toy.open.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn errors_of_a_document_are_error_messages() {
    let served = world(|_| {}).await;
    let mut client = Client::ready(&served).await;
    let cases = [
        ("{ nothing }", "VALIDATION"),
        ("subscription { nothing }", "VALIDATION"),
        ("{", "SYNTAX"),
        ("mutation { change }", "MUTATION_OVER_SOCKET"),
        ("{ __schema { types { name } } }", "INTROSPECTION"),
        ("{ a:a a:a a:a a:a a:a a:a a:a a:a a:a a:a a:a }", "ROOT_FIELDS"),
    ];
    for (query, expected) in cases {
        client.subscribe("1", query).await;
        let message = client.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{query}");
        assert_eq!(message["payload"][0]["extensions"]["reason"], expected, "{query}");
        assert!(message["payload"][0]["extensions"]["trace"].is_string());
    }
    assert_eq!(served.toy.executed.load(Ordering::SeqCst), 2, "only the two that validate at the executor");
    client.subscribe("1", "{ broken }").await;
    assert_eq!(client.next().await["payload"]["data"]["broken"], Value::Null);
}

#[tokio::test]
async fn each_breach_of_the_protocol_has_its_code() {
    let served = world(|config| config.limits.init_seconds = 1).await;
    let subscribe = json!({"id": "1", "type": "subscribe", "payload": {"query": "subscription { ticks }"}});
    let cases = [
        (false, vec![Message::text(subscribe.to_string())], 4401),
        (false, vec![Message::text("garbage")], 4400),
        (false, vec![Message::text(json!({"type": "x".repeat(500)}).to_string())], 4400),
        (false, vec![Message::binary(vec![1, 2, 3])], 4400),
        (false, vec![Message::text(r#"{"type":"connection_init"}"#)], 4403),
        (
            false,
            vec![Message::text(r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#)],
            4403,
        ),
        (false, vec![], 4408),
        (true, vec![Message::text(r#"{"type":"connection_init"}"#)], 4429),
        (true, vec![Message::text(subscribe.to_string()), Message::text(subscribe.to_string())], 4409),
        (true, vec![Message::text(r#"{"type":"connection_ack"}"#)], 4400),
        (true, vec![Message::text("x".repeat(65 * 1024))], 1009),
    ];
    for (is_ready, messages, expected) in cases {
        let mut client = if is_ready { Client::ready(&served).await } else { Client::plain(&served).await };
        let told = format!("{messages:.100?}");
        for message in messages {
            client.0.send(message).await.unwrap();
        }
        assert_eq!(client.closed().await, expected, "{told}");
    }
}

#[tokio::test]
async fn only_one_sub_protocol_is_spoken() {
    let served = world(|_| {}).await;
    assert_eq!(Client::open(&served, &[]).await.unwrap().closed().await, 4406);
    let both = "graphql-ws, graphql-transport-ws";
    let mut client = Client::open(&served, &[("sec-websocket-protocol", both)]).await.unwrap();
    client.init(&served.demo.token("sanne").unwrap()).await;
    assert_eq!(client.next().await["type"], "connection_ack");
}

#[tokio::test]
async fn pages_of_other_origins_get_no_socket() {
    let served =
        world(|config| config.http.allowed_origins = vec!["https://portaal.example.nl".into()]).await;
    let own = format!("http://{}", served.address);
    let cases = [
        (own.as_str(), Ok(())),
        ("https://portaal.example.nl", Ok(())),
        ("https://evil.example", Err(403)),
        ("null", Err(403)),
    ];
    for (origin, expected) in cases {
        let opened = Client::open(&served, &[("origin", origin), ("sec-websocket-protocol", PROTOCOL)]).await;
        assert_eq!(opened.map(|_| ()), expected, "{origin}");
    }
}

#[tokio::test]
async fn what_is_no_upgrade_is_refused() {
    let router = World::new().front.router();
    let ask_ws = |method: &str, uri: &str| {
        ask(&router, Request::builder().method(method).uri(uri).body(Body::empty()).unwrap())
    };
    let plain = ask_ws("GET", "/graphql/ws").await;
    assert_eq!((plain.status, plain.header("upgrade")), (426, "websocket"));
    let post = ask_ws("POST", "/graphql/ws").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET"));
    assert_eq!(ask_ws("GET", "/graphql/ws?access_token=x").await.status, 401);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let served = world(|_| {}).await;
    let mut client = Client::ready(&served).await;
    client.subscribe("t", "subscription { ticks }").await;
    client.next().await;
    served.clock.advance(chrono::TimeDelta::seconds(3599));
    sleep(Duration::from_millis(150)).await;
    client.next().await;
    served.clock.advance(chrono::TimeDelta::seconds(1));
    let start = Instant::now();
    assert_eq!(client.closed().await, 4403);
    assert!(start.elapsed() < Duration::from_secs(1));
    let expired = served.demo.token("sanne").unwrap();
    served.clock.advance(chrono::TimeDelta::seconds(3601));
    let mut late = Client::plain(&served).await;
    late.init(&expired).await;
    assert_eq!(late.closed().await, 4403, "within the leeway, but its end has passed");
}

#[tokio::test]
async fn who_is_no_professional_is_shown_out_and_a_missing_ledger_ends_the_operation() {
    let served = world(|_| {}).await;
    let mut nobody = Client::plain(&served).await;
    nobody.init(&served.demo.token("nobody").unwrap()).await;
    nobody.next().await;
    nobody.subscribe("1", "{ hello }").await;
    assert_eq!(nobody.closed().await, 4403);
    let mut mo = Client::plain(&served).await;
    mo.init(&served.demo.token("mo").unwrap()).await;
    mo.next().await;
    mo.subscribe("1", "subscription { ticks }").await;
    let message = mo.next().await;
    assert_eq!(
        (&message["type"], &message["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("LEDGER_UNAVAILABLE"))
    );
}

#[tokio::test]
async fn the_number_of_operations_and_sockets_is_bounded() {
    let served = world(|config| {
        config.limits.subscriptions_per_socket = 2;
        config.limits.sockets_per_caller = 1;
    })
    .await;
    let mut client = Client::ready(&served).await;
    for id in ["1", "2"] {
        client.subscribe(id, "subscription { flood }").await;
    }
    client.subscribe("3", "{ hello }").await;
    let refused = loop {
        let message = client.next().await;
        if message["id"] == "3" {
            break message;
        }
    };
    assert_eq!(refused["payload"][0]["extensions"]["reason"], "SUBSCRIPTIONS");
    let mut second = Client::plain(&served).await;
    second.init(&served.demo.token("sanne").unwrap()).await;
    assert_eq!(second.closed().await, 1013);
    drop(client);
    sleep(Duration::from_millis(300)).await;
    Client::ready(&served).await;
}

#[tokio::test]
async fn sockets_are_bounded_in_all() {
    let served = world(|config| config.http.connections = 1).await;
    let client = Client::plain(&served).await;
    let header = [("sec-websocket-protocol", PROTOCOL)];
    assert_eq!(Client::open(&served, &header).await.map(|_| ()), Err(429));
    drop(client);
    sleep(Duration::from_millis(300)).await;
    Client::ready(&served).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    let served = world(|config| config.limits.queued_bytes = 100_000).await;
    let mut slow = Client::ready(&served).await;
    slow.subscribe("1", "subscription { flood }").await;
    let mut other = Client::ready(&served).await;
    other.subscribe("1", "{ hello }").await;
    assert_eq!(other.next().await["type"], "next");
    let start = Instant::now();
    while served.toy.open.load(Ordering::SeqCst) > 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "it is still fed");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn both_sides_ping() {
    let served = world(|config| config.limits.ping_seconds = 1).await;
    let mut client = Client::ready(&served).await;
    client.say(&json!({"type": "ping", "payload": {"a": 1}})).await;
    assert_eq!(client.next().await, json!({"type": "pong"}));
    for _ in 0..4 {
        assert_eq!(client.next().await, json!({"type": "ping"}));
        client.say(&json!({"type": "pong"})).await;
    }
    assert_eq!(client.closed().await, 1008, "who answers nothing is gone");
}

#[tokio::test]
async fn a_panic_in_an_operation_closes_the_socket_as_our_fault() {
    let served = world(|_| {}).await;
    for query in ["{ panics }", "subscription { panics }"] {
        let mut client = Client::ready(&served).await;
        client.subscribe("1", query).await;
        assert_eq!(client.closed().await, 4500, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_an_error_message() {
    let served = world(|config| config.http.request_seconds = 1).await;
    let mut client = Client::ready(&served).await;
    client.subscribe("1", "{ slow }").await;
    let message = client.next().await;
    assert_eq!(
        (&message["type"], &message["payload"][0]["extensions"]["reason"]),
        (&json!("error"), &json!("TIMEOUT"))
    );
}

#[tokio::test]
async fn sockets_are_told_when_the_server_stops() {
    let world = World::new();
    let (served, serving) = world.serve().await;
    let mut client = Client::ready(&served).await;
    client.subscribe("t", "subscription { ticks }").await;
    client.next().await;
    served.shutdown.begin();
    assert_eq!(client.closed().await, 1001);
    timeout(Duration::from_secs(5), serving).await.unwrap().unwrap();
}
