//! Why the covenant withholds something: the reason for an app, and its Dutch sentence for a person.
//!
//! It words what was decided, and must never decide.

use async_graphql::Enum;
use convenant::Reason;

/// The single change that would show a category.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WithheldReason {
    /// Your organisation has not signed the covenant for this tafel.
    NotSigned,
    /// You have not completed the training that this tafel asks.
    NotTrained,
    /// The dossier belongs to another gemeente.
    OtherGemeente,
    /// The supplier has restricted it.
    SupplierRestricted,
    /// It is past its validity.
    Expired,
    /// No ground was recorded for sharing it with you.
    NoGroundRecorded,
    /// It is shown in a later phase.
    TooEarly,
    /// It was shown in an earlier phase.
    TooLate,
    /// It is shared at another tafel.
    Tafel,
    /// It is shown to another involvement.
    Involvement,
    /// It is protected from the side on which you work.
    Protected,
    /// The covenant never shows it to you.
    Never,
}

impl From<Reason> for WithheldReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NotSigned => Self::NotSigned,
            Reason::NotTrained => Self::NotTrained,
            Reason::OtherGemeente => Self::OtherGemeente,
            Reason::SupplierRestricted => Self::SupplierRestricted,
            Reason::Expired => Self::Expired,
            Reason::NoGroundRecorded => Self::NoGroundRecorded,
            Reason::TooEarly => Self::TooEarly,
            Reason::TooLate => Self::TooLate,
            Reason::Tafel => Self::Tafel,
            Reason::Involvement => Self::Involvement,
            Reason::Protected => Self::Protected,
            Reason::Never => Self::Never,
        }
    }
}

/// The Dutch sentence of a reason of the covenant.
pub(crate) fn message(reason: &str) -> &'static str {
    match reason {
        "NOT_SIGNED" => "Uw organisatie heeft het convenant voor deze tafel niet ondertekend.",
        "NOT_TRAINED" => "Hiervoor is de training voor deze tafel nodig.",
        "OTHER_GEMEENTE" => "Dit dossier hoort bij een andere gemeente.",
        "SUPPLIER_RESTRICTED" => "De leverancier heeft het verder delen beperkt.",
        "EXPIRED" => "De geldigheid hiervan is verlopen.",
        "NO_GROUND_RECORDED" => "Er is geen grond vastgelegd om dit met u te delen.",
        "TOO_EARLY" => "Dit wordt pas in een latere fase gedeeld.",
        "TOO_LATE" => "Dit werd in een eerdere fase gedeeld.",
        "TAFEL" => "Dit wordt aan deze tafel niet met u gedeeld.",
        "INVOLVEMENT" => "Dit hoort niet bij uw betrokkenheid.",
        "PROTECTED" => "Dit is beschermd tegen de kant waarvoor u werkt.",
        _ => "Het convenant deelt dit niet met u.",
    }
}
