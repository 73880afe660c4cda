//! The error of a word that is on none of the closed lists. It must never guess what was meant.

/// A code that is not on its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("onbekende {what}: {given:?}")]
pub struct UnknownCode {
    what: &'static str,
    given: String,
}

impl UnknownCode {
    pub(crate) fn new(what: &'static str, given: &str) -> Self {
        Self { what, given: given.to_owned() }
    }
}
