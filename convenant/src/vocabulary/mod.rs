//! The closed lists of words that the covenant speaks in: categories, partners, involvements, tafels, phases,
//! facts. One code for one thing, as in the tables.
//!
//! Nothing here may decide: who may see what is said by the policies in `model/` alone.

/// Declares a closed list of codes: an enum with `ALL`, `code`, `name`, `Display`, `FromStr` and serde, all by
/// its code. Reading a code does not look at upper or lower case.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        $list:ident, $what:literal { $($variant:ident = $code:literal, $name:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $(
                #[doc = concat!("`", $code, "`: ", $name, ".")]
                $variant,
            )+
        }

        impl $list {
            /// Every one, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as the tables write it.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The name, in Dutch.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::vocabulary::UnknownCode;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().find(|one| one.code().eq_ignore_ascii_case(code));
                found.copied().ok_or_else(|| $crate::vocabulary::UnknownCode::new($what, code))
            }
        }

        impl serde::Serialize for $list {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $list {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

mod category;
mod code_error;
mod confidentiality;
mod contract;
mod fact;
mod partner;
mod standing;

pub use category::{Category, CategorySet};
pub use code_error::UnknownCode;
pub use confidentiality::Confidentiality;
pub use contract::ContractKind;
pub use fact::{Fact, Facts};
pub use partner::{Circle, Domain, PartnerKind, PartnerWord};
pub use standing::{Involvement, Phase, Side, Standing, Tafel, Verb};
