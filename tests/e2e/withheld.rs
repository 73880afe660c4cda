//! What is withheld for want of something that its supplier can record is asked for from the node, and the supplier
//! answers or refuses. Asking teaches nothing: it is judged by the standing, never by whether there is a datum.

use serde_json::{Value, json};
use tests::{Client, Vangnet};

use crate::arrange::{Opened, assign, forged, open_case, records, rows, run, set_phase, submit};

const QUESTION: &str =
    "verrijking { id state askerId partnerId categories question refusalGround deadline } dossier { id }";

/// A dossier at the tafel, with a regisseur and a seat for the GGZ.
async fn at_tafel(vangnet: &Vangnet) -> Opened {
    let opened = submit(vangnet).await;
    set_phase(vangnet, opened.id, "F6").await;
    assign(vangnet, opened.id, "ggz", "ZETEL").await;
    opened
}

fn asking(id: &str, category: &str) -> Value {
    json!({ "id": id, "category": category, "motivation": "Nodig om de crisisdienst te kunnen inlichten." })
}

/// The code and the reason of the only error of a payload.
fn refusal(payload: &Value) -> (String, String) {
    let [error] = &payload["errors"].as_array().unwrap()[..] else { panic!("{payload}") };
    let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
    (text("code"), text("reason"))
}

/// What a dossier says of lines of a category.
async fn access_to(client: &Client, opened: &Opened, category: &str) -> Value {
    let query = "query($id: ID!, $of: [String!]!) { node(id: $id) { ... on Dossier {
        inbrengAccess(categories: $of) { category fields allowed reason requestable remedy } } } }";
    let answer = client.ask(query, json!({ "id": opened.dossier, "of": [category] })).await;
    answer["node"]["inbrengAccess"][0].clone()
}

/// The texts of a category that somebody finds in a dossier.
async fn lines(client: &Client, opened: &Opened, category: &str) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { inbreng(first: 50) {
        edges { node { category content } } } } } }";
    let answer = client.ask(query, json!({ "id": opened.dossier })).await;
    let edges = answer["node"]["inbreng"]["edges"].as_array().cloned().unwrap_or_default();
    let of = edges.iter().filter(|edge| edge["node"]["category"] == category);
    of.map(|edge| edge["node"]["content"].as_str().unwrap().to_owned()).collect()
}

fn diagnosis(recipients: &[&str]) -> Value {
    json!({
        "category": "D10", "content": "Schizofrenie, staat onder behandeling.", "ground": "G-CVP",
        "decisions": [{
            "kind": "DOORBREKING", "by": "J. de Arts", "on": "2024-01-10",
            "motivation": "Zonder dit loopt hij gevaar.",
            "proportionality": "Een lichter middel is er niet, en alleen het bureau krijgt het.",
            "recipients": recipients,
        }],
    })
}

