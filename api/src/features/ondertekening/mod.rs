//! Ondertekening: who signed the covenant of a house, which gemeenten have a contract with it, and who was trained
//! (domain.md, Ondertekening).
//!
//! The ketenmanager of a house records them; nothing is ever taken away, an end is a day that is yet to come. Rights
//! follow from them at the next request and at each event. There is no person of a dossier in them, and it must never
//! look at a dossier.

mod contract;
mod rules;
mod sign;
mod store;
mod training;

use async_graphql::{Context, ID, Object, SimpleObject};
use convenant::{House, HouseCode, PartnerKind};
use entity::id::{GemeenteContractId, ProfessionalId, SignatureId};
use entity::{gemeente_contract, organisation, signature};
use sea_orm::DbErr;
use uuid::Uuid;
use waarborg::access::Access;
use waarborg::write::{AuthorizedHouse, Write};

use self::contract::{EndGemeenteContractInput, RecordGemeenteContractInput};
use self::sign::{EndSignatureInput, RecordSignatureInput};
use self::training::RecordTrainingInput;
use super::partner::{
    find_professional, is_of_house, partner_id, professional_id, read_reference, reference,
};
use crate::graphql::change::{HouseChange, Refused, run_in_house};
use crate::graphql::check;
use crate::graphql::rows::failed;
use crate::graphql::scalar::Date;
use crate::graphql::user_error::{Finding, UserError};
use crate::server::Server;

/// The signature of an organisation under the covenant of a house.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct Signature {
    /// The id, by which it is ended.
    id: ID,
    /// The id of the organisation.
    partner_id: ID,
    /// The name of the organisation.
    partner: String,
    /// Its partner kind in the covenant.
    kind: String,
    /// The tafels for which it signed; null for all of them.
    tafels: Option<Vec<String>>,
    /// The first day on which it counts.
    signed_on: Date,
    /// The first day on which it no longer counts, once it was ended.
    ended_on: Option<Date>,
    /// Who signed for the organisation, for the bureau; null for others.
    signed_by: Option<String>,
}

/// A contract of a gemeente with a house.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct GemeenteContract {
    /// The id, by which it is ended.
    id: ID,
    /// The gemeente, by its CBS code.
    gemeente: String,
    /// JEUGDGROEP or NAZORG.
    kind: String,
    /// The first day on which it counts.
    valid_from: Date,
    /// The first day on which it no longer counts, once it was ended.
    ended_on: Option<Date>,
}

/// The training of a professional.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct Training {
    /// The id of the professional.
    professional_id: ID,
    /// The day on which the training was completed.
    trained_on: Option<Date>,
}

impl Signature {
    /// The signature of an id, when it is of a house in which the viewer's organisation works.
    async fn found(access: &Access, id: Uuid) -> Result<Option<Self>, DbErr> {
        let found = store::signature_by_id(access.reader(), SignatureId(id)).await?;
        let Some((row, owner)) = found else { return Ok(None) };
        let is_own = works_in(access, &HouseCode::new(&row.house)).await?;
        Ok(is_own.then(|| Self::of(access, (row, owner))))
    }

    fn of(access: &Access, (row, owner): (signature::Model, organisation::Model)) -> Self {
        let is_bureau = access.principal().partner == PartnerKind::ZvhBureau;
        let codes = |codes: String| codes.split_whitespace().map(str::to_owned).collect();
        Self {
            id: reference("Signature", row.id.0),
            partner_id: partner_id(owner.id),
            partner: owner.name,
            kind: owner.kind,
            tafels: row.tafels.map(codes),
            signed_on: row.signed_on.into(),
            ended_on: row.ended_on.map(Date::from),
            signed_by: row.signed_by.filter(|_| is_bureau),
        }
    }
}

impl GemeenteContract {
    /// The contract of an id, when it is with a house in which the viewer's organisation works.
    async fn found(access: &Access, id: Uuid) -> Result<Option<Self>, DbErr> {
        let found = store::contract_by_id(access.reader(), GemeenteContractId(id)).await?;
        let Some(row) = found else { return Ok(None) };
        let is_own = works_in(access, &HouseCode::new(&row.house)).await?;
        Ok(is_own.then(|| row.into()))
    }
}

impl Training {
    /// The training of a professional, for who leads a house.
    async fn found(access: &Access, id: Uuid) -> Result<Option<Self>, DbErr> {
        if rules::leads(access).is_err() {
            return Ok(None);
        }
        let found = find_professional(access.reader(), ProfessionalId(id)).await?;
        Ok(found.map(|known| Self {
            professional_id: professional_id(known.id),
            trained_on: known.trained_on.map(Date::from),
        }))
    }
}

impl From<gemeente_contract::Model> for GemeenteContract {
    fn from(row: gemeente_contract::Model) -> Self {
        Self {
            id: reference("GemeenteContract", row.id.0),
            gemeente: row.gemeente_code,
            kind: row.kind,
            valid_from: row.valid_from.into(),
            ended_on: row.ended_on.map(Date::from),
        }
    }
}

fn read_signature_id(id: &ID) -> Option<SignatureId> {
    read_reference("Signature", id).map(SignatureId)
}

fn read_contract_id(id: &ID) -> Option<GemeenteContractId> {
    read_reference("GemeenteContract", id).map(GemeenteContractId)
}

/// The permission of who leads the house, before anything that is named is looked up.
fn authorized(write: &Write) -> Result<AuthorizedHouse<'_>, Refused> {
    write.authorize_in_house(rules::leads)?.ok_or(Refused::NotOfInvolvement)
}

fn known_house<'s>(server: &'s Server, code: &HouseCode) -> Result<&'s House, Refused> {
    let house = server.convenant.house(code);
    house.ok_or_else(|| Refused::Input(Finding::NotOfHouse, vec!["house".to_owned()]))
}

