//! The project's own commands: `cargo xtask test`, `cargo xtask schema`, `cargo xtask convenant-mutations` and
//! `cargo xtask second-lock`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

mod interrupt;
mod mutations;
#[cfg(test)]
mod publiccode;
mod schema;
mod services;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands that developers and continuous integration run.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every check and test, on SQLite and on a throw-away PostgreSQL and Redis.
    Test(test::Options),
    /// Writes schema.graphql, the exported GraphQL schema.
    Schema(schema::Options),
    /// Changes every policy of the covenant in one place after another and shows that a test notices. Takes long.
    ConvenantMutations,
    /// Takes the scope out of every statement of the server and shows that PostgreSQL keeps other houses away.
    SecondLock,
}

fn main() -> ExitCode {
    let outcome = interrupt::install().and_then(|()| match Cli::parse().command {
        Command::Test(options) => test::run(&options),
        Command::Schema(options) => schema::run(&options),
        Command::ConvenantMutations => mutations::run(),
        Command::SecondLock => test::second_lock(),
    });
    match outcome {
        _ if interrupt::requested() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
