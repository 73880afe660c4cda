//! The command line: what the README promises an operator and a jurist, each with what it says when all is not well.

use std::path::Path;

use serde_json::{Value, json};
use tests::Vangnet;
use tests::database::TestDatabase;
use waarborg::database::Location;
use waarborg::keys::KeyFile;

use crate::arrange::{copied_convenant, is_postgres, run as change, submit};
use crate::program::{complained, program, run, run_with, said};

/// A configuration that production accepts, of a database that nobody needs to have.
pub(crate) fn production(folder: &Path) -> String {
    format!(
        "mode = \"production\"\n[database]\nurl = \"sqlite:{0}/vangnet.sqlite\"\nsingle_process = true\n\
         [keys]\nfile = \"{0}/keys.json\"\n[ledger]\ncheckpoints = \"{0}/checkpoints\"\n\
         [oidc]\nissuers = [{{ issuer = \"https://login.example.org\", audience = \"vangnet\" }}]\n",
        folder.display()
    )
}

/// Writes a configuration and returns where it is.
pub(crate) fn written(folder: &Path, settings: &str) -> String {
    let file = folder.join("vangnet.toml");
    std::fs::write(&file, settings).unwrap();
    file.display().to_string()
}

#[test]
fn a_configuration_is_checked_without_starting_anything() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let check = |settings: &str| {
        let file = written(folder.path(), settings);
        run(&program, &["config", "check", "--config", &file])
    };
    let without_keys = check(&production(folder.path()));
    assert!(!without_keys.status.success() && complained(&without_keys).contains("keys.file"));
    KeyFile::load_or_create(&folder.path().join("keys.json")).unwrap();
    let good = check(&production(folder.path()));
    assert!(good.status.success(), "{}", complained(&good));
    assert!(said(&good).contains("production"), "{}", said(&good));
    for (wrong, named) in [
        ("[http]\nexplorer = true\n", "explorer"),
        ("[demo]\nissuer = true\n", "demo.issuer"),
        ("[demo]\nsettable_clock = true\n", "settable_clock"),
        ("[limits]\nno_such_setting = 1\n", "no_such_setting"),
    ] {
        let refused = check(&format!("{}{wrong}", production(folder.path())));
        assert!(!refused.status.success(), "{wrong} is allowed in production");
        assert!(complained(&refused).contains(named), "{wrong}: {}", complained(&refused));
    }
    assert!(!folder.path().join("vangnet.sqlite").exists(), "a check makes no database");
}

#[tokio::test]
async fn a_database_is_brought_to_the_present_shape() {
    let Some(program) = program() else { return };
    let database = TestDatabase::empty().await;
    let settings = settings(&database.location, &database.folder());
    let file = written(&database.folder(), &settings);
    for time in ["an empty one", "one that has it already"] {
        let migrated = run(&program, &["migrate", "--config", &file]);
        assert!(migrated.status.success(), "{time}: {}", complained(&migrated));
        assert!(said(&migrated).contains("present shape"), "{}", said(&migrated));
    }
    let nowhere = settings.replace("url = \"", "url = \"mysql:");
    let refused = run(&program, &["migrate", "--config", &written(&database.folder(), &nowhere)]);
    assert!(!refused.status.success() && complained(&refused).contains("database.url"));
}

fn settings(location: &Location, folder: &Path) -> String {
    let url = match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    format!(
        "mode = \"demo\"\n[database]\nurl = \"{url}\"\n[keys]\nfile = \"{0}/keys\"\n\
         [ledger]\ncheckpoints = \"{0}/checkpoints\"\n",
        folder.display()
    )
}

#[tokio::test]
async fn the_ledger_is_verified_beside_a_server_at_work() {
    let Some(program) = program() else { return };
    let vangnet = Vangnet::start().await;
    submit(&vangnet).await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let file = written(&vangnet.folder(), &settings(vangnet.serving(), &vangnet.folder()));
    let verify = || run(&program, &["ledger", "verify", "--config", &file]);
    let intact = verify();
    assert!(intact.status.success(), "{}{}", said(&intact), complained(&intact));

    let lock = if is_postgres(&vangnet) {
        "ALTER TABLE ledger_record DISABLE TRIGGER ALL"
    } else {
        "DROP TRIGGER ledger_record_no_update"
    };
    change(&vangnet, lock).await;
    change(&vangnet, "UPDATE ledger_record SET body = REPLACE(body, 'GGZ', 'POLITIE')").await;
    let tampered = verify();
    assert!(!tampered.status.success(), "{}", said(&tampered));
    assert_ne!(said(&tampered), said(&intact));
}

#[test]
fn questions_are_decided_line_by_line() {
    let Some(program) = program() else { return };
    let question = |partner: &str, category: &str| {
        json!({
            "verb": "see", "house": "TWENTE", "date": "2025-06-01", "partner": partner, "same_gemeente": true,
            "signed": true, "secrecy": false, "trained": false, "involvement": "ZETEL", "side": "GEEN",
            "tafel": "TOPX", "phase": "F6", "facts": [], "category": category,
        })
    };
    let input = format!("{}\nno question\n{}\n", question("GGZ", "D10"), question("POLITIE", "D01N"));
    let output = run_with(&program, &["convenant", "decide"], &input);
    assert!(output.status.success(), "{}", complained(&output));
    let answers: Vec<Value> = said(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3, "one answer a line");
    assert_eq!(answers[0]["allow"], false);
    assert_eq!(answers[0]["reason"], "NO_GROUND_RECORDED");
    assert!(answers[1]["error"].is_string(), "{}", answers[1]);
    assert_eq!(answers[2]["allow"], true);
    assert!(!answers[2]["permits"].as_array().unwrap().is_empty(), "{}", answers[2]);
}

#[test]
fn an_error_in_the_covenant_is_told_with_its_place() {
    let Some(program) = program() else { return };
    let folder = copied_convenant();
    let path = folder.path().display().to_string();
    assert!(run(&program, &["convenant", "check", &path]).status.success());

    let file = folder.path().join("model/see.cedar");
    let rows = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rows.replacen("Tafel::\"TOPX\"", "Tafel::\"TOPY\"", 1)).unwrap();
    let refused = run(&program, &["convenant", "check", &path]);
    assert!(!refused.status.success());
    let told = format!("{}{}", said(&refused), complained(&refused));
    assert!(told.contains("see.cedar:") && told.contains("TOPY"), "{told}");
    let demo = folder.path().join("demo").display().to_string();
    let started =
        run(&program, &["demo", "--folder", &demo, "--address", "127.0.0.1:0", "--convenant", &path]);
    assert!(!started.status.success(), "a server starts with a broken covenant");
}
