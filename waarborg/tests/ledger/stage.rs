//! Where a scenario plays: a fresh database of either engine, keys, a clock, a folder of checkpoints.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, TimeZone, Utc};
use entity::id::{DossierId, OrganisationId, PersonId, ProfessionalId};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use tempfile::TempDir;
use uuid::Uuid;
use waarborg::clock::Clock;
use waarborg::database::{Database, Location};
use waarborg::keys::{KeyFile, Keys};
use waarborg::ledger::{DossierEntry, Entry, Kind, Ledger, Report, VerifyError, verify};

pub(crate) struct Stage {
    pub(crate) database: Database,
    pub(crate) location: Location,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    folder: TempDir,
}

/// The instant at which every scenario begins.
pub(crate) fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 6, 2, 9, 0, 0).unwrap()
}

impl Stage {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("vangnet.db"));
        Self::at(location, folder).await
    }

    /// A fresh database on the server that the environment names, if it names one.
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    pub(crate) async fn on_postgres() -> Option<Self> {
        let server = std::env::var("VANGNET_TEST_POSTGRES_URL").ok()?;
        let name = format!("ledger_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&Location::parse(&server).unwrap(), 1).await.unwrap();
        // On a busy machine this takes longer than the server allows a statement.
        admin.writer().execute_unprepared("SET statement_timeout = 0; SET lock_timeout = 0").await.unwrap();
        admin.writer().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (before, options) =
            server.split_once('?').map_or((&*server, None), |(url, rest)| (url, Some(rest)));
        let mut url = format!("{}/{name}", before.rsplit_once('/').unwrap().0);
        if let Some(options) = options {
            url = format!("{url}?{options}");
        }
        Some(Self::at(Location::Postgres(url), tempfile::tempdir().unwrap()).await)
    }

    async fn at(location: Location, folder: TempDir) -> Self {
        let database = Database::connect(&location, 12).await.unwrap();
        Migrator::up(database.writer(), None).await.unwrap();
        let keys = Keys::derive(&KeyFile::load_or_create(&folder.path().join("key")).unwrap()).unwrap();
        Self { database, location, keys, clock: Clock::set_to(start()), folder }
    }

    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.folder.path().join("checkpoints")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.database.backend() == DbBackend::Postgres
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        self.ledger_over(self.database.clone()).await
    }

    pub(crate) async fn ledger_over(&self, database: Database) -> Ledger {
        Ledger::open(database, self.keys.clone(), self.clock.clone(), self.checkpoints()).await.unwrap()
    }

    pub(crate) async fn verification(&self) -> Result<Report, VerifyError> {
        verify(&self.database, &self.keys, &self.checkpoints()).await
    }

    /// The report of a verification that must find nothing.
    pub(crate) async fn intact(&self) -> Report {
        let report = self.verification().await.unwrap();
        assert!(report.is_intact(), "{report}");
        report
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.try_sql(sql).await.unwrap();
    }

    pub(crate) async fn try_sql(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.database.writer().execute_unprepared(sql).await.map(drop)
    }

    pub(crate) async fn execute(&self, sql: &str, values: Vec<Value>) -> u64 {
        let statement = Statement::from_sql_and_values(self.database.backend(), sql, values);
        self.database.writer().execute_raw(statement).await.unwrap().rows_affected()
    }

    pub(crate) async fn rows<T: FromQueryResult>(&self, sql: &str) -> Vec<T> {
        let statement = Statement::from_string(self.database.backend(), sql);
        T::find_by_statement(statement).all(self.database.writer()).await.unwrap()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let statement =
            Statement::from_string(self.database.backend(), format!("SELECT count(*) AS n FROM {table}"));
        self.database.writer().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// What an administrator of the database can do: switch off the triggers that refuse changes.
    pub(crate) async fn disarm(&self) {
        for table in ["ledger_record", "ledger_seal"] {
            if self.is_postgres() {
                self.sql(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await;
            } else {
                for trigger in ["no_update", "no_delete", "no_replace"] {
                    self.sql(&format!("DROP TRIGGER {table}_{trigger}")).await;
                }
            }
        }
    }

    /// The numbers of every writer, which must be 1, 2, 3 and so on.
    pub(crate) async fn dense_numbers(&self) -> BTreeMap<Uuid, i64> {
        let mut highest = BTreeMap::new();
        let records: Vec<entity::ledger_record::Model> =
            self.rows("SELECT * FROM ledger_record ORDER BY writer, number").await;
        for record in records {
            let last = highest.entry(record.writer).or_insert(0);
            assert_eq!(record.number, *last + 1, "writer {}", record.writer);
            *last = record.number;
        }
        highest
    }
}

pub(crate) fn entry(kind: Kind, persons: &[PersonId]) -> Entry {
    Entry {
        kind,
        at: start(),
        professional: ProfessionalId::fresh(),
        organisation: OrganisationId::fresh(),
        partner: "GEMEENTE".into(),
        operation: Some("Dossiers".into()),
        purpose: "PROCESREGIE".into(),
        trace: Uuid::now_v7().simple().to_string(),
        dossiers: persons.iter().map(|person| dossier(*person)).collect(),
        outcomes: vec!["OK".into()],
    }
}

fn dossier(person: PersonId) -> DossierEntry {
    DossierEntry {
        dossier: DossierId::fresh(),
        house: "twente".into(),
        version: "twente-2025-03-01".into(),
        tafel: "PGA".into(),
        phase: "F5".into(),
        involvements: vec!["ZETEL".into()],
        subjects: vec![person],
        leaves: vec!["D01N".into(), "D10".into()],
        rows: vec!["S12".into()],
        standings: Vec::new(),
        facts: Vec::new(),
    }
}

/// A response that concerns one person.
pub(crate) fn response() -> Entry {
    entry(Kind::Response, &[PersonId::fresh()])
}

/// The effect of a mutation that concerns one person.
pub(crate) fn effect() -> Entry {
    entry(Kind::Effect, &[PersonId::fresh()])
}

/// A mutation whose effect is recorded and committed.
pub(crate) async fn mutate(stage: &Stage, ledger: &Ledger) {
    let transaction = stage.database.begin().await.unwrap();
    let mut lane = ledger.lane();
    lane.record(&transaction, &effect()).await.unwrap();
    lane.commit(transaction).await.unwrap();
}
