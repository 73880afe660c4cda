//! What the end-to-end tests need beside the workspace: installed programs, npm packages, and a
//! throw-away PostgreSQL and Redis that live in a temporary folder and end with the run.

mod account;
mod npm;
mod postgres;
mod process;
mod redis;
mod tools;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use self::{account::Account, postgres::Postgres, redis::Redis};

/// Everything started or found for one run. Dropping it stops the servers and removes their files.
pub(crate) struct Services {
    postgres: Postgres,
    redis: Redis,
    chromium: PathBuf,
    node: PathBuf,
    node_modules: PathBuf,
    account: Option<Account>,
    // Last, so that the servers have ended when their folder is removed.
    folder: TempDir,
}

impl Services {
    /// Finds or installs the programs, installs the npm packages, and starts both servers.
    pub(crate) fn start() -> Result<Self> {
        let tools = tools::find_or_install()?;
        let node_modules = npm::install(&tools.npm)?;
        let account = Account::for_servers()?;
        let folder = shared_folder()?;
        let postgres = Postgres::start(&tools.postgres_bin, folder.path(), account.as_ref())?;
        let redis = Redis::start(&tools.redis_server, folder.path(), account.as_ref())?;
        let (chromium, node) = (tools.chromium, tools.node);
        Ok(Self { postgres, redis, chromium, node, node_modules, account, folder })
    }

    /// A path for a file that lasts as long as the run.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The environment that tells a test where everything is.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("VANGNET_TEST_POSTGRES_URL", self.postgres.url()),
            ("VANGNET_TEST_POSTGRES_BIN", self.postgres.binaries().display().to_string()),
            ("VANGNET_TEST_REDIS_URL", self.redis.url()),
            ("VANGNET_TEST_REDIS_SERVER", self.redis.binary().display().to_string()),
            ("VANGNET_TEST_NODE", self.node.display().to_string()),
            ("VANGNET_TEST_NODE_MODULES", self.node_modules.display().to_string()),
            ("VANGNET_TEST_CHROMIUM", self.chromium.display().to_string()),
        ];
        if let Some(account) = &self.account {
            variables.push(("VANGNET_TEST_RUN_AS", account.name().to_owned()));
        }
        variables
    }
}

/// A temporary folder that the servers' account may enter too.
fn shared_folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("vangnet-test-").tempdir();
    let folder = folder.context("cannot make a temporary folder")?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))
        .context("cannot open the temporary folder to the servers")?;
    Ok(folder)
}

/// A port of the loopback address that nobody listens on now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr().context("the port of a socket")?.port())
}
