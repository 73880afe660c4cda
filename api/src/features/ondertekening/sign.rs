//! Recording that an organisation signed the covenant of a house, and that it ends its signature.

use async_graphql::ID;
use chrono::NaiveDate;
use convenant::{HouseCode, Tafel};
use entity::id::{OrganisationId, SignatureId};
use entity::signature;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::write::Write;

use super::rules::{self, Obstacle};
use super::{authorized, known_house, read_signature_id, store};
use crate::features::partner::{self, read_partner_id};
use crate::graphql::change::{HouseChange, HouseEffect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::scalar::{Date, Line};
use crate::graphql::user_error::Finding;
use crate::server::Server;

change_input! {
    /// Records that an organisation signed the covenant of a house.
    opening RecordSignatureInput {
        /// The house.
        house: Line,
        /// The organisation.
        partner_id: ID,
        /// The tafels for which it signed; all when left out.
        tafels: Option<Vec<Line>>,
        /// The first day on which the signature counts.
        signed_on: Date,
        /// Who signed for the organisation.
        signed_by: Line,
    }
}

change_input! {
    /// Records the opzegging of a signature.
    opening EndSignatureInput {
        /// The house.
        house: Line,
        /// The signature.
        id: ID,
        /// The first day on which it no longer counts: tomorrow at the earliest.
        ended_on: Date,
    }
}

/// A signature to record, checked.
pub(super) struct Record {
    house: HouseCode,
    partner: OrganisationId,
    tafels: Option<Vec<Tafel>>,
    signed_on: NaiveDate,
    signed_by: String,
}

impl HouseChange for Record {
    const NAME: &'static str = "recordSignature";
    type Input = RecordSignatureInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let house = checks.line("house", &input.house);
        let partner = checks.or_note("partnerId", read_partner_id(&input.partner_id), Finding::NotFound);
        let amount = 1..=Tafel::ALL.len();
        let tafels = checks.optional("tafels", input.tafels.as_ref(), |checks, field, tafels| {
            checks.list(field, tafels, amount, Checks::code)
        });
        let signed_on = checks.date("signedOn", &input.signed_on);
        let signed_by = checks.line("signedBy", &input.signed_by);
        Some(Self {
            house: HouseCode::new(&house?),
            partner: partner?,
            tafels: tafels?,
            signed_on: signed_on?,
            signed_by: signed_by?,
        })
    }

    fn house(&self) -> &HouseCode {
        &self.house
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<HouseEffect, Refused> {
        let authorized = authorized(write)?;
        let house = known_house(server, &self.house)?;
        let has = |tafel: &Tafel| house.versions().iter().any(|version| version.has(*tafel));
        if !self.tafels.iter().flatten().all(has) {
            return Err(Refused::Input(Finding::NotOfHouse, vec!["tafels".to_owned()]));
        }
        let partner = partner::find(&write.reading(), self.partner).await?;
        partner.ok_or_else(|| Refused::not_found("partnerId"))?;
        let tafels = self.tafels.as_ref().map(|tafels| {
            let codes: Vec<&str> = tafels.iter().map(|tafel| tafel.code()).collect();
            codes.join(" ")
        });
        let known = store::signatures_of(&write.reading(), &self.house, self.partner).await?;
        if known.iter().any(|known| rules::overlaps(known, tafels.as_deref(), self.signed_on)) {
            return Err(Obstacle::SignatureKnown.refused());
        }
        let id = SignatureId::fresh();
        let row = signature::ActiveModel {
            id: Set(id),
            organisation_id: Set(self.partner),
            house: Set(authorized.house().as_str().to_owned()),
            tafels: Set(tafels),
            signed_on: Set(self.signed_on),
            ended_on: Set(None),
            signed_by: Set(Some(self.signed_by.clone())),
        };
        signature::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(HouseEffect { code: "SIGNATURE_RECORDED", row: id.0 })
    }
}

/// A signature to end.
pub(super) struct End {
    house: HouseCode,
    id: SignatureId,
    ended_on: NaiveDate,
}

impl HouseChange for End {
    const NAME: &'static str = "endSignature";
    type Input = EndSignatureInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let house = checks.line("house", &input.house);
        let ended_on = checks.date("endedOn", &input.ended_on);
        let id = checks.or_note("id", read_signature_id(&input.id), Finding::NotFound);
        Some(Self { house: HouseCode::new(&house?), id: id?, ended_on: ended_on? })
    }

    fn house(&self) -> &HouseCode {
        &self.house
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<HouseEffect, Refused> {
        let authorized = authorized(write)?;
        known_house(server, &self.house)?;
        let known = store::signature(&write.reading(), &self.house, self.id).await?;
        let known = known.ok_or_else(|| Refused::not_found("id"))?;
        rules::may_end(known.signed_on, known.ended_on, self.ended_on, write.access().today())
            .map_err(Obstacle::refused)?;
        let row = signature::ActiveModel {
            id: Set(known.id),
            ended_on: Set(Some(self.ended_on)),
            ..Default::default()
        };
        row.update(authorized.transaction()).await?;
        Ok(HouseEffect { code: "SIGNATURE_ENDED", row: known.id.0 })
    }
}
