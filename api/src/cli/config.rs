//! `vangnet config check`: whether a configuration is allowed, without starting anything.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Config;

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Says whether the configuration is allowed; one line for each problem.
    Check {
        /// The configuration file; else the one that VANGNET_CONFIG names.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Does it.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Check { config } = command;
    let config = Config::load(config.as_deref(), None)?;
    super::print(format_args!("The configuration is allowed in mode {}.\n", config.mode.name()))?;
    Ok(ExitCode::SUCCESS)
}
