//! The rows of the covenant: policies with their annotations, read from `*.cedar` and checked.
//!
//! A policy that a jurist cannot trace (no id, article, ground, label) never becomes active.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationError, ValidationMode, Validator};
use serde_json::Value;

use crate::folder::Folder;
use crate::model::Model;
use crate::problem::{Problem, line_at};
use crate::vocabulary::{Category, Circle, Domain, Involvement, PartnerKind, Side, Tafel, Verb};

/// The id of a row of the tables: P01, L06, K02, V01.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(Arc<str>);

impl RowId {
    /// The id, as the tables write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RowId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl std::borrow::Borrow<str> for RowId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl serde::Serialize for RowId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What a row says of itself: its annotations.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// The row id.
    pub id: RowId,
    /// The article of the model covenant, by number.
    pub article: String,
    /// The heading of that article.
    pub title: String,
    /// The ground: `regime` (of the date), `leverancier` (the supplier's own, `supply.csv`) or a law.
    pub ground: String,
    /// Where the row comes from: S a seed, P a public source, A our model.
    pub label: String,
}

/// A policy with where it was found.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) rule: Rule,
    pub(crate) policy: Policy,
    /// The policy in Cedar's own JSON, which knows no comment and no white space.
    pub(crate) json: Arc<Value>,
    /// The same as text: equal texts are equal rules.
    pub(crate) written: Arc<str>,
    /// The forbid holds for all assignments of a professional (README, "Involvement").
    pub(crate) holds_for_all: bool,
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
}

impl Row {
    pub(crate) fn effect(&self) -> Effect {
        self.policy.effect()
    }
}

/// How many rows an engine can hold: a row is one byte in its memory.
const MOST: usize = 256;

