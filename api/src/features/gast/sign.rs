//! Signing a declaration: by the guest who is asked, on the day of the item.

use async_graphql::ID;
use entity::id::DossierId;
use entity::{assignment, geheimhoudingsverklaring};
use sea_orm::{ActiveModelTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::Write;

use super::{Geheimhoudingsverklaring, rules, task_row};
use crate::features::casusreis::{Guard, Proposal, Task, VerklaringState};
use crate::features::step::{event, find_shown, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::Line;
use crate::server::Server;

change_input! {
    /// Signs a geheimhoudingsverklaring.
    SignGeheimhoudingsverklaringInput {
        /// The declaration: the one that you are asked.
        id: ID,
        /// The version of the words that you read.
        text_version: Line,
    }
}

/// A declaration to sign, with the version that was read.
pub(super) struct Sign {
    id: GlobalId,
    text_version: String,
}

impl Change for Sign {
    const NAME: &'static str = Task::SignGeheimhoudingsverklaring.mutation();
    type Input = SignGeheimhoudingsverklaringInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let text_version = checks.line("textVersion", &input.text_version);
        let id = checks.id("id", &input.id, NodeKind::Geheimhoudingsverklaring);
        Some(Self { id: id?, text_version: text_version? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    /// The day goes with the assignment of the guest, so that what the declaration lifts ends with that.
    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let asked = find_shown::<Geheimhoudingsverklaring>(write, self.id).await?;
        let (row, to) = (task_row(&asked), VerklaringState::Getekend.code());
        let taken =
            take_task(write, Task::SignGeheimhoudingsverklaring, &row, to, Proposal::default()).await?;
        if self.text_version != rules::PRESENT.version {
            return Err(Guard::TextIsCurrent.refused());
        }
        let authorized = &taken.authorized;
        let signed = geheimhoudingsverklaring::ActiveModel {
            id: Set(asked.id),
            state: Set(to.to_owned()),
            text_version: Set(Some(self.text_version.clone())),
            signed_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        signed.update(authorized.transaction()).await?;
        let lifted = assignment::ActiveModel {
            id: Set(asked.assignment_id),
            secrecy_signed_on: Set(Some(authorized.access().today())),
            ..Default::default()
        };
        lifted.update(authorized.transaction()).await?;
        let subject = (NodeKind::Geheimhoudingsverklaring, asked.id.0);
        let told = event("GEHEIMHOUDING_SIGNED", Leaf::Open, subject);
        let shows = vec![("geheimhoudingsverklaring", asked.id.0)];
        Ok(Effect { shows, ..taken.changes_nothing_else(told) })
    }
}
