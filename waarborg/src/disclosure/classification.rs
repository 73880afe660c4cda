//! The table of leaves, read from the schema itself, and the check that refuses an unclassified one.
//!
//! There is no second list to keep in step: what the schema prints is what is enforced.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use async_graphql::registry::{MetaField, MetaType, Registry};
use async_graphql::{ObjectType, SubscriptionType, Value};

use super::directive::Leaf;
use super::row::{WRAPPED, marked};

/// The leaf of every field of every classified type.
#[derive(Debug, Default)]
pub struct Classification {
    types: HashMap<String, Arc<FieldTable>>,
}

/// The leaves of one type's fields.
#[derive(Debug, Default)]
pub(crate) struct FieldTable {
    pub(crate) fields: HashMap<String, FieldLeaf>,
}

/// What is known of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldLeaf {
    pub(crate) leaf: Leaf,
    pub(crate) nullable: bool,
}

/// Something in a schema that could let a value out undecided. The server does not start with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A field of a classified type has no `@gegeven`.
    Unclassified {
        /// The field as `Type.field`.
        field: String,
    },
    /// A classified field cannot be `null`, so it could not be withheld.
    NotNullable {
        /// The field as `Type.field`.
        field: String,
    },
    /// An interface declares a classified field; interfaces declare open fields only.
    OnInterface {
        /// The field as `Interface.field`.
        field: String,
    },
    /// A classified type is returned without the wrapper that decides.
    Unwrapped {
        /// Where: the field as `Type.field`, or the interface or union.
        by: String,
        /// The classified type.
        name: String,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclassified { field } => write!(f, "field {field} has no @gegeven"),
            Self::NotNullable { field } => write!(f, "field {field} is classified and cannot be null"),
            Self::OnInterface { field } => write!(f, "interface field {field} is classified"),
            Self::Unwrapped { by, name } => write!(f, "{by} returns {name} outside Disclosed"),
        }
    }
}

/// The roots, from which every type that can be answered is reached.
const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Types that carry no data of a dossier themselves and so need no classification.
fn is_open_by_kind(name: &str) -> bool {
    const SUFFIXES: [&str; 3] = ["Connection", "Edge", "Payload"];
    name.starts_with("__") || ROOTS.contains(&name) || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// What a type is to the disclosure.
#[derive(PartialEq, Eq)]
enum Nature {
    /// It carries no data of a dossier itself.
    Open,
    /// Its fields have leaves.
    Classified,
    /// It has none: it is shown or withheld by the field that holds it.
    Value,
}

/// Reads a registry from the roots on.
struct Reader<'r> {
    registry: &'r Registry,
    open: &'r [&'r str],
    classification: Classification,
    flaws: Vec<Flaw>,
}

