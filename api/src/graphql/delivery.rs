//! Between a subscription and the engine: who follows, and under which access each event was shown.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use waarborg::access::Access;

/// The login behind a subscription, by which rights are looked up again.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// The accesses under which the events of one subscription were shown, in the order of delivery, so that each
/// answer is proved by what it showed itself.
#[derive(Debug, Default)]
pub(crate) struct Deliveries(Mutex<VecDeque<Access>>);

impl Deliveries {
    /// Notes the access of the delivery that is about to come.
    pub(crate) fn push(&self, access: Access) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(access);
    }

    /// The access of the delivery that comes first.
    pub(crate) fn take(&self) -> Option<Access> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
