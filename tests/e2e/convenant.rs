//! The covenant in force: a version begins at midnight in every server and every open stream, no server decides by
//! another under the same name, and a house is a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use entity::id::{DeskId, SignatureId};
use entity::{desk, desk_member, signature};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::database::Kind;
use tests::socket::Subscriber;
use tests::{Client, Vangnet};
use waarborg::clock::Clock;
use waarborg::database::Location;
use waarborg::register::RegisterError;

use crate::arrange::{Opened, aanmelding, bsn, copied_convenant, count, records, runs_on, submit, submit_as};

fn write(folder: &TempDir, file: &str, text: &str) {
    let path = folder.path().join("houses").join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn rule(id: &str, body: &str) -> String {
    format!("@id(\"{id}\")\n@article(\"3.4\")\n@ground(\"regime\")\n@label(\"A\")\n{body}\n")
}

/// A covenant in which Twente gets another version on a day: the BRP desk sees the telephone and no longer the name.
fn with_a_version_from(day: NaiveDate) -> TempDir {
    let folder = copied_convenant();
    let versions = format!(
        "[[version]]\nid = \"twente-2019-03-01\"\nvalid_from = 2019-03-01\nvalid_until = 2025-03-01\n\n\
         [[version]]\nid = \"twente-2025-03-01\"\nvalid_from = 2025-03-01\nvalid_until = {day}\n\n\
         [[version]]\nid = \"twente-nieuw\"\nvalid_from = {day}\n"
    );
    write(&folder, "twente/versions.toml", &versions);
    write(&folder, "twente/twente-nieuw/withdrawn.toml", "[[row]]\nid = \"V25\"\nreason = \"Besluit\"\n");
    write(&folder, "twente/twente-nieuw/besluit.cedar", &decision("D03"));
    folder
}

/// What the new version gives, and that it takes the name.
fn decision(gives: &str) -> String {
    let permit = format!(
        "permit (principal == Partner::\"GEM_BRP\", action == Action::\"see\", resource == Category::\"{gives}\") \
         when {{ context.involvement == Involvement::\"BRP_TAAK\" }};"
    );
    let forbid = "forbid (principal == Partner::\"GEM_BRP\", action == Action::\"see\", resource == Category::\"D01N\");";
    rule("P90", &permit) + &rule("V90", forbid)
}

const DESK: &str = "brp-enschede";
const READ: &str = "query Reading($id: ID!) { node(id: $id) { ... on Person { familyName phone } } }";
const FOLLOW: &str = "subscription { caseEvents { ... on CaseEvent { kind
    dossier { persons(first: 1) { edges { node { familyName phone } } } } } } }";

/// Ten minutes before midnight in the Netherlands.
fn evening() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 31, 22, 50, 0).unwrap()
}

fn tomorrow() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 1).unwrap()
}

/// What the desk is shown of the name and the telephone.
async fn read(client: &Client, opened: &Opened) -> (Value, Value) {
    let person = client.ask(READ, json!({ "id": opened.person })).await["node"].take();
    (person["familyName"].clone(), person["phone"].clone())
}

async fn told(stream: &mut Subscriber) -> (Value, Value) {
    let event = stream.next().await;
    let person = &event["data"]["caseEvents"]["dossier"]["persons"]["edges"][0]["node"];
    (person["familyName"].clone(), person["phone"].clone())
}

fn before() -> (Value, Value) {
    (json!("Zilvervos"), Value::Null)
}

fn after() -> (Value, Value) {
    (Value::Null, json!("+31600000000"))
}

/// The version that the newest record of a kind names for the house.
async fn recorded(vangnet: &Vangnet, kind: &str) -> Value {
    records(vangnet, kind).await.pop().unwrap()["views"][0]["seen"]["version"].clone()
}

