//! The viewer's presence at one dossier: the dossier, the assignments that give it, and their standings.
//!
//! A presence exists only where an active assignment does. Several assignments of one professional give the
//! union of what each shows, but a forbid that holds for all assignments takes it from each.

use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use convenant::explain::{self, Explanation};
use convenant::{
    Category, CategorySet, Convenant, Decision, Disclosure, Engine, Fact, Facts, House, HouseCode,
    Involvement, PartnerKind, Phase, Reason, Request, RowId, Side, Standing, Tafel, Verb, Version,
};
use entity::{assignment, dossier};

use super::Principal;

/// Presence at a dossier.
#[derive(Debug)]
pub struct Presence {
    dossier: dossier::Model,
    house: HouseCode,
    tafel: Tafel,
    phase: Phase,
    has_contract: bool,
    standings: Vec<Standing>,
    convenant: Arc<Convenant>,
    on: NaiveDate,
    disclosure: Disclosure,
}

/// What the covenant rules on one verb, category and datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The permits that allow it.
    pub permits: Vec<RowId>,
}

/// The decisions that can be recorded with a datum that is supplied.
const DECISIONS: [Fact; 4] = [Fact::Noodzaak, Fact::Toestemming, Fact::OmAkkoord, Fact::Doorbreking];

/// Why the covenant does not allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The reason, by which a viewer can tell whether anything could change it.
    pub reason: Reason,
    /// The forbids that stand in the way; none when there is no permit.
    pub forbids: Vec<RowId>,
}

impl Presence {
    /// The presence that these assignments of a principal give; none when there is none, or when a code in the
    /// database is not one of the covenant's.
    pub fn of(
        principal: &Principal,
        convenant: &Arc<Convenant>,
        on: NaiveDate,
        dossier: dossier::Model,
        assignments: &[assignment::Model],
    ) -> Option<Self> {
        let house = HouseCode::new(&dossier.house);
        let tafel = Tafel::from_str(&dossier.tafel).ok()?;
        let phase = Phase::from_str(&dossier.phase).ok()?;
        let has_contract = principal.knows_contract_of_tafel(&house, &dossier.gemeente_code, tafel, on);
        let standings: Vec<Standing> = assignments
            .iter()
            .filter_map(|assignment| {
                let involvement = Involvement::from_str(&assignment.involvement).ok()?;
                Some(Standing {
                    partner: principal.partner,
                    same_gemeente: principal
                        .shares_gemeente(&dossier.gemeente_code, &dossier.further_gemeenten),
                    signed: principal.has_signed(&house, tafel, on) && has_contract,
                    secrecy: assignment.secrecy_signed_on.is_some_and(|signed| signed <= on),
                    trained: principal.trained,
                    involvement,
                    side: Side::from_str(&assignment.side).ok()?,
                    tafel,
                    phase: involvement.task_phase().unwrap_or(phase),
                })
            })
            .collect();
        if standings.is_empty() {
            return None;
        }
        let mut presence = Self {
            dossier,
            house,
            tafel,
            phase,
            has_contract,
            standings,
            convenant: Arc::clone(convenant),
            on,
            disclosure: Disclosure::NOTHING,
        };
        presence.disclosure = presence.disclosure(Facts::NONE);
        Some(presence)
    }

    /// The dossier.
    pub fn dossier(&self) -> &dossier::Model {
        &self.dossier
    }

    /// The house of the dossier, as the covenant describes it.
    pub fn house(&self) -> Option<&House> {
        self.convenant.house(&self.house)
    }

    /// The tafel of the dossier.
    pub fn tafel(&self) -> Tafel {
        self.tafel
    }

    /// The phase of the dossier. A task brings its own phase; see [`Self::standings`].
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the gemeente of the dossier has the contract that its tafel asks; true where the tafel asks none. Without
    /// it nobody's signature counts here.
    pub fn has_contract(&self) -> bool {
        self.has_contract
    }

    /// The standings that the viewer's assignments give.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Whether one of the viewer's assignments is of this kind.
    pub fn is_involved_as(&self, involvement: Involvement) -> bool {
        self.standings.iter().any(|standing| standing.involvement == involvement)
    }

    /// The version of the house's covenant in force on the day of the request.
    pub fn version(&self) -> Option<&Version> {
        self.house()?.version_on(self.on)
    }

    fn engine(&self) -> Option<&Engine> {
        self.version().map(Version::engine)
    }

    /// What is shown of a datum with these facts. Nothing without a covenant in force.
    pub fn disclosure(&self, facts: Facts) -> Disclosure {
        let Some(engine) = self.engine() else { return Disclosure::NOTHING };
        self.standings
            .iter()
            .map(|standing| engine.disclosure(standing, facts))
            .reduce(Disclosure::join)
            .unwrap_or(Disclosure::NOTHING)
    }

    /// Whether a category is shown where the datum has no facts of its own.
    pub fn sees(&self, category: Category) -> bool {
        self.disclosure.sees(category)
    }

    /// The categories shown where the datum has no facts of its own.
    pub fn shown(&self) -> CategorySet {
        self.disclosure.allowed()
    }

    /// Whether the viewer may supply a datum of this category with these facts.
    pub fn may_supply(&self, category: Category, facts: Facts) -> Result<Ruling, Denial> {
        self.rule(&self.standings, Verb::Supply, category, facts, None)
    }

