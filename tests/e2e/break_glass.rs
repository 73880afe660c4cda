//! Break-glass lets in whom the covenant gives it, for four hours to the instant, with two people told and a review
//! owed; and tells everybody else nothing, least of all whether somebody is known.

use std::time::Duration as Patience;

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::socket::Subscriber;
use tests::{Answer, Client, Vangnet};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::arrange::{
    APPLICANT, Opened, accesses_of, assign, bsn, count, execute, forged, is_postgres, records, rows, run,
    set_phase, submit, submit_as,
};
use crate::ondertekening::keep_desk_of;

/// What is asked of a use.
const USED: &str = "breakGlass { id state reasonCode reason organisation professional { name } openedAt validUntil \
    reviewBy reviewOverdue viewerAccess { steps { mutation allowed deadline } } } \
    dossier { id involvements persons(first: 1) { edges { node { familyName bsn } } } }";

const LOW: &str = "http://eidas.europa.eu/LoA/low";

fn input(field: &str, target: &str) -> Value {
    json!({ field: target, "reasonCode": "GEVAAR_VOOR_PERSOON", "reason": "Hij dreigt te springen." })
}

/// Opens a dossier; gives the payload.
async fn open(client: &Client, opened: &Opened) -> Value {
    client.done("openBreakGlass", input("dossierId", &opened.dossier), USED).await
}

/// Asks it and gives the answer as it came.
async fn attempt(client: &Client, mut input: Value) -> Answer {
    let query = format!(
        "mutation Break($input: OpenBreakGlassInput!) {{ openBreakGlass(input: $input) {{ {USED} version \
         errors {{ code reason message path currentVersion }} query {{ dossiers(first: 5) {{ edges {{ cursor }} }} }} \
         }} }}"
    );
    if input.get("idempotencyKey").is_none() {
        input["idempotencyKey"] = json!(Uuid::now_v7());
    }
    client.send(&query, json!({ "input": input })).await
}

/// The code and the reason of the only error of an answer.
fn refusal(answer: &Answer) -> (&str, &str) {
    let errors = answer.json["data"]["openBreakGlass"]["errors"].as_array();
    let [error] = &errors.unwrap_or_else(|| panic!("{}", answer.json))[..] else { panic!("{}", answer.json) };
    (error["code"].as_str().unwrap(), error["reason"].as_str().unwrap_or_default())
}

async fn sees(client: &Client, opened: &Opened) -> bool {
    let query = "query($id: ID!) { node(id: $id) { id } dossiers(first: 5) { edges { node { id } } } }";
    let seen = client.ask(query, json!({ "id": opened.dossier })).await;
    let listed = seen["dossiers"]["edges"].as_array().unwrap();
    let is_listed = listed.iter().any(|edge| edge["node"]["id"] == opened.dossier.as_str());
    assert_eq!(is_listed, !seen["node"].is_null(), "the list and the node agree");
    is_listed
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn it_shows_what_the_covenant_gives_for_four_hours_to_the_instant() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let clock = &vangnet.server.clock;
    assert!(!sees(&vangnet.as_("ketenmanager"), &opened).await);
    let payload = open(&vangnet.as_("ketenmanager"), &opened).await;
    let used = &payload["breakGlass"];
    assert_eq!((&used["state"], &used["reasonCode"]), (&json!("OPEN"), &json!("GEVAAR_VOOR_PERSOON")));
    assert_eq!(used["professional"]["name"], "Professional ketenmanager");
    assert_eq!(payload["dossier"]["involvements"], json!(["NOODTOEGANG"]));
    // The rows of the covenant give the bureau the name and not the number.
    let person = &payload["dossier"]["persons"]["edges"][0]["node"];
    assert_eq!((&person["familyName"], &person["bsn"]), (&json!("Zilvervos"), &Value::Null));
    let until = instant(&used["validUntil"]);
    assert_eq!(until - clock.now(), Duration::hours(4));
    assert_eq!((&used["reviewBy"], &used["reviewOverdue"]), (&json!("2024-02-14"), &json!(false)));
    clock.advance(until - clock.now() - Duration::microseconds(1));
    assert!(sees(&vangnet.as_("ketenmanager"), &opened).await);
    clock.advance(Duration::microseconds(1));
    assert!(!sees(&vangnet.as_("ketenmanager"), &opened).await);
}

