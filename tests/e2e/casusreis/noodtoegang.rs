//! Break-glass: entering a dossier in an emergency, ending that, reviewing it, and the hours that pass.

use chrono::Duration;
use cucumber::when;
use serde_json::json;

use super::journey::Journey;
use super::people::Who;

#[when(expr = "{wie} met noodtoegang het dossier opent: {string}")]
async fn enters(journey: &mut Journey, who: Who, reason: String) {
    let input = json!({
        "dossierId": journey.id("het dossier"), "reasonCode": "GEVAAR_VOOR_PERSOON", "reason": reason,
    });
    if let Some(payload) = journey.act(who, "openBreakGlass", input, "breakGlass { id }").await {
        journey.name("de noodtoegang", &payload["breakGlass"]["id"]);
        journey.wrote("de reden van de noodtoegang", &reason);
    }
}

#[when(expr = "{wie} de noodtoegang beëindigt")]
async fn ends(journey: &mut Journey, who: Who) {
    let input = json!({ "id": journey.id("de noodtoegang") });
    journey.act(who, "endBreakGlass", input, "").await;
}

#[when(regex = r#"^(de .+) de noodtoegang (terecht|onterecht) vindt: "(.+)"$"#)]
async fn reviews(journey: &mut Journey, who: Who, finding: String, motivation: String) {
    let id = journey.id("de noodtoegang");
    let input = json!({ "id": id, "finding": finding.to_uppercase(), "motivation": motivation });
    if journey.act(who, "reviewBreakGlass", input, "").await.is_some() {
        journey.wrote("de toetsing", &motivation);
    }
}

#[when(expr = "er {int} uur voorbij zijn")]
async fn hours_pass(journey: &mut Journey, hours: i64) {
    journey.wait(Duration::hours(hours)).await;
}
