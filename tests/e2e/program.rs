//! The server as a program, run as an operator or a newcomer would, without what the test command says to tests.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;
use tests::Client;
use tests::database::TestDatabase;
use waarborg::database::Location;

/// The program; none under a plain `cargo test`, which is told.
pub(crate) fn program() -> Option<PathBuf> {
    let program = std::env::var_os("VANGNET_TEST_SERVER").map(PathBuf::from);
    if program.is_none() {
        eprintln!("skipped: `cargo xtask test` builds the server as a program");
    }
    program
}

/// The program with the environment of an operator.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VANGNET_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Output {
    run_with(program, arguments, "")
}

/// Runs a command that reads lines, to its end.
pub(crate) fn run_with(program: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = command(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have ended by now.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What a command printed.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command complained of.
pub(crate) fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A running demo; it ends when this is dropped.
pub(crate) struct Demo {
    child: Child,
    pub(crate) base: String,
    /// What it said before it served.
    pub(crate) said: Vec<String>,
    /// What it says is read on: a demo that nobody reads would stop.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    /// Starts the demo in a folder, on a free port, and waits until it says where it serves.
    pub(crate) fn start(program: &Path, folder: &Path) -> Self {
        let mut command = command(program);
        command.args(["demo", "--address", "127.0.0.1:0", "--folder"]).arg(folder);
        Self::spawn(command)
    }

    /// Starts it on a fresh database of the kind that the test command asks.
    pub(crate) async fn on_the_database_of_the_tests(program: &Path, folder: &Path) -> Self {
        let database = TestDatabase::empty().await;
        let (Location::Postgres(url), Location::Postgres(owner)) = (&database.serving, &database.location)
        else {
            return Self::start(program, folder);
        };
        let mut command = command(program);
        command
            .current_dir(folder)
            .env("VANGNET_DATABASE__URL", url)
            .env("VANGNET_DATABASE__OWNER_URL", owner);
        command.args(["demo", "--address", "127.0.0.1:0"]);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        // The query to try is the last that it prints; it ends at its last line.
        let mut is_last = false;
        let said: Vec<String> = output
            .by_ref()
            .map_while(Result::ok)
            .take_while(|line| !std::mem::replace(&mut is_last, line.starts_with("  -d ")))
            .collect();
        let base = said.iter().find_map(|line| line.split_once("http://")?.1.split_once("/graphql"));
        let base = base.map(|(host, _)| format!("http://{host}"));
        Self { base: base.unwrap_or_else(|| panic!("{said:?}")), said, child, _output: output }
    }

    /// A client of a persona.
    pub(crate) async fn as_(&self, persona: &str) -> Client {
        let url = format!("{}/demo/oidc/token?persona={persona}", self.base);
        let answer = reqwest::Client::new().post(url).send().await.unwrap().bytes().await.unwrap();
        let token: Value = serde_json::from_slice(&answer).unwrap();
        Client::new(&self.base, Some(token["access_token"].as_str().unwrap().to_owned()))
    }

    /// Everybody of the demo, with a client of theirs.
    pub(crate) async fn personas(&self) -> Vec<(String, Client)> {
        let url = format!("{}/demo/personas", self.base);
        let answer = reqwest::Client::new().get(url).send().await.unwrap().bytes().await.unwrap();
        let personas: Vec<Value> = serde_json::from_slice(&answer).unwrap();
        let of = |persona: &Value, name: &str| persona[name].as_str().unwrap().to_owned();
        let client = |persona: &Value| Client::new(&self.base, Some(of(persona, "token")));
        personas.iter().map(|persona| (of(persona, "subject"), client(persona))).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
