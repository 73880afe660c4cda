//! An executor over a schema of a few fields, which counts what it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Object, Request, Response, Schema, ServerError, Subscription};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};

use crate::authn::Caller;
use crate::error::{Code, Fault, Wording, errors_body};
use crate::graphql::executor::{Answer, AnswerStatus, Execute};
use crate::graphql::operation::Operation;
use crate::trace::TraceId;

#[derive(Clone, Default)]
pub(super) struct Toy {
    pub(super) executed: Arc<AtomicUsize>,
    /// How many subscriptions are being followed.
    pub(super) open: Arc<AtomicUsize>,
}

fn fail() -> String {
    panic!("secret panic text")
}

type ToySchema = Schema<Query, Mutation, Events>;

struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "dag"
    }

    async fn who(&self, ctx: &async_graphql::Context<'_>) -> String {
        ctx.data_unchecked::<Arc<Caller>>().subject.clone()
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn twice(&self, number: i32) -> i32 {
        number * 2
    }

    async fn broken(&self) -> Option<async_graphql::Result<String>> {
        Some(Err(async_graphql::Error::new("relation \"secret_table\" does not exist")))
    }

    async fn guarded(&self) -> Option<async_graphql::Result<String>> {
        Some(Err(Fault::because(Code::GuardFailed, "NO_PLAN", "Er is nog geen plan.").into()))
    }

    async fn panics(&self) -> String {
        fail()
    }

    async fn slow(&self) -> bool {
        tokio::time::sleep(Duration::from_secs(30)).await;
        true
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn change(&self) -> bool {
        true
    }
}

struct Events;

#[Subscription]
impl Events {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(0..to)
    }

    async fn ticks(&self) -> impl Stream<Item = i32> {
        stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((n, n + 1))
        })
    }

    async fn flood(&self) -> impl Stream<Item = String> {
        stream::unfold((), |()| async {
            tokio::task::yield_now().await;
            Some(("x".repeat(20_000), ()))
        })
    }

    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::once(async { panic!("secret panic text") })
    }
}

/// What a response is, by its shape: nothing but data is worth telling apart here.
fn answer(response: Response, trace: TraceId) -> Answer {
    let errors: Vec<ServerError> =
        response.errors.iter().map(|error| Wording::ForUsers.reword(error.clone(), trace)).collect();
    if errors.iter().any(|error| error.path.is_empty()) {
        return Answer { status: AnswerStatus::RequestError, body: errors_body(&errors) };
    }
    let mut shown = Response::new(response.data);
    shown.errors = errors;
    Answer { status: AnswerStatus::Executed, body: Bytes::from(serde_json::to_vec(&shown).unwrap()) }
}

fn request(caller: &Arc<Caller>, operation: Operation) -> (Request, TraceId) {
    let Operation { document, name, variables, trace, .. } = operation;
    let mut request = Request::new("").variables(variables).data(Arc::clone(caller));
    request.operation_name = name;
    request.set_parsed_query(document);
    (request, trace)
}

fn schema() -> ToySchema {
    Schema::new(Query, Mutation, Events)
}

/// Some callers stand for what the real executor says of them.
fn special(caller: &Caller) -> Option<Answer> {
    let (status, code) = match caller.subject.as_str() {
        "nobody" => (AnswerStatus::Unauthenticated, Code::Unauthenticated),
        "mo" => (AnswerStatus::Unavailable, Code::LedgerUnavailable),
        _ => return None,
    };
    Some(Answer { status, body: Fault::new(code).body(Wording::ForUsers) })
}

impl Execute for Toy {
    fn execute(&self, caller: Arc<Caller>, operation: Operation) -> BoxFuture<'_, Answer> {
        self.executed.fetch_add(1, Ordering::SeqCst);
        async move {
            if let Some(answer) = special(&caller) {
                return answer;
            }
            let (request, trace) = request(&caller, operation);
            answer(schema().execute(request).await, trace)
        }
        .boxed()
    }

    fn subscribe(&self, caller: Arc<Caller>, operation: Operation) -> BoxStream<'static, Answer> {
        self.executed.fetch_add(1, Ordering::SeqCst);
        if let Some(answer) = special(&caller) {
            return stream::iter([answer]).boxed();
        }
        let (request, trace) = request(&caller, operation);
        let following = Following::new(&self.open);
        let answers = schema().execute_stream(request);
        answers
            .map(move |response| {
                let _ = &following;
                answer(response, trace)
            })
            .boxed()
    }
}

struct Following(Arc<AtomicUsize>);

impl Following {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(open))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
