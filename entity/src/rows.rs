//! What rows of a dossier have in common: which dossier they belong to, and by which columns they are found.

use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::id::DossierId;

/// Data that belongs to a dossier.
pub trait OfDossier {
    /// The dossier it belongs to.
    fn dossier_id(&self) -> DossierId;

    /// Its own id.
    fn row_id(&self) -> Uuid;
}

/// A table whose rows belong to a dossier.
pub trait InDossier: EntityTrait {
    /// The column that names the dossier.
    fn dossier_column() -> Self::Column;

    /// The column of the row's own id, by which pages are ordered.
    fn id_column() -> Self::Column;
}

/// Says of a table with the columns `id` and `dossier_id` that its rows belong to a dossier.
#[macro_export]
#[doc(hidden)]
macro_rules! in_dossier {
    () => {
        impl $crate::OfDossier for Model {
            fn dossier_id(&self) -> $crate::id::DossierId {
                self.dossier_id
            }

            fn row_id(&self) -> uuid::Uuid {
                self.id.0
            }
        }

        impl $crate::InDossier for Entity {
            fn dossier_column() -> Column {
                Column::DossierId
            }

            fn id_column() -> Column {
                Column::Id
            }
        }
    };
}

impl OfDossier for crate::dossier::Model {
    fn dossier_id(&self) -> DossierId {
        self.id
    }

    fn row_id(&self) -> Uuid {
        self.id.0
    }
}

impl InDossier for crate::dossier::Entity {
    fn dossier_column() -> crate::dossier::Column {
        crate::dossier::Column::Id
    }

    fn id_column() -> crate::dossier::Column {
        crate::dossier::Column::Id
    }
}
