//! The one way to write on a dossier without being present at it: break-glass.
//!
//! An [`Entrance`] says what is sought and which dossiers it is for. The write seeks by itself, in the houses in which
//! the viewer's organisation works, and shows nothing of what it finds. It must never tell why there is nothing to
//! enter: an id that nobody gave out, a dossier of another house, one of which the covenant would show nothing and one
//! that the entrance is not for are all no dossier. It grants nothing by itself.

use entity::id::{AssignmentId, DossierId};
use entity::{assignment, desk, dossier, person, signature};
use sea_orm::sea_query::{LockType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::access::{Access, Presence};

/// So many dossiers of one person are looked at, newest first.
const LOOKED_AT: u64 = 50;

/// What is sought.
#[derive(Debug, Clone)]
pub enum Sought {
    /// A dossier by its id.
    Dossier(DossierId),
    /// A dossier of whoever has this burgerservicenummer, by its blind index: the newest that may be entered.
    Person(Vec<u8>),
    /// Nothing: what was asked names no dossier. It is sought nonetheless, with the same statements.
    Nothing,
}

/// Permission to seek a dossier at which the viewer need not be present.
#[derive(Debug, Clone)]
pub struct Entrance {
    sought: Sought,
    is_for: fn(&Presence) -> bool,
}

impl Entrance {
    /// An entrance to what is sought, for dossiers at which the presence that break-glass would give satisfies a
    /// rule. Banned by clippy: only break-glass lifts the ban.
    pub fn new(sought: Sought, is_for: fn(&Presence) -> bool) -> Self {
        Self { sought, is_for }
    }

    /// Finds the dossier that may be entered and locks it, before anything else of the write takes a transaction id.
    pub(super) async fn lock(
        &self,
        access: &Access,
        transaction: &DatabaseTransaction,
    ) -> Result<Option<dossier::Model>, DbErr> {
        let candidates = self.candidates(access).all(transaction).await?;
        let found = candidates.into_iter().find(|one| self.presence_in(access, one.clone()).is_some());
        // Whether anything was found must not show in the statements.
        let id = found.map_or(DossierId(Uuid::nil()), |dossier| dossier.id);
        by_id(id, transaction.get_database_backend()).one(transaction).await
    }

    /// The presence that break-glass would give the viewer at a dossier; none when it may not be entered.
    pub(super) fn presence_in(&self, access: &Access, dossier: dossier::Model) -> Option<Presence> {
        let assignment = would_be(access, dossier.id);
        let (principal, convenant) = (access.principal(), access.convenant());
        let presence = Presence::of(principal, convenant, access.today(), dossier, &[assignment])?;
        let may_enter = !presence.shown().is_empty() && (self.is_for)(&presence);
        may_enter.then_some(presence)
    }

    #[expect(clippy::disallowed_methods, reason = "break-glass seeks without presence, and shows nothing")]
    fn candidates(&self, access: &Access) -> Select<dossier::Entity> {
        let sought = match &self.sought {
            Sought::Dossier(id) => dossier::Column::Id.eq(*id),
            Sought::Person(index) => dossier::Column::Id.in_subquery(dossiers_of(index)),
            Sought::Nothing => dossier::Column::Id.eq(DossierId(Uuid::nil())),
        };
        let works_there = Condition::any()
            .add(dossier::Column::House.in_subquery(houses_of_desks(access)))
            .add(dossier::Column::House.in_subquery(houses_of_signatures(access)));
        dossier::Entity::find()
            .filter(sought)
            .filter(works_there)
            .order_by_desc(dossier::Column::OpenedAt)
            .order_by_desc(dossier::Column::Id)
            .limit(LOOKED_AT)
    }
}

#[expect(clippy::disallowed_methods, reason = "a dossier that may be entered, to be locked")]
fn by_id(id: DossierId, backend: DbBackend) -> Select<dossier::Entity> {
    let find = dossier::Entity::find_by_id(id);
    if backend == DbBackend::Postgres { find.lock(LockType::Update) } else { find }
}

/// The assignment that break-glass would give the viewer. It is written nowhere.
fn would_be(access: &Access, dossier: DossierId) -> assignment::Model {
    let principal = access.principal();
    assignment::Model {
        id: AssignmentId(Uuid::nil()),
        dossier_id: dossier,
        organisation_id: principal.organisation,
        professional_id: Some(principal.professional),
        desk_id: None,
        involvement: convenant::Involvement::Noodtoegang.code().to_owned(),
        side: convenant::Side::Geen.code().to_owned(),
        secrecy_signed_on: None,
        valid_from: access.now(),
        valid_until: None,
        reason: String::new(),
        granted_by: None,
    }
}

fn dossiers_of(index: &[u8]) -> SelectStatement {
    Query::select()
        .column(person::Column::DossierId)
        .from(person::Entity)
        .and_where(person::Column::BsnIndex.eq(index.to_vec()))
        .to_owned()
}

/// The houses in which the viewer's organisation keeps a desk: how a bureau belongs to its house.
fn houses_of_desks(access: &Access) -> SelectStatement {
    Query::select()
        .column(desk::Column::House)
        .from(desk::Entity)
        .and_where(desk::Column::OrganisationId.eq(access.principal().organisation))
        .to_owned()
}

/// The houses whose covenant the viewer's organisation has signed; whether that counts for the tafel is for the
/// covenant to say.
fn houses_of_signatures(access: &Access) -> SelectStatement {
    let today = access.today();
    let not_ended =
        Condition::any().add(signature::Column::EndedOn.is_null()).add(signature::Column::EndedOn.gt(today));
    Query::select()
        .column(signature::Column::House)
        .from(signature::Entity)
        .and_where(signature::Column::OrganisationId.eq(access.principal().organisation))
        .and_where(signature::Column::SignedOn.lte(today))
        .cond_where(not_ended)
        .to_owned()
}
