//! Random documents that are valid: made from the schema, with pages, cursors, filters, searches, other names,
//! fragments, variables and directives.
//!
//! A node always says its type and its id, and a field under another name still ends in its own, so that an answer
//! can be read without the document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use convenant::{Category, Phase, Tafel};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::chance::Chance;
use crate::shape::{Argument, Field, Shape};

/// The budget of a document that is left to chance: less than what the server takes, so that most are answered.
const DEEPEST: usize = 9;
const NAMES: usize = 25;
const FRAGMENTS: usize = 15;
const SELECTIONS: usize = 300;
const VALUES: usize = 4_000;

/// A version that no dossier has: a change that names it is refused.
const NO_VERSION: i64 = 999_999;

/// A document with what it is sent with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// Its own name, by which the ledger knows it.
    pub(crate) operation: String,
    /// The text.
    pub(crate) text: String,
    /// The variables.
    pub(crate) variables: Value,
    /// The persons whose log it asks for, by the name of the field in the answer.
    pub(crate) logs: BTreeMap<String, String>,
}

/// What can be asked for.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    /// Ids that the caller was shown, by type.
    pub(crate) own: BTreeMap<String, BTreeSet<String>>,
    /// Ids of any dossier, by type.
    pub(crate) any: BTreeMap<String, Vec<String>>,
    /// Cursors that the caller was given.
    pub(crate) cursors: BTreeSet<String>,
    /// Ways to search persons: those of the caller and those of others.
    pub(crate) searches: Vec<Value>,
}

/// Writes one document.
pub(crate) struct Writer<'a> {
    shape: &'a Shape,
    known: &'a Known,
    chance: &'a mut Chance,
    names: usize,
    selections: usize,
    values: usize,
    fragments: Vec<String>,
    declared: Vec<String>,
    variables: Map<String, Value>,
    /// The types of the ids that were last given.
    aimed_at: BTreeSet<String>,
    /// The person whose id was last given to ask for a log.
    logged: Option<String>,
    logs: BTreeMap<String, String>,
}

impl<'a> Writer<'a> {
    fn new(shape: &'a Shape, known: &'a Known, chance: &'a mut Chance) -> Self {
        Self {
            shape,
            known,
            chance,
            names: 0,
            selections: SELECTIONS,
            values: VALUES,
            fragments: Vec::new(),
            declared: Vec::new(),
            variables: Map::new(),
            aimed_at: BTreeSet::new(),
            logged: None,
            logs: BTreeMap::new(),
        }
    }

    /// A query.
    pub(crate) fn query(shape: &Shape, known: &Known, chance: &mut Chance, operation: &str) -> Document {
        let mut writer = Writer::new(shape, known, chance);
        let mut fields: Vec<&Field> = shape.fields("Query").iter().collect();
        // What leads to rows by itself is asked more often.
        fields.extend(
            ["dossiers", "dossiers", "dossiers", "dossiers", "node", "node", "nodes", "nodes", "accessLog"]
                .map(|name| shape.field("Query", name).unwrap()),
        );
        let mut roots = String::new();
        for _ in 0..=writer.chance.below(3) {
            let field = *writer.chance.pick(&fields).unwrap();
            write!(roots, " {}", writer.field(field, "Query", 1, 1)).unwrap();
        }
        writer.finish("query", operation, &roots)
    }

    /// A mutation that is refused: on what is not the caller's, or on a version that never was.
    pub(crate) fn refused(shape: &Shape, known: &Known, chance: &mut Chance, operation: &str) -> Document {
        let mut writer = Writer::new(shape, known, chance);
        let is_refused = |field: &&Field| {
            let input = shape.input(&crate::shape::bare(&field.arguments[0].written)).unwrap();
            input.iter().any(|field| field.name == "expectedVersion")
        };
        let fields: Vec<&Field> = shape.fields("Mutation").iter().filter(is_refused).collect();
        let field = *writer.chance.pick(&fields).unwrap();
        let kinds = shape.node_fields(&field.of).into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
        let input = writer.given(&field.arguments[0].written, "input", &kinds);
        writer.mutation(field, input, operation)
    }

    /// A mutation with an input; what is asked of its payload is chance.
    pub(crate) fn change(
        shape: &Shape,
        chance: &mut Chance,
        operation: &str,
        (mutation, input): (&str, Value),
    ) -> Document {
        let known = Known::default();
        let writer = Writer::new(shape, &known, chance);
        writer.mutation(shape.field("Mutation", mutation).unwrap(), input, operation)
    }

    /// An input of a mutation that names nothing that exists, and no version.
    pub(crate) fn input(shape: &Shape, chance: &mut Chance, field: &Field) -> Value {
        let known = Known::default();
        let mut input = Writer::new(shape, &known, chance).given(&field.arguments[0].written, "input", &[]);
        input.as_object_mut().unwrap().remove("expectedVersion");
        input
    }

