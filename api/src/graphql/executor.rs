//! The one door to the schema: whatever transport a request came by, it is executed here.
//!
//! An [`Answer`] leaves only when the proof of what it discloses is on disk. A transport never looks inside
//! the body, never changes it and never makes one of its own from data.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use super::operation::Operation;
use crate::authn::Caller;

/// What became of an operation, for a transport that has status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerStatus {
    /// It ran; the body has `data`, perhaps with errors beside it.
    Executed,
    /// It was refused before it ran; the body has errors and no `data`.
    RequestError,
    /// The caller is no professional we know.
    Unauthenticated,
    /// It cannot be answered now; nothing was disclosed.
    Unavailable,
}

/// The answer to one operation, or one event of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What became of it.
    pub status: AnswerStatus,
    /// The JSON of the GraphQL response, ready to send; its proof is already on disk.
    pub body: Bytes,
}

/// What the front needs of whoever executes operations.
pub trait Execute: Send + Sync + 'static {
    /// Runs a query or mutation to its end.
    fn execute(&self, caller: Arc<Caller>, operation: Operation) -> BoxFuture<'_, Answer>;

    /// Runs a subscription: one answer an event. Its end is the end of the subscription.
    fn subscribe(&self, caller: Arc<Caller>, operation: Operation) -> BoxStream<'static, Answer>;
}

/// A shared handle on whoever executes operations.
#[derive(Clone)]
pub struct Executor(Arc<dyn Execute>);

impl Executor {
    /// A handle on `engine`.
    pub fn new(engine: impl Execute) -> Self {
        Self(Arc::new(engine))
    }

    /// Runs a query or mutation to its end.
    pub async fn execute(&self, caller: Arc<Caller>, operation: Operation) -> Answer {
        self.0.execute(caller, operation).await
    }

    /// Runs a subscription: one answer an event.
    pub fn subscribe(&self, caller: Arc<Caller>, operation: Operation) -> BoxStream<'static, Answer> {
        self.0.subscribe(caller, operation)
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Executor")
    }
}
