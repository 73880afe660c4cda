//! The triage: partners weigh an aanmelding by criteria; a quorum decides (domain.md b.5).
//!
//! A decision to take up opens the case in the same act. The aanmelder sees outcome and advice, not the weighing
//! (A26).

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Datelike, Utc};
use convenant::{Involvement, PartnerKind, Tafel};
use entity::id::{CaseId, DossierId, OrganisationId, TriageId};
use entity::{aanmelding, assignment, case, organisation, triage};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use waarborg::access::Scoped;
use waarborg::disclosure::{Disclosed, Identified, Leaf, gegeven};
use waarborg::write::{Authorized, Write};

use super::aanmelding::{Aanmelding, advance, unchanged};
use super::assignment::{Grant, Holder, end, grant};
use super::bekendheidscheck::read_partners;
use super::case::Case;
use super::casusreis::{AanmeldingState, CaseState, Guard, Proposal, Step};
use super::partner;
use super::payload::payload;
use super::step::event;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, Shown, classified};
use crate::graphql::scalar::{Line, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Triage, triage, NodeKind::Triage);

impl NodeType for Triage {
    type Table = entity::triage::Entity;
    const SOME_HIDDEN: bool = false;

    async fn show(shown: &Shown, model: Self::Source) -> Result<Option<Disclosed<Self>>, DbErr> {
        Ok(Some(Disclosed::new(shown.plain(), model)))
    }
}

/// Which criteria were used.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CriteriaSet {
    /// The national criteria: C1 and C2 and (C3 or C4).
    Landelijk,
    /// The frame of Twente of 2023: T1 and T2 and T3 and T4.
    #[graphql(name = "TWENTE_2023")]
    Twente2023,
}

impl CriteriaSet {
    /// The criteria, of which each is answered.
    const fn criteria(self) -> [&'static str; 4] {
        match self {
            Self::Landelijk => ["C1", "C2", "C3", "C4"],
            Self::Twente2023 => ["T1", "T2", "T3", "T4"],
        }
    }

    /// Whether the answers meet the criteria.
    fn is_met(self, met: [bool; 4]) -> bool {
        let [first, second, third, fourth] = met;
        match self {
            Self::Landelijk => first && second && (third || fourth),
            Self::Twente2023 => first && second && third && fourth,
        }
    }
}

/// What a triage decides.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TriageDecision {
    /// The house runs the case.
    OppakkenProcesregie,
    /// The house supports a case that stays local.
    Ondersteunen,
    /// Back to the aanmelder with advice.
    AdviesTerug,
    /// Referred elsewhere.
    Doorverwijzen,
}

impl TriageDecision {
    /// The role of the house in the case that is opened; none when none is.
    const fn opens(self) -> Option<&'static str> {
        match self {
            Self::OppakkenProcesregie => Some("PROCESREGIE"),
            Self::Ondersteunen => Some("ONDERSTEUNING"),
            Self::AdviesTerug | Self::Doorverwijzen => None,
        }
    }
}

/// The answer to one criterion.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CriterionInput {
    /// C1 to C4, or T1 to T4.
    criterion: Line,
    /// Whether it is met.
    met: bool,
    /// Why.
    motivation: Text,
}

/// The answer to one criterion.
#[derive(SimpleObject, Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CriterionAnswer {
    /// The criterion.
    criterion: String,
    /// Whether it is met.
    met: bool,
    /// Why.
    motivation: String,
}

#[Object]
impl Triage {
    /// What of this outcome is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Triage", Vec::new())
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// The decision.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn decision(&self) -> Option<&str> {
        Some(&self.model.decision)
    }

    /// The advice to the aanmelder.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn advice(&self) -> Option<&str> {
        self.model.advice.as_deref()
    }

    /// When it was decided.
    #[graphql(directive = gegeven::apply(Leaf::D33U))]
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.decided_at)
    }

    /// The answers to the criteria.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn answers(&self) -> Option<Vec<CriterionAnswer>> {
        serde_json::from_value(self.model.answers.clone()).ok()
    }

    /// The person's system and context.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn systemic_context(&self) -> Option<&str> {
        self.model.systemic_context.as_deref()
    }

    /// Why it was decided so.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn motivation(&self) -> Option<&str> {
        Some(&self.model.motivation)
    }

    /// Why the criteria were deviated from, approved by the ketenmanager.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn deviation(&self) -> Option<&str> {
        self.model.deviation.as_deref()
    }

    /// The ids of the organisations that took part.
    #[graphql(directive = gegeven::apply(Leaf::D33))]
    async fn partner_ids(&self) -> Option<Vec<ID>> {
        let ids: Vec<OrganisationId> = serde_json::from_value(self.model.participants.clone()).ok()?;
        Some(ids.into_iter().map(partner::partner_id).collect())
    }
}

