//! From the aanmelding to the decision of the triage.

use std::collections::HashMap;

use cucumber::gherkin::Step;
use cucumber::when;
use serde_json::{Value, json};

use super::journey::{Journey, people, records, rows};
use super::people::{Day, Who, code};
use super::seen::{nodes_of, own_dossiers};

#[when(expr = "{wie} deze persoon aanmeldt:")]
async fn submits(journey: &mut Journey, step: &Step, who: Who) {
    let told: HashMap<String, String> =
        rows(step).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let input = aanmelding(journey, who, &told);
    let selection = "dossier { id } aanmelding { id } person { id }";
    let Some(payload) = journey.act(who, "submitAanmelding", input, selection).await else { return };
    journey.name("het dossier", &payload["dossier"]["id"]);
    journey.name("de aanmelding", &payload["aanmelding"]["id"]);
    journey.name("de persoon", &payload["person"]["id"]);
    for (name, text) in told {
        journey.wrote(&name, &text);
    }
    let checks = nodes_of(&journey.as_bureau().await["brpChecks"]);
    if let [check] = &checks[..] {
        journey.name("de BRP-check", &check["id"]);
    }
}

/// The input of an aanmelding; what the scenario does not tell is filled in.
pub(super) fn aanmelding(journey: &Journey, who: Who, told: &HashMap<String, String>) -> Value {
    let say = |name: &str, otherwise: &str| told.get(name).cloned().unwrap_or_else(|| otherwise.to_owned());
    let birth_date = told.get("geboortedatum").map(|day| day.parse::<Day>().unwrap().0.to_string());
    json!({
        "house": "TWENTE",
        "gemeente": code(&say("gemeente", "Enschede (0153)")),
        "tafel": code(&say("tafel", "Top-x (TOPX)")),
        "groundHolderId": organisation_id(journey, who),
        "ground": code(&say("grondslag", "publieke taak (G-AVG6e)")),
        "purpose": "Rust in huis en in de straat.",
        "reason": say("reden", "Zorg over veiligheid."),
        "tried": "Bemoeizorg en ambulante begeleiding.",
        "concerns": [{ "leefgebied": "GEESTELIJKE_GEZONDHEID", "severity": 3, "note": "Ontregeld." }],
        "safetyRisks": ["OMGEVING"],
        "minorsInvolved": false,
        "discussed": true,
        "support": "PROCESREGIE",
        "person": {
            "familyName": say("naam", "Naamloos"),
            "givenNames": told.get("voornamen"),
            "birthDate": birth_date,
            "sex": "ONBEKEND",
            "bsn": told.get("burgerservicenummer"),
            "phone": told.get("telefoon"),
        },
    })
}

/// The id of somebody's own organisation, as an app knows it from its viewer.
fn organisation_id(journey: &Journey, who: Who) -> String {
    use base64::Engine as _;
    let organisation = journey.vangnet().town.organisation(who.0);
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!("Partner:{}", organisation.0.simple()))
}

#[when(expr = "{wie} vraagt of deze partners de persoon kennen:")]
async fn asks_bekendheid(journey: &mut Journey, step: &Step, who: Who) {
    let partners = people(step);
    let ids: Vec<&str> = partners.iter().map(|partner| journey.partner(*partner).0).collect();
    let input = json!({ "id": journey.id("de aanmelding"), "partnerIds": ids });
    if journey.act(who, "askBekendheid", input, "").await.is_none() {
        return;
    }
    let checks = nodes_of(&journey.as_bureau().await["bekendheidschecks"]);
    for (row, partner) in rows(step).iter().zip(partners) {
        let asked = journey.partner(partner).0;
        let check = checks.iter().find(|check| check["partnerId"] == asked).unwrap();
        journey.name(&format!("de bekendheidscheck van {}", row[0]), &check["id"]);
    }
}

/// A desk finds the question in its own list, as no id was sent to it.
async fn own_task(journey: &Journey, who: Who, list: &str) -> String {
    let dossiers = own_dossiers(&journey.app_of(who)).await;
    let tasks: Vec<Value> = dossiers.iter().flat_map(|dossier| nodes_of(&dossier[list])).collect();
    let [task] = &tasks[..] else { panic!("{list} van {who:?}: {tasks:?}") };
    task["id"].as_str().unwrap().to_owned()
}

#[when(expr = "{wie} antwoordt dat de persoon bekend is, met contactpersoon {string}")]
async fn answers_hit(journey: &mut Journey, who: Who, contact: String) {
    let id = own_task(journey, who, "bekendheidschecks").await;
    let input = json!({ "id": id, "answer": "HIT", "contact": contact });
    journey.act(who, "answerBekendheidscheck", input, "").await;
    journey.wrote("de contactpersoon", &contact);
}

#[when(expr = "{wie} antwoordt dat de persoon niet bekend is")]
async fn answers_no_hit(journey: &mut Journey, who: Who) {
    let id = own_task(journey, who, "bekendheidschecks").await;
    journey.act(who, "answerBekendheidscheck", json!({ "id": id, "answer": "NO_HIT" }), "").await;
}

#[when(expr = "{wie} de BRP-check beantwoordt met adres {string}")]
async fn answers_brp_check(journey: &mut Journey, who: Who, address: String) {
    let id = own_task(journey, who, "brpChecks").await;
    let input = json!({
        "id": id, "result": "BEVESTIGD", "address": address, "postcode": "7511AA", "residence": "Enschede",
    });
    journey.act(who, "answerBrpCheck", input, "").await;
    journey.wrote("adres", &address);
}

