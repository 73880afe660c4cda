//! Where the workspace is, which cargo to call, and the few settings read from the environment.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// The root folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// The cargo that runs this command, working in the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The folders in which programs are looked for.
pub(crate) fn search_path() -> Vec<PathBuf> {
    variable("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the environment in this crate")]
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}
