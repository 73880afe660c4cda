//! Submitting: the one act that opens a dossier.

mod admission;
mod input;
mod opening;

use async_graphql::ID;
use convenant::{HouseCode, Tafel};
use entity::id::{DossierId, OrganisationId};
use waarborg::disclosure::Leaf;
use waarborg::keys::bsn;
use waarborg::write::{DossierChange, Write};

use super::{AveLevel, Concern, ConcernInput, NotDiscussedReason, SafetyRisk, Support};
use crate::features::partner;
use crate::features::step::event;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::NodeKind;
use crate::graphql::scalar::{Line, Text};
use crate::graphql::user_error::Finding;
use crate::server::Server;

pub(crate) use admission::may_move;
use input::{PersonInput, Sex, read_concerns, read_person};

change_input! {
    /// An aanmelding. Acute danger is not for here: call 112 or the crisis service.
    opening SubmitAanmeldingInput {
        /// The house: TWENTE, MARKIEZATEN, DRENTHE.
        house: Line,
        /// The gemeente of the person, by its CBS code.
        gemeente: Line,
        /// The tafel that you propose.
        tafel: Line,
        /// The organisation on whose ground the case hangs; usually your own.
        ground_holder_id: ID,
        /// The ground, a code of the covenant's grounds.
        ground: Line,
        /// What you want to reach.
        purpose: Text,
        /// Why you register this person.
        reason: Text,
        /// What has been tried already.
        tried: Text,
        /// Concerns by area of life, each area once.
        concerns: Vec<ConcernInput>,
        /// For whom there is a safety risk.
        safety_risks: Vec<SafetyRisk>,
        /// Whether minors are involved.
        minors_involved: bool,
        /// Whether you discussed this with the person.
        discussed: bool,
        /// Why not; needed when you did not.
        not_discussed_reason: Option<NotDiscussedReason>,
        /// What you ask of the house.
        support: Support,
        /// AVE level, where the model is used.
        ave_level: Option<AveLevel>,
        /// The person.
        person: PersonInput,
    }
}

/// An aanmelding whose texts were checked.
pub(super) struct Submit {
    house: HouseCode,
    gemeente: String,
    tafel: Tafel,
    ground_holder: OrganisationId,
    ground: String,
    purpose: String,
    reason: String,
    tried: String,
    concerns: Vec<Concern>,
    safety_risks: Vec<SafetyRisk>,
    minors_involved: bool,
    discussed: bool,
    not_discussed_reason: Option<NotDiscussedReason>,
    support: Support,
    ave_level: Option<AveLevel>,
    person: PersonRead,
}

struct PersonRead {
    bsn: Option<bsn::Bsn>,
    family_name: String,
    name_prefix: Option<String>,
    given_names: Option<String>,
    birth_date: Option<String>,
    sex: Sex,
    phone: Option<String>,
    email: Option<String>,
}

impl Change for Submit {
    const NAME: &'static str = "submitAanmelding";
    type Input = SubmitAanmeldingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        match (input.discussed, input.not_discussed_reason) {
            (false, None) => checks.note("notDiscussedReason", Finding::Missing),
            (true, Some(_)) => checks.note("notDiscussedReason", Finding::Superfluous),
            _ => {}
        }
        if input.safety_risks.len() > 4 {
            checks.note("safetyRisks", Finding::Amount);
        }
        let tafel = checks.code("tafel", &input.tafel);
        let ground_holder = checks.or_note(
            "groundHolderId",
            partner::read_partner_id(&input.ground_holder_id),
            Finding::NotFound,
        );
        let house = checks.line("house", &input.house);
        let gemeente = checks.line("gemeente", &input.gemeente);
        let ground = checks.line("ground", &input.ground);
        let purpose = checks.text("purpose", &input.purpose);
        let reason = checks.text("reason", &input.reason);
        let tried = checks.text("tried", &input.tried);
        let concerns = read_concerns(&input.concerns, checks);
        let person = checks.within("person", |checks| read_person(&input.person, checks));
        Some(Self {
            house: HouseCode::new(house?),
            gemeente: gemeente?,
            tafel: tafel?,
            ground_holder: ground_holder?,
            ground: ground?,
            purpose: purpose?,
            reason: reason?,
            tried: tried?,
            concerns: concerns?,
            safety_risks: input.safety_risks.clone(),
            minors_involved: input.minors_involved,
            discussed: input.discussed,
            not_discussed_reason: input.not_discussed_reason,
            support: input.support,
            ave_level: input.ave_level,
            person: person?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        None
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<Effect, Refused> {
        let access = write.access();
        let convenant = access.convenant();
        let house = convenant.house(&self.house).ok_or_else(|| refused("house", Finding::NotOfHouse))?;
        self.check_ground(write, house).await?;
        let authorized = write.authorize_opening(|access| self.may_open(access, house))?;
        self.open(&authorized, house).await?;
        let person = self.add_person(&authorized, server).await?;
        let aanmelding = self.add_aanmelding(&authorized).await?;
        self.assign(&authorized).await?;
        let mut events = vec![event("AANMELDING_STATE", Leaf::Open, (NodeKind::Aanmelding, aanmelding.0))];
        if let Some(check) = self.ask_brp(&authorized, person).await? {
            events.push(event("BRP_CHECK_ASKED", Leaf::Open, (NodeKind::BrpCheck, check.0)));
        }
        Ok(Effect {
            dossier: authorized.dossier(),
            change: DossierChange::default(),
            events,
            shows: vec![("aanmelding", aanmelding.0), ("person", person.0)],
        })
    }
}

fn refused(field: &str, finding: Finding) -> Refused {
    Refused::Input(finding, vec![field.to_owned()])
}