/// Has the bureau take up an aanmelding: one event.
async fn take_up(vangnet: &Vangnet, opened: &Opened) {
    vangnet.as_("ondersteuning").done("takeUpAanmelding", json!({ "id": opened.aanmelding }), "").await;
}

/// Has the bureau ask for a completion: one event.
async fn ask_more(vangnet: &Vangnet, opened: &Opened) {
    let input = json!({ "id": opened.aanmelding, "missingItems": "De school" });
    vangnet.as_("ondersteuning").done("requestCompletion", input, "").await;
}

const FOLLOW: &str = "subscription { caseEvents { __typename
    ... on CaseEvent { kind dossierVersion dossier { id } subject { __typename id ... on BreakGlass { state reason } } } } }";

async fn follow(client: &Client) -> Subscriber {
    let stream = Subscriber::open(client, FOLLOW, json!({})).await;
    tokio::time::sleep(Patience::from_millis(300)).await;
    stream
}

/// Waits for the event of a version of a dossier; gives what came before it. A stream may begin with what had just
/// happened when it was opened.
async fn until(stream: &mut Subscriber, opened: &Opened, version: i64) -> Vec<Value> {
    let mut before = Vec::new();
    loop {
        let event = stream.next().await["data"]["caseEvents"].clone();
        if event["dossier"]["id"] == opened.dossier.as_str() && event["dossierVersion"] == version {
            return before;
        }
        before.push(event);
    }
}

#[tokio::test]
async fn a_subscription_that_stays_open_hears_nothing_from_the_end_on() {
    let vangnet = Vangnet::start().await;
    let entered = submit(&vangnet).await;
    let other = submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    assign(&vangnet, other.id, "ketenmanager", "TRIAGE").await;
    open(&vangnet.as_("ketenmanager"), &entered).await;
    vangnet.server.clock.advance(Duration::hours(4) - Duration::seconds(1));
    let mut stream = follow(&vangnet.as_("ketenmanager")).await;
    take_up(&vangnet, &entered).await;
    until(&mut stream, &entered, 3).await;
    vangnet.server.clock.advance(Duration::seconds(1));
    ask_more(&vangnet, &entered).await;
    take_up(&vangnet, &other).await;
    let before = until(&mut stream, &other, 2).await;
    assert!(before.iter().all(|event| event["dossier"]["id"] != entered.dossier.as_str()), "{before:?}");
}

#[tokio::test]
async fn a_weak_or_old_sign_in_is_told_which_would_do_and_opens_nothing() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let old = vangnet.as_("ketenmanager");
    vangnet.server.clock.advance(Duration::seconds(301));
    let weak = vangnet.as_at("ketenmanager", LOW);
    let before = rows(&vangnet).await;
    let unknown = forged("Dossier", entity::id::DossierId(Uuid::nil()), Uuid::nil());
    for client in [&old, &weak] {
        for target in [opened.dossier.as_str(), unknown.as_str(), "geen id"] {
            let answer = attempt(client, input("dossierId", target)).await;
            assert!(answer.json["data"].is_null(), "{}", answer.json);
            let extensions = &answer.json["errors"][0]["extensions"];
            assert_eq!(
                (&extensions["code"], &extensions["reason"]),
                (&json!("UNAUTHENTICATED"), &json!("STEP_UP"))
            );
            let levels = ["substantial", "high"].map(|level| format!("http://eidas.europa.eu/LoA/{level}"));
            assert_eq!(extensions["stepUp"], json!({ "acrValues": levels, "maxAge": 300 }));
            let record = records(&vangnet, "PAYLOAD").await.pop().unwrap();
            assert_eq!(record["outcomes"], json!(["BREAK_GLASS_ATTEMPT", "UNAUTHENTICATED"]));
        }
    }
    assert_eq!(rows(&vangnet).await, before);
    assert!(!sees(&old, &opened).await);
    open(&vangnet.as_at("ketenmanager", "http://eidas.europa.eu/LoA/high"), &opened).await;
}

