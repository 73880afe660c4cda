//! The case: a dossier that was taken up at a tafel (domain.md b.6).
//!
//! A case is opened by the triage and by nothing else. Partners take their seats by invitation of the
//! procesregisseur, as far as the tafel has a seat for them, and keep them until closing.

mod course;
mod mutation;
mod seat;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use entity::case;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter, Set};
use waarborg::access::Scoped;
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{Authorized, Write};

use super::casusreis::{CaseState, Machine, Proposal, Step};
use super::partner::{self, PartnerProfessional};
use super::step::{Advanced, Taken};
use crate::graphql::change::Refused;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::ViewerAccess;

pub(crate) use mutation::CaseMutation;

classified!(Case, case, NodeKind::Case);

impl NodeType for Case {
    type Table = entity::case::Entity;
}

#[Object]
impl Case {
    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The number in the house: ZVH-2024-000123.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn number(&self) -> &str {
        &self.model.number
    }

    /// How far it is.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn state(&self) -> Option<CaseState> {
        CaseState::named(&self.model.state)
    }

    /// PROCESREGIE, ONDERSTEUNING or TRAJECTBEGELEIDING, as the triage decided.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn role(&self) -> Option<&str> {
        Some(&self.model.role)
    }

    /// When it was opened.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn opened_at(&self) -> DateTime<Utc> {
        self.model.opened_at
    }

    /// The named procesregisseur.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn regisseur(&self) -> Option<async_graphql::Result<PartnerProfessional>> {
        let names = partner::Names::of(&self.row).await;
        names.map(|names| names.professional(self.model.regisseur_id)).transpose()
    }

    /// The id of the organisation on whose ground the case hangs.
    #[graphql(directive = gegeven::apply(Leaf::D05))]
    async fn ground_holder_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.ground_holder_id))
    }

    /// The day of the next review.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn review_on(&self) -> Option<Date> {
        self.model.review_on.map(Date::from)
    }

    /// The day of the check in the after-care.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn follow_up_on(&self) -> Option<Date> {
        self.model.follow_up_on.map(Date::from)
    }

    /// When it was closed.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.model.closed_at
    }

    /// How the person was told of the closing, or why not.
    #[graphql(directive = gegeven::apply(Leaf::D29))]
    async fn closing_note(&self) -> Option<&str> {
        self.model.closing_note.as_deref()
    }

    /// What of this case is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Case", Vec::new())
    }
}

/// The case of a dossier under a write.
pub(crate) async fn find(authorized: &Authorized<'_>, id: GlobalId) -> Result<case::Model, Refused> {
    let found = case::Entity::under(authorized)
        .filter(case::Column::Id.eq(id.row))
        .one(authorized.transaction())
        .await?;
    found.ok_or_else(|| Refused::not_found("id"))
}

/// Takes a step of the case and writes its columns with the new state.
pub(crate) async fn advance(
    write: &Write,
    step: Step,
    proposal: Proposal,
    id: GlobalId,
    columns: case::ActiveModel,
) -> Result<Advanced<'_, case::Model>, Refused> {
    let taken = Taken::take(write, step, proposal).await?;
    let row = find(&taken.authorized, id).await?;
    let to = match step.transition().machine {
        Machine::Case { to, .. } => to,
        Machine::Aanmelding { .. } => None,
    };
    let state = to.map_or_else(|| row.state.clone(), |to: CaseState| to.code().to_owned());
    let columns = case::ActiveModel { id: Set(row.id), state: Set(state), ..columns };
    columns.update(taken.authorized.transaction()).await?;
    let mut effect = taken.effect(step, (NodeKind::Case, row.id.0));
    effect.shows.push(("case", row.id.0));
    Ok(Advanced { effect, authorized: taken.authorized, before: row })
}
