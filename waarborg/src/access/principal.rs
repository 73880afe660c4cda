//! Who asks: the professional behind a verified token, as the database knows them.
//!
//! The token says only which login it is. Organisation, desks, roles and signatures come from here, freshly read
//! for every request, so that a right that ends is gone at once.

use crate::clock::dutch_date;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{ContractKind, Fact, Facts, HouseCode, PartnerKind, Tafel};
use entity::id::{DeskId, OrganisationId, ProfessionalId};
use entity::{desk_member, login, organisation, professional, signature};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef, Select, SelectModel, Selector,
};

use super::contract::{self, Contract};

/// A professional who may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The professional.
    pub professional: ProfessionalId,
    /// Name as shown to colleagues.
    pub name: String,
    /// The employer.
    pub organisation: OrganisationId,
    /// The employer's partner kind.
    pub partner: PartnerKind,
    /// The employer's gemeente (CBS code), when it is one.
    pub gemeente: Option<String>,
    /// Whether the training for radicalisation was completed.
    pub trained: bool,
    /// Roles beside assignments.
    pub roles: Vec<Role>,
    /// The desks the professional is a member of now.
    pub desks: Vec<DeskId>,
    /// The employer's signatures.
    pub signatures: Vec<Signature>,
    /// The contracts of gemeenten, on which a signature may rest.
    pub contracts: Vec<Contract>,
}

/// A role in a house beside assignments. It gives presence at no dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Leads the house.
    Ketenmanager,
    /// The data protection officer.
    Fg,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Ketenmanager, Self::Fg];

    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ketenmanager => "KETENMANAGER",
            Self::Fg => "FG",
        }
    }

    /// The roles in a text that separates their codes by spaces; a code that is unknown gives none.
    pub fn of(codes: &str) -> Vec<Self> {
        let known = |code| Self::ALL.into_iter().find(|role| role.code() == code);
        codes.split_whitespace().filter_map(known).collect()
    }
}

/// What a principal rests on.
#[derive(Debug)]
pub(crate) struct Footing {
    employment: Option<professional::Model>,
    memberships: Vec<desk_member::Model>,
    signatures: Vec<Signature>,
    contracts: Vec<Contract>,
}

/// A signature under the covenant of a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    house: HouseCode,
    /// None means all tafels of the house.
    tafels: Option<Vec<Tafel>>,
    signed_on: NaiveDate,
    ended_on: Option<NaiveDate>,
}

/// A login with the professional and the employer behind it.
#[derive(Debug, FromQueryResult)]
struct Employed {
    id: ProfessionalId,
    name: String,
    trained_on: Option<NaiveDate>,
    roles: String,
    active: bool,
    organisation_id: OrganisationId,
    kind: String,
    gemeente_code: Option<String>,
}

