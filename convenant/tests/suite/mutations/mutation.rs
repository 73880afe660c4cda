//! The mutations of a policy, made on Cedar's own JSON form of it. It must never make one that is no Cedar.

use std::path::Path;

use cedar_policy::{Policy, PolicySet};
use serde_json::{Value, json};

use super::ROOT;

const FILES: [&str; 4] = ["ask.cedar", "forbid.cedar", "see.cedar", "supply.cedar"];

/// One change of one policy.
pub(super) struct Mutation {
    /// The row and what was changed: `V14 when: without 2 of &&`.
    pub(super) name: String,
    pub(super) row: String,
    pub(super) file: &'static str,
    /// The whole file with the change in it.
    pub(super) text: String,
}

/// A file of policies.
pub(super) struct Source {
    file: &'static str,
    policies: Vec<Policy>,
}

/// A changed piece of a policy, and in words what was changed.
type Variant = (String, Value);

impl Source {
    pub(super) fn all() -> Vec<Self> {
        FILES.map(Self::read).into()
    }

    fn read(file: &'static str) -> Self {
        let text = std::fs::read_to_string(Path::new(ROOT).join("model").join(file)).expect("policies");
        let policies: PolicySet = text.parse().expect("Cedar");
        Self { file, policies: policies.policies().cloned().collect() }
    }

    pub(super) fn mutations(&self) -> Vec<Mutation> {
        (0..self.policies.len()).flat_map(|place| self.mutations_of(place)).collect()
    }

    fn mutations_of(&self, place: usize) -> Vec<Mutation> {
        let policy = &self.policies[place];
        let row = policy.annotation("id").expect("an id");
        let written = policy.to_json().expect("JSON");
        let mut mutations = vec![self.mutation(row, "removed", place, None)];
        for (what, changed) in variants_of_policy(&written) {
            let changed = Policy::from_json(None, changed).expect("Cedar");
            mutations.push(self.mutation(row, &what, place, Some(&changed)));
        }
        mutations
    }

    fn mutation(&self, row: &str, what: &str, place: usize, changed: Option<&Policy>) -> Mutation {
        let (before, after) = (&self.policies[..place], &self.policies[place + 1..]);
        let policies = before.iter().chain(changed).chain(after);
        let texts: Vec<_> = policies.map(|policy| policy.to_cedar().expect("text")).collect();
        Mutation {
            name: format!("{row} {what}"),
            row: row.to_owned(),
            file: self.file,
            text: texts.join("\n\n"),
        }
    }
}

fn variants_of_policy(policy: &Value) -> Vec<Variant> {
    let mut variants = vec![("flipped".to_owned(), flipped(policy))];
    for part in ["principal", "action", "resource"] {
        if policy[part]["op"] != "All" {
            let mut changed = policy.clone();
            changed[part] = json!({ "op": "All" });
            variants.push((format!("any {part}"), changed));
        }
    }
    let conditions = policy["conditions"].as_array().expect("conditions");
    for (place, condition) in conditions.iter().enumerate() {
        let kind = condition["kind"].as_str().expect("when or unless");
        let mut without = policy.clone();
        without["conditions"].as_array_mut().expect("conditions").remove(place);
        variants.push((format!("without {kind}"), without));
        let members = if kind == "unless" { Members::EachLeftOut } else { Members::Kept };
        for (what, body) in variants_of(&condition["body"], members) {
            let mut changed = policy.clone();
            changed["conditions"][place]["body"] = body;
            variants.push((format!("{kind}: {what}"), changed));
        }
    }
    variants
}

/// A permit for a forbid and the other way round; only a forbid can hold for all assignments.
fn flipped(policy: &Value) -> Value {
    let mut changed = policy.clone();
    let permits = policy["effect"] == "permit";
    changed["effect"] = if permits { "forbid" } else { "permit" }.into();
    changed["annotations"].as_object_mut().expect("annotations").remove("holds_for_all");
    changed
}

/// Whether the members of a set are left out one by one: in an exception each is an exception of its own. The long
/// lists of a condition are held by the cross products of `agreement` and would take hours here.
#[derive(Clone, Copy)]
enum Members {
    Kept,
    EachLeftOut,
}

/// An expression with one operand of a chain of && or || left out, or one member of a set, wherever it stands.
fn variants_of(expression: &Value, members: Members) -> Vec<Variant> {
    let Value::Object(parts) = expression else { return Vec::new() };
    let Some((operator, operands)) = parts.iter().next() else { return Vec::new() };
    match operator.as_str() {
        "&&" | "||" => variants_of_chain(operator, &chain(operator, expression), members),
        "Set" => match members {
            Members::Kept => Vec::new(),
            Members::EachLeftOut => variants_of_set(operands.as_array().expect("members")),
        },
        "Value" | "Var" => Vec::new(),
        _ => variants_of_operands(operator, operands, members),
    }
}

/// The operands of `a && b && c`, in their order.
fn chain<'a>(operator: &str, expression: &'a Value) -> Vec<&'a Value> {
    match expression.get(operator) {
        Some(pair) => [chain(operator, &pair["left"]), chain(operator, &pair["right"])].concat(),
        None => vec![expression],
    }
}

fn joined(operator: &str, operands: impl Iterator<Item = Value>) -> Value {
    operands.reduce(|left, right| json!({ operator: { "left": left, "right": right } })).expect("an operand")
}

fn variants_of_chain(operator: &str, operands: &[&Value], members: Members) -> Vec<Variant> {
    let mut variants = Vec::new();
    for (place, operand) in operands.iter().enumerate() {
        let rest = operands.iter().enumerate().filter(|(other, _)| *other != place);
        let rest = joined(operator, rest.map(|(_, operand)| (*operand).clone()));
        variants.push((format!("without {} of {operator}", place + 1), rest));
        for (what, changed) in variants_of(operand, members) {
            let mut operands: Vec<Value> = operands.iter().map(|operand| (*operand).clone()).collect();
            operands[place] = changed;
            variants.push((
                format!("in {} of {operator}: {what}", place + 1),
                joined(operator, operands.into_iter()),
            ));
        }
    }
    variants
}

fn variants_of_set(members: &[Value]) -> Vec<Variant> {
    if members.len() < 2 {
        return Vec::new();
    }
    let without = |place: usize| {
        let mut rest = members.to_vec();
        let member = rest.remove(place);
        let id = &member["Value"]["__entity"]["id"];
        let name = id.as_str().map_or_else(|| member["Value"].to_string(), str::to_owned);
        (format!("without {name}"), json!({ "Set": rest }))
    };
    (0..members.len()).map(without).collect()
}

fn variants_of_operands(operator: &str, operands: &Value, members: Members) -> Vec<Variant> {
    let mut variants = Vec::new();
    for name in ["left", "right", "arg"] {
        let operand = operands.get(name).into_iter().flat_map(|operand| variants_of(operand, members));
        for (what, changed) in operand {
            let mut operands = operands.clone();
            operands[name] = changed;
            variants.push((what, json!({ operator: operands })));
        }
    }
    variants
}
