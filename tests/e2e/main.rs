//! The end-to-end tests: what users meet, through the doors that users use.
//!
//! One binary, run once on each database by the test command.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod casusreis;
mod explorer;
mod identity;
mod readme;
mod schema;
mod smoke;
