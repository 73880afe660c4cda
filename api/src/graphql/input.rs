//! Checks the values of variables and of arguments against the schema before anything is executed, and names the path
//! of what is wrong: an unknown value of an enum, a missing field, a field that does not exist.
//!
//! It looks at forms only, in one pass over the values; texts are for [`super::check`]. It never repeats a value.

use async_graphql::parser::types::{
    BaseType, Field, OperationDefinition, OperationType, Selection, SelectionSet, Type, TypeCondition,
};
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

/// Checks the variables of an operation, and what its document says itself.
pub(crate) fn check(
    registry: &Registry,
    operation: &Operation,
    trace: TraceId,
) -> Result<(), Vec<ServerError>> {
    let Some(definition) = operation.definition() else { return Ok(()) };
    let mut wrong = wrong_variables(registry, definition, operation);
    // An argument takes over what is wrong with its variable, and that is told once.
    if let Some(root) = root_of(registry, definition).filter(|_| wrong.is_empty()) {
        let mut reader = Arguments { registry, operation, depth: 0, wrong: Vec::new() };
        reader.read(root, &definition.selection_set.node);
        wrong.append(&mut reader.wrong);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.into_iter().take(20).map(|wrong| error(wrong, trace)).collect())
}

fn error(wrong: Wrong, trace: TraceId) -> ServerError {
    Fault::from(wrong.reason).of_input(wrong.path).traced(trace).worded(Wording::ForUsers)
}

fn root_of<'r>(registry: &'r Registry, definition: &OperationDefinition) -> Option<&'r MetaType> {
    let name = match definition.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    registry.types.get(name)
}

/// The deepest selection that is read: deeper documents are beyond their budget, or turn in a circle.
const DEEPEST: usize = 32;

/// Reads the arguments of a document.
struct Arguments<'r> {
    registry: &'r Registry,
    operation: &'r Operation,
    depth: usize,
    wrong: Vec<Wrong>,
}

impl<'r> Arguments<'r> {
    fn read(&mut self, on: &'r MetaType, selections: &'r SelectionSet) {
        if self.depth == DEEPEST {
            return;
        }
        self.depth += 1;
        for selection in &selections.items {
            self.read_selection(on, &selection.node);
        }
        self.depth -= 1;
    }

    fn read_selection(&mut self, on: &'r MetaType, selection: &'r Selection) {
        let registry = self.registry;
        let named = |condition: &TypeCondition| registry.types.get(condition.on.node.as_str());
        match selection {
            Selection::Field(field) => self.read_field(on, &field.node),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let on = condition.map_or(Some(on), |condition| named(&condition.node));
                if let Some(on) = on {
                    self.read(on, &fragment.node.selection_set.node);
                }
            }
            // Fragments have been written out: validation refuses a spread that is left.
            Selection::FragmentSpread(_) => {}
        }
    }

    fn read_field(&mut self, on: &'r MetaType, field: &'r Field) {
        let Some(meta) = on.field_by_name(field.name.node.as_str()) else { return };
        for (name, value) in &field.arguments {
            let expected = meta.args.get(name.node.as_str()).and_then(|argument| Type::new(&argument.ty));
            let variables = &self.operation.variables;
            let value = value.node.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(()));
            if let (Some(expected), Ok(value)) = (expected, value) {
                check_value(
                    self.registry,
                    &expected,
                    &value,
                    &mut vec![name.node.to_string()],
                    &mut self.wrong,
                );
            }
        }
        let inner = self.registry.types.get(meta.ty.trim_matches(['[', ']', '!']));
        if let Some(inner) = inner {
            self.read(inner, &field.selection_set.node);
        }
    }
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
        (Some(MetaType::Enum { enum_values, .. }), Value::Enum(code))
            if !enum_values.contains_key(code.as_str()) =>
        {
            Some(Reason::ENUM_VALUE)
        }
        (Some(MetaType::InputObject { input_fields, .. }), Value::Object(fields)) => {
            // The name of an unknown field is the client's own word and is not repeated.
            if fields.keys().any(|field| !input_fields.contains_key(field.as_str())) {
                wrong.push(Wrong { path: path.clone(), reason: Reason::UNKNOWN_FIELD });
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
