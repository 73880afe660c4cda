//! What several modules arrange alike: an aanmelding with a person in it, presence without a journey, and looks
//! at the database that no API gives.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration};
use convenant::CategorySet;
use entity::id::{AssignmentId, CaseId, DossierId, InbrengId, PersonId};
use entity::{assignment, case, inbreng};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Set, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::database::{Kind, kind};
use tests::{Answer, Vangnet};
use uuid::Uuid;
use waarborg::ledger::{AccessRecord, Inquiry, Position};

/// A dossier that an aanmelding opened.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) id: DossierId,
    pub(crate) dossier: String,
    pub(crate) aanmelding: String,
    pub(crate) person: String,
}

/// A professional with a desk that takes part in every dossier of the region.
pub(crate) const APPLICANT: &str = "ggz";

/// The n-th BSN of the range that is never given out.
pub(crate) fn bsn(n: u32) -> String {
    let passes = |digits: &str| {
        let digit = |(place, digit): (usize, char)| {
            let weight = if place == 8 { -1 } else { 9 - i64::try_from(place).unwrap() };
            weight * i64::from(digit.to_digit(10).unwrap())
        };
        digits.chars().enumerate().map(digit).sum::<i64>() % 11 == 0
    };
    let numbers = (999_900_000_u32..).map(|number| number.to_string());
    numbers.filter(|digits| passes(digits)).nth(n as usize).unwrap()
}

/// The input of a good aanmelding of a person of this name and number.
pub(crate) fn aanmelding(vangnet: &Vangnet, name: &str, bsn: &str) -> Value {
    let holder = format!("Partner:{}", vangnet.town.organisation(APPLICANT).0.simple());
    json!({
        "house": "TWENTE", "gemeente": "0153", "tafel": "PMG", "ground": "G-CVP",
        "groundHolderId": BASE64_URL_SAFE_NO_PAD.encode(holder),
        "purpose": format!("Rust voor {name}"), "reason": format!("Zorgen over {name}"),
        "tried": "Gesprekken", "concerns": [{ "leefgebied": "FINANCIEN_SCHULDEN", "severity": 3 }],
        "safetyRisks": [], "minorsInvolved": false, "discussed": true, "support": "PROCESREGIE",
        "person": {
            "bsn": bsn, "familyName": name, "birthDate": "1980-02-03", "sex": "MAN",
            "phone": "0600000000",
        },
    })
}

/// Submits an aanmelding of this person.
pub(crate) async fn submit_as(vangnet: &Vangnet, name: &str, bsn: &str) -> Opened {
    let input = aanmelding(vangnet, name, bsn);
    let selection = "dossier { id } aanmelding { id } person { id }";
    let payload = vangnet.as_(APPLICANT).done("submitAanmelding", input, selection).await;
    let id = |field: &str| payload[field]["id"].as_str().unwrap().to_owned();
    Opened {
        id: dossier_in(&id("dossier")),
        dossier: id("dossier"),
        aanmelding: id("aanmelding"),
        person: id("person"),
    }
}

/// Submits an aanmelding of somebody.
pub(crate) async fn submit(vangnet: &Vangnet) -> Opened {
    submit_as(vangnet, "Zilvervos", &bsn(0)).await
}

/// The dossier that a global id names.
pub(crate) fn dossier_in(global: &str) -> DossierId {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(global).unwrap();
    let rows = &bytes[bytes.len() - 32..];
    DossierId(Uuid::from_slice(&rows[..16]).unwrap())
}

/// The row that a global id names.
pub(crate) fn row_in(global: &str) -> Uuid {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(global).unwrap();
    Uuid::from_slice(&bytes[bytes.len() - 16..]).unwrap()
}

