//! The shape of the schema, as a client reads it by introspection: what can be selected, and by which paths.
//!
//! Tests that walk it meet a new field, type or path without being told of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use tests::Client;

const INTROSPECTION: &str = "{ __schema { types { kind name interfaces { name } fields { name
    args { name type { kind } defaultValue }
    type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } } } }
    fragment T on __Type { kind name }";

/// The fields of the longest way: the budget leaves room for what belongs to the node at its end.
const DEEPEST: usize = 7;

/// The types of a schema that have fields.
#[derive(Debug)]
pub(crate) struct Shape {
    types: BTreeMap<String, Type>,
}

#[derive(Debug)]
struct Type {
    is_node: bool,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    /// The arguments, and whether each must be given.
    arguments: Vec<(String, bool)>,
    /// The type, without the lists and non-nulls around it.
    of: String,
}

/// A way from a type to nodes of a type.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// The fields, each with its arguments.
    steps: Vec<String>,
    /// The type of the nodes at its end.
    pub(crate) to: String,
}

impl Path {
    /// The selection of the path, with a selection at its end.
    pub(crate) fn select(&self, selection: &str) -> String {
        let close = " }".repeat(self.steps.len());
        format!("{} {{ {selection}{close}", self.steps.join(" { "))
    }

    /// The name of its first field, and whether that asks for something that a test must know.
    pub(crate) fn root(&self) -> (&str, bool) {
        let called = &self.steps[0];
        (called.split('(').next().unwrap(), called.contains('$'))
    }
}

