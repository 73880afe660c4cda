//! Writing: one transaction for the state, the event, the ledger record of the effect and the outcome under its
//! idempotency key.
//!
//! A write begins by locking the dossier, the assignments that let the viewer in, and what the viewer is known by
//! (employment, desks, signatures), so that a right that ends meanwhile ends the write. What a store needs to change anything is an [`Authorized`], which only a write that
//! has found its permission can make. Nothing is published that is not committed.
//!
//! Who is not present writes on no dossier, but for the one [`Entrance`]. What a house keeps beside its dossiers is
//! written under an [`AuthorizedHouse`], by the same order.

mod entrance;
mod house;
mod outcome;
mod reading;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use convenant::HouseCode;
use entity::id::DossierId;
use entity::{assignment, dossier};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Set,
};
use uuid::Uuid;

pub use entrance::{Entrance, Sought};
pub use outcome::{Ids, Outcome, Verdict};
pub use reading::Reading;

use crate::access::{Access, Presence, Scoped, Sight};
use crate::clock::dutch_date;
use crate::feed::{Feed, NewEvent};
use crate::ledger::{CommitError, Entry, Kind, Lane, Ledger, LedgerUnavailable};
use crate::proof;

/// What a mutation asks for before anything of it is looked at.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    /// The name of the mutation.
    pub operation: &'static str,
    /// The client's key: the same key and input have one effect.
    pub key: Uuid,
    /// Keyed hash of the operation and its input.
    pub fingerprint: Vec<u8>,
    /// On which dossier to write.
    pub place: Place,
    /// The version the client has seen, where it says so.
    pub expected_version: Option<i64>,
}

/// On which dossier a mutation writes.
#[derive(Debug, Clone)]
pub enum Place {
    /// On one that it opens.
    New,
    /// On one at which the viewer is present.
    Present(DossierId),
    /// On one at which the viewer need not be present.
    Entered(Entrance),
    /// On none: on what a house keeps beside its dossiers.
    House(HouseCode),
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is no such dossier for this viewer.
    #[error("not found")]
    NotFound,
    /// The dossier has changed since the client saw it.
    #[error("the dossier is at version {current}")]
    Conflict {
        /// Its version now.
        current: i64,
    },
    /// The key was used for another input.
    #[error("the idempotency key was used for another input")]
    Mismatch,
    /// The same key is being written at this moment; the caller begins again.
    #[error("the same key is being written")]
    Concurrent,
    /// The day changed while the locks were waited for, and with it perhaps the covenant; the caller opens the access
    /// of the new day and begins again.
    #[error("the day changed")]
    DayChanged,
    /// The ledger cannot keep the proof.
    #[error("the ledger cannot be written")]
    Ledger(#[from] LedgerUnavailable),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

/// How a write began.
#[derive(Debug)]
pub enum Begun {
    /// It is new.
    Fresh(Box<Write>),
    /// The key has an outcome already.
    Known(Outcome),
}

/// A write under way. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Write {
    transaction: DatabaseTransaction,
    access: Access,
    ground: Ground,
    request: WriteRequest,
    lane: Lane,
}

/// What a write stands on.
#[derive(Debug)]
enum Ground {
    /// Nothing yet: it opens a dossier, or found none that may be entered.
    None,
    /// The viewer's presence at the dossier.
    Presence(Arc<Presence>),
    /// The presence that the viewer would have by break-glass at the dossier that was sought.
    Entrance(Box<Presence>),
    /// The house in which the viewer's organisation keeps a desk.
    House(HouseCode),
}

impl Ground {
    fn presence(&self) -> Option<&Presence> {
        match self {
            Self::None | Self::House(_) => None,
            Self::Presence(presence) => Some(presence),
            Self::Entrance(presence) => Some(presence),
        }
    }
}

/// Proof that this write may change this dossier, alive for as long as the transaction is. Stores take nothing
/// else.
#[derive(Debug, Clone, Copy)]
pub struct Authorized<'w> {
    transaction: &'w DatabaseTransaction,
    access: &'w Access,
    dossier: DossierId,
}

