//! A ground counts on the days on which it is in force: what is registered or supplied on it the day before is refused.

use std::fs;

use chrono::{Duration, TimeZone, Utc};
use serde_json::{Value, json};
use tests::Vangnet;

use crate::arrange::{
    APPLICANT, aanmelding, assign, bsn, copied_convenant, open_case, rows, set_phase, submit,
};

/// The code, the reason and the path of the only error of a payload; none of a change that was done.
fn refusal(payload: &Value) -> Option<[&Value; 3]> {
    let errors = payload["errors"].as_array().unwrap();
    assert!(errors.len() < 2, "{payload}");
    errors.first().map(|error| ["code", "reason", "path"].map(|field| &error[field]))
}

/// The Wgs is in force from 2025-03-01.
#[tokio::test]
async fn a_registration_on_a_ground_waits_for_its_first_day() {
    let eve = Utc.with_ymd_and_hms(2025, 2, 28, 22, 59, 59).unwrap();
    let vangnet = Vangnet::start_on(eve).await;
    let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    input["ground"] = json!("G-WGS");
    let before = rows(&vangnet).await;
    let refused = vangnet.as_(APPLICANT).change("submitAanmelding", input.clone(), "dossier { id }").await;
    let expected = [&json!("INVALID_INPUT"), &json!("GROUND"), &json!(["ground"])];
    assert_eq!(refusal(&refused), Some(expected), "{refused}");
    assert_eq!(rows(&vangnet).await, before, "nothing is left of it");
    vangnet.server.clock.advance(Duration::seconds(1));
    let taken = vangnet.as_(APPLICANT).change("submitAanmelding", input, "dossier { id }").await;
    assert_eq!(refusal(&taken), None, "at midnight in the Netherlands: {taken}");
}

/// A covenant in which the police's ground has a first and a last day.
#[tokio::test]
async fn a_datum_is_supplied_on_a_ground_from_its_first_day_to_its_last() {
    let folder = copied_convenant();
    let path = folder.path().join("model/grounds.toml");
    let grounds = fs::read_to_string(&path).unwrap();
    let code = "code = \"G-WPG19\"\n";
    assert!(grounds.contains(code));
    let dated = format!("{code}valid_from = 2024-02-13\nvalid_until = 2024-02-14\n");
    fs::write(&path, grounds.replace(code, &dated)).unwrap();
    let noon = Utc.with_ymd_and_hms(2024, 2, 12, 11, 0, 0).unwrap();
    let vangnet = Vangnet::start_under(noon, folder.path()).await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let supply = async |ground: &str| {
        let datum = json!({ "category": "D05", "content": "Zorgen over de straat.", "ground": ground });
        let input = json!({ "id": case, "datum": datum });
        vangnet.as_("politie").change("supplyInbreng", input, "inbreng { id }").await
    };
    let (code, reason) = (json!("INVALID_INPUT"), json!("GROUND"));
    let path = json!(["datum", "ground"]);
    let expected = Some([&code, &reason, &path]);
    let mut told = Vec::new();
    for _ in ["the day before", "the day", "the day after"] {
        assert_eq!(refusal(&supply("G-WPG20").await), None, "a ground without days is in force");
        let payload = supply("G-WPG19").await;
        let refused = refusal(&payload);
        assert!(refused.is_none() || refused == expected, "{payload}");
        told.push(refused.is_none());
        vangnet.server.clock.advance(Duration::days(1));
    }
    assert_eq!(told, [false, true, false]);
}
