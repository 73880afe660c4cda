//! Table `verrijking`: the question to one organisation for information on a dossier.

use sea_orm::entity::prelude::*;

use crate::id::{DeskId, DossierId, OrganisationId, ProfessionalId, VerrijkingId};

/// The question to one organisation for information on a dossier.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "verrijking")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VerrijkingId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The organisation asked.
    pub organisation_id: OrganisationId,
    /// Its desk.
    pub desk_id: DeskId,
    /// State of the machine Verrijking.
    pub state: String,
    /// Categories asked for, codes separated by spaces.
    pub categories: String,
    /// The question.
    pub question: String,
    /// GEHEIMHOUDING, OPSPORINGSBELANG, NIET_NOODZAKELIJK or GEEN_GEGEVENS.
    pub refusal_ground: Option<String>,
    /// The organisation that asked for what was withheld from it; none when the house asked.
    pub asker_id: Option<OrganisationId>,
    /// Who asked, on behalf of the ground holder.
    pub asked_by: ProfessionalId,
    /// When.
    pub asked_at: ChronoDateTimeUtc,
    /// Last day to answer.
    pub deadline: ChronoDate,
    /// Who answered.
    pub answered_by: Option<ProfessionalId>,
    /// When.
    pub answered_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
