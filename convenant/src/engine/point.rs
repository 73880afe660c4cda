//! A request as a point in a small finite space: one number for every word it is made of.
//!
//! Only a change of notation: it must lose nothing that a policy can read.

use super::Request;
use crate::vocabulary::{Category, Fact, Involvement, PartnerKind, Phase, Side, Tafel, Verb};

/// One thing that a policy can ask of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Dim {
    Verb,
    Partner,
    Category,
    Involvement,
    Side,
    Tafel,
    Phase,
    Asked,
    SameGemeente,
    Signed,
    Secrecy,
    Trained,
    Fact(Fact),
}

/// How many dimensions there are.
pub(super) const DIMS: usize = 12 + Fact::ALL.len();

impl Dim {
    pub(super) const FLAGS: [(Self, &'static str); 4] = [
        (Self::SameGemeente, "same_gemeente"),
        (Self::Signed, "signed"),
        (Self::Secrecy, "secrecy"),
        (Self::Trained, "trained"),
    ];

    pub(super) const fn place(self) -> usize {
        match self {
            Self::Verb => 0,
            Self::Partner => 1,
            Self::Category => 2,
            Self::Involvement => 3,
            Self::Side => 4,
            Self::Tafel => 5,
            Self::Phase => 6,
            Self::Asked => 7,
            Self::SameGemeente => 8,
            Self::Signed => 9,
            Self::Secrecy => 10,
            Self::Trained => 11,
            Self::Fact(fact) => 12 + fact as usize,
        }
    }
}

/// How many bits the number at a place takes; 52 in all.
pub(super) const fn width(place: usize) -> u32 {
    match place {
        0 | 4 => 2,
        1 | 2 | 7 => 6,
        3 | 5 => 5,
        6 => 4,
        _ => 1,
    }
}

/// Every value at a place, the one first under which most is allowed.
pub(super) fn values(place: usize) -> impl Iterator<Item = u8> {
    let count = match place {
        0 => Verb::ALL.len(),
        1 => PartnerKind::ALL.len(),
        2 => Category::ALL.len(),
        3 => Involvement::ALL.len(),
        4 => Side::ALL.len(),
        5 => Tafel::ALL.len(),
        6 => Phase::ALL.len(),
        7 => PartnerKind::ALL.len() + 1,
        _ => 2,
    };
    let is_flag = Dim::FLAGS.iter().any(|(flag, _)| flag.place() == place);
    (0..u8::try_from(count).unwrap_or(u8::MAX)).map(move |value| if is_flag { 1 - value } else { value })
}

/// A request, one number a dimension. The phase is the one that counts, `asked` is one more than the partner's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point([u8; DIMS]);

impl Point {
    /// A point of which nothing is known yet.
    pub(super) const NOWHERE: Self = Self([0; DIMS]);

    /// The same with another value at a place.
    pub(super) fn with(mut self, place: usize, value: u8) -> Self {
        if let Some(slot) = self.0.get_mut(place) {
            *slot = value;
        }
        self
    }

    pub(super) fn of(request: &Request) -> Self {
        let standing = &request.standing;
        let mut point = Self([0; DIMS]);
        point.set(Dim::Verb, request.verb as u8);
        point.set(Dim::Partner, standing.partner as u8);
        point.set(Dim::Category, request.category as u8);
        point.set(Dim::Involvement, standing.involvement as u8);
        point.set(Dim::Side, standing.side as u8);
        point.set(Dim::Tafel, standing.tafel as u8);
        point.set(Dim::Phase, standing.effective_phase() as u8);
        point.set(Dim::Asked, request.asked.map_or(0, |asked| asked as u8 + 1));
        point.set(Dim::SameGemeente, u8::from(standing.same_gemeente));
        point.set(Dim::Signed, u8::from(standing.signed));
        point.set(Dim::Secrecy, u8::from(standing.secrecy));
        point.set(Dim::Trained, u8::from(standing.trained));
        for fact in request.facts.iter() {
            point.set(Dim::Fact(fact), 1);
        }
        point
    }

    pub(super) fn about(&mut self, category: Category) {
        self.set(Dim::Category, category as u8);
    }

    pub(super) fn get(&self, dim: Dim) -> u8 {
        self.at(dim.place())
    }

    pub(super) fn at(&self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or_default()
    }

    pub(super) fn is(&self, dim: Dim) -> bool {
        self.get(dim) == 1
    }

    fn set(&mut self, dim: Dim, value: u8) {
        if let Some(slot) = self.0.get_mut(dim.place()) {
            *slot = value;
        }
    }
}
