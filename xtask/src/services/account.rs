//! The unprivileged account that the servers run under: PostgreSQL refuses to run as root.

use std::{ffi::OsStr, fs, os::unix::fs::chown, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// An account of this machine other than root.
#[derive(Debug)]
pub(crate) struct Account {
    name: String,
    user: u32,
    group: u32,
}

impl Account {
    /// The account to switch to, or none where this process is unprivileged itself.
    pub(crate) fn for_servers() -> Result<Option<Self>> {
        if !running_as_root() {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(user), Some(group)) = (id("-u", Some(name)), id("-g", Some(name))) {
                return Ok(Some(Self { name: name.to_owned(), user, group }));
            }
        }
        bail!(
            "run this as an ordinary user, or make a user named postgres: PostgreSQL refuses to run as root"
        );
    }

    /// The name of the account.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Makes a folder that belongs to the account, or to whoever runs this.
    pub(crate) fn make_folder(account: Option<&Self>, folder: &Path) -> Result<()> {
        fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Self::give(account, folder)
    }

    /// Makes the account the owner of a file, if there is one to switch to.
    pub(crate) fn give(account: Option<&Self>, file: &Path) -> Result<()> {
        let Some(account) = account else { return Ok(()) };
        chown(file, Some(account.user), Some(account.group))
            .with_context(|| format!("cannot give {} to {}", file.display(), account.name))
    }

    /// A command for `program` that runs as the account. Where the machine can do it, the program also
    /// gets a signal when this process disappears without cleaning up.
    pub(crate) fn command(account: Option<&Self>, program: &Path) -> Command {
        let Some(setpriv) = workspace::on_path("setpriv") else {
            return Self::without_setpriv(account, program);
        };
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "INT"]);
        if let Some(account) = account {
            command.arg(format!("--reuid={}", account.user)).arg(format!("--regid={}", account.group));
            command.arg("--clear-groups");
        }
        command.arg(program);
        command
    }

    fn without_setpriv(account: Option<&Self>, program: &Path) -> Command {
        let Some(account) = account else {
            return Command::new(program);
        };
        let mut command = Command::new("runuser");
        command.args([OsStr::new("-u"), OsStr::new(&account.name), OsStr::new("--"), program.as_os_str()]);
        command
    }
}

/// Whether this process is root.
pub(crate) fn running_as_root() -> bool {
    id("-u", None) == Some(0)
}

fn id(flag: &str, name: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(flag).args(name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
