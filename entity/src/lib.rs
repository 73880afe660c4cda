//! The tables of Vangnet as SeaORM entities, one file a table.
//!
//! This crate holds shapes and no rules: no query, no check, no default that decides anything. Codes of the
//! covenant (tafel, phase, involvement, category) are kept as their text and parsed by whoever reads them.

pub mod id;
pub mod ledger_record;
pub mod ledger_seal;
pub mod ledger_subject;
pub mod person_key;
