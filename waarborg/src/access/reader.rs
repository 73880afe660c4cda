//! The end of the database at which a viewer reads, and the second lock on it.
//!
//! On PostgreSQL a request reads in one transaction that first said for whom it reads, so that the database itself keeps
//! the rows of other houses and of strict dossiers away, whatever a statement asks (`migration`, the step of the second
//! lock). It begins with the first statement. It must not be kept while anything but the database is waited for, nor
//! beside a write, which takes a connection of its own: whoever does so lets it [`rest`](Reader::rest) first. SQLite has
//! no such lock; there a statement goes straight to the reading connections.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use chrono::{DateTime, Utc};
use entity::id::{DeskId, OrganisationId, ProfessionalId};
use sea_orm::prelude::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::Principal;
use crate::database::Database;

const ENTER: &str = "SELECT second_lock_enter($1, $2, $3, $4, $5)";

/// For whom the database is asked.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    professional: ProfessionalId,
    organisation: OrganisationId,
    desks: Vec<DeskId>,
    at: DateTime<Utc>,
}

/// Where a transaction looks for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Where the viewer holds an assignment.
    Present,
    /// Also in the houses where the viewer's organisation works: for break-glass.
    Seeking,
}

impl Viewer {
    pub(crate) fn of(principal: &Principal, at: DateTime<Utc>) -> Self {
        let (professional, organisation) = (principal.professional, principal.organisation);
        Self { professional, organisation, desks: principal.desks.clone(), at }
    }

    /// Says in a transaction for whom it works, until it ends.
    pub(crate) async fn enter(&self, transaction: &DatabaseTransaction, sight: Sight) -> Result<(), DbErr> {
        if transaction.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let desks: Vec<Uuid> = self.desks.iter().map(|desk| desk.0).collect();
        let values = [
            self.professional.0.into(),
            self.organisation.0.into(),
            desks.into(),
            self.at.into(),
            (sight == Sight::Seeking).into(),
        ];
        let said = Statement::from_sql_and_values(DbBackend::Postgres, ENTER, values);
        transaction.query_one_raw(said).await.map(drop)
    }
}

/// Reads for one viewer. It changes nothing.
#[derive(Debug)]
pub struct Reader {
    database: Database,
    viewer: StdMutex<Viewer>,
    transaction: Mutex<Option<Arc<DatabaseTransaction>>>,
}

impl Reader {
    pub(super) fn new(database: Database, viewer: Viewer) -> Self {
        Self { database, viewer: StdMutex::new(viewer), transaction: Mutex::default() }
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// The request goes on at a later instant: what is read after the next rest is read at that one, such as what a write
    /// has let the viewer see.
    pub(super) fn go_on_at(&self, now: DateTime<Utc>) {
        let mut viewer = self.viewer.lock().unwrap_or_else(PoisonError::into_inner);
        viewer.at = viewer.at.max(now);
    }

    /// The instant at which it reads.
    pub(super) fn at(&self) -> DateTime<Utc> {
        self.viewer.lock().unwrap_or_else(PoisonError::into_inner).at
    }

    fn viewer(&self) -> Viewer {
        self.viewer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives the connection back. The next statement begins anew.
    pub async fn rest(&self) {
        let transaction = self.transaction.lock().await.take();
        if let Some(transaction) = transaction.and_then(Arc::into_inner)
            && let Err(error) = transaction.rollback().await
        {
            tracing::debug!(cause = crate::database::cause(&error), "a reading transaction ended by itself");
        }
    }

    /// The transaction of the request. Whoever comes while it begins waits for it instead of beginning another.
    async fn transaction(&self) -> Result<Arc<DatabaseTransaction>, DbErr> {
        let mut kept = self.transaction.lock().await;
        if let Some(transaction) = &*kept {
            return Ok(Arc::clone(transaction));
        }
        let transaction = self.database.begin().await?;
        self.viewer().enter(&transaction, Sight::Present).await?;
        Ok(Arc::clone(kept.insert(Arc::new(transaction))))
    }

    /// After a failure PostgreSQL answers nothing more in the same transaction.
    async fn unless_failed<T>(&self, outcome: Result<T, DbErr>) -> Result<T, DbErr> {
        if outcome.is_err() {
            self.rest().await;
        }
        outcome
    }
}

/// What a statement is answered that changes something where one only reads.
pub(crate) fn refused() -> DbErr {
    DbErr::Custom("a statement that changes something was run as a reading one".to_owned())
}

/// The statement, when all it does is select.
pub(crate) fn selecting(statement: Statement) -> Result<Statement, DbErr> {
    let selects = statement.sql.get(..6).is_some_and(|verb| verb.eq_ignore_ascii_case("SELECT"));
    if selects { Ok(statement) } else { Err(refused()) }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.database.backend()
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let statement = selecting(statement)?;
        if self.get_database_backend() != DbBackend::Postgres {
            return self.database.reader().query_one_raw(statement).await;
        }
        let found = self.transaction().await?.query_one_raw(statement).await;
        self.unless_failed(found).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = selecting(statement)?;
        if self.get_database_backend() != DbBackend::Postgres {
            return self.database.reader().query_all_raw(statement).await;
        }
        let found = self.transaction().await?.query_all_raw(statement).await;
        self.unless_failed(found).await
    }
}
