//! The engine: the policies of one covenant and what they decide, and nothing else.
//!
//! Cedar decides every policy that is asked; this module only leaves out what cannot match (`scope`) and remembers
//! what Cedar answered (`memo`). It must never add a rule of its own.

mod cedar;
mod memo;
mod point;
mod reach;
mod reason;
mod row;
mod scope;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use cedar_policy::{Effect, PolicySet, Schema};

pub use reason::Reason;
pub(crate) use row::{Row, check_together, is_code, read as read_rows};
pub use row::{RowId, Rule};

use crate::disclosure::Disclosure;
use crate::model::{Model, Share};
use crate::problem::Problem;
use crate::vocabulary::{Category, CategorySet, Fact, Facts, PartnerKind, Phase, Standing, Verb};
use cedar::{Asking, World};
use memo::{Disclosures, Verdicts};
use point::{Dim, Point};
use reach::Reach;
use scope::{Reads, Scope};

/// One question to the covenant (README, "How a request is decided"). Written out, it is a line of `decide`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Request {
    /// See, supply or ask.
    pub verb: Verb,
    /// The standing of the viewer on the dossier.
    #[serde(flatten)]
    pub standing: Standing,
    /// The leaf category.
    pub category: Category,
    /// The facts of the datum, relative to the viewer.
    pub facts: Facts,
    /// The partner that is asked, with the verb ask.
    pub asked: Option<PartnerKind>,
}

/// The answer, with every matching row of the tables, also when the answer is no.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Decision {
    /// Some permit matches and no forbid does.
    pub allow: bool,
    /// The permits that match, by id.
    pub permits: Vec<RowId>,
    /// The forbids that match, by id.
    pub forbids: Vec<RowId>,
    /// Why not, on a denial only (README, "Why not").
    pub reason: Option<Reason>,
}

/// Policies by place, such as those that can apply to one verb and one category.
#[derive(Debug, Default)]
struct Slice {
    permits: Vec<u8>,
    forbids: Vec<u8>,
}

/// A policy, ready to be asked.
struct Compiled {
    row: Row,
    alone: PolicySet,
    scope: Scope,
    reads: Reads,
}

/// The decisions of one covenant: policies and opleggers, frozen.
pub struct Engine {
    policies: Vec<Compiled>,
    by_id: BTreeMap<RowId, usize>,
    slices: Vec<Slice>,
    everything: PolicySet,
    forbids: PolicySet,
    world: World,
    opleggers: Vec<Share>,
    verdicts: Verdicts,
    disclosures: Disclosures,
    alarms: AtomicU64,
}

impl Engine {
    pub(crate) fn new(
        rows: &[Row],
        model: &Model,
        opleggers: &[Share],
        schema: &Schema,
    ) -> Result<Self, Vec<Problem>> {
        let failed = |error: &dyn fmt::Display| {
            vec![Problem::new("model", format!("De regels zijn niet te laden: {error}."))]
        };
        let world = World::new(model, opleggers, schema).map_err(|error| failed(&error))?;
        let everything = PolicySet::from_policies(rows.iter().map(|row| row.policy.clone()));
        let forbids = rows.iter().filter(|row| row.effect() == Effect::Forbid).map(|row| row.policy.clone());
        let forbids = PolicySet::from_policies(forbids).map_err(|error| failed(&error))?;
        let policies: Vec<_> = rows.iter().map(|row| Compiled::new(row, model)).collect::<Result<_, _>>()?;
        Ok(Self {
            by_id: policies
                .iter()
                .enumerate()
                .map(|(place, policy)| (policy.row.rule.id.clone(), place))
                .collect(),
            slices: slices(&policies),
            everything: everything.map_err(|error| failed(&error))?,
            policies,
            forbids,
            world,
            opleggers: opleggers.to_vec(),
            verdicts: Verdicts::new(),
            disclosures: Disclosures::new(),
            alarms: AtomicU64::new(0),
        })
    }

    /// What may be seen under a standing, of a datum with these facts. Memoised: a hit costs one look-up.
    pub fn disclosure(&self, standing: &Standing, facts: Facts) -> Disclosure {
        let standing = standing.normal();
        self.disclosures.get_or(&standing, facts, || self.disclose(&standing, facts))
    }

