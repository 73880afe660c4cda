//! What the role that serves may do in the database: read and write rows, and nothing to the tables themselves.
//!
//! It owns nothing, so that it can lift no lock; of the ledger it may neither change nor delete anything.

use sea_orm_migration::prelude::*;

/// The append-only tables.
const APPENDED: [&str; 3] = ["ledger_record", "ledger_seal", "ledger_subject"];

/// Grants a role of PostgreSQL what a server needs, on the tables that there are now. The connection is that of the
/// owner.
pub async fn grant(connection: &impl ConnectionTrait, role: &str) -> Result<(), DbErr> {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let appended = APPENDED.join(", ");
    let grants = format!(
        "GRANT USAGE ON SCHEMA public TO {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}; \
         REVOKE UPDATE, DELETE ON {appended} FROM {role}; \
         REVOKE INSERT, UPDATE, DELETE ON seaql_migrations FROM {role}"
    );
    connection.execute_unprepared(&grants).await?;
    Ok(())
}
