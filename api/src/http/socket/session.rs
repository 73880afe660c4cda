//! One socket: reads messages, asks the protocol, runs operations, and writes through the outbox.
//!
//! One task owns all of it, so that what the client sees has one order. Operations run in tasks of their own
//! and report; a report of an operation that was stopped is dropped, so nothing follows a `complete`. Nothing
//! is delivered after the end of the token.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::future::{BoxFuture, Fuse, FusedFuture};
use futures_util::stream::SplitStream;
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, Interval, Sleep, interval_at, sleep, timeout};

use super::census::Place;
use super::outbox::{Outbox, outbox};
use super::protocol::{Act, Close, Event, Protocol};
use crate::authn::Caller;
use crate::error::{Code, Fault, Reason};
use crate::graphql::executor::{Answer, AnswerStatus};
use crate::graphql::operation::{Operation, OperationKind};
use crate::http::Inner;
use crate::http::graphql::who;
use crate::trace::TraceId;

/// Reports that wait for the session: an operation that is ahead of it waits.
const REPORTS: usize = 64;
/// How long a closing handshake may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// How often a clock that can be set is looked at: it may jump past the end of a token.
const GLANCE: Duration = Duration::from_millis(100);

/// One socket from opening to close.
pub(super) struct Session {
    front: Arc<Inner>,
    protocol: Protocol,
    outbox: Outbox,
    caller: Option<(Arc<Caller>, Place)>,
    running: HashMap<String, Running>,
    started: u64,
    reports: mpsc::Sender<Report>,
    heard_at: Instant,
}

/// The end of a conversation: with a close of ours, or because the client left.
type End = Option<Close>;

/// An operation that runs.
struct Running {
    /// Tells it from an earlier one of the same id.
    number: u64,
    task: AbortHandle,
}

/// What an operation tells its session.
struct Report {
    id: String,
    number: u64,
    what: What,
}

enum What {
    Said(Answer),
    Failed(Fault),
    Ended,
    Broke,
}

/// What a session listens to.
struct Ears {
    stream: SplitStream<WebSocket>,
    reports: mpsc::Receiver<Report>,
    verification: Fuse<BoxFuture<'static, Result<Arc<Caller>, Fault>>>,
    init: Pin<Box<Sleep>>,
    init_is_over: bool,
    pings: Interval,
}

enum Happening {
    Heard(Option<Result<Message, axum::Error>>),
    Verified(Result<Arc<Caller>, Fault>),
    Reported(Report),
    InitTimedOut,
    PingIsDue,
    Expired,
    Leaving,
}

impl Session {
    /// Serves one socket until it is closed.
    pub(super) async fn run(front: Arc<Inner>, socket: WebSocket) {
        let limits = &front.settings.limits;
        let speaks_it = socket.protocol().is_some();
        let (sink, stream) = socket.split();
        let (outbox, mouth) = outbox(limits.queued_messages, limits.queued_bytes);
        let writer = tokio::spawn(mouth.speak(sink));
        let (reports, reported) = mpsc::channel(REPORTS);
        let mut ears = Ears::new(stream, reported, limits.init_seconds, limits.ping_seconds);
        let mut session = Self {
            protocol: Protocol::new(limits.subscriptions_per_socket),
            outbox,
            caller: None,
            running: HashMap::new(),
            started: 0,
            reports,
            heard_at: Instant::now(),
            front,
        };
        let end = if speaks_it {
            let conversation = AssertUnwindSafe(session.converse(&mut ears)).catch_unwind();
            conversation.await.unwrap_or(Some(Close::Internal))
        } else {
            Some(Close::Subprotocol)
        };
        if let Some(reason) = end {
            session.outbox.close(reason);
        }
        drop(session);
        let goodbye = async {
            // A writer that failed has nobody to write to.
            let _ = writer.await;
            while let Some(Ok(_)) = ears.stream.next().await {}
        };
        // Who does not answer a close is left.
        let _ = timeout(GOODBYE, goodbye).await;
    }

    async fn converse(&mut self, ears: &mut Ears) -> End {
        loop {
            let happening = ears.listen(self).await;
            if let Err(end) = self.handle(ears, happening) {
                return end;
            }
        }
    }

