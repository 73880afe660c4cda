//! The afwijking: taking up a case that does not meet the criteria, which the ketenmanager approves (domain.md b.5,
//! A23, A25).
//!
//! The ketenmanager leads the house and sees no dossier. To decide, they take part in this triage and see what the
//! own bureau wrote: that an afwijking is asked, and why. With the decision that part ends.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use convenant::{Category, Fact, Facts, Involvement};
use entity::afwijking;
use entity::id::{AfwijkingId, DossierId};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use waarborg::access::{Access, Presence, Scoped};
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{Authorized, Write};

use crate::features::aanmelding::Aanmelding;
use crate::features::assignment::{Grant, Holder, end, grant};
use crate::features::casusreis::{AfwijkingState, Guard, Proposal, Step, Task, task};
use crate::features::partner;
use crate::features::payload::payloads;
use crate::features::step::{Taken, event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::Text;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Afwijking, afwijking, NodeKind::Afwijking);

impl NodeType for Afwijking {
    type Table = afwijking::Entity;
    const SOME_HIDDEN: bool = true;

    /// It belongs to the weighing (D33); whom the covenant does not show that does not find it.
    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = access.principal().facts_if_own(model.organisation_id, Fact::Eigen);
        presence.disclosure(facts).sees(Category::D33).then_some(facts)
    }
}

#[Object]
impl Afwijking {
    /// What of this afwijking is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Afwijking", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// OPEN, GOEDGEKEURD or GEWEIGERD.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn state(&self) -> Option<&str> {
        Some(&self.model.state)
    }

    /// Why the case should be taken up although the criteria are not met.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn motivation(&self) -> Option<&str> {
        Some(&self.model.motivation)
    }

    /// When it was asked.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn asked_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.asked_at)
    }

    /// Why it was approved or refused.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn answer(&self) -> Option<&str> {
        self.model.answer.as_deref()
    }

    /// When it was approved or refused.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.model.decided_at
    }
}

change_input! {
    /// Asks the ketenmanager to approve that a case is taken up although the criteria are not met.
    AskAfwijkingInput {
        /// The aanmelding, in triage.
        id: ID,
        /// Why. The ketenmanager sees this and nothing else of the dossier: leave persons out of it.
        motivation: Text,
    }
}

change_input! {
    /// Approves or refuses an afwijking.
    DecideAfwijkingInput {
        /// The afwijking.
        id: ID,
        /// Whether it is approved.
        approve: bool,
        /// Why.
        answer: Text,
    }
}

payloads! {
    [AskAfwijkingPayload, DecideAfwijkingPayload] {
        /// The afwijking; null when it is no longer yours to see, as when you decided it.
        afwijking: Afwijking = "afwijking",
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
    }
}

/// The afwijking that was approved for the dossier under a write.
pub(super) async fn approved(authorized: &Authorized<'_>) -> Result<Option<afwijking::Model>, DbErr> {
    let approved = afwijking::Entity::under(authorized)
        .filter(afwijking::Column::State.eq(AfwijkingState::Goedgekeurd.code()));
    approved.one(authorized.transaction()).await
}

/// An afwijking to ask.
pub(super) struct Ask {
    id: GlobalId,
    motivation: String,
}

impl Change for Ask {
    const NAME: &'static str = Step::AskAfwijking.mutation();
    type Input = AskAfwijkingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let motivation = checks.text("motivation", &input.motivation);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, motivation: motivation? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let taken = Taken::take(write, Step::AskAfwijking, Proposal::default()).await?;
        let authorized = &taken.authorized;
        let principal = write.access().principal();
        let ketenmanagers = partner::ketenmanagers(&write.reading(), principal.organisation).await?;
        if ketenmanagers.is_empty() {
            return Err(Guard::KetenmanagerKnown.refused());
        }
        for ketenmanager in ketenmanagers {
            let holder = Holder::Professional(ketenmanager);
            let reason = "asked to decide on an afwijking";
            grant(authorized, Grant::open(principal.organisation, holder, Involvement::Triage, reason))
                .await?;
        }
        let id = AfwijkingId::fresh();
        let row = afwijking::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            organisation_id: Set(principal.organisation),
            state: Set(AfwijkingState::Open.code().to_owned()),
            motivation: Set(self.motivation.clone()),
            asked_by: Set(principal.professional),
            asked_at: Set(authorized.now()),
            answer: Set(None),
            decided_by: Set(None),
            decided_at: Set(None),
        };
        afwijking::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        let asked = event("AFWIJKING_ASKED", Leaf::D33, (NodeKind::Afwijking, id.0));
        Ok(Effect {
            shows: vec![("afwijking", id.0), ("aanmelding", self.id.row)],
            ..taken.changes_nothing_else(asked)
        })
    }
}

fn task_row(asked: &afwijking::Model) -> task::Row<'_> {
    task::Row::of(task::Machine::Afwijking, &asked.state)
}

/// A decision on an afwijking.
pub(super) struct Decide {
    id: GlobalId,
    approve: bool,
    answer: String,
}

impl Change for Decide {
    const NAME: &'static str = Task::DecideAfwijking.mutation();
    type Input = DecideAfwijkingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let answer = checks.text("answer", &input.answer);
        let id = checks.id("id", &input.id, NodeKind::Afwijking);
        Some(Self { id: id?, approve: input.approve, answer: answer? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let asked = find_shown::<Afwijking>(write, self.id).await?;
        let principal = write.access().principal();
        let proposal =
            Proposal { asked_by_self: asked.asked_by == principal.professional, ..Proposal::default() };
        let to = if self.approve { AfwijkingState::Goedgekeurd } else { AfwijkingState::Geweigerd }.code();
        let taken = take_task(write, Task::DecideAfwijking, &task_row(&asked), to, proposal).await?;
        let authorized = &taken.authorized;
        let decided = afwijking::ActiveModel {
            id: Set(asked.id),
            state: Set(to.to_owned()),
            answer: Set(Some(self.answer.clone())),
            decided_by: Set(Some(principal.professional)),
            decided_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        decided.update(authorized.transaction()).await?;
        for ketenmanager in partner::ketenmanagers(&write.reading(), principal.organisation).await? {
            end(authorized, &[Involvement::Triage], Some(Holder::Professional(ketenmanager))).await?;
        }
        let decided = event("AFWIJKING_DECIDED", Leaf::D33, (NodeKind::Afwijking, asked.id.0));
        Ok(Effect { shows: vec![("afwijking", asked.id.0)], ..taken.changes_nothing_else(decided) })
    }
}
