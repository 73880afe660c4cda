//! Verrijking: the house asks a partner for information on a dossier, on behalf of the ground holder.
//!
//! Only what the covenant lets be asked of that partner at this tafel is asked (A21). Answering and refusing are
//! both legitimate; what is answered becomes inbreng. Other partners do not see it in this phase (A15).

use crate::graphql::viewer_access::ViewerAccess;

use async_graphql::{Context, Enum, ID, Object};
use convenant::{Category, Facts, Involvement};
use entity::id::{DossierId, OrganisationId, VerrijkingId};
use entity::verrijking;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::access::{Access, Presence};
use waarborg::clock::end_of_dutch_day;
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{DossierChange, Write};

use super::aanmelding::{Aanmelding, advance, unchanged};
use super::assignment::{Grant, Holder, end_task, grant};
use super::casusreis::{Guard, Proposal, Step, Task, VerrijkingState, task};
use super::inbreng::{Datum, DatumInput, read_datum, store};
use super::partner::{self, is_for, read_partner_id};
use super::payload::{payload, payloads};
use super::step::{Taken, event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::{Date, Line, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::server::Server;

classified!(Verrijking, verrijking, NodeKind::Verrijking);

impl NodeType for Verrijking {
    type Table = entity::verrijking::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        is_for(access, presence, model.desk_id, Category::D39).then_some(Facts::NONE)
    }
}

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

payloads! {
    [StartVerrijkingPayload, AskVerrijkingPayload] {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
        /// The question.
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

struct Start {
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

struct Ask {
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
        let deadline = Task::AnswerVerrijking.deadline(authorized.access().today());
        let task = Grant {
            until: Some(end_of_dutch_day(deadline)),
            ..Grant::open(self.partner, Holder::Desk(desk), Involvement::Verrijking, "asked for information")
        };
        grant(authorized, task).await?;
        let id = VerrijkingId::fresh();
        let codes: Vec<&str> = self.categories.iter().map(|category| category.code()).collect();
        let row = verrijking::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            organisation_id: Set(self.partner),
            desk_id: Set(desk),
            state: Set(VerrijkingState::Open.code().to_owned()),
            categories: Set(codes.join(" ")),
            question: Set(self.question.clone()),
            refusal_ground: Set(None),
            asked_by: Set(authorized.access().principal().professional),
            asked_at: Set(authorized.now()),
            deadline: Set(deadline),
            answered_by: Set(None),
            answered_at: Set(None),
        };
        verrijking::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(Effect {
            dossier: self.id.dossier,
            change: DossierChange::default(),
            events: vec![event("VERRIJKING_ASKED", Leaf::D39, (NodeKind::Verrijking, id.0))],
            shows: vec![("verrijking", id.0), ("aanmelding", self.id.row)],
        })
    }
}

fn task_row(question: &verrijking::Model) -> task::Row<'_> {
    task::Row::asked(task::Machine::Verrijking, &question.state, question.desk_id, question.deadline)
}

struct Answer {
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

    /// Answers a question with data, or refuses it. For the desk that was asked, while the question is open.
    async fn answer_verrijking(
        &self,
        ctx: &Context<'_>,
        input: AnswerVerrijkingInput,
    ) -> async_graphql::Result<AnswerVerrijkingPayload> {
        AnswerVerrijkingPayload::run::<Answer>(ctx, input).await
    }
}
