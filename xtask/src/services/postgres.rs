//! A throw-away PostgreSQL on the loopback address.
//!
//! Commits are durable here too: the server refuses to run in production mode on a database without
//! `fsync`, and the tests start it in that mode. Only the making of the cluster is not synced.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{account::Account, free_port, process::Server};

const USER: &str = "vangnet";

/// What differs from the defaults: private, small, without the pauses that only a large database needs.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "max_connections=300",
    "shared_buffers=128MB",
    "max_wal_size=512MB",
    "timezone=UTC",
    "jit=off",
];

/// A running PostgreSQL whose superuser is `vangnet`.
#[derive(Debug)]
pub(crate) struct Postgres {
    binaries: PathBuf,
    port: u16,
    password: String,
    _server: Server,
}

impl Postgres {
    /// Makes a cluster below `folder` and starts it.
    pub(crate) fn start(binaries: &Path, folder: &Path, account: Option<&Account>) -> Result<Self> {
        let home = folder.join("postgres");
        Account::make_folder(account, &home)?;
        let password = random_password()?;
        let data = make_cluster(binaries, &home, &password, account)?;
        let port = free_port()?;
        let mut command = Account::command(account, &binaries.join("postgres"));
        command.arg("-D").arg(data).args(["-p", &port.to_string()]);
        command.arg("-c").arg(format!("unix_socket_directories={}", home.display()));
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let server = Server::start("postgresql", &mut command, folder, || answers(binaries, port))?;
        Ok(Self { binaries: binaries.to_owned(), port, password, _server: server })
    }

    /// The address of its maintenance database, for a superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// The folder with `initdb`, `postgres` and `pg_dump`.
    pub(crate) fn binaries(&self) -> &Path {
        &self.binaries
    }
}

fn make_cluster(binaries: &Path, home: &Path, password: &str, account: Option<&Account>) -> Result<PathBuf> {
    let data = home.join("data");
    let secret = tempfile::NamedTempFile::new_in(home).context("cannot write the password file")?;
    fs::write(secret.path(), password).context("cannot write the password file")?;
    Account::give(account, secret.path())?;
    let mut command = Account::command(account, &binaries.join("initdb"));
    // No locale: text sorts by code point, as it does on SQLite. The password goes in clear over the
    // loopback address: hashing it would cost an unoptimised client more than everything else.
    command.args(["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=password", "--username", USER]);
    command.arg("--pwfile").arg(secret.path());
    let output = command.arg("--pgdata").arg(&data).current_dir(home).output().context("initdb")?;
    if !output.status.success() {
        bail!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(data)
}

fn answers(binaries: &Path, port: u16) -> bool {
    let mut command = Command::new(binaries.join("pg_isready"));
    command.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
    command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn random_password() -> Result<String> {
    let mut bytes = [0_u8; 16];
    let source = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    source.context("cannot make a password")?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
