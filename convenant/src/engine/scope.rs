//! What a policy needs, read from the policy itself: the values that can make it match, and the words it looks at.
//!
//! A scope may be too wide, never too narrow: what is not understood here is left to Cedar.

use serde_json::Value;

use super::point::{DIMS, Dim, Point, width};
use crate::model::Model;
use crate::vocabulary::{
    Category, CategorySet, Fact, Involvement, PartnerKind, PartnerWord, Phase, Side, Tafel, Verb,
};

const ANY: u64 = u64::MAX;

/// For every dimension the values under which something can be so: a box around all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room([u64; DIMS]);

impl Room {
    const ALL: Self = Self([ANY; DIMS]);
    const NONE: Self = Self([0; DIMS]);

    fn one(dim: Dim, values: u64) -> Self {
        let mut room = Self::ALL;
        if let Some(slot) = room.0.get_mut(dim.place()) {
            *slot = values;
        }
        room
    }

    fn is_empty(self) -> bool {
        self.0.contains(&0)
    }

    fn both(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.at(place) & other.at(place)))
    }

    /// Around either: a room without values adds nothing.
    fn either(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self(std::array::from_fn(|place| self.at(place) | other.at(place))),
        }
    }

    fn at(self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(ANY)
    }
}

/// The necessary conditions of a policy: outside it, the policy cannot match.
#[derive(Debug)]
pub(super) struct Scope {
    room: Room,
    narrow: Vec<(usize, u64)>,
}

impl Scope {
    /// Reads the scope from a policy in Cedar's own JSON form.
    pub(super) fn of(policy: &Value, model: &Model) -> Self {
        let reader = Reader { model };
        let head = ["principal", "action", "resource"].iter().map(|part| reader.head(part, &policy[part]));
        let conditions = policy["conditions"].as_array().into_iter().flatten();
        let body = conditions.map(|condition| reader.room(&condition["body"], condition["kind"] == "when"));
        let room = head.chain(body).fold(Room::ALL, Room::both);
        let narrow =
            (0..DIMS).map(|place| (place, room.at(place))).filter(|(_, values)| *values != ANY).collect();
        Self { room, narrow }
    }

    pub(super) fn may_match(&self, point: &Point) -> bool {
        self.narrow.iter().all(|(place, values)| values >> point.at(*place) & 1 == 1)
    }

    /// The same, whatever the category.
    pub(super) fn may_match_some_category(&self, point: &Point) -> bool {
        let apart = self.narrow.iter().filter(|(place, _)| *place != Dim::Category.place());
        apart.into_iter().all(|(place, values)| values >> point.at(*place) & 1 == 1)
    }

    /// The same of a point of which only the `known` dimensions are chosen, one bit each.
    pub(super) fn may_match_of(&self, point: &Point, known: u32) -> bool {
        let chosen = self.narrow.iter().filter(|(place, _)| known >> place & 1 == 1);
        chosen.into_iter().all(|(place, values)| values >> point.at(*place) & 1 == 1)
    }

    /// Does the policy name partners, rather than all of them?
    pub(super) fn names_partners(&self) -> bool {
        self.narrow.iter().any(|(place, _)| *place == Dim::Partner.place())
    }

    pub(super) fn admits(&self, dim: Dim, value: usize) -> bool {
        self.room.at(dim.place()) >> value & 1 == 1
    }
}

/// Reads expressions of Cedar's JSON form.
struct Reader<'m> {
    model: &'m Model,
}