async fn act(vangnet: &Vangnet, mutation: &str, input: Value) {
    vangnet.as_("ondersteuning").done(mutation, input, "version").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_begins_at_midnight_in_the_same_process_and_the_same_stream() {
    let folder = with_a_version_from(tomorrow());
    let vangnet = Vangnet::start_under(evening(), folder.path()).await;
    let opened = submit(&vangnet).await;
    let desk = vangnet.as_(DESK);
    let mut stream = Subscriber::open(&desk, FOLLOW, json!({})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(read(&desk, &opened).await, before());
    assert_eq!(recorded(&vangnet, "RESPONSE").await, "twente-2025-03-01");
    act(&vangnet, "takeUpAanmelding", json!({ "id": opened.aanmelding })).await;
    assert_eq!(told(&mut stream).await, before());
    vangnet.server.clock.advance(chrono::Duration::seconds(599));
    assert_eq!(read(&desk, &opened).await, before(), "a second before midnight");
    vangnet.server.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(read(&desk, &opened).await, after());
    assert_eq!(recorded(&vangnet, "RESPONSE").await, "twente-nieuw");
    let missing = json!({ "id": opened.aanmelding, "missingItems": "Stuk" });
    act(&vangnet, "requestCompletion", missing).await;
    assert_eq!(recorded(&vangnet, "EFFECT").await, "twente-nieuw");
    assert_eq!(told(&mut stream).await, after());
    assert_eq!(recorded(&vangnet, "EVENT").await, "twente-nieuw");
    let record = records(&vangnet, "RESPONSE").await.pop().unwrap();
    assert_eq!(record["views"][0]["seen"]["rows"], json!(["P90"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_servers_on_a_database_change_at_the_same_midnight() {
    if !runs_on(Kind::Postgres, "convenant::all_servers_on_a_database_change_at_the_same_midnight") {
        return;
    }
    let folder = with_a_version_from(tomorrow());
    let one = Vangnet::start_under(evening(), folder.path()).await;
    let other = one.beside(folder.path()).await.unwrap();
    let opened = submit(&one).await;
    let desk = one.as_(DESK);
    let there = desk.at(&other.base);
    let mut stream = Subscriber::open(&there, FOLLOW, json!({})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((read(&desk, &opened).await, read(&there, &opened).await), (before(), before()));
    one.server.clock.advance(chrono::Duration::minutes(10));
    assert_eq!((read(&there, &opened).await, read(&desk, &opened).await), (after(), after()));
    act(&one, "takeUpAanmelding", json!({ "id": opened.aanmelding })).await;
    assert_eq!(told(&mut stream).await, after());
}

fn refusal(result: Result<Vangnet, RegisterError>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

/// A version in force is fixed; one to come is what the server says that started last, and a server that knew it
/// otherwise decides nothing from its first day on.
#[tokio::test(flavor = "multi_thread")]
async fn no_server_decides_otherwise_under_the_same_name() {
    if !runs_on(Kind::Postgres, "convenant::no_server_decides_otherwise_under_the_same_name") {
        return;
    }
    let folder = with_a_version_from(tomorrow());
    let vangnet = Vangnet::start_under(evening(), folder.path()).await;
    let opened = submit(&vangnet).await;
    let changed = with_a_version_from(tomorrow());
    let forbid = "forbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");";
    write(&changed, "twente/extra.cedar", &rule("V91", forbid));
    let said = refusal(vangnet.beside(changed.path()).await);
    assert!(said.contains("twente-2025-03-01: onder deze naam is met een andere inhoud beslist"), "{said}");
    let corrected = with_a_version_from(tomorrow());
    write(&corrected, "twente/twente-nieuw/besluit.cedar", &decision("D04"));
    let other = vangnet.beside(corrected.path()).await.unwrap();
    let desk = vangnet.as_(DESK);
    assert_eq!(read(&desk, &opened).await, before(), "until then they decide alike");
    vangnet.server.clock.advance(chrono::Duration::minutes(10));
    let answer = desk.send(READ, json!({ "id": opened.person })).await;
    assert_eq!(answer.json["errors"][0]["extensions"]["code"], "INTERNAL", "{}", answer.json);
    assert!(answer.json.get("data").is_none() && !answer.json.to_string().contains("twente"));
    assert_eq!(read(&desk.at(&other.base), &opened).await, (Value::Null, Value::Null));
    let late = with_a_version_from(tomorrow());
    write(
        &late,
        "drenthe/versions.toml",
        "[[version]]\nid = \"drenthe-2019-03-01\"\nvalid_from = 2019-03-01\nvalid_until = 2025-03-01\n\n\
         [[version]]\nid = \"drenthe-2025-03-01\"\nvalid_from = 2025-03-01\nvalid_until = 2026-02-01\n\n\
         [[version]]\nid = \"drenthe-2026\"\nvalid_from = 2026-02-01\n",
    );
    write(&late, "twente/twente-nieuw/besluit.cedar", &decision("D04"));
    let said = refusal(vangnet.beside(late.path()).await);
    assert!(said.contains("drenthe-2025-03-01: het einde van deze versie is voorbij"), "{said}");
    assert!(said.contains("drenthe-2026: deze versie zou al gelden sinds 2026-02-01"), "{said}");
}

fn program() -> Option<PathBuf> {
    let program = std::env::var_os("VANGNET_TEST_SERVER").map(PathBuf::from);
    if program.is_none() {
        eprintln!("skipped: `cargo xtask test` builds the server as a program");
    }
    program
}

/// Processes started as an operator would, by a configuration that names the folder.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_decides_by_its_folder_and_one_with_another_covenant_does_not_start() {
    let test = "convenant::a_process_decides_by_its_folder_and_one_with_another_covenant_does_not_start";
    if !runs_on(Kind::Postgres, test) {
        return;
    }
    let Some(program) = program() else { return };
    let folder = with_a_version_from(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    let first = Vangnet::start_under(Clock::system().now(), folder.path()).await;
    let replica = first.replica_under(&program, "", Some(folder.path())).unwrap();
    let opened = submit(&first).await;
    let desk = first.as_(DESK);
    assert_eq!(
        (read(&desk, &opened).await, read(&desk.at(&replica.base), &opened).await),
        (after(), after())
    );
    let said = first.replica_under(&program, "", None).map(|_| ()).unwrap_err().join("\n");
    assert!(said.contains("twente-nieuw: deze versie is van kracht geworden"), "{said}");
}

/// A mistake in a version that is yet to come keeps the server from starting, and says where it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_coming_version_starts_nothing() {
    let Some(program) = program() else { return };
    let folder = with_a_version_from(NaiveDate::from_ymd_opt(2099, 1, 1).unwrap());
    write(&folder, "twente/twente-nieuw/withdrawn.toml", "[[row]]\nid = \"V99\"\nreason = \"Besluit\"\n");
    let place = TempDir::new().unwrap();
    let settings = format!(
        "mode = \"demo\"\n[database]\nurl = \"sqlite:{0}/v.sqlite\"\n[keys]\nfile = \"{0}/keys\"\n\
         [ledger]\ncheckpoints = \"{0}/checkpoints\"\n[convenant]\nfolder = \"{1}\"\n",
        place.path().display(),
        folder.path().display()
    );
    let config = place.path().join("vangnet.toml");
    std::fs::write(&config, settings).unwrap();
    let run = Command::new(program)
        .args(["serve", "--config"])
        .arg(&config)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    assert!(
        said.contains("houses/twente/twente-nieuw/withdrawn.toml:2 (V99): De regel V99 geldt niet"),
        "{said}"
    );
    assert!(!place.path().join("v.sqlite").exists());
}

const HOUSE: &str = "code = \"FLEVOLAND\"\nname = \"Zorg- en Veiligheidshuis Flevoland\"\n\n[[gemeente]]\ncode = \"0034\"\nname = \"Almere\"\n\n[[gemeente]]\ncode = \"0995\"\nname = \"Lelystad\"\n";
const TAFELS: &str = "[[tafel]]\ncode = \"COVECA\"\nfixed = [\"POLITIE\"]\ninvited = [\"GGZ\"]\n";

/// A desk of the bureau for the new house, with one member.
async fn add_desk(vangnet: &Vangnet, kind: &str, subject: &str) {
    let database = vangnet.owner.writer();
    let id = DeskId::fresh();
    let row = desk::ActiveModel {
        id: Set(id),
        organisation_id: Set(vangnet.town.organisation(subject)),
        house: Set("FLEVOLAND".to_owned()),
        kind: Set(kind.to_owned()),
        werkgebied: Set(None),
        name: Set(format!("Desk {kind}")),
    };
    desk::Entity::insert(row).exec_without_returning(database).await.unwrap();
    let row = desk_member::ActiveModel {
        desk_id: Set(id),
        professional_id: Set(vangnet.town.professional(subject)),
        valid_from: Set(DateTime::<Utc>::UNIX_EPOCH),
        valid_until: Set(None),
    };
    desk_member::Entity::insert(row).exec_without_returning(database).await.unwrap();
}

async fn sign(vangnet: &Vangnet, subject: &str) {
    let row = signature::ActiveModel {
        id: Set(SignatureId::fresh()),
        organisation_id: Set(vangnet.town.organisation(subject)),
        house: Set("FLEVOLAND".to_owned()),
        tafels: Set(None),
        signed_on: Set(NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()),
        ended_on: Set(None),
        signed_by: Set(None),
    };
    let database = vangnet.owner.writer();
    signature::Entity::insert(row).exec_without_returning(database).await.unwrap();
}

/// A folder with TOML and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_fourth_house_works_by_its_folder_alone() {
    let folder = copied_convenant();
    write(&folder, "flevoland/house.toml", HOUSE);
    write(&folder, "flevoland/tafels.toml", TAFELS);
    let version = "[[version]]\nid = \"flevoland-1\"\nvalid_from = 2024-01-01\n";
    write(&folder, "flevoland/versions.toml", version);
    let vangnet =
        Vangnet::start_under(Utc.with_ymd_and_hms(2024, 2, 12, 9, 0, 0).unwrap(), folder.path()).await;
    for kind in ["ONDERSTEUNING", "INFORMATIE", "REGIE"] {
        add_desk(&vangnet, kind, "regisseur-ander").await;
    }
    for subject in ["nergens", "regisseur-ander"] {
        sign(&vangnet, subject).await;
    }
    let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    let holder = format!("Partner:{}", vangnet.town.organisation("nergens").0.simple());
    input["groundHolderId"] = json!(BASE64_URL_SAFE_NO_PAD.encode(holder));
    (input["house"], input["gemeente"]) = (json!("FLEVOLAND"), json!("0034"));
    let applicant = vangnet.as_("nergens");
    let refused = applicant.change("submitAanmelding", input.clone(), "dossier { id }").await;
    assert_eq!(refused["errors"][0]["path"], json!(["tafel"]), "PMG is no tafel of this house: {refused}");
    input["tafel"] = json!("COVECA");
    let payload = applicant.done("submitAanmelding", input, "dossier { id } person { id }").await;
    let person = payload["person"]["id"].as_str().unwrap();
    let own = applicant.ask(READ, json!({ "id": person })).await;
    assert_eq!(own["node"]["familyName"], "Zilvervos");
    assert_eq!(recorded(&vangnet, "RESPONSE").await, "flevoland-1");
    let bureau = vangnet.as_("regisseur-ander").ask(READ, json!({ "id": person })).await;
    assert_eq!(bureau["node"]["familyName"], "Zilvervos");
    let elsewhere = submit_as(&vangnet, "Elders", &bsn(1)).await;
    for (client, id) in [("ondersteuning", person), ("nergens", elsewhere.person.as_str())] {
        let answer = vangnet.as_(client).ask(READ, json!({ "id": id })).await;
        assert_eq!(answer["node"], Value::Null, "{client} is of another house");
    }
    assert_eq!(count(&vangnet, "convenant_version WHERE house = 'FLEVOLAND'").await, 1);
}

/// Runs `convenant simulate` on the database of a server; gives what it printed.
fn simulate(program: &Path, vangnet: &Vangnet, folder: &Path, more: &[&str]) -> String {
    let url = match vangnet.serving() {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let place = vangnet.folder();
    let settings = format!(
        "mode = \"demo\"\n[database]\nurl = \"{url}\"\n[keys]\nfile = \"{0}/keys\"\n\
         [ledger]\ncheckpoints = \"{0}/checkpoints\"\n",
        place.display()
    );
    let config = place.join("simulate.toml");
    std::fs::write(&config, settings).unwrap();
    let run = Command::new(program)
        .args(["convenant", "simulate", "--from", "2026-01-31", "--until", "2026-02-01", "--config"])
        .arg(&config)
        .arg("--folder")
        .arg(folder)
        .args(more)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The differences of a simulation of one direction: partner, category, how often, rows.
fn differences(report: &Value, direction: &str) -> Vec<(Value, Value, Value, Value)> {
    let all = report["differences"].as_array().unwrap().iter();
    let of_direction = all.filter(|one| one["direction"] == direction);
    of_direction
        .map(|one| {
            (one["partner"].clone(), one["category"].clone(), one["times"].clone(), one["rows"].clone())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_counts_what_would_have_been_shown_otherwise() {
    let Some(program) = program() else { return };
    let vangnet = Vangnet::start_on(evening()).await;
    let opened = submit(&vangnet).await;
    let desk = vangnet.as_(DESK);
    for _ in 0..3 {
        assert_eq!(read(&desk, &opened).await, before());
    }
    let own = vangnet.as_("ggz").ask(READ, json!({ "id": opened.person })).await;
    assert_eq!(own["node"]["phone"], "+31600000000");
    let written = count(&vangnet, "ledger_record").await;
    let new = with_a_version_from(NaiveDate::from_ymd_opt(2026, 1, 31).unwrap());
    let said = simulate(&program, &vangnet, new.path(), &["--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["otherwise"], 3, "{report}");
    assert!(report["shown"].as_i64().unwrap() >= 4 && report["not_judged"] == 0, "{report}");
    let lost = differences(&report, "LOST");
    assert_eq!(lost, [(json!("GEM_BRP"), json!("D01N"), json!(3), json!(["V90"]))]);
    let gained = differences(&report, "GAINED");
    assert_eq!(gained, [(json!("GEM_BRP"), json!("D03"), json!(3), json!(["P90", "V25"]))]);
    let text = simulate(&program, &vangnet, new.path(), &["--house", "twente"]);
    assert!(text.contains("ERAF TWENTE PMG") && text.contains("3× niet getoond, door V90"), "{text}");
    assert!(text.contains("ERBIJ TWENTE PMG") && !text.contains("niet te beoordelen"), "{text}");
    for secret in ["Zilvervos", "+31600000000", &opened.id.0.to_string(), &bsn(0)] {
        assert!(!said.contains(secret) && !text.contains(secret), "{secret}");
    }
    let elsewhere = simulate(&program, &vangnet, new.path(), &["--house", "drenthe"]);
    assert!(elsewhere.contains("is 0 keer een dossier getoond"), "{elsewhere}");
    let same = simulate(&program, &vangnet, copied_convenant().path(), &[]);
    assert!(same.contains("Niets was anders geweest."), "{same}");
    assert_eq!(count(&vangnet, "ledger_record").await, written, "it reads only");
}

/// What a datum was shown by is judged with it: a ground that breaks secrecy is no ground under a stricter covenant.
#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_knows_by_which_facts_something_was_shown() {
    let Some(program) = program() else { return };
    let vangnet = Vangnet::start_on(evening()).await;
    let opened = submit(&vangnet).await;
    vangnet.as_("ggz").ask(READ, json!({ "id": opened.person })).await;
    let record = records(&vangnet, "RESPONSE").await.pop().unwrap();
    let seen = &record["views"][0]["seen"];
    assert_eq!(seen["facts"]["D03"], json!([["eigen"]]), "{seen}");
    assert_eq!(seen["standings"][0]["holds"], json!(["same_gemeente", "signed"]), "{seen}");
    let stricter = copied_convenant();
    let forbid = "forbid (principal, action == Action::\"see\", resource == Category::\"D03\") when { context.eigen };";
    write(&stricter, "twente/extra.cedar", &rule("V92", forbid));
    let said = simulate(&program, &vangnet, stricter.path(), &["--json"]);
    let lost = differences(&serde_json::from_str(&said).unwrap(), "LOST");
    let own = lost.iter().find(|one| one.0 == "GGZ").unwrap();
    assert_eq!((&own.1, &own.3), (&json!("D03"), &json!(["V92"])));
}
