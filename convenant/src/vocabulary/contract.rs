//! Contracts of a gemeente with a house, beside the covenant that partners sign.
//!
//! Which contracts there are, from when until when, is given, never looked up.

use super::Tafel;

codes! {
    /// What a gemeente agreed with a house by a contract of its own.
    ContractKind, "contract" {
        Jeugdgroep = "JEUGDGROEP", "convenant voor jeugdgroepen";
        Nazorg = "NAZORG", "contract voor nazorg";
    }
}

impl Tafel {
    /// The contract of the gemeente of a dossier without which no signature counts at this tafel (README, `signed`;
    /// `domain.md` A61).
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other tafels ask the signature only")]
    pub const fn asks_contract(self) -> Option<ContractKind> {
        match self {
            Self::Jeugdgroep => Some(ContractKind::Jeugdgroep),
            _ => None,
        }
    }
}
