//! Who has seen my data: the data protection officer of a dossier is told each access to a person, and nobody else is
//! told anything, least of all whether there was one.

use std::time::Duration as Patience;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{Duration, NaiveDate};
use entity::id::PersonId;
use entity::person;
use sea_orm::{EntityTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use tests::socket::Subscriber;
use tests::{Answer, Client, Vangnet};
use uuid::Uuid;

use crate::arrange::{
    APPLICANT, Opened, assign, bsn, comparable, execute, forged, is_postgres, open_case, row_in, run,
    set_phase, submit, submit_as, supplied,
};
use crate::ondertekening::keep_desk_of;

const LOG: &str = "query($id: ID!, $from: Date!, $to: Date!, $first: Int, $after: String) {
    accessLog(personId: $id, from: $from, to: $to, first: $first, after: $after) {
        pageInfo { hasNextPage hasPreviousPage endCursor }
        edges { cursor node { at organisation partner kind categories { category name } tafel phase rules version
            genuine } } } }";

/// The day on which the town begins.
const TODAY: &str = "2024-02-12";

/// The log of a person on a day, as it is asked.
fn asked(person: &str, first: u8) -> Value {
    json!({ "id": person, "from": TODAY, "to": TODAY, "first": first })
}

/// The whole log of a person, once everything is sealed: what is asked here is not in it yet.
async fn log(vangnet: &Vangnet, officer: &str, person: &str) -> Vec<Value> {
    vangnet.server.ledger.seal_now().await.unwrap();
    let answer = vangnet.as_(officer).ask(LOG, asked(person, 100)).await;
    assert_eq!(answer["accessLog"]["pageInfo"]["hasNextPage"], false);
    let edges = answer["accessLog"]["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

fn nodes(edges: &Value) -> Vec<Value> {
    edges.as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

fn codes(entry: &Value) -> Vec<&str> {
    let categories = entry["categories"].as_array().unwrap();
    categories.iter().map(|category| category["category"].as_str().unwrap()).collect()
}

/// Lets somebody read a field of a person a second later.
async fn read(vangnet: &Vangnet, subject: &str, person: &str, fields: &str) {
    vangnet.server.clock.advance(Duration::seconds(1));
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Person {{ {fields} }} }} }}");
    vangnet.as_(subject).ask(&query, json!({ "id": person })).await;
}

/// A dossier of which the officer of the town guards the log.
async fn guarded(vangnet: &Vangnet) -> Opened {
    let opened = submit(vangnet).await;
    assign(vangnet, opened.id, "fg", "FG").await;
    opened
}

/// Somebody else in the dossier.
async fn another_person(vangnet: &Vangnet, opened: &Opened) -> String {
    let database = &vangnet.owner;
    let known = PersonId(row_in(&opened.person));
    let model = person::Entity::find_by_id(known).one(database.reader()).await.unwrap().unwrap();
    let id = PersonId::fresh();
    let mut other = model.into_active_model();
    other.id = Set(id);
    other.bsn_sealed = Set(None);
    other.bsn_index = Set(None);
    person::Entity::insert(other).exec_without_returning(database.writer()).await.unwrap();
    forged("Person", opened.id, id.0)
}

