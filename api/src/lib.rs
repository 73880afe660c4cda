//! Vangnet: the GraphQL backend of a Zorg- en Veiligheidshuis.
//!
//! The library holds everything; the binary only reads arguments. Features never speak HTTP, and the front
//! never knows a feature.

pub mod assembly;
pub mod authn;
pub mod cli;
pub mod config;
pub mod demo;
pub mod error;
pub(crate) mod features;
pub mod graphql;
pub mod http;
pub mod server;
pub mod trace;
