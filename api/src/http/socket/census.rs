//! How many sockets each caller has open on this process.
//!
//! It holds names of callers only while they have one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::authn::Caller;

/// The sockets of every caller.
#[derive(Debug, Clone)]
pub(in crate::http) struct Census {
    open: Arc<Mutex<HashMap<Name, usize>>>,
    limit: usize,
}

type Name = (String, String);

/// The place of one socket, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    census: Census,
    name: Name,
}

impl Census {
    pub(in crate::http) fn new(limit: usize) -> Self {
        Self { open: Arc::default(), limit }
    }

    /// A place for one more socket of `caller`, if there is any.
    pub(super) fn enter(&self, caller: &Caller) -> Option<Place> {
        let name = (caller.issuer.clone(), caller.subject.clone());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(name.clone()).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place { census: self.clone(), name })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.census.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back() {
        let census = Census::new(2);
        let caller = |subject: &str| Caller {
            issuer: "i".into(),
            subject: subject.into(),
            expires_at: chrono::DateTime::UNIX_EPOCH,
            acr: None,
            authenticated_at: None,
        };
        let first = census.enter(&caller("a"));
        let second = census.enter(&caller("a"));
        assert!(first.is_some() && second.is_some());
        assert!(census.enter(&caller("a")).is_none());
        assert!(census.enter(&caller("b")).is_some(), "another caller has places of his own");
        drop(first);
        assert!(census.enter(&caller("a")).is_some());
        drop(second);
        assert!(census.open.lock().unwrap().is_empty());
    }
}
