//! Who asks: the professional behind a verified token, as the database knows them.
//!
//! The token says only which login it is. Organisation, desks, roles and signatures come from here, freshly read
//! for every request, so that a right that ends is gone at once.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{HouseCode, PartnerKind, Tafel};
use entity::id::{DeskId, OrganisationId, ProfessionalId};
use entity::{desk_member, login, organisation, professional, signature};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect, RelationDef,
};

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
    /// Roles beside assignments, such as KETENMANAGER.
    pub roles: Vec<String>,
    /// The desks the professional is a member of now.
    pub desks: Vec<DeskId>,
    /// The employer's signatures.
    pub signatures: Vec<Signature>,
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
    /// Finds the active professional of a login, with desks and signatures, in three statements.
    pub async fn find(
        database: &impl ConnectionTrait,
        issuer: &str,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbErr> {
        let Some(employed) = employed(database, issuer, subject).await?.filter(|known| known.active) else {
            return Ok(None);
        };
        let Ok(partner) = PartnerKind::from_str(&employed.kind) else {
            tracing::error!(organisation.id = %employed.organisation_id.0, "unknown partner kind");
            return Ok(None);
        };
        Ok(Some(Self {
            desks: desks(database, employed.id, now).await?,
            signatures: signatures(database, employed.organisation_id).await?,
            professional: employed.id,
            name: employed.name,
            organisation: employed.organisation_id,
            partner,
            gemeente: employed.gemeente_code,
            trained: employed.trained_on.is_some(),
            roles: employed.roles.split_whitespace().map(str::to_owned).collect(),
        }))
    }

    /// Whether the employer's signature under this house's covenant counts for the tafel on the date.
    pub fn has_signed(&self, house: &HouseCode, tafel: Tafel, on: NaiveDate) -> bool {
        self.signatures.iter().any(|signature| signature.counts(house, tafel, on))
    }

    /// Whether the professional holds a role beside assignments.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
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
async fn employed(
    database: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
) -> Result<Option<Employed>, DbErr> {
    let professional: RelationDef = login::Entity::belongs_to(professional::Entity)
        .from(login::Column::ProfessionalId)
        .to(professional::Column::Id)
        .into();
    let organisation: RelationDef = professional::Entity::belongs_to(organisation::Entity)
        .from(professional::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    login::Entity::find_by_id((issuer.to_owned(), subject.to_owned()))
        .select_only()
        .join(JoinType::InnerJoin, professional)
        .join(JoinType::InnerJoin, organisation)
        .columns([professional::Column::Id, professional::Column::Name, professional::Column::TrainedOn])
        .columns([
            professional::Column::Roles,
            professional::Column::Active,
            professional::Column::OrganisationId,
        ])
        .columns([organisation::Column::Kind, organisation::Column::GemeenteCode])
        .into_model()
        .one(database)
        .await
}

#[expect(clippy::disallowed_methods, reason = "the finder of desks: presence follows from it")]
async fn desks(
    database: &impl ConnectionTrait,
    professional: ProfessionalId,
    now: DateTime<Utc>,
) -> Result<Vec<DeskId>, DbErr> {
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
        .into_tuple()
        .all(database)
        .await
}

#[expect(
    clippy::disallowed_methods,
    reason = "the finder of signatures: every organisation may know its own"
)]
async fn signatures(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Vec<Signature>, DbErr> {
    let rows = signature::Entity::find()
        .filter(signature::Column::OrganisationId.eq(organisation))
        .all(database)
        .await?;
    Ok(rows.into_iter().map(Signature::of).collect())
}
