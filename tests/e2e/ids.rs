//! An id that is not yours, not there, or no id at all is answered alike, and a forged one opens nothing.

use serde_json::{Value, json};
use tests::{Answer, Client, Vangnet};
use uuid::Uuid;

use crate::arrange::{APPLICANT, bsn, dismiss, forged, row_in, rows, submit_as};

const NODE: &str = "query($id: ID!) { node(id: $id) { id __typename ... on Person { familyName } } }";
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Person { familyName } } }";

/// Two dossiers: one at which the intake desk of the bureau is present, and one at which it is no longer.
struct Two {
    vangnet: Vangnet,
    own: crate::arrange::Opened,
    foreign: crate::arrange::Opened,
    /// Ids that show nothing, with why.
    bad: Vec<(&'static str, String)>,
}

impl Two {
    async fn arrange(kind: &'static str) -> Self {
        let vangnet = Vangnet::start().await;
        let own = submit_as(&vangnet, "Zilvervos", &bsn(0)).await;
        let foreign = submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
        let also_own = submit_as(&vangnet, "Bronsbeer", &bsn(2)).await;
        dismiss(&vangnet, foreign.id, "ondersteuning").await;
        let row_of = |opened: &crate::arrange::Opened| {
            row_in(if kind == "Person" { &opened.person } else { &opened.aanmelding })
        };
        let id = forged(kind, own.id, row_of(&own));
        let bad = vec![
            ("of a foreign dossier", forged(kind, foreign.id, row_of(&foreign))),
            ("unknown", forged(kind, entity::id::DossierId::fresh(), Uuid::now_v7())),
            ("unknown row of the own dossier", forged(kind, own.id, Uuid::now_v7())),
            ("own dossier, row of the foreign one", forged(kind, own.id, row_of(&foreign))),
            ("own dossier, row of another own one", forged(kind, own.id, row_of(&also_own))),
            ("foreign dossier, row of the own one", forged(kind, foreign.id, row_of(&own))),
            ("of another type", forged("Triage", own.id, row_of(&own))),
            ("of a type that is none", forged("Persoon", own.id, row_of(&own))),
            ("without a type", forged("", own.id, row_of(&own))),
            ("of a dossier whose row is another", forged("Dossier", own.id, foreign.id.0)),
            ("cut", id[..id.len() - 2].to_owned()),
            ("lengthened", format!("{id}AAAA")),
            ("padded", format!("{id}=")),
            ("in words", "geen id".to_owned()),
            ("empty", String::new()),
            ("of control characters", "\u{0}\u{7f}".to_owned()),
            ("a bare row", row_of(&own).to_string()),
            ("long", "A".repeat(10_000)),
        ];
        Self { vangnet, own, foreign, bad }
    }

    fn client(&self) -> Client {
        self.vangnet.as_("ondersteuning")
    }
}

#[tokio::test]
async fn node_answers_every_id_that_shows_nothing_alike() {
    let two = Two::arrange("Person").await;
    let client = two.client();
    let good = client.ask(NODE, json!({ "id": two.own.person })).await;
    assert_eq!(good["node"]["familyName"], "Zilvervos");
    let of_owner = two.vangnet.as_(APPLICANT).ask(NODE, json!({ "id": two.foreign.person })).await;
    assert_eq!(of_owner["node"]["familyName"], "Goudhaas");
    for (why, id) in &two.bad {
        let answer = client.send(NODE, json!({ "id": id })).await;
        assert_eq!(String::from_utf8_lossy(&answer.bytes), r#"{"data":{"node":null}}"#, "{why}");
        assert_eq!(answer.status, 200, "{why}");
    }
}

#[tokio::test]
async fn nodes_answers_every_id_that_shows_nothing_alike() {
    let two = Two::arrange("Person").await;
    let client = two.client();
    for (why, id) in &two.bad {
        let answer = client.send(NODES, json!({ "ids": [id] })).await;
        assert_eq!(String::from_utf8_lossy(&answer.bytes), r#"{"data":{"nodes":[null]}}"#, "{why}");
    }
    let ids: Vec<&str> = two.bad.iter().map(|(_, id)| id.as_str()).chain([two.own.person.as_str()]).collect();
    let nodes = client.ask(NODES, json!({ "ids": ids })).await["nodes"].clone();
    let shown = nodes.as_array().unwrap().iter().filter(|node| !node.is_null()).count();
    assert_eq!((shown, &nodes[two.bad.len()]["familyName"]), (1, &json!("Zilvervos")));
}

async fn attempt(client: &Client, mutation: &str, input: &Value) -> Answer {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ dossier {{ id }} version \
         errors {{ code reason message path currentVersion }} }} }}"
    );
    client.send(&query, json!({ "input": input })).await
}

#[tokio::test]
async fn a_mutation_answers_every_id_that_shows_nothing_alike_and_changes_nothing() {
    let two = Two::arrange("Aanmelding").await;
    let client = two.client();
    let before = rows(&two.vangnet).await;
    let mut answers = Vec::new();
    for (why, id) in &two.bad {
        let input = json!({ "id": id, "idempotencyKey": Uuid::now_v7() });
        answers.push((why, attempt(&client, "takeUpAanmelding", &input).await));
    }
    for (why, answer) in &answers {
        assert_eq!((&answer.bytes, answer.status), (&answers[0].1.bytes, 200), "{why}");
    }
    let errors = &answers[0].1.json["data"]["takeUpAanmelding"]["errors"];
    assert_eq!((&errors[0]["code"], &errors[0]["path"]), (&json!("NOT_FOUND"), &json!(["id"])));
    assert_eq!(rows(&two.vangnet).await, before);
    let input = json!({ "id": two.own.aanmelding });
    client.done("takeUpAanmelding", input, "version").await;
}

/// The task of the BRP desk at one dossier does not answer the question at another.
#[tokio::test]
async fn a_task_at_one_dossier_changes_no_row_of_another() {
    let vangnet = Vangnet::start().await;
    let own = submit_as(&vangnet, "Zilvervos", &bsn(0)).await;
    let foreign = submit_as(&vangnet, "Goudhaas", &bsn(1)).await;
    let informed = vangnet.as_("informatie");
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { brpChecks(first: 1) { edges { node { id } } } } } }";
    let data = informed.ask(query, json!({ "id": foreign.dossier })).await;
    let check = data["node"]["brpChecks"]["edges"][0]["node"]["id"].as_str().unwrap().to_owned();
    dismiss(&vangnet, foreign.id, "brp-enschede").await;
    let desk = vangnet.as_("brp-enschede");
    let before = rows(&vangnet).await;
    for id in [check.clone(), forged("BrpCheck", own.id, row_in(&check))] {
        let input = json!({ "id": id, "idempotencyKey": Uuid::now_v7(), "result": "BEVESTIGD" });
        let answer = attempt(&desk, "answerBrpCheck", &input).await;
        let errors = &answer.json["data"]["answerBrpCheck"]["errors"];
        assert_eq!(errors[0]["code"], "NOT_FOUND", "{}", answer.json);
    }
    assert_eq!(rows(&vangnet).await, before);
    let open = crate::arrange::count(&vangnet, "brp_check WHERE state = 'OPEN'").await;
    assert_eq!(open, 2);
}
