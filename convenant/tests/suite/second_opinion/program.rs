//! The Go program: built once, run with policies, entities and requests. It must never pass for a proof where there is
//! no Go.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use tempfile::TempDir;

use super::entities;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second_opinion");
const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model");
const POLICIES: [&str; 4] = ["ask.cedar", "forbid.cedar", "see.cedar", "supply.cedar"];

/// Says a line on the terminal, also when the test passes.
pub(super) fn say(line: &str) {
    // A closed terminal must not fail the test.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A number from the environment, such as the seed of the random sample.
pub(super) fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    variable(name).map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[expect(clippy::disallowed_methods, reason = "the settings of a test come from its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The program with what it decides by.
pub(super) struct Program {
    binary: &'static Path,
    policies: Vec<PathBuf>,
    folder: TempDir,
}

impl Program {
    /// The program on the policies of the covenant; none where Go or the module of cedar-go cannot be had, which is
    /// said and told to the test command.
    pub(super) fn build(test: &str) -> Option<Self> {
        let binary = match binary() {
            Ok(binary) => binary,
            Err(missing) => {
                say(&format!("second opinion: did not run, {missing}"));
                skip(test);
                return None;
            }
        };
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("entities.json"), entities::all().to_string()).expect("entities");
        let policies = POLICIES.iter().map(|file| Path::new(MODEL).join(file)).collect();
        Some(Self { binary, policies, folder })
    }

    /// The same program on policies with one piece of text replaced.
    pub(super) fn with_policy_changed(mut self, file: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(Path::new(MODEL).join(file)).expect("policies");
        assert!(text.contains(from), "{from} does not stand in {file}");
        let changed = self.folder.path().join(file);
        fs::write(&changed, text.replacen(from, to, 1)).expect("changed policies");
        self.policies.retain(|policy| !policy.ends_with(file));
        self.policies.push(changed);
        self
    }

    /// The answers to these lines, in their order.
    pub(super) fn answers(&self, lines: impl Iterator<Item = String> + Send) -> Vec<String> {
        let mut answers = Vec::new();
        self.each_answer(lines, |_, answer| answers.push(answer.to_owned()));
        answers
    }

    /// Hands over each answer with the place of its line, while the next ones are being decided.
    pub(super) fn each_answer(
        &self,
        lines: impl Iterator<Item = String> + Send,
        mut take: impl FnMut(usize, &str),
    ) {
        let mut command = Command::new(self.binary);
        command.arg(self.folder.path().join("entities.json")).args(&self.policies);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut input = BufWriter::new(input);
                // A program that ended says why itself; its missing answers fail the test.
                let _ = lines.map(|line| writeln!(input, "{line}")).take_while(Result::is_ok).count();
            });
            output.lines().enumerate().for_each(|(place, line)| take(place, &line.expect("a line")));
        });
        assert!(child.wait().expect("it ends").success(), "the Go program failed");
    }
}

/// The program, built once; an error says what is missing to build it.
fn binary() -> Result<&'static Path, String> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY.get_or_init(build).as_deref().map_err(Clone::clone)
}

fn build() -> Result<PathBuf, String> {
    let go = |arguments: &[&str]| Command::new("go").args(["-C", SOURCE]).args(arguments).output();
    match go(&["mod", "download"]) {
        Err(error) => return Err(format!("there is no Go here ({error})")),
        Ok(output) if !output.status.success() => {
            return Err("the module of cedar-go is not here and cannot be fetched".to_owned());
        }
        Ok(_) => (),
    }
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second_opinion");
    let path = binary.to_str().expect("a path in UTF-8");
    let built = go(&["build", "-trimpath", "-o", path, "."]).expect("go was there before");
    assert!(built.status.success(), "go build: {}", String::from_utf8_lossy(&built.stderr));
    Ok(binary)
}

/// Tells the test command that a test did not apply, so that it does not count as passed.
fn skip(test: &str) {
    if let Some(path) = variable("VANGNET_TEST_SKIPPED") {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).expect("the list");
        writeln!(file, "{test}").expect("a line");
    }
}