    /// The same, asked anew of Cedar with all policies at once: no slices, no memory. The yardstick for tests.
    pub fn disclosure_fresh(&self, standing: &Standing, facts: Facts) -> Disclosure {
        let mut asking = self.asking(Verb::See, standing, facts, None);
        let mut allowed = CategorySet::EMPTY;
        let mut binding = CategorySet::EMPTY;
        for &category in Category::ALL {
            asking.about(category);
            if asking.allows(&self.everything) {
                allowed.insert(category);
            }
            let forbids = asking.satisfied(&self.forbids);
            if forbids.iter().any(|id| self.policy(id).is_some_and(|policy| policy.row.holds_for_all)) {
                binding.insert(category);
            }
        }
        Disclosure::new(allowed, binding)
    }

    /// What may be supplied under a standing, with these facts recorded.
    pub fn supplies(&self, standing: &Standing, facts: Facts) -> CategorySet {
        let mut asking = self.asking(Verb::Supply, standing, facts, None);
        self.allowed(&self.live(asking.point()), &mut asking)
    }

    /// What may be asked of a partner under a standing.
    pub fn asks(&self, standing: &Standing, asked: PartnerKind) -> CategorySet {
        let mut asking = self.asking(Verb::Ask, standing, Facts::NONE, Some(asked));
        self.allowed(&self.live(asking.point()), &mut asking)
    }

    /// Yes or no, without the rows.
    pub fn allows(&self, request: &Request) -> bool {
        self.allows_asking(&mut self.asking_of(request))
    }

    /// Every permit and every forbid that matches, by id: a decision without the search for a reason.
    pub fn matching_rows(&self, request: &Request) -> (Vec<RowId>, Vec<RowId>) {
        let mut asking = self.asking_of(request);
        let slice = self.slice(asking.point());
        (self.matching(&slice.permits, &mut asking), self.matching(&slice.forbids, &mut asking))
    }

    /// Yes or no, with every matching permit and forbid, and the reason of a denial.
    pub fn decide(&self, request: &Request) -> Decision {
        let mut asking = self.asking_of(request);
        let slice = self.slice(asking.point());
        let permits = self.matching(&slice.permits, &mut asking);
        let forbids = self.matching(&slice.forbids, &mut asking);
        let allow = !permits.is_empty() && forbids.is_empty();
        let reason = if allow { None } else { Some(reason::of_denial(self, request)) };
        Decision { allow, permits, forbids, reason }
    }

    /// Why not: the first single change that would turn a denial into yes; `None` when the answer is yes
    /// (README, "Why not").
    pub fn reason(&self, request: &Request) -> Option<Reason> {
        (!self.allows(request)).then(|| reason::of_denial(self, request))
    }

    /// The facts of which any one, recorded with the datum, would turn a denial into yes.
    pub fn facts_that_would_do(&self, request: &Request) -> Vec<Fact> {
        if self.allows(request) { Vec::new() } else { reason::facts_that_would_do(self, request) }
    }

    /// The phases in which a denial would be yes, all else being equal.
    pub fn phases_that_would_do(&self, request: &Request) -> Vec<Phase> {
        if self.allows(request) { Vec::new() } else { reason::phases_that_would_do(self, request) }
    }

    /// Whether a row forbids for all assignments of a professional, not only for the one it matches.
    pub fn holds_for_all(&self, id: &RowId) -> bool {
        self.policy(id.as_str()).is_some_and(|policy| policy.row.holds_for_all)
    }

    /// The rule behind a row id.
    pub fn rule(&self, id: &RowId) -> Option<&Rule> {
        self.policy(id.as_str()).map(|policy| &policy.row.rule)
    }

