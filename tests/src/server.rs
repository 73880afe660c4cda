//! A whole server on a free loopback port: real HTTP and WebSocket, real tokens, a clock that the test sets.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use convenant::Convenant;
use indicatif::ProgressBar;
use tokio::net::TcpListener;
use vangnet::authn::Verifier;
use vangnet::authn::demo::{DemoIssuer, Persona};
use vangnet::authn::step_up::StepUp;
use vangnet::config::{Config, Mode};
use vangnet::demo;
use vangnet::error::Wording;
use vangnet::graphql::engine::{Engine, EngineSettings};
use vangnet::graphql::executor::Executor;
use vangnet::http::{Front, Settings, Shutdown, serve};
use vangnet::server::Server;
use waarborg::clock::Clock;
use waarborg::database::{Database, Location};
use waarborg::feed::{Doorbell, Feed};
use waarborg::keys::{KeyFile, Keys};
use waarborg::ledger::Ledger;
use waarborg::register::{Register, RegisterError};

use crate::client::{Client, connections};
use crate::database::{Kind, TestDatabase, kind};
use crate::town::{SUBJECTS, Town};

/// A running server.
#[derive(Debug)]
pub struct Vangnet {
    /// Its address: `http://127.0.0.1:port`.
    pub base: String,
    /// Its parts.
    pub server: Server,
    /// The database as the owner of its tables: to arrange what no API can, and to look at what no API shows.
    pub owner: Database,
    /// Who works with it.
    pub town: Town,
    connections: reqwest::Client,
    issuer: Arc<DemoIssuer>,
    shutdown: Shutdown,
    database: Arc<TestDatabase>,
    _process: Option<ServerProcess>,
}

impl Vangnet {
    /// Starts a server with the town in it, on the day of the first scenario of the domain: 2024-02-12.
    pub async fn start() -> Self {
        Self::start_on(Utc.with_ymd_and_hms(2024, 2, 12, 9, 0, 0).unwrap()).await
    }

    /// The same, on another day.
    pub async fn start_on(now: DateTime<Utc>) -> Self {
        Self::start_with(now, Verifier::new).await
    }

    /// The same, with a verifier that trusts others beside the demo issuer.
    pub async fn start_with(now: DateTime<Utc>, verifier: impl FnOnce(Clock) -> Verifier) -> Self {
        Self::settled(now, embedded(), verifier).await
    }

    /// The same, deciding by the covenant in a folder.
    pub async fn start_under(now: DateTime<Utc>, folder: &Path) -> Self {
        Self::settled(now, Arc::new(Convenant::load(folder).unwrap()), Verifier::new).await
    }

