//! The shape of the database and who may do what to it: its tables are made by their owner, and served by a role that
//! owns nothing, so that the locks in the database hold for whoever serves. It reads no row of them.

use migration::{Migrator, MigratorTrait, grant};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use waarborg::database::Database;

use super::AssemblyError;
use crate::config::Mode;

/// Names the lock under which one process at a time brings a PostgreSQL database to the present shape.
const MIGRATING: i64 = 0x7661_6e67_6e65_7401;

/// What the role of a connection is to the database.
#[derive(Debug, FromQueryResult)]
struct Standing {
    name: String,
    may_make_tables: bool,
    may_read: bool,
}

const STANDING: &str = "SELECT current_user::text AS name, \
     has_schema_privilege('public', 'CREATE') AS may_make_tables, \
     coalesce(has_table_privilege(to_regclass('dossier'), 'SELECT'), false) AS may_read";

/// Whether row-level security leaves the role of a connection alone, or could be lifted by it.
#[derive(Debug, FromQueryResult)]
struct Bound {
    is_bound: bool,
}

const BOUND: &str = "SELECT NOT (r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, c.relowner, 'MEMBER')) AS is_bound \
     FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'dossier'::regclass";

async fn asked<T: FromQueryResult>(database: &Database, question: &str) -> Result<T, DbErr> {
    let answer = T::find_by_statement(Statement::from_string(DbBackend::Postgres, question));
    answer.one(database.reader()).await?.ok_or_else(|| DbErr::RecordNotFound("a role".to_owned()))
}

/// Brings a database to the present shape, as its owner, and grants whoever serves it what a server needs.
pub(super) async fn bring(owner: &Database, serving: &Database) -> Result<(), AssemblyError> {
    let missing = Migrator::get_pending_migrations_read_only(owner.writer()).await?.len();
    if owner.backend() != DbBackend::Postgres {
        return if missing == 0 { Ok(()) } else { Ok(migrate(owner, missing, None).await?) };
    }
    let server = asked::<Standing>(serving, STANDING).await?;
    if missing == 0 && server.may_read {
        return Ok(());
    }
    if !asked::<Standing>(owner, STANDING).await?.may_make_tables {
        return Err(AssemblyError::NotMigrated);
    }
    Ok(migrate(owner, missing, Some(&server.name)).await?)
}

/// Takes the steps that are missing, and grants a role of PostgreSQL what a server needs, in one transaction.
async fn migrate(owner: &Database, missing: usize, server: Option<&str>) -> Result<(), DbErr> {
    let transaction = owner.begin().await?;
    if server.is_some() {
        // A step may take its time, and other replicas wait for it instead of trying the same.
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATING})")).await?;
    }
    Migrator::up(&transaction, None).await?;
    if let Some(role) = server {
        grant(&transaction, role).await?;
    }
    transaction.commit().await?;
    tracing::info!(steps = missing, "the database was brought to the present shape");
    Ok(())
}

/// In production nobody serves whom the database's own locks do not bind.
pub(super) async fn check(serving: &Database, mode: Mode) -> Result<(), AssemblyError> {
    if serving.backend() != DbBackend::Postgres || asked::<Bound>(serving, BOUND).await?.is_bound {
        return Ok(());
    }
    match mode {
        Mode::Production => Err(AssemblyError::OwnerServes),
        Mode::Demo => {
            tracing::warn!("row-level security does not bind the role of database.url");
            Ok(())
        }
    }
}
