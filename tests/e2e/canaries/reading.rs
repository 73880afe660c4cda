//! Reads from the answers themselves what left the server: which rows, and which fields of them with a value.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::document::{Document, Known};
use crate::arrange::row_in;
use crate::shape::Shape;

/// A classified field of a row, as an answer has it.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The type of the row.
    pub(crate) kind: String,
    /// The row.
    pub(crate) row: Uuid,
    /// The field; none for the row itself, of which an answer tells without any.
    pub(crate) field: Option<(String, String)>,
    /// Whether there is a value.
    pub(crate) is_shown: bool,
}

/// The name of the field behind the name in the answer.
fn field_behind(name: &str) -> &str {
    if name.starts_with("__") { name } else { name.rsplit('_').next().unwrap() }
}

/// Every row of an answer with its classified fields. A log that was told is the inzagelog of its person, also when it
/// is empty.
pub(crate) fn cells(shape: &Shape, document: &Document, answer: &Value) -> Vec<Cell> {
    let mut found = Vec::new();
    look(shape, answer, &mut found);
    for (name, person) in &document.logs {
        if answer["data"][name].is_object() {
            let (kind, row) = ("Person".to_owned(), row_in(person));
            let field = Some(("accessLog".to_owned(), "D35".to_owned()));
            found.push(Cell { kind, row, field, is_shown: true });
        }
    }
    found
}

fn look(shape: &Shape, answer: &Value, found: &mut Vec<Cell>) {
    match answer {
        Value::Object(fields) => {
            if let Some((kind, row)) = node(shape, fields) {
                found.push(Cell { kind: kind.clone(), row, field: None, is_shown: true });
                for (name, value) in fields {
                    let Some(field) = shape.field(&kind, field_behind(name)) else { continue };
                    let Some(leaf) = field.leaf.clone().filter(|leaf| leaf != "OPEN") else { continue };
                    let field = Some((field.name.clone(), leaf));
                    found.push(Cell { kind: kind.clone(), row, field, is_shown: !value.is_null() });
                }
            }
            fields.values().for_each(|value| look(shape, value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| look(shape, value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn node(shape: &Shape, fields: &Map<String, Value>) -> Option<(String, Uuid)> {
    let kind = fields.get("__typename")?.as_str().filter(|kind| shape.is_node(kind))?;
    let id = fields.get("id")?.as_str()?;
    Some((kind.to_owned(), row_in(id)))
}

/// Keeps the ids and cursors of an answer, to ask for them again.
pub(crate) fn learn(shape: &Shape, answer: &Value, known: &mut Known) {
    match answer {
        Value::Object(fields) => {
            if let Some((kind, _)) = node(shape, fields) {
                let ids = known.own.entry(kind).or_default();
                if ids.len() < 60 {
                    ids.insert(fields["id"].as_str().unwrap().to_owned());
                }
            }
            for (name, value) in fields {
                let is_cursor = ["cursor", "startCursor", "endCursor"].contains(&field_behind(name));
                if let Some(cursor) = value.as_str().filter(|_| is_cursor && known.cursors.len() < 200) {
                    known.cursors.insert(cursor.to_owned());
                }
                learn(shape, value, known);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| learn(shape, value, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