#[tokio::test]
async fn the_officer_is_told_who_read_wrote_was_refused_and_used_break_glass_in_order() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let (clock, second) = (&vangnet.server.clock, Duration::seconds(1));
    let follow =
        "subscription { caseEvents { ... on CaseEvent { subject { ... on Aanmelding { reason } } } } }";
    let mut stream = Subscriber::open(&vangnet.as_(APPLICANT), follow, json!({})).await;
    tokio::time::sleep(Patience::from_millis(300)).await;
    clock.advance(second);
    let bureau = vangnet.as_("ondersteuning");
    bureau.done("takeUpAanmelding", json!({ "id": opened.aanmelding }), "aanmelding { reason }").await;
    stream.next().await;
    drop(stream);
    read(&vangnet, "brp-enschede", &opened.person, "bsn").await;
    clock.advance(second);
    let refused = bureau.change("takeUpAanmelding", json!({ "id": opened.aanmelding }), "").await;
    assert_eq!(refused["errors"][0]["code"], "GUARD_FAILED");
    clock.advance(second);
    let input = json!({ "dossierId": opened.dossier, "reasonCode": "GEVAAR_VOOR_PERSOON", "reason": "Nu." });
    vangnet.as_("politie").done("openBreakGlass", input, "dossier { id }").await;
    read(&vangnet, "politie", &opened.person, "familyName").await;

    let told = log(&vangnet, "fg", &opened.person).await;
    let mut instants: Vec<&str> = told.iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert!(instants.is_sorted(), "{instants:?}");
    instants.dedup();
    assert_eq!(instants.len(), 6, "each second something happened: {told:#?}");
    // What one act wrote and showed is of one instant, in any order.
    let mut acts: Vec<[&str; 4]> = told
        .iter()
        .map(|entry| ["at", "organisation", "partner", "kind"].map(|field| entry[field].as_str().unwrap()))
        .collect();
    acts.sort_unstable();
    acts.dedup();
    let acts: Vec<[&str; 3]> =
        acts.into_iter().map(|[_, organisation, partner, kind]| [organisation, partner, kind]).collect();
    assert_eq!(
        acts,
        [
            ["GGZ Proefstad", "GGZ", "READ"],
            ["GGZ Proefstad", "GGZ", "WRITTEN"],
            ["Bureau ZVH", "ZVH_BUREAU", "READ"],
            ["Bureau ZVH", "ZVH_BUREAU", "WRITTEN"],
            ["GGZ Proefstad", "GGZ", "EVENT"],
            ["Burgerzaken Enschede", "GEM_BRP", "READ"],
            ["Bureau ZVH", "ZVH_BUREAU", "REFUSED"],
            ["Politie", "POLITIE", "EMERGENCY_ACCESS"],
            ["Politie", "POLITIE", "EMERGENCY_ACCESS"],
        ],
        "{told:#?}"
    );
    assert!(told.iter().all(|entry| entry["genuine"] == true));
    assert!(!json!(told).to_string().contains("rofessional"), "no professional is named");

    let by_desk = told.iter().find(|entry| entry["partner"] == "GEM_BRP").unwrap();
    assert_eq!(by_desk["categories"], json!([{ "category": "D01B", "name": "BSN" }]));
    assert_eq!((&by_desk["tafel"], &by_desk["phase"]), (&json!("PMG"), &json!("F1")));
    assert!(by_desk["rules"].as_array().unwrap().iter().all(|rule| rule.as_str().unwrap().starts_with('P')));
    assert!(!by_desk["rules"].as_array().unwrap().is_empty());
    assert!(by_desk["version"].as_str().is_some_and(|version| version.contains("twente")), "{by_desk}");
    let opening = told.iter().find(|entry| entry["kind"] == "WRITTEN").unwrap();
    assert_eq!((&opening["tafel"], &opening["categories"]), (&Value::Null, &json!([])), "{opening}");
    assert_eq!(codes(told.last().unwrap()), ["D01N"]);
}

#[tokio::test]
async fn pages_of_any_size_join_to_the_whole() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    for (number, fields) in ["familyName", "phone", "bsn", "sex", "email", "address"].iter().enumerate() {
        let subject = if number % 2 == 0 { APPLICANT } else { "ondersteuning" };
        read(&vangnet, subject, &opened.person, fields).await;
    }
    vangnet.server.ledger.seal_now().await.unwrap();
    vangnet.server.clock.advance(Duration::days(1));
    let officer = vangnet.as_("fg");
    let whole = officer.ask(LOG, asked(&opened.person, 100)).await["accessLog"]["edges"].clone();
    let whole = nodes(&whole);
    assert!(whole.len() >= 8, "{whole:#?}");
    for size in [1, 2, 3, 5, u8::try_from(whole.len()).unwrap(), 99] {
        let (mut joined, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut variables = asked(&opened.person, size);
            variables["after"] = after.clone();
            let page = officer.ask(LOG, variables).await["accessLog"].clone();
            let (edges, info) = (page["edges"].as_array().unwrap(), &page["pageInfo"]);
            assert_eq!(info["hasPreviousPage"], !after.is_null());
            joined.extend(nodes(&page["edges"]));
            after = info["endCursor"].clone();
            assert_eq!(after, edges.last().unwrap()["cursor"], "in pages of {size}");
            if info["hasNextPage"] == false {
                break;
            }
            assert_eq!(edges.len(), usize::from(size), "only the last page is shorter");
        }
        assert_eq!(joined, whole, "in pages of {size}");
    }
}