/// A global id as nobody gave it out.
pub(crate) fn forged(kind: &str, dossier: DossierId, row: Uuid) -> String {
    let bytes = [kind.as_bytes(), b":", dossier.0.as_bytes(), row.as_bytes()].concat();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens the case of an aanmelding, in overleg, as no triage decided it; gives its global id.
pub(crate) async fn open_case(vangnet: &Vangnet, opened: &Opened) -> String {
    let id = CaseId::fresh();
    let row = case::ActiveModel {
        id: Set(id),
        dossier_id: Set(opened.id),
        number: Set(format!("ZVH-2024-{}", id.0.simple())),
        state: Set("IN_OVERLEG".to_owned()),
        role: Set("PROCESREGIE".to_owned()),
        regisseur_id: Set(vangnet.town.professional("regisseur")),
        ground_holder_id: Set(vangnet.town.organisation(APPLICANT)),
        opened_at: Set(vangnet.server.clock.now()),
        review_on: Set(None),
        follow_up_on: Set(None),
        closed_at: Set(None),
        closing_note: Set(None),
        keep_until: Set(None),
    };
    case::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
    let told = "UPDATE aanmelding SET state = 'TERUGGEKOPPELD' WHERE dossier_id = $1";
    execute(vangnet, told, [opened.id.0.into()]).await;
    set_phase(vangnet, opened.id, "F6").await;
    forged("Case", opened.id, id.0)
}

/// The ids in the API of a professional of the town and their organisation: `[partnerId, professionalId]`.
pub(crate) fn colleague(vangnet: &Vangnet, subject: &str) -> [String; 2] {
    let encode = |kind: &str, id: Uuid| BASE64_URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.simple()));
    let (organisation, professional) =
        (vangnet.town.organisation(subject), vangnet.town.professional(subject));
    [encode("Partner", organisation.0), encode("Professional", professional.0)]
}

/// Gives a professional an involvement at a dossier, as no step of the journey would.
pub(crate) async fn assign(
    vangnet: &Vangnet,
    dossier: DossierId,
    subject: &str,
    involvement: &str,
) -> AssignmentId {
    let id = AssignmentId::fresh();
    let row = assignment::ActiveModel {
        id: Set(id),
        dossier_id: Set(dossier),
        organisation_id: Set(vangnet.town.organisation(subject)),
        professional_id: Set(Some(vangnet.town.professional(subject))),
        desk_id: Set(None),
        involvement: Set(involvement.to_owned()),
        side: Set("GEEN".to_owned()),
        secrecy_signed_on: Set(None),
        valid_from: Set(vangnet.server.clock.now()),
        valid_until: Set(None),
        reason: Set("arranged by a test".to_owned()),
        granted_by: Set(None),
    };
    assignment::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
    id
}

/// A datum of the person, as the police would supply it when the OM lets it go; gives its global id.
pub(crate) async fn supplied(vangnet: &Vangnet, opened: &Opened, category: &str) -> String {
    let id = InbrengId::fresh();
    let row = inbreng::ActiveModel {
        id: Set(id),
        dossier_id: Set(opened.id),
        person_id: Set(PersonId(row_in(&opened.person))),
        verrijking_id: Set(None),
        category: Set(category.to_owned()),
        content: Set(Some("Het onderzoek loopt.".to_owned())),
        sealed: Set(None),
        organisation_id: Set(vangnet.town.organisation("politie")),
        supplied_by: Set(vangnet.town.professional("politie")),
        supplied_at: Set(vangnet.server.clock.now()),
        supplied_phase: Set("F6".to_owned()),
        ground: Set("G-WPG20".to_owned()),
        restriction: Set("GEEN".to_owned()),
        decisions: Set(json!([{ "kind": "OM_AKKOORD", "on": "2024-02-12", "recipients": [] }])),
        valid_until: Set(None),
    };
    inbreng::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
    forged("Inbreng", opened.id, id.0)
}

/// Ends the assignments of a professional, or of their desk, at a dossier.
pub(crate) async fn dismiss(vangnet: &Vangnet, dossier: DossierId, subject: &str) {
    let statement = "UPDATE assignment SET valid_until = valid_from WHERE dossier_id = $1 \
                     AND organisation_id = $2";
    let values = [dossier.0.into(), vangnet.town.organisation(subject).0.into()];
    execute(vangnet, statement, values).await;
}