impl Authorized<'_> {
    /// The dossier that may be changed.
    pub fn dossier(&self) -> DossierId {
        self.dossier
    }

    /// The transaction in which to change it.
    pub fn transaction(&self) -> &DatabaseTransaction {
        self.transaction
    }

    /// Who changes it.
    pub fn access(&self) -> &Access {
        self.access
    }

    /// The instant of the change.
    pub fn now(&self) -> DateTime<Utc> {
        self.access.now()
    }
}

/// Proof that this write may change what a house keeps beside its dossiers, alive for as long as the transaction is. It
/// opens no dossier.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizedHouse<'w> {
    transaction: &'w DatabaseTransaction,
    access: &'w Access,
    house: &'w HouseCode,
}

impl AuthorizedHouse<'_> {
    /// The house.
    pub fn house(&self) -> &HouseCode {
        self.house
    }

    /// The transaction in which to change it.
    pub fn transaction(&self) -> &DatabaseTransaction {
        self.transaction
    }

    /// Who changes it.
    pub fn access(&self) -> &Access {
        self.access
    }
}

/// What changes on the dossier itself, beside its version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierChange {
    /// The new phase.
    pub phase: Option<convenant::Phase>,
    /// The new tafel, which brings its confidentiality.
    pub tafel: Option<convenant::Tafel>,
}

impl Write {
    /// Begins a write: the dossier is locked first, then the assignments and the principal; then the key and the
    /// version are looked at.
    pub async fn begin(access: &Access, ledger: &Ledger, request: WriteRequest) -> Result<Begun, WriteError> {
        let lane = ledger.lane();
        let sight = match &request.place {
            Place::Entered(_) => Sight::Seeking,
            Place::New | Place::Present(_) | Place::House(_) => Sight::Present,
        };
        let transaction = access.begin(sight).await?;
        let dossier = match &request.place {
            Place::New | Place::House(_) => None,
            Place::Present(dossier) => Some(locked(access, &transaction, *dossier).await?),
            Place::Entered(entrance) => entrance.lock(access, &transaction).await?,
        };
        let house = match &request.place {
            Place::House(house) => house::locked(access, &transaction, house).await?,
            Place::New | Place::Present(_) | Place::Entered(_) => None,
        };
        let footing = access.principal().lock(&transaction).await?;
        // What ended while the locks were waited for has ended.
        let now = ledger.now();
        if dutch_date(now) != access.today() {
            return Err(WriteError::DayChanged);
        }
        access.go_on_at(now);
        if !access.principal().stands(&footing, access.now()) {
            return Err(WriteError::NotFound);
        }
        let ground = match (&request.place, dossier) {
            (Place::Entered(entrance), Some(dossier)) => {
                let entering = entrance.presence_in(access, dossier).map(Box::new);
                entering.map_or(Ground::None, Ground::Entrance)
            }
            (_, Some(dossier)) => Ground::Presence(presence_at(access, &transaction, dossier).await?),
            (_, None) => house.map_or(Ground::None, Ground::House),
        };
        let professional = access.principal().professional;
        if let Some((fingerprint, outcome)) = outcome::find(&transaction, professional, request.key).await? {
            return if fingerprint == request.fingerprint {
                Ok(Begun::Known(outcome))
            } else {
                Err(WriteError::Mismatch)
            };
        }
        let current = ground.presence().map(|presence| presence.dossier().version);
        match (request.expected_version, current) {
            (Some(expected), Some(current)) if expected != current => Err(WriteError::Conflict { current }),
            _ => {
                transaction.execute_unprepared("SAVEPOINT act").await?;
                Ok(Begun::Fresh(Box::new(Self {
                    transaction,
                    access: access.clone(),
                    ground,
                    request,
                    lane,
                })))
            }
        }
    }

    /// The viewer's presence at the dossier, with its assignments locked.
    pub fn presence(&self) -> Option<&Arc<Presence>> {
        match &self.ground {
            Ground::Presence(presence) => Some(presence),
            Ground::None | Ground::Entrance(_) | Ground::House(_) => None,
        }
    }

