//! The demo: three houses with synthetic people, loaded once, and the personas a visitor can be.
//!
//! Everything is made up and the same at every load; only keys are fresh and dates follow the clock. It is
//! loaded in one transaction: there is a whole demo or none. It never runs in production.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the demo names the tafels and partners that differ; what the covenant adds is as usual"
)]

mod chance;
mod dossiers;
mod houses;
mod names;
mod numbers;
mod personas;
mod renewal;
mod rows;

use std::collections::HashMap;

use convenant::Convenant;
use entity::id::ProfessionalId;
use entity::{dossier, login, professional};
use indicatif::ProgressBar;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use waarborg::database::Database;
use waarborg::keys::KeyError;

use self::houses::Cast;
use self::rows::Rows;
use crate::authn::demo::Persona;
use crate::server::Server;

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The demo was made now.
    Now {
        /// How many dossiers there are.
        dossiers: usize,
        /// How many rows were written.
        rows: usize,
    },
    /// It was there already.
    Before,
}

/// The demo cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The covenant is not the one that the demo was written for.
    #[error("the covenant has not the houses, tafels and partners of the demo")]
    OtherCovenant,
    /// The database holds something else.
    #[error("the database holds data that is not this version's demo; remove its folder to begin anew")]
    OtherData,
    /// A value could not be sealed.
    #[error("a value of the demo could not be sealed: {0}")]
    Keys(KeyError),
    /// The database refused.
    #[error("the demo could not be written: {0}")]
    Database(#[from] DbErr),
}

/// Everybody that a visitor can be, as the identity provider of the demo knows them.
pub fn personas(convenant: &Convenant) -> Vec<Persona> {
    personas::all(&Cast::of(convenant))
}

/// A house of the demo, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseOverview {
    /// Its name.
    pub name: String,
    /// How many gemeenten it has.
    pub gemeenten: usize,
    /// How many dossiers the demo gives it.
    pub dossiers: u32,
    /// Whether the house publishes its numbers.
    pub is_published: bool,
}

/// The houses of the demo, in numbers.
pub fn overview(convenant: &Convenant) -> Vec<HouseOverview> {
    let overview = convenant.houses().iter().map(|house| HouseOverview {
        name: house.name().to_owned(),
        gemeenten: house.gemeenten().len(),
        dossiers: dossiers::count(house.code().as_str()),
        is_published: dossiers::is_published(house.code().as_str()),
    });
    overview.collect()
}

/// Sees to it that the demo is there and that the personas can log in at an issuer. The bar advances with the
/// rows that are written. `owner` is the database as one to whom all of it is open.
pub async fn load(
    server: &Server,
    owner: &Database,
    issuer: &str,
    bar: &ProgressBar,
) -> Result<Loaded, LoadError> {
    let cast = Cast::of(&server.convenant);
    let loaded = if is_loaded(owner, &cast).await? {
        Loaded::Before
    } else {
        write(server, owner, &cast, bar).await?
    };
    if loaded == Loaded::Before {
        renewal::renew(owner, server.clock.now(), &cast).await?;
    }
    enrol(owner, &cast, issuer).await?;
    Ok(loaded)
}

/// Whether the whole demo is there. Something else than the demo is an error.
async fn is_loaded(database: &Database, cast: &Cast) -> Result<bool, LoadError> {
    let people: Vec<ProfessionalId> = people(cast)?.into_values().collect();
    let reader = database.reader();
    let known = count(reader, professional::Entity, professional::Column::Id.is_in(people.clone())).await?;
    if known == people.len() as u64 {
        return Ok(true);
    }
    let others = count(reader, professional::Entity, professional::Column::Active.is_not_null()).await?;
    let dossiers = count(reader, dossier::Entity, dossier::Column::Version.is_not_null()).await?;
    if others + dossiers == 0 { Ok(false) } else { Err(LoadError::OtherData) }
}

#[expect(clippy::disallowed_methods, reason = "the demo only counts whether it is there")]
async fn count<E>(
    database: &impl ConnectionTrait,
    _: E,
    condition: sea_orm::sea_query::SimpleExpr,
) -> Result<u64, DbErr>
where
    E: EntityTrait<Model: Send + Sync>,
{
    E::find().filter(condition).count(database).await
}

/// The professional behind each persona, by subject.
fn people(cast: &Cast) -> Result<HashMap<&'static str, ProfessionalId>, LoadError> {
    let found = personas::PERSONAS.iter().map(|persona| persona.find(cast).ok_or(LoadError::OtherCovenant));
    found.map(|found| found.map(|found| (found.persona.subject, found.colleague.id))).collect()
}

async fn write(
    server: &Server,
    owner: &Database,
    cast: &Cast,
    bar: &ProgressBar,
) -> Result<Loaded, LoadError> {
    let mut rows = Rows::default();
    cast.write(&mut rows);
    let now = server.clock.now();
    let made = dossiers::write(cast, server, now, &mut rows, bar)?;
    let count = rows.count();
    bar.reset();
    bar.set_message("De demo wordt geladen");
    bar.set_length(count as u64);
    let transaction = owner.begin().await?;
    rows.insert(&transaction, bar).await?;
    for ((house, year), last) in made.case_numbers {
        let mut counter = Query::insert();
        counter.into_table("case_number").columns(["house", "year", "last"]);
        counter.values_panic([house.into(), year.into(), last.into()]);
        transaction.execute(&counter).await?;
    }
    transaction.commit().await?;
    Ok(Loaded::Now { dossiers: made.dossiers, rows: count })
}

/// Gives every persona a login at the issuer, whose name holds the address of the server.
async fn enrol(database: &Database, cast: &Cast, issuer: &str) -> Result<(), LoadError> {
    let people = people(cast)?;
    let reader = database.reader();
    if count(reader, login::Entity, login::Column::Issuer.eq(issuer)).await? == people.len() as u64 {
        return Ok(());
    }
    let logins = people.into_iter().map(|(subject, professional)| login::Model {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        professional_id: professional,
    });
    let transaction = database.begin().await?;
    login::Entity::delete_many().filter(login::Column::Issuer.eq(issuer)).exec(&transaction).await?;
    Rows { logins: logins.collect(), ..Rows::default() }.insert(&transaction, &ProgressBar::hidden()).await?;
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
