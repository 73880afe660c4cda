//! Which sealed records of the ledger concern a person: the index behind "who has seen my data".

use sea_orm::entity::prelude::*;

/// One record that concerns one person.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_subject")]
pub struct Model {
    /// The keyed pseudonym of the person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pseudonym: String,
    /// The place of the record in the chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
}

/// The index is joined by statement, not by relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
