//! Peers that are not ours: the reference clients, an OpenID provider and a browser, run by Node.
//!
//! The test command says where they are. Without it, under a plain `cargo test`, the tests that need them say so
//! and end.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The Node of the test command; none under a plain `cargo test`, which is told.
pub fn node() -> Option<PathBuf> {
    let node = std::env::var_os("VANGNET_TEST_NODE").map(PathBuf::from);
    if node.is_none() {
        eprintln!("skipped: `cargo xtask test` brings Node and its packages");
    }
    node
}

/// A script of the peers.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("npm").join(name)
}

/// Runs a script to its end; gives the JSON lines that it printed, and whether it succeeded.
pub fn run(node: &Path, name: &str, arguments: &[&str]) -> (bool, Vec<Value>, String) {
    let run = Command::new(node).arg(script(name)).args(arguments).output().unwrap();
    let lines = String::from_utf8_lossy(&run.stdout);
    let lines = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    (run.status.success(), lines, String::from_utf8_lossy(&run.stderr).into_owned())
}

/// A running OpenID provider; it ends when this is dropped.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    /// Its issuer URL.
    pub issuer: String,
}

impl Provider {
    /// Starts one on a free port.
    pub fn start(node: &Path) -> Self {
        let mut child = Command::new(node)
            .arg(script("oidc.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { child, issuer: said["issuer"].as_str().unwrap().to_owned() }
    }

    /// Posts to one of the provider's own test addresses.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = reqwest::Client::new()
            .post(format!("{}{path}", self.issuer))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
