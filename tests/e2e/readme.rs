//! What the README says, run as a newcomer would: the demo as a program, its first query, the covenant's commands.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::Client;

use crate::program::{Demo, program, run};

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

#[tokio::test]
async fn the_demo_starts_answers_the_first_query_and_starts_again() {
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
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&program, folder.path());
    let url = format!("{}/demo/personas", demo.base);
    let answer = reqwest::Client::new().get(url).send().await.unwrap().bytes().await.unwrap();
    let personas: Vec<Value> = serde_json::from_slice(&answer).unwrap();
    first_query_answers(&demo);
    printed_tokens_are_taken(&demo, personas.len()).await;
    for involvement in convenant::Involvement::ALL {
        let found = personas.iter().any(|persona| persona["involvement"] == involvement.code());
        assert!(found, "no persona is {}", involvement.code());
    }
    for persona in &personas {
        let subject = persona["subject"].as_str().unwrap();
        assert!(
            demo.said.iter().any(|line| line.starts_with(&format!("{subject}: "))),
            "{subject} is not printed"
        );
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

/// The command that is printed to try first, run in a shell as it stands.
fn first_query_answers(demo: &Demo) {
    let start = demo.said.iter().position(|line| line.starts_with("curl ")).unwrap();
    let printed = demo.said[start..].join("\n");
    let output = Command::new("sh").arg("-c").arg(&printed).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let node = &answer["data"]["dossiers"]["edges"][0]["node"];
    assert_eq!(node["tafel"], "TOPX", "{answer}");
    assert!(node["persons"]["edges"][0]["node"]["familyName"].is_string(), "{answer}");
    assert!(answer.get("errors").is_none(), "{answer}");
}

/// Each printed token lets its persona in; a changed one lets nobody in.
async fn printed_tokens_are_taken(demo: &Demo, personas: usize) {
    let tokens = demo.said.iter().filter_map(|line| line.trim().strip_prefix("Authorization: Bearer "));
    let tokens: Vec<&str> = tokens.collect();
    assert_eq!(tokens.len(), personas);
    for token in &tokens {
        let data =
            Client::new(&demo.base, Some((*token).to_owned())).ask("{ viewer { name } }", json!({})).await;
        assert!(data["viewer"]["name"].is_string(), "{data}");
    }
    let (head, _) = tokens[0].rsplit_once('.').unwrap();
    let forged = Client::new(&demo.base, Some(format!("{head}.AAAA")));
    let answer = forged.send("{ viewer { name } }", json!({})).await;
    assert_eq!(answer.json["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}