/// Puts a dossier in a phase.
pub(crate) async fn set_phase(vangnet: &Vangnet, dossier: DossierId, phase: &str) {
    let statement = "UPDATE dossier SET phase = $1 WHERE id = $2";
    execute(vangnet, statement, [phase.into(), dossier.0.into()]).await;
}

/// Runs a statement with values.
pub(crate) async fn execute<const N: usize>(vangnet: &Vangnet, sql: &str, values: [sea_orm::Value; N]) {
    let backend = vangnet.owner.backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    vangnet.owner.writer().execute_raw(statement).await.unwrap();
}

/// Runs a statement.
pub(crate) async fn run(vangnet: &Vangnet, sql: &str) {
    vangnet.owner.writer().execute_unprepared(sql).await.unwrap();
}

/// The text in the only column of each row.
pub(crate) async fn texts(vangnet: &Vangnet, sql: &str) -> Vec<String> {
    let database = vangnet.owner.reader();
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    rows.unwrap().iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

/// Whether the server runs on PostgreSQL.
pub(crate) fn is_postgres(vangnet: &Vangnet) -> bool {
    vangnet.owner.backend() == DbBackend::Postgres
}

/// The names of all tables.
pub(crate) async fn tables(vangnet: &Vangnet) -> Vec<String> {
    let sql = if is_postgres(vangnet) {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    texts(vangnet, sql).await
}

/// How many rows each table has, but for the ledger: reading writes there too.
pub(crate) async fn rows(vangnet: &Vangnet) -> BTreeMap<String, i64> {
    let mut counted = BTreeMap::new();
    for table in tables(vangnet).await.into_iter().filter(|table| !table.starts_with("ledger_")) {
        counted.insert(table.clone(), count(vangnet, &format!("\"{table}\"")).await);
    }
    counted
}

/// How many rows there are in a table, narrowed by a condition after it.
pub(crate) async fn count(vangnet: &Vangnet, table_and_condition: &str) -> i64 {
    let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table_and_condition}");
    texts(vangnet, &sql).await[0].parse().unwrap()
}

/// The bodies of the records of the ledger of one kind, oldest first.
pub(crate) async fn records(vangnet: &Vangnet, kind: &str) -> Vec<Value> {
    let sql = format!("SELECT body FROM ledger_record WHERE kind = '{kind}' ORDER BY at, number");
    texts(vangnet, &sql).await.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

/// What the ledger tells of a person, oldest first, once everything is sealed.
pub(crate) async fn accesses_of(vangnet: &Vangnet, person: &str) -> Vec<AccessRecord> {
    let ledger = &vangnet.server.ledger;
    ledger.seal_now().await.unwrap();
    let inquiry = Inquiry {
        person: PersonId(row_in(person)),
        dossier: dossier_in(person),
        beyond: Position::before(DateTime::UNIX_EPOCH),
        until: vangnet.server.clock.now() + Duration::days(1),
        withheld: CategorySet::default(),
    };
    let accesses = ledger.accesses_of(&inquiry, 1000).await.unwrap();
    accesses.into_iter().map(|access| access.told.unwrap()).collect()
}

/// Whether a test runs on the database that it is about. Where it does not, it says so to the test command.
pub(crate) fn runs_on(database: Kind, test: &str) -> bool {
    use std::io::Write;
    if kind() == database {
        return true;
    }
    if let Ok(path) = std::env::var("VANGNET_TEST_SKIPPED") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{test}").unwrap();
    }
    false
}

/// An answer as it is compared: its status and bytes, without the trace id of a request error.
pub(crate) fn comparable(answer: &Answer) -> String {
    let body = String::from_utf8(answer.bytes.clone()).unwrap();
    let mut parts = body.split("\"trace\":\"");
    let mut kept = format!("{} {}", answer.status, parts.next().unwrap());
    for part in parts {
        kept.push_str(part.split_once('"').unwrap().1);
    }
    kept
}

/// A folder with the covenant of the workspace, to be changed.
pub(crate) fn copied_convenant() -> TempDir {
    let folder = TempDir::new().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("convenant");
    for part in ["model", "houses"] {
        copy(&source.join(part), &folder.path().join(part));
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
