//! The outcome of a run: what each step counted, what failed, and the closing line.

use std::collections::BTreeSet;

use anyhow::Error;

use super::{
    comparison::{Comparison, Difference},
    stage::Outcome,
};

/// Everything that a run found out.
#[derive(Debug, Default)]
pub(crate) struct Report {
    stages: Vec<Outcome>,
    checks_passed: usize,
    /// Checks that failed and tests that could not be counted, each as a sentence.
    objections: Vec<String>,
    comparison: Option<Comparison>,
}

impl Report {
    /// Adds a check that either holds or does not.
    pub(crate) fn check(&mut self, name: &str, holds: bool) {
        if holds {
            self.checks_passed += 1;
        } else {
            self.objections.push(format!("{name} failed"));
        }
    }

    /// Adds a step with its tests. In a complete run each step must have some.
    pub(crate) fn add(&mut self, outcome: Outcome, must_have_tests: bool) {
        let Outcome { name, counts, success } = &outcome;
        if counts.unfinished > 0 {
            self.objections.push(format!("{name}: {} test binaries ended early", counts.unfinished));
        } else if !success && counts.failed == 0 {
            self.objections.push(format!("{name}: a program failed outside its tests"));
        }
        if must_have_tests && counts.passed + counts.failed == 0 {
            self.objections.push(format!("{name}: no test ran"));
        }
        self.stages.push(outcome);
    }

    /// Adds the comparison of the two databases, which is a check of its own.
    pub(crate) fn compare(&mut self, comparison: Comparison) {
        let objections = comparison.objections();
        if objections.is_empty() {
            self.checks_passed += 1;
        }
        self.objections.extend(objections);
        self.comparison = Some(comparison);
    }

    /// Adds the reason why the run could not go on.
    pub(crate) fn broken(&mut self, error: &Error) {
        self.objections.push(format!("{error:#}"));
    }

    /// Ends the run: that no test ran at all is a failure too.
    pub(crate) fn close(&mut self) {
        let ran = self.stages.iter().any(|outcome| outcome.counts.passed + outcome.counts.failed > 0);
        if !ran && self.objections.is_empty() {
            self.objections.push("no test ran".to_owned());
        }
    }

    /// The names of the tests that one step ran.
    pub(crate) fn names(&self, stage: &str) -> BTreeSet<String> {
        let outcome = self.stages.iter().find(|outcome| outcome.name == stage);
        outcome.map(|outcome| outcome.counts.ran.clone()).unwrap_or_default()
    }

    /// Whether nothing failed.
    pub(crate) fn succeeded(&self) -> bool {
        self.totals().1 == 0
    }

    /// Passed and failed over everything.
    fn totals(&self) -> (usize, usize) {
        let passed: usize = self.stages.iter().map(|outcome| outcome.counts.passed).sum();
        let failed: usize = self.stages.iter().map(|outcome| outcome.counts.failed).sum();
        (passed + self.checks_passed, failed + self.objections.len())
    }

    /// Prints the report; its last line is `N passed, N failed`.
    pub(crate) fn print(&self) {
        println!("\n== summary");
        for Outcome { name, counts, .. } in &self.stages {
            let (passed, failed, ignored) = (counts.passed, counts.failed, counts.ignored);
            println!("{name:10} {:5} ran: {passed} ok, {failed} failed; {ignored} not run", passed + failed);
        }
        if let Some(comparison) = &self.comparison {
            print_differences("sqlite", &comparison.only_sqlite);
            print_differences("postgres", &comparison.only_postgres);
        }
        for Outcome { name, counts, .. } in &self.stages {
            counts.failures.iter().for_each(|failure| println!("FAILED {name}: {failure}"));
        }
        self.objections.iter().for_each(|objection| println!("FAILED {objection}"));
        let (passed, failed) = self.totals();
        println!("{passed} passed, {failed} failed");
    }
}

fn print_differences(database: &str, differences: &[Difference]) {
    println!("only on {database}: {}", differences.len());
    for Difference { name, reason } in differences {
        println!("  {name}  {}", reason.as_deref().unwrap_or("NOT LISTED"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::libtest::Counts;

    fn outcome(passed: usize, failed: usize, success: bool) -> Outcome {
        Outcome { name: "sqlite", counts: Counts { passed, failed, ..Counts::default() }, success }
    }

    #[test]
    fn checks_and_tests_are_added_up() {
        let mut report = Report::default();
        report.check("clippy", true);
        report.check("formatting", false);
        report.add(outcome(5, 2, false), true);
        report.compare(Comparison::default());
        assert_eq!(report.totals(), (7, 3));
        assert!(!report.succeeded());
    }

    #[test]
    fn a_run_without_a_test_failed() {
        let mut filtered = Report::default();
        filtered.add(outcome(0, 0, true), false);
        filtered.close();
        assert_eq!(filtered.totals(), (0, 1));
        assert!(!filtered.succeeded());
        let mut complete = Report::default();
        complete.add(outcome(3, 0, true), true);
        complete.add(outcome(0, 0, true), true);
        complete.close();
        assert_eq!(complete.totals(), (3, 1));
    }

    #[test]
    fn a_build_that_broke_and_a_binary_that_died_are_failures() {
        let mut report = Report::default();
        report.add(outcome(0, 0, false), false);
        assert_eq!(report.totals(), (0, 1));
        let mut died = outcome(4, 0, false);
        died.counts.unfinished = 1;
        report.add(died, true);
        assert_eq!(report.totals(), (4, 2));
    }

    #[test]
    fn a_difference_that_is_not_listed_is_a_failure() {
        let mut report = Report::default();
        report.add(outcome(4, 0, true), true);
        let difference = Difference { name: "a".to_owned(), reason: None };
        report.compare(Comparison { only_sqlite: vec![difference], ..Comparison::default() });
        assert_eq!(report.totals(), (4, 1));
    }
}
