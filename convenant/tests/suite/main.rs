//! The covenant against its tables: a second, independent reading of the tables stands beside the engine.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod agreement;
mod arrange;
mod cells;
mod checks;
mod differences;
mod grounds;
mod house_pages;
mod houses;
mod lines;
mod memory;
mod mutations;
mod pictures;
mod random;
mod second_opinion;
mod tables;
mod versions;

use std::sync::LazyLock;

use convenant::Convenant;

/// The covenant in the binary, loaded once.
static CONVENANT: LazyLock<Convenant> =
    LazyLock::new(|| Convenant::embedded().expect("the covenant is right"));
