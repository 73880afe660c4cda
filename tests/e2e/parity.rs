//! Whatever the path, the answer is the same: every way to every node of the schema, for every persona of the demo.
//!
//! The paths are made from the schema, so that a new one joins by itself.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tests::Client;

use crate::arrange::dossier_in;
use crate::program::{Demo, program};
use crate::shape::Shape;

/// How many dossiers of each persona are looked into.
const DOSSIERS: usize = 3;
/// How many nodes of a persona are asked by their id.
const BY_ID: usize = 25;

/// What a persona was shown: by node, by path.
type Shown = BTreeMap<String, BTreeMap<String, Value>>;

/// A persona, and what was shown to them.
struct Seen {
    subject: String,
    client: Client,
    nodes: Shown,
    /// Every dossier at which they are present.
    present: BTreeSet<String>,
}

#[tokio::test]
async fn every_path_gives_every_persona_the_same_answer() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::on_the_database_of_the_tests(&program, folder.path()).await;
    let personas = demo.personas().await;
    let shape = &Shape::of(&personas[0].1).await;
    assert!(shape.nodes().len() >= 14, "{:?}", shape.nodes());
    ask_an_afwijking(&demo).await;
    let looking = personas.into_iter().map(async |(subject, client)| look(shape, subject, client).await);
    let all: Vec<Seen> = stream::iter(looking).buffer_unordered(4).collect().await;

    let shown: usize = all.iter().map(|seen| seen.nodes.len()).sum();
    let kinds: BTreeSet<&str> = all.iter().flat_map(|seen| seen.nodes.values()).map(kind_of).collect();
    assert_eq!(kinds, shape.nodes().into_iter().collect(), "some kind of node was shown to nobody");
    assert!(shown > 500, "only {shown} nodes were looked at");
    for seen in &all {
        what_another_sees_does_not_exist(seen, &all).await;
        a_withheld_name_is_not_found(seen, &all).await;
    }
}

/// The demo has no afwijking yet: one is asked, so that its kind is looked at too.
async fn ask_an_afwijking(demo: &Demo) {
    let regisseur = demo.as_("procesregie-twente").await;
    let query = "{ dossiers(first: 1, phase: \"F5\") { edges { node { aanmelding { id } } } } }";
    let found = regisseur.ask(query, json!({})).await;
    let id = &found["dossiers"]["edges"][0]["node"]["aanmelding"]["id"];
    let input = json!({ "id": id, "motivation": "Wachten is gevaarlijk." });
    regisseur.done("askAfwijking", input, "afwijking { id }").await;
}

fn kind_of(node: &BTreeMap<String, Value>) -> &str {
    node.values().next().unwrap()["__typename"].as_str().unwrap()
}

/// Looks at everything by every path, and finds it the same.
async fn look(shape: &Shape, subject: String, client: Client) -> Seen {
    let mut nodes = Shown::new();
    for path in &shape.paths("Query", DOSSIERS) {
        if let (root, true) = path.root() {
            // A log holds no nodes; its own test asks for it.
            let known = ["searchPersons", "accessLog"].contains(&root);
            assert!(known, "teach this test what to ask of {root}");
            continue;
        }
        let selection = path.select(&shape.own(&path.to));
        let answer = client.ask(&format!("{{ {selection} }}"), json!({})).await;
        gather(&answer, &selection, &mut nodes);
    }
    let ids: Vec<(String, String)> = sample(&nodes);
    for (id, kind) in &ids {
        by_id(shape, &client, id, kind, &mut nodes).await;
    }
    for kind in shape.nodes() {
        let Some((id, _)) = ids.iter().find(|(_, found)| found == kind) else { continue };
        for path in shape.paths(kind, 50) {
            let selection = path.select(&shape.own(&path.to));
            let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}");
            gather(&client.ask(&query, json!({ "id": id })).await, &query, &mut nodes);
        }
    }
    by_search(shape, &client, &mut nodes).await;
    for (id, paths) in &nodes {
        let (first, expected) = paths.first_key_value().unwrap();
        for (path, found) in paths {
            assert_eq!(found, expected, "{subject} sees {id} otherwise by\n{path}\nthan by\n{first}");
        }
    }
    let present = presences(&client).await;
    Seen { subject, client, nodes, present }
}

/// Some nodes of each kind.
fn sample(nodes: &Shown) -> Vec<(String, String)> {
    let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let mut taken = Vec::new();
    for (id, node) in nodes {
        let kind = kind_of(node);
        let count = of_kind.entry(kind).or_default();
        *count += 1;
        if *count <= 3 && taken.len() < BY_ID {
            taken.push((id.clone(), kind.to_owned()));
        }
    }
    taken
}

