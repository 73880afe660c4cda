//! Whatever is shown or withheld can be explained: to who looks, and to the data protection officer about another.
//! An explanation tells of the rules, never of what they protect.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::{Client, Vangnet};

use crate::arrange::{APPLICANT, Opened, assign, execute, records, set_phase, submit};

const EXPLANATION: &str = "category name fields allowed involvement version regime regimeVerified
    rules { id effect article title ground source } reason message requestable remedy";

/// The id by which the API knows a professional.
fn professional(vangnet: &Vangnet, subject: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("Professional:{}", vangnet.town.professional(subject).0.simple()))
}

/// The explanations of a person's fields, for who asks.
async fn of_person(client: &Client, opened: &Opened, field: Option<&str>) -> Vec<Value> {
    let query = format!(
        "query($id: ID!, $field: String) {{ node(id: $id) {{ ... on Person {{
            viewerAccess {{ explanations(field: $field) {{ {EXPLANATION} }} }} }} }} }}"
    );
    let answer = client.ask(&query, json!({ "id": opened.person, "field": field })).await;
    answer["node"]["viewerAccess"]["explanations"].as_array().unwrap().clone()
}

/// What the officer is told of somebody and an object.
async fn explain(client: &Client, id: &str, professional: &str) -> Value {
    let query = format!(
        "query($id: ID!, $who: ID!) {{ explain(id: $id, professionalId: $who) {{
            professionalId involvements shown explanations {{ {EXPLANATION} }} }} }}"
    );
    client.ask(&query, json!({ "id": id, "who": professional })).await["explain"].clone()
}

fn of<'v>(explanations: &'v [Value], category: &str) -> &'v Value {
    explanations.iter().find(|one| one["category"] == category).unwrap_or_else(|| panic!("no {category}"))
}

#[tokio::test]
async fn each_field_is_explained_by_its_rule_article_and_ground() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let own = of_person(&vangnet.as_(APPLICANT), &opened, None).await;
    let name = of(&own, "D01N");
    assert_eq!((&name["allowed"], &name["involvement"]), (&json!(true), &json!("AANMELDER")));
    let permits: Vec<&Value> = name["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(permits.contains(&&json!("P01")), "shown as the own organisation's: {name}");
    let rule = &name["rules"][0];
    assert!(rule["article"].as_str().is_some_and(|article| !article.is_empty()), "{rule}");
    assert!(rule["ground"].as_str().is_some_and(|ground| !ground.is_empty()), "{rule}");
    assert_eq!((&name["reason"], &name["remedy"]), (&Value::Null, &Value::Null));

    let desk = vangnet.as_("brp-enschede");
    let contact = of_person(&desk, &opened, Some("phone")).await;
    assert_eq!(contact.len(), 1, "only the category of the field: {contact:?}");
    let contact = of(&contact, "D03");
    assert_eq!((&contact["allowed"], &contact["reason"]), (&json!(false), &json!("NEVER")));
    assert_eq!(contact["fields"], json!(["email", "phone"]));
    let forbids: Vec<&Value> = contact["rules"].as_array().unwrap().iter().collect();
    assert!(forbids.iter().any(|rule| rule["id"] == "V25" && rule["effect"] == "FORBID"), "{contact}");
    assert!(of_person(&desk, &opened, Some("id")).await.is_empty(), "what is open has no rule");
    assert!(of_person(&desk, &opened, Some("nothing")).await.is_empty());
}

/// The explanation of what is withheld rests on the standing, not on the value.
#[tokio::test]
async fn an_explanation_does_not_tell_whether_there_is_a_value() {
    let vangnet = Vangnet::start().await;
    let (with, without) = (submit(&vangnet).await, submit(&vangnet).await);
    let statement = "UPDATE person SET phone = NULL, email = NULL WHERE dossier_id = $1";
    execute(&vangnet, statement, [without.id.0.into()]).await;
    let desk = vangnet.as_("brp-enschede");
    assert_eq!(of_person(&desk, &with, None).await, of_person(&desk, &without, None).await);
}

#[tokio::test]
async fn the_officer_is_told_why_another_is_shown_it_or_not() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    assign(&vangnet, opened.id, "fg", "FG").await;
    let officer = vangnet.as_("fg");
    let desk = explain(&officer, &opened.person, &professional(&vangnet, "brp-enschede")).await;
    assert_eq!((&desk["involvements"], &desk["shown"]), (&json!(["BRP_TAAK"]), &json!(true)));
    let told = desk["explanations"].as_array().unwrap();
    let seen = of_person(&vangnet.as_("brp-enschede"), &opened, None).await;
    assert_eq!(told, &seen, "the officer is told what the desk is told itself");

    let stranger = explain(&officer, &opened.person, &professional(&vangnet, "ggz-ander")).await;
    assert_eq!((&stranger["involvements"], &stranger["shown"]), (&json!([]), &json!(false)));
    assert_eq!(stranger["explanations"], json!([]));
    // That somebody works in another house is no business of the officer's.
    let elsewhere = vangnet.town.organisation("ggz-ander").0;
    for kept in ["signature", "desk_member", "desk"] {
        let sql = match kept {
            "desk_member" => {
                "DELETE FROM desk_member WHERE desk_id IN (SELECT id FROM desk WHERE organisation_id = $1)"
                    .to_owned()
            }
            kept => format!("DELETE FROM {kept} WHERE organisation_id = $1"),
        };
        execute(&vangnet, &sql, [elsewhere.into()]).await;
    }
    assert_eq!(explain(&officer, &opened.person, &professional(&vangnet, "ggz-ander")).await, Value::Null);
    assign(&vangnet, opened.id, "ggz-ander", "GAST").await;
    let guest = explain(&officer, &opened.person, &professional(&vangnet, "ggz-ander")).await;
    assert_eq!(guest["involvements"], json!(["GAST"]), "who takes part is asked about wherever they work");
    let record = records(&vangnet, "RESPONSE").await.pop().unwrap();
    assert!(record.to_string().contains("D35"), "the log that was told is in the ledger: {record}");
}

#[tokio::test]
async fn nobody_but_the_officer_of_the_dossier_is_told() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let other = submit(&vangnet).await;
    assign(&vangnet, opened.id, "fg", "FG").await;
    let about = professional(&vangnet, "brp-enschede");
    for subject in ["fg-ander", "regisseur", "ketenmanager", APPLICANT, "nergens"] {
        assert_eq!(explain(&vangnet.as_(subject), &opened.person, &about).await, Value::Null, "{subject}");
    }
    let officer = vangnet.as_("fg");
    let nobody = BASE64_URL_SAFE_NO_PAD.encode(format!("Professional:{}", uuid::Uuid::now_v7().simple()));
    for (id, who) in [
        (other.person.as_str(), about.as_str()),
        (opened.person.as_str(), nobody.as_str()),
        (opened.person.as_str(), "x"),
        ("x", about.as_str()),
    ] {
        assert_eq!(explain(&officer, id, who).await, Value::Null, "{id} {who}");
    }
}

/// A phase later the same question has another answer: rights are those of the moment.
#[tokio::test]
async fn the_phase_decides_and_the_explanation_says_so() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let support = vangnet.as_("ondersteuning");
    let early = of_person(&support, &opened, Some("bsn")).await;
    assert_eq!(of(&early, "D01B")["allowed"], true);
    set_phase(&vangnet, opened.id, "F6").await;
    let late = of_person(&support, &opened, Some("bsn")).await;
    let number = of(&late, "D01B");
    assert_eq!((&number["allowed"], &number["reason"]), (&json!(false), &json!("TOO_LATE")), "{number}");
}