fn named(mut of: &Value) -> String {
    while of["name"].is_null() {
        of = &of["ofType"];
    }
    of["name"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Shape {
    /// Reads the shape of a server.
    pub(crate) async fn of(client: &Client) -> Self {
        let data = client.ask(INTROSPECTION, json!({})).await;
        let mut types = BTreeMap::new();
        for kind in data["__schema"]["types"].as_array().unwrap() {
            let Some(fields) = kind["fields"].as_array().filter(|_| kind["kind"] == "OBJECT") else {
                continue;
            };
            let fields = fields.iter().map(|field| Field {
                name: text(&field["name"]),
                arguments: field["args"].as_array().unwrap().iter().map(argument).collect(),
                of: named(&field["type"]),
            });
            let interfaces = kind["interfaces"].as_array().into_iter().flatten();
            let is_node = interfaces.into_iter().any(|interface| interface["name"] == "Node");
            types.insert(text(&kind["name"]), Type { is_node, fields: fields.collect() });
        }
        Self { types }
    }

    /// The types that are nodes.
    pub(crate) fn nodes(&self) -> Vec<&str> {
        self.types.iter().filter(|(_, kind)| kind.is_node).map(|(name, _)| name.as_str()).collect()
    }

    /// The fields of a type that are nodes, with the type of each.
    pub(crate) fn node_fields(&self, kind: &str) -> Vec<(&str, &str)> {
        let fields = self.types[kind].fields.iter();
        let nodes = fields.filter(|field| self.types.get(&field.of).is_some_and(|kind| kind.is_node));
        nodes.map(|field| (field.name.as_str(), field.of.as_str())).collect()
    }

    /// A selection on the interface: of each kind whatever belongs to it.
    pub(crate) fn own_of_any(&self) -> String {
        let kinds = self.nodes();
        let each = kinds.iter().map(|kind| format!("... on {kind} {{ {} }}", self.own(kind)));
        each.collect::<Vec<_>>().join(" ")
    }

    /// The fields of a type that are values.
    pub(crate) fn values(&self, kind: &str) -> Vec<&str> {
        let fields = self.types[kind].fields.iter();
        let values = fields.filter(|field| !self.types.contains_key(&field.of) && field.of != "Node");
        values.map(|field| field.name.as_str()).collect()
    }

    /// Whatever belongs to a node itself: its values, and objects that are no nodes, written out as far as the budget
    /// of a document leaves room at the end of the longest path.
    pub(crate) fn own(&self, kind: &str) -> String {
        self.written_out(kind, &mut Vec::new())
    }

    fn written_out(&self, kind: &str, above: &mut Vec<String>) -> String {
        let mut selection = "__typename".to_owned();
        for field in self.types[kind].fields.iter().filter(|field| !self.leads_on(&field.of)) {
            let called = field.called(50);
            if !self.types.contains_key(&field.of) {
                write!(selection, " {called}").unwrap();
            } else if !above.contains(&field.of) && above.len() < 2 {
                above.push(field.of.clone());
                let inner = self.written_out(&field.of, above);
                above.pop();
                write!(selection, " {called} {{ {inner} }}").unwrap();
            }
        }
        selection
    }

    /// Whether a type is a node, a list of nodes, or the interface.
    fn leads_on(&self, of: &str) -> bool {
        of == "Node" || of.ends_with("Connection") || self.types.get(of).is_some_and(|kind| kind.is_node)
    }

    /// Every way from a type to nodes, on which no type comes twice, as far as the budget of a document allows. Lists
    /// are asked for so many rows.
    pub(crate) fn paths(&self, from: &str, rows: usize) -> Vec<Path> {
        let mut found = Vec::new();
        self.follow(from, rows, &mut vec![from.to_owned()], &mut Vec::new(), &mut found);
        found
    }

    fn follow(
        &self,
        kind: &str,
        rows: usize,
        above: &mut Vec<String>,
        steps: &mut Vec<String>,
        found: &mut Vec<Path>,
    ) {
        for field in self.types[kind].fields.iter().filter(|field| self.leads_on(&field.of)) {
            let mut taken = vec![field.called(rows)];
            let mut to = field.of.clone();
            if let Some(of) = field.of.strip_suffix("Connection") {
                taken.extend(["edges".to_owned(), "node".to_owned()]);
                of.clone_into(&mut to);
            }
            // What a node of any kind is, only its id says.
            let is_too_deep = steps.len() + taken.len() > DEEPEST;
            if to == "Node" || above.contains(&to) || is_too_deep {
                continue;
            }
            let length = steps.len();
            steps.extend(taken);
            found.push(Path { steps: steps.clone(), to: to.clone() });
            above.push(to.clone());
            // Deeper, a page holds more: there are few of each in a dossier.
            self.follow(&to, 50, above, steps, found);
            above.pop();
            steps.truncate(length);
        }
    }
}

/// That a node which came by another path is the one that its id gives, for the same viewer.
pub(crate) async fn is_as_by_id(shape: &Shape, client: &Client, node: &Value, path: &str) {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ __typename {} }} }}", shape.own_of_any());
    let by_id = client.ask(&query, json!({ "id": node["id"] })).await["node"].clone();
    let fields = by_id.as_object().unwrap_or_else(|| panic!("{path} shows what does not exist: {node}"));
    for (name, expected) in fields {
        assert_eq!(&node[name], expected, "{path} and the id give another {}.{name}", by_id["__typename"]);
    }
}

fn argument(argument: &Value) -> (String, bool) {
    let needed = argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    (text(&argument["name"]), needed)
}

impl Field {
    /// The field with its arguments: a page, an id, a search.
    fn called(&self, rows: usize) -> String {
        let mut given = Vec::new();
        for (name, needed) in &self.arguments {
            match name.as_str() {
                "first" => given.push(format!("first: {rows}")),
                "id" | "ids" | "by" | "professionalId" => given.push(format!("{name}: ${name}")),
                "categories" => given.push("categories: [\"D05\", \"D10\", \"D14\"]".to_owned()),
                _ => assert!(!needed, "teach the tests to give {name} to {}", self.name),
            }
        }
        if given.is_empty() { self.name.clone() } else { format!("{}({})", self.name, given.join(", ")) }
    }
}
