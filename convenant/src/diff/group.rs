//! Puts differences together that are the same but for one word, so that a jurist reads blocks and not cells.
//!
//! It must lose nothing: what a block says holds for every combination of its words.

use std::collections::{BTreeMap, BTreeSet};

use super::Difference;
use crate::vocabulary::Phase;

/// The same differences in fewer blocks.
pub(super) fn together(mut found: Vec<Difference>) -> Vec<Difference> {
    found = merge(found, |one| &mut one.categories);
    found = merge_facts(found);
    found = merge(found, |one| &mut one.asked);
    found = merge(found, |one| &mut one.phases);
    found = merge(found, |one| &mut one.tafels);
    merge(found, |one| &mut one.partners)
}

/// Without more and with a fact are different things; with one fact or with another are not.
fn merge_facts(found: Vec<Difference>) -> Vec<Difference> {
    let (mut with, mut merged): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| !one.facts.is_empty());
    with = merge(with, |one| &mut one.facts);
    merged.extend(with);
    merged
}

fn merge<T: Ord>(
    found: Vec<Difference>,
    part: impl Fn(&mut Difference) -> &mut BTreeSet<T>,
) -> Vec<Difference> {
    let mut alike: BTreeMap<Difference, BTreeSet<T>> = BTreeMap::new();
    for mut one in found {
        let values = std::mem::take(part(&mut one));
        alike.entry(one).or_default().extend(values);
    }
    let put = |(mut one, values): (Difference, BTreeSet<T>)| {
        *part(&mut one) = values;
        one
    };
    alike.into_iter().map(put).collect()
}

/// Phases as spans: F1, F6-F8.
pub(super) fn spans(phases: &BTreeSet<Phase>) -> String {
    let mut spans: Vec<(Phase, Phase)> = Vec::new();
    for &phase in phases {
        match spans.last_mut() {
            Some((_, last)) if *last as usize + 1 == phase as usize => *last = phase,
            _ => spans.push((phase, phase)),
        }
    }
    let written = spans
        .iter()
        .map(|(first, last)| if first == last { first.code().to_owned() } else { format!("{first}-{last}") });
    written.collect::<Vec<_>>().join(", ")
}