    fn handle(&mut self, ears: &mut Ears, happening: Happening) -> Result<(), End> {
        match happening {
            Happening::Heard(message) => self.hear(ears, message),
            Happening::Verified(verdict) => self.admit(ears, verdict),
            Happening::Reported(report) => self.reported(ears, report),
            Happening::InitTimedOut => {
                ears.init_is_over = true;
                let act = self.protocol.step(Event::InitTimedOut);
                self.act(ears, act)
            }
            Happening::PingIsDue if self.heard_at.elapsed() > 2 * ears.pings.period() => {
                Err(Some(Close::Silent))
            }
            Happening::PingIsDue => self.put(&json!({"type": "ping"})),
            Happening::Expired => Err(Some(Close::Forbidden)),
            Happening::Leaving => Err(Some(Close::GoingAway)),
        }
    }

    fn hear(&mut self, ears: &mut Ears, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match message {
            None => return Err(None),
            Some(Err(error)) => return Err(Some(close_for(&error))),
            Some(Ok(message)) => message,
        };
        self.heard_at = Instant::now();
        let act = match &message {
            Message::Text(text) => self.protocol.step(Event::Text(text.as_str())),
            Message::Binary(_) => self.protocol.step(Event::Binary),
            Message::Ping(_) | Message::Pong(_) => Act::Wait,
            Message::Close(_) => return Err(None),
        };
        self.act(ears, act)
    }

    fn act(&mut self, ears: &mut Ears, act: Act) -> Result<(), End> {
        match act {
            Act::Wait => Ok(()),
            Act::Acknowledge => self.put(&json!({"type": "connection_ack"})),
            Act::Pong => self.put(&json!({"type": "pong"})),
            Act::Verify(token) => {
                let front = Arc::clone(&self.front);
                let verdict = async move { who(&front, &token, TraceId::fresh()).await };
                ears.verification = verdict.boxed().fuse();
                Ok(())
            }
            Act::Start { id, request } => self.start(id, request),
            Act::TooMany(id) => self.refuse(&id, Reason::SUBSCRIPTIONS.into()),
            Act::Stop(id) => {
                self.stop(&id);
                Ok(())
            }
            Act::Complete(id) => self.put(&json!({"id": id, "type": "complete"})),
            Act::Close(reason) => Err(Some(reason)),
        }
    }

    fn admit(&mut self, ears: &mut Ears, verdict: Result<Arc<Caller>, Fault>) -> Result<(), End> {
        let caller = verdict.map_err(|_| Some(Close::Forbidden))?;
        if caller.expires_at <= self.front.clock.now() {
            return Err(Some(Close::Forbidden));
        }
        let place = self.front.sockets.enter(&caller).ok_or(Some(Close::Overloaded))?;
        self.caller = Some((caller, place));
        let act = self.protocol.step(Event::Admitted);
        self.act(ears, act)
    }

    fn start(&mut self, id: String, request: Value) -> Result<(), End> {
        let Some((caller, _)) = &self.caller else { return Err(Some(Close::Unauthorized)) };
        let operation = Operation::from_json(request, &self.front.settings.documents, TraceId::fresh());
        let operation = match operation {
            Ok(operation) if operation.kind == OperationKind::Mutation => {
                return self.refuse(&id, Fault::from(Reason::MUTATION_OVER_SOCKET).traced(operation.trace));
            }
            Ok(operation) => operation,
            Err(fault) => return self.refuse(&id, fault),
        };
        let number = self.started;
        self.started += 1;
        let teller = Teller { id: id.clone(), number, reports: self.reports.clone() };
        let work = perform(Arc::clone(&self.front), Arc::clone(caller), operation, teller);
        let task = tokio::spawn(work).abort_handle();
        self.running.insert(id, Running { number, task });
        Ok(())
    }

    fn reported(&mut self, ears: &mut Ears, report: Report) -> Result<(), End> {
        let Report { id, number, what } = report;
        if self.running.get(&id).is_none_or(|running| running.number != number) {
            return Ok(());
        }
        let is_over =
            self.caller.as_ref().is_none_or(|(caller, _)| caller.expires_at <= self.front.clock.now());
        if is_over {
            return Err(Some(Close::Forbidden));
        }
        match what {
            What::Said(answer) => self.pass_on(&id, &answer),
            What::Failed(fault) => self.refuse(&id, fault),
            What::Ended => {
                self.stop(&id);
                let act = self.protocol.step(Event::Ended(&id));
                self.act(ears, act)
            }
            What::Broke => Err(Some(Close::Internal)),
        }
    }