#[when(expr = "{wie} aan {wie} de vraag {string} stelt over:")]
async fn asks_verrijking(journey: &mut Journey, step: &Step, who: Who, partner: Who, question: String) {
    let asked = rows(step);
    let categories: Vec<&str> = asked.iter().map(|row| code(&row[0])).collect();
    let input = json!({
        "id": journey.id("de aanmelding"),
        "partnerId": journey.partner(partner).0,
        "categories": categories,
        "question": question,
    });
    if let Some(payload) = journey.act(who, "askVerrijking", input, "verrijking { id }").await {
        journey.name(&question, &payload["verrijking"]["id"]);
        journey.wrote(&question, &question);
    }
}

#[when(expr = "{wie} aan de leveranciers aan tafel {string} vraagt over:")]
async fn asks_withheld(journey: &mut Journey, step: &Step, who: Who, motivation: String) {
    let asked = rows(step);
    let input = json!({
        "id": journey.id("het dossier"), "category": code(&asked[0][0]), "motivation": motivation,
    });
    if let Some(payload) = journey.act(who, "askWithheld", input, "verrijking { id }").await {
        journey.name(&motivation, &payload["verrijking"]["id"]);
        journey.wrote(&motivation, &motivation);
    }
}

#[when(expr = "{wie} de vraag {string} beantwoordt met:")]
async fn answers_verrijking(journey: &mut Journey, step: &Step, who: Who, question: String) {
    let records = records(step);
    let data: Vec<Value> = records.iter().map(datum).collect();
    let input = json!({ "id": journey.id(&question), "data": data });
    if journey.act(who, "answerVerrijking", input, "").await.is_none() {
        return;
    }
    let lines = nodes_of(&journey.as_bureau().await["inbreng"]);
    for record in records {
        journey.wrote(&record["gegeven"], &record["tekst"]);
        if let Some(line) = lines.iter().find(|line| line["content"] == record["tekst"].as_str()) {
            journey.name(&record["gegeven"], &line["id"]);
        }
    }
}

/// A datum of a table: gegeven (category), grondslag (ground), tekst, and perhaps besluit (kind) and ontvangers.
pub(super) fn datum(record: &HashMap<String, String>) -> Value {
    let said = |name: &str| record.get(name).filter(|text| !text.is_empty());
    let recipients: Vec<&str> =
        said("ontvangers").map(|text| text.split(", ").map(code).collect()).unwrap_or_default();
    let decision = |kind: &String| {
        json!([{
            "kind": code(kind),
            "by": "De behandelaar",
            "on": "2024-02-12",
            "motivation": "Na overleg met de vertrouwensarts.",
            "proportionality": "Een lichter middel is er niet.",
            "recipients": recipients,
        }])
    };
    json!({
        "category": code(&record["gegeven"]),
        "content": record["tekst"],
        "ground": code(&record["grondslag"]),
        "decisions": said("besluit").map(decision),
    })
}

#[when(expr = "{wie} de triage begint met:")]
async fn starts_triage(journey: &mut Journey, step: &Step, who: Who) {
    let ids: Vec<&str> = people(step).into_iter().map(|partner| journey.partner(partner).0).collect();
    let input = json!({ "id": journey.id("de aanmelding"), "partnerIds": ids });
    journey.act(who, "startTriage", input, "").await;
}

#[when(expr = "{wie} in de triage besluit de casus op te pakken, met weging {string} en deze criteria:")]
async fn decides_triage(journey: &mut Journey, step: &Step, who: Who, motivation: String) {
    let answers: Vec<Value> = records(step)
        .iter()
        .map(|row| {
            json!({ "criterion": row["criterium"], "met": row["vervuld"] == "ja", "motivation": row["toelichting"] })
        })
        .collect();
    let advice = "De casus wordt aan de Top-x tafel besproken.";
    let input = json!({
        "id": journey.id("de aanmelding"),
        "criteriaSet": "TWENTE_2023",
        "answers": answers,
        "decision": "OPPAKKEN_PROCESREGIE",
        "motivation": motivation,
        "advice": advice,
    });
    let decided = journey.act(who, "decideTriage", input, "triage { id } case { id }").await;
    if let Some(payload) = decided {
        journey.name("de triage", &payload["triage"]["id"]);
        journey.name("de casus", &payload["case"]["id"]);
        journey.wrote("de weging", &motivation);
        journey.wrote("het advies", advice);
    }
}

#[when(expr = "{wie} aan de ketenmanager een afwijking vraagt: {string}")]
async fn asks_afwijking(journey: &mut Journey, who: Who, motivation: String) {
    let input = json!({ "id": journey.id("de aanmelding"), "motivation": motivation });
    if let Some(payload) = journey.act(who, "askAfwijking", input, "afwijking { id }").await {
        journey.name("de afwijking", &payload["afwijking"]["id"]);
        journey.wrote("de afwijking", &motivation);
    }
}

#[when(regex = r#"^(de \S+) de afwijking (goedkeurt|weigert): "(.+)"$"#)]
async fn decides_afwijking(journey: &mut Journey, who: Who, decision: String, answer: String) {
    let input = json!({
        "id": journey.id("de afwijking"), "approve": decision == "goedkeurt", "answer": answer,
    });
    journey.act(who, "decideAfwijking", input, "").await;
}
