//! A server from its configuration: every part opened, checked and put together, and closed in order.
//!
//! What is not as it should be keeps the server from starting, with a message that says what to do. Nothing
//! here answers a request.

mod shape;

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use convenant::{Convenant, Problem};
use sea_orm::{DbBackend, DbErr, FromQueryResult, Statement};
use waarborg::clock::Clock;
use waarborg::database::{Database, Location};
use waarborg::feed::{Doorbell, Feed};
use waarborg::keys::{KeyError, KeyFile, KeyFileError, Keys, gather_entropy};
use waarborg::ledger::{self, Ledger};
use waarborg::register::{Register, RegisterError};

use crate::authn::step_up::StepUp;
use crate::config::{Config, Mode};
use crate::server::Server;

/// Connections of the owner of the tables.
const OWNERS: u32 = 2;

/// A server that was put together. It holds the database for itself where only one process may.
#[derive(Debug)]
pub struct Assembly {
    /// The parts.
    pub server: Server,
    /// The database as the owner of its tables: to make them, and to load the demo. No request is served by it.
    pub(crate) owner: Database,
    _process: Option<ProcessLock>,
}

/// Why a server is not put together.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// The configuration does not say where the data is.
    #[error("database.url begins with neither sqlite: nor postgres://")]
    NoLocation,
    /// A folder cannot be made, or a file in it.
    #[error("{} cannot be used: {cause}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process has the database.
    #[error("another server already uses {}: SQLite takes one at a time", .0.display())]
    InUse(PathBuf),
    /// The database cannot be reached or read.
    #[error("the database cannot be used: {0}")]
    Database(#[from] DbErr),
    /// The database could lose what it has promised to keep.
    #[error("the database could lose what it confirmed: {} must not be off", .0.join(", "))]
    NotDurable(Vec<String>),
    /// The database is not in the present shape, and this role may not bring it there.
    #[error("the database is not in the present shape: run `vangnet migrate` with database.owner_url")]
    NotMigrated,
    /// Row-level security would not bind whoever serves.
    #[error(
        "the role of database.url is a superuser, bypasses row-level security or owns the tables: \
         name another, and the owner in database.owner_url"
    )]
    OwnerServes,
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The keys cannot be derived.
    #[error("the keys cannot be derived: {0}")]
    Keys(#[from] KeyError),
    /// The covenant has problems.
    #[error("the covenant is refused:\n{}", lines(.0))]
    Convenant(Vec<Problem>),
    /// The covenant is another than the one in force on the database.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] ledger::OpenError),
    /// The URL of Redis cannot be used. It may hold a password and is not shown.
    #[error("redis.url cannot be used: {0}")]
    Redis(&'static str),
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Assembly {
    /// Opens every part that the configuration names. `folder` is where to read the covenant from instead of
    /// where the configuration says.
    pub async fn open(config: &Config, folder: Option<&Path>) -> Result<Self, AssemblyError> {
        tokio::task::spawn_blocking(gather_entropy);
        let convenant = read_convenant(folder.or(config.convenant.folder()))?;
        let Opened { database, owner, process } = open_database(config).await?;
        let keys = open_keys(config)?;
        let clock = clock(config);
        let checkpoints = config.ledger.checkpoints.clone();
        let convenant = Arc::new(convenant);
        let register = Register::open(database.clone(), Arc::clone(&convenant), clock.now()).await?;
        let ledger = Ledger::open(database.clone(), keys.clone(), clock.clone(), checkpoints).await?;
        let feed = Feed::open(database.clone(), doorbell(config)?, keys.clone()).await?;
        ledger.start_sealer();
        let step_up = Arc::new(StepUp::new(config.step_up.clone()));
        let server = Server { database, clock, convenant, register, keys, ledger, feed, step_up };
        Ok(Self { server, owner, _process: process })
    }

    /// Ends the tasks behind the parts: what waits for the ledger is written, sealed and signed.
    pub async fn close(self) {
        self.server.ledger.close().await;
    }
}

/// The covenant in the binary, or in a folder. One with a problem in it is none.
pub fn read_convenant(folder: Option<&Path>) -> Result<Convenant, AssemblyError> {
    folder.map_or_else(Convenant::embedded, Convenant::load).map_err(AssemblyError::Convenant)
}

/// Where the configuration says the data is.
pub fn location(config: &Config) -> Result<Location, AssemblyError> {
    Location::parse(config.database.url.expose()).ok_or(AssemblyError::NoLocation)
}

/// A database in its present shape.
pub(crate) struct Opened {
    /// As whoever serves it.
    pub(crate) database: Database,
    /// As the owner of its tables; the same where no other is named.
    pub(crate) owner: Database,
    process: Option<ProcessLock>,
}

/// Opens the database in its present shape; on SQLite for this process alone.
pub(crate) async fn open_database(config: &Config) -> Result<Opened, AssemblyError> {
    let location = location(config)?;
    let process = match &location {
        Location::Sqlite(path) => Some(ProcessLock::take(path)?),
        Location::Postgres(_) => None,
    };
    let database = Database::connect(&location, config.database.connections).await?;
    let owner = match Location::parse(config.database.owner_url.expose()) {
        Some(owner) => Database::connect(&owner, OWNERS).await?,
        None => database.clone(),
    };
    check_durability(&database, config.mode).await?;
    shape::bring(&owner, &database).await?;
    shape::check(&database, config.mode).await?;
    Ok(Opened { database, owner, process })
}

/// The keys of the key file. Only a demo makes one.
pub(crate) fn open_keys(config: &Config) -> Result<Keys, AssemblyError> {
    let path = &config.keys.file;
    let file = match config.mode {
        Mode::Demo => {
            make_parent(path)?;
            KeyFile::load_or_create(path)?
        }
        Mode::Production => KeyFile::load(path)?,
    };
    Ok(Keys::derive(&file)?)
}

/// A setting of PostgreSQL.
#[derive(Debug, FromQueryResult)]
struct Setting {
    name: String,
}

const WEAK: &str = "SELECT name FROM pg_settings WHERE setting = 'off' \
                    AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";

/// What was proved must survive a power cut. SQLite is opened so; PostgreSQL is asked.
async fn check_durability(database: &Database, mode: Mode) -> Result<(), AssemblyError> {
    if database.backend() != DbBackend::Postgres {
        return Ok(());
    }
    let asked = Setting::find_by_statement(Statement::from_string(DbBackend::Postgres, WEAK));
    let weak: Vec<String> =
        asked.all(database.reader()).await?.into_iter().map(|setting| setting.name).collect();
    match mode {
        _ if weak.is_empty() => Ok(()),
        Mode::Production => Err(AssemblyError::NotDurable(weak)),
        Mode::Demo => {
            tracing::warn!(settings = weak.join(" "), "the database could lose what it confirmed");
            Ok(())
        }
    }
}

fn clock(config: &Config) -> Clock {
    let system = Clock::system();
    if config.demo.settable_clock { Clock::set_to(system.now()) } else { system }
}

fn doorbell(config: &Config) -> Result<Doorbell, AssemblyError> {
    if config.redis.url.is_empty() {
        return Ok(Doorbell::in_process());
    }
    let client = redis::Client::open(config.redis.url.expose());
    let refused = |error: redis::RedisError| {
        let is_unfit = error.kind() == redis::ErrorKind::InvalidClientConfig;
        AssemblyError::Redis(if is_unfit {
            "this server cannot connect in that way"
        } else {
            "it is no URL of Redis"
        })
    };
    Ok(Doorbell::shared(client.map_err(refused)?))
}

fn make_parent(path: &Path) -> Result<(), AssemblyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // For the owner only: what is kept in it concerns nobody else on the machine.
    let made = folder.map_or(Ok(()), |folder| DirBuilder::new().recursive(true).mode(0o700).create(folder));
    made.map_err(|cause| AssemblyError::Folder { path: path.to_owned(), cause })
}

/// The right of this process to a SQLite file. It ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct ProcessLock {
    _file: File,
}