#[tokio::test]
async fn what_is_withheld_is_asked_of_the_supplier_and_answered() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    let (regisseur, ggz) = (vangnet.as_("regisseur"), vangnet.as_("ggz"));
    let access = access_to(&regisseur, &opened, "D10").await;
    assert_eq!((&access["allowed"], &access["reason"]), (&json!(false), &json!("NO_GROUND_RECORDED")));
    assert_eq!((&access["requestable"], &access["fields"]), (&json!(true), &json!(["inbreng"])));

    let asked = regisseur.done("askWithheld", asking(&opened.person, "D10"), QUESTION).await;
    let question = &asked["verrijking"];
    assert_eq!((&question["state"], &question["categories"]), (&json!("OPEN"), &json!(["D10"])));
    let seen = "query($id: ID!) { node(id: $id) { ... on Verrijking { state question refusalGround
        viewerAccess { steps { mutation allowed } } } } }";
    let at_desk = ggz.ask(seen, json!({ "id": question["id"] })).await;
    assert_eq!(at_desk["node"]["question"], "Nodig om de crisisdienst te kunnen inlichten.");
    assert_eq!(at_desk["node"]["viewerAccess"]["steps"][0]["mutation"], "answerVerrijking");
    for subject in ["politie", "ggz-ander", "regisseur-ander", "om"] {
        let other = vangnet.as_(subject).ask(seen, json!({ "id": question["id"] })).await;
        assert_eq!(other["node"], Value::Null, "{subject}");
    }

    let mut unweighed = diagnosis(&["ZVH_BUREAU"]);
    unweighed["decisions"][0]["proportionality"] = json!(" ");
    let input = json!({ "id": question["id"], "data": [unweighed] });
    let refused = ggz.change("answerVerrijking", input, "version").await;
    assert_eq!(refused["errors"][0]["path"], json!(["data", "0", "decisions", "0", "proportionality"]));
    let answer = json!({ "id": question["id"], "data": [diagnosis(&["ZVH_BUREAU"])] });
    ggz.done("answerVerrijking", answer, "errors { code }").await;
    let followed = regisseur.ask(seen, json!({ "id": question["id"] })).await;
    assert_eq!(followed["node"]["state"], "BEANTWOORD");
    let recorded = "query($id: ID!) { node(id: $id) { ... on Dossier { inbreng(first: 5) { edges { node {
        decisions { kind by on motivation proportionality recipients } } } } } } }";
    let recorded = regisseur.ask(recorded, json!({ "id": opened.dossier })).await;
    let decision = &recorded["node"]["inbreng"]["edges"][0]["node"]["decisions"][0];
    assert_eq!(
        decision["proportionality"],
        "Een lichter middel is er niet, en alleen het bureau krijgt het."
    );
    assert_eq!((&decision["on"], &decision["by"]), (&json!("2024-01-10"), &json!("J. de Arts")));
    assert_eq!(lines(&regisseur, &opened, "D10").await, ["Schizofrenie, staat onder behandeling."]);
    assert!(lines(&vangnet.as_("ondersteuning"), &opened, "D10").await.is_empty());
    let effects = records(&vangnet, "EFFECT").await;
    assert!(effects.iter().any(|effect| effect.to_string().contains("VERRIJKING_ASKED")), "{effects:?}");
}

