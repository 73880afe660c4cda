//! The connection to the database: SQLite in one file, or PostgreSQL.
//!
//! On SQLite there is one writing connection and several reading ones, so that a reader never waits for a
//! writer and two writers never meet. On PostgreSQL both are the same pool. Nothing here knows a table.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database as Connector, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file, made when it is not there.
    Sqlite(std::path::PathBuf),
    /// The URL of a PostgreSQL database. It may hold a password and is never shown.
    Postgres(String),
}

impl Location {
    /// Reads a `sqlite:<path>` or `postgres://` URL.
    pub fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Some(Self::Sqlite(Path::new(path.trim_start_matches("//")).to_owned()));
        }
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        is_postgres.then(|| Self::Postgres(url.to_owned()))
    }
}

/// The two ends of the database, one to read and one to write.
#[derive(Debug, Clone)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

impl Database {
    /// Connects; on SQLite makes the file, in WAL mode with full synchronisation.
    pub async fn connect(location: &Location, connections: u32) -> Result<Self, DbErr> {
        let statements = Arc::new(AtomicU64::new(0));
        let (mut reader, mut writer) = match location {
            Location::Sqlite(path) => {
                let writer = Connector::connect(sqlite_options(path, 1)).await?;
                (Connector::connect(sqlite_options(path, connections)).await?, writer)
            }
            Location::Postgres(url) => {
                let pool = Connector::connect(postgres_options(url, connections)).await?;
                (pool.clone(), pool)
            }
        };
        for end in [&mut reader, &mut writer] {
            let counter = Arc::clone(&statements);
            end.set_metric_callback(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(Self { reader, writer, statements })
    }

    /// The end that reads outside a transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The end that writes single statements.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Opens a writing transaction; on SQLite it takes the write lock at once.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// How many statements have been sent since the start: a metric, and what the tests count.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// What failed, in words that are safe in a log: the class of the failure and the SQLSTATE, never the text of
/// the database, which repeats statements and values.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure is told as one")]
pub fn cause(error: &DbErr) -> String {
    let code = match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause.as_database_error().and_then(DatabaseError::code).map(|code| code.to_string())
        }
        _ => None,
    };
    let class = match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => "no connection",
        DbErr::Exec(_) => "a statement was refused",
        DbErr::Query(_) => "a query was refused",
        DbErr::Json(_) | DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::ConvertFromU64(_) => {
            "a stored value is not of its form"
        }
        _ => "the database failed",
    };
    code.map_or_else(|| class.to_owned(), |code| format!("{class} ({code})"))
}

fn sqlite_options(path: &Path, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    options
        .max_connections(connections)
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
        });
    options
}

fn postgres_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                ("statement_timeout", "8s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("lock_timeout", "5s"),
            ])
        });
    options
}