#[tokio::test]
async fn without_a_reason_or_with_no_one_target_nothing_is_opened() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ketenmanager");
    let before = rows(&vangnet).await;
    let mut both = input("dossierId", &opened.dossier);
    both["bsn"] = json!(bsn(0));
    let reasonless = |reason: &str| {
        let mut input = input("dossierId", &opened.dossier);
        input["reason"] = json!(reason);
        input
    };
    let none = json!({ "reasonCode": "VERMISSING", "reason": "Weg." });
    let cases = [
        (reasonless(""), "TEXT"),
        (reasonless(" \n "), "TEXT"),
        (both, "SUPERFLUOUS"),
        (none, "MISSING"),
        (input("bsn", "123456789"), "BSN"),
    ];
    for (input, reason) in cases {
        let answer = attempt(&client, input).await;
        assert_eq!(refusal(&answer), ("INVALID_INPUT", reason));
        assert!(!answer.json.to_string().contains("123456789"));
    }
    for missing in ["reason", "reasonCode"] {
        let mut input = input("dossierId", &opened.dossier);
        input.as_object_mut().unwrap().remove(missing);
        let answer = attempt(&client, input).await;
        assert_eq!(answer.json["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{missing}");
    }
    assert_eq!(rows(&vangnet).await, before);
}

/// Dossiers of which each cannot be entered for a reason of its own; the police could enter every one but for that.
async fn closed_dossiers(vangnet: &Vangnet) -> Vec<(&'static str, Opened, String)> {
    let mut closed = Vec::new();
    let reasons = [
        ("of another house", "UPDATE dossier SET house = 'DRENTHE' WHERE id = $1"),
        ("strict", "UPDATE dossier SET tafel = 'RAD', confidentiality = 'STRIKT' WHERE id = $1"),
        ("strict by its tafel", "UPDATE dossier SET tafel = 'CTER_WEEG' WHERE id = $1"),
        ("made strict", "UPDATE dossier SET confidentiality = 'STRIKT' WHERE id = $1"),
        ("closed", "UPDATE dossier SET phase = 'F11' WHERE id = $1"),
        ("destroyed", "UPDATE dossier SET phase = 'F12' WHERE id = $1"),
        ("advice", "UPDATE dossier SET phase = 'F0' WHERE id = $1"),
    ];
    for (place, (reason, sql)) in reasons.into_iter().enumerate() {
        let number = bsn(10 + u32::try_from(place).unwrap());
        let opened = submit_as(vangnet, "Verborgen", &number).await;
        execute(vangnet, sql, [opened.id.0.into()]).await;
        closed.push((reason, opened, number));
    }
    closed
}

#[tokio::test]
async fn whatever_cannot_be_entered_is_answered_alike_and_each_attempt_is_recorded() {
    let vangnet = Vangnet::start().await;
    let closed = closed_dossiers(&vangnet).await;
    let open_one = submit(&vangnet).await;
    let client = vangnet.as_("politie");
    let fresh = || entity::id::DossierId::fresh();
    let unknown = fresh();
    let mut by_id = vec![
        ("unknown", forged("Dossier", unknown, unknown.0)),
        ("of another row", forged("Dossier", open_one.id, Uuid::now_v7())),
        ("of another type", open_one.aanmelding.clone()),
        ("cut", open_one.dossier[..open_one.dossier.len() - 2].to_owned()),
        ("in words", "geen id".to_owned()),
        ("empty", String::new()),
        ("of control characters", "\u{0}\u{7f}".to_owned()),
    ];
    let mut by_bsn = vec![("unknown", bsn(99))];
    for (reason, opened, number) in &closed {
        by_id.push((reason, opened.dossier.clone()));
        by_bsn.push((reason, number.clone()));
    }
    let before = rows(&vangnet).await;
    for (field, targets) in [("dossierId", by_id), ("bsn", by_bsn)] {
        let mut first: Option<Answer> = None;
        for (why, target) in targets {
            let answer = attempt(&client, input(field, &target)).await;
            assert_eq!(refusal(&answer), ("NOT_FOUND", ""), "{why}");
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!((&answer.bytes, answer.status), (&first.bytes, first.status), "{field} {why}");
            let record = records(&vangnet, "PAYLOAD").await.pop().unwrap();
            assert_eq!(record["outcomes"], json!(["BREAK_GLASS_ATTEMPT", "NOT_FOUND"]), "{field} {why}");
        }
    }
    assert_eq!(rows(&vangnet).await, before);
    let record = records(&vangnet, "PAYLOAD").await.pop().unwrap();
    assert_eq!(record["professional"], json!(vangnet.town.professional("politie").0));
    open(&client, &open_one).await;
}