impl Reader<'_> {
    fn head(&self, part: &str, head: &Value) -> Room {
        let dim = match part {
            "principal" => Dim::Partner,
            "action" => Dim::Verb,
            _ => Dim::Category,
        };
        let entities = head.get("entities").and_then(Value::as_array);
        let mut named = entities.into_iter().flatten().chain(head.get("entity"));
        let values = match head["op"].as_str() {
            Some("==") => named.try_fold(0, |values, uid| Some(values | same(uid, dim)?)),
            Some("in") => named.try_fold(0, |values, uid| Some(values | self.below(uid, dim)?)),
            _ => None,
        };
        Room::one(dim, values.unwrap_or(ANY))
    }

    /// A room around all requests for which the expression can come to `truth`.
    fn room(&self, expression: &Value, truth: bool) -> Room {
        let Some((operator, args)) = expression.as_object().and_then(|object| object.iter().next()) else {
            return Room::ALL;
        };
        let part = |name: &str, truth: bool| self.room(&args[name], truth);
        match (operator.as_str(), truth) {
            ("Value", _) => {
                args.as_bool().map_or(Room::ALL, |value| if value == truth { Room::ALL } else { Room::NONE })
            }
            ("!", _) => part("arg", !truth),
            ("&&", true) | ("||", false) => part("left", truth).both(part("right", truth)),
            ("&&", false) | ("||", true) => part("left", truth).either(part("right", truth)),
            ("if-then-else", _) => {
                let yes = part("if", true).both(part("then", truth));
                yes.either(part("if", false).both(part("else", truth)))
            }
            _ => self
                .atom(operator, args, expression)
                .map_or(Room::ALL, |(dim, values)| Room::one(dim, if truth { values } else { !values })),
        }
    }

    /// An expression about one dimension, with exactly the values that make it true; `None` when it is not one.
    fn atom(&self, operator: &str, args: &Value, whole: &Value) -> Option<(Dim, u64)> {
        if operator == "." {
            return flag(whole).map(|dim| (dim, 0b10));
        }
        let (left, right) = (&args["left"], &args["right"]);
        match operator {
            "==" => one_side(left, right, |dim, literal| same(literal, dim)),
            "!=" => {
                one_side(left, right, |dim, literal| same(literal, dim)).map(|(dim, values)| (dim, !values))
            }
            "contains" => {
                subject(right).and_then(|dim| Some((dim, union(left, |literal| same(literal, dim))?)))
            }
            "in" => {
                subject(left).and_then(|dim| Some((dim, union(right, |literal| self.below(literal, dim))?)))
            }
            "<" => number(left, right, |value, bound| value < bound),
            "<=" => number(left, right, |value, bound| value <= bound),
            ">" => number(left, right, |value, bound| value > bound),
            ">=" => number(left, right, |value, bound| value >= bound),
            _ => None,
        }
    }

    /// The values of a dimension that are this entity or stand under it.
    fn below(&self, literal: &Value, dim: Dim) -> Option<u64> {
        let (kind, id) = uid(literal)?;
        match (dim, kind) {
            (Dim::Partner, "Circle" | "Domain" | "Partner") => {
                let word: PartnerWord = id.parse().ok()?;
                Some(bits(PartnerKind::ALL.iter().filter(|kind| word.means(**kind)).map(|kind| *kind as u64)))
            }
            (Dim::Category, "CategorySet") => Some(self.model.sets.get(id)?.closed().bits()),
            (Dim::Category, "Category") => {
                let category: Category = id.parse().ok()?;
                Some(CategorySet::from_iter([category]).closed().bits())
            }
            _ => same(literal, dim),
        }
    }
}

/// The value of a dimension that a literal names.
fn same(literal: &Value, dim: Dim) -> Option<u64> {
    if dim == Dim::Phase {
        let phase = literal.get("Value")?.as_u64()?;
        return Some(if phase < Phase::ALL.len() as u64 { 1 << phase } else { 0 });
    }
    let (kind, id) = uid(literal)?;
    let value = match (dim, kind) {
        (Dim::Verb, "Action") => id.parse::<Verb>().ok()? as u64,
        (Dim::Partner, "Partner") => id.parse::<PartnerKind>().ok()? as u64,
        (Dim::Category, "Category") => id.parse::<Category>().ok()? as u64,
        (Dim::Involvement, "Involvement") => id.parse::<Involvement>().ok()? as u64,
        (Dim::Side, "Side") => id.parse::<Side>().ok()? as u64,
        (Dim::Tafel, "Tafel") => id.parse::<Tafel>().ok()? as u64,
        _ => return None,
    };
    Some(1 << value)
}

fn uid(literal: &Value) -> Option<(&str, &str)> {
    let entity = literal.get("Value").and_then(|value| value.get("__entity")).unwrap_or(literal);
    Some((entity.get("type")?.as_str()?, entity.get("id")?.as_str()?))
}

/// The dimension that an expression stands for: a variable, or an attribute of the context.
fn subject(expression: &Value) -> Option<Dim> {
    match expression.get("Var").and_then(Value::as_str) {
        Some("principal") => return Some(Dim::Partner),
        Some("resource") => return Some(Dim::Category),
        Some("action") => return Some(Dim::Verb),
        _ => {}
    }
    match attribute(expression.get(".")?)? {
        "involvement" => Some(Dim::Involvement),
        "side" => Some(Dim::Side),
        "tafel" => Some(Dim::Tafel),
        "phase" => Some(Dim::Phase),
        _ => None,
    }
}

/// The yes-or-no dimension that an expression stands for.
fn flag(expression: &Value) -> Option<Dim> {
    yes_or_no(attribute(expression.get(".")?)?)
}

fn yes_or_no(attribute: &str) -> Option<Dim> {
    let flag = Dim::FLAGS.iter().find(|(_, name)| *name == attribute).map(|(dim, _)| *dim);
    flag.or_else(|| Fact::ALL.iter().find(|fact| fact.code() == attribute).map(|fact| Dim::Fact(*fact)))
}

