//! Deciding: the weighing is recorded, and a decision to take up opens the case in the same act.

use async_graphql::{Enum, ID};
use chrono::Datelike;
use convenant::{Involvement, PartnerKind, Tafel};
use entity::id::{CaseId, DossierId, OrganisationId, TriageId};
use entity::{aanmelding, afwijking, case, triage};
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::write::{Authorized, Write};

use super::afwijking::approved;
use super::criteria::{CriteriaSet, CriterionAnswer, CriterionInput, read_answers};
use super::store::partners_at_triage;
use crate::features::aanmelding::{advance, may_move};
use crate::features::assignment::end;
use crate::features::casusreis::{CaseState, Proposal, Step};
use crate::features::step::{Advanced, event};
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Line, Text, code_of};
use crate::server::Server;

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

/// A decision to record.
pub(super) struct Decide {
    id: GlobalId,
    criteria_set: CriteriaSet,
    answers: Vec<CriterionAnswer>,
    systemic_context: Option<String>,
    decision: TriageDecision,
    tafel: Option<Tafel>,
    motivation: String,
    advice: Option<String>,
}

impl Change for Decide {
    const NAME: &'static str = Step::DecideTriage.mutation();
    type Input = DecideTriageInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let answers = read_answers(input.criteria_set, &input.answers, checks);
        let systemic_context =
            checks.optional("systemicContext", input.systemic_context.as_ref(), Checks::text);
        let motivation = checks.text("motivation", &input.motivation);
        let advice = checks.optional("advice", input.advice.as_ref(), Checks::text);
        let tafel = checks.optional("tafel", input.tafel.as_ref(), Checks::code);
        let id = checks.id("id", &input.id, NodeKind::Aanmelding);
        Some(Self {
            id: id?,
            criteria_set: input.criteria_set,
            answers: answers?,
            systemic_context: systemic_context?,
            decision: input.decision,
            tafel: tafel?,
            motivation: motivation?,
            advice: advice?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let not_found = || Refused::not_found("id");
        let presence = write.presence().ok_or_else(not_found)?;
        let tafel = self.tafel.unwrap_or(presence.tafel());
        let partners = partners_at_triage(write).await?;
        let columns = aanmelding::ActiveModel {
            outcome: Set(Some(code_of(self.decision))),
            advice: Set(self.advice.clone()),
            decided_at: Set(Some(write.access().now())),
            ..Default::default()
        };
        let proposal = self.proposal(&partners);
        let Advanced { mut effect, authorized, before } =
            advance(write, Step::DecideTriage, proposal, self.id, columns).await?;
        if self.tafel.is_some() {
            may_move(write, &before, tafel).await?;
        }
        let afwijking = approved(&authorized).await?.filter(|_| !self.meets_criteria());
        let triage = self.record(&authorized, &partners, afwijking.as_ref()).await?;
        // What was asked before the decision is no longer asked.
        let asked = [
            Involvement::Triage,
            Involvement::Verrijking,
            Involvement::Bekendheidscheck,
            Involvement::BrpTaak,
        ];
        end(&authorized, &asked, None).await?;
        effect.events.push(event("TRIAGE_DECIDED", Leaf::D33U, (NodeKind::Triage, triage.0)));
        effect.shows.push(("triage", triage.0));
        if let Some(role) = self.decision.opens() {
            let case = open_case(&authorized, role, &before).await?;
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
        let opens = self.decision == TriageDecision::OppakkenProcesregie;
        Proposal {
            triage: partners.iter().map(|(_, kind)| *kind).collect(),
            criteria_met: !opens || self.meets_criteria(),
            tafel: self.tafel,
            advice_given: self.decision.opens().is_some() || self.advice.is_some(),
            ..Proposal::default()
        }
    }

    fn meets_criteria(&self) -> bool {
        let met =
            |criterion: &str| self.answers.iter().any(|answer| answer.criterion == criterion && answer.met);
        self.criteria_set.is_met(self.criteria_set.criteria().map(met))
    }

    async fn record(
        &self,
        authorized: &Authorized<'_>,
        partners: &[(OrganisationId, PartnerKind)],
        afwijking: Option<&afwijking::Model>,
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
            deviation: Set(afwijking.map(|afwijking| afwijking.motivation.clone())),
            approved_by: Set(afwijking.and_then(|afwijking| afwijking.decided_by)),
            decided_by: Set(authorized.access().principal().professional),
            decided_at: Set(authorized.now()),
        };
        triage::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }
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
