//! The safeguards of Vangnet: who is present at a dossier, which fields that presence discloses, and the proof.
//!
//! Every door of the server passes through here. This crate knows the tables it keeps itself and no feature:
//! it never learns what an aanmelding, a plan or a case is.

pub mod access;
pub mod clock;
pub mod database;
pub mod disclosure;
pub mod feed;
pub mod keys;
pub mod ledger;
pub mod proof;
pub mod register;
pub mod write;
