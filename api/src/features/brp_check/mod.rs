//! The BRP check: a gemeente compares a person with the BRP (domain.md b.2, S4).
//!
//! The BRP desk of the gemeente sees the person it is asked about while the check is open, and nothing else of
//! the dossier. Other gemeenten do not find it.

use crate::graphql::viewer_access::ViewerAccess;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use convenant::{Category, Facts, Involvement};
use entity::id::{DossierId, PersonId};
use entity::{brp_check, person};
use sea_orm::{ActiveModelTrait, Set};
use serde::{Deserialize, Serialize};
use waarborg::access::{Access, Presence};
use waarborg::disclosure::{Identified, Leaf, gegeven};
use waarborg::write::{DossierChange, Write};

use super::assignment::end_task;
use super::casusreis::{BrpCheckState, Proposal, Task, task};
use super::partner::is_for;
use super::payload::payloads;
use super::step::{event, find_shown, offered_tasks, take_task};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, classified};
use crate::graphql::scalar::{Date, Line, Postcode, Text, code_of};
use crate::server::Server;

classified!(BrpCheck, brp_check, NodeKind::BrpCheck);

impl NodeType for BrpCheck {
    type Table = entity::brp_check::Entity;
    const SOME_HIDDEN: bool = true;

    fn facts(access: &Access, presence: &Presence, model: &Self::Source) -> Option<Facts> {
        is_for(access, presence, model.desk_id, Category::D02).then_some(Facts::NONE)
    }

    fn person(model: &Self::Source) -> Option<PersonId> {
        Some(model.person_id)
    }
}

/// What a gemeente found.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrpResult {
    /// It is as given.
    Bevestigd,
    /// It differs; the differences are given.
    Gewijzigd,
    /// Nobody was found.
    NietGevonden,
    /// More than one person was found.
    Meerdere,
    /// The person has died.
    Overleden,
    /// The registration is being examined.
    InOnderzoek,
    /// The registration is secret.
    Geheim,
}

/// A field that differs from what was given.
#[derive(SimpleObject, Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BrpDifference {
    /// The field.
    field: String,
    /// What the BRP says.
    new: String,
}

/// A field that differs from what was given.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct BrpDifferenceInput {
    /// The field.
    field: Line,
    /// What the BRP says.
    new: Line,
}

#[Object]
impl BrpCheck {
    /// What of this check is withheld from you and why, and what you can do on it.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "BrpCheck", offered_tasks(&self.row, &task_row(&self.model)))
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// OPEN, AFGEROND, VERLOPEN or ZONDER (gone on without it).
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn state(&self) -> &str {
        task_row(&self.model).state_on(self.row.access().today())
    }

    /// The last day to answer.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn deadline(&self) -> Date {
        self.model.deadline.into()
    }

    /// The gemeente that is asked, by its CBS code.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn gemeente(&self) -> Option<&str> {
        Some(&self.model.gemeente_code)
    }

    /// What was found.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn result(&self) -> Option<&str> {
        self.model.result.as_deref()
    }

    /// Where the BRP differs from what was given.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn differences(&self) -> Option<Vec<BrpDifference>> {
        serde_json::from_value(self.model.differences.clone()?).ok()
    }

    /// Why the journey goes on without it.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn waived_reason(&self) -> Option<&str> {
        self.model.waived_reason.as_deref()
    }
}

change_input! {
    /// Answers a BRP check.
    AnswerBrpCheckInput {
        /// The check.
        id: ID,
        /// What was found.
        result: BrpResult,
        /// The registered address: street and number.
        address: Option<Line>,
        /// The registered postcode.
        postcode: Option<Postcode>,
        /// The registered place of residence.
        residence: Option<Line>,
        /// Where the BRP differs from what was given.
        differences: Option<Vec<BrpDifferenceInput>>,
    }
}

change_input! {
    /// Goes on without a BRP check that is open or has lapsed.
    WaiveBrpCheckInput {
        /// The check.
        id: ID,
        /// Why it can be done without.
        reason: Text,
    }
}

payloads! {
    [AnswerBrpCheckPayload, WaiveBrpCheckPayload] {
        /// The check; null when it is no longer yours to see, as when you answered it.
        brp_check: BrpCheck = "brpCheck",
    }
}

struct Answer {
    id: GlobalId,
    result: BrpResult,
    address: Option<String>,
    postcode: Option<String>,
    residence: Option<String>,
    differences: Vec<BrpDifference>,
}

