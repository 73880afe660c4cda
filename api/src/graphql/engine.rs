//! The engine behind every door: opens the access, executes, proves, and only then lets the bytes go.
//!
//! Whatever an answer shows is on disk before its first byte leaves. When the proof cannot be written there is
//! no answer but that.

use std::sync::Arc;

use async_graphql::registry::Registry;
use async_graphql::{Request, Response, ServerError, Value};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt, once, unfold};
use waarborg::access::{Access, Principal};
use waarborg::database::cause;
use waarborg::disclosure::Classification;
use waarborg::ledger::Kind;
use waarborg::proof;

use super::delivery::{Deliveries, Login};
use super::executor::{Answer, AnswerStatus, Execute};
use super::in_force::confirm;
use super::input;
use super::operation::{Operation, OperationKind};
use super::schema::{self, SchemaError, VangnetSchema};
use crate::authn::Caller;
use crate::error::{Code, Fault, Wording, errors_body};
use crate::server::Server;
use crate::trace::TraceId;

/// How an engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineSettings {
    /// How much an error says of a document.
    pub wording: Wording,
    /// Whether the schema may be asked.
    pub introspection: bool,
    /// The most values that a document may show.
    pub cost: usize,
}

/// Executes operations on a server.
#[derive(Clone)]
pub struct Engine {
    server: Server,
    schema: VangnetSchema,
    types: Arc<Registry>,
    classification: Arc<Classification>,
    settings: EngineSettings,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// An operation that has begun: who asks, and what is to be executed.
struct Begun {
    access: Access,
    request: Request,
    name: Option<String>,
    trace: TraceId,
}

impl Engine {
    /// An engine on a server. It does not come into being when a value could leave undecided.
    pub fn new(server: Server, settings: EngineSettings) -> Result<Self, SchemaError> {
        let classification = Arc::new(schema::classify()?);
        let schema = schema::build(server.clone(), settings.cost);
        Ok(Self { server, schema, types: Arc::new(schema::types()), classification, settings })
    }

    /// Looks up who calls and opens their access.
    async fn begin(&self, caller: &Caller, operation: Operation) -> Result<Begun, Answer> {
        let trace = operation.trace;
        let now = self.server.clock.now();
        confirm(&self.server, now)
            .await
            .map_err(|fault| self.refuse(AnswerStatus::Unavailable, fault, trace))?;
        let found =
            Principal::find(self.server.database.reader(), &caller.issuer, &caller.subject, now).await;
        let principal = match found {
            Ok(Some(principal)) => Arc::new(principal),
            Ok(None) => {
                return Err(self.refuse(
                    AnswerStatus::Unauthenticated,
                    Fault::new(Code::Unauthenticated),
                    trace,
                ));
            }
            Err(error) => {
                tracing::error!(cause = cause(&error), "a caller could not be looked up");
                return Err(self.refuse(AnswerStatus::Unavailable, Fault::new(Code::Internal), trace));
            }
        };
        if let Err(errors) = input::check(&self.types, &operation, trace) {
            return Err(Answer { status: AnswerStatus::RequestError, body: errors_body(&errors) });
        }
        let access = Access::open(
            self.server.database.clone(),
            Arc::clone(&self.server.convenant),
            Arc::clone(&self.classification),
            principal,
            now,
            trace.to_string(),
        );
        let name = operation.name.clone();
        let mut request = Request::new(String::new())
            .variables(operation.variables)
            .data(access.clone())
            .data(caller.clone());
        request.operation_name.clone_from(&operation.name);
        request.set_parsed_query(operation.document);
        let request = if self.settings.introspection { request } else { request.disable_introspection() };
        Ok(Begun { access, request, name, trace })
    }

    fn refuse(&self, status: AnswerStatus, fault: Fault, trace: TraceId) -> Answer {
        Answer { status, body: fault.traced(trace).body(self.settings.wording) }
    }