#[tokio::test]
async fn an_attempt_on_a_dossier_is_recorded_with_the_dossier_it_named() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    set_phase(&vangnet, opened.id, "F11").await;
    attempt(&vangnet.as_("politie"), input("dossierId", &opened.dossier)).await;
    let record = records(&vangnet, "PAYLOAD").await.pop().unwrap();
    assert!(record["views"][0]["dossiers"].get(opened.id.0.to_string()).is_some(), "{record}");
}

#[tokio::test]
async fn a_partner_without_the_right_is_refused_whatever_it_names() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    run(
        &vangnet,
        "DELETE FROM signature WHERE organisation_id IN (SELECT id FROM organisation WHERE kind = 'POLITIE')",
    )
    .await;
    let unknown = entity::id::DossierId::fresh();
    let targets = [
        input("dossierId", &opened.dossier),
        input("dossierId", &forged("Dossier", unknown, unknown.0)),
        input("dossierId", "geen id"),
        input("bsn", &bsn(0)),
        input("bsn", &bsn(99)),
    ];
    for (subject, reason) in [("corporatie", "NEVER"), ("brp-enschede", "NEVER"), ("politie", "NOT_SIGNED")] {
        let client = vangnet.as_(subject);
        let mut first: Option<Answer> = None;
        for target in &targets {
            let answer = attempt(&client, target.clone()).await;
            assert_eq!(refusal(&answer), ("NOT_PERMITTED", reason), "{subject}");
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(answer.bytes, first.bytes, "{subject}");
        }
    }
    assert_eq!(count(&vangnet, "break_glass").await, 0);
    assert_eq!(count(&vangnet, "assignment WHERE involvement = 'NOODTOEGANG'").await, 0);
}

#[tokio::test]
async fn by_number_the_newest_dossier_that_can_be_entered_is_opened() {
    let vangnet = Vangnet::start().await;
    let mut of_person = Vec::new();
    for _ in 0..3 {
        of_person.push(submit_as(&vangnet, "Zilvervos", &bsn(0)).await);
        vangnet.server.clock.advance(Duration::days(1));
    }
    set_phase(&vangnet, of_person[2].id, "F11").await;
    let client = vangnet.as_("politie");
    let payload = client.done("openBreakGlass", input("bsn", &bsn(0)), USED).await;
    assert_eq!(payload["dossier"]["id"], of_person[1].dossier);
    for (place, opened) in of_person.iter().enumerate() {
        assert_eq!(sees(&client, opened).await, place == 1, "{place}");
    }
}

