//! At the tafel: seats, inbreng, the plan with its actions, and the handover.

use cucumber::gherkin::Step;
use cucumber::when;
use serde_json::{Value, json};

use super::intake::datum;
use super::journey::{Journey, people, records, rows};
use super::people::{Day, Who, code};

#[when(expr = "{wie} aan tafel uitnodigt:")]
async fn invites(journey: &mut Journey, step: &Step, who: Who) {
    for (row, partner) in rows(step).iter().zip(people(step)) {
        let (organisation, professional) = journey.partner(partner);
        let input = json!({
            "id": journey.id("de casus"), "partnerId": organisation, "professionalId": professional,
        });
        if let Some(payload) = journey.act(who, "inviteToSeat", input, "participant { id }").await {
            journey.name(&format!("de zetel van {}", row[0]), &payload["participant"]["id"]);
        }
    }
}

#[when(expr = "{wie} inbrengt:")]
async fn supplies(journey: &mut Journey, step: &Step, who: Who) {
    for record in records(step) {
        let input = json!({ "id": journey.id("de casus"), "datum": datum(&record) });
        if let Some(payload) = journey.act(who, "supplyInbreng", input, "inbreng { id }").await {
            journey.name(&record["gegeven"], &payload["inbreng"]["id"]);
            journey.wrote(&record["gegeven"], &record["tekst"]);
        }
    }
}

#[when(expr = "{wie} het plan maakt met het doel {string}")]
async fn makes_plan(journey: &mut Journey, who: Who, goal: String) {
    let input = json!({
        "id": journey.id("de casus"), "goals": [{ "text": goal, "leefgebied": "WONEN" }], "agreedWithPerson": true,
    });
    if let Some(payload) = journey.act(who, "makePlan", input, "plan { id }").await {
        journey.name("het plan", &payload["plan"]["id"]);
        journey.wrote("het doel", &goal);
    }
}

#[when(expr = "{wie} aan het plan toevoegt:")]
async fn adds_actions(journey: &mut Journey, step: &Step, who: Who) {
    for record in records(step) {
        let owner: Who = record["eigenaar"].parse().unwrap();
        let needs: Vec<&str> =
            record["nodig"].split(", ").filter(|name| !name.is_empty()).map(code).collect();
        let input = json!({
            "id": journey.id("de casus"),
            "ownerId": journey.partner(owner).0,
            "kind": code(&record["soort"]),
            "text": record["actie"],
            "deadline": record["uiterlijk"].parse::<Day>().unwrap().0.to_string(),
            "needs": needs,
        });
        if let Some(payload) = journey.act(who, "addAction", input, "action { id }").await {
            journey.name(&record["actie"], &payload["action"]["id"]);
            journey.wrote(&record["actie"], &record["actie"]);
        }
    }
}

#[when(expr = "{wie} de actie {string} aanvaardt")]
async fn accepts_action(journey: &mut Journey, who: Who, action: String) {
    let input = json!({ "id": journey.id(&action) });
    journey.act(who, "acceptAction", input, "").await;
}

#[when(expr = "{wie} de actie {string} afrondt")]
async fn finishes_action(journey: &mut Journey, who: Who, action: String) {
    let input = json!({ "id": journey.id(&action), "result": "GEREED", "note": "Gedaan zoals afgesproken." });
    journey.act(who, "finishAction", input, "").await;
}

#[when(expr = "{wie} de casus warm overdraagt aan {wie}, met nacontrole op {dag}")]
async fn offers(journey: &mut Journey, who: Who, receiver: Who, day: Day) {
    let (organisation, professional) = journey.partner(receiver);
    let note = "Het wijkteam houdt wekelijks contact.";
    let input = json!({
        "id": journey.id("de casus"),
        "receiverId": organisation,
        "professionalId": professional,
        "note": note,
        "followUpOn": day.0.to_string(),
    });
    if let Some(payload) = journey.act(who, "offerOverdracht", input, "overdracht { id }").await {
        journey.name("de overdracht", &payload["overdracht"]["id"]);
        journey.wrote("de overdracht", note);
    }
}

#[when(regex = "^(het wijkteam|de politie) de overdracht (aanvaardt|weigert)$")]
async fn answers_offer(journey: &mut Journey, who: Who, answer: String) {
    let input: Value = json!({ "id": journey.id("de overdracht"), "accept": answer == "aanvaardt" });
    journey.act(who, "answerOverdracht", input, "").await;
}

#[when(expr = "{wie} nagaat wie aan tafel zit:")]
async fn looks_at_the_tafel(journey: &mut Journey, step: &Step, who: Who) {
    let app = journey.app_of(who);
    let dossier = super::seen::dossier_of(&app, journey.id("het dossier")).await.unwrap();
    let seated = super::seen::nodes_of(&dossier["participants"]);
    for row in rows(step) {
        let at_tafel =
            |seat: &&Value| seat["organisation"] == row[0].as_str() && seat["involvement"] == "ZETEL";
        assert!(seated.iter().any(|seat| at_tafel(&seat)), "{row:?} in {seated:?}");
    }
}