/// What somebody is answered who asks for the log of a person.
async fn answer(client: &Client, person: &str) -> Answer {
    client.send(LOG, asked(person, 5)).await
}

#[tokio::test]
async fn nobody_but_the_officer_of_the_dossier_is_told() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    let other = submit_as(&vangnet, "Grijsvos", &bsn(1)).await;
    assign(&vangnet, other.id, "fg-ander", "FG").await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let officer = vangnet.as_("fg");
    assert!(answer(&officer, &opened.person).await.json["data"]["accessLog"]["edges"][0].is_object());
    assert!(answer(&vangnet.as_("fg-ander"), &other.person).await.json["data"]["accessLog"].is_object());

    // The person concerned is shown the inzagelog by the covenant, and asks the officer for it.
    assign(&vangnet, opened.id, "college", "BETROKKENE").await;
    run(
        &vangnet,
        "UPDATE organisation SET kind = 'BETROKKENE', gemeente_code = NULL WHERE kind = 'GEM_COLLEGE'",
    )
    .await;
    let nothing = comparable(&answer(&officer, "bm90aGluZw").await);
    assert_eq!(nothing, "200 {\"data\":{\"accessLog\":null}}");
    for subject in
        ["fg-ander", "regisseur", "ketenmanager", "college", "ondersteuning", APPLICANT, "politie", "nergens"]
    {
        let refused = comparable(&answer(&vangnet.as_(subject), &opened.person).await);
        assert_eq!(refused, nothing, "{subject}");
    }
    for (what, id) in [
        ("of another dossier", other.person.clone()),
        ("unknown", forged("Person", opened.id, Uuid::now_v7())),
        ("of another dossier under this one", forged("Person", opened.id, row_in(&other.person))),
        ("of this dossier under another", forged("Person", other.id, row_in(&opened.person))),
        ("of another kind", opened.dossier.clone()),
        ("of another kind", opened.aanmelding.clone()),
        ("of another kind, with the row of the person", forged("Case", opened.id, row_in(&opened.person))),
        ("malformed", "x".to_owned()),
        ("empty", String::new()),
    ] {
        assert_eq!(comparable(&answer(&officer, &id).await), nothing, "{what}");
    }
}

/// The right is that of the moment, and the covenant's: an officer to whom it does not show the log is told nothing.
#[tokio::test]
async fn the_covenant_decides_whether_the_officer_is_told() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    let officer = vangnet.as_("fg");
    let is_told = async || answer(&officer, &opened.person).await.json["data"]["accessLog"].is_object();
    assert!(is_told().await);
    execute(&vangnet, "UPDATE dossier SET tafel = 'RAD' WHERE id = $1", [opened.id.0.into()]).await;
    assert!(!is_told().await, "RAD asks a training of the bureau (V06)");
    run(&vangnet, "UPDATE professional SET trained_on = '2024-01-01' WHERE roles = 'FG'").await;
    assert!(is_told().await);
    execute(&vangnet, "UPDATE assignment SET valid_until = valid_from WHERE involvement = $1", ["FG".into()])
        .await;
    assert!(!is_told().await);
}