/// Reads all policies of a folder, sorted by id; what is wrong goes to `problems`.
pub(crate) fn read(
    folder: &Folder,
    place: &str,
    model: &Model,
    schema: &Schema,
    problems: &mut Vec<Problem>,
) -> Vec<Row> {
    // Cedar takes most of a start to read its files: they are read side by side.
    let read: Vec<(Vec<Row>, Vec<Problem>)> = thread::scope(|scope| {
        let files = folder.files(place, ".cedar");
        let reading: Vec<_> = files
            .map(|(file, text)| {
                scope.spawn(move || Source { file, text, model, problems: Vec::new() }.read(schema))
            })
            .collect();
        reading.into_iter().map(|file| file.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let (rows, wrong): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    problems.extend(wrong.into_iter().flatten());
    let mut rows = rows.concat();
    rows.sort_by(|one, other| one.rule.id.cmp(&other.rule.id));
    rows
}

/// The rows of a house beside those of the model: no id twice, not too many.
pub(crate) fn check_together(rows: &[Row], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        let id = row.rule.id.as_str();
        if let Some(first) = seen.insert(id, row) {
            let message = format!("De regel {id} staat er twee keer; de eerste staat in {}.", first.file);
            problems.push(Problem::new(&row.file, message).on(row.line).of(id));
        }
    }
    if rows.len() > MOST {
        let message = format!("Er zijn {} regels; er kunnen er {MOST} zijn.", rows.len());
        problems.push(Problem::new("model", message));
    }
}

fn syntax(file: &str, text: &str, error: &DetailedError) -> Problem {
    let line = error.source_locations.first().map(|label| line_at(text, label.loc.start));
    let policy = line.and_then(|line| id_before(text, line));
    let problem =
        Problem::new(file, format!("Deze regel is geen geldige Cedar: {}.", error.message)).on(line);
    match policy {
        Some(id) => problem.of(&id),
        None => problem,
    }
}

/// The last id annotated at or before a line.
fn id_before(text: &str, line: usize) -> Option<String> {
    let above =
        text.lines().take(line).filter_map(|line| line.trim().strip_prefix("@id(\"")?.split('"').next());
    above.last().map(str::to_owned)
}

/// What is annotated with a policy, by name. Cedar parses a name anew for each look-up, which is most of reading a file.
struct Annotations<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Annotations<'a> {
    fn of(policy: &'a Policy) -> Self {
        Self(policy.annotations().collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What an annotation says; none when it says nothing.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied().filter(|text| !text.is_empty())
    }
}

struct Source<'a> {
    file: &'a str,
    text: &'a str,
    model: &'a Model,
    problems: Vec<Problem>,
}

impl Source<'_> {
    /// The rows of the file, and what is wrong with it.
    fn read(mut self, schema: &Schema) -> (Vec<Row>, Vec<Problem>) {
        let rows = match self.text.parse::<PolicySet>() {
            Ok(policies) => {
                self.validate(&policies, schema);
                self.rows(&policies)
            }
            Err(error) => {
                self.problems.push(syntax(self.file, self.text, &DetailedError::from(&error)));
                Vec::new()
            }
        };
        (rows, self.problems)
    }

    /// Cedar's own strict validation against the schema.
    fn validate(&mut self, policies: &PolicySet, schema: &Schema) {
        let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
        for error in result.validation_errors().filter(|error| !is_unknown_word(error)) {
            let id = policies.policy(error.policy_id()).and_then(|policy| policy.annotation("id"));
            let detail = DetailedError::from(error);
            let line = detail.source_locations.first().map(|label| line_at(self.text, label.loc.start));
            let message = format!("Deze regel past niet bij het schema: {}.", detail.message);
            let problem = Problem::new(self.file, message).on(line.or_else(|| self.line_of(id)));
            self.problems.push(id.map_or_else(|| problem.clone(), |id| problem.clone().of(id)));
        }
    }

    fn rows(&mut self, policies: &PolicySet) -> Vec<Row> {
        policies.policies().filter_map(|policy| self.row(policy)).collect()
    }

    fn row(&mut self, policy: &Policy) -> Option<Row> {
        let annotations = Annotations::of(policy);
        let Some(id) = annotations.text("id") else {
            let text = policy.to_cedar().unwrap_or_default();
            let line = self.text.find(&text).map(|start| line_at(self.text, start));
            self.problems.push(Problem::new(self.file, "Deze regel heeft geen @id.").on(line));
            return None;
        };
        let policy = policy.new_id(PolicyId::new(id));
        let json = match policy.to_json() {
            Ok(json) => json,
            Err(error) => {
                let problem = Problem::new(self.file, format!("Deze regel is niet te laden: {error}."));
                self.problems.push(problem.on(self.line_of(Some(id))).of(id));
                return None;
            }
        };
        self.check(&policy, &annotations, id, &json);
        let annotation = |name: &str| annotations.text(name).unwrap_or_default().to_owned();
        let article = annotation("article");
        let title = self.model.articles.get(&article).cloned().unwrap_or_default();
        let (ground, label) = (annotation("ground"), annotation("label"));
        Some(Row {
            rule: Rule { id: RowId::from(id), article, title, ground, label },
            written: json.to_string().into(),
            json: Arc::new(json),
            holds_for_all: annotations.has("holds_for_all"),
            policy,
            file: self.file.to_owned(),
            line: self.line_of(Some(id)),
        })
    }

    fn check(&mut self, policy: &Policy, annotations: &Annotations<'_>, id: &str, json: &Value) {
        let mut wrong: Vec<String> = Vec::new();
        if !is_code(id) {
            wrong.push(format!("De id {id} is geen code van letters, cijfers en koppeltekens."));
        }
        for name in ["article", "ground", "label"] {
            if annotations.text(name).is_none() {
                wrong.push(format!("Deze regel heeft geen @{name}."));
            }
        }
        if let Some(article) =
            annotations.text("article").filter(|article| !self.model.articles.contains_key(*article))
        {
            wrong.push(format!("Het artikel {article} staat niet in articles.toml."));
        }
        if annotations.has("holds_for_all") && policy.effect() == Effect::Permit {
            wrong.push("Alleen een verbod kan voor alle toewijzingen gelden.".to_owned());
        }
        wrong.extend(
            policy
                .entity_literals()
                .iter()
                .filter_map(|uid| self.unknown(uid.type_name().basename(), uid.id().unescaped())),
        );
        if calculates(json) {
            wrong.push("Een regel vergelijkt en rekent niet.".to_owned());
        }
        let line = self.line_of(Some(id));
        self.problems
            .extend(wrong.into_iter().map(|message| Problem::new(self.file, message).on(line).of(id)));
    }

    /// A name that stands in no table.
    fn unknown(&self, kind: &str, id: &str) -> Option<String> {
        let (known, what) = match kind {
            "Category" => (Category::ALL.iter().any(|one| one.code() == id), "categorie"),
            "CategorySet" => (self.model.sets.contains_key(id), "verzameling"),
            "Partner" => (PartnerKind::ALL.iter().any(|one| one.code() == id), "partner"),
            "Domain" => (Domain::ALL.iter().any(|one| one.code() == id), "domein"),
            "Tafel" => (Tafel::ALL.iter().any(|one| one.code() == id), "tafel"),
            "Involvement" => (Involvement::ALL.iter().any(|one| one.code() == id), "betrokkenheid"),
            "Side" => (Side::ALL.iter().any(|one| one.code() == id), "kant"),
            "Action" => (Verb::ALL.iter().any(|one| one.code() == id), "handeling"),
            "Circle" => (Circle::ALL.iter().any(|one| one.code() == id), "kring"),
            "Oplegger" => (false, "oplegger in een regel; gebruik context.oplegger"),
            _ => return None,
        };
        (!known).then(|| format!("onbekende {what}: {id}."))
    }

    fn line_of(&self, id: Option<&str>) -> Option<usize> {
        let annotation = format!("@id(\"{}\")", id?);
        self.text.find(&annotation).map(|start| line_at(self.text, start))
    }
}

/// The ledger names rows: an id is short, and holds nothing but letters, digits and hyphens.
pub(crate) fn is_code(id: &str) -> bool {
    (1..=48).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Cedar says it too, in English; [`Source::unknown`] says it in words of the work.
const fn is_unknown_word(error: &ValidationError) -> bool {
    matches!(error, ValidationError::InvalidEnumEntity(_) | ValidationError::UnrecognizedActionId(_))
}

/// Arithmetic can overflow, and a policy that fails is an alarm: the covenant only compares.
fn calculates(expression: &Value) -> bool {
    match expression {
        Value::Array(parts) => parts.iter().any(calculates),
        Value::Object(parts) => parts
            .iter()
            .any(|(name, part)| matches!(name.as_str(), "+" | "-" | "*" | "neg") || calculates(part)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
