//! The transaction of a write, to read in.
//!
//! It runs what begins with SELECT and refuses the rest, so that nothing is changed without an
//! [`Authorized`](super::Authorized).

use sea_orm::prelude::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::access::{refused, selecting};

/// The transaction of a write as a reader sees it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'w>(pub(super) &'w DatabaseTransaction);

#[async_trait::async_trait]
impl ConnectionTrait for Reading<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(selecting(statement)?).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(selecting(statement)?).await
    }
}