impl Change for Answer {
    const NAME: &'static str = Task::AnswerBrpCheck.mutation();
    type Input = AnswerBrpCheckInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let address = checks.optional("address", input.address.as_ref(), Checks::line);
        let postcode = checks.optional("postcode", input.postcode.as_ref(), Checks::postcode);
        let residence = checks.optional("residence", input.residence.as_ref(), Checks::line);
        let given = input.differences.as_deref().unwrap_or_default();
        let least = usize::from(input.result == BrpResult::Gewijzigd);
        let differences = checks.list("differences", given, least..=20, |checks, place, difference| {
            checks.within(place, |checks| {
                let field = checks.line("field", &difference.field);
                let new = checks.line("new", &difference.new);
                Some(BrpDifference { field: field?, new: new? })
            })
        });
        Some(Self {
            id: checks.id("id", &input.id, NodeKind::BrpCheck)?,
            result: input.result,
            address: address?,
            postcode: postcode?,
            residence: residence?,
            differences: differences?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let check = find_shown::<BrpCheck>(write, self.id).await?;
        let to = BrpCheckState::Afgerond.code();
        let taken =
            take_task(write, Task::AnswerBrpCheck, &task_row(&check), to, Proposal::default()).await?;
        let authorized = taken.authorized;
        let differences = serde_json::to_value(&self.differences)?;
        let answered = brp_check::ActiveModel {
            id: Set(check.id),
            state: Set(to.to_owned()),
            result: Set(Some(code_of(self.result))),
            differences: Set(Some(differences)),
            answered_by: Set(Some(authorized.access().principal().professional)),
            answered_at: Set(Some(authorized.now())),
            ..Default::default()
        };
        answered.update(authorized.transaction()).await?;
        let checked = person::ActiveModel {
            id: Set(check.person_id),
            identity_status: Set(identity_status(self.result).to_owned()),
            address: Set(self.address.clone()),
            postcode: Set(self.postcode.clone()),
            residence: Set(self.residence.clone()),
            brp_checked_on: Set(Some(authorized.access().today())),
            ..Default::default()
        };
        checked.update(authorized.transaction()).await?;
        end_task(&authorized, Involvement::BrpTaak, check.desk_id, check.deadline).await?;
        Ok(answered_effect(&check))
    }
}

fn identity_status(result: BrpResult) -> &'static str {
    match result {
        BrpResult::Bevestigd | BrpResult::Gewijzigd | BrpResult::Overleden | BrpResult::Geheim => {
            "BEVESTIGD_BRP"
        }
        BrpResult::NietGevonden => "NIET_INGESCHREVEN",
        BrpResult::Meerdere | BrpResult::InOnderzoek => "CONFLICT",
    }
}

fn answered_effect(check: &brp_check::Model) -> Effect {
    Effect {
        dossier: check.dossier_id,
        change: DossierChange::default(),
        events: vec![
            event("BRP_CHECK_ANSWERED", Leaf::D02, (NodeKind::BrpCheck, check.id.0)),
            event("PERSON_CHANGED", Leaf::D02, (NodeKind::Person, check.person_id.0)),
        ],
        shows: vec![("brpCheck", check.id.0)],
    }
}

fn task_row(check: &brp_check::Model) -> task::Row<'_> {
    task::Row::asked(task::Machine::BrpCheck, &check.state, check.desk_id, check.deadline)
}

struct Waive {
    id: GlobalId,
    reason: String,
}

impl Change for Waive {
    const NAME: &'static str = Task::WaiveBrpCheck.mutation();
    type Input = WaiveBrpCheckInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let reason = checks.text("reason", &input.reason);
        Some(Self { id: checks.id("id", &input.id, NodeKind::BrpCheck)?, reason: reason? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let check = find_shown::<BrpCheck>(write, self.id).await?;
        let to = BrpCheckState::Zonder.code();
        let taken = take_task(write, Task::WaiveBrpCheck, &task_row(&check), to, Proposal::default()).await?;
        let waived = brp_check::ActiveModel {
            id: Set(check.id),
            state: Set(to.to_owned()),
            waived_reason: Set(Some(self.reason.clone())),
            ..Default::default()
        };
        waived.update(taken.authorized.transaction()).await?;
        end_task(&taken.authorized, Involvement::BrpTaak, check.desk_id, check.deadline).await?;
        Ok(Effect {
            dossier: check.dossier_id,
            change: DossierChange::default(),
            events: vec![event("BRP_CHECK_WAIVED", Leaf::D02, (NodeKind::BrpCheck, check.id.0))],
            shows: vec![("brpCheck", check.id.0)],
        })
    }
}

/// What can be done with a BRP check.
#[derive(Debug, Default)]
pub(crate) struct BrpCheckMutation;

#[Object]
impl BrpCheckMutation {
    /// Answers a BRP check. For the BRP desk of the gemeente, while the check is open.
    async fn answer_brp_check(
        &self,
        ctx: &Context<'_>,
        input: AnswerBrpCheckInput,
    ) -> async_graphql::Result<AnswerBrpCheckPayload> {
        AnswerBrpCheckPayload::run::<Answer>(ctx, input).await
    }

    /// Goes on without a BRP check, with the reason recorded. For the information desk.
    async fn waive_brp_check(
        &self,
        ctx: &Context<'_>,
        input: WaiveBrpCheckInput,
    ) -> async_graphql::Result<WaiveBrpCheckPayload> {
        WaiveBrpCheckPayload::run::<Waive>(ctx, input).await
    }
}
