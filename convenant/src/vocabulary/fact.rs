//! The facts of one datum, relative to the viewer (README, "Facts of a datum").
//!
//! Facts are given by the caller; this module must never work one out.

use std::fmt;

codes! {
    /// A fact of a datum, relative to the viewer.
    Fact, "feit" {
        Eigen = "eigen", "geleverd door de eigen organisatie van de kijker";
        Ontvanger = "ontvanger", "de vastgelegde grond noemt de kijker als ontvanger";
        Toestemming = "toestemming", "toestemming is vastgelegd";
        OmAkkoord = "om_akkoord", "het OM ging akkoord";
        Doorbreking = "doorbreking", "de doorbreking van het beroepsgeheim is vastgelegd";
        Noodzaak = "noodzaak", "de noodzaak is vastgelegd";
        EigenActie = "eigen_actie", "hoort bij of is nodig voor een actie van de eigen organisatie";
        NieuwSignaal = "nieuw_signaal", "geleverd in fase F7, F8 of F9";
        Vrijgegeven = "vrijgegeven", "vrijgegeven aan de betrokkene door een besluit op een verzoek";
        NietVerderDelen = "niet_verder_delen", "de leverancier wil niet dat het verder wordt gedeeld";
        AlleenTriage = "alleen_triage", "de leverancier gaf het alleen voor de triage";
        Verlopen = "verlopen", "de geldigheid is verlopen";
    }
}

/// A set of facts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Facts(u16);

impl Facts {
    /// No fact.
    pub const NONE: Self = Self(0);

    /// The same with this fact.
    #[must_use]
    pub const fn with(self, fact: Fact) -> Self {
        Self(self.0 | 1 << fact as u16)
    }

    /// The same without this fact.
    #[must_use]
    pub const fn without(self, fact: Fact) -> Self {
        Self(self.0 & !(1 << fact as u16))
    }

    /// Is the fact among them?
    pub const fn contains(self, fact: Fact) -> bool {
        self.0 & (1 << fact as u16) != 0
    }

    /// The facts, in the order of the README.
    pub fn iter(self) -> impl Iterator<Item = Fact> {
        Fact::ALL.iter().copied().filter(move |fact| self.contains(*fact))
    }

    pub(crate) const fn bits(self) -> u16 {
        self.0
    }
}

impl FromIterator<Fact> for Facts {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        facts.into_iter().fold(Self::NONE, Self::with)
    }
}

impl serde::Serialize for Facts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
