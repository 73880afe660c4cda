//! The steps of a run: each shows the output of what it runs as it comes, and counts the tests in it.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::Result;

use super::{build::Binary, libtest::Counts};
use crate::{interrupt, workspace};

/// Programs with tests, run one after another.
pub(crate) struct Stage {
    name: &'static str,
    commands: Vec<(String, Command)>,
    skipped: PathBuf,
}

/// What a stage reported.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) counts: Counts,
    /// Whether each program ended well.
    pub(crate) success: bool,
}

impl Stage {
    /// A stage that is told by `skipped` which of its tests did not apply.
    pub(crate) fn new(name: &'static str, skipped: PathBuf) -> Self {
        Self { name, commands: Vec::new(), skipped }
    }

    /// Adds test binaries, run as cargo would run them.
    pub(crate) fn binaries<'a>(
        mut self,
        binaries: impl Iterator<Item = &'a Binary>,
        filter: Option<&str>,
    ) -> Self {
        for binary in binaries {
            let mut command = Command::new(&binary.executable);
            command.current_dir(&binary.package).env("CARGO_MANIFEST_DIR", &binary.package).args(filter);
            self.commands.push((binary.source.display().to_string(), command));
        }
        self
    }

    /// Adds the examples in the documentation of every crate.
    pub(crate) fn documentation(mut self, filter: Option<&str>) -> Self {
        let mut command = workspace::cargo();
        command.args(["test", "--workspace", "--doc", "--no-fail-fast"]);
        command.args(filter.map(|_| "--")).args(filter);
        self.commands.push(("documentation".to_owned(), command));
        self
    }

    /// Runs everything to its end, with its output on the terminal.
    pub(crate) fn run(self, environment: &[(&str, String)]) -> Result<Outcome> {
        println!("\n== tests: {}", self.name);
        self.run_shown_on(&mut io::stdout(), environment)
    }

    fn run_shown_on(self, shown: &mut impl Write, environment: &[(&str, String)]) -> Result<Outcome> {
        let mut outcome = Outcome { name: self.name, counts: Counts::default(), success: true };
        for (title, mut command) in self.commands {
            writeln!(shown, "-- {title}")?;
            command.envs(environment.iter().map(|(name, value)| (name, value)));
            command.env("VANGNET_TEST_SKIPPED", &self.skipped);
            outcome.success &= count(&mut command, shown, &mut outcome.counts)?;
        }
        for name in fs::read_to_string(&self.skipped).unwrap_or_default().lines() {
            outcome.counts.take_back(name.trim());
        }
        Ok(outcome)
    }
}

/// Whether every file is formatted.
pub(crate) fn formatting() -> Result<bool> {
    check("formatting", &["fmt", "--all", "--check"])
}

/// Whether clippy has nothing to say.
pub(crate) fn clippy() -> Result<bool> {
    check("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn check(name: &str, arguments: &[&str]) -> Result<bool> {
    println!("\n== {name}");
    Ok(interrupt::run(workspace::cargo().args(arguments), |_| ())?.success())
}

fn count(command: &mut Command, shown: &mut impl Write, counts: &mut Counts) -> Result<bool> {
    let status = interrupt::run(command.stdout(Stdio::piped()), |child| {
        if let Some(output) = child.stdout.take() {
            follow(output, shown, |line| counts.read(line));
        }
    })?;
    Ok(status.success())
}

/// Passes output on to `shown` as it comes, and each line of it to `read`.
fn follow(output: impl Read, shown: &mut impl Write, mut read: impl FnMut(&str)) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        // A closed terminal must not end the tests.
        let _ = shown.write_all(&line).and_then(|()| shown.flush());
        read(&String::from_utf8_lossy(&line));
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn every_line_is_followed_even_the_last_without_a_line_end() {
        let mut lines = Vec::new();
        let mut shown = Vec::new();
        follow(&b"one\ntwo \xff\nthree"[..], &mut shown, |line| lines.push(line.trim_end().to_owned()));
        assert_eq!(lines, ["one", "two \u{fffd}", "three"]);
        assert_eq!(shown, b"one\ntwo \xff\nthree");
    }

    #[test]
    fn all_programs_run_and_a_test_can_say_that_it_does_not_apply() {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = Stage::new("sqlite", folder.path().join("skipped"));
        let first = "echo 'test a ... FAILED'; echo 'test result: FAILED. 0 passed; 1 failed'; exit 101";
        let second =
            "echo b >$VANGNET_TEST_SKIPPED; echo 'test b ... ok'; echo 'test result: ok. 1 passed; 0 failed'";
        stage.commands = vec![("first".to_owned(), shell(first)), ("second".to_owned(), shell(second))];
        let outcome = stage.run_shown_on(&mut Vec::new(), &[]).unwrap();
        assert!(!outcome.success);
        assert_eq!((outcome.counts.passed, outcome.counts.failed, outcome.counts.ignored), (0, 1, 1));
    }
}
