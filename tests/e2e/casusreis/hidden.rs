//! What must not exist for somebody does not exist by any path: every answer has the bytes that it would have if
//! there were nothing.
//!
//! Paths: the list of dossiers with everything nested in it, under every filter; `node` and `nodes`; search by
//! BSN and by name; every mutation that takes such an id, with and without an expected version, and the root
//! nested in its payload; the subscription that was open all along and a replay from before anything happened.
//!
//! Compared are the raw bytes of the body and the status, with the hidden id, with an id of the same kind that
//! nobody ever made, with one of the same dossier but another row, and with a text that is no id. One thing is
//! taken out before comparing: the trace id of a request error, which differs for every request. No path
//! echoes the id, so nothing else has to be. A mutation has a fresh idempotency key each time, which is not
//! echoed either.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cucumber::gherkin::Step;
use cucumber::then;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tests::Client;
use tests::client::input_type;
use uuid::Uuid;

use super::heard::follow;
use super::journey::{Journey, people, records};
use super::people::Who;
use super::seen::{DOSSIER, own_dossiers, stands_in};
use crate::arrange::comparable;

/// How long a subscription is watched for an event that must not come.
pub(super) const QUIET: Duration = Duration::from_millis(250);

/// An id, read: its kind, its dossier and its row.
fn read(id: &str) -> (String, Vec<u8>, Vec<u8>) {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).unwrap();
    let colon = bytes.iter().position(|byte| *byte == b':').unwrap();
    let kind = String::from_utf8(bytes[..colon].to_vec()).unwrap();
    let (dossier, row) = bytes[colon + 1..].split_at(16);
    (kind, dossier.to_vec(), row.to_vec())
}