    /// A second server on the same database and by the same clock, in this process, deciding by the covenant in a
    /// folder. It believes the tokens of this one. An error where the register refuses its covenant.
    pub async fn beside(&self, folder: &Path) -> Result<Self, RegisterError> {
        let convenant = Arc::new(Convenant::load(folder).unwrap());
        let server = assemble(&self.database, self.server.clock.clone(), doorbell(), convenant).await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let running = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            server,
            owner: self.owner.clone(),
            town: self.town.clone(),
            connections: self.connections.clone(),
            issuer: Arc::clone(&self.issuer),
            shutdown: Shutdown::new(),
            database: Arc::clone(&self.database),
            _process: None,
        };
        running.serve(listener, Verifier::new(running.server.clock.clone()));
        Ok(running)
    }

    /// A server with the whole demo in it instead of the town, in the spring of 2026.
    pub async fn start_demo() -> Self {
        let now = Utc.with_ymd_and_hms(2026, 3, 10, 9, 0, 0).unwrap();
        let convenant = embedded();
        let personas = demo::personas(&convenant);
        let (running, listener) = Self::open(now, convenant, personas).await;
        let issuer = running.issuer.rules().issuer;
        demo::load(&running.server, &running.owner, &issuer, &ProgressBar::hidden()).await.unwrap();
        running.serve(listener, Verifier::new(running.server.clock.clone()));
        running
    }

    async fn settled(
        now: DateTime<Utc>,
        convenant: Arc<Convenant>,
        verifier: impl FnOnce(Clock) -> Verifier,
    ) -> Self {
        let (mut running, listener) = Self::open(now, convenant, people_of_the_town()).await;
        running.town = Town::settle(&running.server, &running.issuer.rules().issuer).await;
        running.serve(listener, verifier(running.server.clock.clone()));
        running
    }

    /// A server on an empty database, and the port on which it is to be served.
    async fn open(
        now: DateTime<Utc>,
        convenant: Arc<Convenant>,
        personas: Vec<Persona>,
    ) -> (Self, TcpListener) {
        let database = TestDatabase::fresh().await;
        let clock = Clock::set_to(now);
        let server = assemble(&database, clock.clone(), doorbell(), convenant).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let issuer = DemoIssuer::open(Mode::Demo, &database.folder(), &base, personas, clock).unwrap();
        let running = Self {
            base,
            owner: owner_of(&database, &server).await,
            server,
            town: Town::default(),
            connections: connections(),
            issuer: Arc::new(issuer),
            shutdown: Shutdown::new(),
            database: Arc::new(database),
            _process: None,
        };
        (running, listener)
    }

    fn serve(&self, listener: TcpListener, verifier: Verifier) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = Config::read(None, [], Some(Mode::Demo)).unwrap();
        let settings =
            EngineSettings { wording: Wording::ForUsers, introspection: true, cost: config.limits.cost };
        let engine = Engine::new(self.server.clone(), settings).unwrap();
        let verifier = verifier
            .trusting(self.issuer.rules(), Arc::clone(&self.issuer) as Arc<dyn vangnet::authn::fetch::Fetch>);
        let ledger = self.server.ledger.clone();
        let front = Front {
            executor: Executor::new(engine),
            verifier: Arc::new(verifier),
            clock: self.server.clock.clone(),
            settings: Settings::of(&config),
            demo: Some(Arc::clone(&self.issuer)),
            ready: Arc::new(move || {
                let ledger = ledger.clone();
                Box::pin(async move { ledger.probe().await.is_ok() })
            }),
            shutdown: self.shutdown.clone(),
        };
        tokio::spawn(serve(listener, front.router(), 1000, self.shutdown.clone()));
    }

    /// A further server on the same database, as a process of its own that was started as an operator would: by
    /// `vangnet serve` and a configuration. It believes the tokens of this one, over HTTP.
    #[must_use]
    pub fn replica(&self, program: &Path, redis: &str) -> Self {
        let started = self.replica_under(program, redis, None);
        started.unwrap_or_else(|said| panic!("the server does not listen: {said:?}"))
    }

    /// The same, deciding by the covenant in a folder; what it said when it does not start.
    pub fn replica_under(
        &self,
        program: &Path,
        redis: &str,
        convenant: Option<&Path>,
    ) -> Result<Self, Vec<String>> {
        let Location::Postgres(database) = self.serving() else { panic!("SQLite admits one server process") };
        let convenant = convenant.map_or_else(String::new, |folder| folder.display().to_string());
        let folder = self.folder();
        let issuer = self.issuer.rules().issuer;
        let settings = format!(
            "mode = \"demo\"\n[http]\naddress = \"127.0.0.1:0\"\n[database]\nurl = \"{database}\"\n\
             [redis]\nurl = \"{redis}\"\n[keys]\nfile = \"{0}/keys\"\n[ledger]\ncheckpoints = \"{0}/checkpoints\"\n\
             [convenant]\nfolder = \"{convenant}\"\n[demo]\nissuer = false\n[oidc]\nissuers = [{{ issuer = \"{issuer}\", audience = \"vangnet\" }}]\n",
            folder.display()
        );
        let file = folder.join(format!("{}.toml", uuid::Uuid::new_v4()));
        std::fs::write(&file, settings).unwrap();
        let process = ServerProcess::start(program, &file)?;
        Ok(Self {
            base: process.base.clone(),
            server: self.server.clone(),
            owner: self.owner.clone(),
            town: self.town.clone(),
            connections: self.connections.clone(),
            issuer: Arc::clone(&self.issuer),
            shutdown: Shutdown::new(),
            database: Arc::clone(&self.database),
            _process: Some(process),
        })
    }

    /// A client that is signed in as a professional of the town, by their subject.
    pub fn as_(&self, subject: &str) -> Client {
        let token = self.issuer.token(subject).unwrap_or_else(|| panic!("the town has no {subject}"));
        Client::over(self.connections.clone(), &self.base, Some(token))
    }

    /// The same, signed in with another `acr`.
    pub fn as_at(&self, subject: &str, acr: &str) -> Client {
        let token = self.issuer.token_at(subject, acr);
        Client::new(&self.base, Some(token.unwrap_or_else(|| panic!("no token of {acr} for {subject}"))))
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::over(self.connections.clone(), &self.base, None)
    }

    /// A folder that lives as long as the server.
    pub fn folder(&self) -> std::path::PathBuf {
        self.database.folder()
    }

    /// Where the database is for a server.
    pub fn serving(&self) -> &Location {
        &self.database.serving
    }
}

