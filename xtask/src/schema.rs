//! `cargo xtask schema`: exports the GraphQL schema to `schema.graphql`, or compares it with `--check`.

use std::{
    fs,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::workspace;

const FILE: &str = "schema.graphql";

/// The options of `cargo xtask schema`.
#[derive(Args)]
pub(crate) struct Options {
    /// Changes nothing: shows the difference and fails when the file is out of date.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the file; false means that the check failed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let exported = export()?;
    let path = workspace::root().join(FILE);
    let current = fs::read(&path).unwrap_or_default();
    if exported == current {
        println!("{FILE} is up to date");
        return Ok(true);
    }
    if options.check {
        show_difference(&exported)?;
        println!("{FILE} is out of date: run `cargo xtask schema` and commit the file");
        return Ok(false);
    }
    fs::write(&path, exported).with_context(|| format!("cannot write {FILE}"))?;
    println!("{FILE} written");
    Ok(true)
}

fn export() -> Result<Vec<u8>> {
    let output = workspace::cargo()
        .args(["run", "--quiet", "--package", "vangnet", "--", "schema"])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "`vangnet schema` failed: {}", output.status);
    ensure!(!output.stdout.is_empty(), "`vangnet schema` printed nothing");
    Ok(output.stdout)
}

fn show_difference(exported: &[u8]) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let fresh = folder.path().join(FILE);
    fs::write(&fresh, exported).context("cannot write the exported schema")?;
    // Without a diff program the message that follows still says what to do.
    let _ = Command::new("diff").arg("-u").arg(workspace::root().join(FILE)).arg(fresh).status();
    Ok(())
}
