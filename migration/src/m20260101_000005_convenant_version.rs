//! The register of covenant versions: which version of whose covenant decides from when, by its hash.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date, date_null, string, timestamp_with_time_zone};

/// Creates the table.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("convenant_version")
            .col(string("id").primary_key())
            .col(string("house"))
            .col(string("hash"))
            .col(date("valid_from"))
            .col(date_null("valid_until"))
            .col(timestamp_with_time_zone("recorded_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("convenant_version").to_owned()).await
    }
}
