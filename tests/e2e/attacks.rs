//! What a professional might try in order to see more than the covenant gives, by acts that are theirs to do.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Client, Vangnet};
use uuid::Uuid;

use crate::arrange::{Opened, assign, count, execute, run, set_phase, submit};
use crate::ondertekening::keep_desk;

async fn take_up(client: &Client, opened: &Opened, tafel: Option<&str>) -> Value {
    let input = json!({ "id": opened.aanmelding, "tafel": tafel });
    client.change("takeUpAanmelding", input, "dossier { persons(first: 1) { edges { node { bsn } } } }").await
}

fn error(payload: &Value) -> (&str, &str) {
    let error = &payload["errors"][0];
    (error["code"].as_str().unwrap_or_default(), error["reason"].as_str().unwrap_or_default())
}

/// Puts a dossier at the tafel for radicalisation, at which nobody of the bureau acts without training (V06).
async fn at_rad(vangnet: &Vangnet) -> Opened {
    let opened = submit(vangnet).await;
    let sql = "UPDATE dossier SET tafel = 'RAD', confidentiality = 'STRIKT' WHERE id = $1";
    execute(vangnet, sql, [opened.id.0.into()]).await;
    opened
}

#[tokio::test]
async fn nobody_moves_a_dossier_out_from_under_a_forbid() {
    let vangnet = Vangnet::start().await;
    let opened = at_rad(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    for tafel in [Some("TOPX"), None] {
        let refused = take_up(&client, &opened, tafel).await;
        assert_eq!(error(&refused), ("NOT_PERMITTED", "NOT_TRAINED"), "{refused}");
    }
    run(&vangnet, "UPDATE professional SET trained_on = '2030-01-01'").await;
    assert_eq!(error(&take_up(&client, &opened, None).await).1, "NOT_TRAINED", "a training to come is none");
    run(&vangnet, "UPDATE professional SET trained_on = '2023-01-01'").await;
    let lowered = take_up(&client, &opened, Some("TOPX")).await;
    assert_eq!(error(&lowered), ("GUARD_FAILED", "CONFIDENTIALITY"), "{lowered}");
    assert_eq!(count(&vangnet, "dossier WHERE tafel = 'RAD' AND version = 1").await, 1);
    assert_eq!(take_up(&client, &opened, None).await["errors"], json!([]));
}

#[tokio::test]
async fn a_tafel_brings_its_confidentiality() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ondersteuning");
    assert_eq!(take_up(&client, &opened, Some("CODE_ROOD")).await["errors"], json!([]));
    assert_eq!(
        count(&vangnet, "dossier WHERE tafel = 'CODE_ROOD' AND confidentiality = 'VERHOOGD'").await,
        1
    );
}

/// An organisation whose signature ended neither sees nor writes: its BRP desk cannot overwrite an address.
#[tokio::test]
async fn a_task_is_no_right_to_write_without_a_permit() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("brp-enschede");
    let query = "{ dossiers(first: 1) { edges { node { brpChecks(first: 1) { edges { node { id
        viewerAccess { steps { mutation } } } } } } } } }";
    let asked = client.ask(query, json!({})).await;
    let check = &asked["dossiers"]["edges"][0]["node"]["brpChecks"]["edges"][0]["node"];
    assert_eq!(check["viewerAccess"]["steps"], json!([{ "mutation": "answerBrpCheck" }]));
    let input = json!({ "id": check["id"], "result": "BEVESTIGD", "address": "Overal 1" });
    let organisation = vangnet.town.organisation("brp-enschede").0;
    execute(
        &vangnet,
        "UPDATE signature SET ended_on = signed_on WHERE organisation_id = $1",
        [organisation.into()],
    )
    .await;
    let refused = client.change("answerBrpCheck", input.clone(), "brpCheck { id }").await;
    assert_eq!(error(&refused), ("NOT_PERMITTED", "NOT_SIGNED"), "{refused}");
    assert_eq!(count(&vangnet, "person WHERE address IS NOT NULL").await, 0);
    execute(
        &vangnet,
        "UPDATE signature SET ended_on = NULL WHERE organisation_id = $1",
        [organisation.into()],
    )
    .await;
    client.done("answerBrpCheck", input, "brpCheck { id }").await;
    assert_eq!(count(&vangnet, "person WHERE address = 'Overal 1'").await, 1);
    let _ = opened;
}

