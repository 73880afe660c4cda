//! The place of a record in the hash chain of the ledger.
//!
//! Append-only: the database refuses to change or delete a row.

use sea_orm::entity::prelude::*;
use sea_orm::prelude::DateTimeUtc;

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_seal")]
pub struct Model {
    /// The place in the chain, from 1 on, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// The writer of the record that is sealed.
    pub writer: Uuid,
    /// The number of that record with its writer.
    pub number: i64,
    /// The hash that the record had when it was sealed.
    pub hash: Vec<u8>,
    /// The hash over the previous link and this one.
    pub chain: Vec<u8>,
    /// When it was sealed.
    pub sealed_at: DateTimeUtc,
}

/// The ledger's seals are joined by statement, not by relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
