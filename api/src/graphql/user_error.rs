//! What a mutation answers when it did not do what was asked: data for the app, a Dutch sentence for the user.

use async_graphql::{Enum, SimpleObject};

use crate::error::{Code, Fault};

/// What an app switches on.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum UserErrorCode {
    /// A value does not have the asked form.
    InvalidInput,
    /// It does not exist, or not for this professional.
    NotFound,
    /// The covenant or the role does not allow it.
    NotPermitted,
    /// A condition of the work process is not met; `reason` says which.
    GuardFailed,
    /// The dossier has changed; `currentVersion` says to which version.
    Conflict,
    /// The idempotency key was used for another input.
    IdempotencyMismatch,
}

impl UserErrorCode {
    /// The code as it stands in the answer.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::InvalidInput => "INVALID_INPUT",
            Self::NotFound => "NOT_FOUND",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::GuardFailed => "GUARD_FAILED",
            Self::Conflict => "CONFLICT",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
        }
    }
}

/// Why a mutation did not do what was asked.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserError {
    /// What an app switches on.
    pub(crate) code: UserErrorCode,
    /// A finer reason: the guard that refused, the covenant's reason, the kind of mistake.
    pub(crate) reason: Option<String>,
    /// A sentence in Dutch for the professional.
    pub(crate) message: String,
    /// Where in the input, from its root; empty when it concerns the whole.
    pub(crate) path: Vec<String>,
    /// The version of the dossier now, with CONFLICT.
    pub(crate) current_version: Option<i64>,
}

/// What can be found wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// A text is empty, too long, or has control characters.
    Text,
    /// Not a date of the calendar.
    Date,
    /// A date in the past where one to come is asked.
    PastDate,
    /// Not a BSN.
    Bsn,
    /// Not a Dutch postcode.
    Postcode,
    /// Not a telephone number.
    Phone,
    /// Not an address of e-mail.
    Email,
    /// Not a UUID.
    Key,
    /// No such thing for this professional.
    NotFound,
    /// A value that goes with another is missing.
    Missing,
    /// A value that does not go with another was given.
    Superfluous,
    /// The list is empty or too long.
    Amount,
    /// A number outside its bounds.
    Range,
    /// The same thing is named more than once.
    Repeated,
    /// The value is not one of this house's.
    NotOfHouse,
    /// The house has no ground of this code.
    Ground,
}

impl Finding {
    fn describe(self) -> (UserErrorCode, &'static str, &'static str) {
        match self {
            Self::Text => (
                UserErrorCode::InvalidInput,
                "TEXT",
                "Deze tekst is leeg, te lang of bevat tekens die niet mogen.",
            ),
            Self::Date => (UserErrorCode::InvalidInput, "DATE", "Deze datum bestaat niet."),
            Self::PastDate => (UserErrorCode::InvalidInput, "PAST_DATE", "Deze datum ligt in het verleden."),
            Self::Bsn => (UserErrorCode::InvalidInput, "BSN", "Dit is geen geldig burgerservicenummer."),
            Self::Postcode => {
                (UserErrorCode::InvalidInput, "POSTCODE", "Dit is geen postcode, zoals 1234 AB.")
            }
            Self::Phone => (UserErrorCode::InvalidInput, "PHONE", "Dit is geen volledig telefoonnummer."),
            Self::Email => (UserErrorCode::InvalidInput, "EMAIL", "Dit is geen e-mailadres."),
            Self::Key => (UserErrorCode::InvalidInput, "KEY", "De idempotencyKey is geen UUID."),
            Self::NotFound => (UserErrorCode::NotFound, "NOT_FOUND", "Dit is niet gevonden."),
            Self::Missing => (UserErrorCode::InvalidInput, "MISSING", "Dit veld moet worden ingevuld."),
            Self::Superfluous => (UserErrorCode::InvalidInput, "SUPERFLUOUS", "Dit veld hoort hier niet."),
            Self::Amount => (UserErrorCode::InvalidInput, "AMOUNT", "Dit zijn er te weinig of te veel."),
            Self::Range => (UserErrorCode::InvalidInput, "RANGE", "Dit getal ligt buiten de grenzen."),
            Self::Repeated => {
                (UserErrorCode::InvalidInput, "REPEATED", "Dit wordt meer dan één keer genoemd.")
            }
            Self::NotOfHouse => (UserErrorCode::InvalidInput, "NOT_OF_HOUSE", "Dit hoort niet bij dit huis."),
            Self::Ground => (
                UserErrorCode::InvalidInput,
                "GROUND",
                "Deze grondslag is niet bekend, of geldt op deze datum niet.",
            ),
        }
    }
}

impl Finding {
    /// What is wrong with an argument of a query, which has no errors in a payload.
    pub(crate) fn fault(self, path: Vec<String>) -> Fault {
        let (_, reason, message) = self.describe();
        let fault = if self == Self::NotFound {
            Fault::new(Code::NotFound)
        } else {
            Fault::because(Code::InvalidInput, reason, message)
        };
        fault.of_input(path)
    }
}

impl UserError {
    /// The error of a finding at a path.
    pub(crate) fn of(finding: Finding, path: Vec<String>) -> Self {
        let (code, reason, message) = finding.describe();
        let reason = (finding != Finding::NotFound).then(|| reason.to_owned());
        Self { code, reason, message: message.to_owned(), path, current_version: None }
    }

    /// An error about the whole.
    pub(crate) fn whole(code: UserErrorCode, reason: Option<String>, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), path: Vec::new(), current_version: None }
    }
}
