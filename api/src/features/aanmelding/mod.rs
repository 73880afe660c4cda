//! The aanmelding: a professional of a partner registers a person with a house.
//!
//! Submitting opens the dossier, gives the first assignments and sends the BRP check (domain.md b.3, A01). The
//! aanmelder keeps seeing what the own organisation supplied, and outcome and advice, for as long as it lives.

mod mutation;
mod submit;

use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use convenant::{Category, CategorySet};
use serde::{Deserialize, Serialize};
use waarborg::access::Access;
use waarborg::disclosure::{Identified, Leaf, gegeven};

use super::casusreis::AanmeldingState;
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::Text;
use crate::graphql::viewer_access::ViewerAccess;

pub(crate) use mutation::{AanmeldingMutation, advance, unchanged};
pub(crate) use submit::may_move;

classified!(Aanmelding, aanmelding, NodeKind::Aanmelding);

impl NodeType for Aanmelding {
    type Table = entity::aanmelding::Entity;

    fn own(access: &Access, model: &Self::Source) -> CategorySet {
        let own = model.applicant_organisation_id == access.principal().organisation;
        own.then_some(Category::D05).into_iter().collect()
    }
}

/// For whom there is a safety risk.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SafetyRisk {
    /// For the person.
    Zichzelf,
    /// For those around the person.
    Naasten,
    /// For the neighbourhood.
    Omgeving,
    /// For those who help.
    Hulpverleners,
}

/// What the aanmelder asks of the house.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Support {
    /// The house runs the case.
    Procesregie,
    /// The case stays local, the house helps.
    Ondersteuning,
    /// Advice only.
    Advies,
}

/// Why an aanmelding was not discussed with the person beforehand.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NotDiscussedReason {
    /// Somebody would be in danger.
    Veiligheid,
    /// It would harm a criminal case.
    StrafrechtelijkBelang,
    /// The person cannot be reached.
    Onbereikbaar,
    /// Something else.
    Overig,
}

/// Level of the AVE model.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AveLevel {
    /// Level 1.
    #[graphql(name = "AVE1")]
    Ave1,
    /// Level 2: run locally by the gemeente.
    #[graphql(name = "AVE2")]
    Ave2,
    /// Level 3: the level of the house.
    #[graphql(name = "AVE3")]
    Ave3,
    /// Level 4.
    #[graphql(name = "AVE4")]
    Ave4,
}

/// An area of life.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Leefgebied {
    /// Housing.
    Wonen,
    /// Money and debts.
    FinancienSchulden,
    /// Income.
    Inkomen,
    /// Work or day-time activity.
    WerkDagbesteding,
    /// Education.
    Onderwijs,
    /// Mental health.
    GeestelijkeGezondheid,
    /// Physical health.
    LichamelijkeGezondheid,
    /// Use of alcohol, drugs or medicines.
    Middelengebruik,
    /// Family and relations.
    GezinRelaties,
    /// Parenthood and children.
    OuderschapKind,
    /// Social network.
    SociaalNetwerk,
    /// Safety and justice.
    VeiligheidJustitie,
    /// Identity and residence.
    IdentiteitVerblijf,
}

/// A concern on one area of life.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ConcernInput {
    /// The area of life.
    pub(crate) leefgebied: Leefgebied,
    /// 0 none, 1 light, 2 clear, 3 serious, 4 very serious.
    pub(crate) severity: i32,
    /// What the concern is.
    pub(crate) note: Option<Text>,
}

/// A concern on one area of life.
#[derive(SimpleObject, Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Concern {
    /// The area of life.
    pub(crate) leefgebied: Leefgebied,
    /// 0 none, 1 light, 2 clear, 3 serious, 4 very serious.
    pub(crate) severity: i32,
    /// What the concern is.
    pub(crate) note: Option<String>,
}

#[Object]
impl Aanmelding {
    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// How far it is.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn state(&self) -> Option<AanmeldingState> {
        AanmeldingState::named(&self.model.state)
    }

    /// When it was submitted.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.model.submitted_at
    }

    /// The ground on which the case hangs, a code of the covenant's grounds.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn ground(&self) -> Option<&str> {
        Some(&self.model.ground)
    }

    /// What the aanmelder wants to reach.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn purpose(&self) -> Option<&str> {
        Some(&self.model.purpose)
    }

    /// Why this person is registered.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn reason(&self) -> Option<&str> {
        Some(&self.model.reason)
    }

    /// What has been tried already.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn tried(&self) -> Option<&str> {
        Some(&self.model.tried)
    }

    /// Concerns by area of life.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn concerns(&self) -> Option<Vec<Concern>> {
        serde_json::from_value(self.model.concerns.clone()).ok()
    }

    /// For whom there is a safety risk.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn safety_risks(&self) -> Option<Vec<&str>> {
        Some(self.model.safety_risks.split_whitespace().collect())
    }

    /// Whether minors are involved.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn minors_involved(&self) -> Option<bool> {
        Some(self.model.minors_involved)
    }

    /// Whether it was discussed with the person.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn discussed(&self) -> Option<bool> {
        Some(self.model.discussed)
    }

    /// Why it was not discussed: VEILIGHEID, STRAFRECHTELIJK_BELANG, ONBEREIKBAAR or OVERIG.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn not_discussed_reason(&self) -> Option<&str> {
        self.model.not_discussed_reason.as_deref()
    }

    /// What is asked of the house: PROCESREGIE, ONDERSTEUNING or ADVIES.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn support(&self) -> Option<&str> {
        Some(&self.model.support)
    }

    /// AVE1 to AVE4.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn ave_level(&self) -> Option<&str> {
        self.model.ave_level.as_deref()
    }

    /// What the aanmelder was asked to complete.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn missing_items(&self) -> Option<&str> {
        self.model.missing_items.as_deref()
    }

    /// The decision of the triage, for the aanmelder.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn outcome(&self) -> Option<&str> {
        self.model.outcome.as_deref()
    }

    /// The advice of the triage, for the aanmelder.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn advice(&self) -> Option<&str> {
        self.model.advice.as_deref()
    }

    /// When the triage decided.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.model.decided_at
    }

    /// What of this aanmelding is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Aanmelding", Vec::new())
    }
}
