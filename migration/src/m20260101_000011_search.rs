//! A search goes through the persons of the viewer's dossiers: an index holds all that it asks of them, and none finds a
//! name wherever it is.

use sea_orm_migration::prelude::*;

/// Replaces the indexes by dossier and by name.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

const BY_DOSSIER: &str = "person_dossier_id_id";
const BY_NAME: &str = "person_family_name";
const NAME: &str = "person_search";
const COLUMNS: [&str; 5] = ["dossier_id", "id", "family_name", "birth_date", "bsn_index"];

fn index(name: &str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table("person");
    for column in columns {
        index.col(*column);
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(NAME, &COLUMNS)).await?;
        for before in [BY_DOSSIER, BY_NAME] {
            manager.drop_index(Index::drop().name(before).table("person").to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(BY_DOSSIER, &["dossier_id", "id"])).await?;
        manager.create_index(index(BY_NAME, &["family_name"])).await?;
        manager.drop_index(Index::drop().name(NAME).table("person").to_owned()).await
    }
}
