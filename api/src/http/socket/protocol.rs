//! The graphql-transport-ws protocol as a state machine: what happened goes in, what to do comes out.
//!
//! Pure: no socket, no clock, no token is verified and no operation run here. Every close code of the
//! protocol is in one table.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::http::credentials::bearer;

/// The one sub-protocol that is spoken.
pub(super) const NAME: &str = "graphql-transport-ws";
/// The longest operation id; a client's own is a UUID.
const MAX_ID: usize = 64;

/// Why a socket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// The server stops.
    GoingAway,
    /// A message over the limit.
    TooBig,
    /// A frame that is no WebSocket.
    BrokenFrame,
    /// Nothing was heard of the client, pings notwithstanding.
    Silent,
    /// The client does not read, or has too many sockets.
    Overloaded,
    /// A message that the protocol does not know.
    BadMessage,
    /// An operation before the connection was acknowledged.
    Unauthorized,
    /// No token, a bad one, or one that has expired.
    Forbidden,
    /// Another sub-protocol.
    Subprotocol,
    /// No introduction in time.
    InitTimeout,
    /// An operation under an id that is in use.
    Duplicate,
    /// A second introduction.
    SecondInit,
    /// Our fault.
    Internal,
}

impl Close {
    /// The code and its reason, which fits a close frame.
    pub(super) fn frame(self) -> (u16, &'static str) {
        match self {
            Self::GoingAway => (1001, "Going away"),
            Self::BrokenFrame => (1002, "Protocol error"),
            Self::TooBig => (1009, "Message too big"),
            Self::Silent => (1008, "No answer to pings"),
            Self::Overloaded => (1013, "Try again later"),
            Self::BadMessage => (4400, "Invalid message"),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Forbidden => (4403, "Forbidden"),
            Self::Subprotocol => (4406, "Subprotocol not acceptable"),
            Self::InitTimeout => (4408, "Connection initialisation timeout"),
            Self::Duplicate => (4409, "Subscriber already exists"),
            Self::SecondInit => (4429, "Too many initialisation requests"),
            Self::Internal => (4500, "Internal server error"),
        }
    }
}

