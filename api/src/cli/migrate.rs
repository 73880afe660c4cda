//! `vangnet migrate`: brings the database to the present shape and stops.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::assembly::open_database;
use crate::config::Config;

/// The options of `vangnet migrate`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration file; else the one that VANGNET_CONFIG names.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does it.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = Config::load(options.config.as_deref(), None)?;
    super::runtime()?.block_on(open_database(&config))?;
    super::print("The database has the present shape.\n")?;
    Ok(ExitCode::SUCCESS)
}
