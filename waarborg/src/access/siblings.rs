//! The rows of one page, whose children are loaded together.
//!
//! The first row that is asked for its children loads those of all its siblings in one statement; the others
//! find theirs there. So a nested list costs one statement a level, whatever the length of the page.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use entity::id::DossierId;
use sea_orm::DbErr;
use tokio::sync::OnceCell;

type Slot<V> = Arc<OnceCell<Arc<V>>>;

/// A page of dossiers, or of rows within dossiers.
#[derive(Debug, Default)]
pub struct Siblings {
    dossiers: Vec<DossierId>,
    loaded: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Siblings {
    /// The rows of a page belong to these dossiers.
    pub fn of(dossiers: impl IntoIterator<Item = DossierId>) -> Arc<Self> {
        Arc::new(Self { dossiers: dossiers.into_iter().collect(), loaded: Mutex::default() })
    }

    /// The dossiers of the page.
    pub fn dossiers(&self) -> &[DossierId] {
        &self.dossiers
    }

    /// What was loaded under a key, loading it when this is the first row that asks. The type of the key says
    /// which relation it is; its value, with which arguments.
    pub async fn load<K, V, F>(&self, key: K, load: impl FnOnce() -> F) -> Result<Arc<V>, DbErr>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
        F: Future<Output = Result<V, DbErr>>,
    {
        let slot: Slot<V> = self.slot(key);
        slot.get_or_try_init(|| async { load().await.map(Arc::new) }).await.cloned()
    }

    fn slot<K: Eq + Hash + Send + 'static, V: Send + Sync + 'static>(&self, key: K) -> Slot<V> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let slots =
            loaded.entry(TypeId::of::<(K, V)>()).or_insert_with(|| Box::new(HashMap::<K, Slot<V>>::new()));
        slots
            .downcast_mut::<HashMap<K, Slot<V>>>()
            .map(|slots| Arc::clone(slots.entry(key).or_default()))
            .unwrap_or_default()
    }
}
