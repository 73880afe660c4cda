//! Builds the server and every test once, and tells which test binaries came of it.
//!
//! Each call of cargo here selects the whole workspace. Cargo unites the features of the packages that
//! are selected, so another selection would build most dependencies a second time.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{interrupt, workspace};

/// A program that cargo built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Binary {
    pub(crate) executable: PathBuf,
    /// The folder of its package, which is where cargo would run its tests.
    pub(crate) package: PathBuf,
    /// The source file it starts with, relative to the workspace.
    pub(crate) source: PathBuf,
}

/// What the tests are made of.
#[derive(Debug)]
pub(crate) struct Built {
    /// The server itself, for tests that start it as a process.
    pub(crate) server: PathBuf,
    pub(crate) tests: Vec<Binary>,
}

/// Builds everything; with `only_integration` the unit tests are left out.
pub(crate) fn everything(only_integration: bool) -> Result<Built> {
    println!("\n== build");
    let server = cargo(&["build", "--bin", "vangnet"])?.into_iter().next();
    let targets: &[&str] = if only_integration { &["--test", "*"] } else { &[] };
    let tests = cargo(&[&["test", "--no-run"], targets].concat())?;
    let server = server.context("cargo built no server")?.executable;
    let mut tests: Vec<Binary> =
        tests.into_iter().filter(|binary| binary.is_test).map(Binary::from).collect();
    tests.sort_by(|one, other| one.source.cmp(&other.source));
    Ok(Built { server, tests })
}

/// Builds the end-to-end tests with a server whose statements have no scope.
pub(crate) fn without_scope() -> Result<Vec<Binary>> {
    println!("\n== build");
    let tests = cargo(&["test", "--no-run", "--test", "e2e", "--features", "tests/without-scope"])?;
    Ok(tests.into_iter().filter(|binary| binary.is_test).map(Binary::from).collect())
}

fn cargo(arguments: &[&str]) -> Result<Vec<Artifact>> {
    let mut command = workspace::cargo();
    command.args(arguments).args(["--workspace", "--message-format=json-render-diagnostics"]);
    let mut artifacts = Vec::new();
    let status = interrupt::run(command.stdout(Stdio::piped()), |child| {
        let lines = child.stdout.take().map(|output| BufReader::new(output).lines());
        artifacts.extend(
            lines.into_iter().flatten().map_while(Result::ok).filter_map(|line| Artifact::parse(&line)),
        );
    })?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(artifacts)
}

/// An executable in cargo's messages.
#[derive(Debug)]
struct Artifact {
    executable: PathBuf,
    manifest: PathBuf,
    source: PathBuf,
    is_test: bool,
}

impl Artifact {
    fn parse(message: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(message).ok()?;
        let path = |pointer: &str| message.pointer(pointer)?.as_str().map(PathBuf::from);
        Some(Self {
            executable: path("/executable")?,
            manifest: path("/manifest_path")?,
            source: path("/target/src_path")?,
            is_test: message.pointer("/profile/test")?.as_bool()?,
        })
    }
}

impl From<Artifact> for Binary {
    fn from(artifact: Artifact) -> Self {
        let source =
            artifact.source.strip_prefix(workspace::root()).map(Path::to_owned).unwrap_or(artifact.source);
        let package = artifact.manifest.parent().map(Path::to_owned).unwrap_or_default();
        Self { executable: artifact.executable, package, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_is_read_from_the_messages_of_cargo() {
        let root = workspace::root().display();
        let message = format!(
            r#"{{"reason":"compiler-artifact","manifest_path":"{root}/api/Cargo.toml",
            "target":{{"kind":["lib"],"src_path":"{root}/api/src/lib.rs"}},
            "profile":{{"test":true}},"executable":"/target/debug/deps/vangnet-1"}}"#
        );
        let artifact = Artifact::parse(&message).unwrap();
        assert!(artifact.is_test);
        let binary = Binary::from(artifact);
        assert_eq!(binary.executable, Path::new("/target/debug/deps/vangnet-1"));
        assert_eq!(binary.package, workspace::root().join("api"));
        assert_eq!(binary.source, Path::new("api/src/lib.rs"));
    }

    #[test]
    fn other_messages_are_passed_over() {
        let library =
            r#"{"manifest_path":"m","target":{"src_path":"s"},"profile":{"test":false},"executable":null}"#;
        assert!(Artifact::parse(library).is_none());
        assert!(Artifact::parse(r#"{"reason":"build-finished","success":true}"#).is_none());
        assert!(Artifact::parse("warning: something").is_none());
    }
}
