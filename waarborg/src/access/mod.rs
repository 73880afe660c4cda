//! Access: who asks, at which dossiers they are present, and what each presence amounts to.
//!
//! One relation gives presence: an active assignment of a professional or of their desk to a dossier. Without
//! it a dossier does not exist for the viewer, and every finder here is scoped by it. This module decides
//! nothing by itself: a presence is a set of standings, and the covenant says what a standing may.

mod contract;
mod finder;
mod presence;
mod principal;
mod reader;
mod siblings;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::Convenant;
use sea_orm::{DatabaseTransaction, DbErr};

pub use contract::Contract;
pub use finder::{Page, PageRequest, PageSize, Scoped, active_at, in_order, pages_of};
pub use presence::{Denial, Presence, Ruling};
pub use principal::{Principal, Role, Signature};
pub use reader::Reader;
pub(crate) use reader::{Sight, Viewer, refused, selecting};
pub use siblings::Siblings;

use crate::clock::dutch_date;
use crate::database::Database;
use crate::disclosure::{Classification, Collector};

/// The access of one request, or of one event of a subscription. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Access(Arc<Request>);

#[derive(Debug)]
struct Request {
    reader: Reader,
    convenant: Arc<Convenant>,
    classification: Arc<Classification>,
    principal: Arc<Principal>,
    trace: String,
    collector: Collector,
}

impl Access {
    /// Opens the access of a principal at an instant. What the answer shows gathers in a fresh collector.
    pub fn open(
        database: Database,
        convenant: Arc<Convenant>,
        classification: Arc<Classification>,
        principal: Arc<Principal>,
        now: DateTime<Utc>,
        trace: String,
    ) -> Self {
        let reader = Reader::new(database, Viewer::of(&principal, now));
        let collector = Collector::default();
        Self(Arc::new(Request { reader, convenant, classification, principal, trace, collector }))
    }

    /// The same principal at a later instant, with marks of its own: what one event is shown under.
    #[must_use]
    pub fn reopened(&self, principal: Arc<Principal>, now: DateTime<Utc>) -> Self {
        let request = &self.0;
        Self::open(
            request.reader.database().clone(),
            Arc::clone(&request.convenant),
            Arc::clone(&request.classification),
            principal,
            now,
            request.trace.clone(),
        )
    }

    /// What another professional would be shown at the same instant, to explain decisions about them. What it shows
    /// has marks that nobody proves: only decisions found by it may be answered, never a value.
    #[must_use]
    pub fn imagined_for(&self, another: Principal) -> Self {
        self.reopened(Arc::new(another), self.now())
    }

    /// From here on the request is judged at a later instant, whatever of it comes: rights that ended since are gone.
    pub fn go_on_at(&self, now: DateTime<Utc>) {
        self.0.reader.go_on_at(now);
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.0.principal
    }

    /// The instant at which rights are judged: that at which this access was opened, or at which it went on.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.reader.at()
    }

    /// The Dutch date of that instant.
    pub fn today(&self) -> NaiveDate {
        dutch_date(self.now())
    }

    /// The trace of the request, in hex.
    pub fn trace(&self) -> &str {
        &self.0.trace
    }

    /// The covenants of all houses.
    pub fn convenant(&self) -> &Arc<Convenant> {
        &self.0.convenant
    }

    /// Where the viewer reads. A store reads through [`Scoped::visible_to`] and its like.
    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// Begins to write for the viewer. What was being read is let go first, so that nobody waits for a second connection
    /// with one in hand.
    pub(crate) async fn begin(&self, sight: Sight) -> Result<DatabaseTransaction, DbErr> {
        self.0.reader.rest().await;
        let transaction = self.0.reader.database().begin().await?;
        Viewer::of(self.principal(), self.now()).enter(&transaction, sight).await?;
        Ok(transaction)
    }

    /// What this answer has shown so far.
    pub fn collector(&self) -> &Collector {
        &self.0.collector
    }

    /// The leaves of the schema.
    pub fn classification(&self) -> &Classification {
        &self.0.classification
    }
}
