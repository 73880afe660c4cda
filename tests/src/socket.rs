//! A subscriber over graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::Client;

/// The code with which the server closes the socket of a client that signs in.
pub async fn close_code(client: &Client) -> Option<u16> {
    let mut socket = connect(client).await;
    let authorization = client.token().map(|token| format!("Bearer {token}"));
    let init = json!({ "type": "connection_init", "payload": { "authorization": authorization } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            return frame.map(|frame| frame.code.into());
        }
    }
    None
}

async fn connect(client: &Client) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let address = format!("{}/graphql/ws", client.base().replacen("http", "ws", 1));
    let mut request = address.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    connect_async(request).await.unwrap().0
}

/// An open subscription.
#[derive(Debug)]
pub struct Subscriber {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Whether nothing has come yet: a stream that begins now says first where it is.
    begins: bool,
}

impl Subscriber {
    /// Signs in over a socket and subscribes.
    pub async fn open(client: &Client, query: &str, variables: Value) -> Self {
        let mut subscriber = Self { socket: connect(client).await, begins: variables["after"].is_null() };
        let authorization = client.token().map(|token| format!("Bearer {token}"));
        subscriber
            .send(json!({ "type": "connection_init", "payload": { "authorization": authorization } }))
            .await;
        assert_eq!(subscriber.receive().await.unwrap()["type"], "connection_ack");
        let payload = json!({ "query": query, "variables": variables });
        subscriber.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        subscriber
    }

    async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message of the protocol; none when the socket was closed.
    async fn receive(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == "ping" {
                        self.send(json!({ "type": "pong" })).await;
                        continue;
                    }
                    return Some(message);
                }
                Message::Close(_) => return None,
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// The payload of the next event, within ten seconds.
    pub async fn next(&mut self) -> Value {
        let next = self.next_within(Duration::from_secs(10)).await;
        next.expect("an event was expected")
    }

    /// The payload of the next event, or none when none comes within the time. The place at which a stream begins is
    /// no event.
    pub async fn next_within(&mut self, patience: Duration) -> Option<Value> {
        let message = tokio::time::timeout(patience, self.receive()).await.ok()??;
        assert_eq!(message["type"], "next", "{message}");
        let payload = message["payload"].clone();
        if std::mem::take(&mut self.begins) && says_the_place(&payload) {
            return Box::pin(self.next_within(patience)).await;
        }
        Some(payload)
    }

    /// The next message whatever it is, or none when the socket was closed or nothing came.
    pub async fn message_within(&mut self, patience: Duration) -> Option<Value> {
        tokio::time::timeout(patience, self.receive()).await.ok()?
    }
}

/// Whether a payload is a heartbeat, or what is left of one when nothing of it was selected.
fn says_the_place(payload: &Value) -> bool {
    let told = payload["data"]["caseEvents"].as_object();
    told.is_some_and(|told| match told.get("__typename") {
        Some(name) => name == "FeedHeartbeat",
        None => told.keys().all(|field| field == "cursor"),
    })
}
