//! An action of the plan: whose it is, what it needs, and what became of it.

use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, Utc};
use convenant::{Category, Fact, Facts};
use entity::action;
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Identified, Leaf, gegeven};

use crate::features::casusreis::task;
use crate::features::partner;
use crate::features::step::offered_tasks;
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::ViewerAccess;

classified!(Action, action, NodeKind::Action);

impl NodeType for Action {
    type Table = entity::action::Entity;
    const SOME_HIDDEN: bool = true;

    /// An action that its own facts do not show is absent (V26: some partners see only their own).
    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = access.principal().facts_if_own(model.organisation_id, Fact::EigenActie);
        presence.disclosure(facts).sees(Category::D28).then_some(facts)
    }
}

/// What kind of action it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionKind {
    /// On the content: always a partner's.
    Inhoud,
    /// On the process.
    Proces,
    /// Guidance by the bureau.
    Trajectbegeleiding,
}

/// What became of an action.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionResult {
    /// Done.
    Gereed,
    /// Not feasible; with the bottleneck.
    NietHaalbaar,
    /// Handed over with the case.
    Overgedragen,
    /// No longer needed.
    Vervallen,
}

/// What stands in the way of an action that is not feasible (F-77).
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnelpuntCode {
    /// Waiting list of the GGZ.
    WachtlijstGgz,
    /// No place in the maatschappelijke opvang.
    GeenPlekMo,
    /// No place in care for the disabled.
    GeenPlekVg,
    /// No Wlz indication or place.
    Wlz,
    /// No place in a Domus.
    Domus,
    /// No dwelling.
    Woning,
}

#[Object]
impl Action {
    /// What of it is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Action", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// INHOUD, PROCES or TRAJECTBEGELEIDING.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn kind(&self) -> Option<&str> {
        Some(&self.model.kind)
    }

    /// What is to be done.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn text(&self) -> Option<&str> {
        Some(&self.model.text)
    }

    /// The id of the organisation that owns it.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn owner_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// The last day.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn deadline(&self) -> Option<Date> {
        Some(self.model.deadline.into())
    }

    /// OPEN until the owner accepts it, then BEZIG; GEREED, NIET_HAALBAAR, OVERGEDRAGEN or VERVALLEN at the end.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn state(&self) -> Option<&str> {
        Some(&self.model.state)
    }

    /// When the owner accepted it. It binds only from then.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.model.accepted_at
    }

    /// The categories that it needs.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn needs(&self) -> Option<Vec<&str>> {
        Some(self.model.needs.split_whitespace().collect())
    }

    /// What came of it.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn result(&self) -> Option<&str> {
        self.model.result.as_deref()
    }

    /// What stood in its way.
    #[graphql(directive = gegeven::apply(Leaf::D38))]
    async fn knelpunt(&self) -> Option<&str> {
        self.model.knelpunt.as_deref()
    }
}

/// The row of the table of tasks that an action is.
pub(super) fn task_row(action: &action::Model) -> task::Row<'_> {
    let organisation = Some(action.organisation_id);
    task::Row { organisation, ..task::Row::of(task::Machine::Action, &action.state) }
}
