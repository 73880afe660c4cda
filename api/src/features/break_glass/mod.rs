//! Break-glass (noodtoegang): entering a dossier in an emergency, told at once and reviewed afterwards (article 7.5 of
//! the covenant; domain.md A35; trust.md Z7).
//!
//! Opening it gives an assignment NOODTOEGANG of four hours, and what that shows the covenant says. The procesregie
//! and the data protection officer are told in the same transaction; a review that is late blocks the next use of the
//! same professional. It must never tell whether somebody is known to anybody but who then enters.

mod close;
mod machine;
mod open;
mod rules;
mod store;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use convenant::Facts;
use sea_orm::{ColumnTrait, Condition, DbErr};
use waarborg::access::{Access, Presence, Siblings};
use waarborg::disclosure::{Disclosed, Identified, Leaf, Row, gegeven};

use self::close::{End, EndBreakGlassInput, Review, ReviewBreakGlassInput};
use self::open::{Open, OpenBreakGlassInput};
pub(crate) use self::rules::{HOLDS, REVIEW};
use super::casusreis::BreakGlassState;
use super::dossier::Dossier;
use super::partner::{Names, PartnerProfessional};
use super::payload::payloads;
use super::step::offered_tasks;
use crate::authn::Caller;
use crate::authn::step_up::SensitiveAct;
use crate::error::Fault;
use crate::graphql::check;
use crate::graphql::id::NodeKind;
use crate::graphql::page::{PageArguments, Rows, connection, page_cost};
use crate::graphql::rows::{NodeType, Shown, classified, failed};
use crate::graphql::scalar::Date;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(BreakGlass, break_glass, NodeKind::BreakGlass);

impl NodeType for BreakGlass {
    type Table = entity::break_glass::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        let facts = rules::facts(access, model);
        rules::line(presence, facts).is_some().then_some(facts)
    }

    async fn show(shown: &Shown, model: Self::Source) -> Result<Option<Disclosed<Self>>, DbErr> {
        let facts = rules::facts(shown.access(), &model);
        let line = rules::line(shown.presence(), facts);
        let row = line.map(|line| Row { facts, line: Some(line), ..shown.plain() });
        Ok(row.map(|row| Disclosed::new(row, model)))
    }
}

#[Object]
impl BreakGlass {
    /// What you can do on this use, and by when.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        let row = machine::task_row(&self.model, self.row.access().now());
        ViewerAccess::of(&self.row, "BreakGlass", offered_tasks(&self.row, &row))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The dossier that was entered.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn dossier(&self) -> Disclosed<Dossier> {
        Dossier::of(&Shown::of_row(&self.row))
    }

    /// OPEN; VERLOPEN after its four hours; BEEINDIGD when who opened it ended it early; BEOORDEELD_TERECHT or
    /// BEOORDEELD_ONTERECHT once it was reviewed.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn state(&self) -> Option<&'static str> {
        machine::state_at(&self.model, self.row.access().now()).map(BreakGlassState::code)
    }

    /// The kind of emergency: GEVAAR_VOOR_PERSOON, GEVAAR_VOOR_ANDEREN, VERMISSING or REGIE_ONBEREIKBAAR.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn reason_code(&self) -> Option<&str> {
        Some(&self.model.reason_code)
    }

    /// Why it could not wait. Null for the person concerned, who sees the kind of emergency.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn reason(&self) -> Option<&str> {
        self.unless_person_concerned().then_some(&self.model.reason)
    }

    /// The name of the organisation of who opened it.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn organisation(&self) -> Option<async_graphql::Result<String>> {
        let names = Names::of(&self.row).await;
        names.map(|names| names.organisation(self.model.organisation_id)).transpose()
    }

    /// Who opened it. Null for the person concerned, who sees the organisation.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn professional(&self) -> Option<async_graphql::Result<PartnerProfessional>> {
        if !self.unless_person_concerned() {
            return None;
        }
        let names = Names::of(&self.row).await;
        names.map(|names| names.professional(self.model.professional_id)).transpose()
    }

    /// When it was opened.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn opened_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.opened_at)
    }

    /// The first instant at which it does not hold any more, unless it is ended before.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn valid_until(&self) -> Option<DateTime<Utc>> {
        Some(self.model.valid_until)
    }

    /// When who opened it ended it early.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.model.ended_at
    }

    /// The last day of the review: two working days after it was opened.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn review_by(&self) -> Option<Date> {
        Some(self.model.review_by.into())
    }

    /// Whether the review is late. As long as it is, who opened this use can open no other.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn review_overdue(&self) -> Option<bool> {
        Some(machine::is_overdue(&self.model, self.row.access().today()))
    }

    /// When it was reviewed.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.model.reviewed_at
    }

    /// Why it was found justified or not. Null for the person concerned, who sees the finding.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn motivation(&self) -> Option<&str> {
        self.model.motivation.as_deref().filter(|_| self.unless_person_concerned())
    }
}

