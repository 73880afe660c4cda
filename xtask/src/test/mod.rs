//! `cargo xtask test`: every check and every test of the workspace, counted.
//!
//! In order: formatting, clippy, the tests of each crate once, then the end-to-end tests (crate `tests`)
//! on SQLite and again on PostgreSQL with Redis.
//!
//! Every test finds in its environment: `VANGNET_TEST_POSTGRES_URL` (a superuser; make a database of your
//! own), `VANGNET_TEST_REDIS_URL`, `VANGNET_TEST_POSTGRES_BIN` and `VANGNET_TEST_REDIS_SERVER` (to start
//! further servers, as the user `VANGNET_TEST_RUN_AS` where that is set), `VANGNET_TEST_NODE`,
//! `VANGNET_TEST_NODE_MODULES`, `VANGNET_TEST_CHROMIUM`, and `VANGNET_TEST_SERVER`, the server as a program.
//! `VANGNET_TEST_DATABASE` is `sqlite` or `postgres` for the end-to-end tests.
//!
//! A test that does not apply to the database it runs on
//! appends its name, as libtest prints it, as one line to the file named by `VANGNET_TEST_SKIPPED`: it then
//! counts as not run there. A test that ran on one database only must be listed with its reason in
//! `tests/only-on-one-database.txt`.

mod build;
mod comparison;
mod libtest;
mod report;
mod stage;

use std::fs;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use self::{build::Binary, comparison::AllowList, report::Report, stage::Stage};
use crate::{services::Services, workspace};

/// The folder of the package with the end-to-end tests.
const END_TO_END: &str = "tests";

const ALLOW_LIST: &str = "tests/only-on-one-database.txt";

/// The options of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Options {
    /// Runs only the end-to-end tests, on this database.
    #[arg(long, value_name = "DATABASE")]
    only: Option<Database>,

    /// Runs only the tests whose name contains this text, and no other check.
    filter: Option<String>,
}

/// The databases that the end-to-end tests run on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Options {
    /// Whether this is a run of everything, as continuous integration does it.
    fn complete(&self) -> bool {
        self.only.is_none() && self.filter.is_none()
    }

    fn databases(&self) -> Vec<Database> {
        self.only.map_or_else(|| vec![Database::Sqlite, Database::Postgres], |only| vec![only])
    }
}

/// Runs what the options ask for; false means that something failed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let services = Services::start()?;
    let mut report = Report::default();
    if let Err(error) = run_stages(options, &services, &mut report) {
        report.broken(&error);
    }
    drop(services);
    report.close();
    report.print();
    Ok(report.succeeded())
}

/// `cargo xtask second-lock`: what PostgreSQL keeps from a viewer must be kept as well by a server that has lost the scope
/// of all its statements. False means that a row of another house or compartment came out.
pub(crate) fn second_lock() -> Result<bool> {
    let services = Services::start()?;
    let tests = build::without_scope()?;
    let skipped = services.scratch("skipped-without-scope");
    let stage = Stage::new("no scope", skipped).binaries(tests.iter(), Some("second_lock"));
    let mut environment = services.environment();
    environment.push(("VANGNET_TEST_DATABASE", Database::Postgres.name().to_owned()));
    let mut report = Report::default();
    report.add(stage.run(&environment)?, false);
    drop(services);
    report.close();
    report.print();
    Ok(report.succeeded())
}

fn run_stages(options: &Options, services: &Services, report: &mut Report) -> Result<()> {
    if options.complete() {
        report.check("formatting", stage::formatting()?);
        report.check("clippy", stage::clippy()?);
    }
    let built = build::everything(options.only.is_some())?;
    let mut environment = services.environment();
    environment.push(("VANGNET_TEST_SERVER", built.server.display().to_string()));
    if options.only.is_none() {
        let stage = crates(options, services, &built.tests);
        report.add(stage.run(&environment)?, options.complete());
    }
    for database in options.databases() {
        let stage = end_to_end(options, services, &built.tests, database);
        let mut environment = environment.clone();
        environment.push(("VANGNET_TEST_DATABASE", database.name().to_owned()));
        report.add(stage.run(&environment)?, options.complete());
    }
    if options.only.is_none() {
        compare(options, report)?;
    }
    Ok(())
}

/// The tests of every crate but the end-to-end tests.
fn crates(options: &Options, services: &Services, tests: &[Binary]) -> Stage {
    let filter = options.filter.as_deref();
    let of_crates = tests.iter().filter(|binary| !is_end_to_end(binary));
    let stage = Stage::new("crates", services.scratch("skipped-crates")).binaries(of_crates, filter);
    stage.documentation(filter)
}

/// The end-to-end tests on one database.
fn end_to_end(options: &Options, services: &Services, tests: &[Binary], database: Database) -> Stage {
    let skipped = services.scratch(&format!("skipped-{}", database.name()));
    let end_to_end = tests.iter().filter(|binary| is_end_to_end(binary));
    Stage::new(database.name(), skipped).binaries(end_to_end, options.filter.as_deref())
}

fn is_end_to_end(binary: &Binary) -> bool {
    binary.package == workspace::root().join(END_TO_END)
}

fn compare(options: &Options, report: &mut Report) -> Result<()> {
    let path = workspace::root().join(ALLOW_LIST);
    let text = if path.exists() { fs::read_to_string(path).context(ALLOW_LIST)? } else { String::new() };
    let allowed = AllowList::parse(&text)?;
    let sqlite = report.names(Database::Sqlite.name());
    let postgres = report.names(Database::Postgres.name());
    let mut comparison = comparison::compare(&sqlite, &postgres, &allowed);
    if options.filter.is_some() {
        comparison.stale.clear();
    }
    report.compare(comparison);
    Ok(())
}
