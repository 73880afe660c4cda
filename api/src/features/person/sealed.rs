//! Values that are kept sealed under the key of a person: the BSN, and texts of D10, D22A and D27.
//!
//! A sealed value is bound to its row: moved to another it does not open. Keys are read for a whole page at
//! once; a value is opened one at a time, in its own field.

use std::collections::HashMap;
use std::sync::Arc;

use convenant::Category;
use entity::id::PersonKeyId;
use entity::{person, person_key};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;
use waarborg::access::Scoped;
use waarborg::disclosure::RowAccess;
use waarborg::keys::{PersonKey, Place, WrappedKey, bsn};
use waarborg::write::Authorized;

use crate::error::{Code, Fault};
use crate::graphql::change::Refused;
use crate::graphql::rows::failed;
use crate::graphql::scalar::Bsn;
use crate::server::Server;

/// The categories whose texts are kept sealed (design: BSN, D10, D22A, D27).
pub(crate) fn is_sealed(category: Category) -> bool {
    matches!(category, Category::D10 | Category::D22A | Category::D27)
}

/// The blind index of a BSN: equal for equal numbers, telling nothing else.
pub(crate) fn bsn_index(server: &Server, bsn: &bsn::Bsn) -> Vec<u8> {
    server.keys.blind_index("person.bsn", bsn.reveal())
}

/// Where a BSN stands.
fn place_of_bsn(row: Uuid, house: &str) -> Place<'_> {
    Place { table: "person", column: "bsn", row, house }
}

/// Where the text of a datum stands.
fn place_of_inbreng(row: Uuid, house: &str) -> Place<'_> {
    Place { table: "inbreng", column: "content", row, house }
}

/// A fresh key for a person, kept wrapped.
pub(crate) async fn make_key(server: &Server, authorized: &Authorized<'_>) -> Result<PersonKey, Refused> {
    let broken = |_| Refused::failed("the key of a person");
    let (id, wrapped) = server.keys.fresh_person_key().map_err(broken)?;
    let key = server.keys.unwrap_person_key(id, &wrapped).map_err(broken)?;
    let row =
        person_key::ActiveModel { id: Set(id), wrapped: Set(wrapped.0), made_at: Set(authorized.now()) };
    person_key::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
    Ok(key)
}

/// Seals a BSN for its row.
pub(crate) fn seal_bsn(key: &PersonKey, row: Uuid, house: &str, bsn: &bsn::Bsn) -> Result<Vec<u8>, Refused> {
    key.seal(&place_of_bsn(row, house), bsn.reveal().as_bytes())
        .map_err(|_| Refused::failed("the seal of a BSN"))
}

/// Seals the text of a datum under the key of the person it is about.
#[expect(clippy::disallowed_methods, reason = "the key of a person of the dossier under the write")]
pub(crate) async fn seal_text(
    server: &Server,
    authorized: &Authorized<'_>,
    person: &person::Model,
    (row, house): (Uuid, &str),
    text: &str,
) -> Result<Vec<u8>, Refused> {
    let broken = || Refused::failed("the seal of a text");
    let stored = person_key::Entity::find_by_id(person.key_id).one(authorized.transaction()).await?;
    let wrapped = WrappedKey(stored.ok_or_else(broken)?.wrapped);
    let key = server.keys.unwrap_person_key(person.key_id, &wrapped).map_err(|_| broken())?;
    key.seal(&place_of_inbreng(row, house), text.as_bytes()).map_err(|_| broken())
}

/// The wrapped keys of the persons at the dossiers of a page.
type Keys = HashMap<PersonKeyId, Vec<u8>>;

#[derive(PartialEq, Eq, Hash)]
struct KeysOfPage;

async fn keys(row: &RowAccess) -> Result<Arc<Keys>, Fault> {
    row.siblings().load(KeysOfPage, || read_keys(row)).await.map_err(failed)
}

#[expect(clippy::disallowed_methods, reason = "the keys of persons at dossiers that were found in scope")]
async fn read_keys(row: &RowAccess) -> Result<Keys, DbErr> {
    let persons = person::Entity::of_page(row.siblings());
    let ids: Vec<PersonKeyId> =
        persons.select_only().column(person::Column::KeyId).into_tuple().all(row.access().reader()).await?;
    let stored = person_key::Entity::find()
        .filter(person_key::Column::Id.is_in(ids))
        .all(row.access().reader())
        .await?;
    Ok(stored.into_iter().map(|key| (key.id, key.wrapped)).collect())
}

async fn open(
    server: &Server,
    row: &RowAccess,
    key: PersonKeyId,
    place: &Place<'_>,
    sealed: &[u8],
) -> Result<String, Fault> {
    let broken = || {
        tracing::error!(table = place.table, "a sealed value does not open");
        Fault::new(Code::Internal)
    };
    let keys = keys(row).await?;
    let wrapped = WrappedKey(keys.get(&key).ok_or_else(broken)?.clone());
    let key = server.keys.unwrap_person_key(key, &wrapped).map_err(|_| broken())?;
    let plain = key.open(place, sealed).map_err(|_| broken())?;
    String::from_utf8(plain.to_vec()).map_err(|_| broken())
}

/// Opens the BSN of a person that is shown.
pub(crate) async fn open_bsn(
    server: &Server,
    row: &RowAccess,
    person: &person::Model,
    sealed: &[u8],
) -> Result<Bsn, Fault> {
    let house = &row.presence().dossier().house;
    open(server, row, person.key_id, &place_of_bsn(person.id.0, house), sealed).await.map(Bsn)
}

/// Opens the text of a datum that is shown.
pub(crate) async fn open_text(
    server: &Server,
    row: &RowAccess,
    key: PersonKeyId,
    inbreng: Uuid,
    sealed: &[u8],
) -> Result<String, Fault> {
    let house = &row.presence().dossier().house;
    open(server, row, key, &place_of_inbreng(inbreng, house), sealed).await
}

/// The keys of the persons of the dossiers of a page, by person.
#[derive(PartialEq, Eq, Hash)]
struct KeyOfPerson;

/// Under which key the values of a person stand.
pub(crate) async fn key_of(
    row: &RowAccess,
    person: entity::id::PersonId,
) -> Result<Option<PersonKeyId>, Fault> {
    let load = || async {
        let persons: Vec<(entity::id::PersonId, PersonKeyId)> = person::Entity::of_page(row.siblings())
            .select_only()
            .columns([person::Column::Id, person::Column::KeyId])
            .into_tuple()
            .all(row.access().reader())
            .await?;
        Ok(persons.into_iter().collect::<HashMap<_, _>>())
    };
    let known: Arc<HashMap<_, _>> = row.siblings().load(KeyOfPerson, load).await.map_err(failed)?;
    Ok(known.get(&person).copied())
}

/// A person of the dossier under a write.
pub(crate) async fn person_under(
    authorized: &Authorized<'_>,
    id: Uuid,
) -> Result<Option<person::Model>, DbErr> {
    person::Entity::under(authorized).filter(person::Column::Id.eq(id)).one(authorized.transaction()).await
}

/// The first person of the dossier: the one it was opened for.
pub(crate) async fn main_person(authorized: &Authorized<'_>) -> Result<Option<person::Model>, DbErr> {
    use sea_orm::QueryOrder;
    person::Entity::under(authorized).order_by_asc(person::Column::Id).one(authorized.transaction()).await
}
