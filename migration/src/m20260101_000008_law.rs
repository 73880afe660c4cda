//! The covenant's law as rows: declarations of secrecy, contracts of gemeenten, and who signed for an organisation.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, date_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

/// Creates the tables and their indexes, and adds the column.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(geheimhoudingsverklaring()).await?;
        let mut of_dossier = Index::create();
        of_dossier.name("geheimhoudingsverklaring_dossier_id_id").table("geheimhoudingsverklaring");
        of_dossier.col("dossier_id").col("id");
        manager.create_index(of_dossier).await?;
        manager.create_table(gemeente_contract()).await?;
        let mut of_gemeente = Index::create();
        of_gemeente.name("gemeente_contract_house_gemeente_code").table("gemeente_contract");
        of_gemeente.col("house").col("gemeente_code");
        manager.create_index(of_gemeente).await?;
        let signed_by = Table::alter().table("signature").add_column(text_null("signed_by")).to_owned();
        manager.alter_table(signed_by).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let signed_by = Table::alter().table("signature").drop_column("signed_by").to_owned();
        manager.alter_table(signed_by).await?;
        for name in ["gemeente_contract", "geheimhoudingsverklaring"] {
            manager.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn geheimhoudingsverklaring() -> TableCreateStatement {
    let reference = |column: &'static str, table: &'static str| {
        ForeignKey::create().from_col(column).to(table, "id").to_owned()
    };
    Table::create()
        .table("geheimhoudingsverklaring")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(uuid("professional_id"))
        .col(uuid("assignment_id"))
        .col(text("item"))
        .col(date("day"))
        .col(text("state"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(text_null("text_version"))
        .col(timestamp_with_time_zone_null("signed_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .foreign_key(&mut reference("assignment_id", "assignment"))
        .to_owned()
}

fn gemeente_contract() -> TableCreateStatement {
    Table::create()
        .table("gemeente_contract")
        .col(uuid("id").primary_key())
        .col(text("house"))
        .col(text("gemeente_code"))
        .col(text("kind"))
        .col(date("valid_from"))
        .col(date_null("ended_on"))
        .to_owned()
}