#[tokio::test]
async fn what_is_wrong_with_the_question_is_told_whoever_asks() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let (officer, stranger) = (vangnet.as_("fg"), vangnet.as_("nergens"));
    let cursor = officer.ask(LOG, asked(&opened.person, 1)).await["accessLog"]["edges"][0]["cursor"].clone();
    let mut good = asked(&opened.person, 5);
    good["after"] = cursor.clone();
    assert!(officer.ask(LOG, good).await["accessLog"].is_object());
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.as_str().unwrap()).unwrap();
        change(&mut bytes);
        json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    };
    for (field, value, reason) in [
        ("to", json!("2024-02-11"), "PERIOD"),
        ("from", json!("2024-02-30"), "DATE"),
        ("to", json!("morgen"), "DATE"),
        ("first", json!(0), "PAGE"),
        ("first", json!(101), "PAGE"),
        ("first", Value::Null, "PAGE"),
        ("after", json!("x"), "CURSOR"),
        ("after", changed(|bytes| bytes[6] ^= 1), "CURSOR"),
        ("after", changed(|bytes| *bytes.last_mut().unwrap() ^= 1), "CURSOR"),
        ("after", json!(BASE64_URL_SAFE_NO_PAD.encode(Uuid::now_v7().as_bytes())), "CURSOR"),
    ] {
        let mut variables = asked(&opened.person, 5);
        variables[field] = value;
        let told = officer.send(LOG, variables.clone()).await;
        let error = &told.json["errors"][0];
        let code = (&error["extensions"]["code"], &error["extensions"]["reason"]);
        assert_eq!(code, (&json!("INVALID_INPUT"), &json!(reason)), "{field}: {}", told.json);
        if ["PERIOD", "DATE"].contains(&reason) {
            assert_eq!(error["extensions"]["path"], json!([field]), "{}", told.json);
        }
        assert_eq!(told.json["data"]["accessLog"], Value::Null);
        let others = stranger.send(LOG, variables).await;
        assert_eq!(comparable(&others), comparable(&told), "{field}");
    }
}

#[tokio::test]
async fn a_day_of_the_netherlands_begins_and_ends_at_midnight() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    let midnight = NaiveDate::from_ymd_opt(2024, 2, 12).unwrap().and_hms_opt(23, 0, 0).unwrap().and_utc();
    let clock = &vangnet.server.clock;
    clock.advance(midnight - clock.now() - Duration::seconds(2));
    // One second before midnight, and at it.
    read(&vangnet, "brp-enschede", &opened.person, "bsn").await;
    read(&vangnet, "brp-enschede", &opened.person, "familyName").await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let mut seen = Vec::new();
    for day in ["2024-02-12", "2024-02-13", "2024-02-14"] {
        let variables = json!({ "id": opened.person, "from": day, "to": day, "first": 100 });
        let told = vangnet.as_("fg").ask(LOG, variables).await;
        let edges = told["accessLog"]["edges"].as_array().unwrap().clone();
        let of_desk = edges.into_iter().filter(|edge| edge["node"]["partner"] == "GEM_BRP");
        seen.push(of_desk.map(|edge| codes(&edge["node"]).join(" ")).collect::<Vec<_>>());
    }
    assert_eq!(seen, [vec!["D01B"], vec!["D01N"], vec![]]);
}

#[tokio::test]
async fn nothing_about_another_person_of_the_dossier_appears() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    let other = another_person(&vangnet, &opened).await;
    let before = (log(&vangnet, "fg", &opened.person).await, log(&vangnet, "fg", &other).await);
    read(&vangnet, "ondersteuning", &other, "phone").await;
    vangnet.server.clock.advance(Duration::seconds(1));
    // One answer about both, of each another field.
    let query = "query($one: ID!, $other: ID!) { one: node(id: $one) { ... on Person { bsn } }
        other: node(id: $other) { ... on Person { familyName } } }";
    let both = json!({ "one": opened.person, "other": other });
    vangnet.as_("ondersteuning").ask(query, both).await;
    let new = |told: Vec<Value>, before: &[Value]| {
        let of_others = told.into_iter().filter(|entry| !before.contains(entry) && codes(entry) != ["D35"]);
        of_others.map(|entry| codes(&entry).join(" ")).collect::<Vec<_>>()
    };
    let (of_one, of_other) = (log(&vangnet, "fg", &opened.person).await, log(&vangnet, "fg", &other).await);
    assert_eq!(new(of_one, &before.0), ["D01B"]);
    assert_eq!(new(of_other, &before.1), ["D03", "D01N"]);
}

