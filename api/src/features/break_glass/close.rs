//! Ending a use of break-glass early, and reviewing one that is over.

use async_graphql::{Enum, ID};
use convenant::Involvement;
use entity::break_glass;
use entity::id::DossierId;
use sea_orm::{ActiveModelTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::Write;

use super::{BreakGlass, machine};
use crate::features::assignment::{Holder, end};
use crate::features::casusreis::{BreakGlassState, Proposal, Task};
use crate::features::step::{event, find_shown, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::Text;
use crate::server::Server;

/// What the review found.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BreakGlassFinding {
    /// It was justified.
    Terecht,
    /// It was not justified.
    Onterecht,
}

impl BreakGlassFinding {
    const fn state(self) -> BreakGlassState {
        match self {
            Self::Terecht => BreakGlassState::BeoordeeldTerecht,
            Self::Onterecht => BreakGlassState::BeoordeeldOnterecht,
        }
    }
}

change_input! {
    /// Ends a use of break-glass before its four hours are over.
    EndBreakGlassInput {
        /// The use: your own.
        id: ID,
    }
}

change_input! {
    /// Reviews a use of break-glass that is over.
    ReviewBreakGlassInput {
        /// The use: of another than you.
        id: ID,
        /// What the review found.
        finding: BreakGlassFinding,
        /// Why.
        motivation: Text,
    }
}

/// A use to end.
pub(super) struct End {
    id: GlobalId,
}

impl Change for End {
    const NAME: &'static str = Task::EndBreakGlass.mutation();
    type Input = EndBreakGlassInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::BreakGlass)? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let used = find_shown::<BreakGlass>(write, self.id).await?;
        let row = machine::task_row(&used, write.access().now());
        let to = BreakGlassState::Beeindigd.code();
        let taken = take_task(write, Task::EndBreakGlass, &row, to, Proposal::default()).await?;
        let authorized = &taken.authorized;
        let holder = Holder::Professional(used.professional_id);
        end(authorized, &[Involvement::Noodtoegang], Some(holder)).await?;
        let ended = break_glass::ActiveModel {
            id: Set(used.id),
            state: Set(to.to_owned()),
            ended_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        ended.update(authorized.transaction()).await?;
        let told = event("BREAK_GLASS_ENDED", Leaf::Open, (NodeKind::BreakGlass, used.id.0));
        Ok(Effect { shows: vec![("breakGlass", used.id.0)], ..taken.changes_nothing_else(told) })
    }
}

/// A review to record.
pub(super) struct Review {
    id: GlobalId,
    finding: BreakGlassFinding,
    motivation: String,
}

impl Change for Review {
    const NAME: &'static str = Task::ReviewBreakGlass.mutation();
    type Input = ReviewBreakGlassInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let motivation = checks.text("motivation", &input.motivation);
        let id = checks.id("id", &input.id, NodeKind::BreakGlass);
        Some(Self { id: id?, finding: input.finding, motivation: motivation? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let used = find_shown::<BreakGlass>(write, self.id).await?;
        let row = machine::task_row(&used, write.access().now());
        let to = self.finding.state().code();
        let taken = take_task(write, Task::ReviewBreakGlass, &row, to, Proposal::default()).await?;
        let authorized = &taken.authorized;
        let reviewed = break_glass::ActiveModel {
            id: Set(used.id),
            state: Set(to.to_owned()),
            reviewed_by: Set(Some(write.access().principal().professional)),
            reviewed_at: Set(Some(authorized.now())),
            motivation: Set(Some(self.motivation.clone())),
            ..Default::default()
        };
        reviewed.update(authorized.transaction()).await?;
        let told = event("BREAK_GLASS_REVIEWED", Leaf::Open, (NodeKind::BreakGlass, used.id.0));
        Ok(Effect { shows: vec![("breakGlass", used.id.0)], ..taken.changes_nothing_else(told) })
    }
}
