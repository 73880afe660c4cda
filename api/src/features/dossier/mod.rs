//! The dossier: the root of everything that concerns persons, and the lists that hang from it.
//!
//! Present means: an active assignment. Whoever has none finds no dossier here by any path.

use crate::graphql::scalar::Date;
use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::id::DossierId;
use sea_orm::{ColumnTrait, QueryFilter};
use waarborg::access::{Access, Siblings};
use waarborg::disclosure::{Disclosed, Identified, Leaf, gegeven};

use super::aanmelding::Aanmelding;
use super::bekendheidscheck::Bekendheidscheck;
use super::break_glass::BreakGlass;
use super::brp_check::BrpCheck;
use super::case::Case;
use super::casusreis::{Guard, Offer, Situation};
use super::gast::Geheimhoudingsverklaring;
use super::inbreng::Inbreng;
use super::overdracht::Overdracht;
use super::participant::Participant;
use super::person::Person;
use super::plan::Plan;
use super::triage::{Afwijking, Triage};
use super::verrijking::Verrijking;
use crate::error::Fault;
use crate::graphql::check;
use crate::graphql::explanation::{CategoryExplanation, Explained};
use crate::graphql::id::NodeKind;
use crate::graphql::page::{PageArguments, Rows, connection, page_cost};
use crate::graphql::rows::{NodeType, Shown, classified, failed};
use crate::graphql::viewer_access::{BlockedBy, StepAccess, ViewerAccess};

classified!(Dossier, dossier, NodeKind::Dossier);

impl NodeType for Dossier {
    type Table = entity::dossier::Entity;
}

/// The situations of a page, under which the steps of each of its dossiers are judged.
#[derive(PartialEq, Eq, Hash)]
struct Situations;

#[Object]
impl Dossier {
    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The house: TWENTE, MARKIEZATEN, DRENTHE.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn house(&self) -> &str {
        &self.model.house
    }

    /// The tafel; before triage the proposed one.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn tafel(&self) -> &str {
        &self.model.tafel
    }

    /// The phase, F1 to F12. A task that you hold brings its own phase: see the steps you are offered.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn phase(&self) -> &str {
        &self.model.phase
    }

    /// Grows by one with every change. Send it as `expectedVersion` to notice changes of others.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn version(&self) -> i64 {
        self.model.version
    }

    /// The gemeente to which the dossier belongs, by its CBS code.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn gemeente(&self) -> Option<&str> {
        Some(&self.model.gemeente_code)
    }

    /// The werkgebied, where the house has them.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn werkgebied(&self) -> Option<&str> {
        self.model.werkgebied.as_deref()
    }

    /// NORMAAL, VERHOOGD or STRIKT.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn confidentiality(&self) -> &str {
        &self.model.confidentiality
    }

    /// How you are involved, one code for each of your active assignments.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn involvements(&self) -> Vec<&'static str> {
        self.row.presence().standings().iter().map(|standing| standing.involvement.code()).collect()
    }

    /// The aanmelding with which it began.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn aanmelding(&self) -> Option<async_graphql::Result<Disclosed<Aanmelding>>> {
        only(&self.row).await
    }

    /// The outcome of the triage.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn triage(&self) -> Option<async_graphql::Result<Disclosed<Triage>>> {
        only(&self.row).await
    }

    /// The afwijkingen of the criteria that were asked in the triage, as far as they are yours to see.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn afwijkingen(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Afwijking>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// The case, once it was opened.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn case(&self) -> Option<async_graphql::Result<Disclosed<Case>>> {
        only(&self.row).await
    }

    /// The plan van aanpak.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn plan(&self) -> Option<async_graphql::Result<Disclosed<Plan>>> {
        only(&self.row).await
    }

    /// The persons of this dossier. A person here is that person in this dossier only.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn persons(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Person>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// Who takes part: assignments of professionals and desks.
    #[graphql(directive = gegeven::apply(Leaf::D29), complexity = "page_cost(first, last, child_complexity)")]
    async fn participants(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Participant>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// What was supplied, as far as the covenant shows it to you: one datum a line.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn inbreng(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Inbreng>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// For categories of inbreng, by their codes (1 to 60): whether you are shown lines of them, why, and whether you
    /// can ask for them with `askWithheld`. It rests on your assignments alone, never on whether there is a line.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn inbreng_access(
        &self,
        categories: Vec<String>,
    ) -> Option<async_graphql::Result<Vec<CategoryExplanation>>> {
        let explained = check::categories(&categories)
            .map(|categories| Explained::of_inbreng(self.row.presence(), &categories));
        Some(explained.map_err(async_graphql::Error::from))
    }

    /// The BRP checks that are yours to see: a gemeente sees its own, the bureau all as long as it
    /// sees the registration.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn brp_checks(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<BrpCheck>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// The questions whether a person is known: a partner sees its own, the bureau all as long as it sees the
    /// answers.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn bekendheidschecks(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Bekendheidscheck>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// The questions for information: a partner sees its own, the bureau all as long as it sees what was asked.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn verrijkingen(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Verrijking>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// The handovers at afschaling that are yours to see.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn overdrachten(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Overdracht>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// Who entered this dossier by break-glass, as far as that is yours to see: the data protection officer and the
    /// person concerned see it in the log, the procesregie among the rules of the process, and who entered it their
    /// own.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn break_glass_uses(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<BreakGlass>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// The geheimhoudingsverklaringen that guests were asked: all for the procesregie and the data protection officer,
    /// your own when you are a guest.
    #[graphql(directive = gegeven::apply(Leaf::Open), complexity = "page_cost(first, last, child_complexity)")]
    async fn geheimhoudingsverklaringen(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Geheimhoudingsverklaring>>> {
        Some(Shown::of_row(&self.row).rows(PageArguments { first, after, last, before }).await)
    }

    /// What of this dossier is withheld from you and why, and which steps you are offered.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> Option<async_graphql::Result<ViewerAccess>> {
        Some(self.describe_access().await.map_err(async_graphql::Error::from))
    }
}