/// Who may supply nothing at all is not offered to: the offer and the act say the same.
#[tokio::test]
async fn supplying_is_offered_to_whom_the_covenant_lets_supply_something() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let case = crate::arrange::open_case(&vangnet, &opened).await;
    let client = vangnet.as_("politie");
    let offered = async || {
        let query =
            "query($id: ID!) { node(id: $id) { ... on Dossier { viewerAccess { steps { mutation } } } } }";
        let found = client.ask(query, json!({ "id": opened.dossier })).await;
        let steps = found["node"]["viewerAccess"]["steps"].as_array().unwrap().clone();
        steps.iter().any(|step| step["mutation"] == "supplyInbreng")
    };
    let datum = json!({ "category": "D14", "content": "Overlast in maart.", "ground": "G-WPG20" });
    assert!(offered().await);
    client.done("supplyInbreng", json!({ "id": case, "datum": datum }), "version").await;
    let organisation = vangnet.town.organisation("politie").0;
    let end = "UPDATE signature SET ended_on = signed_on WHERE organisation_id = $1";
    execute(&vangnet, end, [organisation.into()]).await;
    assert!(!offered().await, "offered to who has not signed");
    let refused = client.change("supplyInbreng", json!({ "id": case, "datum": datum }), "version").await;
    assert_eq!(error(&refused), ("NOT_PERMITTED", "NOT_SIGNED"), "{refused}");
}

/// That a partner was asked belongs to the question, also in the list of who takes part.
#[tokio::test]
async fn who_takes_part_does_not_tell_who_was_asked() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    assign(&vangnet, opened.id, "politie", "BEKENDHEIDSCHECK").await;
    assign(&vangnet, opened.id, "reclassering", "VERRIJKING").await;
    assign(&vangnet, opened.id, "corporatie", "ZETEL").await;
    set_phase(&vangnet, opened.id, "F6").await;
    let query = "{ dossiers(first: 1) { edges { node { participants(first: 50) {
        edges { node { involvement } } } } } } }";
    let seen = |data: Value| -> Vec<String> {
        let edges = data["dossiers"]["edges"][0]["node"]["participants"]["edges"].as_array().unwrap().clone();
        edges.iter().map(|edge| edge["node"]["involvement"].as_str().unwrap().to_owned()).collect()
    };
    let tasks = ["BEKENDHEIDSCHECK", "VERRIJKING", "BRP_TAAK"];
    let of_partner = seen(vangnet.as_("corporatie").ask(query, json!({})).await);
    assert!(of_partner.iter().any(|involvement| involvement == "ZETEL"), "{of_partner:?}");
    assert!(tasks.iter().all(|task| !of_partner.contains(&(*task).to_owned())), "{of_partner:?}");
    let of_regisseur = seen(vangnet.as_("regisseur").ask(query, json!({})).await);
    assert!(tasks.iter().all(|task| of_regisseur.contains(&(*task).to_owned())), "{of_regisseur:?}");
}

