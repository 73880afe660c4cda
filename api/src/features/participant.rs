//! Participants: who has an assignment at a dossier.
//!
//! Read only: an assignment is made by the step of the journey that brings it.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use convenant::{Category, Facts, Involvement};
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Identified, Leaf, gegeven};

use super::partner::{Names, PartnerProfessional};
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::viewer_access::ViewerAccess;

classified!(Participant, assignment, NodeKind::Participant);

impl NodeType for Participant {
    type Table = entity::assignment::Entity;
    const SOME_HIDDEN: bool = true;

    /// A viewer finds the participants of the own organisation always, others where the covenant shows who takes
    /// part; and those whose part tells more than that only where it shows this too.
    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let own = model.organisation_id == access.principal().organisation;
        let others = presence.sees(Category::D29) && told_of(presence).any(|code| code == model.involvement);
        (own || others).then_some(Facts::NONE)
    }
}

/// The kinds of assignment of which others are told, where the covenant shows who takes part.
pub(crate) fn told_of(presence: &Presence) -> impl Iterator<Item = &'static str> {
    let told = |involvement: &&Involvement| {
        told_beside(**involvement).is_none_or(|category| presence.sees(category))
    };
    Involvement::ALL.iter().filter(told).map(|involvement| involvement.code())
}

/// What a part tells beside that somebody takes part: that they were asked something, weighed the triage, entered in an
/// emergency, keep watch over the data, or asked to see what is kept of them. Who reads it is shown that category.
const fn told_beside(involvement: Involvement) -> Option<Category> {
    match involvement {
        Involvement::BrpTaak => Some(Category::D02),
        Involvement::Bekendheidscheck => Some(Category::D04),
        Involvement::Verrijking => Some(Category::D39),
        Involvement::Triage => Some(Category::D33),
        Involvement::Noodtoegang | Involvement::Fg | Involvement::Betrokkene => Some(Category::D35),
        Involvement::Geen
        | Involvement::Aanmelder
        | Involvement::Ondersteuning
        | Involvement::Informatie
        | Involvement::Procesregie
        | Involvement::Zetel
        | Involvement::Gast
        | Involvement::Traject
        | Involvement::Levensloop
        | Involvement::Toegewezen
        | Involvement::Zsm
        | Involvement::Bestuur
        | Involvement::Comensha
        | Involvement::Overdracht
        | Involvement::Onderzoek => None,
    }
}

#[Object]
impl Participant {
    /// What of this participant is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Participant", Vec::new())
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// What the participant does here, a code of the covenant: PROCESREGIE, ZETEL, TRIAGE.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn involvement(&self) -> Option<&str> {
        Some(&self.model.involvement)
    }

    /// The name of the organisation.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn organisation(&self) -> Option<async_graphql::Result<String>> {
        let names = Names::of(&self.row).await;
        names.map(|names| names.organisation(self.model.organisation_id)).transpose()
    }

    /// The professional, when the assignment is in person; null for a desk.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn professional(&self) -> Option<async_graphql::Result<PartnerProfessional>> {
        let id = self.model.professional_id?;
        Names::of(&self.row).await.map(|names| names.professional(id)).transpose()
    }

    /// From when.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn valid_from(&self) -> Option<DateTime<Utc>> {
        Some(self.model.valid_from)
    }

    /// Until when, when an end is known.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.model.valid_until
    }
}
