//! Partners: the organisations that can be asked, invited and made owner, with their desks and professionals.
//!
//! Reference data without persons. The directory is for the bureau, which invites and asks; others meet names
//! only where the covenant shows them the participants of a dossier.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Category, HouseCode, PartnerKind};
use entity::id::{DeskId, OrganisationId, ProfessionalId};
use entity::{assignment, desk, organisation, professional, signature};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;
use waarborg::access::{Access, Presence, Role, Scoped, Signature, active_at};
use waarborg::disclosure::RowAccess;

use crate::graphql::rows::failed;

/// An organisation.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct Partner {
    /// The id, by which it is asked, invited or made owner.
    pub(crate) id: ID,
    /// Its name.
    pub(crate) name: String,
    /// Its partner kind in the covenant.
    pub(crate) kind: String,
    /// The gemeente it is of, by its CBS code.
    pub(crate) gemeente: Option<String>,
    /// Its desks in this house.
    pub(crate) desks: Vec<PartnerDesk>,
    /// Its professionals.
    pub(crate) professionals: Vec<PartnerProfessional>,
}

/// A desk of an organisation.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct PartnerDesk {
    /// Its name.
    pub(crate) name: String,
    /// What it takes: ONDERSTEUNING, INFORMATIE, REGIE, BRP, LIAISON or FG.
    pub(crate) kind: String,
}

/// A professional of an organisation.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct PartnerProfessional {
    /// The id, by which the professional is invited.
    pub(crate) id: ID,
    /// Name.
    pub(crate) name: String,
    /// Function.
    pub(crate) function: String,
}

/// The id of an organisation in the API.
pub(crate) fn partner_id(id: OrganisationId) -> ID {
    reference("Partner", id.0)
}

/// The id of a professional in the API.
pub(crate) fn professional_id(id: ProfessionalId) -> ID {
    reference("Professional", id.0)
}

/// Reads the id of an organisation.
pub(crate) fn read_partner_id(id: &ID) -> Option<OrganisationId> {
    read_reference("Partner", id).map(OrganisationId)
}

/// Reads the id of a professional.
pub(crate) fn read_professional_id(id: &ID) -> Option<ProfessionalId> {
    read_reference("Professional", id).map(ProfessionalId)
}

/// The id in the API of reference data.
pub(crate) fn reference(kind: &str, id: Uuid) -> ID {
    ID(BASE64_URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.simple())))
}

/// Reads the id of reference data.
pub(crate) fn read_reference(kind: &str, id: &ID) -> Option<Uuid> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
    Uuid::try_parse(text.strip_prefix(kind)?.strip_prefix(':')?).ok()
}

/// An organisation as the steps of the journey look at it.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) id: OrganisationId,
    pub(crate) partner: PartnerKind,
    signatures: Vec<Signature>,
}

impl Known {
    /// Whether its signature counts on a date for a dossier: for the tafel, with the contract that the tafel asks of the
    /// gemeente.
    pub(crate) fn has_signed_for(&self, presence: &Presence, on: NaiveDate) -> bool {
        let house = HouseCode::new(&presence.dossier().house);
        presence.has_contract()
            && self.signatures.iter().any(|signature| signature.counts(&house, presence.tafel(), on))
    }
}

/// An organisation with its signatures; none when there is no such one.
#[expect(clippy::disallowed_methods, reason = "organisations and signatures are reference data")]
pub(crate) async fn find(
    database: &impl ConnectionTrait,
    id: OrganisationId,
) -> Result<Option<Known>, DbErr> {
    let Some(found) = organisation::Entity::find_by_id(id).one(database).await? else { return Ok(None) };
    let signatures =
        signature::Entity::find().filter(signature::Column::OrganisationId.eq(id)).all(database).await?;
    let signatures = signatures.into_iter().map(Signature::of).collect();
    Ok(found.kind.parse().ok().map(|partner| Known { id, partner, signatures }))
}

/// The names of organisations, one statement for all of them.
#[expect(clippy::disallowed_methods, reason = "organisations are reference data")]
pub(crate) async fn organisation_names(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrganisationId> + Send,
) -> Result<HashMap<OrganisationId, String>, DbErr> {
    let found =
        organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(database).await?;
    Ok(found.into_iter().map(|found| (found.id, found.name)).collect())
}

