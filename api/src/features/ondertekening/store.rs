//! What signatures, contracts and training read in the database: reference data of a house, without persons of a
//! dossier.
//!
//! It decides nothing.

use std::collections::HashMap;

use crate::features::partner::{with_desk, with_signature};
use convenant::HouseCode;
use entity::id::{GemeenteContractId, OrganisationId, ProfessionalId, SignatureId};
use entity::{gemeente_contract, organisation, professional, signature};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

/// The signatures under the covenant of a house, with the names and ids of the organisations.
#[expect(clippy::disallowed_methods, reason = "signatures and organisations are reference data")]
pub(super) async fn signatures(
    database: &impl ConnectionTrait,
    house: &HouseCode,
) -> Result<Vec<(signature::Model, organisation::Model)>, DbErr> {
    let found = signature::Entity::find()
        .filter(signature::Column::House.eq(house.as_str()))
        .order_by_asc(signature::Column::SignedOn)
        .order_by_asc(signature::Column::Id)
        .all(database)
        .await?;
    let owners = found.iter().map(|signature| signature.organisation_id);
    let owners =
        organisation::Entity::find().filter(organisation::Column::Id.is_in(owners)).all(database).await?;
    let owners: HashMap<OrganisationId, organisation::Model> =
        owners.into_iter().map(|owner| (owner.id, owner)).collect();
    let with_owner = |signature: signature::Model| {
        let owner = owners.get(&signature.organisation_id)?.clone();
        Some((signature, owner))
    };
    Ok(found.into_iter().filter_map(with_owner).collect())
}

/// A signature under the covenant of a house.
#[expect(clippy::disallowed_methods, reason = "signatures are reference data")]
pub(super) async fn signature(
    database: &impl ConnectionTrait,
    house: &HouseCode,
    id: SignatureId,
) -> Result<Option<signature::Model>, DbErr> {
    let of_house = signature::Column::House.eq(house.as_str());
    signature::Entity::find_by_id(id).filter(of_house).one(database).await
}

/// A signature with its organisation.
#[expect(clippy::disallowed_methods, reason = "signatures and organisations are reference data")]
pub(super) async fn signature_by_id(
    database: &impl ConnectionTrait,
    id: SignatureId,
) -> Result<Option<(signature::Model, organisation::Model)>, DbErr> {
    let Some(found) = signature::Entity::find_by_id(id).one(database).await? else { return Ok(None) };
    let owner = organisation::Entity::find_by_id(found.organisation_id).one(database).await?;
    Ok(owner.map(|owner| (found, owner)))
}

/// The signatures of an organisation under the covenant of a house.
#[expect(clippy::disallowed_methods, reason = "signatures are reference data")]
pub(super) async fn signatures_of(
    database: &impl ConnectionTrait,
    house: &HouseCode,
    organisation: OrganisationId,
) -> Result<Vec<signature::Model>, DbErr> {
    signature::Entity::find()
        .filter(signature::Column::House.eq(house.as_str()))
        .filter(signature::Column::OrganisationId.eq(organisation))
        .all(database)
        .await
}

/// The contracts of gemeenten with a house.
#[expect(clippy::disallowed_methods, reason = "contracts are reference data")]
pub(super) async fn contracts(
    database: &impl ConnectionTrait,
    house: &HouseCode,
) -> Result<Vec<gemeente_contract::Model>, DbErr> {
    gemeente_contract::Entity::find()
        .filter(gemeente_contract::Column::House.eq(house.as_str()))
        .order_by_asc(gemeente_contract::Column::ValidFrom)
        .order_by_asc(gemeente_contract::Column::Id)
        .all(database)
        .await
}

/// A contract.
#[expect(clippy::disallowed_methods, reason = "contracts are reference data")]
pub(super) async fn contract_by_id(
    database: &impl ConnectionTrait,
    id: GemeenteContractId,
) -> Result<Option<gemeente_contract::Model>, DbErr> {
    gemeente_contract::Entity::find_by_id(id).one(database).await
}

/// A contract with a house.
pub(super) async fn contract(
    database: &impl ConnectionTrait,
    house: &HouseCode,
    id: GemeenteContractId,
) -> Result<Option<gemeente_contract::Model>, DbErr> {
    Ok(contract_by_id(database, id).await?.filter(|contract| contract.house == house.as_str()))
}

/// An active professional of an organisation of a house.
#[expect(clippy::disallowed_methods, reason = "professionals are reference data")]
pub(super) async fn professional(
    database: &impl ConnectionTrait,
    house: &HouseCode,
    id: ProfessionalId,
) -> Result<Option<professional::Model>, DbErr> {
    let organisation = professional::Column::OrganisationId;
    professional::Entity::find_by_id(id)
        .filter(professional::Column::Active.eq(true))
        .filter(
            Condition::any()
                .add(organisation.in_subquery(with_desk(house)))
                .add(organisation.in_subquery(with_signature(house))),
        )
        .one(database)
        .await
}
