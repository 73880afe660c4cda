//! One GraphQL operation, read from a request body and known to be within budget.
//!
//! The budget is measured on the text, before the parser sees it. An operation that exists has been parsed,
//! but not validated: whether it fits the schema is for the executor to say.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::parser::{Positioned, parse_query};
use async_graphql::{Name, Variables};
use serde_json::{Map, Value};

use super::budget::{self, Limits};
use super::fragments::write_out;
use crate::error::{Fault, Reason};
use crate::trace::TraceId;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// It reads.
    Query,
    /// It changes something.
    Mutation,
    /// It follows what changes.
    Subscription,
}

impl From<OperationType> for OperationKind {
    fn from(kind: OperationType) -> Self {
        match kind {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

/// One operation of one request.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The parsed document with its fragments written out, not yet validated.
    pub document: ExecutableDocument,
    /// What the chosen operation does.
    pub kind: OperationKind,
    /// The name of the chosen operation, when it has one: what to give the executor as `operationName`.
    pub name: Option<String>,
    /// The variables, within budget.
    pub variables: Variables,
    /// The trace of the request.
    pub trace: TraceId,
}

impl Operation {
    /// Reads the body of a request: a JSON object with `query` and perhaps `variables`, `operationName` and
    /// `extensions`. An array is refused; keys we do not know are ignored.
    pub fn from_body(body: &[u8], limits: &Limits, trace: TraceId) -> Result<Self, Fault> {
        let request = serde_json::from_slice(body).map_err(|_| Fault::from(Reason::BODY).traced(trace))?;
        Self::from_json(request, limits, trace)
    }

    /// The same, from JSON that has been read already: the payload of a `subscribe` message.
    pub fn from_json(request: Value, limits: &Limits, trace: TraceId) -> Result<Self, Fault> {
        read(request, limits, trace).map_err(|fault| fault.traced(trace))
    }

    /// The chosen operation of the document.
    pub(crate) fn definition(&self) -> Option<&OperationDefinition> {
        choose(&self.document.operations, self.name.as_deref()).ok().map(|(_, definition)| &definition.node)
    }
}

fn read(request: Value, limits: &Limits, trace: TraceId) -> Result<Operation, Fault> {
    let mut request = match request {
        Value::Object(members) => members,
        Value::Array(_) => return Err(Reason::BATCH.into()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(Reason::BODY.into()),
    };
    let Some(Value::String(text)) = request.remove("query") else { return Err(Reason::BODY.into()) };
    let wanted = optional_name(&mut request)?;
    let variables = optional_object(&mut request, "variables")?;
    optional_object(&mut request, "extensions")?;
    budget::check_document(&text, limits)?;
    budget::check_variables(&variables, limits)?;
    let document = parse_query(&text).map_err(|error| {
        let places = error.positions().collect();
        Fault::from(Reason::SYNTAX).at(places).for_developers(error.to_string())
    })?;
    let document = write_out(document);
    let (name, definition) = choose(&document.operations, wanted.as_deref())?;
    if definition.node.ty == OperationType::Subscription {
        // What is disclosed is proved event by event, so events of two fields may not meet in one stream.
        let fields = root_fields(&definition.node.selection_set.node, 0);
        if fields != 1 {
            return Err(Reason::SUBSCRIPTION_FIELDS.into());
        }
    }
    Ok(Operation {
        kind: definition.node.ty.into(),
        name: name.map(ToString::to_string),
        variables: with_left_out(Variables::from_json(Value::Object(variables)), &definition.node),
        trace,
        document,
    })
}

/// The variables, and null for each that was left out, may be null and has no default. Nothing in the schema tells a value
/// that is left out from null; but what an operation costs is counted by the values of all its variables, and one that is
/// nowhere would be an error.
fn with_left_out(mut variables: Variables, definition: &OperationDefinition) -> Variables {
    let declared = definition.variable_definitions.iter().map(|declared| &declared.node);
    for variable in
        declared.filter(|declared| declared.var_type.node.nullable && declared.default_value.is_none())
    {
        variables.entry(variable.name.node.clone()).or_default();
    }
    variables
}

/// Fragments are not followed deeper than this: no app nests so deep.
const DEEPEST: usize = 32;

/// How many fields a selection of the root has. A spread that is left is one that validation refuses.
fn root_fields(selections: &SelectionSet, depth: usize) -> usize {
    if depth == DEEPEST {
        return usize::MAX;
    }
    let fields = selections.items.iter().map(|selection| match &selection.node {
        Selection::Field(_) => 1,
        Selection::InlineFragment(fragment) => root_fields(&fragment.node.selection_set.node, depth + 1),
        Selection::FragmentSpread(_) => 0,
    });
    fields.fold(0, usize::saturating_add)
}

fn optional_name(request: &mut Map<String, Value>) -> Result<Option<String>, Fault> {
    match request.remove("operationName") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name).filter(|name| !name.is_empty())),
        Some(_) => Err(Reason::BODY.into()),
    }
}