/// The organisations that take part in a dossier now by assignments of these kinds, with a liaison desk of the house at
/// which they can be asked. Three statements.
#[expect(clippy::disallowed_methods, reason = "organisations and signatures are reference data")]
pub(crate) async fn present(
    database: &impl ConnectionTrait,
    presence: &Presence,
    involvements: impl Iterator<Item = &'static str>,
    now: DateTime<Utc>,
) -> Result<Vec<(Known, DeskId)>, DbErr> {
    let taking_part = assignment::Entity::within(presence)
        .select_only()
        .column(assignment::Column::OrganisationId)
        .filter(active_at(now))
        .filter(assignment::Column::Involvement.is_in(involvements))
        .into_query();
    let of_dossier = |column: organisation::Column| column.in_subquery(taking_part.clone());
    let found = organisation::Entity::find()
        .filter(of_dossier(organisation::Column::Id))
        .order_by_asc(organisation::Column::Id)
        .all(database)
        .await?;
    let rows = signature::Entity::find()
        .filter(signature::Column::OrganisationId.in_subquery(taking_part))
        .all(database)
        .await?;
    let mut signatures: HashMap<OrganisationId, Vec<Signature>> = HashMap::new();
    for row in rows {
        signatures.entry(row.organisation_id).or_default().push(Signature::of(row));
    }
    let desks = desks(database, &presence.dossier().house, DeskKind::Liaison).await?;
    let known = found.into_iter().filter_map(|found| {
        let desk = desks.iter().find(|desk| desk.organisation_id == found.id)?;
        let signatures = signatures.remove(&found.id).unwrap_or_default();
        Some((Known { id: found.id, partner: found.kind.parse().ok()?, signatures }, desk.id))
    });
    Ok(known.collect())
}

/// A professional who works for an organisation; none when there is no such active one.
#[expect(clippy::disallowed_methods, reason = "professionals are reference data")]
pub(crate) async fn find_professional(
    database: &impl ConnectionTrait,
    id: ProfessionalId,
) -> Result<Option<professional::Model>, DbErr> {
    professional::Entity::find_by_id(id).filter(professional::Column::Active.eq(true)).one(database).await
}

/// Those who lead the house of a bureau.
#[expect(clippy::disallowed_methods, reason = "professionals are reference data")]
pub(crate) async fn ketenmanagers(
    database: &impl ConnectionTrait,
    bureau: OrganisationId,
) -> Result<Vec<ProfessionalId>, DbErr> {
    let colleagues = professional::Entity::find()
        .filter(professional::Column::OrganisationId.eq(bureau))
        .filter(professional::Column::Active.eq(true))
        .all(database)
        .await?;
    let leads = |colleague: &professional::Model| Role::of(&colleague.roles).contains(&Role::Ketenmanager);
    Ok(colleagues.into_iter().filter(leads).map(|colleague| colleague.id).collect())
}

/// The data protection officers of a house: those of the bureau that keeps its desks.
#[expect(clippy::disallowed_methods, reason = "professionals are reference data")]
pub(crate) async fn privacy_officers(
    database: &impl ConnectionTrait,
    house: &str,
) -> Result<Vec<professional::Model>, DbErr> {
    let desks = desk::Entity::find()
        .select_only()
        .column(desk::Column::OrganisationId)
        .filter(desk::Column::House.eq(house))
        .into_query();
    let bureaus = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::Column::Kind.eq(PartnerKind::ZvhBureau.code()))
        .filter(organisation::Column::Id.in_subquery(desks))
        .into_query();
    let colleagues = professional::Entity::find()
        .filter(professional::Column::OrganisationId.in_subquery(bureaus))
        .filter(professional::Column::Active.eq(true))
        .all(database)
        .await?;
    let guards = |colleague: &professional::Model| Role::of(&colleague.roles).contains(&Role::Fg);
    Ok(colleagues.into_iter().filter(guards).collect())
}

