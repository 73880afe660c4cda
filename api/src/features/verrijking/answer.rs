//! Answering: the desk that was asked supplies data, or refuses with a ground.

use async_graphql::{Enum, ID};
use convenant::Involvement;
use entity::id::DossierId;
use entity::verrijking;
use sea_orm::{ActiveModelTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::{DossierChange, Write};

use super::{Verrijking, task_row};
use crate::features::assignment::end_task;
use crate::features::casusreis::{Guard, Proposal, Task, VerrijkingState};
use crate::features::inbreng::{Datum, DatumInput, read_datum, store};
use crate::features::step::{event, find_shown, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::code_of;
use crate::graphql::user_error::Finding;
use crate::server::Server;

/// Why a partner does not answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalGround {
    /// Professional secrecy.
    Geheimhouding,
    /// An investigation would be harmed.
    Opsporingsbelang,
    /// It is not necessary.
    NietNoodzakelijk,
    /// There is nothing to give.
    GeenGegevens,
}

change_input! {
    /// Answers a question with data, or refuses it with a ground.
    AnswerVerrijkingInput {
        /// The question.
        id: ID,
        /// The data, 1 to 20; none with a refusal.
        data: Option<Vec<DatumInput>>,
        /// The ground of a refusal; none with data.
        refusal_ground: Option<RefusalGround>,
    }
}

/// An answer to a question.
pub(super) struct Answer {
    id: GlobalId,
    data: Vec<Datum>,
    refusal_ground: Option<RefusalGround>,
}

impl Change for Answer {
    const NAME: &'static str = Task::AnswerVerrijking.mutation();
    type Input = AnswerVerrijkingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let given = input.data.as_deref().unwrap_or_default();
        match (given.is_empty(), input.refusal_ground) {
            (true, None) => checks.note("data", Finding::Missing),
            (false, Some(_)) => checks.note("refusalGround", Finding::Superfluous),
            (true, Some(_)) | (false, None) => {}
        }
        let data = checks.list("data", given, 0..=20, |checks, place, datum| {
            checks.within(place, |checks| read_datum(datum, checks))
        });
        let id = checks.id("id", &input.id, NodeKind::Verrijking);
        Some(Self { id: id?, data: data?, refusal_ground: input.refusal_ground })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<Effect, Refused> {
        let question = find_shown::<Verrijking>(write, self.id).await?;
        let refused = self.refusal_ground.is_some();
        let to = if refused { VerrijkingState::Geweigerd } else { VerrijkingState::Beantwoord }.code();
        let row = task_row(&question);
        let taken = take_task(write, Task::AnswerVerrijking, &row, to, Proposal::default()).await?;
        let mut events = vec![event("VERRIJKING_ANSWERED", Leaf::D39, (NodeKind::Verrijking, question.id.0))];
        for (place, datum) in self.data.iter().enumerate() {
            let path = vec!["data".to_owned(), place.to_string()];
            if !question.categories.split_whitespace().any(|asked| asked == datum.category().code()) {
                return Err(Guard::CategoryAsked.refused());
            }
            events.push(store(write, server, &taken, datum, (None, Some(question.id)), &path).await?.event);
        }
        let authorized = taken.authorized;
        let answered = verrijking::ActiveModel {
            id: Set(question.id),
            state: Set(to.to_owned()),
            refusal_ground: Set(self.refusal_ground.map(code_of)),
            answered_by: Set(Some(authorized.access().principal().professional)),
            answered_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        answered.update(authorized.transaction()).await?;
        end_task(&authorized, Involvement::Verrijking, question.desk_id, question.deadline).await?;
        Ok(Effect {
            dossier: question.dossier_id,
            change: DossierChange::default(),
            events,
            shows: vec![("verrijking", question.id.0)],
        })
    }
}