    /// Whether there is a category that the viewer may supply, with whatever decisions must be recorded with it.
    pub fn may_supply_anything(&self) -> bool {
        let Some(engine) = self.engine() else { return false };
        let facts = DECISIONS.into_iter().collect();
        let supplied = self.standings.iter().map(|standing| engine.supplies(standing, facts));
        let supplied = supplied.reduce(CategorySet::union).unwrap_or_default();
        supplied.iter().any(|category| self.may_supply(category, facts).is_ok())
    }

    /// Whether the viewer may ask a partner for this category, as part of a step that leads to this phase; in the
    /// phase of the dossier when the step leads to none.
    pub fn may_ask(
        &self,
        category: Category,
        asked: PartnerKind,
        leads_to: Option<Phase>,
    ) -> Result<Ruling, Denial> {
        let there = |standing: &Standing| Standing {
            phase: standing.involvement.task_phase().or(leads_to).unwrap_or(standing.phase),
            ..*standing
        };
        let standings: Vec<Standing> = self.standings.iter().map(there).collect();
        self.rule(&standings, Verb::Ask, category, Facts::NONE, Some(asked))
    }

    /// Why a category is withheld, or the permits that show it.
    pub fn may_see(&self, category: Category, facts: Facts) -> Result<Ruling, Denial> {
        self.rule(&self.standings, Verb::See, category, facts, None)
    }

    /// Why a category of a datum with these facts is shown or withheld. It is explained by the one assignment that
    /// decides: the first that shows it, else the nearest to showing it. None without a covenant in force.
    pub fn explain(&self, category: Category, facts: Facts) -> Option<Explanation> {
        let version = self.version()?;
        let requests: Vec<Request> = self
            .standings
            .iter()
            .map(|standing| Request { verb: Verb::See, standing: *standing, category, facts, asked: None })
            .collect();
        let decisions: Vec<_> = requests.iter().map(|request| version.engine().decide(request)).collect();
        let deciding = requests.get(deciding(version.engine(), &decisions)?)?;
        Some(explain::explain(version, self.on, deciding))
    }

    /// Whether the viewer can ask the suppliers at the tafel for a category: because something recorded with a datum
    /// would show it, or because it is shown until it expires. Who does not see who takes part asks nobody.
    pub fn can_be_requested(&self, category: Category) -> bool {
        let expires = || {
            let expired = self.may_see(category, Facts::NONE.with(Fact::Verlopen));
            expired.is_err_and(|denial| denial.reason == Reason::Expired)
        };
        let by_record = |explanation: Explanation| match explanation.remedy {
            Some(remedy) => remedy.is_with_supplier(),
            None => expires(),
        };
        self.sees(Category::D29) && self.explain(category, Facts::NONE).is_some_and(by_record)
    }

    /// Whether a partner kind could lawfully supply a category here, as one that sits at the tafel or is asked in the
    /// verrijking, with whatever decision must be recorded with it.
    pub fn could_be_supplied_by(&self, partner: PartnerKind, category: Category) -> bool {
        let Some(engine) = self.engine() else { return false };
        let facts = DECISIONS.into_iter().collect();
        [Involvement::Zetel, Involvement::Verrijking].into_iter().any(|involvement| {
            let standing = Standing {
                partner,
                same_gemeente: true,
                signed: true,
                secrecy: false,
                trained: true,
                involvement,
                side: Side::Geen,
                tafel: self.tafel,
                phase: involvement.task_phase().unwrap_or(self.phase),
            };
            engine.allows(&Request { verb: Verb::Supply, standing, category, facts, asked: None })
        })
    }

    /// The union over the standings: one that allows suffices, unless a forbid that holds for all assignments
    /// stands against any of them.
    fn rule(
        &self,
        standings: &[Standing],
        verb: Verb,
        category: Category,
        facts: Facts,
        asked: Option<PartnerKind>,
    ) -> Result<Ruling, Denial> {
        let never = || Denial { reason: Reason::Never, forbids: Vec::new() };
        let engine = self.engine().ok_or_else(never)?;
        let decisions: Vec<_> = standings
            .iter()
            .map(|standing| engine.decide(&Request { verb, standing: *standing, category, facts, asked }))
            .collect();
        let deciding =
            deciding(engine, &decisions).and_then(|place| decisions.get(place)).ok_or_else(never)?;
        if deciding.allow {
            let permits = decisions.into_iter().filter(|decision| decision.allow).flat_map(|it| it.permits);
            return Ok(Ruling { permits: permits.collect() });
        }
        Err(Denial { reason: deciding.reason.unwrap_or(Reason::Never), forbids: deciding.forbids.clone() })
    }
}

/// The place of the decision that counts among those of all assignments: one with a forbid that holds for all, else
/// one that allows, else the nearest to allowing.
fn deciding(engine: &Engine, decisions: &[Decision]) -> Option<usize> {
    let binds = |decision: &Decision| decision.forbids.iter().any(|row| engine.holds_for_all(row));
    let place = |counts: &dyn Fn(&Decision) -> bool| decisions.iter().position(counts);
    place(&binds).or_else(|| place(&|decision| decision.allow)).or_else(|| {
        let nearest = decisions.iter().enumerate().min_by_key(|(_, decision)| decision.reason);
        nearest.map(|(place, _)| place)
    })
}