    fn pass_on(&mut self, id: &str, answer: &Answer) -> Result<(), End> {
        match answer.status {
            AnswerStatus::Executed => {
                let body = std::str::from_utf8(&answer.body).map_err(|_| Some(Close::Internal))?;
                let id = Value::from(id);
                self.send(format!(r#"{{"id":{id},"type":"next","payload":{body}}}"#))
            }
            AnswerStatus::RequestError | AnswerStatus::Unavailable => {
                let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
                let errors = body.and_then(|mut body| body.get_mut("errors").map(Value::take));
                self.end_with_error(id, &errors.ok_or(Some(Close::Internal))?)
            }
            AnswerStatus::Unauthenticated => Err(Some(Close::Forbidden)),
        }
    }

    /// Ends an operation with an `error` message.
    fn refuse(&mut self, id: &str, fault: Fault) -> Result<(), End> {
        let trace = TraceId::fresh();
        let fault = if fault.is_traced() { fault } else { fault.traced(trace) };
        let error = fault.worded(self.front.settings.wording);
        self.end_with_error(id, &json!([error]))
    }

    fn end_with_error(&mut self, id: &str, errors: &Value) -> Result<(), End> {
        self.stop(id);
        self.protocol.forget(id);
        self.put(&json!({"id": id, "type": "error", "payload": errors}))
    }

    fn stop(&mut self, id: &str) {
        if let Some(running) = self.running.remove(id) {
            running.task.abort();
        }
    }

    fn put(&mut self, message: &Value) -> Result<(), End> {
        self.send(message.to_string())
    }

    fn send(&mut self, message: String) -> Result<(), End> {
        self.outbox.put(message).map_err(|_| Some(Close::Overloaded))
    }

    /// Waits for the end of the token; for ever when there is none yet.
    async fn expired(&self) {
        let Some((caller, _)) = &self.caller else { return std::future::pending().await };
        let clock = &self.front.clock;
        while let Ok(left) = (caller.expires_at - clock.now()).to_std() {
            if left.is_zero() {
                return;
            }
            sleep(if clock.is_settable() { left.min(GLANCE) } else { left }).await;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for running in self.running.values() {
            running.task.abort();
        }
    }
}

impl Ears {
    fn new(
        stream: SplitStream<WebSocket>,
        reports: mpsc::Receiver<Report>,
        init_seconds: u64,
        ping_seconds: u64,
    ) -> Self {
        let ping = Duration::from_secs(ping_seconds);
        Self {
            stream,
            reports,
            verification: Fuse::terminated(),
            init: Box::pin(sleep(Duration::from_secs(init_seconds))),
            init_is_over: false,
            pings: interval_at(Instant::now() + ping, ping),
        }
    }

    async fn listen(&mut self, session: &Session) -> Happening {
        let is_verifying = !self.verification.is_terminated();
        tokio::select! {
            () = session.front.shutdown.begun() => Happening::Leaving,
            () = session.expired() => Happening::Expired,
            message = self.stream.next() => Happening::Heard(message),
            verdict = &mut self.verification, if is_verifying => Happening::Verified(verdict),
            () = &mut self.init, if !self.init_is_over => Happening::InitTimedOut,
            Some(report) = self.reports.recv() => Happening::Reported(report),
            _ = self.pings.tick() => Happening::PingIsDue,
        }
    }
}

/// How an operation reports to its session.
struct Teller {
    id: String,
    number: u64,
    reports: mpsc::Sender<Report>,
}

impl Teller {
    /// Waits for room; nobody listens any more when the session is gone, and then the task is aborted.
    async fn tell(&self, what: What) {
        let _ = self.reports.send(Report { id: self.id.clone(), number: self.number, what }).await;
    }
}

async fn perform(front: Arc<Inner>, caller: Arc<Caller>, operation: Operation, teller: Teller) {
    let trace = operation.trace;
    let work = async {
        if operation.kind == OperationKind::Subscription {
            let mut answers = front.executor.subscribe(caller, operation);
            while let Some(answer) = answers.next().await {
                teller.tell(What::Said(answer)).await;
            }
            return;
        }
        let within = front.settings.request_timeout;
        teller
            .tell(match timeout(within, front.executor.execute(caller, operation)).await {
                Ok(answer) => What::Said(answer),
                Err(_) => What::Failed(Fault::from(Reason::TIMEOUT).traced(trace)),
            })
            .await;
    };
    let ended = AssertUnwindSafe(work).catch_unwind().await;
    if ended.is_err() {
        tracing::error!(%trace, code = Code::Internal.code(), "an operation on a socket panicked");
    }
    teller.tell(if ended.is_ok() { What::Ended } else { What::Broke }).await;
}

/// A message over the limit, or a frame that is none. The library gives no better way to tell.
fn close_for(error: &axum::Error) -> Close {
    let text = error.to_string();
    let is_large = text.contains("Space limit exceeded") || text.contains("too long");
    if is_large { Close::TooBig } else { Close::BrokenFrame }
}