fn write(kind: &str, dossier: &[u8], row: &[u8]) -> String {
    let bytes = [kind.as_bytes(), b":", dossier, row].concat();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Ids that stand for nothing: one that nobody made, one of another row of the same dossier, and no id at all.
fn ids_of_nothing(id: &str) -> [String; 3] {
    let (kind, dossier, _) = read(id);
    let fresh = || Uuid::new_v4().into_bytes();
    [write(&kind, &fresh(), &fresh()), write(&kind, &dossier, &fresh()), "dit is geen nummer".to_owned()]
}

/// Every mutation that takes an id of a kind, with an input that is good but for the id.
fn mutations_on(journey: &Journey, kind: &str) -> Vec<(&'static str, Value)> {
    let (partner, professional) = journey.partner(Who("politie"));
    let datum = json!({ "category": "D05", "content": "Iets.", "ground": "G-WPG20" });
    let day = "2024-07-02";
    let withheld = ("askWithheld", json!({ "category": "D10", "motivation": "Iets." }));
    let of_kind = match kind {
        "Aanmelding" => mutations_on_aanmelding(partner),
        "Afwijking" => vec![("decideAfwijking", json!({ "approve": true, "answer": "Iets." }))],
        "BrpCheck" => {
            vec![
                ("answerBrpCheck", json!({ "result": "BEVESTIGD" })),
                ("waiveBrpCheck", json!({ "reason": "Iets." })),
            ]
        }
        "Bekendheidscheck" => vec![("answerBekendheidscheck", json!({ "answer": "HIT" }))],
        "Verrijking" => vec![
            ("answerVerrijking", json!({ "refusalGround": "GEHEIMHOUDING" })),
            ("answerVerrijking", json!({ "data": [datum] })),
        ],
        "Case" => vec![
            ("inviteToSeat", json!({ "partnerId": partner, "professionalId": professional })),
            (
                "inviteGuest",
                json!({ "partnerId": partner, "professionalId": professional, "item": "Iets.", "day": day }),
            ),
            ("startOverleg", json!({})),
            ("supplyInbreng", json!({ "datum": datum })),
            ("makePlan", json!({ "goals": [{ "text": "Iets." }], "agreedWithPerson": true })),
            ("addAction", json!({ "ownerId": partner, "kind": "INHOUD", "text": "Iets.", "deadline": day })),
            ("establishPlan", json!({})),
            ("startMonitoring", json!({ "reviewOn": day })),
            ("returnToOverleg", json!({})),
            (
                "offerOverdracht",
                json!({ "receiverId": partner, "professionalId": professional, "note": "Iets.", "followUpOn": day }),
            ),
            ("startAfschaling", json!({})),
            ("startNazorg", json!({ "followUpOn": day })),
            ("closeCase", json!({ "closingNote": "Iets." })),
        ],
        "Action" => vec![
            ("acceptAction", json!({})),
            ("finishAction", json!({ "result": "GEREED", "note": "Iets." })),
        ],
        "BreakGlass" => vec![
            ("endBreakGlass", json!({})),
            ("reviewBreakGlass", json!({ "finding": "TERECHT", "motivation": "Iets." })),
        ],
        "Geheimhoudingsverklaring" => {
            vec![("signGeheimhoudingsverklaring", json!({ "textVersion": "2024-1" }))]
        }
        "Overdracht" => vec![("answerOverdracht", json!({ "accept": true }))],
        _ => Vec::new(),
    };
    of_kind.into_iter().chain([withheld]).collect()
}

/// Those on an aanmelding.
fn mutations_on_aanmelding(partner: &str) -> Vec<(&'static str, Value)> {
    let answer = |criterion| json!({ "criterion": criterion, "met": true, "motivation": "Ja." });
    let answers = ["T1", "T2", "T3", "T4"].map(answer);
    vec![
        ("takeUpAanmelding", json!({})),
        ("requestCompletion", json!({ "missingItems": "Iets." })),
        ("completeAanmelding", json!({ "reason": "Iets." })),
        ("withdrawAanmelding", json!({ "reason": "Iets." })),
        ("reportBack", json!({})),
        ("askBekendheid", json!({ "partnerIds": [partner] })),
        ("startVerrijking", json!({})),
        ("askVerrijking", json!({ "partnerId": partner, "categories": ["D14"], "question": "Iets?" })),
        ("startTriage", json!({ "partnerIds": [partner] })),
        ("askAfwijking", json!({ "motivation": "Iets." })),
        (
            "decideTriage",
            json!({
                "criteriaSet": "TWENTE_2023", "answers": answers,
                "decision": "OPPAKKEN_PROCESREGIE", "motivation": "Iets.",
            }),
        ),
    ]
}

async fn attempt(app: &Client, (mutation, input): &(&str, Value), id: &str, version: Option<i64>) -> String {
    let query = format!(
        "mutation Try($input: {}!, $id: ID!) {{ {mutation}(input: $input) {{ dossier {{ id }} version \
         errors {{ code reason message path currentVersion }} query {{ node(id: $id) {{ id }} }} }} }}",
        input_type(mutation)
    );
    let mut input = input.clone();
    input["id"] = json!(id);
    input["idempotencyKey"] = json!(Uuid::new_v4());
    input["expectedVersion"] = json!(version);
    comparable(&app.send(&query, json!({ "input": input, "id": id })).await)
}

async fn fetch(app: &Client, id: &str) -> String {
    let node = "query Fetch($id: ID!) { node(id: $id) { __typename id ... on Person { familyName } } }";
    let nodes = "query Fetch($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let node = app.send(node, json!({ "id": id })).await;
    let nodes = app.send(nodes, json!({ "ids": [id] })).await;
    comparable(&node) + &comparable(&nodes)
}

/// Compares what somebody is answered on a hidden id with what they are answered on ids of nothing. The answers
/// on nothing are asked once for each kind, as they can depend on nothing else.
async fn answers_as_if_nothing(journey: &Journey, who: Who, name: &str) -> Vec<((Who, String), String)> {
    let app = journey.app_of(who);
    let id = journey.id(name).to_owned();
    let nothing = ids_of_nothing(&id);
    let mut learnt = Vec::new();
    let kind = read(&id).0;
    let fetched = fetch(&app, &id).await;
    assert!(fetched.contains(r#"{"data":{"node":null}}"#), "{who:?} en {name}: {fetched}");
    let key = (who, kind.clone());
    if let Some(known) = journey.strangers.get(&key) {
        assert_eq!(fetched, *known, "{who:?} en {name}");
    } else {
        for other in &nothing {
            assert_eq!(fetched, fetch(&app, other).await, "{who:?} en {name}");
        }
        learnt.push((key, fetched));
    }
    for change in mutations_on(journey, &kind) {
        let about = format!("{who:?}, {name}, {}", change.0);
        let attempted = attempt(&app, &change, &id, None).await;
        assert!(attempted.contains("NOT_FOUND"), "{about}: {attempted}");
        let key = (who, format!("{} {}", change.0, change.1));
        if let Some(known) = journey.strangers.get(&key) {
            assert_eq!(attempted, *known, "{about}");
            continue;
        }
        for other in &nothing {
            assert_eq!(attempted, attempt(&app, &change, other, None).await, "{about}");
        }
        let [versioned, of_nothing] =
            [attempt(&app, &change, &id, Some(1)).await, attempt(&app, &change, &nothing[1], Some(1)).await];
        assert_eq!(versioned, of_nothing, "{about}");
        learnt.push((key, attempted));
    }
    learnt
}

/// The same for many people and things at once.
async fn all_answer_as_if_nothing(journey: &mut Journey, pairs: Vec<(Who, String)>) {
    let seen: &Journey = journey;
    let tried: Vec<Vec<_>> = stream::iter(&pairs)
        .map(|(who, name)| answers_as_if_nothing(seen, *who, name))
        .buffer_unordered(8)
        .collect()
        .await;
    journey.strangers.extend(tried.into_iter().flatten());
}

/// The lists and the search, compared with those of somebody who never had a part in anything.
async fn lists_as_if_nothing(journey: &Journey, who: Who) {
    let (app, stranger) = (journey.app_of(who), journey.app_of(Who::STRANGER));
    for arguments in ["first: 5", "last: 5", "first: 5, tafel: \"TOPX\"", "first: 5, house: \"TWENTE\""] {
        let query = format!(
            "{{ dossiers({arguments}) {{ edges {{ cursor node {{ {DOSSIER} }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let listed = comparable(&app.send(&query, json!({})).await);
        assert!(listed.contains(r#""edges":[]"#), "{who:?}: {listed}");
        assert_eq!(listed, comparable(&stranger.send(&query, json!({})).await), "{who:?}");
    }
    let search = "query Search($by: PersonSearch!) { searchPersons(by: $by, first: 5) { edges { cursor node { id familyName } } pageInfo { hasNextPage endCursor } } }";
    let searches = [
        (json!({ "bsn": journey.text("burgerservicenummer") }), json!({ "bsn": "999990020" })),
        (json!({ "familyName": journey.text("naam") }), json!({ "familyName": "Niemand" })),
    ];
    for (hidden, nothing) in searches {
        let found = app.send(search, json!({ "by": hidden })).await;
        assert!(found.json.get("errors").is_none(), "{}", found.json);
        let missed = app.send(search, json!({ "by": nothing })).await;
        assert_eq!(comparable(&found), comparable(&missed), "{who:?}");
    }
}

#[then(expr = "bestaat het dossier met alles erin niet voor:")]
async fn dossier_does_not_exist(journey: &mut Journey, step: &Step) {
    let before = journey.as_bureau().await["version"].clone();
    let mut replays = Vec::new();
    for who in people(step) {
        if let Some(mut live) = journey.followers.remove(&who) {
            let told = live.catch_up().await;
            assert!(told == 0 || journey.has_been_present(who), "{who:?} heeft {told} keer iets gehoord");
            journey.followers.insert(who, live);
        }
        replays.push((who, follow(journey, who, journey.beginning()).await));
    }
    let names: Vec<String> = journey.things().keys().cloned().collect();
    let pairs = people(step).into_iter().flat_map(|who| names.iter().map(move |name| (who, name.clone())));
    all_answer_as_if_nothing(journey, pairs.collect()).await;
    for (who, mut replay) in replays {
        lists_as_if_nothing(journey, who).await;
        assert_eq!(replay.event_within(QUIET).await, None, "{who:?}");
        if let Some(mut live) = journey.followers.remove(&who) {
            assert_eq!(live.event_within(QUIET).await, None, "{who:?}");
            journey.followers.insert(who, live);
        }
    }
    assert_eq!(journey.as_bureau().await["version"], before, "er is niets veranderd");
}

/// For somebody who is present at the dossier: the thing is absent from it, and from everything they were told.
#[then(expr = "bestaat dit niet:")]
async fn thing_does_not_exist(journey: &mut Journey, step: &Step) {
    let before = journey.as_bureau().await["version"].clone();
    let pairs: Vec<(Who, String)> = records(step)
        .into_iter()
        .map(|record| (record["voor wie"].parse().unwrap(), record["wat"].clone()))
        .collect();
    all_answer_as_if_nothing(journey, pairs.clone()).await;
    for (who, name) in &pairs {
        let who = *who;
        let id = journey.id(name).to_owned();
        let text = journey.texts().get(name).cloned();
        let reveals = |answer: &Value| {
            stands_in(answer, &id) || text.as_ref().is_some_and(|text| stands_in(answer, text))
        };
        for dossier in own_dossiers(&journey.app_of(who)).await {
            assert!(!reveals(&dossier), "{who:?} ziet {name}: {dossier:#}");
        }
        let mut replay = follow(journey, who, journey.beginning()).await;
        while let Some(event) = replay.event_within(QUIET).await {
            assert!(!reveals(&event), "{who:?} hoort van {name}: {event:#}");
        }
    }
    assert_eq!(journey.as_bureau().await["version"], before, "er is niets veranderd");
}

/// Searching for a field that is not shown finds nothing, as for a person who is not there.
#[then(expr = "vindt {wie} niemand met dit burgerservicenummer")]
async fn finds_nobody_by_bsn(journey: &mut Journey, who: Who) {
    let app = journey.app_of(who);
    let search =
        "query Search($by: PersonSearch!) { searchPersons(by: $by, first: 5) { edges { node { id } } } }";
    let hidden = app.send(search, json!({ "by": { "bsn": journey.text("burgerservicenummer") } })).await;
    let nothing = app.send(search, json!({ "by": { "bsn": "999990020" } })).await;
    assert_eq!(comparable(&hidden), comparable(&nothing));
    assert_eq!(hidden.json["data"]["searchPersons"]["edges"], json!([]));
}

#[then(expr = "vindt {wie} de persoon op burgerservicenummer")]
async fn finds_by_bsn(journey: &mut Journey, who: Who) {
    let search =
        "query Search($by: PersonSearch!) { searchPersons(by: $by, first: 5) { edges { node { id } } } }";
    let by = json!({ "by": { "bsn": journey.text("burgerservicenummer") } });
    let found = journey.app_of(who).ask(search, by).await;
    assert_eq!(found["searchPersons"]["edges"][0]["node"]["id"], journey.id("de persoon"));
}