    /// Writes the proof of a response, then makes its bytes.
    async fn prove(
        &self,
        access: &Access,
        kind: Kind,
        name: Option<&str>,
        response: Response,
        trace: TraceId,
    ) -> Answer {
        let response = self.reword(response, trace);
        let codes = response.errors.iter().filter_map(code_of).collect();
        let entry = proof::of_answer(access, kind, name, codes).await;
        access.reader().rest().await;
        let proved = match entry {
            Ok(entry) => self.server.ledger.append(&entry).await.is_ok(),
            Err(error) => {
                tracing::error!(cause = cause(&error), "whom an answer concerns could not be looked up");
                false
            }
        };
        if !proved {
            return self.refuse(AnswerStatus::Unavailable, Fault::new(Code::LedgerUnavailable), trace);
        }
        self.bytes_of(&response, trace)
    }

    fn bytes_of(&self, response: &Response, trace: TraceId) -> Answer {
        let refused = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        if refused {
            return Answer { status: AnswerStatus::RequestError, body: errors_body(&response.errors) };
        }
        match serde_json::to_vec(response) {
            Ok(body) => Answer { status: AnswerStatus::Executed, body: Bytes::from(body) },
            Err(_) => self.refuse(AnswerStatus::Unavailable, Fault::new(Code::Internal), trace),
        }
    }

    fn reword(&self, mut response: Response, trace: TraceId) -> Response {
        response.errors =
            response.errors.into_iter().map(|error| self.settings.wording.reword(error, trace)).collect();
        response
    }

    async fn run(&self, caller: &Caller, operation: Operation) -> Answer {
        let kind = if operation.kind == OperationKind::Mutation { Kind::Payload } else { Kind::Response };
        match self.begin(caller, operation).await {
            Ok(begun) => {
                let response = self.schema.execute(begun.request).await;
                self.prove(&begun.access, kind, begun.name.as_deref(), response, begun.trace).await
            }
            Err(answer) => answer,
        }
    }

    async fn follow(self, caller: Arc<Caller>, operation: Operation) -> BoxStream<'static, Answer> {
        let begun = match self.begin(&caller, operation).await {
            Ok(begun) => begun,
            Err(answer) => return once(async { answer }).boxed(),
        };
        let deliveries = Arc::new(Deliveries::default());
        let login = Login { issuer: caller.issuer.clone(), subject: caller.subject.clone() };
        let request = begun.request.data(login).data(Arc::clone(&deliveries));
        let followed = Followed {
            responses: self.schema.execute_stream(request),
            engine: self,
            access: begun.access,
            deliveries,
            name: begun.name,
            trace: begun.trace,
            ended: false,
        };
        unfold(followed, |mut followed| async move { followed.next().await.map(|answer| (answer, followed)) })
            .boxed()
    }
}

/// A subscription under way.
struct Followed {
    engine: Engine,
    responses: BoxStream<'static, Response>,
    access: Access,
    deliveries: Arc<Deliveries>,
    name: Option<String>,
    trace: TraceId,
    ended: bool,
}

impl Followed {
    /// The next answer, proved. One that cannot be proved is the last: the client resumes from its cursor.
    async fn next(&mut self) -> Option<Answer> {
        if self.ended {
            return None;
        }
        let response = self.responses.next().await?;
        let access = self.deliveries.take().unwrap_or_else(|| self.access.clone());
        let name = self.name.as_deref();
        let answer = self.engine.prove(&access, Kind::Event, name, response, self.trace).await;
        self.ended = answer.status != AnswerStatus::Executed;
        Some(answer)
    }
}

impl Execute for Engine {
    fn execute(&self, caller: Arc<Caller>, operation: Operation) -> BoxFuture<'_, Answer> {
        Box::pin(async move { self.run(&caller, operation).await })
    }

    fn subscribe(&self, caller: Arc<Caller>, operation: Operation) -> BoxStream<'static, Answer> {
        once(self.clone().follow(caller, operation)).flatten().boxed()
    }
}

fn code_of(error: &ServerError) -> Option<String> {
    let Value::String(code) = error.extensions.as_ref()?.get("code")? else { return None };
    Some(code.clone())
}
