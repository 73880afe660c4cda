//! Global ids: opaque, and prefixed with the type.
//!
//! An id names the dossier beside the row, so that finding a row needs no second look-up and a person's id
//! stands for that person within that dossier. An id gives no right: a malformed one, an unknown one and one of
//! a dossier at which the viewer is not present are the same to every caller.

use async_graphql::ID;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use entity::OfDossier;
use entity::id::DossierId;
use uuid::Uuid;

/// The types that have a global id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NodeKind {
    Dossier,
    Person,
    Aanmelding,
    BrpCheck,
    Bekendheidscheck,
    Verrijking,
    Inbreng,
    Triage,
    Afwijking,
    Case,
    Participant,
    Plan,
    Action,
    Overdracht,
    BreakGlass,
    Geheimhoudingsverklaring,
}

impl NodeKind {
    /// Every kind.
    pub(crate) const ALL: [Self; 16] = [
        Self::Dossier,
        Self::Person,
        Self::Aanmelding,
        Self::BrpCheck,
        Self::Bekendheidscheck,
        Self::Verrijking,
        Self::Inbreng,
        Self::Triage,
        Self::Afwijking,
        Self::Case,
        Self::Participant,
        Self::Plan,
        Self::Action,
        Self::Overdracht,
        Self::BreakGlass,
        Self::Geheimhoudingsverklaring,
    ];

    /// The GraphQL type, which is also the prefix of its ids.
    pub(crate) const fn type_name(self) -> &'static str {
        match self {
            Self::Dossier => "Dossier",
            Self::Person => "Person",
            Self::Aanmelding => "Aanmelding",
            Self::BrpCheck => "BrpCheck",
            Self::Bekendheidscheck => "Bekendheidscheck",
            Self::Verrijking => "Verrijking",
            Self::Inbreng => "Inbreng",
            Self::Triage => "Triage",
            Self::Afwijking => "Afwijking",
            Self::Case => "Case",
            Self::Participant => "Participant",
            Self::Plan => "Plan",
            Self::Action => "Action",
            Self::Overdracht => "Overdracht",
            Self::BreakGlass => "BreakGlass",
            Self::Geheimhoudingsverklaring => "Geheimhoudingsverklaring",
        }
    }

    /// The kind of a type name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.type_name() == name)
    }
}

/// A global id, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GlobalId {
    /// The type.
    pub(crate) kind: NodeKind,
    /// The dossier.
    pub(crate) dossier: DossierId,
    /// The row; the dossier's own id for a dossier.
    pub(crate) row: Uuid,
}

impl GlobalId {
    /// The id of a row of a dossier.
    pub(crate) fn of(kind: NodeKind, row: &impl OfDossier) -> Self {
        Self { kind, dossier: row.dossier_id(), row: row.row_id() }
    }

    /// Writes the id.
    pub(crate) fn encode(self) -> ID {
        let mut bytes = Vec::with_capacity(48);
        bytes.extend_from_slice(self.kind.type_name().as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(self.dossier.0.as_bytes());
        bytes.extend_from_slice(self.row.as_bytes());
        ID(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads an id; none when it is not one.
    pub(crate) fn decode(id: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).ok()?;
        let colon = bytes.iter().position(|byte| *byte == b':')?;
        let (name, rest) = bytes.split_at(colon);
        let (dossier, row) = rest.get(1..)?.split_at_checked(16)?;
        Some(Self {
            kind: NodeKind::named(std::str::from_utf8(name).ok()?)?,
            dossier: DossierId(Uuid::from_slice(dossier).ok()?),
            row: Uuid::from_slice(row).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_comes_back_as_it_went(kind in 0..NodeKind::ALL.len(), dossier: u128, row: u128) {
            let id = GlobalId {
                kind: NodeKind::ALL[kind],
                dossier: DossierId(Uuid::from_u128(dossier)),
                row: Uuid::from_u128(row),
            };
            prop_assert_eq!(GlobalId::decode(&id.encode()), Some(id));
        }

        #[test]
        fn reading_never_fails_otherwise_than_by_none(text in ".*") {
            let _ = GlobalId::decode(&text);
        }
    }

    #[test]
    fn a_cut_or_lengthened_id_is_none() {
        let id =
            GlobalId { kind: NodeKind::Case, dossier: DossierId(Uuid::nil()), row: Uuid::nil() }.encode();
        assert_eq!(GlobalId::decode(&id[..id.len() - 2]), None);
        assert_eq!(GlobalId::decode(&format!("{}AAAA", id.as_str())), None);
    }
}