/// The uses in the list of a data protection officer, narrowed by state when given.
async fn uses(client: &Client, state: Option<&str>) -> Vec<Value> {
    let query = "query($state: String) { breakGlassUses(first: 10, state: $state) { edges { node {
        id state reason motivation reviewOverdue dossier { id persons(first: 1) { edges { node { familyName } } } }
        professional { name } viewerAccess { steps { mutation allowed deadline } } } } } }";
    let found = client.ask(query, json!({ "state": state })).await;
    found["breakGlassUses"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

/// A review of a use; gives the payload.
async fn review(client: &Client, used: &Value, finding: &str) -> Value {
    let input =
        json!({ "id": used["id"], "finding": finding, "motivation": "De regie was niet te bereiken." });
    client.change("reviewBreakGlass", input, "breakGlass { state motivation reviewedAt }").await
}

fn code(payload: &Value) -> (&str, &str) {
    let error = &payload["errors"][0];
    (error["code"].as_str().unwrap_or("DONE"), error["reason"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn who_guards_the_house_through_a_desk_lists_a_use_too() {
    let vangnet = Vangnet::start().await;
    keep_desk_of(&vangnet, "informatie", "TWENTE", "FG").await;
    let opened = submit(&vangnet).await;
    let listed = async |subject: &str| uses(&vangnet.as_(subject), None).await.len();
    assert_eq!((listed("informatie").await, listed("ondersteuning").await), (0, 0));
    open(&vangnet.as_("ketenmanager"), &opened).await;
    assert_eq!((listed("informatie").await, listed("ondersteuning").await), (1, 0));
}

#[tokio::test]
async fn the_privacy_officer_hears_of_it_at_once_sees_it_and_reviews_it() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let officer = vangnet.as_("fg");
    assert_eq!(uses(&officer, None).await, Vec::<Value>::new());
    let mut streams = [follow(&officer).await, follow(&vangnet.as_("regisseur")).await];
    let payload = open(&vangnet.as_("ketenmanager"), &opened).await;
    for stream in &mut streams {
        let mut heard = stream.next().await["data"]["caseEvents"].clone();
        while heard["dossierVersion"] == 1 {
            heard = stream.next().await["data"]["caseEvents"].clone();
        }
        assert_eq!(heard["kind"], "BREAK_GLASS_OPENED");
        assert_eq!(heard["subject"]["id"], payload["breakGlass"]["id"]);
        assert_eq!(heard["subject"]["reason"], "Hij dreigt te springen.");
    }
    let listed = uses(&officer, Some("OPEN")).await;
    assert_eq!(listed[0]["professional"]["name"], "Professional ketenmanager");
    assert_eq!(listed[0]["viewerAccess"]["steps"], json!([]), "it is not over");
    let person = &listed[0]["dossier"]["persons"]["edges"][0]["node"];
    assert_eq!(person["familyName"], Value::Null, "the officer sees nothing of the content");
    assert_eq!(code(&review(&officer, &listed[0], "TERECHT").await), ("GUARD_FAILED", "STATE"));
    vangnet.server.clock.advance(Duration::hours(4));
    let officer = vangnet.as_("fg");
    let lapsed = uses(&officer, Some("VERLOPEN")).await;
    let step = &lapsed[0]["viewerAccess"]["steps"][0];
    assert_eq!((&step["mutation"], &step["deadline"]), (&json!("reviewBreakGlass"), &json!("2024-02-14")));
    assert!(uses(&officer, Some("OPEN")).await.is_empty() && uses(&officer, Some("ONZIN")).await.is_empty());
    let reviewed = review(&officer, &lapsed[0], "ONTERECHT").await;
    assert_eq!(reviewed["breakGlass"]["state"], "BEOORDEELD_ONTERECHT", "{reviewed}");
    assert_eq!(code(&review(&officer, &lapsed[0], "TERECHT").await), ("GUARD_FAILED", "STATE"));
    assert_eq!(uses(&officer, Some("BEOORDEELD_ONTERECHT")).await.len(), 1);
}

/// Whoever is not the officer of the house, or opened it, does not review it; others do not even find it.
#[tokio::test]
async fn nobody_else_reviews_a_use_or_finds_it() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    assign(&vangnet, opened.id, "om", "ZETEL").await;
    // From here on the covenant shows the rules of the process to those at the tafel and to the intake.
    set_phase(&vangnet, opened.id, "F6").await;
    let used = open(&vangnet.as_("fg"), &opened).await["breakGlass"].clone();
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for subject in ["om", APPLICANT, "ondersteuning", "informatie", "politie", "nergens", "ketenmanager"] {
        let client = vangnet.as_(subject);
        assert_eq!(client.ask(node, json!({ "id": used["id"] })).await["node"], Value::Null, "{subject}");
        assert_eq!(uses(&client, None).await, Vec::<Value>::new(), "{subject}");
        assert_eq!(code(&review(&client, &used, "TERECHT").await), ("NOT_FOUND", ""), "{subject}");
    }
    vangnet.server.clock.advance(Duration::hours(4));
    assert_eq!(
        code(&review(&vangnet.as_("regisseur"), &used, "TERECHT").await),
        ("NOT_PERMITTED", "INVOLVEMENT")
    );
    assert_eq!(code(&review(&vangnet.as_("fg"), &used, "TERECHT").await), ("NOT_PERMITTED", "INVOLVEMENT"));
    assert_eq!(code(&review(&vangnet.as_("fg-ander"), &used, "TERECHT").await), ("DONE", ""));
}

#[tokio::test]
async fn who_opened_it_can_end_it_early_and_nobody_else() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("politie");
    let payload = open(&client, &opened).await;
    let id = payload["breakGlass"]["id"].clone();
    assert_eq!(payload["breakGlass"]["viewerAccess"]["steps"][0]["mutation"], "endBreakGlass");
    for (subject, expected) in [("regisseur", "NOT_PERMITTED"), ("fg", "NOT_PERMITTED"), ("om", "NOT_FOUND")]
    {
        let refused = vangnet.as_(subject).change("endBreakGlass", json!({ "id": id }), "").await;
        assert_eq!(code(&refused).0, expected, "{subject}");
    }
    let ended = client.done("endBreakGlass", json!({ "id": id }), USED).await;
    assert_eq!(
        (&ended["breakGlass"], &ended["dossier"]),
        (&Value::Null, &Value::Null),
        "nothing is left to see"
    );
    assert!(!sees(&client, &opened).await);
    let again = client.change("endBreakGlass", json!({ "id": id }), "").await;
    assert_eq!(code(&again).0, "NOT_FOUND");
    assert_eq!(uses(&vangnet.as_("fg"), Some("BEEINDIGD")).await.len(), 1);
    assert_eq!(code(&review(&vangnet.as_("fg"), &json!({ "id": id }), "TERECHT").await).0, "DONE");
}

/// What is read on by the root is judged by what is left, though the request began while the access lasted.
#[tokio::test]
async fn nothing_is_read_on_by_an_access_that_the_same_answer_ended() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("politie");
    let id = open(&client, &opened).await["breakGlass"]["id"].clone();
    let root = format!(
        "query {{ node(id: \"{}\") {{ id }} dossiers(first: 5) {{ edges {{ node {{ id }} }} }} \
         searchPersons(by: {{ familyName: \"Zilvervos\" }}, first: 5) {{ edges {{ cursor }} }} }}",
        opened.dossier
    );
    let held = vangnet.owner.begin().await.unwrap();
    if is_postgres(&vangnet) {
        held.execute_unprepared("SELECT id FROM dossier FOR UPDATE").await.unwrap();
    }
    let ending = client.done("endBreakGlass", json!({ "id": id }), &root);
    let while_it_waits = async {
        tokio::time::sleep(Patience::from_millis(500)).await;
        vangnet.server.clock.advance(Duration::seconds(1));
        held.rollback().await.unwrap();
    };
    let (ended, ()) = tokio::join!(ending, while_it_waits);
    let left = json!({ "node": null, "dossiers": { "edges": [] }, "searchPersons": { "edges": [] } });
    assert_eq!(ended["query"], left);
}

