//! The tables of the ledger and of the keys of persons.
//!
//! The database itself refuses to change or delete a record or a seal, whoever asks: by triggers that fire
//! before UPDATE, DELETE and, where they exist, TRUNCATE and REPLACE.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, string, text, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum LedgerRecord {
    Table,
    Writer,
    Number,
    At,
    Kind,
    Body,
    Hash,
}

#[derive(DeriveIden)]
enum LedgerSeal {
    Table,
    Sequence,
    Writer,
    Number,
    Hash,
    Chain,
    SealedAt,
}

#[derive(DeriveIden)]
enum LedgerSubject {
    Table,
    Pseudonym,
    Sequence,
}

#[derive(DeriveIden)]
enum PersonKey {
    Table,
    Id,
    Wrapped,
    MadeAt,
}

/// The append-only tables, each with what names a row of it.
const APPEND_ONLY: [(&str, &str); 2] = [
    ("ledger_record", "writer = NEW.writer AND number = NEW.number"),
    ("ledger_seal", "sequence = NEW.sequence OR (writer = NEW.writer AND number = NEW.number)"),
];

#[expect(elided_lifetimes_in_paths, reason = "the trait's macro wants the lifetime left out")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [records(), seals(), subjects(), person_keys()] {
            manager.create_table(table).await?;
        }
        manager.create_index(one_seal_a_record()).await?;
        manager.create_index(subjects_in_order()).await?;
        for statement in guards(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PersonKey::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(LedgerSubject::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(LedgerSeal::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(LedgerRecord::Table).to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION ledger_is_append_only()").await?;
        }
        Ok(())
    }
}

fn records() -> TableCreateStatement {
    Table::create()
        .table(LedgerRecord::Table)
        .col(uuid(LedgerRecord::Writer))
        .col(big_integer(LedgerRecord::Number))
        .col(timestamp_with_time_zone(LedgerRecord::At))
        .col(string(LedgerRecord::Kind))
        .col(text(LedgerRecord::Body))
        .col(binary(LedgerRecord::Hash))
        .primary_key(Index::create().col(LedgerRecord::Writer).col(LedgerRecord::Number))
        .to_owned()
}

fn seals() -> TableCreateStatement {
    Table::create()
        .table(LedgerSeal::Table)
        .col(big_integer(LedgerSeal::Sequence).primary_key())
        .col(uuid(LedgerSeal::Writer))
        .col(big_integer(LedgerSeal::Number))
        .col(binary(LedgerSeal::Hash))
        .col(binary(LedgerSeal::Chain))
        .col(timestamp_with_time_zone(LedgerSeal::SealedAt))
        .to_owned()
}

fn one_seal_a_record() -> IndexCreateStatement {
    Index::create()
        .name("ledger_seal_record")
        .table(LedgerSeal::Table)
        .col(LedgerSeal::Writer)
        .col(LedgerSeal::Number)
        .unique()
        .to_owned()
}

fn subjects() -> TableCreateStatement {
    Table::create()
        .table(LedgerSubject::Table)
        .col(string(LedgerSubject::Pseudonym))
        .col(big_integer(LedgerSubject::Sequence))
        .primary_key(Index::create().col(LedgerSubject::Pseudonym).col(LedgerSubject::Sequence))
        .to_owned()
}

fn subjects_in_order() -> IndexCreateStatement {
    Index::create()
        .name("ledger_subject_sequence")
        .table(LedgerSubject::Table)
        .col(LedgerSubject::Sequence)
        .to_owned()
}

fn person_keys() -> TableCreateStatement {
    Table::create()
        .table(PersonKey::Table)
        .col(uuid(PersonKey::Id).primary_key())
        .col(binary(PersonKey::Wrapped))
        .col(timestamp_with_time_zone(PersonKey::MadeAt))
        .to_owned()
}

fn guards(backend: DbBackend) -> Vec<String> {
    if backend == DbBackend::Postgres { postgres_guards() } else { sqlite_guards() }
}

fn postgres_guards() -> Vec<String> {
    let function = "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$";
    let triggers = APPEND_ONLY.iter().flat_map(|(table, _)| {
        [
            format!(
                "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
            ),
            format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only"),
        ]
    });
    std::iter::once(function.to_owned()).chain(triggers).collect()
}

/// SQLite's REPLACE deletes without firing the trigger of a deletion, so an insert that would replace is
/// refused as well.
fn sqlite_guards() -> Vec<String> {
    let refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END";
    APPEND_ONLY
        .iter()
        .flat_map(|(table, same_row)| {
            [
                format!("CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"),
                format!("CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"),
                format!(
                    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} \
                     WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_row}) {refuse}"
                ),
            ]
        })
        .collect()
}
