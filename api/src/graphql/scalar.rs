//! Custom scalars of the inputs and outputs.
//!
//! As inputs they take any text and keep it as it came: whether it is good is for [`super::check::Checks`] to
//! say, so that a bad value becomes a user error that names its path and never an error that repeats it.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;

macro_rules! text_scalar {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub(crate) struct $name(pub(crate) String);

        impl std::fmt::Debug for $name {
            /// What a professional typed is not for logs.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        $(#[$doc])*
        #[Scalar]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    _ => Err(InputValueError::custom("a text is expected")),
                }
            }

            fn is_valid(value: &Value) -> bool {
                matches!(value, Value::String(_))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    )+};
}

text_scalar! {
    /// One line of text: 1 to 200 characters, no control characters. It is kept in Unicode form NFC.
    Line,
    /// A text of several lines: 1 to 4,000 characters; of control characters only the line feed. It is kept in
    /// Unicode form NFC.
    Text,
    /// A burgerservicenummer: nine digits that pass the elfproef.
    Bsn,
    /// A Dutch postcode: `1234 AB`. The space may be left out and the letters may be small; it is kept with both.
    Postcode,
    /// A telephone number in the international form: `+31612345678`. A Dutch number may be given as `06-12345678`.
    PhoneNumber,
    /// An address of e-mail.
    EmailAddress,
    /// A calendar date: `2025-03-01`.
    Date,
    /// A date of birth of which day or month may be unknown: `1980-00-00`.
    PartialDate,
    /// A UUID made by the client. The same key with the same input has one effect, however often it is sent.
    IdempotencyKey,
    /// A place in the feed of events. Opaque; kept by clients to resume where they were.
    Cursor,
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_string())
    }
}

/// The code of a value of an enum of the schema, as kept in the database.
#[expect(clippy::wildcard_enum_match_arm, reason = "a value of an enum is never anything else")]
pub(crate) fn code_of(value: impl async_graphql::resolver_utils::EnumType) -> String {
    match async_graphql::resolver_utils::enum_value(value) {
        async_graphql::Value::Enum(name) => name.to_string(),
        other => other.to_string(),
    }
}