#[tokio::test]
async fn the_question_itself_stands_in_the_next_answer() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    let other = another_person(&vangnet, &opened).await;
    vangnet.server.clock.advance(Duration::days(1));
    // A day of which there is nothing: that too was told.
    let day = "2024-02-13";
    let variables = json!({ "id": opened.person, "from": day, "to": day, "first": 5 });
    let officer = vangnet.as_("fg");
    let mut told = Vec::new();
    for _ in 0..3 {
        vangnet.server.ledger.seal_now().await.unwrap();
        let answer = officer.ask(LOG, variables.clone()).await;
        told.push(answer["accessLog"]["edges"].as_array().unwrap().clone());
        vangnet.server.clock.advance(Duration::seconds(1));
    }
    assert_eq!(told.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 2]);
    let question = &told[2][1]["node"];
    assert_eq!((&question["organisation"], &question["kind"]), (&json!("Bureau ZVH"), &json!("READ")));
    assert_eq!((codes(question), &question["rules"]), (vec!["D35"], &json!(["P36"])));
    let of_other = json!({ "id": other, "from": day, "to": day, "first": 5 });
    assert_eq!(
        officer.ask(LOG, of_other).await["accessLog"]["edges"],
        json!([]),
        "of whom nothing was asked"
    );
}

#[tokio::test]
async fn what_an_embargo_of_opsporing_covers_is_left_out() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "om", "ZETEL").await;
    let (investigation, suspicion) =
        (supplied(&vangnet, &opened, "D15L").await, supplied(&vangnet, &opened, "D15K").await);
    let om = vangnet.as_("om");
    let show = "... on Inbreng { category content }";
    let ask = async |query: String| {
        vangnet.server.clock.advance(Duration::seconds(1));
        let ids = json!({ "l": investigation, "k": suspicion });
        let seen = om.ask(&query, ids).await;
        assert!(seen.as_object().unwrap().values().all(|node| node["content"].is_string()), "{seen}");
    };
    let of_om = async || {
        let told = log(&vangnet, "fg", &opened.person).await;
        let of_om = told.into_iter().filter(|entry| entry["partner"] == "OM");
        of_om.map(|entry| codes(&entry).join(" ")).collect::<Vec<_>>()
    };
    ask(format!("query($k: ID!) {{ k: node(id: $k) {{ {show} }} }}")).await;
    assert_eq!(of_om().await, ["D15K"]);
    ask(format!("query($l: ID!) {{ l: node(id: $l) {{ {show} }} }}")).await;
    assert_eq!(of_om().await, ["D15K"], "not even that there was an access");
    ask(format!("query($l: ID!, $k: ID!) {{ l: node(id: $l) {{ {show} }} k: node(id: $k) {{ {show} }} }}"))
        .await;
    assert_eq!(of_om().await, ["D15K", "D15K"], "the category is left out, the rest is told");
    // The rule by which the supplier sees its own would tell it too.
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let rules_of_police = async |query: &str| {
        vangnet.server.clock.advance(Duration::seconds(1));
        let ids = json!({ "p": opened.person, "l": investigation });
        vangnet.as_("politie").ask(query, ids).await;
        let told = log(&vangnet, "fg", &opened.person).await;
        let last = told.iter().rfind(|entry| entry["partner"] == "POLITIE").unwrap();
        (codes(last).join(" "), last["rules"].clone())
    };
    let name = "p: node(id: $p) { ... on Person { familyName } }";
    let without = rules_of_police(&format!("query($p: ID!) {{ {name} }}")).await;
    let beside = format!("query($p: ID!, $l: ID!) {{ {name} l: node(id: $l) {{ {show} }} }}");
    assert_eq!(rules_of_police(&beside).await, without, "as if it had not been shown");
    // The page is cut after it was left out: its length tells nothing.
    let first = vangnet.as_("fg").ask(LOG, asked(&opened.person, 100)).await;
    let (edges, all) = (&first["accessLog"]["edges"], nodes(&first["accessLog"]["edges"]));
    let place = all.iter().position(|node| node["partner"] == "OM").unwrap();
    let mut next = asked(&opened.person, 1);
    next["after"] = edges[place]["cursor"].clone();
    let page = vangnet.as_("fg").ask(LOG, next).await["accessLog"].clone();
    assert_eq!(page["edges"][0]["node"], all[place + 1]);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
}

