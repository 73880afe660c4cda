//! Recording a contract of a gemeente with a house, and its end.

use async_graphql::{Enum, ID};
use chrono::NaiveDate;
use convenant::{ContractKind, HouseCode};
use entity::gemeente_contract;
use entity::id::GemeenteContractId;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::write::Write;

use super::rules::{self, Obstacle};
use super::{authorized, known_house, read_contract_id, store};
use crate::graphql::change::{HouseChange, HouseEffect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::scalar::{Date, Line};
use crate::graphql::user_error::Finding;
use crate::server::Server;

/// What a gemeente agrees with a house.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GemeenteContractKind {
    /// Its own convenant for jeugdgroepen: without it no signature counts at that tafel.
    Jeugdgroep,
    /// That the house does the nazorg for it: without it a house that works by contract takes no registration.
    Nazorg,
}

impl From<GemeenteContractKind> for ContractKind {
    fn from(kind: GemeenteContractKind) -> Self {
        match kind {
            GemeenteContractKind::Jeugdgroep => Self::Jeugdgroep,
            GemeenteContractKind::Nazorg => Self::Nazorg,
        }
    }
}

change_input! {
    /// Records a contract of a gemeente with a house.
    opening RecordGemeenteContractInput {
        /// The house.
        house: Line,
        /// The gemeente, by its CBS code.
        gemeente: Line,
        /// What it is about.
        kind: GemeenteContractKind,
        /// The first day on which it counts.
        valid_from: Date,
    }
}

change_input! {
    /// Records the end of a contract.
    opening EndGemeenteContractInput {
        /// The house.
        house: Line,
        /// The contract.
        id: ID,
        /// The first day on which it no longer counts: tomorrow at the earliest.
        ended_on: Date,
    }
}

/// A contract to record, checked.
pub(super) struct Record {
    house: HouseCode,
    gemeente: String,
    kind: ContractKind,
    valid_from: NaiveDate,
}

impl HouseChange for Record {
    const NAME: &'static str = "recordGemeenteContract";
    type Input = RecordGemeenteContractInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let house = checks.line("house", &input.house);
        let gemeente = checks.line("gemeente", &input.gemeente);
        let valid_from = checks.date("validFrom", &input.valid_from);
        Some(Self {
            house: HouseCode::new(&house?),
            gemeente: gemeente?,
            kind: input.kind.into(),
            valid_from: valid_from?,
        })
    }

    fn house(&self) -> &HouseCode {
        &self.house
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<HouseEffect, Refused> {
        let authorized = authorized(write)?;
        let house = known_house(server, &self.house)?;
        if house.gemeente(&self.gemeente).is_none() {
            return Err(Refused::Input(Finding::NotOfHouse, vec!["gemeente".to_owned()]));
        }
        let known = store::contracts(&write.reading(), &self.house).await?;
        let same = |one: &&gemeente_contract::Model| {
            one.gemeente_code == self.gemeente && one.kind == self.kind.code()
        };
        if known.iter().filter(same).any(|known| rules::lasts(known, self.valid_from)) {
            return Err(Obstacle::ContractKnown.refused());
        }
        let id = GemeenteContractId::fresh();
        let row = gemeente_contract::ActiveModel {
            id: Set(id),
            house: Set(authorized.house().as_str().to_owned()),
            gemeente_code: Set(self.gemeente.clone()),
            kind: Set(self.kind.code().to_owned()),
            valid_from: Set(self.valid_from),
            ended_on: Set(None),
        };
        gemeente_contract::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(HouseEffect { code: "GEMEENTE_CONTRACT_RECORDED", row: id.0 })
    }
}

/// A contract to end.
pub(super) struct End {
    house: HouseCode,
    id: GemeenteContractId,
    ended_on: NaiveDate,
}

impl HouseChange for End {
    const NAME: &'static str = "endGemeenteContract";
    type Input = EndGemeenteContractInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let house = checks.line("house", &input.house);
        let ended_on = checks.date("endedOn", &input.ended_on);
        let id = checks.or_note("id", read_contract_id(&input.id), Finding::NotFound);
        Some(Self { house: HouseCode::new(&house?), id: id?, ended_on: ended_on? })
    }

    fn house(&self) -> &HouseCode {
        &self.house
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<HouseEffect, Refused> {
        let authorized = authorized(write)?;
        known_house(server, &self.house)?;
        let known = store::contract(&write.reading(), &self.house, self.id).await?;
        let known = known.ok_or_else(|| Refused::not_found("id"))?;
        rules::may_end(known.valid_from, known.ended_on, self.ended_on, write.access().today())
            .map_err(Obstacle::refused)?;
        let row = gemeente_contract::ActiveModel {
            id: Set(known.id),
            ended_on: Set(Some(self.ended_on)),
            ..Default::default()
        };
        row.update(authorized.transaction()).await?;
        Ok(HouseEffect { code: "GEMEENTE_CONTRACT_ENDED", row: known.id.0 })
    }
}
