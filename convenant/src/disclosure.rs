//! What one standing discloses: a bit set over the leaves, so that a field check is one bit test.

use crate::vocabulary::{Category, CategorySet};

/// What may be seen under one standing and the facts of one datum (design.md section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disclosure {
    allowed: CategorySet,
    binding: CategorySet,
}

impl Disclosure {
    /// Nothing: the disclosure of whoever has no assignment.
    pub const NOTHING: Self = Self { allowed: CategorySet::EMPTY, binding: CategorySet::EMPTY };

    pub(crate) const fn new(allowed: CategorySet, binding: CategorySet) -> Self {
        Self { allowed: allowed.difference(binding), binding }
    }

    /// May the category be seen?
    pub const fn sees(self, category: Category) -> bool {
        self.allowed.contains(category)
    }

    /// Everything that may be seen.
    pub const fn allowed(self) -> CategorySet {
        self.allowed
    }

    /// What is forbidden by a rule that holds for all assignments of the professional: signature, side, training
    /// (README, "Involvement").
    pub const fn binding(self) -> CategorySet {
        self.binding
    }

    /// The disclosure of a professional with several assignments: the union, but a forbid on signature, side or
    /// training that holds for one of them holds for all (README, "Involvement").
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        Self::new(self.allowed.union(other.allowed), self.binding.union(other.binding))
    }
}
