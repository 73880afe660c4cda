//! The casusreis: the journey of a dossier from aanmelding to closing, as tables.
//!
//! A step says from which state it starts, to which it leads, who takes it, which conditions it has, by when it is
//! due and which phase it brings ([`machine`]); a task is the same for a single row ([`task`]). What the conditions
//! look at is the [`Situation`]. Nothing here reads or writes a database but [`situation`]; the rules are pure.

mod guard;
mod machine;
mod offer;
pub(crate) mod situation;
mod state;
mod supplied;
pub(crate) mod task;
mod term;

pub(crate) use guard::{Guard, Proposal};
pub(crate) use machine::{Machine, Step};
pub(crate) use offer::Offer;
pub(crate) use situation::Situation;
pub(crate) use state::{
    AanmeldingState, ActionState, AfwijkingState, BekendheidscheckState, BreakGlassState, BrpCheckState,
    CaseState, OverdrachtState, VerklaringState, VerrijkingState,
};
pub(crate) use task::Task;
pub(crate) use term::Term;
