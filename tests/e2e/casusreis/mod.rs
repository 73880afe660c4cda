//! The journey of a case as a scenario in Dutch, run against a whole server.
//!
//! The scenarios stand in `tests/features`; whoever runs cases can read them. The steps are few and generic:
//! [`acts`] does what people do, [`seen`] looks at what each of them sees, [`hidden`] tries every path to what
//! must not exist for somebody, [`heard`] follows what the server tells.

mod acts;
mod gast;
mod heard;
mod hidden;
mod intake;
mod journey;
mod noodtoegang;
mod ondertekening;
mod people;
mod seen;
mod tafel;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use cucumber::writer::{self, Coloring, Stats, Verbosity};
use cucumber::{World, WriterExt};

use journey::Journey;

#[tokio::test]
async fn the_journey_of_a_case() {
    play("casusreis.feature").await;
}

#[tokio::test]
async fn break_glass() {
    play("noodtoegang.feature").await;
}

#[tokio::test]
async fn guests() {
    play("gast.feature").await;
}

#[tokio::test]
async fn signatures() {
    play("ondertekening.feature").await;
}

/// Plays the scenarios of a file.
async fn play(file: &str) {
    let report = Report::default();
    let writer = writer::Basic::new(report.clone(), Coloring::Never, Verbosity::Default).summarized();
    let features = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("features").join(file);
    let outcome = Journey::cucumber::<PathBuf>()
        .with_writer(writer)
        .fail_on_skipped()
        .max_concurrent_scenarios(2)
        .with_default_cli()
        .run(features)
        .await;
    assert!(!outcome.execution_has_failed(), "{}", report.text());
    assert!(outcome.passed_steps() > 0, "{}", report.text());
}

/// Where the runner writes what it did; shown when something failed.
#[derive(Debug, Clone, Default)]
struct Report(Arc<Mutex<Vec<u8>>>);

impl Report {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Report {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
