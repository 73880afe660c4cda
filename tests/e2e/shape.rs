//! The shape of the schema, as a client reads it by introspection: what can be selected, given, and by which paths.
//! The leaf of a field, which introspection does not tell, is read from the committed schema.
//!
//! Tests that walk it meet a new field, type or path without being told of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use tests::Client;

const INTROSPECTION: &str = "{ __schema { types { kind name interfaces { name } enumValues { name }
    inputFields { name type { ...W } defaultValue }
    fields { name args { name type { ...W } defaultValue } type { ...W } } } } }
    fragment W on __Type { ...T ofType { ...T ofType { ...T ofType { ...T } } } }
    fragment T on __Type { kind name }";

/// The fields of the longest way: the budget leaves room for what belongs to the node at its end.
const DEEPEST: usize = 7;

/// The types of a schema that have fields.
#[derive(Debug)]
pub(crate) struct Shape {
    types: BTreeMap<String, Type>,
    inputs: BTreeMap<String, Vec<Argument>>,
    enums: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Type {
    is_node: bool,
    fields: Vec<Field>,
}

/// A field of a type.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// Its arguments.
    pub(crate) arguments: Vec<Argument>,
    /// The type, without the lists and non-nulls around it.
    pub(crate) of: String,
    /// The leaf under which it stands; none on types that concern no dossier.
    pub(crate) leaf: Option<String>,
}

/// What can be given: an argument, or a field of an input.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    /// Its name.
    pub(crate) name: String,
    /// Whether it must be given.
    pub(crate) needed: bool,
    /// The type as it is written: `[ID!]!`.
    pub(crate) written: String,
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

/// A type as it is written.
fn written(of: &Value) -> String {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => text(&of["name"]),
    }
}

/// The leaf of each field of the committed schema, by type and field.
fn leaves() -> BTreeMap<(String, String), String> {
    let sdl = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql")).unwrap();
    let mut of = "";
    let mut leaves = BTreeMap::new();
    for line in sdl.lines() {
        if let Some(name) = line.strip_prefix("type ") {
            of = name.split(' ').next().unwrap();
        }
        let Some((field, leaf)) = line.split_once("@gegeven(categorie: ") else { continue };
        let Some(field) = field.trim().split(['(', ':']).next().filter(|_| !line.starts_with("directive"))
        else {
            continue;
        };
        leaves.insert((of.to_owned(), field.to_owned()), leaf.trim_end_matches(')').to_owned());
    }
    leaves
}

impl Shape {
    /// Reads the shape of a server.
    pub(crate) async fn of(client: &Client) -> Self {
        let data = client.ask(INTROSPECTION, json!({})).await;
        let leaves = leaves();
        let (mut types, mut inputs, mut enums) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for kind in data["__schema"]["types"].as_array().unwrap() {
            let name = text(&kind["name"]);
            if let Some(fields) = kind["inputFields"].as_array() {
                inputs.insert(name.clone(), fields.iter().map(argument).collect());
            }
            if let Some(values) = kind["enumValues"].as_array() {
                enums.insert(name.clone(), values.iter().map(|value| text(&value["name"])).collect());
            }
            let Some(fields) = kind["fields"].as_array().filter(|_| kind["kind"] == "OBJECT") else {
                continue;
            };
            let fields = fields.iter().map(|field| Field {
                name: text(&field["name"]),
                arguments: field["args"].as_array().unwrap().iter().map(argument).collect(),
                of: named(&field["type"]),
                leaf: leaves.get(&(name.clone(), text(&field["name"]))).cloned(),
            });
            let interfaces = kind["interfaces"].as_array().into_iter().flatten();
            let is_node = interfaces.into_iter().any(|interface| interface["name"] == "Node");
            types.insert(name.clone(), Type { is_node, fields: fields.collect() });
        }
        Self { types, inputs, enums }
    }

    /// The fields of a type; none of one that has no fields of its own.
    pub(crate) fn fields(&self, kind: &str) -> &[Field] {
        self.types.get(kind).map_or(&[], |kind| &kind.fields)
    }

    /// A field of a type.
    pub(crate) fn field(&self, kind: &str, name: &str) -> Option<&Field> {
        self.fields(kind).iter().find(|field| field.name == name)
    }

    /// Whether a type is a node.
    pub(crate) fn is_node(&self, kind: &str) -> bool {
        self.types.get(kind).is_some_and(|kind| kind.is_node)
    }

    /// What an input holds; none of a scalar.
    pub(crate) fn input(&self, kind: &str) -> Option<&[Argument]> {
        self.inputs.get(kind).map(Vec::as_slice)
    }

    /// The values of an enum.
    pub(crate) fn values_of(&self, kind: &str) -> Option<&[String]> {
        self.enums.get(kind).map(Vec::as_slice)
    }

    /// Every field that presence alone does not show: its type, its name and its leaf.
    pub(crate) fn classified(&self) -> Vec<(&str, &str, &str)> {
        let fields =
            self.types.iter().flat_map(|(kind, of)| of.fields.iter().map(move |field| (kind, field)));
        let classified = fields.filter_map(|(kind, field)| {
            let leaf = field.leaf.as_deref().filter(|leaf| *leaf != "OPEN")?;
            Some((kind.as_str(), field.name.as_str(), leaf))
        });
        classified.collect()
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

fn argument(argument: &Value) -> Argument {
    let needed = argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    Argument { name: text(&argument["name"]), needed, written: written(&argument["type"]) }
}

impl Field {
    /// The field with its arguments: a page, an id, a search.
    fn called(&self, rows: usize) -> String {
        let mut given = Vec::new();
        for Argument { name, needed, .. } in &self.arguments {
            match name.as_str() {
                "first" => given.push(format!("first: {rows}")),
                "id" | "ids" | "by" | "professionalId" | "personId" => given.push(format!("{name}: ${name}")),
                "from" => given.push("from: \"2020-01-01\"".to_owned()),
                "to" => given.push("to: \"2030-12-31\"".to_owned()),
                "categories" => given.push("categories: [\"D05\", \"D10\", \"D14\"]".to_owned()),
                _ => assert!(!needed, "teach the tests to give {name} to {}", self.name),
            }
        }
        if given.is_empty() { self.name.clone() } else { format!("{}({})", self.name, given.join(", ")) }
    }
}

/// A type without the lists and non-nulls with which it is written.
pub(crate) fn bare(written: &str) -> String {
    written.trim_matches(['[', ']', '!']).to_owned()
}
