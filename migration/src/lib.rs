//! The steps that bring a database of either kind to the present shape, in order.
//!
//! A step that has been released is never changed; nothing here reads a personal value.

#![expect(elided_lifetimes_in_paths, reason = "the trait of a migration is declared that way")]

use sea_orm_migration::async_trait;
pub use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod grants;
mod m20260101_000001_core;
mod m20260101_000002_ledger;
mod m20260101_000003_feed;
mod m20260101_000004_afwijking;
mod m20260101_000005_convenant_version;
mod m20260101_000006_break_glass;
mod m20260101_000007_asked_from_withheld;
mod m20260101_000008_law;
mod m20260101_000009_second_lock;
mod m20260101_000010_presence;
mod m20260101_000011_search;

pub use grants::grant;

/// Runs the steps; `Migrator::up` brings a database to the present shape.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260101_000001_core::Migration),
            Box::new(m20260101_000002_ledger::Migration),
            Box::new(m20260101_000003_feed::Migration),
            Box::new(m20260101_000004_afwijking::Migration),
            Box::new(m20260101_000005_convenant_version::Migration),
            Box::new(m20260101_000006_break_glass::Migration),
            Box::new(m20260101_000007_asked_from_withheld::Migration),
            Box::new(m20260101_000008_law::Migration),
            Box::new(m20260101_000009_second_lock::Migration),
            Box::new(m20260101_000010_presence::Migration),
            Box::new(m20260101_000011_search::Migration),
        ]
    }
}
