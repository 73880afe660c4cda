//! Conditions of the work process that the journey of a case does not meet: each refuses by its code, and lets go
//! when what it asks is there.

use chrono::{TimeZone, Utc};
use entity::afwijking;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::Vangnet;

use crate::arrange::{Opened, aanmelding, assign, bsn, execute, forged, run, set_phase, submit};

/// The codes of the conditions that refused; none when the change was done.
fn refused_by(payload: &Value) -> Vec<&str> {
    let errors = payload["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            assert_eq!(error["code"], "GUARD_FAILED", "{payload}");
            error["reason"].as_str().unwrap()
        })
        .collect()
}

/// An aanmelding at which the triage began, with these partners.
async fn in_triage(vangnet: &Vangnet, partners: &[&str]) -> Opened {
    let opened = submit(vangnet).await;
    execute(vangnet, "UPDATE aanmelding SET state = 'TRIAGE' WHERE dossier_id = $1", [opened.id.0.into()])
        .await;
    set_phase(vangnet, opened.id, "F5").await;
    assign(vangnet, opened.id, "regisseur", "PROCESREGIE").await;
    for partner in partners {
        assign(vangnet, opened.id, partner, "TRIAGE").await;
    }
    opened
}

async fn decide(vangnet: &Vangnet, opened: &Opened, decision: &str, advice: Option<&str>) -> Value {
    let answers: Vec<Value> = ["T1", "T2", "T3", "T4"]
        .map(|criterion| json!({ "criterion": criterion, "met": true, "motivation": "Toegelicht." }))
        .into();
    let input = json!({
        "id": opened.aanmelding, "criteriaSet": "TWENTE_2023", "answers": answers, "decision": decision,
        "motivation": "Zo is het gewogen.", "advice": advice,
    });
    vangnet.as_("regisseur").change("decideTriage", input, "triage { id }").await
}

#[tokio::test]
async fn nobody_decides_a_triage_alone() {
    let vangnet = Vangnet::start().await;
    let opened = in_triage(&vangnet, &[]).await;
    let advice = Some("Vraag het wijkteam.");
    let alone = decide(&vangnet, &opened, "ADVIES_TERUG", advice).await;
    assert_eq!(refused_by(&alone), ["QUORUM", "NOT_ALONE"], "{alone}");
    assign(&vangnet, opened.id, "politie", "TRIAGE").await;
    let of_one_domain = decide(&vangnet, &opened, "ADVIES_TERUG", advice).await;
    assert_eq!(refused_by(&of_one_domain), ["QUORUM"], "{of_one_domain}");
    assign(&vangnet, opened.id, "ggz-ander", "TRIAGE").await;
    assert!(refused_by(&decide(&vangnet, &opened, "ADVIES_TERUG", advice).await).is_empty());
}

#[tokio::test]
async fn who_is_not_taken_up_gets_advice() {
    let vangnet = Vangnet::start().await;
    let opened = in_triage(&vangnet, &["politie", "ggz-ander"]).await;
    let without = decide(&vangnet, &opened, "DOORVERWIJZEN", None).await;
    assert_eq!(refused_by(&without), ["ADVICE"], "{without}");
    assert!(
        refused_by(&decide(&vangnet, &opened, "DOORVERWIJZEN", Some("Naar het wijkteam.")).await).is_empty()
    );
}

#[tokio::test]
async fn a_case_opens_only_at_a_tafel_of_the_house() {
    let vangnet = Vangnet::start().await;
    let opened = in_triage(&vangnet, &["politie", "ggz-ander"]).await;
    // De Markiezaten has this tafel, Twente has not.
    execute(&vangnet, "UPDATE dossier SET tafel = 'COVECA' WHERE id = $1", [opened.id.0.into()]).await;
    let elsewhere = decide(&vangnet, &opened, "OPPAKKEN_PROCESREGIE", None).await;
    assert_eq!(refused_by(&elsewhere), ["OPLEGGER"], "{elsewhere}");
    execute(&vangnet, "UPDATE dossier SET tafel = 'PMG' WHERE id = $1", [opened.id.0.into()]).await;
    assert!(refused_by(&decide(&vangnet, &opened, "OPPAKKEN_PROCESREGIE", None).await).is_empty());
}