#[tokio::test]
async fn the_supplier_may_refuse_with_a_ground_and_the_asker_reads_it() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    assign(&vangnet, opened.id, "om", "ZETEL").await;
    assign(&vangnet, opened.id, "reclassering", "ZETEL").await;
    let (probation, om) = (vangnet.as_("reclassering"), vangnet.as_("om"));
    let asked = probation.done("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
    let id = &asked["verrijking"]["id"];
    assert!(asked["verrijking"]["askerId"].is_string(), "{asked}");
    om.done("answerVerrijking", json!({ "id": id, "refusalGround": "OPSPORINGSBELANG" }), "version").await;
    let seen = "query($id: ID!) { node(id: $id) { ... on Verrijking { state refusalGround question } } }";
    let followed = probation.ask(seen, json!({ "id": id })).await;
    assert_eq!(followed["node"]["state"], "GEWEIGERD");
    assert_eq!(followed["node"]["refusalGround"], "OPSPORINGSBELANG");
    let other = vangnet.as_("ggz").ask(seen, json!({ "id": id })).await;
    assert_eq!(other["node"], Value::Null, "a partner does not see what another asks");
    // Answered, it can be asked again.
    probation.done("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_the_reason_and_nothing_is_written() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    let regisseur = vangnet.as_("regisseur");
    let before = rows(&vangnet).await;
    let asked =
        |category: &'static str| regisseur.change("askWithheld", asking(&opened.dossier, category), QUESTION);
    assert_eq!(refusal(&asked("D05").await), ("GUARD_FAILED".into(), "ALREADY_SHOWN".into()));
    assert_eq!(refusal(&asked("D27").await).0, "NOT_PERMITTED");
    assert_eq!(refusal(&asked("D99").await).0, "INVALID_INPUT");
    let ggz = vangnet.as_("ggz");
    let own = ggz.change("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
    assert_eq!(refusal(&own).0, "NOT_PERMITTED", "never shown, so never asked");
    assert_eq!(rows(&vangnet).await["verrijking"], before["verrijking"]);

    asked("D10").await;
    assert_eq!(refusal(&asked("D10").await), ("GUARD_FAILED".into(), "ALREADY_ASKED".into()));
    set_phase(&vangnet, opened.id, "F4").await;
    let early = access_to(&regisseur, &opened, "D10").await;
    assert_eq!(early["requestable"], false, "in this phase nothing recorded would show it: {early}");
}

/// What was shown until it expired is asked for anew, and shown when it is supplied again.
#[tokio::test]
async fn what_has_expired_is_asked_for_and_supplied_again() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let case = open_case(&vangnet, &opened).await;
    let risk = |content: &str, until: &str| json!({ "category": "D23", "content": content, "ground": "G-CVP", "validUntil": until });
    let supplied = json!({ "id": case, "datum": risk("Hoog risico.", "2024-02-20") });
    vangnet.as_("ggz").done("supplyInbreng", supplied, "inbreng { id }").await;
    assert_eq!(lines(&vangnet.as_("politie"), &opened, "D23").await, ["Hoog risico."]);

    vangnet.server.clock.advance(chrono::Duration::days(8));
    let (police, ggz) = (vangnet.as_("politie"), vangnet.as_("ggz"));
    assert!(lines(&police, &opened, "D23").await.is_empty(), "its last day has passed");
    assert_eq!(lines(&ggz, &opened, "D23").await, ["Hoog risico."], "who supplied it keeps it");
    assert_eq!(access_to(&police, &opened, "D23").await["allowed"], true, "while it is valid");
    let asked = police.done("askWithheld", asking(&opened.dossier, "D23"), QUESTION).await;
    assert_eq!(asked["verrijking"]["categories"], json!(["D23"]));
    let again = json!({ "id": asked["verrijking"]["id"], "data": [risk("Matig risico.", "2024-08-20")] });
    ggz.done("answerVerrijking", again, "version").await;
    assert_eq!(lines(&police, &opened, "D23").await, ["Matig risico."]);
}

/// Only who may supply it at this tafel is asked.
#[tokio::test]
async fn without_a_supplier_at_the_tafel_nobody_is_asked() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "reclassering", "ZETEL").await;
    let asker = vangnet.as_("reclassering");
    let refused = asker.change("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
    assert_eq!(refusal(&refused), ("GUARD_FAILED".into(), "NO_SUPPLIER".into()));
    // Nor does it tell that a partner who is not at the tafel was asked something, or weighed the triage.
    for hidden in ["VERRIJKING", "BEKENDHEIDSCHECK", "TRIAGE"] {
        assign(&vangnet, opened.id, "politie", hidden).await;
        let again = asker.change("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
        assert_eq!(again, refused, "{hidden}");
    }
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let question = asker.done("askWithheld", asking(&opened.dossier, "D15L"), QUESTION).await;
    assert_eq!(question["verrijking"]["categories"], json!(["D15L"]));
}

/// An id that is nobody's, malformed, of another dossier or of a row that is not there is answered alike.
#[tokio::test]
async fn what_does_not_exist_cannot_be_asked_about() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    let stranger = vangnet.as_("politie");
    let regisseur = vangnet.as_("regisseur");
    let nothing = forged("Person", opened.id, uuid::Uuid::now_v7());
    let mut answers = Vec::new();
    for (client, id) in [
        (&stranger, opened.person.as_str()),
        (&stranger, opened.dossier.as_str()),
        (&stranger, "x"),
        (&regisseur, nothing.as_str()),
        (&regisseur, "x"),
    ] {
        let payload = client.change("askWithheld", asking(id, "D10"), QUESTION).await;
        assert_eq!(refusal(&payload).0, "NOT_FOUND");
        answers.push(payload);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

/// What a verzoek of the person concerned would release is not asked of partners: it waits for the decision.
#[tokio::test]
async fn the_person_concerned_is_told_that_a_verzoek_releases_it() {
    let vangnet = Vangnet::start().await;
    let opened = at_tafel(&vangnet).await;
    assign(&vangnet, opened.id, "college", "BETROKKENE").await;
    run(
        &vangnet,
        "UPDATE organisation SET kind = 'BETROKKENE', gemeente_code = NULL WHERE kind = 'GEM_COLLEGE'",
    )
    .await;
    let before = rows(&vangnet).await;
    let concerned = vangnet.as_("college");
    let released = concerned.change("askWithheld", asking(&opened.dossier, "D05"), QUESTION).await;
    assert_eq!(refusal(&released), ("GUARD_FAILED".into(), "BY_VERZOEK".into()));
    assert_eq!(
        released["errors"][0]["message"],
        "Dit komt alleen vrij door een besluit op een verzoek van de betrokkene."
    );
    let never = concerned.change("askWithheld", asking(&opened.dossier, "D22"), QUESTION).await;
    assert_eq!(refusal(&never).0, "NOT_PERMITTED", "no verzoek releases it");
    assert_eq!(rows(&vangnet).await["verrijking"], before["verrijking"]);
}