change_input! {
    /// Puts an aanmelding on the triage, or invites further partners to it. Whoever puts it there becomes its
    /// named procesregisseur.
    StartTriageInput {
        /// The aanmelding.
        id: ID,
        /// The organisations that take part, 1 to 20; their desks are invited.
        partner_ids: Vec<ID>,
    }
}

change_input! {
    /// Records what the triage decided.
    DecideTriageInput {
        /// The aanmelding.
        id: ID,
        /// Which criteria were used.
        criteria_set: CriteriaSet,
        /// The answer to each of its four criteria.
        answers: Vec<CriterionInput>,
        /// The person's system and context.
        systemic_context: Option<Text>,
        /// The decision.
        decision: TriageDecision,
        /// The tafel at which a case is opened, when it is another than the proposed one.
        tafel: Option<Line>,
        /// Why.
        motivation: Text,
        /// Advice to the aanmelder; needed when no case is opened.
        advice: Option<Text>,
    }
}

payload! {
    /// What came of a step of the triage.
    TriagePayload {
        /// The aanmelding.
        aanmelding: Aanmelding = "aanmelding",
        /// The outcome.
        triage: Triage = "triage",
        /// The case that was opened.
        case: Case = "case",
    }
}

struct Start {
    id: GlobalId,
    partners: Vec<OrganisationId>,
}

