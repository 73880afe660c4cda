//! A database of its own for each test, of the kind that the test command asks.

use std::path::PathBuf;

use migration::{Migrator, MigratorTrait, grant};
use sea_orm::{ConnectionTrait, Database as Connector, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;
use waarborg::database::{Database, Location};

/// The kind of database the tests run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of SQLite.
    Sqlite,
    /// A database in the throw-away PostgreSQL of the test command.
    Postgres,
}

/// The kind that the test command asks for.
pub fn kind() -> Kind {
    match std::env::var("VANGNET_TEST_DATABASE").as_deref() {
        Ok("postgres") => Kind::Postgres,
        _ => Kind::Sqlite,
    }
}

/// A migrated database that no other test uses.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is, as the owner of its tables.
    pub location: Location,
    /// Where it is for a server, which owns nothing. The same on SQLite.
    pub serving: Location,
    folder: TempDir,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The role that servers have on PostgreSQL, and its password.
const SERVING: (&str, &str) = ("vangnet_serving", "serving");

impl TestDatabase {
    /// Makes one.
    pub async fn fresh() -> Self {
        let made = match kind() {
            Kind::Sqlite => Self::on_sqlite(),
            Kind::Postgres => Self::on_postgres(&fresh_postgres().await),
        };
        if kind() == Kind::Sqlite {
            let database = Database::connect(&made.location, 1).await.unwrap();
            Migrator::up(database.writer(), None).await.unwrap();
        }
        made
    }

    /// Makes one without any table.
    pub async fn empty() -> Self {
        match kind() {
            Kind::Sqlite => Self::on_sqlite(),
            Kind::Postgres => {
                make_role().await;
                Self::on_postgres(&make_database("t").await)
            }
        }
    }

    fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("vangnet.sqlite"));
        Self { serving: location.clone(), location, folder }
    }

    fn on_postgres(name: &str) -> Self {
        let location = Location::Postgres(url_of(name));
        let serving = Location::Postgres(serving_url_of(name));
        Self { location, serving, folder: tempfile::tempdir().unwrap() }
    }

    /// A folder that lives as long as the database.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

fn server_url() -> String {
    std::env::var("VANGNET_TEST_POSTGRES_URL").expect("the test command sets VANGNET_TEST_POSTGRES_URL")
}

fn url_of(database: &str) -> String {
    let server = server_url();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{database}")
}

/// The same as whoever serves it.
fn serving_url_of(database: &str) -> String {
    let url = url_of(database);
    let (_, host) = url.split_once('@').unwrap();
    format!("postgres://{}:{}@{host}", SERVING.0, SERVING.1)
}

/// Makes the role of servers, which there is once in a server of PostgreSQL.
async fn make_role() {
    let server = Connector::connect(server_url()).await.unwrap();
    let make = format!("CREATE ROLE {} LOGIN PASSWORD '{}'", SERVING.0, SERVING.1);
    let outcome = server.execute_unprepared(&make).await;
    assert!(outcome.is_ok() || is_role(&server).await, "{outcome:?}");
}

async fn is_role(server: &impl ConnectionTrait) -> bool {
    let sql = format!("SELECT 1 FROM pg_roles WHERE rolname = '{}'", SERVING.0);
    let statement = Statement::from_string(server.get_database_backend(), sql);
    server.query_one_raw(statement).await.unwrap().is_some()
}

async fn fresh_postgres() -> String {
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!("t{}", Uuid::now_v7().simple());
    let server = Connector::connect(server_url()).await.unwrap();
    server
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        .await
        .unwrap();
    name
}

/// One migrated database, from which those of the tests are copied.
async fn make_template() -> String {
    let name = make_database("template").await;
    let database = Connector::connect(url_of(&name)).await.unwrap();
    Migrator::up(&database, None).await.unwrap();
    make_role().await;
    grant(&database, SERVING.0).await.unwrap();
    database.close().await.unwrap();
    name
}

async fn make_database(prefix: &str) -> String {
    let name = format!("{prefix}{}", Uuid::now_v7().simple());
    let server = Connector::connect(server_url()).await.unwrap();
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    name
}
