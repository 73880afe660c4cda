//! How confidential a dossier is, by its tafel.

use super::Tafel;

codes! {
    /// How confidential a dossier is (`domain.md` b.6), the least first.
    Confidentiality, "vertrouwelijkheid" {
        Normaal = "NORMAAL", "normaal";
        Verhoogd = "VERHOOGD", "verhoogd";
        Strikt = "STRIKT", "strikt";
    }
}

impl Tafel {
    /// How confidential the dossiers of this tafel are.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other tafels are normal")]
    pub const fn confidentiality(self) -> Confidentiality {
        match self {
            Self::Rad | Self::CterWeeg => Confidentiality::Strikt,
            Self::CodeRood | Self::Stalking | Self::MhRegie | Self::MhSignaal | Self::MhDrieluik => {
                Confidentiality::Verhoogd
            }
            _ => Confidentiality::Normaal,
        }
    }
}
