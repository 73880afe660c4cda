//! Rows of a dossier as they are shown: one by id, the only one, or a page.
//!
//! Knows no feature: a type says of itself which table it is of and when a row of it is hidden ([`NodeType`]).
//! Everything is loaded for a whole page at once and shown through [`Disclosed`].

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use convenant::{CategorySet, Facts};
use entity::id::{DossierId, PersonId};
use entity::{InDossier, OfDossier};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;
use waarborg::access::{Access, Page, PageRequest, Presence, Scoped, Siblings, pages_of};
use waarborg::database::cause;
use waarborg::disclosure::{Classified, Disclosed, Identified, Row, RowAccess};

use super::page::{PageArguments, Rows, connection};
use crate::error::{Code, Fault};

/// A dossier at which the viewer is present, from which its rows are shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    access: Access,
    presence: Arc<Presence>,
    siblings: Arc<Siblings>,
}

/// A type whose rows are shown from a dossier.
pub(crate) trait NodeType:
    Classified<Source = <Self::Table as EntityTrait>::Model> + Identified
{
    /// The table of its rows.
    type Table: InDossier<Model: OfDossier + Clone + Sync>;

    /// Whether some of its rows may be hidden from a viewer who is present. Then a page is cut from what is
    /// left, so that neither its length nor `hasNextPage` tells of a hidden row.
    const SOME_HIDDEN: bool = false;

    /// The facts of a row, relative to a viewer who is present; none when the row is hidden from them.
    fn facts(_: &Access, _: &Presence, _: &Self::Source) -> Option<Facts> {
        Some(Facts::NONE)
    }

    /// The person that a row is about.
    fn person(_: &Self::Source) -> Option<PersonId> {
        None
    }

    /// The categories of a row that the viewer's own organisation supplied.
    fn own(_: &Access, _: &Self::Source) -> CategorySet {
        CategorySet::EMPTY
    }

    /// Shows a row; none when it is hidden from this viewer.
    fn show(
        shown: &Shown,
        model: Self::Source,
    ) -> impl Future<Output = Result<Option<Disclosed<Self>>, DbErr>> + Send {
        let facts = Self::facts(&shown.access, &shown.presence, &model);
        ready(Ok(facts.map(|facts| shown.wrap(facts, model))))
    }
}

impl Shown {
    /// The dossier, when the viewer is present at it.
    pub(crate) async fn of(access: &Access, dossier: DossierId) -> Result<Option<Self>, Fault> {
        let presence = access.presence(dossier).await.map_err(failed)?;
        Ok(presence.map(|presence| Self::at(access, presence, &Siblings::of([dossier]))))
    }

    /// A dossier of a page at which the viewer was found present.
    pub(crate) fn at(access: &Access, presence: Arc<Presence>, siblings: &Arc<Siblings>) -> Self {
        Self { access: access.clone(), presence, siblings: Arc::clone(siblings) }
    }

    /// The dossier of a row that is shown.
    pub(crate) fn of_row(row: &RowAccess) -> Self {
        Self::at(row.access(), Arc::clone(row.presence()), row.siblings())
    }

    /// The request that asks.
    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The viewer's presence.
    pub(crate) fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    /// The dossiers of the same page.
    pub(crate) fn siblings(&self) -> &Arc<Siblings> {
        &self.siblings
    }

