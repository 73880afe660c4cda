//! What the ketenmanager records for a house: signatures, their opzegging, contracts of gemeenten and training.

use cucumber::{given, when};
use serde_json::json;

use super::journey::Journey;
use super::people::{Day, Who, code};
use crate::arrange::{colleague, dossier_in, execute};
use crate::ondertekening::{keep_desk, signature_of};

#[when(expr = "{wie} vastlegt dat {wie} op {dag} heeft ondertekend")]
async fn records(journey: &mut Journey, who: Who, partner: Who, day: Day) {
    let [partner, _] = colleague(journey.vangnet(), partner.0);
    let house = journey.as_bureau().await["house"].clone();
    let input = json!({ "house": house, "partnerId": partner, "signedOn": day.0.to_string(), "signedBy": "De directeur" });
    journey.act_in_house(who, "recordSignature", input).await;
}

#[when(expr = "{wie} vastlegt dat {wie} opzegt per {dag}")]
async fn ends(journey: &mut Journey, who: Who, partner: Who, day: Day) {
    let signature = signature_of(journey.vangnet(), partner.0).await;
    let input = json!({ "house": "TWENTE", "id": signature, "endedOn": day.0.to_string() });
    journey.act_in_house(who, "endSignature", input).await;
}

#[when(expr = "{wie} vastlegt dat {wie} op {dag} de training heeft gevolgd")]
async fn records_training(journey: &mut Journey, who: Who, trained: Who, day: Day) {
    let [_, professional] = colleague(journey.vangnet(), trained.0);
    let input = json!({ "house": "TWENTE", "professionalId": professional, "trainedOn": day.0.to_string() });
    journey.act_in_house(who, "recordTraining", input).await;
}

#[when(expr = "{wie} vastlegt dat de gemeente {string} per {dag} een convenant voor jeugdgroepen heeft")]
async fn records_contract(journey: &mut Journey, who: Who, gemeente: String, day: Day) {
    let input = json!({
        "house": "DRENTHE", "gemeente": code(&gemeente), "kind": "JEUGDGROEP", "validFrom": day.0.to_string(),
    });
    journey.act_in_house(who, "recordGemeenteContract", input).await;
}

#[given(expr = "die casus ligt aan de tafel radicalisering")]
async fn is_of_rad(journey: &mut Journey) {
    let moved = "UPDATE dossier SET tafel = 'RAD', confidentiality = 'STRIKT' WHERE id = $1";
    execute(journey.vangnet(), moved, [dossier_in(journey.id("het dossier")).0.into()]).await;
}

#[given(expr = "die casus is een jeugdgroep van Emmen, waar het bureau ook werkt")]
async fn is_a_jeugdgroep(journey: &mut Journey) {
    let moved =
        "UPDATE dossier SET house = 'DRENTHE', tafel = 'JEUGDGROEP', gemeente_code = '0114' WHERE id = $1";
    execute(journey.vangnet(), moved, [dossier_in(journey.id("het dossier")).0.into()]).await;
    keep_desk(journey.vangnet(), "ketenmanager", "DRENTHE").await;
}
