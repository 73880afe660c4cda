//! `vangnet serve`: serves the API as the configuration says.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;

use super::running::{Running, log};
use crate::config::{Config, Mode};

/// The options of `vangnet serve`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration file; else the one that VANGNET_CONFIG names.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A folder with a covenant, instead of the one that the configuration names or the one in the program.
    #[arg(long, value_name = "FOLDER")]
    convenant: Option<PathBuf>,
    /// What is logged, such as `info` or `vangnet=debug,warn`.
    #[arg(long, value_name = "FILTER", default_value = "info")]
    log: String,
}

/// Serves until told to stop.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = Config::load(options.config.as_deref(), None)?;
    log(&options.log, config.mode == Mode::Demo)?;
    super::runtime()?.block_on(async {
        let running = Running::open(&config, options.convenant.as_deref(), &ProgressBar::hidden()).await?;
        tracing::info!(address = running.base, mode = config.mode.name(), "listening");
        running.serve(&config).await
    })?;
    Ok(ExitCode::SUCCESS)
}