    fn mutation(mut self, field: &Field, input: Value, operation: &str) -> Document {
        let input = self.declare(&field.arguments[0], input);
        let payload = self.selection(&field.of, 2, 1);
        let root = format!(
            " {}(input: {input}) {{ errors {{ code message reason path }} dossier {{ __typename id }} {payload} }}",
            field.name
        );
        self.finish("mutation", operation, &root)
    }

    /// A subscription to everything after a cursor.
    pub(crate) fn replay(
        shape: &Shape,
        known: &Known,
        chance: &mut Chance,
        operation: &str,
        after: &str,
    ) -> Document {
        let mut writer = Writer::new(shape, known, chance);
        let event = writer.selection("CaseEvent", 2, 1);
        let root = format!(
            " caseEvents(after: {}) {{ __typename ... on CaseEvent {{ cursor dossier {{ __typename id }} {event} }} }}",
            json!(after)
        );
        writer.finish("subscription", operation, &root)
    }

    fn finish(self, verb: &str, operation: &str, roots: &str) -> Document {
        let declared = self.declared.join(", ");
        let declared = if declared.is_empty() { declared } else { format!("({declared})") };
        let fragments = self.fragments.join(" ");
        Document {
            operation: operation.to_owned(),
            text: format!("{verb} {operation}{declared} {{{roots} }} {fragments}"),
            variables: Value::Object(self.variables),
            logs: self.logs,
        }
    }

    /// A selection on a type, of at least one field; for so many rows.
    fn selection(&mut self, kind: &str, depth: usize, rows: usize) -> String {
        let mut parts = vec!["__typename".to_owned()];
        if self.shape.is_node(kind) {
            parts.push("id".to_owned());
        }
        if kind == "Node" {
            return self.on_nodes(depth, rows);
        }
        for field in self.shape.fields(kind) {
            let is_object = !self.shape.fields(&field.of).is_empty() || field.of == "Node";
            let is_there = parts.contains(&field.name);
            let wanted = self.chance.percent(if is_object { 40 } else { 70 });
            let too_deep = is_object && depth + 3 > DEEPEST;
            let too_many = self.selections == 0
                || self.values < rows
                || (self.names >= NAMES && !field.arguments.is_empty());
            if is_there || !wanted || too_deep || too_many {
                continue;
            }
            let part = self.field(field, kind, depth, rows);
            parts.push(part);
        }
        self.in_fragments(kind, parts, depth)
    }

    /// Some of the parts of a selection, written through fragments instead.
    fn in_fragments(&mut self, kind: &str, parts: Vec<String>, depth: usize) -> String {
        let mut written = String::new();
        for part in parts {
            match self.chance.below(12) {
                0 if depth < DEEPEST => write!(written, " ... on {kind} {{ {part} }}").unwrap(),
                1 if depth < DEEPEST => write!(written, " ... {{ {part} }}").unwrap(),
                2 if self.fragments.len() < FRAGMENTS => {
                    let name = format!("F{}", self.fragments.len());
                    self.fragments.push(format!("fragment {name} on {kind} {{ {part} }}"));
                    write!(written, " ...{name}").unwrap();
                }
                _ => write!(written, " {part}").unwrap(),
            }
        }
        written
    }

    /// A selection on the interface: of some kinds what belongs to them.
    fn on_nodes(&mut self, depth: usize, rows: usize) -> String {
        let mut written = "__typename id".to_owned();
        let mut kinds = std::mem::take(&mut self.aimed_at);
        for _ in 0..3 {
            kinds.insert(self.chance.pick(&self.shape.nodes()).map(|kind| (*kind).to_owned()).unwrap());
        }
        for kind in kinds.into_iter().filter(|_| depth < DEEPEST) {
            write!(written, " ... on {kind} {{ {} }}", self.selection(&kind, depth, rows)).unwrap();
        }
        written
    }

    /// A field with its arguments and what is selected of it.
    fn field(&mut self, field: &Field, of: &str, depth: usize, rows: usize) -> String {
        self.aimed_at.clear();
        let (arguments, size) = self.arguments(field, of);
        let logged = self.logged.take();
        let below = match field.of.strip_suffix("Connection") {
            Some(kind) => {
                let node = self.selection(kind, depth + 3, rows * size);
                let info = if self.chance.percent(50) {
                    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
                } else {
                    ""
                };
                format!(" {{ {info} edges {{ cursor node {{ {node} }} }} }}")
            }
            None if self.shape.fields(&field.of).is_empty() && field.of != "Node" => String::new(),
            None => format!(" {{ {} }}", self.selection(&field.of, depth + 1, rows * size)),
        };
        self.selections = self.selections.saturating_sub(1);
        self.values = self.values.saturating_sub(rows);
        // What is asked with arguments has a name of its own: the same field may be asked in another way beside it.
        let other_name = !arguments.is_empty() || (self.names < NAMES && self.chance.percent(8));
        let name =
            if other_name { format!("o{}_{}", self.next_name(), field.name) } else { field.name.clone() };
        self.logs.extend(logged.map(|person| (name.clone(), person)));
        let called = if other_name { format!("{name}: {}{arguments}", field.name) } else { name };
        let directive = match self.chance.below(60) {
            0 => " @include(if: true)",
            1 => " @skip(if: false)",
            _ => "",
        };
        format!("{called}{directive}{below}")
    }

