//! The harness of the end-to-end tests: a whole server on a free loopback port, a small town of partners, and
//! clients that speak to it as apps do.
//!
//! Tests go through HTTP and WebSocket only; the database is for arranging what no API can, and for looking at
//! what no API shows. Which database it is comes from `VANGNET_TEST_DATABASE` (sqlite unless it says postgres).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "a harness fails its test by panicking, and reads the environment that the test command sets"
)]

pub mod client;
pub mod database;
pub mod peers;
pub mod server;
pub mod socket;
pub mod town;

pub use client::{Answer, Client};
pub use server::Vangnet;
pub use town::Town;
