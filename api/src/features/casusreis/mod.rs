//! The casusreis: the journey of a dossier from aanmelding to closing, as one table.
//!
//! A step says from which state it starts, to which it leads, who takes it, which conditions it has and which
//! phase it brings. What the conditions look at is the [`Situation`]. Nothing here reads or writes a database
//! but [`situation`]; the rules are pure.

mod guard;
mod machine;
mod offer;
pub(crate) mod situation;

pub(crate) use guard::{Guard, Proposal};
pub(crate) use machine::{AanmeldingState, AfwijkingState, CaseState, Machine, Step};
pub(crate) use situation::Situation;
