//! The bekendheidscheck: partners are asked whether they know the person, and answer hit or no-hit only.
//!
//! An answer carries no content, at most a contact person (domain.md b.3, A12). A partner sees its own question
//! and answer, never those of others.

use crate::graphql::viewer_access::ViewerAccess;
use std::collections::HashSet;

use async_graphql::{Context, Enum, ID, Object};
use convenant::{Category, Fact, Facts, Involvement};
use entity::bekendheidscheck;
use entity::id::{BekendheidscheckId, DossierId, OrganisationId, PersonId};
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::access::{Access, Presence};
use waarborg::clock::end_of_dutch_day;
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{DossierChange, Write};

use super::aanmelding::{Aanmelding, advance, unchanged};
use super::assignment::{Grant, Holder, end_task, grant};
use super::casusreis::{BekendheidscheckState, Guard, Proposal, Step, Task, task};
use super::partner::{self, is_for, read_partner_id};
use super::payload::payload;
use super::person::sealed;
use super::step::{event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::{Date, Line, code_of};
use crate::graphql::user_error::Finding;
use crate::server::Server;

classified!(Bekendheidscheck, bekendheidscheck, NodeKind::Bekendheidscheck);

impl NodeType for Bekendheidscheck {
    type Table = entity::bekendheidscheck::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = access.principal().facts_if_own(model.organisation_id, Fact::Eigen);
        is_for(access, presence, model.desk_id, Category::D04).then_some(facts)
    }

    fn person(model: &Self::Source) -> Option<PersonId> {
        Some(model.person_id)
    }
}

/// Whether a person is known.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BekendheidAnswer {
    /// The person is known.
    Hit,
    /// The person is not known.
    NoHit,
    /// It cannot be said.
    NietTeBepalen,
}

#[Object]
impl Bekendheidscheck {
    /// What of this question is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Bekendheidscheck", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// VERZONDEN, BEANTWOORD or VERLOPEN.
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
    #[graphql(directive = gegeven::apply(Leaf::D04))]
    async fn partner_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// The answer: HIT, NO_HIT or NIET_TE_BEPALEN.
    #[graphql(directive = gegeven::apply(Leaf::D04))]
    async fn answer(&self) -> Option<&str> {
        self.model.answer.as_deref()
    }

    /// Whom to call, on a hit.
    #[graphql(directive = gegeven::apply(Leaf::D04))]
    async fn contact(&self) -> Option<&str> {
        self.model.contact.as_deref()
    }
}

change_input! {
    /// Asks partners whether they know the person.
    AskBekendheidInput {
        /// The aanmelding.
        id: ID,
        /// The organisations to ask, 1 to 20.
        partner_ids: Vec<ID>,
    }
}

change_input! {
    /// Answers whether the person is known. No content: a text is not taken.
    AnswerBekendheidscheckInput {
        /// The question.
        id: ID,
        /// The answer.
        answer: BekendheidAnswer,
        /// Whom to call; with HIT only.
        contact: Option<Line>,
    }
}

payload! {
    /// What came of asking.
    AskBekendheidPayload {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
    }
}

payload! {
    /// What came of answering.
    AnswerBekendheidscheckPayload {
        /// The question; null when it is no longer yours to see, as when you answered it.
        bekendheidscheck: Bekendheidscheck = "bekendheidscheck",
    }
}

struct Ask {
    id: GlobalId,
    partners: Vec<(usize, OrganisationId)>,
}

/// Reads the ids of organisations, 1 to 20, each once, with its place in the input.
pub(crate) fn read_partners(
    ids: &[ID],
    field: &str,
    checks: &mut Checks,
) -> Option<Vec<(usize, OrganisationId)>> {
    let partners = checks.list(field, ids, 1..=20, |checks, place, id| {
        checks.or_note(place, read_partner_id(id), Finding::NotFound)
    })?;
    let mut once = HashSet::new();
    Some(partners.into_iter().enumerate().filter(|(_, partner)| once.insert(*partner)).collect())
}

impl Change for Ask {
    const NAME: &'static str = Step::AskBekendheid.mutation();
    type Input = AskBekendheidInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partners = read_partners(&input.partner_ids, "partnerIds", checks);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, partners: partners? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let mut effect =
            advance(write, Step::AskBekendheid, Proposal::default(), self.id, unchanged()).await?.effect;
        for (place, organisation) in &self.partners {
            let path = vec!["partnerIds".to_owned(), place.to_string()];
            let check = ask_one(write, *organisation, path).await?;
            effect.events.push(event("BEKENDHEID_ASKED", Leaf::Open, (NodeKind::Bekendheidscheck, check.0)));
        }
        Ok(effect)
    }
}

