//! The warm handover: at afschaling a party at the tafel takes over, and has to accept (A70).

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use convenant::{Category, Fact, Facts, Involvement};
use entity::id::{DossierId, OrganisationId, OverdrachtId, ProfessionalId};
use entity::overdracht;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{DossierChange, Write};

use super::assignment::{Grant, Holder, grant};
use super::case::{self, Case};
use super::casusreis::{OverdrachtState, Proposal, Step, Task, task};
use super::partner::{self, read_partner_id, read_professional_id};
use super::payload::payloads;
use super::step::{Taken, event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::{Date, Text};
use crate::graphql::user_error::Finding;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Overdracht, overdracht, NodeKind::Overdracht);

impl NodeType for Overdracht {
    type Table = entity::overdracht::Entity;
    const SOME_HIDDEN: bool = true;

    /// A handover that the covenant does not show is absent; one that is offered to the own organisation counts as
    /// an action of it.
    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = access.principal().facts_if_own(model.organisation_id, Fact::EigenActie);
        presence.disclosure(facts).sees(Category::D28).then_some(facts)
    }
}

#[Object]
impl Overdracht {
    /// What of this handover is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Overdracht", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// AANGEBODEN, AANVAARD or GEWEIGERD.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn state(&self) -> Option<&str> {
        Some(&self.model.state)
    }

    /// The id of the receiving organisation.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn receiver_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// What is handed over and how.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn note(&self) -> Option<&str> {
        Some(&self.model.note)
    }

    /// The day of the check after the handover.
    #[graphql(directive = gegeven::apply(Leaf::D28))]
    async fn follow_up_on(&self) -> Option<Date> {
        Some(self.model.follow_up_on.into())
    }
}

change_input! {
    /// Offers the case to the party that takes over.
    OfferOverdrachtInput {
        /// The case.
        id: ID,
        /// The organisation that takes over; it sits at the tafel.
        receiver_id: ID,
        /// The professional who takes over.
        professional_id: ID,
        /// What is handed over and how.
        note: Text,
        /// The day of the check after the handover.
        follow_up_on: Date,
    }
}

change_input! {
    /// Accepts or refuses a handover.
    AnswerOverdrachtInput {
        /// The handover.
        id: ID,
        /// Whether it is accepted.
        accept: bool,
    }
}

payloads! {
    [OfferOverdrachtPayload, AnswerOverdrachtPayload] {
        /// The handover.
        overdracht: Overdracht = "overdracht",
        /// The case.
        case: Case = "case",
    }
}

struct Offer {
    id: GlobalId,
    receiver: OrganisationId,
    professional: ProfessionalId,
    note: String,
    follow_up_on: NaiveDate,
}

impl Change for Offer {
    const NAME: &'static str = Step::OfferOverdracht.mutation();
    type Input = OfferOverdrachtInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let receiver = checks.or_note("receiverId", read_partner_id(&input.receiver_id), Finding::NotFound);
        let professional =
            checks.or_note("professionalId", read_professional_id(&input.professional_id), Finding::NotFound);
        let note = checks.text("note", &input.note);
        let follow_up_on = checks.coming_date("followUpOn", &input.follow_up_on);
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self {
            id: id?,
            receiver: receiver?,
            professional: professional?,
            note: note?,
            follow_up_on: follow_up_on?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let not_found = |field: &str| Refused::not_found(field);
        Taken::allow(write, Step::OfferOverdracht)?;
        let receiver = partner::find(&write.reading(), self.receiver).await?;
        let receiver = receiver.ok_or_else(|| not_found("receiverId"))?;
        let professional = partner::find_professional(&write.reading(), self.professional).await?;
        let professional = professional.filter(|known| known.organisation_id == receiver.id);
        professional.ok_or_else(|| not_found("professionalId"))?;
        let proposal = Proposal { partner: Some((receiver.partner, receiver.id)), ..Proposal::default() };
        let taken = Taken::take(write, Step::OfferOverdracht, proposal).await?;
        let case = case::find(&taken.authorized, self.id).await?;
        let id = OverdrachtId::fresh();
        let row = overdracht::ActiveModel {
            id: Set(id),
            dossier_id: Set(taken.authorized.dossier()),
            organisation_id: Set(receiver.id),
            professional_id: Set(self.professional),
            state: Set(OverdrachtState::Aangeboden.code().to_owned()),
            note: Set(self.note.clone()),
            follow_up_on: Set(self.follow_up_on),
            offered_at: Set(taken.authorized.now()),
            answered_at: Set(None),
        };
        overdracht::Entity::insert(row).exec_without_returning(taken.authorized.transaction()).await?;
        let mut effect = taken.effect(Step::OfferOverdracht, (NodeKind::Case, case.id.0));
        effect.events = vec![event("OVERDRACHT_CHANGED", Leaf::D28, (NodeKind::Overdracht, id.0))];
        effect.shows = vec![("overdracht", id.0), ("case", case.id.0)];
        Ok(effect)
    }
}

fn task_row(offered: &overdracht::Model) -> task::Row<'_> {
    let professional = Some(offered.professional_id);
    task::Row { professional, ..task::Row::of(task::Machine::Overdracht, &offered.state) }
}

struct Answer {
    id: GlobalId,
    accept: bool,
}

impl Change for Answer {
    const NAME: &'static str = Task::AnswerOverdracht.mutation();
    type Input = AnswerOverdrachtInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        Some(Self { id: checks.id("id", &input.id, NodeKind::Overdracht)?, accept: input.accept })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    /// Accepting gives the receiver the involvement OVERDRACHT from this moment.
    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let offered = find_shown::<Overdracht>(write, self.id).await?;
        let to = if self.accept { OverdrachtState::Aanvaard } else { OverdrachtState::Geweigerd }.code();
        let row = task_row(&offered);
        let taken = take_task(write, Task::AnswerOverdracht, &row, to, Proposal::default()).await?;
        let authorized = taken.authorized;
        let answered = overdracht::ActiveModel {
            id: Set(offered.id),
            state: Set(to.to_owned()),
            answered_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        answered.update(authorized.transaction()).await?;
        if self.accept {
            let holder = Holder::Professional(offered.professional_id);
            let taken_over = Grant::open(
                offered.organisation_id,
                holder,
                Involvement::Overdracht,
                "accepted the handover",
            );
            grant(&authorized, taken_over).await?;
        }
        Ok(Effect {
            dossier: offered.dossier_id,
            change: DossierChange::default(),
            events: vec![event("OVERDRACHT_CHANGED", Leaf::D28, (NodeKind::Overdracht, offered.id.0))],
            shows: vec![("overdracht", offered.id.0)],
        })
    }
}

/// What can be done with a handover.
#[derive(Debug, Default)]
pub(crate) struct OverdrachtMutation;

#[Object]
impl OverdrachtMutation {
    /// Offers the case to the party that takes over. For the procesregisseur.
    async fn offer_overdracht(
        &self,
        ctx: &Context<'_>,
        input: OfferOverdrachtInput,
    ) -> async_graphql::Result<OfferOverdrachtPayload> {
        OfferOverdrachtPayload::run::<Offer>(ctx, input).await
    }

    /// Accepts or refuses a handover. For the professional who is to take over.
    async fn answer_overdracht(
        &self,
        ctx: &Context<'_>,
        input: AnswerOverdrachtInput,
    ) -> async_graphql::Result<AnswerOverdrachtPayload> {
        AnswerOverdrachtPayload::run::<Answer>(ctx, input).await
    }
}