    fn next_name(&mut self) -> usize {
        self.names += 1;
        self.names
    }

    /// The arguments of a field, written, and how many rows it gives at most.
    fn arguments(&mut self, field: &Field, of: &str) -> (String, usize) {
        let mut given = Vec::new();
        let mut size = 1;
        if field.arguments.iter().any(|argument| argument.name == "first") {
            size = 1 + self.chance.below(if of == "Query" { 8 } else { 4 });
            let takes_last = field.arguments.iter().any(|argument| argument.name == "last");
            let backward = self.chance.percent(40) && takes_last;
            given.push(format!("{}: {size}", if backward { "last" } else { "first" }));
            let cursors: Vec<&String> = self.known.cursors.iter().collect();
            let continued = self.chance.percent(25);
            if let Some(cursor) = self.chance.pick(&cursors).filter(|_| continued) {
                given.push(format!("{}: {}", if backward { "before" } else { "after" }, json!(cursor)));
            }
        }
        let paging = ["first", "last", "after", "before"];
        for argument in field.arguments.iter().filter(|argument| !paging.contains(&argument.name.as_str())) {
            if !argument.needed && self.chance.percent(80) {
                continue;
            }
            let value = self.given(&argument.written, &argument.name, &[]);
            size = size.max(value.as_array().map_or(1, Vec::len));
            let written =
                if self.chance.percent(50) { self.declare(argument, value) } else { literal(&value) };
            given.push(format!("{}: {written}", argument.name));
        }
        if given.is_empty() { (String::new(), size) } else { (format!("({})", given.join(", ")), size) }
    }

    /// A value given by a variable.
    fn declare(&mut self, argument: &Argument, value: Value) -> String {
        let name = format!("v{}", self.declared.len());
        self.declared.push(format!("${name}: {}", argument.written));
        self.variables.insert(name.clone(), value);
        format!("${name}")
    }

    /// A value of a type for what has a name; an id is one of these kinds, or of any.
    fn given(&mut self, written: &str, name: &str, kinds: &[&str]) -> Value {
        let of = written.trim_end_matches('!');
        if let Some(of) = of.strip_prefix('[').and_then(|of| of.strip_suffix(']')) {
            let some = 1 + self.chance.below(5);
            return (0..some).map(|_| self.given(of, name, kinds)).collect();
        }
        if of == "PersonSearch" {
            return self
                .chance
                .pick(&self.known.searches)
                .cloned()
                .unwrap_or(json!({ "familyName": "Niemand" }));
        }
        if let Some(fields) = self.shape.input(of) {
            let mut input = Map::new();
            for field in fields.iter().filter(|field| field.needed || field.name == "expectedVersion") {
                input.insert(field.name.clone(), self.given(&field.written, &field.name, kinds));
            }
            return Value::Object(input);
        }
        if let Some(values) = self.shape.values_of(of) {
            return json!(self.chance.pick(values));
        }
        match (of, name) {
            (_, "expectedVersion") => json!(NO_VERSION),
            ("ID", "personId") => {
                let person = self.id(&["Person"]);
                self.logged = Some(person.clone());
                json!(person)
            }
            ("ID", _) => json!(self.id(kinds)),
            ("IdempotencyKey", _) => json!(Uuid::now_v7()),
            (_, "house") => json!(self.chance.pick(&["TWENTE", "MARKIEZATEN", "DRENTHE"])),
            (_, "tafel") => json!(self.chance.pick(Tafel::ALL).map(|tafel| tafel.code())),
            (_, "phase") => json!(self.chance.pick(Phase::ALL).map(|phase| phase.code())),
            (_, "category" | "categories") => {
                json!(self.chance.pick(Category::ALL).map(|category| category.code()))
            }
            (_, "state") => json!(self.chance.pick(&["OPEN", "BEEINDIGD", "BEOORDEELD_TERECHT"])),
            ("Date", "from") => json!("2020-01-01"),
            ("Date", "to") => json!("2030-12-31"),
            ("Date", _) => json!("2026-03-31"),
            ("Boolean", _) => json!(self.chance.percent(50)),
            ("Int", _) => json!(self.chance.below(4)),
            _ => json!("Tekst"),
        }
    }

    /// An id: half the time one that the caller was shown, else any.
    fn id(&mut self, kinds: &[&str]) -> String {
        let all = self.shape.nodes();
        let kind = *self.chance.pick(if kinds.is_empty() { &all } else { kinds }).unwrap();
        self.aimed_at.insert(kind.to_owned());
        let own: Vec<&String> = self.known.own.get(kind).into_iter().flatten().collect();
        let is_own = self.chance.percent(60);
        if let Some(id) = self.chance.pick(&own).filter(|_| is_own) {
            return (*id).clone();
        }
        let any = self.known.any.get(kind).map_or(&[][..], Vec::as_slice);
        self.chance.pick(any).cloned().unwrap_or_else(|| "geen id".to_owned())
    }
}

/// A value as a document writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", literal(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