/// Asks one organisation: the covenant must let it be asked, and it must have a desk.
async fn ask_one(
    write: &Write,
    organisation: OrganisationId,
    path: Vec<String>,
) -> Result<BekendheidscheckId, Refused> {
    let asked = partner::find(&write.reading(), organisation).await?;
    let asked = asked.ok_or_else(|| Refused::NotFound(path.clone()))?;
    let today = write.access().today();
    let may_ask = |presence: &waarborg::access::Presence| {
        if !asked.has_signed_for(presence, today) {
            return Err(Guard::PartnerSigned.refused());
        }
        presence
            .may_ask(Category::D04, asked.partner, Step::AskBekendheid.leads_to())
            .map(|_| ())
            .map_err(|denial| Refused::Covenant(denial, path.clone()))
    };
    let authorized = write.authorize(may_ask)?.ok_or_else(|| Refused::NotFound(path.clone()))?;
    let house = write.presence().map_or("", |presence| presence.dossier().house.as_str());
    let desk = partner::liaison_desk(&write.reading(), house, organisation).await?;
    let desk = desk.ok_or_else(|| Refused::NotFound(path.clone()))?;
    let person: PersonId = match sealed::main_person(&authorized).await? {
        Some(person) => person.id,
        None => return Err(Refused::NotFound(path)),
    };
    let deadline = Task::AnswerBekendheidscheck.deadline(authorized.access().today());
    let holder = Holder::Desk(desk);
    let task = Grant {
        until: Some(end_of_dutch_day(deadline)),
        ..Grant::open(
            organisation,
            holder,
            Involvement::Bekendheidscheck,
            "asked whether the person is known",
        )
    };
    grant(&authorized, task).await?;
    let id = BekendheidscheckId::fresh();
    let row = bekendheidscheck::ActiveModel {
        id: Set(id),
        dossier_id: Set(authorized.dossier()),
        person_id: Set(person),
        organisation_id: Set(organisation),
        desk_id: Set(desk),
        state: Set(BekendheidscheckState::Verzonden.code().to_owned()),
        answer: Set(None),
        contact: Set(None),
        asked_by: Set(authorized.access().principal().professional),
        asked_at: Set(authorized.now()),
        deadline: Set(deadline),
        answered_by: Set(None),
        answered_at: Set(None),
    };
    bekendheidscheck::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
    Ok(id)
}

fn task_row(check: &bekendheidscheck::Model) -> task::Row<'_> {
    task::Row::asked(task::Machine::Bekendheidscheck, &check.state, check.desk_id, check.deadline)
}

struct Answer {
    id: GlobalId,
    known: BekendheidAnswer,
    contact: Option<String>,
}

impl Change for Answer {
    const NAME: &'static str = Task::AnswerBekendheidscheck.mutation();
    type Input = AnswerBekendheidscheckInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let contact = checks.optional("contact", input.contact.as_ref(), Checks::line);
        if input.contact.is_some() && input.answer != BekendheidAnswer::Hit {
            checks.note("contact", Finding::Superfluous);
        }
        Some(Self {
            id: checks.id("id", &input.id, NodeKind::Bekendheidscheck)?,
            known: input.answer,
            contact: contact?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let check = find_shown::<Bekendheidscheck>(write, self.id).await?;
        let (to, row) = (BekendheidscheckState::Beantwoord.code(), task_row(&check));
        let taken = take_task(write, Task::AnswerBekendheidscheck, &row, to, Proposal::default()).await?;
        let authorized = taken.authorized;
        let answered = bekendheidscheck::ActiveModel {
            id: Set(check.id),
            state: Set(to.to_owned()),
            answer: Set(Some(code_of(self.known))),
            contact: Set(self.contact.clone()),
            answered_by: Set(Some(authorized.access().principal().professional)),
            answered_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        answered.update(authorized.transaction()).await?;
        end_task(&authorized, Involvement::Bekendheidscheck, check.desk_id, check.deadline).await?;
        Ok(Effect {
            dossier: check.dossier_id,
            change: DossierChange::default(),
            events: vec![event("BEKENDHEID_ANSWERED", Leaf::D04, (NodeKind::Bekendheidscheck, check.id.0))],
            shows: vec![("bekendheidscheck", check.id.0)],
        })
    }
}

/// What can be done with a bekendheidscheck.
#[derive(Debug, Default)]
pub(crate) struct BekendheidscheckMutation;

#[Object]
impl BekendheidscheckMutation {
    /// Asks partners whether they know the person. For the information desk and the procesregie.
    async fn ask_bekendheid(
        &self,
        ctx: &Context<'_>,
        input: AskBekendheidInput,
    ) -> async_graphql::Result<AskBekendheidPayload> {
        AskBekendheidPayload::run::<Ask>(ctx, input).await
    }

    /// Answers whether the person is known. For the desk that was asked, while the question is open.
    async fn answer_bekendheidscheck(
        &self,
        ctx: &Context<'_>,
        input: AnswerBekendheidscheckInput,
    ) -> async_graphql::Result<AnswerBekendheidscheckPayload> {
        AnswerBekendheidscheckPayload::run::<Answer>(ctx, input).await
    }
}
