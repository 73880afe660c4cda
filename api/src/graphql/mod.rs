//! GraphQL: a request becomes an operation within budget, an operation becomes an answer.
//!
//! Nothing here speaks HTTP or WebSocket, and no feature's rule is written here.

pub mod budget;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod delivery;
pub(crate) mod denial;
pub mod engine;
pub mod executor;
pub(crate) mod explanation;
pub(crate) mod fragments;
pub(crate) mod id;
pub(crate) mod in_force;
pub(crate) mod input;
pub mod operation;
pub(crate) mod page;
pub(crate) mod rows;
pub(crate) mod scalar;
pub mod schema;
pub(crate) mod user_error;
pub(crate) mod viewer_access;