/// The attribute of the context that is read.
fn attribute(access: &Value) -> Option<&str> {
    (access.get("left")?.get("Var")? == "context").then_some(access.get("attr")?.as_str()?)
}

fn one_side(left: &Value, right: &Value, values: impl Fn(Dim, &Value) -> Option<u64>) -> Option<(Dim, u64)> {
    let either = |subjected: &Value, literal: &Value| {
        subject(subjected).and_then(|dim| Some((dim, values(dim, literal)?)))
    };
    either(left, right).or_else(|| either(right, left))
}

fn union(literals: &Value, values: impl Fn(&Value) -> Option<u64>) -> Option<u64> {
    match literals.get("Set").and_then(Value::as_array) {
        Some(set) => set.iter().try_fold(0, |all, literal| Some(all | values(literal)?)),
        None => values(literals),
    }
}

fn number(left: &Value, right: &Value, compare: impl Fn(i64, i64) -> bool) -> Option<(Dim, u64)> {
    let literal = |expression: &Value| expression.get("Value").and_then(Value::as_i64);
    let phases = 0..i64::try_from(Phase::ALL.len()).unwrap_or_default();
    let fit = |test: &dyn Fn(i64) -> bool| {
        phases.clone().filter(|phase| test(*phase)).fold(0, |all, phase| all | 1 << phase)
    };
    match (subject(left), literal(left), subject(right), literal(right)) {
        (Some(Dim::Phase), _, _, Some(bound)) => Some((Dim::Phase, fit(&|phase| compare(phase, bound)))),
        (_, Some(bound), Some(Dim::Phase), _) => Some((Dim::Phase, fit(&|phase| compare(bound, phase)))),
        _ => None,
    }
}

fn bits(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0, |all, value| all | 1 << value)
}

/// The dimensions that a policy looks at: two requests that agree on these get the same answer from it.
#[derive(Debug)]
pub(super) struct Reads(Vec<usize>);

impl Reads {
    pub(super) fn of(policy: &Value) -> Self {
        let mut read = [false; DIMS];
        let mut mark = |dim: Dim| read.get_mut(dim.place()).into_iter().for_each(|slot| *slot = true);
        mark(Dim::Verb);
        for (part, dim) in [("principal", Dim::Partner), ("resource", Dim::Category)] {
            if policy[part]["op"] != "All" {
                mark(dim);
            }
        }
        visit(&policy["conditions"], &mut mark);
        Self(read.iter().enumerate().filter(|(_, read)| **read).map(|(place, _)| place).collect())
    }

    /// The dimensions, one bit each.
    pub(super) fn mask(&self) -> u32 {
        self.0.iter().fold(0, |mask, place| mask | 1 << place)
    }

    /// What is read of a point by the policy at this place: 60 bits, injective.
    pub(super) fn key(&self, policy: u8, point: &Point) -> u64 {
        self.0.iter().fold(u64::from(policy), |key, place| key << width(*place) | u64::from(point.at(*place)))
    }
}

fn visit(expression: &Value, mark: &mut impl FnMut(Dim)) {
    match expression {
        Value::Array(parts) => parts.iter().for_each(|part| visit(part, mark)),
        Value::Object(parts) => parts.iter().for_each(|(name, part)| visit_part(name, part, mark)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn visit_part(name: &str, part: &Value, mark: &mut impl FnMut(Dim)) {
    match (name, part.as_str()) {
        ("Value", _) => {}
        ("Var", Some("principal")) => mark(Dim::Partner),
        ("Var", Some("resource")) => mark(Dim::Category),
        ("Var", Some("context")) => everything(mark),
        ("." | "has", _) => match attribute(part) {
            Some(attribute) => mark_attribute(attribute, mark),
            None => visit(part, mark),
        },
        _ => visit(part, mark),
    }
}

fn mark_attribute(attribute: &str, mark: &mut impl FnMut(Dim)) {
    match attribute {
        "involvement" => mark(Dim::Involvement),
        "side" => mark(Dim::Side),
        "tafel" => mark(Dim::Tafel),
        "phase" => mark(Dim::Phase),
        "asked" => mark(Dim::Asked),
        "oplegger" => [Dim::Tafel, Dim::Partner].into_iter().for_each(mark),
        other => match yes_or_no(other) {
            Some(dim) => mark(dim),
            None => everything(mark),
        },
    }
}

fn everything(mark: &mut impl FnMut(Dim)) {
    let words =
        [Dim::Partner, Dim::Category, Dim::Involvement, Dim::Side, Dim::Tafel, Dim::Phase, Dim::Asked];
    let flags = Dim::FLAGS.iter().map(|(dim, _)| *dim);
    words.into_iter().chain(flags).chain(Fact::ALL.iter().map(|fact| Dim::Fact(*fact))).for_each(mark);
}
