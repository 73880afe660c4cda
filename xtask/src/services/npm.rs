//! The npm packages of `tests/npm`, installed when they differ from the lock file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{interrupt, workspace};

/// A copy of the lock file that the installed packages came from, kept among them.
const STAMP: &str = ".installed-from.json";

/// Installs the packages and returns the folder they are in.
pub(crate) fn install(npm: &Path) -> Result<PathBuf> {
    let project = workspace::root().join("tests").join("npm");
    let modules = project.join("node_modules");
    let lock = fs::read(project.join("package-lock.json")).context("tests/npm/package-lock.json")?;
    if !in_sync(&modules, &lock) {
        println!("== npm ci in tests/npm");
        let mut command = Command::new(npm);
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        let status = interrupt::run(command.current_dir(&project), |_| ())?;
        ensure!(status.success(), "npm ci failed in tests/npm: {status}");
        fs::write(modules.join(STAMP), &lock).context("cannot note what npm installed")?;
    }
    Ok(modules)
}

fn in_sync(modules: &Path, lock: &[u8]) -> bool {
    fs::read(modules.join(STAMP)).is_ok_and(|installed| installed == lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_in_sync_only_with_the_lock_file_they_came_from() {
        let modules = tempfile::tempdir().unwrap();
        assert!(!in_sync(modules.path(), b"{}"), "nothing installed yet");
        fs::write(modules.path().join(STAMP), b"{}").unwrap();
        assert!(in_sync(modules.path(), b"{}"));
        assert!(!in_sync(modules.path(), b"{ \"lockfileVersion\": 3 }"));
    }
}
