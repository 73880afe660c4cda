//! Asking for what is withheld: a question from whoever meets a field that something recorded by its supplier would
//! show, to the partners at the tafel that may supply it.
//!
//! The covenant has no row for it: the right to ask follows from the reason of the denial (README of the covenant, "Why
//! not"). It must never show more than a denial already says: nothing here looks at whether there is a datum.

use async_graphql::ID;
use convenant::{Category, Facts, Involvement};
use entity::id::DossierId;
use entity::verrijking;
use sea_orm::{ColumnTrait, DbErr, PaginatorTrait, QueryFilter};
use waarborg::access::{Presence, Scoped};
use waarborg::disclosure::Leaf;
use waarborg::write::{Authorized, DossierChange, Write};

use super::ask::Question;
use crate::features::casusreis::VerrijkingState;
use crate::features::node::find_any;
use crate::features::participant::told_of;
use crate::features::partner;
use crate::features::step::event;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Line, Text};
use crate::server::Server;

/// What stands in the way of asking, beside the covenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    /// It is not withheld, and does not expire.
    AlreadyShown,
    /// Only a verzoek of the person concerned releases it.
    ByVerzoek,
    /// Nobody at the tafel may supply it.
    NoSupplier,
    /// The same organisation has asked, and waits for an answer.
    AlreadyAsked,
}

impl Obstacle {
    const ALL: [Self; 4] = [Self::AlreadyShown, Self::ByVerzoek, Self::NoSupplier, Self::AlreadyAsked];

    const fn code(self) -> &'static str {
        match self {
            Self::AlreadyShown => "ALREADY_SHOWN",
            Self::ByVerzoek => "BY_VERZOEK",
            Self::NoSupplier => "NO_SUPPLIER",
            Self::AlreadyAsked => "ALREADY_ASKED",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::AlreadyShown => "Dit wordt al met u gedeeld.",
            Self::ByVerzoek => "Dit komt alleen vrij door een besluit op een verzoek van de betrokkene.",
            Self::NoSupplier => "Aan deze tafel zit geen partner die dit kan leveren.",
            Self::AlreadyAsked => "Uw organisatie heeft dit al gevraagd; die vraag staat nog open.",
        }
    }

    fn refused(self) -> Refused {
        Refused::Conditions(vec![self.code()])
    }
}

/// The Dutch sentence of an obstacle.
pub(super) fn sentence(code: &str) -> Option<&'static str> {
    Obstacle::ALL.into_iter().find(|obstacle| obstacle.code() == code).map(Obstacle::message)
}

change_input! {
    /// Asks the suppliers at the tafel for a category that is withheld from you.
    AskWithheldInput {
        /// The object on which it is withheld, or the dossier.
        id: ID,
        /// The category, as `viewerAccess` names it.
        category: Line,
        /// Why it is needed. The partners that are asked read it.
        motivation: Text,
    }
}

/// A category to ask for.
pub(super) struct AskWithheld {
    id: GlobalId,
    category: Category,
    motivation: String,
}

impl Change for AskWithheld {
    const NAME: &'static str = "askWithheld";
    type Input = AskWithheldInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let category = checks.code("category", &input.category);
        let motivation = checks.text("motivation", &input.motivation);
        let id = checks.any_id("id", &input.id);
        Some(Self { id: id?, category: category?, motivation: motivation? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        find_any(write, self.id).await?;
        let not_found = || Refused::not_found("id");
        let authorized = write.authorize(|presence| may_ask(presence, self.category))?;
        let (authorized, presence) = authorized.zip(write.presence()).ok_or_else(not_found)?;
        if has_asked(&authorized, self.category).await? {
            return Err(Obstacle::AlreadyAsked.refused());
        }
        let own = authorized.access().principal().organisation;
        let today = authorized.access().today();
        let told = told_of(presence);
        let present = partner::present(&write.reading(), presence, told, authorized.now()).await?;
        let suppliers = present.into_iter().filter(|(known, _)| {
            known.id != own
                && known.has_signed_for(presence, today)
                && presence.could_be_supplied_by(known.partner, self.category)
        });
        let mut asked = Vec::new();
        for (supplier, desk) in suppliers {
            let question = Question {
                partner: (supplier.id, desk),
                asker: Some(own),
                categories: &[self.category],
                text: &self.motivation,
            };
            asked.push(question.put(&authorized).await?);
        }
        let Some(first) = asked.first().copied() else { return Err(Obstacle::NoSupplier.refused()) };
        let told = |id: entity::id::VerrijkingId| (NodeKind::Verrijking, id.0);
        Ok(Effect {
            dossier: self.id.dossier,
            change: DossierChange::default(),
            events: asked.into_iter().map(|id| event("VERRIJKING_ASKED", Leaf::D39, told(id))).collect(),
            shows: vec![("verrijking", first.0)],
        })
    }
}

/// Whether the viewer may ask for a category: by the reason for which it is withheld.
fn may_ask(presence: &Presence, category: Category) -> Result<(), Refused> {
    if presence.can_be_requested(category) {
        return Ok(());
    }
    match presence.may_see(category, Facts::NONE) {
        Ok(_) => Err(Obstacle::AlreadyShown.refused()),
        Err(denial) if denial.reason.requestable() && presence.is_involved_as(Involvement::Betrokkene) => {
            Err(Obstacle::ByVerzoek.refused())
        }
        Err(denial) => Err(Refused::Covenant(denial, vec!["category".to_owned()])),
    }
}

/// Whether the viewer's organisation has asked for a category here and can still be answered.
async fn has_asked(authorized: &Authorized<'_>, category: Category) -> Result<bool, DbErr> {
    let access = authorized.access();
    let asked = verrijking::Entity::under(authorized)
        .filter(verrijking::Column::AskerId.eq(access.principal().organisation))
        .filter(verrijking::Column::State.eq(VerrijkingState::Open.code()))
        .filter(verrijking::Column::Categories.eq(category.code()))
        .filter(verrijking::Column::Deadline.gte(access.today()));
    Ok(asked.count(authorized.transaction()).await? > 0)
}