/// What happened on a socket.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A text message arrived.
    Text(&'a str),
    /// A binary message arrived.
    Binary,
    /// The time to introduce itself is over.
    InitTimedOut,
    /// The token was verified.
    Admitted,
    /// An operation ended, by itself.
    Ended(&'a str),
}

/// What to do about it.
#[derive(Debug, PartialEq)]
pub(super) enum Act {
    /// Nothing.
    Wait,
    /// Acknowledge the connection.
    Acknowledge,
    /// Answer a ping.
    Pong,
    /// Verify this token, then say [`Event::Admitted`] or close with [`Close::Forbidden`].
    Verify(String),
    /// Start an operation.
    Start {
        /// The client's name for it.
        id: String,
        /// The GraphQL request.
        request: Value,
    },
    /// Refuse an operation: there are too many.
    TooMany(String),
    /// Stop an operation; its client no longer listens.
    Stop(String),
    /// Tell the client that an operation is complete.
    Complete(String),
    /// Close the socket.
    Close(Close),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody has introduced himself.
    Opened,
    /// A token is being verified.
    Introduced,
    /// Operations are welcome.
    Acknowledged,
    /// Nothing is welcome any more.
    Closed,
}

/// Where one socket is in the protocol.
#[derive(Debug)]
pub(super) struct Protocol {
    phase: Phase,
    running: HashSet<String>,
    limit: usize,
}

impl Protocol {
    /// A socket that has just opened, for at most `limit` operations at once.
    pub(super) fn new(limit: usize) -> Self {
        Self { phase: Phase::Opened, running: HashSet::new(), limit }
    }

    /// Takes one step.
    pub(super) fn step(&mut self, event: Event<'_>) -> Act {
        let act = match (self.phase, event) {
            (Phase::Closed, _) => Act::Wait,
            (_, Event::Binary) => Act::Close(Close::BadMessage),
            (phase, Event::Text(text)) => match Message::read(text) {
                Some(message) => self.receive(phase, message),
                None => Act::Close(Close::BadMessage),
            },
            (Phase::Opened, Event::InitTimedOut) => Act::Close(Close::InitTimeout),
            (Phase::Introduced, Event::Admitted) => {
                self.phase = Phase::Acknowledged;
                Act::Acknowledge
            }
            (_, Event::Ended(id)) if self.running.remove(id) => Act::Complete(id.to_owned()),
            (_, Event::InitTimedOut | Event::Admitted | Event::Ended(_)) => Act::Wait,
        };
        if matches!(act, Act::Close(_)) {
            self.phase = Phase::Closed;
        }
        act
    }

    /// Forgets an operation that was refused with an `error` message: that ends it.
    pub(super) fn forget(&mut self, id: &str) {
        self.running.remove(id);
    }

    fn receive(&mut self, phase: Phase, message: Message) -> Act {
        match (message, phase) {
            (Message::Ping, _) => Act::Pong,
            (Message::Pong, _) => Act::Wait,
            (Message::Init(token), Phase::Opened) => {
                self.phase = Phase::Introduced;
                token.map_or(Act::Close(Close::Forbidden), Act::Verify)
            }
            (Message::Init(_), _) => Act::Close(Close::SecondInit),
            (Message::Subscribe { id, request }, Phase::Acknowledged) => self.subscribe(id, request),
            (Message::Subscribe { .. }, _) => Act::Close(Close::Unauthorized),
            (Message::Complete(id), _) => {
                if self.running.remove(&id) {
                    Act::Stop(id)
                } else {
                    Act::Wait
                }
            }
        }
    }

    fn subscribe(&mut self, id: String, request: Value) -> Act {
        if self.running.contains(&id) {
            return Act::Close(Close::Duplicate);
        }
        if self.running.len() >= self.limit {
            return Act::TooMany(id);
        }
        self.running.insert(id.clone());
        Act::Start { id, request }
    }
}

/// A message a client may send.
enum Message {
    Init(Option<String>),
    Ping,
    Pong,
    Subscribe { id: String, request: Value },
    Complete(String),
}

impl Message {
    fn read(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else { return None };
        let kind = members.remove("type")?;
        match kind.as_str()? {
            "connection_init" => payload(&mut members).ok().map(|payload| Self::Init(token(payload))),
            "ping" => payload(&mut members).ok().map(|_| Self::Ping),
            "pong" => payload(&mut members).ok().map(|_| Self::Pong),
            "subscribe" => {
                let request = payload(&mut members).ok()??;
                let has_query = request.get("query").is_some_and(Value::is_string);
                let id = id(&mut members).filter(|_| has_query)?;
                Some(Self::Subscribe { id, request: Value::Object(request) })
            }
            "complete" => id(&mut members).map(Self::Complete),
            _ => None,
        }
    }
}

/// A payload that is something else than an object.
struct NoObject;

/// The payload, which may be left out but is an object when there.
fn payload(members: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>, NoObject> {
    match members.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err(NoObject),
    }
}

fn token(payload: Option<Map<String, Value>>) -> Option<String> {
    let payload = payload?;
    let credential = payload.get("authorization")?.as_str()?;
    bearer(credential).map(str::to_owned)
}

fn id(members: &mut Map<String, Value>) -> Option<String> {
    match members.remove("id") {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_ID => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const INIT: &str = r#"{"type":"connection_init","payload":{"authorization":"Bearer t"}}"#;

    fn subscribe(id: &str) -> String {
        json!({"id": id, "type": "subscribe", "payload": {"query": "{ a }"}}).to_string()
    }

    fn acknowledged() -> Protocol {
        let mut protocol = Protocol::new(2);
        assert_eq!(protocol.step(Event::Text(INIT)), Act::Verify("t".into()));
        assert_eq!(protocol.step(Event::Admitted), Act::Acknowledge);
        protocol
    }

    /// What one message does in each phase: opened, introduced, acknowledged.
    #[test]
    fn the_table_of_the_protocol() {
        let close = |close| Some(Act::Close(close));
        let bad = || [close(Close::BadMessage), close(Close::BadMessage), close(Close::BadMessage)];
        let verify = Some(Act::Verify("t".into()));
        let start = Some(Act::Start { id: "1".into(), request: json!({"query": "{ a }"}) });
        let denied = || [close(Close::Forbidden), close(Close::SecondInit), close(Close::SecondInit)];
        let everywhere = |act: fn() -> Act| [Some(act()), Some(act()), Some(act())];
        let rows: Vec<(String, [Option<Act>; 3])> = vec![
            (INIT.into(), [verify, close(Close::SecondInit), close(Close::SecondInit)]),
            (r#"{"type":"connection_init"}"#.into(), denied()),
            (r#"{"type":"connection_init","payload":{}}"#.into(), denied()),
            (r#"{"type":"connection_init","payload":{"authorization":"t"}}"#.into(), denied()),
            (r#"{"type":"connection_init","payload":{"authorization":["Bearer t"]}}"#.into(), denied()),
            (r#"{"type":"connection_init","payload":{"Authorization":"Bearer t"}}"#.into(), denied()),
            (r#"{"type":"connection_init","payload":[]}"#.into(), bad()),
            (r#"{"type":"ping"}"#.into(), everywhere(|| Act::Pong)),
            (r#"{"type":"ping","payload":{"a":1}}"#.into(), everywhere(|| Act::Pong)),
            (r#"{"type":"ping","payload":1}"#.into(), bad()),
            (r#"{"type":"pong"}"#.into(), everywhere(|| Act::Wait)),
            (subscribe("1"), [close(Close::Unauthorized), close(Close::Unauthorized), start]),
            (subscribe(""), bad()),
            (subscribe(&"x".repeat(65)), bad()),
            (r#"{"id":1,"type":"subscribe","payload":{"query":"{ a }"}}"#.into(), bad()),
            (r#"{"id":"1","type":"subscribe","payload":{"query":1}}"#.into(), bad()),
            (r#"{"id":"1","type":"subscribe","payload":{}}"#.into(), bad()),
            (r#"{"id":"1","type":"subscribe"}"#.into(), bad()),
            (r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#.into(), bad()),
            (r#"{"id":"9","type":"complete"}"#.into(), everywhere(|| Act::Wait)),
            (r#"{"type":"complete"}"#.into(), bad()),
            (r#"{"type":"connection_ack"}"#.into(), bad()),
            (r#"{"id":"1","type":"next","payload":{}}"#.into(), bad()),
            (r#"{"id":"1","type":"error","payload":[]}"#.into(), bad()),
            (r#"{"id":"1","type":"start","payload":{"query":"{ a }"}}"#.into(), bad()),
            (r#"{"type":7}"#.into(), bad()),
            ("{}".into(), bad()),
            ("[]".into(), bad()),
            ("null".into(), bad()),
            (String::new(), bad()),
            ("not json".into(), bad()),
            ("[".repeat(1000), bad()),
        ];
        for (message, expected) in rows {
            for (phase, expected) in expected.into_iter().enumerate() {
                let mut protocol = Protocol::new(2);
                if phase > 0 {
                    protocol.step(Event::Text(INIT));
                }
                if phase > 1 {
                    protocol.step(Event::Admitted);
                }
                assert_eq!(
                    Some(protocol.step(Event::Text(&message))),
                    expected,
                    "{message} in phase {phase}"
                );
            }
        }
    }

    #[test]
    fn an_id_is_free_again_when_its_operation_has_ended() {
        let mut protocol = acknowledged();
        assert!(matches!(protocol.step(Event::Text(&subscribe("1"))), Act::Start { .. }));
        assert_eq!(protocol.step(Event::Ended("1")), Act::Complete("1".into()));
        assert_eq!(protocol.step(Event::Ended("1")), Act::Wait);
        assert!(matches!(protocol.step(Event::Text(&subscribe("1"))), Act::Start { .. }));
        assert_eq!(protocol.step(Event::Text(r#"{"id":"1","type":"complete"}"#)), Act::Stop("1".into()));
        assert_eq!(protocol.step(Event::Ended("1")), Act::Wait);
        assert!(matches!(protocol.step(Event::Text(&subscribe("1"))), Act::Start { .. }));
        protocol.forget("1");
        assert!(matches!(protocol.step(Event::Text(&subscribe("1"))), Act::Start { .. }));
        assert_eq!(protocol.step(Event::Text(&subscribe("1"))), Act::Close(Close::Duplicate));
        assert_eq!(protocol.step(Event::Text(&subscribe("2"))), Act::Wait, "nothing happens after a close");
    }

    #[test]
    fn operations_are_bounded() {
        let mut protocol = acknowledged();
        protocol.step(Event::Text(&subscribe("1")));
        protocol.step(Event::Text(&subscribe("2")));
        assert_eq!(protocol.step(Event::Text(&subscribe("3"))), Act::TooMany("3".into()));
        protocol.step(Event::Ended("1"));
        assert!(matches!(protocol.step(Event::Text(&subscribe("3"))), Act::Start { .. }));
    }

    #[test]
    fn only_who_says_nothing_is_timed_out() {
        assert_eq!(Protocol::new(1).step(Event::InitTimedOut), Act::Close(Close::InitTimeout));
        let mut introduced = Protocol::new(1);
        introduced.step(Event::Text(INIT));
        assert_eq!(introduced.step(Event::InitTimedOut), Act::Wait);
        assert_eq!(acknowledged().step(Event::InitTimedOut), Act::Wait);
        assert_eq!(acknowledged().step(Event::Binary), Act::Close(Close::BadMessage));
        assert_eq!(Protocol::new(1).step(Event::Admitted), Act::Wait, "nobody was introduced");
    }

    #[test]
    fn every_reason_fits_a_close_frame() {
        let all = [
            Close::GoingAway,
            Close::TooBig,
            Close::BrokenFrame,
            Close::Silent,
            Close::Overloaded,
            Close::BadMessage,
            Close::Unauthorized,
            Close::Forbidden,
            Close::Subprotocol,
            Close::InitTimeout,
            Close::Duplicate,
            Close::SecondInit,
            Close::Internal,
        ];
        let codes: HashSet<_> = all.iter().map(|close| close.frame().0).collect();
        assert_eq!(codes.len(), all.len());
        assert!(all.iter().all(|close| close.frame().1.len() <= 123));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is sent, nothing starts before the acknowledgement and never more than the limit run.
        #[test]
        fn no_sequence_of_messages_breaks_the_rules(steps in prop::collection::vec(0..9usize, 0..40)) {
            let mut protocol = Protocol::new(2);
            let (mut acknowledged, mut running, mut closed) = (false, 0_usize, false);
            for step in steps {
                let text = match step {
                    0 => INIT.to_owned(),
                    1..=3 => subscribe(&step.to_string()),
                    4 | 5 => json!({"id": (step - 3).to_string(), "type": "complete"}).to_string(),
                    6 => r#"{"type":"ping"}"#.to_owned(),
                    _ => String::new(),
                };
                let act = match step {
                    7 => protocol.step(Event::Admitted),
                    8 => protocol.step(Event::Ended("1")),
                    _ => protocol.step(Event::Text(&text)),
                };
                prop_assert!(!closed || act == Act::Wait);
                match act {
                    Act::Acknowledge => acknowledged = true,
                    Act::Start { .. } => { running += 1; prop_assert!(acknowledged); }
                    Act::Stop(_) | Act::Complete(_) => running -= 1,
                    Act::Close(_) => closed = true,
                    Act::Wait | Act::Pong | Act::Verify(_) | Act::TooMany(_) => {}
                }
                prop_assert!(running <= 2);
            }
        }
    }
}
