//! `vangnet ledger verify`: whether the proof is whole. It reads only, and can run beside a server at work.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use clap::Subcommand;
use waarborg::database::{Database, Location};
use waarborg::keys::{KeyFile, Keys};
use waarborg::ledger::{Report, verify};

use crate::assembly::location;
use crate::config::Config;

/// What can be done with the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Recomputes hashes, numbers, chain, index and checkpoints; fails when something does not hold.
    Verify {
        /// The configuration file; else the one that VANGNET_CONFIG names.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// The folder of a demo, instead of a configuration.
        #[arg(long, value_name = "FOLDER", conflicts_with = "config")]
        folder: Option<PathBuf>,
    },
}

/// Does it.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Verify { config, folder } = command;
    let config = match folder {
        Some(folder) => super::demo::configuration(Some(&folder), None)?,
        None => Config::load(config.as_deref(), None)?,
    };
    let report = super::runtime()?.block_on(verified(&config))?;
    super::print(format_args!("{report}\n"))?;
    Ok(if report.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verified(config: &Config) -> anyhow::Result<Report> {
    let location = location(config)?;
    if let Location::Sqlite(path) = &location {
        ensure!(path.is_file(), "there is no database at {}", path.display());
    }
    let keys = Keys::derive(&KeyFile::load(&config.keys.file)?)?;
    let database = Database::connect(&location, 2).await?;
    Ok(verify(&database, &keys, &config.ledger.checkpoints).await?)
}
