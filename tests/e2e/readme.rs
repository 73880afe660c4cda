//! What the README says, run as a newcomer would: the demo as a program, its first query, the covenant's commands.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};
use tests::Client;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("README.md"))
        .unwrap()
}

/// The first block of the README in a language.
fn block(language: &str) -> String {
    let readme = readme();
    let start = format!("```{language}\n");
    let (_, rest) = readme.split_once(&start).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// The server as a program; none under a plain `cargo test`, which is told.
fn program() -> Option<PathBuf> {
    let program = std::env::var_os("VANGNET_TEST_SERVER").map(PathBuf::from);
    if program.is_none() {
        eprintln!("skipped: `cargo xtask test` builds the server as a program");
    }
    program
}

/// The program without what the test command says to tests, as a newcomer would run it.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VANGNET_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    command(program).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A running demo; it ends when this is dropped.
struct Demo {
    child: Child,
    base: String,
    /// What it says is read on: a demo that nobody reads would stop.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    /// Starts the demo in a folder, on a free port, and waits until it says where it serves.
    fn start(program: &Path, folder: &Path) -> Self {
        let mut child = command(program)
            .args(["demo", "--address", "127.0.0.1:0", "--folder"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<String> = output
            .by_ref()
            .map_while(Result::ok)
            .take_while(|line| !line.contains("/demo/oidc/token"))
            .collect();
        let base = said.iter().find_map(|line| line.split_once("http://")?.1.split_once("/graphql"));
        let base = base.map(|(host, _)| format!("http://{host}"));
        Self { base: base.unwrap_or_else(|| panic!("{said:?}")), child, _output: output }
    }

    async fn as_(&self, persona: &str) -> Client {
        let url = format!("{}/demo/oidc/token?persona={persona}", self.base);
        let answer = reqwest::Client::new().post(url).send().await.unwrap().bytes().await.unwrap();
        let token: Value = serde_json::from_slice(&answer).unwrap();
        Client::new(&self.base, Some(token["access_token"].as_str().unwrap().to_owned()))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_demo_starts_answers_the_first_query_and_starts_again() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&program, folder.path());
    let data = demo.as_("politie-twente").await.ask(&block("graphql"), json!({})).await;
    let person = &data["dossiers"]["edges"][0]["node"]["persons"]["edges"][0]["node"];
    assert!(person["familyName"].is_string() && person["bsn"].is_null(), "{data}");
    assert_eq!(person["viewerAccess"]["withheld"][0]["fields"], json!(["bsn"]));

    let second =
        run(&program, &["demo", "--folder", folder.path().to_str().unwrap(), "--address", "127.0.0.1:0"]);
    assert!(!second.status.success(), "a second server on one file must say so and stop");
    assert!(String::from_utf8_lossy(&second.stderr).contains("another server"));

    drop(demo);
    let again = Demo::start(&program, folder.path());
    let same = again.as_("politie-twente").await.ask(&block("graphql"), json!({})).await;
    assert_eq!(same["dossiers"], data["dossiers"]);
}

#[tokio::test]
async fn every_persona_of_the_demo_is_known_and_every_involvement_has_one() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&program, folder.path());
    let url = format!("{}/demo/personas", demo.base);
    let answer = reqwest::Client::new().get(url).send().await.unwrap().bytes().await.unwrap();
    let personas: Vec<Value> = serde_json::from_slice(&answer).unwrap();
    for involvement in convenant::Involvement::ALL {
        let found = personas.iter().any(|persona| persona["involvement"] == involvement.code());
        assert!(found, "no persona is {}", involvement.code());
    }
    for persona in &personas {
        let client = Client::new(&demo.base, Some(persona["token"].as_str().unwrap().to_owned()));
        let query = "{ viewer { name } dossiers(first: 1) { edges { node { involvements } } } }";
        let data = client.ask(query, json!({})).await;
        let present = data["dossiers"]["edges"].as_array().map_or(0, Vec::len) > 0;
        let has_none = matches!(persona["involvement"].as_str(), Some("GEEN" | "FG" | "ONDERZOEK"));
        assert!(present || has_none, "{} sees no dossier", persona["subject"]);
    }
}

#[test]
fn the_commands_of_the_covenant_work() {
    let Some(program) = program() else { return };
    assert!(run(&program, &["convenant", "check"]).status.success());
    let matrix = run(&program, &["convenant", "matrix", "--house", "twente"]);
    assert!(String::from_utf8_lossy(&matrix.stdout).contains("WONINGCORPORATIE"));
    for command in ["explain", "diff", "simulate"] {
        assert!(run(&program, &["convenant", command, "--help"]).status.success());
    }
    for command in ["check", "matrix --house twente", "explain --help", "diff --help", "simulate --help"] {
        assert!(readme().contains(&format!("cargo run -- convenant {command}")), "{command}");
    }
}

#[test]
fn the_two_commands_are_those_of_the_tests() {
    let commands = block("sh");
    assert!(commands.contains("cargo run -- demo") && commands.contains("cargo xtask test"));
    let ci = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(".ci/run");
    assert!(std::fs::read_to_string(ci).unwrap().contains("cargo xtask test"));
}
