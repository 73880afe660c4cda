//! Verrijking: a partner is asked for information on a dossier, by the house on behalf of the ground holder or by who
//! finds it withheld.
//!
//! The house asks only what the covenant lets be asked of that partner at this tafel (A21). Answering and refusing are
//! both legitimate; what is answered becomes inbreng. Other partners do not see it in this phase (A15).

mod answer;
mod ask;
mod withheld;

use async_graphql::{Context, ID, Object};
use convenant::{Category, Fact, Facts};
use entity::verrijking;
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Identified, Leaf, gegeven};

use self::answer::{Answer, AnswerVerrijkingInput};
use self::ask::{Ask, AskVerrijkingInput, Start, StartVerrijkingInput};
use self::withheld::{AskWithheld, AskWithheldInput};
use super::aanmelding::Aanmelding;
use super::casusreis::task;
use super::partner::{self, is_for};
use super::payload::{payload, payloads};
use super::step::offered_tasks;
use crate::graphql::id::NodeKind;
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::ViewerAccess;

classified!(Verrijking, verrijking, NodeKind::Verrijking);

impl NodeType for Verrijking {
    type Table = entity::verrijking::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        if model.asker_id == Some(access.principal().organisation) {
            return Some(Facts::NONE.with(Fact::Eigen));
        }
        is_for(access, presence, model.desk_id, Category::D39).then_some(Facts::NONE)
    }
}

#[Object]
impl Verrijking {
    /// What of this question is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Verrijking", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// OPEN, BEANTWOORD, GEWEIGERD or VERLOPEN.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn state(&self) -> &str {
        task_row(&self.model).state_on(self.row.access().today())
    }

    /// The last day to answer.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn deadline(&self) -> Date {
        self.model.deadline.into()
    }

    /// The id of the organisation that was asked.
    #[graphql(directive = gegeven::apply(Leaf::D39))]
    async fn partner_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// The id of the organisation that asked because it was withheld from it; null when the house asked.
    #[graphql(directive = gegeven::apply(Leaf::D39))]
    async fn asker_id(&self) -> Option<ID> {
        self.model.asker_id.map(partner::partner_id)
    }

    /// The categories asked for.
    #[graphql(directive = gegeven::apply(Leaf::D39))]
    async fn categories(&self) -> Option<Vec<&str>> {
        Some(self.model.categories.split_whitespace().collect())
    }

    /// The question.
    #[graphql(directive = gegeven::apply(Leaf::D39))]
    async fn question(&self) -> Option<&str> {
        Some(&self.model.question)
    }

    /// Why it was refused.
    #[graphql(directive = gegeven::apply(Leaf::D39))]
    async fn refusal_ground(&self) -> Option<&str> {
        self.model.refusal_ground.as_deref()
    }
}

payloads! {
    [StartVerrijkingPayload, AskVerrijkingPayload] {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
        /// The question.
        verrijking: Verrijking = "verrijking",
    }
}

payload! {
    /// What came of asking for what was withheld.
    AskWithheldPayload {
        /// The first of the questions: one for each partner that was asked. The others stand in the dossier.
        verrijking: Verrijking = "verrijking",
    }
}

payload! {
    /// What came of answering.
    AnswerVerrijkingPayload {
        /// The question; null when it is no longer yours to see, as when you answered it.
        verrijking: Verrijking = "verrijking",
    }
}

/// The Dutch sentence of what stands in the way of asking for what is withheld.
pub(crate) fn sentence(code: &str) -> Option<&'static str> {
    withheld::sentence(code)
}

fn task_row(question: &verrijking::Model) -> task::Row<'_> {
    task::Row::asked(task::Machine::Verrijking, &question.state, question.desk_id, question.deadline)
}

/// What can be done in the verrijking.
#[derive(Debug, Default)]
pub(crate) struct VerrijkingMutation;

#[Object]
impl VerrijkingMutation {
    /// Goes from the bekendheidscheck to the verrijking. For the procesregisseur.
    async fn start_verrijking(
        &self,
        ctx: &Context<'_>,
        input: StartVerrijkingInput,
    ) -> async_graphql::Result<StartVerrijkingPayload> {
        StartVerrijkingPayload::run::<Start>(ctx, input).await
    }

    /// Asks a partner for information. For the information desk and the procesregisseur.
    async fn ask_verrijking(
        &self,
        ctx: &Context<'_>,
        input: AskVerrijkingInput,
    ) -> async_graphql::Result<AskVerrijkingPayload> {
        AskVerrijkingPayload::run::<Ask>(ctx, input).await
    }

    /// Asks for what is withheld from you where something that a supplier records would show it, or a newer datum: the
    /// node says so with `requestable`. Every partner at the tafel that may supply it is asked, with your motivation as
    /// the question, and answers or refuses with a ground. You follow it as a verrijking.
    async fn ask_withheld(
        &self,
        ctx: &Context<'_>,
        input: AskWithheldInput,
    ) -> async_graphql::Result<AskWithheldPayload> {
        AskWithheldPayload::run::<AskWithheld>(ctx, input).await
    }

    /// Answers a question with data, or refuses it. For the desk that was asked, while the question is open.
    async fn answer_verrijking(
        &self,
        ctx: &Context<'_>,
        input: AnswerVerrijkingInput,
    ) -> async_graphql::Result<AnswerVerrijkingPayload> {
        AnswerVerrijkingPayload::run::<Answer>(ctx, input).await
    }
}
