//! Recording that a professional completed the training that a tafel asks (radicalisering).

use async_graphql::ID;
use chrono::NaiveDate;
use convenant::HouseCode;
use entity::id::ProfessionalId;
use entity::professional;
use sea_orm::{ActiveModelTrait, Set};
use waarborg::write::Write;

use super::rules::Obstacle;
use super::{authorized, known_house, store};
use crate::features::partner::read_professional_id;
use crate::graphql::change::{HouseChange, HouseEffect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::scalar::{Date, Line};
use crate::graphql::user_error::Finding;
use crate::server::Server;

change_input! {
    /// Records that a professional completed the training for radicalisation.
    opening RecordTrainingInput {
        /// The house.
        house: Line,
        /// The professional: of an organisation of the house.
        professional_id: ID,
        /// The day on which the training was completed: today or before.
        trained_on: Date,
    }
}

/// A training to record, checked.
pub(super) struct Record {
    house: HouseCode,
    professional: ProfessionalId,
    trained_on: NaiveDate,
}

impl HouseChange for Record {
    const NAME: &'static str = "recordTraining";
    type Input = RecordTrainingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let house = checks.line("house", &input.house);
        let trained_on = checks.date("trainedOn", &input.trained_on);
        let professional =
            checks.or_note("professionalId", read_professional_id(&input.professional_id), Finding::NotFound);
        Some(Self { house: HouseCode::new(&house?), professional: professional?, trained_on: trained_on? })
    }

    fn house(&self) -> &HouseCode {
        &self.house
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<HouseEffect, Refused> {
        let authorized = authorized(write)?;
        known_house(server, &self.house)?;
        let known = store::professional(&write.reading(), &self.house, self.professional).await?;
        let known = known.ok_or_else(|| Refused::not_found("professionalId"))?;
        if known.trained_on.is_some() {
            return Err(Obstacle::TrainingKnown.refused());
        }
        if self.trained_on > write.access().today() {
            return Err(Obstacle::TrainingToCome.refused());
        }
        let row = professional::ActiveModel {
            id: Set(known.id),
            trained_on: Set(Some(self.trained_on)),
            ..Default::default()
        };
        row.update(authorized.transaction()).await?;
        Ok(HouseEffect { code: "TRAINING_RECORDED", row: known.id.0 })
    }
}
