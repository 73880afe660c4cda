//! The table of afwijkingen of the criteria of a triage.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// Creates the table and its index.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await?;
        let mut index = Index::create();
        index.name("afwijking_dossier_id_id").table("afwijking").col("dossier_id").col("id");
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("afwijking").to_owned()).await
    }
}

fn table() -> TableCreateStatement {
    let reference = |column: &'static str, table: &'static str| {
        ForeignKey::create().from_col(column).to(table, "id").to_owned()
    };
    Table::create()
        .table("afwijking")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(text("state"))
        .col(text("motivation"))
        .col(uuid("asked_by"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(text_null("answer"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("asked_by", "professional"))
        .foreign_key(&mut reference("decided_by", "professional"))
        .to_owned()
}
