//! The tables of Vangnet as SeaORM entities, one file a table.
//!
//! This crate holds shapes and no rules: no query, no check, no default that decides anything. Codes of the
//! covenant (tafel, phase, involvement, category) are kept as their text and parsed by whoever reads them.

mod rows;

pub mod aanmelding;
pub mod action;
pub mod afwijking;
pub mod assignment;
pub mod bekendheidscheck;
pub mod break_glass;
pub mod brp_check;
pub mod case;
pub mod convenant_version;
pub mod desk;
pub mod desk_member;
pub mod dossier;
pub mod geheimhoudingsverklaring;
pub mod gemeente_contract;
pub mod id;
pub mod idempotency;
pub mod inbreng;
pub mod ledger_record;
pub mod ledger_seal;
pub mod ledger_subject;
pub mod login;
pub mod organisation;
pub mod overdracht;
pub mod person;
pub mod person_key;
pub mod plan;
pub mod professional;
pub mod signature;
pub mod triage;
pub mod verrijking;

pub use rows::{InDossier, OfDossier};
