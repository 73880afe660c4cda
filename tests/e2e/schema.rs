//! The contract: the committed schema is the one that is served, and client generators accept it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = std::fs::read_to_string(root().join("schema.graphql")).unwrap();
    assert!(
        committed == vangnet::graphql::schema::sdl(),
        "run `cargo xtask schema` and commit schema.graphql"
    );
}

#[test]
fn every_field_shows_its_category() {
    let committed = std::fs::read_to_string(root().join("schema.graphql")).unwrap();
    assert!(committed.contains("directive @gegeven(categorie: Categorie!) on FIELD_DEFINITION"));
    assert!(committed.contains("bsn: Bsn @gegeven(categorie: D01B)"));
}

#[test]
fn relay_and_code_generators_accept_the_schema() {
    let Some(node) = tests::peers::node() else { return };
    let script = root().join("tests/npm/codegen.mjs");
    let run = Command::new(node).arg(script).arg(root().join("schema.graphql")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let made: Value = serde_json::from_slice(&run.stdout).unwrap();
    let files = |generator: &str| made[generator].as_array().map_or(0, Vec::len);
    assert!(files("relay") > 0 && files("codegen") > 0, "{made}");
}