impl Change for Start {
    const NAME: &'static str = "startTriage";
    type Input = StartTriageInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let partners = read_partners(&input.partner_ids, "partnerIds", checks);
        Some(Self { id: checks.id("id", &input.id, NodeKind::Aanmelding)?, partners: partners? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let (mut effect, before) =
            advance(write, Step::StartTriage, Proposal::default(), self.id, unchanged()).await?;
        let not_found = || Refused::NotFound(vec!["id".to_owned()]);
        let authorized = write.authorize(|_| Ok::<(), Refused>(()))?.ok_or_else(not_found)?;
        let present = partners_at_triage(write).await?;
        for (place, partner) in self.partners.iter().enumerate() {
            if !present.iter().any(|(organisation, _)| organisation == partner) {
                invite(write, &authorized, *partner, place).await?;
            }
        }
        if before.state != AanmeldingState::Triage.code() {
            name_regisseur(&authorized).await?;
        }
        effect.events.push(event("PARTICIPANTS_CHANGED", Leaf::D29, (NodeKind::Dossier, self.id.dossier.0)));
        Ok(effect)
    }
}

/// Invites the desk of an organisation that has signed the covenant.
async fn invite(
    write: &Write,
    authorized: &Authorized<'_>,
    organisation: OrganisationId,
    place: usize,
) -> Result<(), Refused> {
    let not_found = || Refused::NotFound(vec!["partnerIds".to_owned(), place.to_string()]);
    let presence = write.presence().ok_or_else(not_found)?;
    let partner = partner::find(write.reading(), organisation).await?.ok_or_else(not_found)?;
    if !partner.has_signed_for(presence, write.access().today()) {
        return Err(Guard::PartnerSigned.refused());
    }
    let desk = partner::liaison_desk(write.reading(), &presence.dossier().house, organisation).await?;
    let holder = Holder::Desk(desk.ok_or_else(not_found)?);
    let seat = Grant::open(organisation, holder, Involvement::Triage, "invited to the triage");
    grant(authorized, seat).await?;
    Ok(())
}

/// From the triage on one named regisseur instead of the desk (covenant/README, involvements).
async fn name_regisseur(authorized: &Authorized<'_>) -> Result<(), Refused> {
    end(authorized, &[Involvement::Procesregie], None).await?;
    let principal = authorized.access().principal();
    let holder = Holder::Professional(principal.professional);
    let regisseur =
        Grant::open(principal.organisation, holder, Involvement::Procesregie, "named procesregisseur");
    grant(authorized, regisseur).await?;
    Ok(())
}

struct Decide {
    id: GlobalId,
    criteria_set: CriteriaSet,
    answers: Vec<CriterionAnswer>,
    systemic_context: Option<String>,
    decision: TriageDecision,
    tafel: Option<Tafel>,
    motivation: String,
    advice: Option<String>,
}

fn read_answers(input: &DecideTriageInput, checks: &mut Checks) -> Option<Vec<CriterionAnswer>> {
    let read: Vec<Option<CriterionAnswer>> = checks.within("answers", |checks| {
        let read = |(place, answer): (usize, &CriterionInput)| {
            checks.within(place, |checks| {
                let criterion = checks.line("criterion", &answer.criterion);
                let motivation = checks.text("motivation", &answer.motivation);
                Some(CriterionAnswer { criterion: criterion?, met: answer.met, motivation: motivation? })
            })
        };
        input.answers.iter().take(8).enumerate().map(read).collect()
    });
    let answers = read.into_iter().collect::<Option<Vec<_>>>()?;
    let asked = input.criteria_set.criteria();
    let complete = input.answers.len() == asked.len()
        && asked.iter().all(|criterion| answers.iter().any(|answer| answer.criterion == *criterion));
    if !complete {
        checks.note("answers", Finding::Amount);
    }
    complete.then_some(answers)
}

impl Change for Decide {
    const NAME: &'static str = "decideTriage";
    type Input = DecideTriageInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let answers = read_answers(input, checks);
        let systemic_context = checks.optional_text("systemicContext", input.systemic_context.as_ref());
        let motivation = checks.text("motivation", &input.motivation);
        let advice = checks.optional_text("advice", input.advice.as_ref());
        let tafel = input.tafel.as_ref().map(|code| code.0.parse::<Tafel>().ok());
        if tafel == Some(None) {
            checks.note("tafel", Finding::NotOfHouse);
        }
        let id = checks.id("id", &input.id, NodeKind::Aanmelding);
        Some(Self {
            id: id?,
            criteria_set: input.criteria_set,
            answers: answers?,
            systemic_context: systemic_context?,
            decision: input.decision,
            tafel: tafel.flatten(),
            motivation: motivation?,
            advice: advice?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let not_found = || Refused::NotFound(vec!["id".to_owned()]);
        let presence = write.presence().ok_or_else(not_found)?;
        let tafel = self.tafel.unwrap_or(presence.tafel());
        if presence.house().is_none_or(|house| !house.has(tafel)) {
            return Err(Refused::Input(Finding::NotOfHouse, vec!["tafel".to_owned()]));
        }
        let partners = partners_at_triage(write).await?;
        let columns = aanmelding::ActiveModel {
            outcome: Set(Some(code_of(self.decision))),
            advice: Set(self.advice.clone()),
            decided_at: Set(Some(write.access().now())),
            ..Default::default()
        };
        let proposal = self.proposal(&partners);
        let (mut effect, row) = advance(write, Step::DecideTriage, proposal, self.id, columns).await?;
        let authorized = write.authorize(|_| Ok::<(), Refused>(()))?.ok_or_else(not_found)?;
        let triage = self.record(&authorized, &partners).await?;
        end(&authorized, &[Involvement::Triage], None).await?;
        effect.events.push(event("TRIAGE_DECIDED", Leaf::D33U, (NodeKind::Triage, triage.0)));
        effect.shows.push(("triage", triage.0));
        if let Some(role) = self.decision.opens() {
            let case = open_case(&authorized, role, &row).await?;
            effect.change.phase = CaseState::Geopend.phase();
            effect.change.tafel = Some(tafel);
            effect.events.push(event("CASE_STATE", Leaf::Open, (NodeKind::Case, case.0)));
            effect.shows.push(("case", case.0));
        }
        Ok(effect)
    }
}

impl Decide {
    fn proposal(&self, partners: &[(OrganisationId, PartnerKind)]) -> Proposal {
        let met =
            |criterion: &str| self.answers.iter().any(|answer| answer.criterion == criterion && answer.met);
        let opens = self.decision == TriageDecision::OppakkenProcesregie;
        Proposal {
            triage: partners.iter().map(|(_, kind)| *kind).collect(),
            criteria_met: !opens || self.criteria_set.is_met(self.criteria_set.criteria().map(met)),
            advice_given: self.decision.opens().is_some() || self.advice.is_some(),
            ..Proposal::default()
        }
    }