/// The Dutch sentence of what stands in the way of recording something.
pub(crate) fn sentence(code: &str) -> Option<&'static str> {
    rules::sentence(code)
}

/// Declares the payloads of mutations on a house: one type each, as each may grow.
macro_rules! payloads {
    ([$($name:ident),+ $(,)?] { $field:ident: $type:ty }) => {$(
        /// What came of the mutation.
        #[derive(SimpleObject, Debug)]
        pub(crate) struct $name {
            /// What was recorded or ended; null when nothing was.
            $field: Option<$type>,
            /// Why nothing was done; empty when it was.
            errors: Vec<UserError>,
        }

        impl $name {
            async fn run<H: HouseChange>(ctx: &Context<'_>, input: H::Input) -> async_graphql::Result<Self> {
                let access = ctx.data_unchecked::<Access>();
                Ok(match run_in_house::<H>(ctx, input).await? {
                    Ok(row) => {
                        let found = <$type>::found(access, row).await.map_err(failed)?;
                        Self { $field: found, errors: Vec::new() }
                    }
                    Err(errors) => Self { $field: None, errors },
                })
            }
        }
    )+};
}

payloads! {
    [RecordSignaturePayload, EndSignaturePayload] {
        signature: Signature
    }
}

payloads! {
    [RecordGemeenteContractPayload, EndGemeenteContractPayload] {
        gemeente_contract: GemeenteContract
    }
}

payloads! {
    [RecordTrainingPayload] {
        training: Training
    }
}

/// What can be recorded for a house.
#[derive(Debug, Default)]
pub(crate) struct OndertekeningMutation;

#[Object]
impl OndertekeningMutation {
    /// Records that an organisation signed the covenant of a house. It counts from the next request on. For the
    /// ketenmanager of the house.
    async fn record_signature(
        &self,
        ctx: &Context<'_>,
        input: RecordSignatureInput,
    ) -> async_graphql::Result<RecordSignaturePayload> {
        RecordSignaturePayload::run::<sign::Record>(ctx, input).await
    }

    /// Records the opzegging of a signature, by the first day on which it no longer counts. What it showed ends at that
    /// midnight, also in subscriptions that are open. For the ketenmanager of the house.
    async fn end_signature(
        &self,
        ctx: &Context<'_>,
        input: EndSignatureInput,
    ) -> async_graphql::Result<EndSignaturePayload> {
        EndSignaturePayload::run::<sign::End>(ctx, input).await
    }

    /// Records a contract of a gemeente with a house. For the ketenmanager of the house.
    async fn record_gemeente_contract(
        &self,
        ctx: &Context<'_>,
        input: RecordGemeenteContractInput,
    ) -> async_graphql::Result<RecordGemeenteContractPayload> {
        RecordGemeenteContractPayload::run::<contract::Record>(ctx, input).await
    }

    /// Records the end of a contract, by the first day on which it no longer counts. For the ketenmanager of the house.
    async fn end_gemeente_contract(
        &self,
        ctx: &Context<'_>,
        input: EndGemeenteContractInput,
    ) -> async_graphql::Result<EndGemeenteContractPayload> {
        EndGemeenteContractPayload::run::<contract::End>(ctx, input).await
    }

    /// Records that a professional completed the training for radicalisation. For the ketenmanager of the house.
    async fn record_training(
        &self,
        ctx: &Context<'_>,
        input: RecordTrainingInput,
    ) -> async_graphql::Result<RecordTrainingPayload> {
        RecordTrainingPayload::run::<training::Record>(ctx, input).await
    }
}

/// The roots that list what a house keeps.
#[derive(Debug, Default)]
pub(crate) struct OndertekeningQuery;

#[Object]
impl OndertekeningQuery {
    /// The signatures under the covenant of a house, ended ones included, oldest first. For everybody whose organisation
    /// works in the house; empty for others.
    async fn signatures(
        &self,
        ctx: &Context<'_>,
        house: String,
    ) -> Option<async_graphql::Result<Vec<Signature>>> {
        Some(signatures(ctx.data_unchecked::<Access>(), house).await)
    }

    /// The contracts of gemeenten with a house, ended ones included, oldest first. For everybody whose organisation works
    /// in the house; empty for others.
    async fn gemeente_contracts(
        &self,
        ctx: &Context<'_>,
        house: String,
    ) -> Option<async_graphql::Result<Vec<GemeenteContract>>> {
        Some(contracts(ctx.data_unchecked::<Access>(), house).await)
    }
}

/// The house of a list, when the viewer's organisation works in it.
async fn own_house(access: &Access, house: String) -> async_graphql::Result<Option<HouseCode>> {
    let house = check::filter("house", Some(house))?.map(|house| HouseCode::new(&house));
    let Some(house) = house else { return Ok(None) };
    Ok(works_in(access, &house).await.map_err(failed)?.then_some(house))
}

async fn works_in(access: &Access, house: &HouseCode) -> Result<bool, DbErr> {
    is_of_house(access.reader(), house, access.principal().organisation).await
}

async fn signatures(access: &Access, house: String) -> async_graphql::Result<Vec<Signature>> {
    let Some(house) = own_house(access, house).await? else { return Ok(Vec::new()) };
    let found = store::signatures(access.reader(), &house).await.map_err(failed)?;
    Ok(found.into_iter().map(|row| Signature::of(access, row)).collect())
}

async fn contracts(access: &Access, house: String) -> async_graphql::Result<Vec<GemeenteContract>> {
    let Some(house) = own_house(access, house).await? else { return Ok(Vec::new()) };
    let found = store::contracts(access.reader(), &house).await.map_err(failed)?;
    Ok(found.into_iter().map(GemeenteContract::from).collect())
}
