//! A database of its own for each test, of the kind that the test command asks.

use std::path::PathBuf;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database as Connector};
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
    /// Where it is.
    pub location: Location,
    folder: TempDir,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl TestDatabase {
    /// Makes one.
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = match kind() {
            Kind::Sqlite => Location::Sqlite(folder.path().join("vangnet.sqlite")),
            Kind::Postgres => Location::Postgres(fresh_postgres().await),
        };
        let made = Self { location, folder };
        if kind() == Kind::Sqlite {
            let database = Database::connect(&made.location, 1).await.unwrap();
            Migrator::up(database.writer(), None).await.unwrap();
        }
        made
    }

    /// Makes one without any table.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = match kind() {
            Kind::Sqlite => Location::Sqlite(folder.path().join("vangnet.sqlite")),
            Kind::Postgres => Location::Postgres(url_of(&make_database("t").await)),
        };
        Self { location, folder }
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

async fn fresh_postgres() -> String {
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!("t{}", Uuid::now_v7().simple());
    let server = Connector::connect(server_url()).await.unwrap();
    server
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        .await
        .unwrap();
    url_of(&name)
}

/// One migrated database, from which those of the tests are copied.
async fn make_template() -> String {
    let name = make_database("template").await;
    let database = Connector::connect(url_of(&name)).await.unwrap();
    Migrator::up(&database, None).await.unwrap();
    database.close().await.unwrap();
    name
}

async fn make_database(prefix: &str) -> String {
    let name = format!("{prefix}{}", Uuid::now_v7().simple());
    let server = Connector::connect(server_url()).await.unwrap();
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    name
}
