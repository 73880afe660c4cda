//! The criteria by which an aanmelding is weighed, and the answers to them (domain.md b.5). Pure.

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::graphql::check::Checks;
use crate::graphql::scalar::{Line, Text};
use crate::graphql::user_error::Finding;

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
    pub(super) const fn criteria(self) -> [&'static str; 4] {
        match self {
            Self::Landelijk => ["C1", "C2", "C3", "C4"],
            Self::Twente2023 => ["T1", "T2", "T3", "T4"],
        }
    }

    /// Whether the answers meet the criteria.
    pub(super) fn is_met(self, met: [bool; 4]) -> bool {
        let [first, second, third, fourth] = met;
        match self {
            Self::Landelijk => first && second && (third || fourth),
            Self::Twente2023 => first && second && third && fourth,
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
    pub(super) criterion: String,
    /// Whether it is met.
    pub(super) met: bool,
    /// Why.
    motivation: String,
}

/// Reads the answers: one to each criterion of the set.
pub(super) fn read_answers(
    set: CriteriaSet,
    given: &[CriterionInput],
    checks: &mut Checks,
) -> Option<Vec<CriterionAnswer>> {
    let asked = set.criteria();
    let answers = checks.list("answers", given, asked.len()..=asked.len(), |checks, place, answer| {
        checks.within(place, |checks| {
            let criterion = checks.line("criterion", &answer.criterion);
            let motivation = checks.text("motivation", &answer.motivation);
            Some(CriterionAnswer { criterion: criterion?, met: answer.met, motivation: motivation? })
        })
    })?;
    let complete = asked.iter().all(|criterion| answers.iter().any(|answer| answer.criterion == *criterion));
    if !complete {
        checks.note("answers", Finding::Amount);
    }
    complete.then_some(answers)
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
