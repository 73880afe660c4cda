//! Table `aanmelding`: the registration of a person by a professional of a partner.

use sea_orm::entity::prelude::*;

use crate::id::{AanmeldingId, DossierId, OrganisationId, ProfessionalId};

/// The registration of a person by a professional of a partner.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "aanmelding")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AanmeldingId,
    /// The dossier it opened.
    pub dossier_id: DossierId,
    /// State of the machine Aanmelding.
    pub state: String,
    /// When it came into that state.
    pub state_since: ChronoDateTimeUtc,
    /// Who submitted.
    pub applicant_id: ProfessionalId,
    /// On behalf of which organisation.
    pub applicant_organisation_id: OrganisationId,
    /// The organisation on whose ground the case hangs.
    pub ground_holder_id: OrganisationId,
    /// Code of that ground.
    pub ground: String,
    /// What the aanmelder wants to reach.
    pub purpose: String,
    /// Why this person is registered.
    pub reason: String,
    /// What has been tried already.
    pub tried: String,
    /// Concerns per leefgebied: [{leefgebied, severity, note}].
    pub concerns: Json,
    /// For whom there is a risk, codes separated by spaces.
    pub safety_risks: String,
    /// Whether minors are involved.
    pub minors_involved: bool,
    /// Whether it was discussed with the person.
    pub discussed: bool,
    /// Why not.
    pub not_discussed_reason: Option<String>,
    /// Wanted support: PROCESREGIE, ONDERSTEUNING or ADVIES.
    pub support: String,
    /// AVE1 to AVE4.
    pub ave_level: Option<String>,
    /// What was asked to be completed.
    pub missing_items: Option<String>,
    /// Outcome for the aanmelder.
    pub outcome: Option<String>,
    /// Advice for the aanmelder.
    pub advice: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// When it was submitted.
    pub submitted_at: ChronoDateTimeUtc,
    /// When triage decided.
    pub decided_at: Option<ChronoDateTimeUtc>,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