    /// All rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.policies.iter().map(|policy| &policy.row.rule)
    }

    /// The permits that can never apply, with the forbids that stand in the way of each.
    pub(crate) fn dead_permits(&self) -> Vec<(&Row, Vec<&RowId>)> {
        let permits = (0..=u8::MAX).zip(&self.policies).filter(|(_, policy)| !policy.is_forbid());
        let dead = permits.filter_map(|(place, policy)| match reach::of(self, place) {
            Reach::Dead(killers) => Some((&policy.row, killers)),
            Reach::Alive | Reach::Unknown => None,
        });
        let named = |killers: BTreeSet<u8>| {
            killers.into_iter().filter_map(|place| Some(&self.at(place)?.row.rule.id)).collect()
        };
        dead.map(|(row, killers)| (row, named(killers))).collect()
    }

    /// The categories to which no permit for this verb can ever apply, but for the supplier's own data.
    pub(crate) fn out_of_reach(&self, verb: Verb, of: CategorySet) -> CategorySet {
        let within = |category: &Category| {
            let mut permits = reach::permits_for(self, verb, *category).into_iter();
            permits.any(|place| !matches!(reach::to(self, place, verb, *category), Reach::Dead(_)))
        };
        of.iter().filter(|category| !within(category)).collect()
    }

    /// The opleggers by which it decides.
    pub(crate) fn opleggers(&self) -> &[Share] {
        &self.opleggers
    }

    /// The places of the rules that another engine does not have in the same words.
    pub(crate) fn rules_unlike(&self, other: &Self) -> Vec<u8> {
        let same = |policy: &Compiled| {
            let twin = other.policy(policy.row.rule.id.as_str());
            twin.is_some_and(|twin| twin.row.policy == policy.row.policy)
        };
        (0..=u8::MAX)
            .zip(&self.policies)
            .filter(|(_, policy)| !same(policy))
            .map(|(place, _)| place)
            .collect()
    }

    /// The places of the permits.
    pub(crate) fn permit_places(&self) -> Vec<u8> {
        let permits = (0..=u8::MAX).zip(&self.policies).filter(|(_, policy)| !policy.is_forbid());
        permits.map(|(place, _)| place).collect()
    }

    /// Can one of these rules match under this standing, whatever the category, the facts and the partner asked?
    pub(crate) fn may_match_any(&self, rules: &[u8], verb: Verb, standing: &Standing) -> bool {
        let point = self.asking(verb, standing, Facts::NONE, None);
        let standing_only = (1 << Dim::Fact(Fact::Eigen).place()) - 1;
        let known = standing_only & !(1 << Dim::Category.place()) & !(1 << Dim::Asked.place());
        let mut rules = rules.iter().filter_map(|place| self.at(*place));
        rules.any(|policy| policy.scope.may_match_of(point.point(), known))
    }

    /// Is there a permit that names this partner, by kind, circle or domain?
    pub(crate) fn names(&self, partner: PartnerKind) -> bool {
        let mut permits = self.policies.iter().filter(|policy| !policy.is_forbid());
        permits.any(|policy| {
            policy.scope.names_partners() && policy.scope.admits(Dim::Partner, partner as usize)
        })
    }

    /// How often a policy failed to evaluate since loading. Each time it counted as a denial; more than none is an
    /// alarm.
    pub fn alarms(&self) -> u64 {
        self.alarms.load(Ordering::Relaxed)
    }

    fn policy(&self, id: &str) -> Option<&Compiled> {
        self.by_id.get(id).and_then(|place| self.policies.get(*place))
    }

    fn asking_of(&self, request: &Request) -> Asking<'_> {
        Asking::new(&self.world, Point::of(request))
    }

    fn asking(
        &self,
        verb: Verb,
        standing: &Standing,
        facts: Facts,
        asked: Option<PartnerKind>,
    ) -> Asking<'_> {
        let category = Category::D01N;
        self.asking_of(&Request { verb, standing: *standing, category, facts, asked })
    }

    fn slice(&self, point: &Point) -> &Slice {
        static NONE: Slice = Slice { permits: Vec::new(), forbids: Vec::new() };
        let place = slice_place(point.get(Dim::Verb), point.get(Dim::Category));
        self.slices.get(place).unwrap_or(&NONE)
    }

    fn disclose(&self, standing: &Standing, facts: Facts) -> Disclosure {
        let mut asking = self.asking(Verb::See, standing, facts, None);
        let live = self.live(asking.point());
        let allowed = self.allowed(&live, &mut asking);
        let holds_for_all = |place: &u8| self.at(*place).is_some_and(|policy| policy.row.holds_for_all);
        let binding =
            Slice { forbids: live.forbids.into_iter().filter(holds_for_all).collect(), permits: Vec::new() };
        let bound = Category::ALL.iter().copied().filter(|category| {
            asking.about(*category);
            self.forbids(&binding, &mut asking)
        });
        Disclosure::new(allowed, bound.collect())
    }

    /// The policies that can match for some category; for most standings few permits, for many none.
    fn live(&self, point: &Point) -> Slice {
        let may_match =
            |place: &u8| self.at(*place).is_some_and(|policy| policy.scope.may_match_some_category(point));
        let (permits, forbids) = (0..=u8::MAX)
            .take(self.policies.len())
            .filter(may_match)
            .partition(|place| self.at(*place).is_some_and(|policy| policy.row.effect() == Effect::Permit));
        Slice { permits, forbids }
    }

    fn allowed(&self, live: &Slice, asking: &mut Asking<'_>) -> CategorySet {
        if live.permits.is_empty() {
            return CategorySet::EMPTY;
        }
        let allowed = Category::ALL.iter().copied().filter(|category| {
            asking.about(*category);
            self.permits(live, asking) && !self.forbids(live, asking)
        });
        allowed.collect()
    }

    fn allows_asking(&self, asking: &mut Asking<'_>) -> bool {
        let slice = self.slice(asking.point());
        self.permits(slice, asking) && !self.forbids(slice, asking)
    }

    fn permits(&self, slice: &Slice, asking: &mut Asking<'_>) -> bool {
        slice.permits.iter().any(|place| self.matches(*place, asking))
    }

    fn forbids(&self, slice: &Slice, asking: &mut Asking<'_>) -> bool {
        slice.forbids.iter().any(|place| self.matches(*place, asking))
    }

    fn at(&self, place: u8) -> Option<&Compiled> {
        self.policies.get(usize::from(place))
    }

    fn matching(&self, places: &[u8], asking: &mut Asking<'_>) -> Vec<RowId> {
        let matching = places.iter().filter(|place| self.matches(**place, asking));
        matching.filter_map(|place| Some(self.at(*place)?.row.rule.id.clone())).collect()
    }

    /// Does this policy match? Left out when it cannot, remembered when it was asked before, else asked of Cedar.
    fn matches(&self, place: u8, asking: &mut Asking<'_>) -> bool {
        let Some(policy) = self.at(place) else { return false };
        if !policy.scope.may_match(asking.point()) {
            return false;
        }
        let key = policy.reads.key(place, asking.point());
        self.verdicts.get(key).unwrap_or_else(|| self.ask(policy, key, asking))
    }

    fn ask(&self, policy: &Compiled, key: u64, asking: &mut Asking<'_>) -> bool {
        if let Some(verdict) = asking.verdict(&policy.alone) {
            self.verdicts.put(key, verdict);
            return verdict;
        }
        // A policy that cannot be evaluated denies: as a permit it is absent, as a forbid it matches.
        self.alarms.fetch_add(1, Ordering::Relaxed);
        policy.row.effect() == Effect::Forbid
    }
}

