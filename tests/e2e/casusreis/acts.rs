//! Acts that bring nothing, one text or one day: a sentence for each, and the mutation it stands for.

use cucumber::when;
use serde_json::json;

use super::journey::Journey;
use super::people::{Day, Who};

/// Sentences of acts that bring nothing, with their mutations and what they are done to.
const PLAIN: &[(&str, &str, &str)] = &[
    ("de aanmelding in behandeling neemt", "takeUpAanmelding", "de aanmelding"),
    ("de verrijking begint", "startVerrijking", "de aanmelding"),
    ("de aanmelder terugkoppeling geeft", "reportBack", "de aanmelding"),
    ("het overleg opent", "startOverleg", "de casus"),
    ("het plan vaststelt", "establishPlan", "de casus"),
    ("naar het overleg terugkeert", "returnToOverleg", "de casus"),
    ("begint met afschalen", "startAfschaling", "de casus"),
];

/// Sentences of acts that bring a text, with their mutations, what they are done to, and the name of the text.
const TEXT: &[(&str, &str, &str, &str)] = &[
    ("om aanvulling vraagt", "requestCompletion", "de aanmelding", "missingItems"),
    ("de aanmelding aanvult", "completeAanmelding", "de aanmelding", "tried"),
    ("de aanmelding intrekt", "withdrawAanmelding", "de aanmelding", "reason"),
    ("zonder BRP-check verdergaat", "waiveBrpCheck", "de BRP-check", "reason"),
    ("de casus afsluit", "closeCase", "de casus", "closingNote"),
];

/// Sentences of acts that bring a day.
const DAY: &[(&str, &str, &str, &str)] = &[
    ("de monitoring begint, met evaluatie", "startMonitoring", "de casus", "reviewOn"),
    ("de nazorg begint, met nacontrole", "startNazorg", "de casus", "followUpOn"),
];

#[when(
    regex = r"^(de \S+) (de aanmelding in behandeling neemt|de verrijking begint|de aanmelder terugkoppeling geeft|het overleg opent|het plan vaststelt|naar het overleg terugkeert|begint met afschalen)$"
)]
async fn acts(journey: &mut Journey, who: Who, sentence: String) {
    let (_, mutation, thing) = PLAIN.iter().find(|(known, ..)| *known == sentence).unwrap();
    let input = json!({ "id": journey.id(thing) });
    journey.act(who, mutation, input, "").await;
}

#[when(
    regex = r#"^(de \S+) (om aanvulling vraagt|de aanmelding aanvult|de aanmelding intrekt|zonder BRP-check verdergaat|de casus afsluit): "(.+)"$"#
)]
async fn acts_with_a_text(journey: &mut Journey, who: Who, sentence: String, text: String) {
    let (_, mutation, thing, field) = TEXT.iter().find(|(known, ..)| *known == sentence).unwrap();
    let input = json!({ "id": journey.id(thing), *field: text });
    if journey.act(who, mutation, input, "").await.is_some() {
        journey.wrote(field, &text);
    }
}

#[when(
    regex = r"^(de \S+) (de monitoring begint, met evaluatie|de nazorg begint, met nacontrole) op (\d+ \S+ \d+)$"
)]
async fn acts_with_a_day(journey: &mut Journey, who: Who, sentence: String, day: Day) {
    let (_, mutation, thing, field) = DAY.iter().find(|(known, ..)| *known == sentence).unwrap();
    let input = json!({ "id": journey.id(thing), *field: day.0.to_string() });
    journey.act(who, mutation, input, "").await;
}
