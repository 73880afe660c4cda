//! What an act writes, by the categories of the covenant. Nothing here knows what a row looks like.

use convenant::{Category, Facts};
use waarborg::access::{Denial, Presence};

/// What an act writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supplied {
    /// Nothing that the covenant gives a category.
    Nothing,
    /// Something of this category.
    Of(Category),
    /// A datum of a category that is not known before it is there.
    Datum,
}

impl Supplied {
    /// Whether the covenant lets a professional write it. A datum is judged by its category, once that is known.
    pub(crate) fn judge(self, presence: &Presence) -> Result<(), Denial> {
        match self {
            Self::Nothing | Self::Datum => Ok(()),
            Self::Of(category) => presence.may_supply(category, Facts::NONE).map(drop),
        }
    }

    /// Whether it makes sense to offer the act: of a datum, whether there is a category that the professional may supply
    /// with whatever decisions must be recorded with it.
    pub(crate) fn can_be_offered(self, presence: &Presence) -> bool {
        match self {
            Self::Nothing | Self::Of(_) => self.judge(presence).is_ok(),
            Self::Datum => presence.may_supply_anything(),
        }
    }
}