/// Whether an organisation is one of a house: it keeps a desk there, or signed there.
#[expect(clippy::disallowed_methods, reason = "organisations are reference data")]
pub(crate) async fn is_of_house(
    database: &impl ConnectionTrait,
    house: &HouseCode,
    organisation: OrganisationId,
) -> Result<bool, DbErr> {
    let id = organisation::Column::Id;
    let of_house = organisation::Entity::find_by_id(organisation).filter(
        Condition::any().add(id.in_subquery(with_desk(house))).add(id.in_subquery(with_signature(house))),
    );
    Ok(of_house.one(database).await?.is_some())
}

/// The organisations with a desk in a house.
#[expect(clippy::disallowed_methods, reason = "desks are reference data")]
pub(crate) fn with_desk(house: &HouseCode) -> SelectStatement {
    let desks = desk::Entity::find().select_only().column(desk::Column::OrganisationId);
    desks.filter(desk::Column::House.eq(house.as_str())).into_query()
}

/// The organisations that ever signed in a house.
#[expect(clippy::disallowed_methods, reason = "signatures are reference data")]
pub(crate) fn with_signature(house: &HouseCode) -> SelectStatement {
    let signatures = signature::Entity::find().select_only().column(signature::Column::OrganisationId);
    signatures.filter(signature::Column::House.eq(house.as_str())).into_query()
}

/// What a desk takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskKind {
    Ondersteuning,
    Informatie,
    Regie,
    Brp,
    Liaison,
    /// Guards the protection of data in the whole house.
    Fg,
}

impl DeskKind {
    fn code(self) -> &'static str {
        match self {
            Self::Ondersteuning => "ONDERSTEUNING",
            Self::Informatie => "INFORMATIE",
            Self::Regie => "REGIE",
            Self::Brp => "BRP",
            Self::Liaison => "LIAISON",
            Self::Fg => "FG",
        }
    }
}

/// The desks of a kind in a house, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "desks are reference data")]
pub(crate) async fn desks(
    database: &impl ConnectionTrait,
    house: &str,
    kind: DeskKind,
) -> Result<Vec<desk::Model>, DbErr> {
    desk::Entity::find()
        .filter(desk::Column::House.eq(house))
        .filter(desk::Column::Kind.eq(kind.code()))
        .order_by_asc(desk::Column::Name)
        .all(database)
        .await
}

/// The BRP desk of a gemeente in a house.
#[expect(clippy::disallowed_methods, reason = "organisations are reference data")]
pub(crate) async fn brp_desk(
    database: &impl ConnectionTrait,
    house: &str,
    gemeente: &str,
) -> Result<Option<desk::Model>, DbErr> {
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::GemeenteCode.eq(gemeente))
        .filter(organisation::Column::Kind.eq(PartnerKind::GemBrp.code()))
        .all(database)
        .await?;
    let desks = desks(database, house, DeskKind::Brp).await?;
    Ok(desks.into_iter().find(|desk| organisations.iter().any(|owner| owner.id == desk.organisation_id)))
}

/// The liaison desk of an organisation in a house.
pub(crate) async fn liaison_desk(
    database: &impl ConnectionTrait,
    house: &str,
    organisation: OrganisationId,
) -> Result<Option<DeskId>, DbErr> {
    let desks = desks(database, house, DeskKind::Liaison).await?;
    Ok(desks.into_iter().find(|desk| desk.organisation_id == organisation).map(|desk| desk.id))
}

/// Whether a question to a desk is for this viewer: a desk sees its own; the bureau sees those of all, where the
/// covenant shows it what was asked.
pub(crate) fn is_for(access: &Access, presence: &Presence, desk: DeskId, asked: Category) -> bool {
    let principal = access.principal();
    principal.desks.contains(&desk) || (principal.partner == PartnerKind::ZvhBureau && presence.sees(asked))
}

/// The names of organisations and professionals at the dossiers of a page, read once for all of them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    organisations: HashMap<OrganisationId, String>,
    professionals: HashMap<ProfessionalId, (String, String)>,
}

#[derive(PartialEq, Eq, Hash)]
struct NamesOfPage;

impl Names {
    /// The names at the page of a row.
    pub(crate) async fn of(row: &RowAccess) -> async_graphql::Result<Arc<Self>> {
        let load = || Self::read(row.access(), row.siblings().dossiers());
        Ok(row.siblings().load(NamesOfPage, load).await.map_err(failed)?)
    }