    async fn record(
        &self,
        authorized: &Authorized<'_>,
        partners: &[(OrganisationId, PartnerKind)],
    ) -> Result<TriageId, Refused> {
        let took_part: Vec<OrganisationId> = partners.iter().map(|(organisation, _)| *organisation).collect();
        let id = TriageId::fresh();
        let row = triage::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            criteria_set: Set(code_of(self.criteria_set)),
            answers: Set(serde_json::to_value(&self.answers)?),
            systemic_context: Set(self.systemic_context.clone()),
            participants: Set(serde_json::to_value(took_part)?),
            decision: Set(code_of(self.decision)),
            motivation: Set(self.motivation.clone()),
            advice: Set(self.advice.clone()),
            deviation: Set(None),
            approved_by: Set(None),
            decided_by: Set(authorized.access().principal().professional),
            decided_at: Set(authorized.now()),
        };
        triage::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }
}

/// The partners that were invited to the triage and still are.
async fn partners_at_triage(write: &Write) -> Result<Vec<(OrganisationId, PartnerKind)>, Refused> {
    let Some(presence) = write.presence() else { return Ok(Vec::new()) };
    let organisation = assignment::Entity::belongs_to(organisation::Entity)
        .from(assignment::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    let rows: Vec<(OrganisationId, String)> = assignment::Entity::within(presence)
        .select_only()
        .column(assignment::Column::OrganisationId)
        .column(organisation::Column::Kind)
        .join(sea_orm::JoinType::InnerJoin, organisation)
        .filter(assignment::Column::Involvement.eq(Involvement::Triage.code()))
        .filter(assignment::Column::ValidUntil.is_null())
        .into_tuple()
        .all(write.reading())
        .await?;
    Ok(rows.into_iter().filter_map(|(id, kind)| Some((id, kind.parse().ok()?))).collect())
}

async fn open_case(
    authorized: &Authorized<'_>,
    role: &'static str,
    aanmelding: &aanmelding::Model,
) -> Result<CaseId, Refused> {
    let id = CaseId::fresh();
    let row = case::ActiveModel {
        id: Set(id),
        dossier_id: Set(authorized.dossier()),
        number: Set(next_number(authorized).await?),
        state: Set(CaseState::Geopend.code().to_owned()),
        role: Set(role.to_owned()),
        regisseur_id: Set(authorized.access().principal().professional),
        ground_holder_id: Set(aanmelding.ground_holder_id),
        opened_at: Set(authorized.now()),
        review_on: Set(None),
        follow_up_on: Set(None),
        closed_at: Set(None),
        closing_note: Set(None),
        keep_until: Set(None),
    };
    case::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
    Ok(id)
}

/// The next number of the house and year: `ZVH-2024-000123`. The counter is locked until the commit.
async fn next_number(authorized: &Authorized<'_>) -> Result<String, Refused> {
    let year = authorized.access().today().year();
    let database = authorized.transaction();
    let count = "INSERT INTO case_number (house, year, last) \
                 SELECT house, $2, 1 FROM dossier WHERE id = $1 \
                 ON CONFLICT (house, year) DO UPDATE SET last = case_number.last + 1 RETURNING last";
    let values = [sea_orm::Value::from(authorized.dossier().0), year.into()];
    let statement = sea_orm::Statement::from_sql_and_values(database.get_database_backend(), count, values);
    let row = database.query_one_raw(statement).await?;
    let last: i32 = row.ok_or_else(|| Refused::failed("the counter of cases"))?.try_get("", "last")?;
    Ok(format!("ZVH-{year}-{last:06}"))
}

/// What can be done in the triage.
#[derive(Debug, Default)]
pub(crate) struct TriageMutation;

#[Object]
impl TriageMutation {
    /// Puts an aanmelding on the triage, or invites further partners to it. For the procesregie; whoever puts it
    /// there becomes the named regisseur.
    async fn start_triage(
        &self,
        ctx: &Context<'_>,
        input: StartTriageInput,
    ) -> async_graphql::Result<TriagePayload> {
        TriagePayload::run::<Start>(ctx, input).await
    }

    /// Records what the triage decided, and opens the case when it is taken up. For the named regisseur.
    async fn decide_triage(
        &self,
        ctx: &Context<'_>,
        input: DecideTriageInput,
    ) -> async_graphql::Result<TriagePayload> {
        TriagePayload::run::<Decide>(ctx, input).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// domain.md b.5: the national criteria read "and, and, or"; those of Twente are four times "and" (A23-A25).
    #[test]
    fn criteria_are_met_as_their_sets_say() {
        for bits in 0..16_u8 {
            let met = [0, 1, 2, 3].map(|place| bits & (1 << place) != 0);
            let [one, two, three, four] = met;
            assert_eq!(CriteriaSet::Landelijk.is_met(met), one && two && (three || four));
            assert_eq!(CriteriaSet::Twente2023.is_met(met), bits == 15);
        }
    }
}
