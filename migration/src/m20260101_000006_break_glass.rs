//! The table of uses of break-glass.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// Creates the table and its indexes.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await?;
        let mut of_dossier = Index::create();
        of_dossier.name("break_glass_dossier_id_id").table("break_glass").col("dossier_id").col("id");
        manager.create_index(of_dossier).await?;
        let mut of_professional = Index::create();
        of_professional.name("break_glass_professional_id_review_by").table("break_glass");
        of_professional.col("professional_id").col("review_by");
        manager.create_index(of_professional).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("break_glass").to_owned()).await
    }
}

fn table() -> TableCreateStatement {
    let reference = |column: &'static str, table: &'static str| {
        ForeignKey::create().from_col(column).to(table, "id").to_owned()
    };
    Table::create()
        .table("break_glass")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(uuid("professional_id"))
        .col(uuid("assignment_id"))
        .col(text("state"))
        .col(text("reason_code"))
        .col(text("reason"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone("valid_until"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(date("review_by"))
        .col(uuid_null("reviewed_by"))
        .col(timestamp_with_time_zone_null("reviewed_at"))
        .col(text_null("motivation"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .foreign_key(&mut reference("assignment_id", "assignment"))
        .foreign_key(&mut reference("reviewed_by", "professional"))
        .to_owned()
}
