//! A record of the ledger: what was disclosed or done, by whom, under which rows of the covenant.
//!
//! Append-only: the database refuses to change or delete a row. Never a personal value.

use sea_orm::entity::prelude::*;
use sea_orm::prelude::DateTimeUtc;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_record")]
pub struct Model {
    /// Who wrote it: a run of the server has several writers, each numbers its own records.
    #[sea_orm(primary_key, auto_increment = false)]
    pub writer: Uuid,
    /// The number with that writer, from 1 on, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// When it happened.
    pub at: DateTimeUtc,
    /// The code of the kind of record.
    pub kind: String,
    /// The content as canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// The keyed hash over all of the above.
    pub hash: Vec<u8>,
}

/// The ledger's records are joined by statement, not by relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