fn optional_object(request: &mut Map<String, Value>, key: &str) -> Result<Map<String, Value>, Fault> {
    match request.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(Reason::BODY.into()),
    }
}

type Chosen<'a> = (Option<&'a Name>, &'a Positioned<OperationDefinition>);

fn choose<'a>(operations: &'a DocumentOperations, wanted: Option<&str>) -> Result<Chosen<'a>, Fault> {
    let mut candidates = operations.iter().filter(|(name, _)| match wanted {
        Some(wanted) => name.is_some_and(|name| name == wanted),
        None => true,
    });
    match (candidates.next(), candidates.next()) {
        (Some(chosen), None) => Ok(chosen),
        _ => Err(Reason::OPERATION.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trace() -> TraceId {
        TraceId::from([1; 16])
    }

    fn read_json(request: Value) -> Result<Operation, Fault> {
        Operation::from_json(request, &Limits::default(), trace())
    }

    fn reason(request: Value) -> &'static str {
        read_json(request).unwrap_err().reason().unwrap()
    }

    #[test]
    fn a_request_becomes_one_operation() {
        let operation = read_json(json!({
            "query": "query A($x: Int) { a(x: $x) } mutation B { b }",
            "operationName": "B", "variables": {"x": 1}, "extensions": {}, "somethingNew": true,
        }))
        .unwrap();
        assert_eq!(operation.kind, OperationKind::Mutation);
        assert_eq!(operation.name.as_deref(), Some("B"));
        assert_eq!(operation.variables.len(), 1);
    }

    #[test]
    fn a_variable_that_is_left_out_is_null_where_it_may_be() {
        let query = "query($given: Int, $out: Int, $needed: Int!, $usual: Int = 3) { a }";
        let read = read_json(json!({"query": query, "variables": {"given": 1}})).unwrap();
        let known: Vec<_> =
            read.variables.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
        assert_eq!(known, [("given", "1".to_owned()), ("out", "null".to_owned())]);
    }

    #[test]
    fn the_only_operation_needs_no_name() {
        assert_eq!(read_json(json!({"query": "subscription S { s }"})).unwrap().name.as_deref(), Some("S"));
        let anonymous =
            read_json(json!({"query": "{ a }", "operationName": null, "variables": null})).unwrap();
        assert_eq!((anonymous.kind, anonymous.name), (OperationKind::Query, None));
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_reason() {
        let twice = "fragment F on Subscription { s } subscription { ...F ... on Subscription { t: s } }";
        let cases = [
            (json!({"query": "subscription { s t: s }"}), "SUBSCRIPTION_FIELDS"),
            (json!({"query": twice}), "SUBSCRIPTION_FIELDS"),
            (json!({"query": "subscription { s __typename }"}), "SUBSCRIPTION_FIELDS"),
            (json!([{"query": "{ a }"}]), "BATCH"),
            (json!("{ a }"), "BODY"),
            (json!({}), "BODY"),
            (json!({"query": 1}), "BODY"),
            (json!({"query": "{ a }", "variables": [1]}), "BODY"),
            (json!({"query": "{ a }", "variables": "x"}), "BODY"),
            (json!({"query": "{ a }", "operationName": 7}), "BODY"),
            (json!({"query": "{ a }", "extensions": []}), "BODY"),
            (json!({"query": "{ a "}), "SYNTAX"),
            (json!({"query": ""}), "SYNTAX"),
            (json!({"query": "fragment F on T { a }"}), "SYNTAX"),
            (json!({"query": "query A { a } query B { b }"}), "OPERATION"),
            (json!({"query": "query A { a }", "operationName": "B"}), "OPERATION"),
            (json!({"query": "{ a }", "operationName": "B"}), "OPERATION"),
        ];
        for (request, expected) in cases {
            assert_eq!(reason(request.clone()), expected, "{request}");
        }
        let fault = Operation::from_body(b"{\"query\":", &Limits::default(), trace()).unwrap_err();
        assert_eq!(fault.reason(), Some("BODY"));
    }

    #[test]
    fn a_syntax_error_says_where_and_nothing_else() {
        let fault = read_json(json!({"query": "{ a(b: }"})).unwrap_err();
        assert_eq!(fault.message(), Reason::SYNTAX.message);
        assert!(!fault.worded(crate::error::Wording::ForUsers).locations.is_empty());
    }

    #[test]
    fn only_a_valid_traceparent_is_followed() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let trace = TraceId::from_traceparent(valid).unwrap();
        assert_eq!(trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        for invalid in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e47é6-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceId::from_traceparent(invalid), None, "{invalid}");
        }
    }
}