impl Principal {
    /// Finds the active professional of a login, with desks, signatures and contracts, in four statements.
    pub async fn find(
        database: &impl ConnectionTrait,
        issuer: &str,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbErr> {
        let employed = employed(professional_of(issuer, subject)).one(database).await?;
        Self::of(database, employed, now).await
    }

    /// Finds an active professional by their id, with desks and signatures, in three statements: to explain what they
    /// may see. Who asks for something is found by their login.
    pub async fn named(
        database: &impl ConnectionTrait,
        professional: ProfessionalId,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbErr> {
        let employed = employed(employment_of(professional)).one(database).await?;
        Self::of(database, employed, now).await
    }

    async fn of(
        database: &impl ConnectionTrait,
        employed: Option<Employed>,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbErr> {
        let Some(employed) = employed.filter(|known| known.active) else { return Ok(None) };
        let Ok(partner) = PartnerKind::from_str(&employed.kind) else {
            tracing::error!(organisation.id = %employed.organisation_id.0, "unknown partner kind");
            return Ok(None);
        };
        Ok(Some(Self {
            desks: desks(database, employed.id, now).await?,
            signatures: signatures(database, employed.organisation_id).await?,
            contracts: contract::all().all(database).await?.into_iter().filter_map(Contract::of).collect(),
            professional: employed.id,
            name: employed.name,
            organisation: employed.organisation_id,
            partner,
            gemeente: employed.gemeente_code,
            trained: is_trained(employed.trained_on, now),
            roles: Role::of(&employed.roles),
        }))
    }

    /// What this principal rests on, locked until the transaction ends. Four statements.
    pub(crate) async fn lock(&self, transaction: &DatabaseTransaction) -> Result<Footing, DbErr> {
        let employment = locked(transaction, employment_of(self.professional)).one(transaction).await?;
        let memberships = locked(transaction, memberships_of(self.professional)).all(transaction).await?;
        let signatures = locked(transaction, signatures_of(self.organisation)).all(transaction).await?;
        let contracts = locked(transaction, contract::all()).all(transaction).await?;
        Ok(Footing {
            employment,
            memberships,
            signatures: signatures.into_iter().map(Signature::of).collect(),
            contracts: contracts.into_iter().filter_map(Contract::of).collect(),
        })
    }

    /// Whether all that this principal was found with stands at an instant: an employment, a desk, a signature or a
    /// contract that has ended ends what is done on it.
    pub(crate) fn stands(&self, footing: &Footing, now: DateTime<Utc>) -> bool {
        let Some(employment) = footing.employment.as_ref().filter(|known| known.active) else {
            return false;
        };
        let is_member = |desk: &DeskId| {
            footing.memberships.iter().any(|membership| {
                membership.desk_id == *desk
                    && membership.valid_from <= now
                    && membership.valid_until.is_none_or(|until| now < until)
            })
        };
        employment.organisation_id == self.organisation
            && (is_trained(employment.trained_on, now) || !self.trained)
            && self.roles.iter().all(|role| Role::of(&employment.roles).contains(role))
            && self.desks.iter().all(is_member)
            && self.signatures.iter().all(|signature| footing.signatures.contains(signature))
            && self.contracts.iter().all(|contract| footing.contracts.contains(contract))
    }

    /// Whether the employer's signature under this house's covenant counts for the tafel on the date.
    pub fn has_signed(&self, house: &HouseCode, tafel: Tafel, on: NaiveDate) -> bool {
        self.signatures.iter().any(|signature| signature.counts(house, tafel, on))
    }

    /// Whether a gemeente has a contract of a kind with a house on a date.
    pub fn knows_contract(
        &self,
        house: &HouseCode,
        gemeente: &str,
        kind: ContractKind,
        on: NaiveDate,
    ) -> bool {
        self.contracts.iter().any(|contract| contract.counts(house, gemeente, kind, on))
    }

    /// Whether the gemeente of a dossier has the contract that its tafel asks; true where the tafel asks none.
    pub fn knows_contract_of_tafel(
        &self,
        house: &HouseCode,
        gemeente: &str,
        tafel: Tafel,
        on: NaiveDate,
    ) -> bool {
        tafel.asks_contract().is_none_or(|kind| self.knows_contract(house, gemeente, kind, on))
    }

    /// Whether the professional holds a role beside assignments.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The fact that holds for what is of the own organisation, and none for what is of another.
    pub fn facts_if_own(&self, organisation: OrganisationId, fact: Fact) -> Facts {
        if organisation == self.organisation { Facts::NONE.with(fact) } else { Facts::NONE }
    }

    /// Whether a gemeente's professional stands before a dossier of the own gemeente; true for other partners.
    pub fn shares_gemeente(&self, gemeente: &str, further: &str) -> bool {
        let own = self.gemeente.as_deref();
        !self.partner.is_gemeente()
            || own == Some(gemeente)
            || further.split_whitespace().any(|code| own == Some(code))
    }
}

impl Signature {
    /// Whether it counts for a tafel of a house on a date: from its first day until the day it ended.
    pub fn counts(&self, house: &HouseCode, tafel: Tafel, on: NaiveDate) -> bool {
        &self.house == house
            && self.tafels.as_ref().is_none_or(|tafels| tafels.contains(&tafel))
            && self.signed_on <= on
            && self.ended_on.is_none_or(|ended| on < ended)
    }

    /// Reads a row; a tafel whose code is unknown was not signed for.
    pub fn of(row: signature::Model) -> Self {
        let tafels = |codes: String| codes.split_whitespace().filter_map(|code| code.parse().ok()).collect();
        Self {
            house: HouseCode::new(&row.house),
            tafels: row.tafels.map(tafels),
            signed_on: row.signed_on,
            ended_on: row.ended_on,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the finder of a login: before it there is no scope")]
fn professional_of(issuer: &str, subject: &str) -> Select<login::Entity> {
    let professional: RelationDef = login::Entity::belongs_to(professional::Entity)
        .from(login::Column::ProfessionalId)
        .to(professional::Column::Id)
        .into();
    login::Entity::find_by_id((issuer.to_owned(), subject.to_owned())).join(JoinType::InnerJoin, professional)
}

/// Of a statement that finds a professional, what is to be known of them and their employer.
fn employed<E: EntityTrait>(found: Select<E>) -> Selector<SelectModel<Employed>> {
    let organisation: RelationDef = professional::Entity::belongs_to(organisation::Entity)
        .from(professional::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    found
        .select_only()
        .join(JoinType::InnerJoin, organisation)
        .columns([professional::Column::Id, professional::Column::Name, professional::Column::TrainedOn])
        .columns([
            professional::Column::Roles,
            professional::Column::Active,
            professional::Column::OrganisationId,
        ])
        .columns([organisation::Column::Kind, organisation::Column::GemeenteCode])
        .into_model()
}

fn is_trained(on: Option<NaiveDate>, now: DateTime<Utc>) -> bool {
    on.is_some_and(|on| on <= dutch_date(now))
}

async fn desks(
    database: &impl ConnectionTrait,
    professional: ProfessionalId,
    now: DateTime<Utc>,
) -> Result<Vec<DeskId>, DbErr> {
    desks_of(professional, now).into_tuple().all(database).await
}

async fn signatures(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Vec<Signature>, DbErr> {
    let rows = signatures_of(organisation).all(database).await?;
    Ok(rows.into_iter().map(Signature::of).collect())
}

#[expect(clippy::disallowed_methods, reason = "the finder of desks: presence follows from it")]
fn desks_of(professional: ProfessionalId, now: DateTime<Utc>) -> Select<desk_member::Entity> {
    desk_member::Entity::find()
        .select_only()
        .column(desk_member::Column::DeskId)
        .filter(desk_member::Column::ProfessionalId.eq(professional))
        .filter(desk_member::Column::ValidFrom.lte(now))
        .filter(
            Condition::any()
                .add(desk_member::Column::ValidUntil.is_null())
                .add(desk_member::Column::ValidUntil.gt(now)),
        )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the finder of signatures: every organisation may know its own"
)]
fn signatures_of(organisation: OrganisationId) -> Select<signature::Entity> {
    signature::Entity::find().filter(signature::Column::OrganisationId.eq(organisation))
}

#[expect(clippy::disallowed_methods, reason = "who works where is known before there is a scope")]
fn employment_of(professional: ProfessionalId) -> Select<professional::Entity> {
    professional::Entity::find_by_id(professional)
}

#[expect(clippy::disallowed_methods, reason = "every professional may know their own desks")]
fn memberships_of(professional: ProfessionalId) -> Select<desk_member::Entity> {
    desk_member::Entity::find().filter(desk_member::Column::ProfessionalId.eq(professional))
}

/// The same rows, which nobody else can change until the transaction ends. SQLite admits one writer as it is.
fn locked<E: EntityTrait>(transaction: &DatabaseTransaction, select: Select<E>) -> Select<E> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        select.lock(LockType::Share)
    } else {
        select
    }
}
