//! The table of leaves, read from the schema itself, and the check that refuses an unclassified one.
//!
//! There is no second list to keep in step: what the schema prints is what is enforced.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use async_graphql::Value;
use async_graphql::registry::{MetaField, MetaType, Registry};

use super::directive::Leaf;

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
        /// The GraphQL type.
        name: String,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclassified { field } => write!(f, "field {field} has no @gegeven"),
            Self::NotNullable { field } => write!(f, "field {field} is classified and cannot be null"),
            Self::OnInterface { field } => write!(f, "interface field {field} is classified"),
            Self::Unwrapped { name } => write!(f, "type {name} is returned outside Disclosed"),
        }
    }
}

/// Types that carry no data of a dossier themselves and so need no classification.
fn is_open_by_kind(name: &str) -> bool {
    const NAMES: [&str; 3] = ["Query", "Mutation", "Subscription"];
    const SUFFIXES: [&str; 3] = ["Connection", "Edge", "Payload"];
    name.starts_with("__") || NAMES.contains(&name) || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

impl Classification {
    /// Reads the leaves out of a registry that holds the whole schema. `open` names the further types that are
    /// open by kind: page information, user errors, what a node says of the viewer's access, reference data.
    pub fn read(registry: &Registry, open: &[&str]) -> Result<Self, Vec<Flaw>> {
        let open: HashSet<&str> = open.iter().copied().collect();
        let mut classification = Self::default();
        let mut flaws = Vec::new();
        for (name, meta) in &registry.types {
            match meta {
                MetaType::Interface { fields, .. } => flaws.extend(classified_fields(name, fields.values())),
                MetaType::Object { .. } if is_open_by_kind(name) || open.contains(name.as_str()) => {}
                MetaType::Object { fields, rust_typename, .. } => {
                    if !rust_typename.is_some_and(super::row::is_wrapped) {
                        flaws.push(Flaw::Unwrapped { name: name.clone() });
                    }
                    let table = FieldTable::read(name, fields.values(), &mut flaws);
                    classification.types.insert(name.clone(), Arc::new(table));
                }
                MetaType::Scalar { .. }
                | MetaType::Union { .. }
                | MetaType::Enum { .. }
                | MetaType::InputObject { .. } => {}
            }
        }
        if flaws.is_empty() { Ok(classification) } else { Err(flaws) }
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