impl BreakGlass {
    fn unless_person_concerned(&self) -> bool {
        !rules::is_person_concerned(self.row.presence())
    }
}

payloads! {
    [OpenBreakGlassPayload, EndBreakGlassPayload, ReviewBreakGlassPayload] {
        /// The use; null when it is not yours to see any more, as when you ended it.
        break_glass: BreakGlass = "breakGlass",
    }
}

/// The Dutch sentence of what stands in the way of break-glass.
pub(crate) fn sentence(code: &str) -> Option<&'static str> {
    rules::sentence(code)
}

/// What the record of an answer says of an attempt that opened nothing.
const ATTEMPT: &str = "BREAK_GLASS_ATTEMPT";

/// What can be done with break-glass.
#[derive(Debug, Default)]
pub(crate) struct BreakGlassMutation;

#[Object]
impl BreakGlassMutation {
    /// Enters a dossier in an emergency, for four hours. The procesregisseur and the data protection officer are told
    /// at once, and the use is reviewed within two working days. It asks a strong and recent sign-in: without one the
    /// answer is UNAUTHENTICATED with reason STEP_UP, and `stepUp` in the error's extensions says which `acrValues`
    /// and `maxAge` to ask the issuer for. Whatever cannot be entered is not found, whether it exists or not, and
    /// each attempt is recorded.
    async fn open_break_glass(
        &self,
        ctx: &Context<'_>,
        input: OpenBreakGlassInput,
    ) -> async_graphql::Result<OpenBreakGlassPayload> {
        let access = ctx.data_unchecked::<Access>();
        let opened = match signed_in_for_it(ctx) {
            Ok(()) => OpenBreakGlassPayload::run::<Open>(ctx, input).await,
            Err(fault) => Err(fault.into()),
        };
        if !opened.as_ref().is_ok_and(|payload| payload.errors.is_empty()) {
            access.collector().refused(ATTEMPT);
        }
        opened
    }

    /// Ends your own use of break-glass before its four hours are over.
    async fn end_break_glass(
        &self,
        ctx: &Context<'_>,
        input: EndBreakGlassInput,
    ) -> async_graphql::Result<EndBreakGlassPayload> {
        EndBreakGlassPayload::run::<End>(ctx, input).await
    }

    /// Reviews a use of break-glass that is over. For the data protection officer of the house, of uses of others.
    async fn review_break_glass(
        &self,
        ctx: &Context<'_>,
        input: ReviewBreakGlassInput,
    ) -> async_graphql::Result<ReviewBreakGlassPayload> {
        ReviewBreakGlassPayload::run::<Review>(ctx, input).await
    }
}

fn signed_in_for_it(ctx: &Context<'_>) -> Result<(), Fault> {
    let (server, caller) = (ctx.data_unchecked::<Server>(), ctx.data_unchecked::<Caller>());
    server.step_up.check(SensitiveAct::BreakGlass, caller, server.clock.now())
}

/// The root that lists uses.
#[derive(Debug, Default)]
pub(crate) struct BreakGlassQuery;

#[Object]
impl BreakGlassQuery {
    /// The uses of break-glass that you review as data protection officer, oldest first. Narrowed by state when given:
    /// OPEN, VERLOPEN, BEEINDIGD, BEOORDEELD_TERECHT or BEOORDEELD_ONTERECHT. Empty for others.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection and a filter")]
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn break_glass_uses(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        state: Option<String>,
    ) -> Option<async_graphql::Result<Rows<BreakGlass>>> {
        let arguments = PageArguments { first, after, last, before };
        Some(page(ctx.data_unchecked::<Access>(), arguments, state).await)
    }
}

async fn page(
    access: &Access,
    arguments: PageArguments,
    state: Option<String>,
) -> async_graphql::Result<Rows<BreakGlass>> {
    let request = arguments.request().map_err(Fault::from)?;
    let narrowed = match check::filter("state", state)?.as_deref().map(BreakGlassState::named) {
        None => Condition::all(),
        Some(Some(state)) => machine::in_state(state, access.now()),
        // No use is in a state that there is not.
        Some(None) => Condition::any().add(entity::break_glass::Column::Id.is_null()),
    };
    let uses = store::page(access, request, narrowed).await.map_err(failed)?;
    let presences = access.presences(&store::dossiers_of(&uses)).await.map_err(failed)?;
    let siblings = Siblings::of(presences.keys().copied());
    let mut rows = Vec::new();
    for used in uses {
        let Some(presence) = presences.get(&used.dossier_id) else { continue };
        let (id, shown) = (used.id.0, Shown::at(access, Arc::clone(presence), &siblings));
        let row = BreakGlass::show(&shown, used).await.map_err(failed)?;
        rows.extend(row.map(|row| (id, row)));
    }
    Ok(connection(request, request.cut(rows), |row| row))
}
