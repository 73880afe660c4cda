//! Guests: a case at which somebody is invited to one agenda item, and the declaration that they sign.

use std::collections::HashMap;

use cucumber::gherkin::Step;
use cucumber::{given, when};
use serde_json::json;

use super::journey::{Journey, rows};
use super::people::{Day, Who};
use crate::arrange::{open_case, submit_as};

/// How it came to be discussed is told in the scenario of a case.
#[given(expr = "er wordt een casus besproken over:")]
async fn there_is_a_case(journey: &mut Journey, step: &Step) {
    let told: HashMap<String, String> =
        rows(step).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let opened = submit_as(journey.vangnet(), &told["naam"], &told["burgerservicenummer"]).await;
    let case = open_case(journey.vangnet(), &opened).await;
    let things = [
        ("het dossier", opened.dossier),
        ("de aanmelding", opened.aanmelding),
        ("de persoon", opened.person),
        ("de casus", case),
    ];
    for (name, id) in things {
        journey.name(name, &json!(id));
    }
    for (name, text) in told {
        journey.wrote(&name, &text);
    }
    journey.wrote("een deelnemer", "ZETEL");
}

#[when(expr = "{wie} voor {dag} {wie} als gast uitnodigt bij het agendapunt {string}")]
async fn invites(journey: &mut Journey, who: Who, day: Day, guest: Who, item: String) {
    let (partner, professional) = journey.partner(guest);
    let input = json!({
        "id": journey.id("de casus"), "partnerId": partner, "professionalId": professional,
        "item": item, "day": day.0.to_string(),
    });
    let selection = "participant { id } geheimhoudingsverklaring { id textVersion }";
    if let Some(payload) = journey.act(who, "inviteGuest", input, selection).await {
        journey.name("de gast", &payload["participant"]["id"]);
        journey.name("de verklaring", &payload["geheimhoudingsverklaring"]["id"]);
        let version = payload["geheimhoudingsverklaring"]["textVersion"].as_str().unwrap().to_owned();
        journey.wrote("de versie van de tekst", &version);
        journey.wrote("het agendapunt", &item);
    }
}

#[when(expr = "{wie} de geheimhoudingsverklaring tekent")]
async fn signs(journey: &mut Journey, who: Who) {
    let input =
        json!({ "id": journey.id("de verklaring"), "textVersion": journey.text("de versie van de tekst") });
    journey.act(who, "signGeheimhoudingsverklaring", input, "").await;
}
