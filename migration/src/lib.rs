//! The migrations of Vangnet, the same for SQLite and PostgreSQL, in the order in which they run.
//!
//! A migration that was released is never changed; a change of a table is a migration of its own.

use sea_orm_migration::async_trait::async_trait;
pub use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m20260101_000002_ledger;

/// Runs the migrations.
#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20260101_000002_ledger::Migration)]
    }
}
