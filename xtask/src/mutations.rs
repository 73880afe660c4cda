//! `cargo xtask convenant-mutations`: changes each policy of the model in one place after another, and shows that a test
//! notices. It only starts the test that does so, which is left out of the ordinary runs because it takes long.

use anyhow::Result;

use crate::{interrupt, workspace};

const TEST: &str = "mutations::every_mutation_of_a_policy_is_noticed";

/// False means that a mutation survived that `convenant/tests/survivors.txt` does not explain.
pub(crate) fn run() -> Result<bool> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--package", "convenant", "--test", "suite", "--", "--ignored", "--exact", TEST]);
    Ok(interrupt::run(&mut cargo, |_| ())?.success())
}
