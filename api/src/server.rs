//! What a running server is made of, built once and shared by everything that answers.
//!
//! It holds parts and does nothing itself.

use std::sync::Arc;

use convenant::Convenant;
use waarborg::clock::Clock;
use waarborg::database::Database;
use waarborg::feed::Feed;
use waarborg::keys::Keys;
use waarborg::ledger::Ledger;
use waarborg::register::Register;

use crate::authn::step_up::StepUp;

/// The parts of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Server {
    /// The database.
    pub database: Database,
    /// The one source of time.
    pub clock: Clock,
    /// The covenants of all houses.
    pub convenant: Arc<Convenant>,
    /// Whether that covenant is the one in force for all servers on the database.
    pub register: Register,
    /// The keys.
    pub keys: Keys,
    /// The proof of what was disclosed.
    pub ledger: Ledger,
    /// What happened to which dossier.
    pub feed: Feed,
    /// How strongly somebody must have signed in for the most sensitive acts.
    pub step_up: Arc<StepUp>,
}
