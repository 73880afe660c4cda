//! The course of a case from the first overleg to the closing, each step by the procesregisseur.

use async_graphql::ID;
use chrono::{Months, NaiveDate};
use convenant::Involvement;
use entity::case;
use entity::id::DossierId;
use sea_orm::Set;
use waarborg::write::Write;

use super::advance;
use crate::features::assignment::end;
use crate::features::casusreis::{Proposal, Step};
use crate::features::step::Advanced;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Date, Text};
use crate::server::Server;

/// How long a closed case is kept (domain.md b.13: at most five years).
const KEPT_MONTHS: Months = Months::new(60);

change_input! {
    /// Opens the discussion of a case.
    StartOverlegInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Returns from following a case to discussing it.
    ReturnToOverlegInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Begins to scale a case down.
    StartAfschalingInput {
        /// The case.
        id: ID,
    }
}

change_input! {
    /// Goes over to following the plan.
    StartMonitoringInput {
        /// The case.
        id: ID,
        /// The day of the review, at most three months ahead.
        review_on: Date,
    }
}

change_input! {
    /// Goes over to the after-care.
    StartNazorgInput {
        /// The case.
        id: ID,
        /// The day of the check, at most three months ahead.
        follow_up_on: Date,
    }
}

change_input! {
    /// Closes a case.
    CloseCaseInput {
        /// The case.
        id: ID,
        /// How the person was told, or why telling is postponed.
        closing_note: Text,
    }
}

/// A step of the case that brings nothing but its id.
macro_rules! plain_step {
    ($name:ident, $input:ty, $step:expr) => {
        pub(super) struct $name {
            id: GlobalId,
        }

        impl Change for $name {
            const NAME: &'static str = $step.mutation();
            type Input = $input;

            fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
                Some(Self { id: checks.id("id", &input.id, NodeKind::Case)? })
            }

            fn dossier(&self) -> Option<DossierId> {
                Some(self.id.dossier)
            }

            async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
                Ok(advance(write, $step, Proposal::default(), self.id, Default::default()).await?.effect)
            }
        }
    };
}

plain_step!(StartOverleg, StartOverlegInput, Step::StartOverleg);
plain_step!(ReturnToOverleg, ReturnToOverlegInput, Step::ReturnToOverleg);
plain_step!(StartAfschaling, StartAfschalingInput, Step::StartAfschaling);

/// Monitoring to begin, with the day of its review.
pub(super) struct StartMonitoring {
    id: GlobalId,
    review_on: NaiveDate,
}

impl Change for StartMonitoring {
    const NAME: &'static str = Step::StartMonitoring.mutation();
    type Input = StartMonitoringInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let review_on = checks.coming_date("reviewOn", &input.review_on);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, review_on: review_on? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let proposal = Proposal { day: Some(self.review_on), ..Proposal::default() };
        let columns = case::ActiveModel { review_on: Set(Some(self.review_on)), ..Default::default() };
        Ok(advance(write, Step::StartMonitoring, proposal, self.id, columns).await?.effect)
    }
}

/// After-care to begin, with the day of its check.
pub(super) struct StartNazorg {
    id: GlobalId,
    follow_up_on: NaiveDate,
}

impl Change for StartNazorg {
    const NAME: &'static str = Step::StartNazorg.mutation();
    type Input = StartNazorgInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let follow_up_on = checks.coming_date("followUpOn", &input.follow_up_on);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, follow_up_on: follow_up_on? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let proposal = Proposal { day: Some(self.follow_up_on), ..Proposal::default() };
        let follow_up = Set(Some(self.follow_up_on));
        let columns = case::ActiveModel { follow_up_on: follow_up, ..Default::default() };
        Ok(advance(write, Step::StartNazorg, proposal, self.id, columns).await?.effect)
    }
}

/// A closing, with how the person was told.
pub(super) struct Close {
    id: GlobalId,
    closing_note: String,
}

impl Change for Close {
    const NAME: &'static str = Step::CloseCase.mutation();
    type Input = CloseCaseInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let closing_note = checks.text("closingNote", &input.closing_note);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Case)?, closing_note: closing_note? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    /// Closing ends every assignment but those of the aanmelder and the bureau.
    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        use Involvement::{Gast, Levensloop, Overdracht, Traject, Zetel, Zsm};
        let keep_until = write.access().today().checked_add_months(KEPT_MONTHS);
        let columns = case::ActiveModel {
            closed_at: Set(Some(write.access().now())),
            closing_note: Set(Some(self.closing_note.clone())),
            keep_until: Set(keep_until),
            ..Default::default()
        };
        let Advanced { effect, authorized, .. } =
            advance(write, Step::CloseCase, Proposal::default(), self.id, columns).await?;
        end(&authorized, &[Zetel, Gast, Traject, Levensloop, Zsm, Overdracht], None).await?;
        Ok(effect)
    }
}
