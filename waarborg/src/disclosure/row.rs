//! The wrapper that stands between a row and GraphQL.
//!
//! [`Disclosed`] is the only way to bring a classified type into the schema. It has no `Deref` and gives nothing
//! back: a field is reached through [`ContainerType::resolve_field`], which asks the row's decision first.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ID, ObjectType, OutputType, Positioned, ServerResult, Value,
};
use convenant::{Category, CategorySet, Fact, Facts};
use entity::OfDossier;
use entity::id::PersonId;

use super::classification::{FieldLeaf, FieldTable};
use super::directive::Leaf;
use super::marks::Marks;
use crate::access::{Access, Presence, Siblings};

/// A GraphQL type whose fields are classified.
pub trait Classified: ObjectType + Sized + 'static {
    /// What it is made from: usually the row of its table.
    type Source: OfDossier;

    /// Makes the object. The access it is given can come from nowhere else.
    fn build(access: RowAccess, source: Self::Source) -> Self;
}

/// What a row is shown under.
#[derive(Debug)]
pub struct Row<'a> {
    /// The request that asks.
    pub access: &'a Access,
    /// The viewer's presence at the row's dossier.
    pub presence: &'a Arc<Presence>,
    /// The person it is about, where it is about one.
    pub person: Option<PersonId>,
    /// The facts of the datum, relative to the viewer.
    pub facts: Facts,
    /// The categories that the viewer's own organisation supplied, on rows that hold data of several suppliers.
    pub own: CategorySet,
    /// The category that the row itself names, on rows that are one datum.
    pub line: Option<Category>,
    /// The rows of the same page, whose children are loaded together.
    pub siblings: &'a Arc<Siblings>,
}

/// What the decisions on one row rest on, beside the presence.
#[derive(Debug, Clone, Copy)]
pub struct Datum {
    facts: Facts,
    own: CategorySet,
    line: Option<Category>,
}

impl Datum {
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self { facts: row.facts, own: row.own, line: row.line }
    }

    /// The facts under which a category of the row is decided.
    pub fn facts_of(self, category: Category) -> Facts {
        if self.own.contains(category) { self.facts.with(Fact::Eigen) } else { self.facts }
    }

    /// The category that a leaf stands for on this row; none for what is open.
    pub fn category_of(self, leaf: Leaf) -> Option<Category> {
        if leaf == Leaf::Regel { self.line } else { leaf.category() }
    }
}

impl Row<'_> {
    /// The categories that this row shows.
    fn shown(&self) -> CategorySet {
        let shown = self.presence.disclosure(self.facts).allowed();
        if self.own.is_empty() {
            return shown;
        }
        let own = self.presence.disclosure(self.facts.with(Fact::Eigen)).allowed();
        shown.difference(self.own).union(own.intersection(self.own))
    }
}

/// The access of one row: its presence, its facts and the decision that follows from them. It is made by
/// [`Disclosed::new`] only, so that an object that has one has passed it.
///
/// ```compile_fail,E0451
/// use waarborg::disclosure::{Datum, Row, RowAccess};
///
/// // Nothing outside the wrapper can make the access of a row: its fields are private.
/// fn forge(row: Row<'_>, datum: Datum) -> RowAccess {
///     RowAccess {
///         access: row.access.clone(),
///         presence: row.presence.clone(),
///         siblings: row.siblings.clone(),
///         shown: row.own,
///         datum,
///     }
/// }
/// ```
#[derive(Debug)]
pub struct RowAccess {
    access: Access,
    presence: Arc<Presence>,
    siblings: Arc<Siblings>,
    shown: CategorySet,
    datum: Datum,
}

impl RowAccess {
    /// The request that asks.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The viewer's presence at the dossier of this row.
    pub fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    /// The rows of the same page.
    pub fn siblings(&self) -> &Arc<Siblings> {
        &self.siblings
    }

    /// What the decisions on this row rest on.
    pub fn datum(&self) -> Datum {
        self.datum
    }

    /// The categories that this row shows to the viewer.
    pub fn shown(&self) -> CategorySet {
        self.shown
    }

    /// Whether this row shows a category to the viewer.
    pub fn sees(&self, category: Category) -> bool {
        self.shown.contains(category)
    }
}

/// A row on its way out: the object, the decision on its fields, and the marks of what was shown.
#[derive(Debug)]
pub struct Disclosed<T> {
    object: T,
    shown: CategorySet,
    datum: Datum,
    table: Arc<FieldTable>,
    marks: Arc<Marks>,
}

