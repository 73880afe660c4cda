//! The ledger: the proof, on disk before any byte leaves, of what was disclosed or done to whom and why.
//!
//! 1. A record says who, for which organisation, under which rows of the covenant, which leaves of which
//!    dossiers and which persons (as keyed pseudonyms). Never a personal value, so erasure leaves it whole.
//! 2. A record is numbered by its *writer*, densely from 1 on. A run of the server has several writers: one for
//!    [`Ledger::append`], one for each [`Lane`]. So no writer ever waits for another, in whatever replica.
//! 3. Its content hash is keyed: who can write the table but has no key cannot make a record.
//! 4. `append` answers when the record is committed. Appends that meet share one statement and one commit.
//! 5. The record of a mutation's effect is written in the mutation's own transaction, through a [`Lane`].
//! 6. When the outcome of a commit is unknown, the writer is given up and a fresh one begins at 1: that leaves
//!    no gap whatever the outcome was. A number is used only after the one before it is known to be committed.
//! 7. The *sealer* links new records, per writer in dense order, into one hash chain and fills the index by
//!    person. It stops for a writer at a gap or at a forged record. One process seals at a time.
//! 8. The head of the chain is signed within a second into a file outside the database: a *checkpoint*.
//! 9. [`verify()`] recomputes it all: edits, deletions, insertions and reorderings break hash, number or chain; a
//!    cut tail or a rewritten chain contradicts a checkpoint. What is newer than the last checkpoint can be cut.
//! 10. Whatever goes wrong in writing is [`LedgerUnavailable`], and then nothing may be disclosed.
//!
//! Nothing here decides who may see what, and nothing here reads a personal value.

mod appender;
mod checkpoint;
mod entry;
mod lane;
mod numbering;
mod reading;
mod record;
mod replay;
mod sealer;
mod verify;
mod writers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::database::Database;
use crate::keys::Keys;

pub use entry::{DossierEntry, Entry, Kind, StandingEntry};
pub use lane::{CommitError, Lane};
pub use reading::{Access, AccessRecord, Inquiry, Position};
pub use replay::{PastView, replay};
pub use sealer::SealError;
pub use verify::{Finding, Report, Unsealed, VerifyError, verify};

use appender::{Appender, Waiting};
use checkpoint::Checkpoints;
use lane::Lanes;
use numbering::Numbering;
use record::Draft;
use sealer::Sealer;

/// How long a caller waits for a record at most. After that nothing is disclosed.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many appends may wait; the next ones wait until there is room.
const QUEUE: usize = 1024;

/// The record was not written, or it is not known that it was: disclose nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerUnavailable {
    /// The database did not answer in time.
    #[error("the ledger did not answer in time")]
    TooLate,
    /// The database refused the record, or is not there.
    #[error("the database refused a record of the ledger")]
    Refused,
    /// The server is stopping.
    #[error("the ledger is closed")]
    Closed,
    /// The entry holds something that is no code: a mistake of whoever made it.
    #[error("the entry holds what may not stand in the ledger")]
    Unfit,
}

/// The ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its tables cannot be read.
    #[error("the tables of the ledger cannot be read: {0}")]
    Database(#[from] DbErr),
    /// The folder of the checkpoints cannot be used.
    #[error("the folder {0} of the ledger's checkpoints cannot be used: {1}")]
    Checkpoints(PathBuf, std::io::Error),
}

/// The ledger of this process. Cheap to clone; all clones are one ledger.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    keys: Keys,
    clock: Clock,
    queue: mpsc::Sender<Waiting>,
    lanes: Arc<Lanes>,
    sealer: Arc<Mutex<Sealer>>,
    news: Arc<Notify>,
    appending: Task,
    sealing: Task,
}

/// A task that ends when asked to, or when the ledger is dropped.
#[derive(Debug)]
struct Task {
    tracker: TaskTracker,
    stop: CancellationToken,
    _stop_when_dropped: DropGuard,
}

impl Task {
    fn new() -> Self {
        let stop = CancellationToken::new();
        Self { tracker: TaskTracker::new(), _stop_when_dropped: stop.clone().drop_guard(), stop }
    }

    async fn end(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl Ledger {
    /// Opens the ledger and starts the task that appends. `checkpoints` is a folder outside the database.
    pub async fn open(
        database: Database,
        keys: Keys,
        clock: Clock,
        checkpoints: PathBuf,
    ) -> Result<Self, OpenError> {
        writers::from(database.reader(), uuid::Uuid::nil(), 1).await?;
        let unusable = |cause| OpenError::Checkpoints(checkpoints.clone(), cause);
        let folder = Checkpoints::open(&checkpoints).map_err(unusable)?;
        let news = Arc::new(Notify::new());
        let (queue, waiting) = mpsc::channel(QUEUE);
        let appending = Task::new();
        let appender = Appender::new(database.clone(), keys.clone(), waiting, Arc::clone(&news));
        appending.tracker.spawn(appender.run(appending.stop.clone()));
        let sealer = Sealer::new(database.clone(), keys.clone(), clock.clone(), folder);
        Ok(Self(Arc::new(Inner {
            database,
            keys,
            clock,
            queue,
            lanes: Arc::new(Lanes::new(Arc::clone(&news))),
            sealer: Arc::new(Mutex::new(sealer)),
            news,
            appending,
            sealing: Task::new(),
        })))
    }

    /// Writes a record; returns when it is durable. Never call it while holding a transaction of your own: a
    /// record inside a transaction goes through [`Ledger::lane`].
    pub async fn append(&self, entry: &Entry) -> Result<(), LedgerUnavailable> {
        let draft = Draft::of(entry, &self.0.keys)?;
        let written = async {
            let (answer, answered) = oneshot::channel();
            let waiting = Waiting { draft, answer };
            self.0.queue.send(waiting).await.map_err(|_| LedgerUnavailable::Closed)?;
            answered.await.unwrap_or(Err(LedgerUnavailable::Closed))
        };
        timeout(PATIENCE, written).await.unwrap_or(Err(LedgerUnavailable::TooLate))
    }

    /// A lane for the records of one transaction.
    pub fn lane(&self) -> Lane {
        Lane::new(self.0.keys.clone(), Arc::clone(&self.0.lanes))
    }

    /// Whether a record could be written now: writes one and takes it back. For the readiness of the server.
    pub async fn probe(&self) -> Result<(), LedgerUnavailable> {
        let probed = async {
            let transaction = self.0.database.begin().await?;
            let record = Draft::probe().numbered(&self.0.keys, &Numbering::fresh());
            record::insert(&transaction, vec![record]).await?;
            transaction.rollback().await
        };
        match timeout(PATIENCE, probed).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(LedgerUnavailable::Refused),
            Err(_) => Err(LedgerUnavailable::TooLate),
        }
    }

    /// Starts the task that seals. Every replica runs it; one seals at a time. Call it once.
    pub fn start_sealer(&self) {
        let task =
            sealer::run(Arc::clone(&self.0.sealer), Arc::clone(&self.0.news), self.0.sealing.stop.clone());
        self.0.sealing.tracker.spawn(task);
    }

    /// The present instant, by the clock of the records.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// Seals everything that is committed and writes a checkpoint. Returns how many records were sealed.
    pub async fn seal_now(&self) -> Result<u64, SealError> {
        self.0.sealer.lock().await.seal_all_and_sign().await
    }

    /// Writes what still waits and, when the sealer was started, seals it and signs a last checkpoint. Appends
    /// after this are refused.
    pub async fn close(&self) {
        self.0.appending.end().await;
        self.0.sealing.end().await;
    }
}
