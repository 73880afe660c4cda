//! Reads what libtest prints: one line a test, and a closing line for each test binary.

use std::collections::BTreeSet;

/// What one or more test binaries reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
    /// Test binaries that announced their tests but printed no closing line.
    pub(crate) unfinished: usize,
    /// The tests that passed or failed.
    pub(crate) ran: BTreeSet<String>,
    pub(crate) failures: Vec<String>,
}

impl Counts {
    /// Takes in one line of output.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim_end();
        if let Some(summary) = line.strip_prefix("test result: ") {
            self.read_summary(summary);
        } else if let Some(test) = line.strip_prefix("test ") {
            self.read_test(test);
        } else if is_announcement(line) {
            self.unfinished += 1;
        }
    }

    /// Takes back a test that reported itself as not applicable.
    pub(crate) fn take_back(&mut self, name: &str) {
        let failed = self.failures.iter().any(|failure| failure == name);
        if !failed && self.ran.remove(name) {
            self.passed = self.passed.saturating_sub(1);
            self.ignored += 1;
        }
    }

    fn read_summary(&mut self, summary: &str) {
        let Some((_, counts)) = summary.split_once(". ") else { return };
        for part in counts.split("; ") {
            match part.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => self.ignored += number.parse().unwrap_or(0),
                _ => (),
            }
        }
        self.unfinished = self.unfinished.saturating_sub(1);
    }

    fn read_test(&mut self, test: &str) {
        let Some((name, result)) = test.rsplit_once(" ... ") else { return };
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        if result == "FAILED" {
            self.failures.push(name.to_owned());
        }
        if result == "ok" || result == "FAILED" {
            self.ran.insert(name.to_owned());
        }
    }
}

/// `running 12 tests`
fn is_announcement(line: &str) -> bool {
    let Some(number) = line.strip_prefix("running ") else { return false };
    let number = number.strip_suffix(" tests").or_else(|| number.strip_suffix(" test"));
    number.is_some_and(|number| number.parse::<usize>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Counts {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(line));
        counts
    }

    #[test]
    fn counts_and_names_of_all_binaries_are_added_up() {
        let counts = read(
            "
running 4 tests
test dossier::not_found ... ok
test dossier::too_late ... FAILED
test dossier::refuses - should panic ... ok
test dossier::slow ... ignored, takes an hour

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s

running 1 test
test api/src/lib.rs - (line 4) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
",
        );
        assert_eq!((counts.passed, counts.failed, counts.ignored, counts.unfinished), (3, 1, 1, 0));
        assert_eq!(counts.failures, ["dossier::too_late"]);
        let ran: Vec<&str> = counts.ran.iter().map(String::as_str).collect();
        assert_eq!(
            ran,
            ["api/src/lib.rs - (line 4)", "dossier::not_found", "dossier::refuses", "dossier::too_late"]
        );
    }

    #[test]
    fn names_may_hold_spaces_and_dots() {
        let counts = read("test Aanmelding: de melder ... en de partner ... ok");
        assert!(counts.ran.contains("Aanmelding: de melder ... en de partner"));
    }

    #[test]
    fn a_binary_that_died_is_noticed() {
        let counts = read("running 2 tests\ntest a ... ok\n");
        assert_eq!((counts.passed, counts.unfinished), (0, 1));
    }

    #[test]
    fn other_output_says_nothing() {
        let counts = read("running 2 processes\ntesting ... ok\ntest the water\n3 passed, 1 failed\n");
        assert_eq!(counts, Counts::default());
    }

    #[test]
    fn a_test_that_does_not_apply_did_not_run() {
        let mut counts =
            read("test a ... ok\ntest b ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored");
        counts.take_back("a");
        counts.take_back("b");
        counts.take_back("c");
        assert_eq!((counts.passed, counts.failed, counts.ignored), (0, 1, 1));
        assert_eq!(counts.ran, BTreeSet::from(["b".to_owned()]));
    }
}