impl Dossier {
    /// The dossier itself, as it is shown.
    pub(crate) fn of(shown: &Shown) -> Disclosed<Self> {
        Disclosed::new(shown.plain(), shown.presence().dossier().clone())
    }

    async fn describe_access(&self) -> Result<ViewerAccess, Fault> {
        let siblings = self.row.siblings();
        let load = || Situation::of_page(self.row.access(), siblings.dossiers());
        let situations: Arc<HashMap<DossierId, Situation>> =
            siblings.load(Situations, load).await.map_err(failed)?;
        let (presence, principal) = (self.row.presence(), self.row.access().principal());
        let situation = situations.get(&self.model.id);
        let offered = situation.map(|situation| situation.offered(presence, principal));
        let steps = offered.unwrap_or_default().into_iter().map(step_access).collect();
        Ok(ViewerAccess::of(&self.row, "Dossier", steps))
    }
}

/// What a node says of a step: the mutation, and the conditions that are not met.
fn step_access(offer: Offer) -> StepAccess {
    let blocked =
        |guard: Guard| BlockedBy { reason: guard.code().to_owned(), message: guard.message().to_owned() };
    StepAccess {
        mutation: offer.step.mutation().to_owned(),
        allowed: offer.unmet.is_empty(),
        deadline: offer.due.map(Date::from),
        blocked_by: offer.unmet.into_iter().map(blocked).collect(),
    }
}

async fn only<T: NodeType>(
    row: &waarborg::disclosure::RowAccess,
) -> Option<async_graphql::Result<Disclosed<T>>> {
    Shown::of_row(row).only::<T>().await.map_err(async_graphql::Error::from).transpose()
}

/// The roots that list dossiers.
#[derive(Debug, Default)]
pub(crate) struct DossierQuery;

#[Object]
impl DossierQuery {
    /// The dossiers at which you are present, oldest first. Narrowed by house, tafel or phase when given.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection and three filters")]
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dossiers(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        house: Option<String>,
        tafel: Option<String>,
        phase: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Dossier>>> {
        let access = ctx.data_unchecked::<Access>();
        let filters = [
            ("house", entity::dossier::Column::House, house),
            ("tafel", entity::dossier::Column::Tafel, tafel),
            ("phase", entity::dossier::Column::Phase, phase),
        ];
        Some(page(access, PageArguments { first, after, last, before }, filters).await)
    }
}

async fn page(
    access: &Access,
    arguments: PageArguments,
    filters: [(&str, entity::dossier::Column, Option<String>); 3],
) -> async_graphql::Result<Rows<Dossier>> {
    let request = arguments.request().map_err(Fault::from)?;
    let mut narrowed = sea_orm::Condition::all();
    for (argument, column, text) in filters {
        narrowed = narrowed.add_option(check::filter(argument, text)?.map(|text| column.eq(text)));
    }
    let narrow = |select: sea_orm::Select<_>| select.filter(narrowed);
    let page = access.page(request, narrow).await.map_err(failed)?;
    let siblings = Siblings::of(page.rows.iter().map(|presence| presence.dossier().id));
    Ok(connection(request, page, |presence| {
        let shown = Shown::at(access, presence, &siblings);
        (shown.presence().dossier().id.0, Dossier::of(&shown))
    }))
}
