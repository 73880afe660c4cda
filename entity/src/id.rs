//! Identifiers of rows: one newtype a table, so that the id of a person cannot stand where a dossier's is asked.
//!
//! An id is a UUIDv7. It says nothing about rights: whoever holds one still has to be allowed in.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh, time-ordered id.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl TryFromU64 for $name {
            /// Ids are made by us, never by a counter of the database.
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// A partner organisation.
    OrganisationId,
    /// A professional of an organisation.
    ProfessionalId,
    /// A desk: a group of professionals of one organisation.
    DeskId,
    /// An organisation's signature under a house's covenant.
    SignatureId,
    /// A dossier, the root of everything that concerns persons.
    DossierId,
    /// An assignment of a professional or desk to a dossier.
    AssignmentId,
    /// A person within one dossier.
    PersonId,
    /// The key under which a person's sealed values are kept.
    PersonKeyId,
    /// An aanmelding.
    AanmeldingId,
    /// A BRP check.
    BrpCheckId,
    /// A bekendheidscheck put to one organisation.
    BekendheidscheckId,
    /// A question to one organisation in the verrijking.
    VerrijkingId,
    /// One supplied datum.
    InbrengId,
    /// A triage.
    TriageId,
    /// An afwijking of the criteria of a triage.
    AfwijkingId,
    /// A declaration of secrecy that a guest is asked.
    GeheimhoudingsverklaringId,
    /// A contract of a gemeente with a house.
    GemeenteContractId,
    /// A use of break-glass.
    BreakGlassId,
    /// A case.
    CaseId,
    /// A plan van aanpak.
    PlanId,
    /// An action of a plan.
    ActionId,
    /// A warm handover at afschaling.
    OverdrachtId,
}