    /// The access under which it was begun.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The transaction, to read in. It changes nothing: for that an [`Authorized`] is needed.
    pub fn reading(&self) -> Reading<'_> {
        Reading(&self.transaction)
    }

    /// The permission to change the dossier, when the check finds it.
    pub fn authorize<E>(
        &self,
        check: impl FnOnce(&Presence) -> Result<(), E>,
    ) -> Result<Option<Authorized<'_>>, E> {
        let Some(presence) = self.presence() else { return Ok(None) };
        check(presence)?;
        Ok(Some(self.authorized(presence.dossier().id)))
    }

    /// The permission to enter the dossier that was sought; none when there is none that may be entered.
    pub fn authorize_entering(&self) -> Option<Authorized<'_>> {
        match &self.ground {
            Ground::Entrance(entering) => Some(self.authorized(entering.dossier().id)),
            Ground::None | Ground::Presence(_) | Ground::House(_) => None,
        }
    }

    /// The permission to change what the house keeps, when the check finds it; none where the viewer's organisation
    /// keeps no desk in it.
    pub fn authorize_in_house<E>(
        &self,
        check: impl FnOnce(&Access) -> Result<(), E>,
    ) -> Result<Option<AuthorizedHouse<'_>>, E> {
        let Ground::House(house) = &self.ground else { return Ok(None) };
        check(&self.access)?;
        Ok(Some(AuthorizedHouse { transaction: &self.transaction, access: &self.access, house }))
    }

    fn authorized(&self, dossier: DossierId) -> Authorized<'_> {
        Authorized { transaction: &self.transaction, access: &self.access, dossier }
    }

    /// The permission to open a new dossier, when the check finds it. Its id is made here, so that it is no other's.
    pub fn authorize_opening<E>(
        &self,
        check: impl FnOnce(&Access) -> Result<(), E>,
    ) -> Result<Authorized<'_>, E> {
        check(&self.access)?;
        Ok(self.authorized(DossierId::fresh()))
    }

    /// Ends the write with its effect: version, events, ledger record and outcome, in one commit.
    pub async fn commit(
        mut self,
        feed: &Feed,
        dossier: DossierId,
        change: DossierChange,
        events: &[NewEvent],
        ids: outcome::Ids,
    ) -> Result<Outcome, WriteError> {
        let version = match self.ground.presence() {
            Some(presence) => {
                next_version(&self.transaction, presence.dossier(), &change, self.access.now()).await?
            }
            None => 1,
        };
        Feed::record(&self.transaction, dossier, version, self.access.now(), events).await?;
        let outcome = Outcome { verdict: Verdict::Done, version: Some(version), ids };
        let codes = events.iter().map(|event| event.kind.to_owned()).collect();
        let mut entry = self.entry(Kind::Effect, Some(dossier), codes).await?;
        for touched in &mut entry.dossiers {
            touched.leaves = proof::embargoed(events);
        }
        self.lane.record(&self.transaction, &entry).await?;
        self.finish(&outcome).await?;
        feed.ring();
        Ok(outcome)
    }

    /// Ends a write on a house with its effect: ledger record and outcome, in one commit. There is no dossier whose
    /// version grows or whose feed tells of it.
    pub async fn commit_in_house(
        mut self,
        codes: Vec<String>,
        ids: outcome::Ids,
    ) -> Result<Outcome, WriteError> {
        let outcome = Outcome { verdict: Verdict::Done, version: None, ids };
        let entry = self.entry(Kind::Effect, None, codes).await?;
        self.lane.record(&self.transaction, &entry).await?;
        self.finish(&outcome).await?;
        Ok(outcome)
    }

    /// Ends the write without effect: a guard refused. The refusal is the outcome of the key; what was changed
    /// before the guard was met is undone.
    pub async fn reject(mut self, reasons: Vec<String>) -> Result<Outcome, WriteError> {
        self.transaction.execute_unprepared("ROLLBACK TO SAVEPOINT act").await?;
        let dossier = self.ground.presence().map(|presence| presence.dossier().id);
        let entry = self.entry(Kind::Refusal, dossier, reasons.clone()).await?;
        self.lane.record(&self.transaction, &entry).await?;
        let version = self.ground.presence().map(|presence| presence.dossier().version);
        let outcome = Outcome { verdict: Verdict::Rejected { reasons }, version, ids: outcome::Ids::new() };
        self.finish(&outcome).await?;
        Ok(outcome)
    }

    /// The record of what was done or refused, which concerns everybody in the dossier.
    async fn entry(
        &self,
        kind: Kind,
        dossier: Option<DossierId>,
        codes: Vec<String>,
    ) -> Result<Entry, WriteError> {
        let mut dossiers = match (self.ground.presence(), dossier) {
            (Some(presence), _) => vec![proof::of_presence(presence)],
            (None, Some(opened)) => vec![proof::without_presence(opened)],
            (None, None) => Vec::new(),
        };
        for touched in &mut dossiers {
            let persons = proof::persons(&self.transaction, vec![touched.dossier]).await?;
            touched.subjects = persons.into_iter().map(|(_, person)| person).collect();
        }
        Ok(proof::entry(&self.access, kind, Some(self.request.operation), dossiers, codes))
    }

    async fn finish(self, outcome: &Outcome) -> Result<(), WriteError> {
        let professional = self.access.principal().professional;
        let stored =
            outcome::store(&self.transaction, professional, &self.request, outcome, self.access.now()).await;
        if let Err(error) = stored {
            self.lane.rollback(self.transaction).await?;
            return Err(if is_duplicate(&error) { WriteError::Concurrent } else { error.into() });
        }
        self.lane.commit(self.transaction).await.map_err(|error| match error {
            CommitError::Ledger(error) => WriteError::Ledger(error),
            CommitError::Database(error) => WriteError::Database(error),
        })
    }
}

fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Locks the dossier, then the assignments that let the viewer in.
async fn locked(
    access: &Access,
    transaction: &DatabaseTransaction,
    id: DossierId,
) -> Result<dossier::Model, WriteError> {
    let on_postgres = transaction.get_database_backend() == DbBackend::Postgres;
    let mut find = dossier::Entity::sought_by(access).filter(dossier::Column::Id.eq(id));
    if on_postgres {
        find = find.lock(LockType::Update);
    }
    let dossier = find.one(transaction).await?.ok_or(WriteError::NotFound)?;
    if on_postgres {
        let assignments = assignment::Entity::visible_to(access).filter(assignment::Column::DossierId.eq(id));
        assignments.lock(LockType::Share).all(transaction).await?;
    }
    Ok(dossier)
}

async fn presence_at(
    access: &Access,
    transaction: &DatabaseTransaction,
    dossier: dossier::Model,
) -> Result<Arc<Presence>, WriteError> {
    let id = dossier.id;
    access.presences_at(transaction, vec![dossier]).await?.remove(&id).ok_or(WriteError::NotFound)
}

async fn next_version(
    transaction: &DatabaseTransaction,
    dossier: &dossier::Model,
    change: &DossierChange,
    now: DateTime<Utc>,
) -> Result<i64, WriteError> {
    let next = dossier.version + 1;
    let mut changed =
        dossier::ActiveModel { version: Set(next), changed_at: Set(now), ..dossier::ActiveModel::default() };
    if let Some(phase) = change.phase {
        changed.phase = Set(phase.code().to_owned());
    }
    if let Some(tafel) = change.tafel {
        changed.tafel = Set(tafel.code().to_owned());
        changed.confidentiality = Set(tafel.confidentiality().code().to_owned());
    }
    let updated = dossier::Entity::update_many()
        .set(changed)
        .filter(dossier::Column::Id.eq(dossier.id))
        .filter(dossier::Column::Version.eq(dossier.version))
        .exec(transaction)
        .await?;
    if updated.rows_affected == 1 { Ok(next) } else { Err(WriteError::Conflict { current: next }) }
}