impl<'r> Reader<'r> {
    /// Reads one type; gives the types that it reaches.
    fn read_type(&mut self, name: &'r str) -> Vec<&'r str> {
        match self.registry.types.get(name) {
            Some(MetaType::Interface { fields, possible_types, .. }) => {
                self.flaws.extend(classified_fields(name, fields.values()));
                self.read_members(name, possible_types.iter())
            }
            Some(MetaType::Union { possible_types, .. }) => self.read_members(name, possible_types.iter()),
            Some(MetaType::Object { fields, .. }) => {
                self.read_object(name, fields.values());
                fields.values().map(|field| named(&field.ty)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn read_members(&mut self, name: &str, members: impl Iterator<Item = &'r String>) -> Vec<&'r str> {
        members
            .inspect(|member| self.flag_unwrapped(|| name.to_owned(), member))
            .map(|it| named(it))
            .collect()
    }

    fn read_object(&mut self, name: &str, fields: impl Iterator<Item = &'r MetaField> + Clone) {
        for field in fields.clone() {
            self.flag_unwrapped(|| format!("{name}.{}", field.name), &field.ty);
        }
        match self.nature(name) {
            Nature::Classified => {
                let table = FieldTable::read(name, fields.clone(), &mut self.flaws);
                self.classification.types.insert(name.to_owned(), Arc::new(table));
                let open = fields.filter(|field| leaf_of(field).is_none_or(|leaf| leaf == Leaf::Open));
                self.flag_values(name, open);
            }
            Nature::Open => self.flag_values(name, fields),
            Nature::Value => {}
        }
    }

    /// A classified type that a field or an interface returns as it is.
    fn flag_unwrapped(&mut self, by: impl FnOnce() -> String, expression: &str) {
        let name = named(expression);
        if self.nature(name) == Nature::Classified && !expression.contains(WRAPPED) {
            self.flaws.push(Flaw::Unwrapped { by: by(), name: name.to_owned() });
        }
    }

    /// Values that are held by a field that withholds nothing.
    fn flag_values(&mut self, name: &str, fields: impl Iterator<Item = &'r MetaField>) {
        let held = fields.filter(|field| self.nature(named(&field.ty)) == Nature::Value);
        let flaws: Vec<Flaw> =
            held.map(|field| Flaw::Unclassified { field: format!("{name}.{}", field.name) }).collect();
        self.flaws.extend(flaws);
    }

    fn nature(&self, name: &str) -> Nature {
        let Some(MetaType::Object { fields, .. }) = self.registry.types.get(name) else {
            return Nature::Open;
        };
        if is_open_by_kind(name) || self.open.contains(&name) {
            Nature::Open
        } else if fields.values().any(|field| leaf_of(field).is_some()) {
            Nature::Classified
        } else {
            Nature::Value
        }
    }
}

/// The name in a type expression: `[Case!]!` is of `Case`, and so is `Case` with the mark of the wrapper.
fn named(expression: &str) -> &str {
    expression.trim_matches(['[', ']', '!', WRAPPED])
}

impl Classification {
    /// Reads the leaves of the schema with these roots. `open` names the further types that are open by kind: page
    /// information, user errors, what a node says of the viewer's access, reference data.
    ///
    /// A type without any leaf is a value, such as a goal of a plan: it is shown or withheld as a whole by the
    /// field that holds it, so that field must be classified.
    pub fn of<Q, M, S>(open: &[&str]) -> Result<Self, Vec<Flaw>>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let registry = marked(|registry| {
            Q::create_type_info(registry);
            M::create_type_info(registry);
            S::create_type_info(registry);
        });
        let mut reader =
            Reader { registry: &registry, open, classification: Self::default(), flaws: Vec::new() };
        let mut seen: HashSet<&str> = HashSet::from(ROOTS);
        let mut waiting = Vec::from(ROOTS);
        while let Some(name) = waiting.pop() {
            waiting.extend(reader.read_type(name).into_iter().filter(|reached| seen.insert(reached)));
        }
        if reader.flaws.is_empty() { Ok(reader.classification) } else { Err(reader.flaws) }
    }

    /// The table of one type; an empty one, which shows nothing, when the type is unknown.
    pub(crate) fn table(&self, type_name: &str) -> Arc<FieldTable> {
        self.types.get(type_name).cloned().unwrap_or_default()
    }

    /// The fields of a type by leaf, for what a node says of itself.
    pub fn fields_of(&self, type_name: &str) -> impl Iterator<Item = (&str, Leaf)> {
        let fields = self.types.get(type_name).map(|table| table.fields.iter());
        fields.into_iter().flatten().map(|(name, field)| (name.as_str(), field.leaf))
    }

    /// Every classified field as (type, field, leaf), in the order of their names.
    pub fn all(&self) -> Vec<(&str, &str, Leaf)> {
        let mut all: Vec<_> = self
            .types
            .iter()
            .flat_map(|(name, table)| {
                table.fields.iter().map(move |(field, known)| (name.as_str(), field.as_str(), known.leaf))
            })
            .collect();
        all.sort_unstable_by_key(|(name, field, _)| (*name, *field));
        all
    }
}

impl FieldTable {
    fn read<'a>(name: &str, fields: impl Iterator<Item = &'a MetaField>, flaws: &mut Vec<Flaw>) -> Self {
        let mut table = Self::default();
        for field in fields {
            let qualified = || format!("{name}.{}", field.name);
            let Some(leaf) = leaf_of(field) else {
                flaws.push(Flaw::Unclassified { field: qualified() });
                continue;
            };
            let nullable = !field.ty.ends_with('!');
            if leaf != Leaf::Open && !nullable {
                flaws.push(Flaw::NotNullable { field: qualified() });
            }
            table.fields.insert(field.name.clone(), FieldLeaf { leaf, nullable });
        }
        table
    }
}

fn classified_fields<'a>(
    name: &str,
    fields: impl Iterator<Item = &'a MetaField>,
) -> impl Iterator<Item = Flaw> {
    fields
        .filter(|field| leaf_of(field).is_some_and(|leaf| leaf != Leaf::Open))
        .map(move |field| Flaw::OnInterface { field: format!("{name}.{}", field.name) })
}

fn leaf_of(field: &MetaField) -> Option<Leaf> {
    let directive = field.directive_invocations.iter().find(|directive| directive.name == "gegeven")?;
    match directive.args.get("categorie")? {
        Value::Enum(name) => Leaf::from_name(name),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}
