//! Asking: the house begins the verrijking and puts its questions to partners.

use async_graphql::ID;
use convenant::{Category, Involvement};
use entity::id::{DeskId, DossierId, OrganisationId, VerrijkingId};
use entity::verrijking;
use sea_orm::{DbErr, EntityTrait, Set};
use waarborg::clock::end_of_dutch_day;
use waarborg::disclosure::Leaf;
use waarborg::write::{Authorized, DossierChange, Write};

use crate::features::aanmelding::{advance, unchanged};
use crate::features::assignment::{Grant, Holder, grant};
use crate::features::casusreis::{Guard, Proposal, Step, Task, VerrijkingState};
use crate::features::partner::{self, read_partner_id};
use crate::features::step::{Taken, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Line, Text};
use crate::graphql::user_error::Finding;
use crate::server::Server;

change_input! {
    /// Goes from the bekendheidscheck to the verrijking.
    StartVerrijkingInput {
        /// The aanmelding.
        id: ID,
    }
}

change_input! {
    /// Asks a partner for information.
    AskVerrijkingInput {
        /// The aanmelding.
        id: ID,
        /// The organisation to ask.
        partner_id: ID,
        /// The categories to ask for, 1 to 20.
        categories: Vec<Line>,
        /// The question.
        question: Text,
    }
}

/// A question to put to the liaison desk of a partner.
pub(super) struct Question<'a> {
    pub(super) partner: (OrganisationId, DeskId),
    /// The organisation that asks because it is withheld from it; none when the house asks.
    pub(super) asker: Option<OrganisationId>,
    pub(super) categories: &'a [Category],
    pub(super) text: &'a str,
}

impl Question<'_> {
    /// Puts the question: the desk is given its task, until the last day to answer.
    pub(super) async fn put(&self, authorized: &Authorized<'_>) -> Result<VerrijkingId, DbErr> {
        let (organisation, desk) = self.partner;
        let deadline = Task::AnswerVerrijking.deadline(authorized.access().today());
        let holder = Holder::Desk(desk);
        let task = Grant {
            until: Some(end_of_dutch_day(deadline)),
            ..Grant::open(organisation, holder, Involvement::Verrijking, "asked for information")
        };
        grant(authorized, task).await?;
        let id = VerrijkingId::fresh();
        let codes: Vec<&str> = self.categories.iter().map(|category| category.code()).collect();
        let row = verrijking::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            organisation_id: Set(organisation),
            desk_id: Set(desk),
            state: Set(VerrijkingState::Open.code().to_owned()),
            categories: Set(codes.join(" ")),
            question: Set(self.text.to_owned()),
            refusal_ground: Set(None),
            asker_id: Set(self.asker),
            asked_by: Set(authorized.access().principal().professional),
            asked_at: Set(authorized.now()),
            deadline: Set(deadline),
            answered_by: Set(None),
            answered_at: Set(None),
        };
        verrijking::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }
}

/// Going from the bekendheidscheck to the verrijking.
pub(super) struct Start {
    id: GlobalId,
}

impl Change for Start {
    const NAME: &'static str = Step::StartVerrijking.mutation();
    type Input = StartVerrijkingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        Ok(advance(write, Step::StartVerrijking, Proposal::default(), self.id, unchanged()).await?.effect)
    }
}

/// A question of the house to ask.
pub(super) struct Ask {
    id: GlobalId,
    partner: OrganisationId,
    categories: Vec<Category>,
    question: String,
}

impl Change for Ask {
    const NAME: &'static str = Step::AskVerrijking.mutation();
    type Input = AskVerrijkingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partner = checks.or_note("partnerId", read_partner_id(&input.partner_id), Finding::NotFound);
        let categories = checks.list("categories", &input.categories, 1..=20, Checks::code);
        let question = checks.text("question", &input.question);
        let id = checks.id("id", &input.id, NodeKind::Aanmelding);
        Some(Self { id: id?, partner: partner?, categories: categories?, question: question? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let taken = Taken::take(write, Step::AskVerrijking, Proposal::default()).await?;
        let not_found = || Refused::not_found("partnerId");
        let asked = partner::find(&write.reading(), self.partner).await?.ok_or_else(not_found)?;
        if !asked.has_signed_for(taken.presence, write.access().today()) {
            return Err(Guard::PartnerSigned.refused());
        }
        for (place, category) in self.categories.iter().enumerate() {
            let path = || vec!["categories".to_owned(), place.to_string()];
            taken
                .presence
                .may_ask(*category, asked.partner, Step::AskVerrijking.leads_to())
                .map_err(|denial| Refused::Covenant(denial, path()))?;
        }
        let authorized = &taken.authorized;
        let house = &taken.presence.dossier().house;
        let desk =
            partner::liaison_desk(&write.reading(), house, self.partner).await?.ok_or_else(not_found)?;
        let question = Question {
            partner: (self.partner, desk),
            asker: None,
            categories: &self.categories,
            text: &self.question,
        };
        let id = question.put(authorized).await?;
        Ok(Effect {
            dossier: self.id.dossier,
            change: DossierChange::default(),
            events: vec![event("VERRIJKING_ASKED", Leaf::D39, (NodeKind::Verrijking, id.0))],
            shows: vec![("verrijking", id.0), ("aanmelding", self.id.row)],
        })
    }
}
