//! GraphQL: a request becomes an operation within budget, an operation becomes an answer.
//!
//! Nothing here speaks HTTP or WebSocket, and no feature's rule is written here.

pub mod budget;
pub mod executor;
pub mod operation;