#[tokio::test]
async fn a_late_review_blocks_the_next_use_of_the_same_professional_until_it_is_done() {
    let vangnet = Vangnet::start().await;
    let first = submit(&vangnet).await;
    let second = submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    open(&vangnet.as_("ketenmanager"), &first).await;
    // Its last day, Wednesday, is not over before midnight in the Netherlands.
    vangnet.server.clock.advance(Duration::hours(61) + Duration::minutes(59));
    let again = open(&vangnet.as_("ketenmanager"), &second).await;
    assert_eq!(again["breakGlass"]["state"], "OPEN");
    vangnet.server.clock.advance(Duration::hours(5));
    let client = vangnet.as_("ketenmanager");
    let unknown = entity::id::DossierId::fresh();
    let mut answers = Vec::new();
    for target in [second.dossier.clone(), forged("Dossier", unknown, unknown.0), "geen id".to_owned()] {
        let answer = attempt(&client, input("dossierId", &target)).await;
        assert_eq!(refusal(&answer), ("GUARD_FAILED", "BREAK_GLASS_REVIEW_OVERDUE"));
        answers.push(answer.bytes);
    }
    assert!(answers.iter().all(|bytes| *bytes == answers[0]), "whether it is there does not show");
    let officer = vangnet.as_("fg");
    let listed = uses(&officer, None).await;
    assert_eq!((&listed[0]["reviewOverdue"], &listed[1]["reviewOverdue"]), (&json!(true), &json!(false)));
    // A colleague is not held up.
    open(&vangnet.as_("regisseur-ander"), &second).await;
    assert_eq!(code(&review(&officer, &listed[0], "TERECHT").await).0, "DONE");
    open(&client, &second).await;
}

#[tokio::test]
async fn a_key_has_one_effect_and_tells_nothing_of_another_target() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    let client = vangnet.as_("politie");
    let with_key = |field: &str, target: &str, key: Uuid| {
        let mut input = input(field, target);
        input["idempotencyKey"] = json!(key);
        input
    };
    let key = Uuid::now_v7();
    let once = attempt(&client, with_key("dossierId", &opened.dossier, key)).await;
    assert_eq!(once.json["data"]["openBreakGlass"]["errors"], json!([]), "{}", once.json);
    let before = rows(&vangnet).await;
    let again = attempt(&client, with_key("dossierId", &opened.dossier, key)).await;
    assert_eq!(again.bytes, once.bytes);
    // A number that is known and one that is not: the same answer, and neither opens anything.
    let known = attempt(&client, with_key("bsn", &bsn(1), key)).await;
    let unknown = attempt(&client, with_key("bsn", &bsn(99), key)).await;
    assert_eq!(refusal(&known).0, "IDEMPOTENCY_MISMATCH");
    assert_eq!(known.bytes, unknown.bytes);
    assert_eq!(rows(&vangnet).await, before);
}

