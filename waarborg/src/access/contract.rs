//! Contracts of gemeenten with houses: dated data on which a signature may rest.
//!
//! They say nothing of a person or a dossier, so everybody's rights may be judged by all of them. Which tafel asks which
//! contract is for the covenant to say.

use chrono::NaiveDate;
use convenant::{ContractKind, HouseCode};
use entity::gemeente_contract;
use sea_orm::{EntityTrait, Select};

/// A contract of a gemeente with a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    house: HouseCode,
    /// CBS code.
    gemeente: String,
    kind: ContractKind,
    valid_from: NaiveDate,
    ended_on: Option<NaiveDate>,
}

impl Contract {
    /// Whether it counts for a gemeente of a house on a date: from its first day until the day it ended.
    pub fn counts(&self, house: &HouseCode, gemeente: &str, kind: ContractKind, on: NaiveDate) -> bool {
        &self.house == house
            && self.gemeente == gemeente
            && self.kind == kind
            && self.valid_from <= on
            && self.ended_on.is_none_or(|ended| on < ended)
    }

    /// Reads a row; none of a kind that is unknown.
    pub fn of(row: gemeente_contract::Model) -> Option<Self> {
        Some(Self {
            house: HouseCode::new(&row.house),
            gemeente: row.gemeente_code,
            kind: row.kind.parse().ok()?,
            valid_from: row.valid_from,
            ended_on: row.ended_on,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the finder of contracts: they are reference data")]
pub(super) fn all() -> Select<gemeente_contract::Entity> {
    gemeente_contract::Entity::find()
}
