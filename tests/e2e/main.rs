//! The end-to-end tests: what users meet, through the doors that users use.
//!
//! One binary, run once on each database by the test command.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod access_log;
mod arrange;
mod assignments;
mod attacks;
mod break_glass;
mod canaries;
mod casusreis;
mod commands;
mod completeness;
mod conditions;
mod contracts;
mod convenant;
mod disclosure;
mod explanation;
mod explorer;
mod feed;
mod gast;
mod grounds;
mod identity;
mod ids;
mod input;
mod ledger;
mod logs;
mod ondertekening;
mod oracle;
mod parity;
mod program;
mod readme;
mod schema;
mod search;
mod second_lock;
mod shape;
mod smoke;
mod statements;
mod withheld;
mod write;