impl<T: Classified> Disclosed<T> {
    /// Wraps a row. A row of another dossier than the presence's shows nothing but its kind.
    #[expect(clippy::needless_pass_by_value, reason = "a row is made for one object and used up by it")]
    pub fn new(row: Row<'_>, source: T::Source) -> Self {
        let same_dossier = source.dossier_id() == row.presence.dossier().id;
        let shown = if same_dossier { row.shown() } else { CategorySet::EMPTY };
        let table = if same_dossier {
            row.access.classification().table(&T::type_name())
        } else {
            tracing::error!(kind = %T::type_name(), "a row was shown under the presence at another dossier");
            Arc::default()
        };
        let marks = row.access.collector().row(&row);
        let datum = Datum::of(&row);
        let access = RowAccess {
            access: row.access.clone(),
            presence: Arc::clone(row.presence),
            siblings: Arc::clone(row.siblings),
            shown,
            datum,
        };
        Self { object: T::build(access, source), shown, datum, table, marks }
    }

    /// Whether the row shows a leaf to the viewer.
    pub fn shows(&self, leaf: Leaf) -> bool {
        leaf.category().is_none_or(|category| self.shown.contains(category))
    }

    fn decide(&self, field: &str) -> Option<FieldLeaf> {
        let known = *self.table.fields.get(field)?;
        let leaf = if known.leaf == Leaf::Regel { Leaf::of(self.datum.line?) } else { known.leaf };
        self.shows(leaf).then(|| {
            self.marks.mark(leaf);
            known
        })
    }

    /// What the decisions on the row rest on, and the categories that it shows.
    pub fn decided(&self) -> (Datum, CategorySet) {
        (self.datum, self.shown)
    }

    /// Marks the row as shown, when an answer tells of it without any of its fields: an edge of a page.
    pub fn mark_present(&self) {
        self.marks.mark(Leaf::Open);
    }

    /// Marks a leaf as shown, when an answer tells it of the row without a field: that a list is empty. Says whether the
    /// row shows it; where it does not, nothing may be told.
    pub fn mark_told(&self, leaf: Leaf) -> bool {
        let shows = self.shows(leaf);
        if shows {
            self.marks.mark(leaf);
        }
        shows
    }

    fn is_nullable(&self, field: &str) -> bool {
        self.table.fields.get(field).is_none_or(|known| known.nullable)
    }
}

/// An object that can be refetched by its global id.
pub trait Identified {
    /// The global id: opaque, and prefixed with the type.
    fn global_id(&self) -> ID;
}

impl<T: Identified> Disclosed<T> {
    /// The global id, for the `Node` interface. Open to whoever is present.
    #[expect(clippy::unused_async, reason = "the interface's generated code awaits its fields")]
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        self.marks.mark(Leaf::Open);
        Ok(self.object.global_id())
    }
}

impl<T: Classified> ContainerType for Disclosed<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let field = ctx.item.node.name.node.as_str();
        if self.decide(field).is_none() {
            return Ok(Some(Value::Null));
        }
        match self.object.resolve_field(ctx).await {
            Err(error) if self.is_nullable(field) => {
                ctx.add_error(error);
                Ok(Some(Value::Null))
            }
            resolved => resolved,
        }
    }
}

impl<T: Classified> ObjectType for Disclosed<T> {}

impl<T: Classified> OutputType for Disclosed<T> {
    fn type_name() -> Cow<'static, str> {
        let name = T::type_name();
        if MARKING.get() { Cow::Owned(format!("{name}{WRAPPED}")) } else { name }
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        self.mark_present();
        resolve_container(ctx, self).await
    }
}

/// Stands behind the name of a type that is returned wrapped, in a registry read by [`marked`]. No GraphQL name
/// has it.
pub(super) const WRAPPED: char = '*';

thread_local! {
    static MARKING: Cell<bool> = const { Cell::new(false) };
}

/// Gives a registry in which the name of every type that is returned wrapped has the mark [`WRAPPED`] behind it,
/// wherever it is returned: by a field, in a list, as a member of an interface, or by the type itself.
pub(super) fn marked(read: impl FnOnce(&mut Registry)) -> Registry {
    struct Marking;

    impl Drop for Marking {
        fn drop(&mut self) {
            MARKING.set(false);
        }
    }

    MARKING.set(true);
    let _until_read = Marking;
    let mut registry = Registry::default();
    read(&mut registry);
    registry
}