impl ProcessLock {
    /// Takes the lock beside the database; does not wait for it.
    pub(crate) fn take(database: &Path) -> Result<Self, AssemblyError> {
        make_parent(database)?;
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let unusable = |cause| AssemblyError::Folder { path: path.clone(), cause };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(AssemblyError::InUse(database.to_owned())),
            Err(TryLockError::Error(cause)) => Err(unusable(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo_in(folder: &Path) -> Config {
        let place = |name: &str| folder.join(name).display().to_string();
        let environment = [
            ("VANGNET_DATABASE__URL".to_owned(), format!("sqlite:{}", place("data/vangnet.sqlite"))),
            ("VANGNET_KEYS__FILE".to_owned(), place("keys/keys.json")),
            ("VANGNET_LEDGER__CHECKPOINTS".to_owned(), place("checkpoints")),
        ];
        Config::read(None, environment, Some(Mode::Demo)).unwrap()
    }

    #[tokio::test]
    async fn a_second_server_on_one_file_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let config = demo_in(folder.path());
        let first = Assembly::open(&config, None).await.unwrap();
        let second = Assembly::open(&config, None).await.unwrap_err();
        assert!(matches!(second, AssemblyError::InUse(_)));
        assert_eq!(second.to_string().lines().count(), 1);
        first.close().await;
        Assembly::open(&config, None).await.unwrap().close().await;
    }

    #[tokio::test]
    async fn a_covenant_with_a_problem_starts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let config = demo_in(folder.path());
        let refused = Assembly::open(&config, Some(folder.path())).await.unwrap_err();
        assert!(matches!(refused, AssemblyError::Convenant(_)), "{refused}");
        assert!(!folder.path().join("data").exists(), "nothing was made before the covenant was read");
    }
}
