//! Whether a permit can ever apply: an exact search for a request that it permits and that nothing forbids.
//!
//! The space of requests is finite, and a policy says which words it looks at; so words are chosen one at a time, and a
//! branch ends as soon as a policy that has all its words decides it. It asks policies and must never judge itself.

use std::collections::BTreeSet;

use super::cedar::Asking;
use super::point::{DIMS, Dim, Point, values};
use super::{Engine, slice_place};
use crate::vocabulary::{Category, Fact, Involvement, Verb};

/// Evaluations after which the search gives up and finds nothing wrong: only a policy that looks at nearly every word
/// at once gets there.
const PATIENCE: u32 = 400_000;

/// The outcome of a search for one permit.
pub(super) enum Reach {
    /// There is such a request.
    Alive,
    /// There is none; these forbids stood in the way, none when the conditions exclude each other.
    Dead(BTreeSet<u8>),
    /// Not decided within patience.
    Unknown,
}

/// Can this permit ever apply?
pub(super) fn of(engine: &Engine, permit: u8) -> Reach {
    search(engine, permit, Partial { point: Point::NOWHERE, known: 0 })
}

/// Can this permit ever apply to this category, for another than who supplied the datum?
pub(super) fn to(engine: &Engine, permit: u8, verb: Verb, category: Category) -> Reach {
    let start = Partial { point: Point::NOWHERE, known: 0 };
    let start = start.with(Dim::Verb.place(), verb as u8).with(Dim::Category.place(), category as u8);
    search(engine, permit, start.with(Dim::Fact(Fact::Eigen).place(), 0))
}

fn search(engine: &Engine, permit: u8, start: Partial) -> Reach {
    let all = 0..=u8::MAX;
    let rivals = all.zip(&engine.policies).filter(|(_, policy)| policy.is_forbid()).map(|(place, _)| place);
    let mut search = Search { engine, permit, killers: BTreeSet::new(), patience: PATIENCE };
    match search.go(start, false, rivals.collect()) {
        Some(true) => Reach::Alive,
        Some(false) => Reach::Dead(search.killers),
        None => Reach::Unknown,
    }
}

/// The permits that may apply to a verb and a category, by place; first those that look at least, and so are decided
/// soonest.
pub(super) fn permits_for(engine: &Engine, verb: Verb, category: Category) -> Vec<u8> {
    let slice = engine.slices.get(slice_place(verb as u8, category as u8));
    let mut permits = slice.map(|slice| slice.permits.clone()).unwrap_or_default();
    permits.sort_by_key(|place| engine.at(*place).map(|policy| policy.reads.mask().count_ones()));
    permits
}

/// A request of which some words are chosen.
#[derive(Clone, Copy)]
struct Partial {
    point: Point,
    known: u32,
}

impl Partial {
    fn with(self, place: usize, value: u8) -> Self {
        Self { point: self.point.with(place, value), known: self.known | 1 << place }
    }

    const fn knows(self, place: usize) -> bool {
        self.known >> place & 1 == 1
    }

    /// Can it still become a request? A task brings its own phase, and only who asks names whom.
    fn is_possible(self) -> bool {
        let both = |one: Dim, other: Dim| self.knows(one.place()) && self.knows(other.place());
        let phase = usize::from(self.point.get(Dim::Phase));
        let involvement = Involvement::ALL.get(usize::from(self.point.get(Dim::Involvement)));
        let task = involvement.and_then(|involvement| involvement.task_phase());
        let in_phase = !both(Dim::Involvement, Dim::Phase) || task.is_none_or(|task| task as usize == phase);
        let asks = self.point.get(Dim::Verb) == Verb::Ask as u8;
        let names = self.point.get(Dim::Asked) > 0;
        in_phase && (!both(Dim::Verb, Dim::Asked) || asks == names)
    }
}

struct Search<'e> {
    engine: &'e Engine,
    permit: u8,
    killers: BTreeSet<u8>,
    patience: u32,
}

impl Search<'_> {
    /// Is there a request beyond this one? `None` when patience ended.
    fn go(&mut self, partial: Partial, permitted: bool, rivals: Vec<u8>) -> Option<bool> {
        if !partial.is_possible() || !self.may_match(self.permit, partial) {
            return Some(false);
        }
        let permitted = permitted || self.knows_all(self.permit, partial);
        if permitted && !self.matches(self.permit, partial)? {
            return Some(false);
        }
        let mut left = Vec::with_capacity(rivals.len());
        for rival in rivals {
            if !self.may_match(rival, partial) {
                continue;
            }
            if !self.knows_all(rival, partial) {
                left.push(rival);
            } else if self.matches(rival, partial)? {
                self.killers.insert(rival);
                return Some(false);
            }
        }
        let Some(place) = self.next(partial, permitted, &left) else { return Some(true) };
        for value in values(place) {
            if self.go(partial.with(place, value), permitted, left.clone())? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The word to choose next: one that the permit looks at, then one of the forbid that misses fewest.
    fn next(&self, partial: Partial, permitted: bool, rivals: &[u8]) -> Option<usize> {
        let missing = |place: u8| {
            let reads = self.engine.at(place).map_or(0, |policy| policy.reads.mask());
            reads & !partial.known
        };
        let mask = if permitted {
            rivals.iter().map(|rival| missing(*rival)).min_by_key(|mask| mask.count_ones())?
        } else {
            missing(self.permit)
        };
        (0..DIMS).find(|place| mask >> place & 1 == 1)
    }

    fn knows_all(&self, place: u8, partial: Partial) -> bool {
        self.engine.at(place).is_none_or(|policy| policy.reads.mask() & !partial.known == 0)
    }

    fn may_match(&self, place: u8, partial: Partial) -> bool {
        self.engine.at(place).is_some_and(|policy| policy.scope.may_match_of(&partial.point, partial.known))
    }

    fn matches(&mut self, place: u8, partial: Partial) -> Option<bool> {
        self.patience = self.patience.checked_sub(1)?;
        Some(self.engine.matches(place, &mut Asking::new(&self.engine.world, partial.point)))
    }
}