async fn ask_afwijking(vangnet: &Vangnet, opened: &Opened) -> Value {
    let input = json!({ "id": opened.aanmelding, "motivation": "Wachten is gevaarlijk." });
    vangnet.as_("regisseur").change("askAfwijking", input, "afwijking { id }").await
}

#[tokio::test]
async fn an_afwijking_asks_somebody_who_leads_the_house() {
    let vangnet = Vangnet::start().await;
    let opened = in_triage(&vangnet, &["politie", "ggz-ander"]).await;
    run(&vangnet, "UPDATE professional SET roles = ''").await;
    let nobody = ask_afwijking(&vangnet, &opened).await;
    assert_eq!(refused_by(&nobody), ["KETENMANAGER_KNOWN"], "{nobody}");
    let statement = "UPDATE professional SET roles = 'KETENMANAGER' WHERE id = $1";
    execute(&vangnet, statement, [vangnet.town.professional("ketenmanager").0.into()]).await;
    assert!(refused_by(&ask_afwijking(&vangnet, &opened).await).is_empty());
}

#[tokio::test]
async fn who_asks_an_afwijking_does_not_decide_on_it() {
    let vangnet = Vangnet::start().await;
    let opened = in_triage(&vangnet, &["politie", "ggz-ander"]).await;
    ask_afwijking(&vangnet, &opened).await;
    let row = the_afwijking(&vangnet).await;
    let afwijking = forged("Afwijking", opened.id, row);
    let asked_by = |subject: &'static str| {
        let values = [vangnet.town.professional(subject).0.into()];
        execute(&vangnet, "UPDATE afwijking SET asked_by = $1", values)
    };
    let decide = async || {
        let input = json!({ "id": afwijking, "approve": true, "answer": "Akkoord." });
        vangnet.as_("ketenmanager").change("decideAfwijking", input, "afwijking { state }").await
    };
    asked_by("ketenmanager").await;
    let own = decide().await;
    assert_eq!(refused_by(&own), ["FOUR_EYES"], "{own}");
    asked_by("regisseur").await;
    assert!(refused_by(&decide().await).is_empty());
}

/// The only afwijking there is.
async fn the_afwijking(vangnet: &Vangnet) -> uuid::Uuid {
    let mut rows = afwijking::Entity::find().all(vangnet.owner.reader()).await.unwrap();
    rows.pop().unwrap().id.0
}

#[tokio::test]
async fn a_registration_is_refused_where_the_house_does_not_take_it() {
    let vangnet = Vangnet::start().await;
    let submit = async |house: &str, gemeente: &str| {
        let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
        input["house"] = json!(house);
        input["gemeente"] = json!(gemeente);
        input["tafel"] = json!("REG");
        vangnet.as_("ggz").change("submitAanmelding", input, "aanmelding { id }").await
    };
    // Emmen goes on with who comes out of prison by itself; Assen too. Hoogeveen does not (covenant/README).
    let elsewhere = submit("DRENTHE", "0114").await;
    assert_eq!(refused_by(&elsewhere), ["REGISTRATION_GEMEENTE"], "{elsewhere}");
    let here = submit("DRENTHE", "0118").await;
    assert_ne!(here["errors"][0]["reason"], "REGISTRATION_GEMEENTE", "{here}");
}

#[tokio::test]
async fn without_a_covenant_in_force_nobody_is_registered() {
    let vangnet = Vangnet::start_on(Utc.with_ymd_and_hms(2018, 6, 1, 9, 0, 0).unwrap()).await;
    let input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
    let before = vangnet.as_("ggz").change("submitAanmelding", input.clone(), "aanmelding { id }").await;
    assert_eq!(refused_by(&before), ["CONVENANT_IN_FORCE"], "{before}");
    vangnet.server.clock.advance(chrono::Duration::days(3 * 365));
    let after = vangnet.as_("ggz").change("submitAanmelding", input, "aanmelding { id }").await;
    assert!(
        after["errors"].as_array().unwrap().iter().all(|it| it["reason"] != "CONVENANT_IN_FORCE"),
        "{after}"
    );
}