    #[expect(clippy::disallowed_methods, reason = "the dossiers of the page were found in scope")]
    async fn read(access: &Access, dossiers: &[entity::id::DossierId]) -> Result<Self, DbErr> {
        use entity::assignment;
        let database = access.reader();
        let assigned: Vec<(OrganisationId, Option<ProfessionalId>)> = assignment::Entity::find()
            .select_only()
            .columns([assignment::Column::OrganisationId, assignment::Column::ProfessionalId])
            .distinct()
            .filter(assignment::Column::DossierId.is_in(dossiers.iter().copied()))
            .into_tuple()
            .all(database)
            .await?;
        let organisations =
            organisation_names(database, assigned.iter().map(|(organisation, _)| *organisation)).await?;
        let professionals = professional::Entity::find()
            .filter(
                professional::Column::Id.is_in(assigned.iter().filter_map(|(_, professional)| *professional)),
            )
            .all(database)
            .await?;
        Ok(Self {
            organisations,
            professionals: professionals
                .into_iter()
                .map(|found| (found.id, (found.name, found.function)))
                .collect(),
        })
    }

    /// The name of an organisation that takes part.
    pub(crate) fn organisation(&self, id: OrganisationId) -> Option<String> {
        self.organisations.get(&id).cloned()
    }

    /// A professional who takes part.
    pub(crate) fn professional(&self, id: ProfessionalId) -> Option<PartnerProfessional> {
        let (name, function) = self.professionals.get(&id).cloned()?;
        Some(PartnerProfessional { id: professional_id(id), name, function })
    }
}

/// The root that lists partners.
#[derive(Debug, Default)]
pub(crate) struct PartnerQuery;

#[Object]
impl PartnerQuery {
    /// The organisations with a desk in a house, with whom a dossier can be shared. For the bureau of that house; empty
    /// for others.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        house: String,
    ) -> Option<async_graphql::Result<Vec<Partner>>> {
        let access = ctx.data_unchecked::<Access>();
        if access.principal().partner != PartnerKind::ZvhBureau {
            return Some(Ok(Vec::new()));
        }
        if let Err(fault) = crate::graphql::check::filter("house", Some(house.clone())) {
            return Some(Err(fault.into()));
        }
        Some(directory(access, &house).await.map_err(|error| failed(error).into()))
    }
}

#[expect(clippy::disallowed_methods, reason = "organisations, desks and professionals are reference data")]
async fn directory(access: &Access, house: &str) -> Result<Vec<Partner>, DbErr> {
    let database = access.reader();
    let desks = desk::Entity::find().filter(desk::Column::House.eq(house)).all(database).await?;
    let owners: Vec<OrganisationId> = desks.iter().map(|desk| desk.organisation_id).collect();
    if !owners.contains(&access.principal().organisation) {
        return Ok(Vec::new());
    }
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(owners.clone()))
        .order_by_asc(organisation::Column::Name)
        .all(database)
        .await?;
    let professionals = professional::Entity::find()
        .filter(professional::Column::OrganisationId.is_in(owners))
        .filter(professional::Column::Active.eq(true))
        .order_by_asc(professional::Column::Name)
        .all(database)
        .await?;
    Ok(organisations.into_iter().map(|found| describe(found, &desks, &professionals)).collect())
}

fn describe(
    found: organisation::Model,
    desks: &[desk::Model],
    professionals: &[professional::Model],
) -> Partner {
    let desks = desks.iter().filter(|desk| desk.organisation_id == found.id);
    let professionals = professionals.iter().filter(|professional| professional.organisation_id == found.id);
    Partner {
        id: partner_id(found.id),
        desks: desks.map(|desk| PartnerDesk { name: desk.name.clone(), kind: desk.kind.clone() }).collect(),
        professionals: professionals
            .map(|professional| PartnerProfessional {
                id: professional_id(professional.id),
                name: professional.name.clone(),
                function: professional.function.clone(),
            })
            .collect(),
        name: found.name,
        kind: found.kind,
        gemeente: found.gemeente_code,
    }
}
