//! Who may register a case, from when, where (README, "Structural rules beside the tables").
//!
//! Only the rules of the house's own data; it must never look at a person.

use chrono::NaiveDate;

use crate::dates::Span;
use crate::vocabulary::{PartnerKind, PartnerWord, Tafel};

/// Why a registration is refused at intake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// The gemeente is not one of the house.
    #[error("Deze gemeente hoort niet bij dit Zorg- en Veiligheidshuis.")]
    GemeenteUnknown,
    /// The house does not have the tafel.
    #[error("Dit Zorg- en Veiligheidshuis heeft deze tafel niet.")]
    TafelUnknown,
    /// This partner may not register here (yet); with the advice to give.
    #[error("{advice}")]
    Partner {
        /// What the partner can do instead, in Dutch.
        advice: String,
    },
    /// The tafel does not work for this gemeente; with the advice to give.
    #[error("{advice}")]
    Gemeente {
        /// What the partner can do instead, in Dutch.
        advice: String,
    },
}

impl RegistrationRefusal {
    /// A code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::GemeenteUnknown => "GEMEENTE_UNKNOWN",
            Self::TafelUnknown => "TAFEL_UNKNOWN",
            Self::Partner { .. } => "PARTNER_MAY_NOT_REGISTER",
            Self::Gemeente { .. } => "GEMEENTE_NOT_SERVED",
        }
    }
}

/// A rule of a house: at these tafels and in this span only these partners and gemeenten register.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct RegistrationRule {
    pub(super) span: Span,
    /// Empty: every tafel.
    pub(super) tafels: Vec<Tafel>,
    /// Empty: every partner.
    pub(super) partners: Vec<PartnerWord>,
    /// Empty: every gemeente.
    pub(super) gemeenten: Vec<String>,
    pub(super) except_gemeenten: Vec<String>,
    /// What a refused partner is told; it decides nothing.
    #[serde(skip)]
    pub(super) advice: String,
}

impl RegistrationRule {
    fn applies(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.span.contains(date) && (self.tafels.is_empty() || self.tafels.contains(&tafel))
    }

    /// Whether it names the gemeenten for which the house works at a tafel on a date.
    pub(super) fn names_gemeenten(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.applies(tafel, date) && !self.gemeenten.is_empty()
    }

    pub(super) fn check(
        &self,
        partner: PartnerKind,
        gemeente: &str,
        tafel: Tafel,
        date: NaiveDate,
    ) -> Result<(), RegistrationRefusal> {
        if !self.applies(tafel, date) {
            return Ok(());
        }
        let advice = || self.advice.clone();
        if !self.partners.is_empty() && !self.partners.iter().any(|word| word.means(partner)) {
            return Err(RegistrationRefusal::Partner { advice: advice() });
        }
        let named = |list: &[String]| list.iter().any(|code| code == gemeente);
        if (!self.gemeenten.is_empty() && !named(&self.gemeenten)) || named(&self.except_gemeenten) {
            return Err(RegistrationRefusal::Gemeente { advice: advice() });
        }
        Ok(())
    }
}