/// Who entered in an emergency, keeps watch, asked to see their data or weighed the triage is told where the covenant
/// shows that, and not by the list of who takes part.
#[tokio::test]
async fn who_takes_part_does_not_tell_more_than_the_covenant_shows() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    for (subject, involvement) in [
        ("corporatie", "ZETEL"),
        ("politie", "NOODTOEGANG"),
        ("om", "TRIAGE"),
        ("college", "BETROKKENE"),
        ("fg", "FG"),
    ] {
        assign(&vangnet, opened.id, subject, involvement).await;
    }
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { participants(first: 50) {
        edges { node { involvement organisation } } } } } }";
    let seen = async |subject: &str| {
        let answer = vangnet.as_(subject).ask(query, json!({ "id": opened.dossier })).await;
        let edges = answer["node"]["participants"]["edges"].as_array().unwrap().clone();
        let of = edges.iter().map(|edge| edge["node"]["involvement"].as_str().unwrap().to_owned());
        of.filter(|it| ["ZETEL", "NOODTOEGANG", "TRIAGE", "BETROKKENE", "FG"].contains(&it.as_str()))
            .collect()
    };
    let of_seat: BTreeSet<String> = seen("corporatie").await;
    assert_eq!(of_seat, ["ZETEL".to_owned()].into());
    let of_regisseur: BTreeSet<String> = seen("regisseur").await;
    let shown = ["ZETEL", "TRIAGE", "FG"].map(str::to_owned);
    assert_eq!(of_regisseur, shown.into(), "who weighed it, and the officer of the own organisation");
}

/// A datum is supplied to a case that is there, and not to an id that only names the dossier.
#[tokio::test]
async fn nothing_is_supplied_to_a_case_that_is_not_there() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let case = crate::arrange::open_case(&vangnet, &opened).await;
    let client = vangnet.as_("politie");
    let datum = json!({ "category": "D14", "content": "Overlast in maart.", "ground": "G-WPG20" });
    let before = crate::arrange::rows(&vangnet).await;
    for id in [crate::arrange::forged("Case", opened.id, Uuid::now_v7()), "geen id".to_owned()] {
        let refused = client.change("supplyInbreng", json!({ "id": id, "datum": datum }), "version").await;
        assert_eq!((&refused["errors"][0]["code"], &refused["version"]), (&json!("NOT_FOUND"), &Value::Null));
    }
    assert_eq!(crate::arrange::rows(&vangnet).await["inbreng"], before["inbreng"]);
    client.done("supplyInbreng", json!({ "id": case, "datum": datum }), "version").await;
}

/// Who can be worked with is for the bureau of the house, and of no other.
#[tokio::test]
async fn the_partners_of_a_house_are_told_to_its_bureau_only() {
    let vangnet = Vangnet::start().await;
    let listed = async |subject: &str, house: &str| {
        let query = "query($house: String!) { partners(house: $house) { id } }";
        let answer = vangnet.as_(subject).ask(query, json!({ "house": house })).await;
        answer["partners"].as_array().map(Vec::len)
    };
    assert!(listed("regisseur", "TWENTE").await > Some(1));
    assert_eq!(listed("politie", "TWENTE").await, Some(0));
    keep_desk(&vangnet, "ggz", "DRENTHE").await;
    assert_eq!(listed("regisseur", "DRENTHE").await, Some(0), "a house in which it keeps no desk");
    keep_desk(&vangnet, "regisseur", "DRENTHE").await;
    assert_eq!(listed("regisseur", "DRENTHE").await, Some(2));
}

/// Whoever may not invite learns nothing of who works where.
#[tokio::test]
async fn a_step_of_another_looks_nobody_up() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    let case = crate::arrange::forged("Case", opened.id, Uuid::now_v7());
    let client = vangnet.as_("ggz");
    let name = |kind: &str, id: Uuid| {
        use base64::Engine as _;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.simple()))
    };
    let partner = name("Partner", vangnet.town.organisation("politie").0);
    let mut answers = Vec::new();
    for professional in
        [vangnet.town.professional("politie").0, vangnet.town.professional("om").0, Uuid::now_v7()]
    {
        let input = json!({
            "id": case, "partnerId": partner, "professionalId": name("Professional", professional),
        });
        answers.push(client.change("inviteToSeat", input, "case { id }").await);
    }
    assert_eq!(error(&answers[0]).0, "NOT_PERMITTED");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}