#[tokio::test]
async fn of_two_at_once_one_opens_it() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let mut sent = JoinSet::new();
    for _ in 0..6 {
        let (client, id) = (vangnet.as_("politie"), opened.dossier.clone());
        sent.spawn(async move { client.change("openBreakGlass", input("dossierId", &id), "").await });
    }
    let answers = sent.join_all().await;
    let won = answers.iter().filter(|answer| code(answer).0 == "DONE").count();
    let lost = answers.iter().filter(|answer| code(answer).1 == "BREAK_GLASS_ALREADY_OPEN").count();
    assert_eq!((won, lost), (1, 5), "{answers:?}");
    assert_eq!(count(&vangnet, "break_glass").await, 1);
    assert_eq!(count(&vangnet, "assignment WHERE involvement = 'NOODTOEGANG'").await, 1);
    assert_eq!(count(&vangnet, "assignment WHERE involvement = 'FG'").await, 2, "one for each officer");
}

/// Two of one key at once have one effect and one answer.
#[tokio::test]
async fn of_one_key_at_once_there_is_one_effect() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let mut sent = JoinSet::new();
    let mut input = input("dossierId", &opened.dossier);
    input["idempotencyKey"] = json!(Uuid::now_v7());
    for _ in 0..6 {
        let (client, input) = (vangnet.as_("politie"), input.clone());
        sent.spawn(async move { attempt(&client, input).await });
    }
    let answers = sent.join_all().await;
    assert!(answers.iter().all(|answer| answer.bytes == answers[0].bytes), "{answers:?}");
    assert_eq!(count(&vangnet, "break_glass").await, 1);
}

#[tokio::test]
async fn it_stands_in_the_log_of_the_person_as_what_it_is() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    open(&vangnet.as_("politie"), &opened).await;
    let accesses = accesses_of(&vangnet, &opened.person).await;
    let entered: Vec<_> =
        accesses.iter().filter(|access| access.involvements.contains("NOODTOEGANG")).collect();
    assert!(entered.iter().all(|access| access.partner == "POLITIE"));
    let effect = entered.iter().find(|access| access.outcomes.contains("BREAK_GLASS_OPENED")).unwrap();
    assert_eq!((effect.operation.as_deref(), effect.house.as_str()), (Some("openBreakGlass"), "TWENTE"));
    let shown = entered.iter().find(|access| access.rows.contains("P44")).unwrap();
    assert!(shown.leaves.contains("D01N"), "{shown:?}");
    // The person concerned sees when, which organisation and what kind of emergency; not who, nor their words.
    assign(&vangnet, opened.id, "college", "BETROKKENE").await;
    run(
        &vangnet,
        "UPDATE organisation SET kind = 'BETROKKENE', gemeente_code = NULL WHERE kind = 'GEM_COLLEGE'",
    )
    .await;
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { breakGlassUses(first: 5) { edges { node {
        state reasonCode organisation reason professional { name } motivation openedAt } } } } } }";
    let seen = vangnet.as_("college").ask(query, json!({ "id": opened.dossier })).await;
    let used = &seen["node"]["breakGlassUses"]["edges"][0]["node"];
    assert_eq!(
        (&used["organisation"], &used["reasonCode"]),
        (&json!("Politie"), &json!("GEVAAR_VOOR_PERSOON"))
    );
    assert_eq!((&used["reason"], &used["professional"]), (&Value::Null, &Value::Null));
}

/// Nothing but break-glass writes without presence: with it in hand other acts still are not the professional's.
#[tokio::test]
async fn having_entered_does_not_let_one_act() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let client = vangnet.as_("ketenmanager");
    open(&client, &opened).await;
    let before = rows(&vangnet).await["event"];
    for mutation in ["takeUpAanmelding", "reportBack", "startVerrijking"] {
        let refused = client.change(mutation, json!({ "id": opened.aanmelding }), "").await;
        assert_eq!(code(&refused).0, "NOT_PERMITTED", "{mutation}");
    }
    assert_eq!(rows(&vangnet).await["event"], before);
}
