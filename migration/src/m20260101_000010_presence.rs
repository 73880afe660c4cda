//! Presence is looked up for rows one by one: an index holds all that it asks, so that a look never reaches the table.

use sea_orm_migration::prelude::*;

/// Replaces the index by dossier alone.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

const BEFORE: &str = "assignment_dossier_id";
const NAME: &str = "assignment_presence";
const COLUMNS: [&str; 5] = ["dossier_id", "professional_id", "desk_id", "valid_from", "valid_until"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create();
        index.name(NAME).table("assignment");
        for column in COLUMNS {
            index.col(column);
        }
        manager.create_index(index).await?;
        manager.drop_index(Index::drop().name(BEFORE).table("assignment").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let before = Index::create().name(BEFORE).table("assignment").col("dossier_id").to_owned();
        manager.create_index(before).await?;
        manager.drop_index(Index::drop().name(NAME).table("assignment").to_owned()).await
    }
}