    /// A row without facts of its own, to be completed by its type.
    pub(crate) fn plain(&self) -> Row<'_> {
        Row {
            access: &self.access,
            presence: &self.presence,
            person: None,
            facts: Facts::NONE,
            own: CategorySet::EMPTY,
            line: None,
            siblings: &self.siblings,
        }
    }

    /// A row that is not hidden, shown with these facts.
    pub(crate) fn wrap<T: NodeType>(&self, facts: Facts, model: T::Source) -> Disclosed<T> {
        let (person, own) = (T::person(&model), T::own(&self.access, &model));
        Disclosed::new(Row { person, own, facts, ..self.plain() }, model)
    }

    /// A row of the dossier by its id, when there is one that is shown.
    pub(crate) async fn row<T: NodeType>(&self, id: Option<Uuid>) -> Result<Option<Disclosed<T>>, Fault> {
        let Some(id) = id else { return Ok(None) };
        let found = T::Table::within(&self.presence)
            .filter(T::Table::id_column().eq(id))
            .one(self.access.reader())
            .await
            .map_err(failed)?;
        match found {
            Some(model) => T::show(self, model).await.map_err(failed),
            None => Ok(None),
        }
    }

    /// The only row of a type that a dossier has, or none.
    pub(crate) async fn only<T: NodeType>(&self) -> Result<Option<Disclosed<T>>, Fault> {
        let all = self.all::<T>().await?;
        match all.get(&self.presence.dossier().id).and_then(|rows| rows.last()) {
            Some(model) => T::show(self, model.clone()).await.map_err(failed),
            None => Ok(None),
        }
    }

    /// A page of the rows of a type.
    pub(crate) async fn rows<T: NodeType>(&self, arguments: PageArguments) -> async_graphql::Result<Rows<T>> {
        let request = arguments.request().map_err(Fault::from)?;
        let page = if T::SOME_HIDDEN {
            self.visible_page::<T>(request).await?
        } else {
            self.page::<T>(request).await?
        };
        Ok(connection(request, page, |row| row))
    }

    async fn page<T: NodeType>(&self, request: PageRequest) -> Result<Page<(Uuid, Disclosed<T>)>, Fault> {
        let database = self.access.reader();
        let key = (T::type_name(), request);
        let load = || pages_of::<T::Table>(database, &self.siblings, request);
        let pages = self.siblings.load(key, load).await.map_err(failed)?;
        let page = pages.get(&self.presence.dossier().id).cloned().unwrap_or_default();
        Ok(Page { more: page.more, rows: self.show_all(page.rows).await? })
    }

    async fn visible_page<T: NodeType>(
        &self,
        request: PageRequest,
    ) -> Result<Page<(Uuid, Disclosed<T>)>, Fault> {
        let all = self.all::<T>().await?;
        let models = all.get(&self.presence.dossier().id).cloned().unwrap_or_default();
        let mut rows = self.show_all(models).await?;
        if request.backward {
            rows.reverse();
        }
        let beyond = |id: Uuid| {
            request.beyond.is_none_or(|cursor| if request.backward { id < cursor } else { id > cursor })
        };
        rows.retain(|(id, _)| beyond(*id));
        Ok(request.cut(rows))
    }

    async fn show_all<T: NodeType>(
        &self,
        models: Vec<T::Source>,
    ) -> Result<Vec<(Uuid, Disclosed<T>)>, Fault> {
        let mut rows = Vec::with_capacity(models.len());
        for model in models {
            let id = model.row_id();
            if let Some(row) = T::show(self, model).await.map_err(failed)? {
                rows.push((id, row));
            }
        }
        Ok(rows)
    }

    async fn all<T: NodeType>(&self) -> Result<Arc<RowsByDossier<T>>, Fault> {
        let load = || async {
            use sea_orm::QueryOrder;
            let rows = T::Table::of_page(&self.siblings)
                .order_by_asc(T::Table::id_column())
                .all(self.access.reader())
                .await?;
            let mut by_dossier: RowsByDossier<T> = HashMap::new();
            for row in rows {
                by_dossier.entry(row.dossier_id()).or_default().push(row);
            }
            Ok(by_dossier)
        };
        self.siblings.load((T::type_name(), "all"), load).await.map_err(failed)
    }
}

type RowsByDossier<T> = HashMap<DossierId, Vec<<T as Classified>::Source>>;

/// A failure of the database: told in the log, hidden from the client.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(crate) fn failed(error: DbErr) -> Fault {
    tracing::error!(cause = cause(&error), "a statement failed");
    Fault::new(Code::Internal)
}

/// Declares a type whose fields are classified: its row of the table and the access it is shown under.
macro_rules! classified {
    ($name:ident, $table:ident, $kind:expr) => {
        #[doc = concat!("A row of `", stringify!($table), "` as it is shown.")]
        #[derive(Debug)]
        pub(crate) struct $name {
            row: waarborg::disclosure::RowAccess,
            model: entity::$table::Model,
        }

        impl waarborg::disclosure::Classified for $name {
            type Source = entity::$table::Model;

            fn build(row: waarborg::disclosure::RowAccess, model: Self::Source) -> Self {
                Self { row, model }
            }
        }

        impl waarborg::disclosure::Identified for $name {
            fn global_id(&self) -> async_graphql::ID {
                crate::graphql::id::GlobalId::of($kind, &self.model).encode()
            }
        }
    };
}

pub(crate) use classified;
