//! How many sockets are open on this process: in all, and of each caller.
//!
//! A connection that became a socket no longer counts as a connection, so it counts here from its upgrade on.
//! Names of callers are held only while they have a socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::authn::Caller;

/// The sockets of every caller.
#[derive(Debug, Clone)]
pub(in crate::http) struct Census {
    open: Arc<Mutex<HashMap<Name, usize>>>,
    limit: usize,
    seats: Arc<Semaphore>,
}

type Name = (String, String);

/// The place of one socket, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    census: Census,
    name: Name,
}

impl Census {
    /// At most `limit` sockets of one caller, and `seats` in all.
    pub(in crate::http) fn new(limit: usize, seats: usize) -> Self {
        let seats = Arc::new(Semaphore::new(seats.min(Semaphore::MAX_PERMITS)));
        Self { open: Arc::default(), limit, seats }
    }

    /// A seat for a socket of nobody yet, if there is any.
    pub(super) fn seat(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.seats).try_acquire_owned().ok()
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
        let census = Census::new(2, 1);
        let caller = |subject: &str| Caller {
            issuer: "i".into(),
            subject: subject.into(),
            expires_at: chrono::DateTime::UNIX_EPOCH,
            acr: None,
            authenticated_at: None,
        };
        let seat = census.seat();
        assert!(seat.is_some() && census.seat().is_none());
        drop(seat);
        assert!(census.seat().is_some());
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
