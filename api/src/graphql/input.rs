//! Checks the values of variables against the schema before anything is executed, and names the path of what is
//! wrong: an unknown value of an enum, a missing field, a field that does not exist.
//!
//! It looks at forms only, in one pass over the values; texts are for [`super::check`]. It never repeats a value.

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Name, ServerError, Value};

use super::operation::Operation;
use crate::error::{Fault, Reason, Wording};
use crate::trace::TraceId;

/// What is wrong with a value, and where.
struct Wrong {
    path: Vec<String>,
    reason: Reason,
}

/// Checks the variables of an operation.
pub(crate) fn check(
    registry: &Registry,
    operation: &Operation,
    trace: TraceId,
) -> Result<(), Vec<ServerError>> {
    let Some(definition) = operation.definition() else { return Ok(()) };
    let wrong = wrong_variables(registry, definition, operation);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.into_iter().take(20).map(|wrong| error(wrong, trace)).collect())
}

fn error(wrong: Wrong, trace: TraceId) -> ServerError {
    let mut error = Fault::from(wrong.reason).traced(trace).worded(Wording::ForUsers);
    let path = wrong.path.into_iter().map(Value::String).collect();
    error.extensions.get_or_insert_default().set("path", Value::List(path));
    error
}

fn wrong_variables(
    registry: &Registry,
    definition: &OperationDefinition,
    operation: &Operation,
) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for variable in &definition.variable_definitions {
        let name = &variable.node.name.node;
        let given = operation.variables.get(name);
        let has_default = variable.node.default_value.is_some();
        let mut path = vec![name.to_string()];
        match given {
            None if has_default => {}
            None => require(&variable.node.var_type.node, &path, &mut wrong),
            Some(value) => check_value(registry, &variable.node.var_type.node, value, &mut path, &mut wrong),
        }
    }
    wrong
}

fn require(expected: &Type, path: &[String], wrong: &mut Vec<Wrong>) {
    if !expected.nullable {
        wrong.push(Wrong { path: path.to_vec(), reason: Reason::REQUIRED });
    }
}

fn check_value(
    registry: &Registry,
    expected: &Type,
    value: &Value,
    path: &mut Vec<String>,
    wrong: &mut Vec<Wrong>,
) {
    if *value == Value::Null {
        require(expected, path, wrong);
        return;
    }
    match (&expected.base, value) {
        (BaseType::List(items), Value::List(values)) => {
            for (place, item) in values.iter().enumerate() {
                path.push(place.to_string());
                check_value(registry, items, item, path, wrong);
                path.pop();
            }
        }
        (BaseType::List(items), single) => check_value(registry, items, single, path, wrong),
        (BaseType::Named(name), value) => check_named(registry, name, value, path, wrong),
    }
}

fn check_named(
    registry: &Registry,
    name: &Name,
    value: &Value,
    path: &mut Vec<String>,
    wrong: &mut Vec<Wrong>,
) {
    let reason = match (registry.types.get(name.as_str()), value) {
        (Some(MetaType::Enum { enum_values, .. }), Value::String(code))
            if !enum_values.contains_key(code) =>
        {
            Some(Reason::ENUM_VALUE)
        }
        (Some(MetaType::InputObject { input_fields, .. }), Value::Object(fields)) => {
            for unknown in fields.keys().filter(|field| !input_fields.contains_key(field.as_str())) {
                path.push(unknown.to_string());
                wrong.push(Wrong { path: path.clone(), reason: Reason::UNKNOWN_FIELD });
                path.pop();
            }
            for (field, meta) in input_fields {
                path.push(field.clone());
                check_field(registry, meta, fields.get(field.as_str()), path, wrong);
                path.pop();
            }
            None
        }
        (Some(MetaType::Scalar { is_valid: Some(is_valid), .. }), value) if !is_valid(value) => {
            Some(Reason::VALUE)
        }
        (Some(MetaType::Enum { .. }), Value::String(_) | Value::Enum(_))
        | (Some(MetaType::Scalar { .. }) | None, _) => None,
        _ => Some(Reason::VALUE),
    };
    wrong.extend(reason.map(|reason| Wrong { path: path.clone(), reason }));
}

fn check_field(
    registry: &Registry,
    meta: &async_graphql::registry::MetaInputValue,
    value: Option<&Value>,
    path: &mut Vec<String>,
    wrong: &mut Vec<Wrong>,
) {
    let Some(expected) = Type::new(&meta.ty) else { return };
    match value {
        None if meta.default_value.is_some() => {}
        None => require(&expected, path, wrong),
        Some(value) => check_value(registry, &expected, value, path, wrong),
    }
}
