//! The organisation that asked a question of the verrijking because something was withheld from it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::uuid_null;

/// Adds the column.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = Table::alter();
        column.table("verrijking").add_column(uuid_null("asker_id"));
        manager.alter_table(column).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = Table::alter();
        column.table("verrijking").drop_column("asker_id");
        manager.alter_table(column).await
    }
}