/// `vangnet serve` as a process; it ends when this is dropped.
#[derive(Debug)]
struct ServerProcess {
    child: Child,
    base: String,
    /// What it logs is read on, so that it is never kept waiting.
    _log: std::thread::JoinHandle<()>,
}

impl ServerProcess {
    fn start(program: &Path, config: &Path) -> Result<Self, Vec<String>> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("VANGNET_") {
                command.env_remove(name);
            }
        }
        command.arg("serve").arg("--config").arg(config).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let base = lines.by_ref().find_map(|line| {
            let address = line.split_once("http://127.0.0.1:");
            let port: Option<String> =
                address.map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
            said.push(line);
            port.map(|port| format!("http://127.0.0.1:{port}"))
        });
        let Some(base) = base else {
            let _ = child.wait();
            return Err(said);
        };
        Ok(Self { child, base, _log: std::thread::spawn(move || lines.for_each(drop)) })
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// On PostgreSQL the servers of the tests hear each other over the Redis of the test command, as replicas do.
fn doorbell() -> Doorbell {
    match (kind(), std::env::var("VANGNET_TEST_REDIS_URL")) {
        (Kind::Postgres, Ok(url)) => Doorbell::shared(redis::Client::open(url).unwrap()),
        _ => Doorbell::in_process(),
    }
}

impl Drop for Vangnet {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

fn embedded() -> Arc<Convenant> {
    Arc::new(Convenant::embedded().unwrap_or_else(|problems| panic!("{problems:?}")))
}

/// SQLite has one connection that writes, which the server has.
async fn owner_of(database: &TestDatabase, server: &Server) -> Database {
    match kind() {
        Kind::Sqlite => server.database.clone(),
        Kind::Postgres => Database::connect(&database.location, 3).await.unwrap(),
    }
}

async fn assemble(
    database: &TestDatabase,
    clock: Clock,
    doorbell: Doorbell,
    convenant: Arc<Convenant>,
) -> Result<Server, RegisterError> {
    let keys = Keys::derive(&KeyFile::load_or_create(&database.folder().join("keys")).unwrap()).unwrap();
    let connection = Database::connect(&database.serving, 5).await.unwrap();
    let register = Register::open(connection.clone(), Arc::clone(&convenant), clock.now()).await?;
    let checkpoints = database.folder().join("checkpoints");
    std::fs::create_dir_all(&checkpoints).unwrap();
    let ledger = Ledger::open(connection.clone(), keys.clone(), clock.clone(), checkpoints).await.unwrap();
    ledger.start_sealer();
    let feed = Feed::open(connection.clone(), doorbell, keys.clone()).await.unwrap();
    let step_up = Arc::new(StepUp::new(Config::read(None, [], Some(Mode::Demo)).unwrap().step_up));
    Ok(Server { database: connection, clock, convenant, register, keys, ledger, feed, step_up })
}

fn people_of_the_town() -> Vec<Persona> {
    let persona = |subject: &&str| Persona {
        subject: (*subject).to_owned(),
        name: (*subject).to_owned(),
        description: String::new(),
        organisation: String::new(),
        involvement: String::new(),
    };
    SUBJECTS.iter().map(persona).collect()
}