impl Compiled {
    fn is_forbid(&self) -> bool {
        self.row.effect() == Effect::Forbid
    }

    fn new(row: &Row, model: &Model) -> Result<Self, Vec<Problem>> {
        let failed = |error: &dyn fmt::Display| {
            let message = format!("Deze regel is niet te laden: {error}.");
            vec![Problem::new(&row.file, message).on(row.line).of(row.rule.id.as_str())]
        };
        let alone = PolicySet::from_policies([row.policy.clone()]).map_err(|error| failed(&error))?;
        Ok(Self { row: row.clone(), alone, scope: Scope::of(&row.json, model), reads: Reads::of(&row.json) })
    }
}

fn slices(policies: &[Compiled]) -> Vec<Slice> {
    let mut slices: Vec<Slice> = Vec::new();
    for verb in 0..Verb::ALL.len() {
        for category in 0..Category::ALL.len() {
            let may_match = |policy: &Compiled| {
                policy.scope.admits(Dim::Verb, verb) && policy.scope.admits(Dim::Category, category)
            };
            let mut slice = Slice::default();
            for (place, policy) in (0..=u8::MAX).zip(policies).filter(|(_, policy)| may_match(policy)) {
                match policy.row.effect() {
                    Effect::Permit => slice.permits.push(place),
                    Effect::Forbid => slice.forbids.push(place),
                }
            }
            slices.push(slice);
        }
    }
    slices
}

fn slice_place(verb: u8, category: u8) -> usize {
    usize::from(verb) * Category::ALL.len() + usize::from(category)
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("rules", &self.policies.len())
            .field("alarms", &self.alarms())
            .finish_non_exhaustive()
    }
}
