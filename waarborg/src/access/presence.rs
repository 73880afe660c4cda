//! The viewer's presence at one dossier: the dossier, the assignments that give it, and their standings.
//!
//! A presence exists only where an active assignment does. Several assignments of one professional give the
//! union of what each shows, but a forbid that holds for all assignments takes it from each.

use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use convenant::{
    Category, CategorySet, Convenant, Disclosure, Engine, Facts, House, HouseCode, Involvement, PartnerKind,
    Phase, Reason, Request, RowId, Side, Standing, Tafel, Verb, Version,
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
        let binding = decisions
            .iter()
            .position(|decision| decision.forbids.iter().any(|row| engine.holds_for_all(row)));
        if binding.is_none() && decisions.iter().any(|decision| decision.allow) {
            let permits = decisions.into_iter().filter(|decision| decision.allow).flat_map(|it| it.permits);
            return Ok(Ruling { permits: permits.collect() });
        }
        let nearest = match binding {
            Some(position) => decisions.into_iter().nth(position),
            None => decisions.into_iter().min_by_key(|decision| decision.reason),
        };
        Err(nearest.map_or_else(never, |decision| Denial {
            reason: decision.reason.unwrap_or(Reason::Never),
            forbids: decision.forbids,
        }))
    }
}
