//! The command line: what an operator, a developer or a jurist asks of the program.
//!
//! Each command is a module that does one thing and returns an exit code. Nothing personal is printed but the
//! synthetic names of the demo.

mod config;
mod convenant;
mod demo;
mod ledger;
mod migrate;
mod running;
mod schema;
mod serve;
mod simulate;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Vangnet: the GraphQL backend of a Zorg- en Veiligheidshuis.
#[derive(Debug, Parser)]
#[command(name = "vangnet", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API.
    Serve(serve::Options),
    /// Serves three houses with synthetic people on this machine; the first start loads them.
    Demo(demo::Options),
    /// Brings the database to the present shape and stops.
    Migrate(migrate::Options),
    /// Prints the GraphQL schema.
    Schema,
    /// Leest, controleert en verklaart het convenant.
    #[command(subcommand)]
    Convenant(convenant::Command),
    /// Looks after the ledger.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Looks after the configuration.
    #[command(subcommand)]
    Config(config::Command),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        // Help and version are no mistakes; clap knows which code belongs to which.
        Err(said) => said.exit(),
    };
    let done = match command {
        Command::Serve(options) => serve::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::Schema => schema::run(),
        Command::Convenant(command) => convenant::run(command),
        Command::Ledger(command) => ledger::run(command),
        Command::Config(command) => config::run(command),
    };
    done.unwrap_or_else(|error| {
        // Whoever closed the other end of a pipe has read enough.
        if is_closed_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        let _ = writeln!(io::stderr(), "vangnet: {error:#}");
        ExitCode::FAILURE
    })
}

/// Prints to standard output.
fn print(text: impl Display) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    write!(output, "{text}")?;
    Ok(output.flush()?)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// A runtime for the commands that need one.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }
}