/// The data protection officer guards the whole house: its desk has the log of a dossier from the submission on.
#[tokio::test]
async fn the_desk_of_the_officer_has_the_log_of_every_dossier_of_the_house() {
    let vangnet = Vangnet::start().await;
    let before = submit(&vangnet).await;
    keep_desk_of(&vangnet, "fg", "TWENTE", "FG").await;
    let opened = submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let told = log(&vangnet, "fg", &opened.person).await;
    assert!(told.iter().any(|entry| entry["kind"] == "WRITTEN"), "{told:?}");
    for (subject, person) in
        [("fg", &before.person), ("fg-ander", &opened.person), ("ggz-ander", &opened.person)]
    {
        let answer = vangnet.as_(subject).ask(LOG, asked(person, 5)).await;
        assert_eq!(answer["accessLog"], Value::Null, "{subject}");
    }
    let name = "query($id: ID!) { node(id: $id) { ... on Person { familyName bsn viewerAccess { withheld { reason } } } } }";
    let seen = vangnet.as_("fg").ask(name, json!({ "id": opened.person })).await["node"].clone();
    assert_eq!(
        (&seen["familyName"], &seen["bsn"]),
        (&Value::Null, &Value::Null),
        "the log, and nothing of the content"
    );
}

/// That the investigation was told of is under the embargo too: the supply of such a datum is no access of the log.
#[tokio::test]
async fn what_an_embargo_covers_was_not_written_either() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    set_phase(&vangnet, opened.id, "F6").await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let case = open_case(&vangnet, &opened).await;
    let supply = async |category: &str| {
        vangnet.server.clock.advance(Duration::seconds(1));
        let decision = json!({ "kind": "OM_AKKOORD", "by": "De officier", "on": "2024-02-11",
            "motivation": "Het onderzoek loopt.", "proportionality": "Niet meer dan nodig.", "recipients": ["STRAF"] });
        let decisions = if category == "D15L" { json!([decision]) } else { json!([]) };
        let datum = json!({ "category": category, "content": "Wat er is.", "ground": "G-WPG20", "decisions": decisions });
        vangnet.as_("politie").done("supplyInbreng", json!({ "id": case, "datum": datum }), "version").await;
        let told = log(&vangnet, "fg", &opened.person).await;
        told.into_iter()
            .filter(|entry| entry["partner"] == "POLITIE")
            .map(|entry| entry["kind"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(supply("D15L").await, [] as [Value; 0]);
    assert_eq!(supply("D14").await, ["WRITTEN"]);
    assert_eq!(supply("D15L").await, ["WRITTEN"]);
}

#[tokio::test]
async fn a_record_that_was_changed_is_told_as_such() {
    let vangnet = Vangnet::start().await;
    let opened = guarded(&vangnet).await;
    read(&vangnet, "brp-enschede", &opened.person, "bsn").await;
    read(&vangnet, "brp-enschede", &opened.person, "sex").await;
    vangnet.server.ledger.seal_now().await.unwrap();
    let unguard = if is_postgres(&vangnet) {
        "ALTER TABLE ledger_record DISABLE TRIGGER ledger_record_append_only"
    } else {
        "DROP TRIGGER ledger_record_no_update"
    };
    run(&vangnet, unguard).await;
    let of_desk = "UPDATE ledger_record SET body =";
    run(&vangnet, &format!("{of_desk} replace(body, 'D01B', 'D02') WHERE body LIKE '%GEM_BRP%D01B%'")).await;
    let told = log(&vangnet, "fg", &opened.person).await;
    let changed: Vec<&Value> = told.iter().filter(|entry| entry["genuine"] == false).collect();
    let [changed] = &changed[..] else { panic!("{told:#?}") };
    assert_eq!((&changed["partner"], codes(changed)), (&json!("GEM_BRP"), vec!["D02"]));
    run(&vangnet, &format!("{of_desk} 'x' WHERE body LIKE '%GEM_BRP%D02%'")).await;
    let told = log(&vangnet, "fg", &opened.person).await;
    let changed: Vec<&Value> = told.iter().filter(|entry| entry["genuine"] == false).collect();
    let [changed] = &changed[..] else { panic!("{told:#?}") };
    assert!(changed["at"].is_string(), "that there was a record is told");
    assert_eq!((&changed["partner"], &changed["categories"]), (&Value::Null, &Value::Null));
}
