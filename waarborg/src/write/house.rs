//! Writing on no dossier: on what a house keeps beside them.
//!
//! Who writes works for an organisation that keeps a desk in the house. Locking those desks puts the writes on one house
//! in a row, so that each sees what the one before it did. It grants nothing by itself, and finds no dossier.

use convenant::HouseCode;
use entity::desk;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access::Access;

/// The house, when the viewer's organisation keeps a desk in it; its desks there are locked.
#[expect(clippy::disallowed_methods, reason = "every organisation may know its own desks")]
pub(super) async fn locked(
    access: &Access,
    transaction: &DatabaseTransaction,
    house: &HouseCode,
) -> Result<Option<HouseCode>, DbErr> {
    let mut own = desk::Entity::find()
        .filter(desk::Column::OrganisationId.eq(access.principal().organisation))
        .filter(desk::Column::House.eq(house.as_str()))
        .order_by_asc(desk::Column::Id);
    if transaction.get_database_backend() == DbBackend::Postgres {
        own = own.lock(LockType::NoKeyUpdate);
    }
    let desks = own.all(transaction).await?;
    Ok((!desks.is_empty()).then(|| house.clone()))
}