/// Every object of an answer that says what it is.
fn gather(answer: &Value, path: &str, nodes: &mut Shown) {
    match answer {
        Value::Object(fields) => {
            if let (Some(id), true) =
                (fields.get("id").and_then(Value::as_str), fields.contains_key("__typename"))
            {
                nodes.entry(id.to_owned()).or_default().insert(path.to_owned(), answer.clone());
                return;
            }
            fields.values().for_each(|value| gather(value, path, nodes));
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, path, nodes)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// By its id: alone, in a list, through fragments on the interface, and under other names.
async fn by_id(shape: &Shape, client: &Client, id: &str, kind: &str, nodes: &mut Shown) {
    let own = shape.own(kind);
    for query in [
        format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {own} }} }} }}"),
        format!(
            "query($id: ID!) {{ nodes(ids: [$id]) {{ ...OnNode }} }}
            fragment OnNode on Node {{ ...Own }} fragment Own on {kind} {{ {own} }}"
        ),
    ] {
        let answer = client.ask(&query, json!({ "id": id })).await;
        gather(&answer, &query, nodes);
        assert!(nodes[id].contains_key(&query), "{kind} {id} is not found by\n{query}");
    }
    // The budget of a document has room for so many other names.
    let values: Vec<&str> = shape.values(kind).into_iter().take(30).collect();
    let renamed: Vec<String> = values.iter().map(|name| format!("other_{name}: {name}")).collect();
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {} }} }} }}", renamed.join(" "));
    let answer = client.ask(&query, json!({ "id": id })).await;
    let known = nodes[id].values().next().unwrap();
    for name in values {
        assert_eq!(answer["node"][format!("other_{name}")], known[name], "{kind}.{name} under another name");
    }
}

/// Whoever is shown by name is found by name, and is then the same.
async fn by_search(shape: &Shape, client: &Client, nodes: &mut Shown) {
    let own = shape.own("Person");
    let query = format!(
        "query($by: PersonSearch!) {{ searchPersons(by: $by, first: 50) {{ edges {{ node {{ {own} }} }} }} }}"
    );
    for field in ["familyName", "bsn"] {
        let shown = nodes
            .iter()
            .find_map(|(id, paths)| Some((id.clone(), paths.values().next()?[field].as_str()?.to_owned())));
        let Some((id, value)) = shown else { continue };
        let answer = client.ask(&query, json!({ "by": { (field): value } })).await;
        let path = format!("{query} by {field}");
        gather(&answer, &path, nodes);
        assert!(nodes[&id].contains_key(&path), "{id} is shown with {field} and not found by it");
    }
}

/// The ids of all dossiers of somebody.
async fn presences(client: &Client) -> BTreeSet<String> {
    let query = "query($after: String) { dossiers(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor } edges { node { id } } } }";
    let (mut all, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let page = client.ask(query, json!({ "after": after })).await["dossiers"].clone();
        let edges = page["edges"].as_array().unwrap();
        all.extend(edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The nodes of dossiers of others are answered as an id that nobody has.
async fn what_another_sees_does_not_exist(seen: &Seen, all: &[Seen]) {
    let dossiers: BTreeSet<_> = seen.present.iter().map(|id| dossier_in(id)).collect();
    let hidden = |id: &&String| !dossiers.contains(&dossier_in(id));
    let others = all.iter().flat_map(|other| other.nodes.keys().filter(hidden).take(2));
    let ids: Vec<&String> = others.take(100).collect();
    assert!(!ids.is_empty(), "{} is present everywhere", seen.subject);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    let answer = seen.client.ask(query, json!({ "ids": ids })).await;
    let found: Vec<&Value> =
        answer["nodes"].as_array().unwrap().iter().filter(|node| !node.is_null()).collect();
    assert!(found.is_empty(), "{} finds {found:?}", seen.subject);
    let alone = "query($id: ID!) { node(id: $id) { id __typename } }";
    let nothing = seen.client.send(alone, json!({ "id": "bm90aGluZw" })).await;
    let hidden = seen.client.send(alone, json!({ "id": ids[0] })).await;
    assert_eq!((hidden.status, hidden.bytes), (nothing.status, nothing.bytes), "{}", seen.subject);
}

/// Who is shown without a name is not found by the name that another sees.
async fn a_withheld_name_is_not_found(seen: &Seen, all: &[Seen]) {
    let withheld = seen.nodes.iter().filter(|(_, node)| {
        kind_of(node) == "Person" && node.values().next().unwrap()["familyName"].is_null()
    });
    for (id, _) in withheld.take(2) {
        let known =
            all.iter().filter_map(|other| other.nodes.get(id)?.values().next()?["familyName"].as_str());
        let Some(name) = known.into_iter().next() else { continue };
        let query =
            "query($by: PersonSearch!) { searchPersons(by: $by, first: 100) { edges { node { id } } } }";
        let answer = seen.client.ask(query, json!({ "by": { "familyName": name } })).await;
        let found = answer["searchPersons"]["edges"].as_array().unwrap();
        assert!(found.iter().all(|edge| edge["node"]["id"] != **id), "{} finds {id} by a name", seen.subject);
    }
}
