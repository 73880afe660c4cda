//! The one registry of what can go wrong: codes, Dutch sentences, and what each means over HTTP.
//!
//! An error says which rule stopped a request and nothing about how the server is made: no SQL, no path, no
//! name of a type or field. Every sentence that reaches a client is a constant of this program.

use async_graphql::{ErrorExtensionValues, Name, Pos, ServerError, Value};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;

use crate::trace::TraceId;

/// What an app switches on. A finer `reason` may stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// No valid token, or a token of nobody we know.
    Unauthenticated,
    /// It does not exist, or not for this viewer.
    NotFound,
    /// The request cannot be understood.
    InvalidInput,
    /// Presence is known, the act is not allowed.
    NotPermitted,
    /// A rule of the work process stands in the way.
    GuardFailed,
    /// Somebody else changed it in the meantime.
    Conflict,
    /// The idempotency key was used for something else.
    IdempotencyMismatch,
    /// The document is beyond its budget.
    TooComplex,
    /// Too many requests.
    RateLimited,
    /// The proof of disclosure cannot be written, so nothing was disclosed.
    LedgerUnavailable,
    /// Our fault.
    Internal,
}

impl Code {
    /// Every code, in the order of the registry.
    pub const ALL: [Self; 11] = [
        Self::Unauthenticated,
        Self::NotFound,
        Self::InvalidInput,
        Self::NotPermitted,
        Self::GuardFailed,
        Self::Conflict,
        Self::IdempotencyMismatch,
        Self::TooComplex,
        Self::RateLimited,
        Self::LedgerUnavailable,
        Self::Internal,
    ];

    /// The code as it stands in `extensions.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::NotFound => "NOT_FOUND",
            Self::InvalidInput => "INVALID_INPUT",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::GuardFailed => "GUARD_FAILED",
            Self::Conflict => "CONFLICT",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::TooComplex => "TOO_COMPLEX",
            Self::RateLimited => "RATE_LIMITED",
            Self::LedgerUnavailable => "LEDGER_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The sentence a professional reads.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unauthenticated => "U bent niet aangemeld, of uw aanmelding is verlopen.",
            Self::NotFound => "Dit is niet gevonden.",
            Self::InvalidInput => "De vraag of de invoer klopt niet.",
            Self::NotPermitted => "U mag dit niet doen.",
            Self::GuardFailed => "Dit kan nu niet: er is nog niet aan alle voorwaarden voldaan.",
            Self::Conflict => "Iemand anders heeft dit intussen gewijzigd. Bekijk eerst de laatste versie.",
            Self::IdempotencyMismatch => "Deze sleutel is al gebruikt voor een andere opdracht.",
            Self::TooComplex => "Deze vraag is te groot of te ingewikkeld.",
            Self::RateLimited => "Er komen te veel vragen tegelijk. Probeer het straks opnieuw.",
            Self::LedgerUnavailable => {
                "De verstrekking kan nu niet worden vastgelegd. Daarom is er niets verstrekt."
            }
            Self::Internal => "Er is iets misgegaan. Geef het traceringsnummer door aan de beheerder.",
        }
    }

    /// The HTTP status when the whole request ends in this error.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::InvalidInput | Self::TooComplex => StatusCode::BAD_REQUEST,
            Self::NotPermitted => StatusCode::FORBIDDEN,
            Self::GuardFailed | Self::Conflict => StatusCode::CONFLICT,
            Self::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::LedgerUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A reason of the server's own front: a refinement of a code, with its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The reason as it stands in `extensions.reason`.
    pub name: &'static str,
    /// The code it refines.
    pub code: Code,
    /// The sentence a professional or developer reads.
    pub message: &'static str,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident: $code:ident, $message:literal;)+) => {
        impl Reason {
            $($(#[$doc])* pub const $name: Self =
                Self { name: stringify!($name), code: Code::$code, message: $message };)+

            /// Every reason the front gives.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

reasons! {
    /// The act asks a stronger or more recent sign-in; `stepUp` beside it says which.
    STEP_UP: Unauthenticated, "Meld u opnieuw aan: hiervoor moet u zich kort geleden en met een sterk middel hebben aangemeld.";
    /// The document is not GraphQL.
    SYNTAX: InvalidInput, "De GraphQL-vraag bevat een schrijffout.";
    /// The document does not fit the schema.
    VALIDATION: InvalidInput, "De GraphQL-vraag past niet bij het schema.";
    /// A value does not have the asked form.
    VALUE: InvalidInput, "Een ingevulde waarde heeft niet de gevraagde vorm.";
    /// The body is not a JSON object with a `query`.
    BODY: InvalidInput, "De aanvraag is geen JSON-object met een veld query.";
    /// A connection without a page of 1 to 100 rows.
    PAGE: InvalidInput, "Vraag een pagina met first (en eventueel after) of met last (en eventueel before), van 1 tot en met 100 rijen.";
    /// A cursor that was not given by this server.
    CURSOR: InvalidInput, "Deze cursor is niet van deze server.";
    /// A period of which the last day is before the first.
    PERIOD: InvalidInput, "De laatste dag van deze periode ligt voor de eerste.";
    /// An enum value that the schema does not have.
    ENUM_VALUE: InvalidInput, "Deze waarde bestaat niet in het schema.";
    /// A field that must be given.
    REQUIRED: InvalidInput, "Dit veld moet worden ingevuld.";
    /// A field that the schema does not have.
    UNKNOWN_FIELD: InvalidInput, "Dit veld bestaat niet in het schema.";
    /// Several requests in one.
    BATCH: InvalidInput, "Stuur één vraag per aanvraag.";
    /// Which operation is meant cannot be said.
    OPERATION: InvalidInput, "Het is niet duidelijk welke bewerking uit het document is bedoeld.";
    /// Only POST serves GraphQL.
    METHOD: InvalidInput, "Deze methode wordt hier niet ondersteund.";
    /// Only `application/json` is read.
    MEDIA_TYPE: InvalidInput, "Stuur de aanvraag als application/json, zonder compressie.";
    /// None of the asked media types can be given.
    NOT_ACCEPTABLE: InvalidInput, "Het antwoord kan alleen als JSON worden gegeven.";
    /// The body is over the limit.
    BODY_TOO_LARGE: InvalidInput, "De aanvraag is te groot.";
    /// The route is for WebSocket connections.
    UPGRADE: InvalidInput, "Dit adres is alleen voor WebSocket-verbindingen.";
    /// A web page of another origin asked for a socket.
    ORIGIN: NotPermitted, "Deze website mag geen verbinding maken.";
    /// A socket serves questions, not acts.
    MUTATION_OVER_SOCKET: InvalidInput, "Wijzigingen gaan niet over een WebSocket. Gebruik POST.";
    /// A subscription was posted.
    SUBSCRIPTION_OVER_POST: InvalidInput, "Een abonnement gaat over een WebSocket, niet over POST.";
    /// A subscription with more than one field of its root.
    SUBSCRIPTION_FIELDS: InvalidInput, "Een abonnement heeft precies één hoofdveld.";
    /// The schema is published as a file, not asked here.
    INTROSPECTION: InvalidInput, "Het schema kan hier niet worden opgevraagd.";
    /// Over the number of bytes.
    DOCUMENT_BYTES: TooComplex, "De GraphQL-vraag is te lang.";
    /// Over the number of tokens.
    TOKENS: TooComplex, "De GraphQL-vraag bevat te veel onderdelen.";
    /// Over the number of aliases.
    ALIASES: TooComplex, "De GraphQL-vraag bevat te veel aliassen.";
    /// Over the number of root fields.
    ROOT_FIELDS: TooComplex, "De GraphQL-vraag bevat te veel hoofdvelden.";
    /// Over the number of fragments, or a fragment that contains itself.
    FRAGMENTS: TooComplex, "De GraphQL-vraag gebruikt te veel fragmenten, of een fragment dat zichzelf bevat.";
    /// Over the number of selections once fragments are written out.
    SELECTIONS: TooComplex, "De GraphQL-vraag wordt te groot als de fragmenten zijn uitgeschreven.";
    /// Over the number of directives.
    DIRECTIVES: TooComplex, "De GraphQL-vraag bevat te veel directieven.";
    /// Nested too deep.
    DEPTH: TooComplex, "De GraphQL-vraag is te diep genest.";
    /// A value nested too deep.
    VALUE_DEPTH: TooComplex, "Een ingevulde waarde is te diep genest.";
    /// A list of values too long.
    VALUE_LENGTH: TooComplex, "Een ingevulde lijst is te lang.";
    /// Cost over the limit.
    COST: TooComplex, "De GraphQL-vraag vraagt te veel gegevens in één keer.";
    /// Too many subscriptions on one socket.
    SUBSCRIPTIONS: RateLimited, "Er lopen al te veel abonnementen op deze verbinding.";
    /// It took too long.
    TIMEOUT: Internal, "Het duurde te lang om deze vraag te beantwoorden.";
}

/// One thing that went wrong, in the words of the registry.
///
/// Deliberately not a `std::error::Error`: it becomes a GraphQL error by one conversion, which keeps its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    code: Code,
    reason: Option<&'static str>,
    message: &'static str,
    trace: Option<TraceId>,
    locations: Vec<Pos>,
    for_developers: Option<Box<str>>,
    challenge: Option<Box<Challenge>>,
    input_path: Box<[String]>,
}

/// The sign-in that an act asks for, as an app asks the issuer for it (RFC 9470).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The `acr` values that will do, the weakest first.
    pub acr_values: Vec<String>,
    /// How long ago the sign-in may have been, in seconds.
    pub max_age: u32,
}

impl Fault {
    /// A fault with the sentence of its code.
    pub fn new(code: Code) -> Self {
        let message = code.message();
        Self {
            code,
            reason: None,
            message,
            trace: None,
            locations: Vec::new(),
            for_developers: None,
            challenge: None,
            input_path: Box::default(),
        }
    }

    /// A fault of a feature: its code, its reason and its own fixed Dutch sentence.
    pub fn because(code: Code, reason: &'static str, message: &'static str) -> Self {
        Self { reason: Some(reason), message, ..Self::new(code) }
    }

    /// The same fault, traceable.
    #[must_use]
    pub fn traced(self, trace: TraceId) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// The same fault, with the places in the client's own document that it is about.
    #[must_use]
    pub fn at(self, locations: Vec<Pos>) -> Self {
        Self { locations, ..self }
    }

    /// The same fault, with a text that only [`Wording::ForDevelopers`] shows.
    #[must_use]
    pub fn for_developers(self, text: impl Into<Box<str>>) -> Self {
        Self { for_developers: Some(text.into()), ..self }
    }

    /// The same fault, with the sign-in that would do.
    #[must_use]
    pub fn challenging(self, challenge: Challenge) -> Self {
        Self { challenge: Some(Box::new(challenge)), ..self }
    }

    /// The same fault, of what stands in the input at this path: the argument or variable first.
    #[must_use]
    pub fn of_input(self, input_path: Vec<String>) -> Self {
        Self { input_path: input_path.into(), ..self }
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The finer reason.
    pub fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// Whether it says which trace it belongs to.
    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// The Dutch sentence.
    pub fn message(&self) -> &'static str {
        self.message
    }

    /// This fault as one GraphQL error, in the wording of the server's mode.
    pub fn worded(&self, wording: Wording) -> ServerError {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code.code());
        if let Some(reason) = self.reason {
            extensions.set("reason", reason);
        }
        if let Some(trace) = self.trace {
            extensions.set("trace", trace.to_string());
        }
        if let Some(challenge) = &self.challenge {
            extensions.set("stepUp", challenge.value());
        }
        if !self.input_path.is_empty() {
            extensions.set("path", Value::List(self.input_path.iter().cloned().map(Value::String).collect()));
        }
        let developer_text = self.for_developers.as_deref().filter(|_| wording == Wording::ForDevelopers);
        let mut error = ServerError::new(developer_text.unwrap_or(self.message), None);
        error.locations.clone_from(&self.locations);
        error.extensions = Some(extensions);
        error
    }

    /// The whole GraphQL answer when nothing could be executed: errors, and no `data`.
    pub fn body(&self, wording: Wording) -> Bytes {
        errors_body(&[self.worded(wording)])
    }
}

impl Challenge {
    fn value(&self) -> Value {
        let acr_values = self.acr_values.iter().cloned().map(Value::String).collect();
        let members = [("acrValues", Value::List(acr_values)), ("maxAge", Value::from(self.max_age))];
        Value::Object(members.into_iter().map(|(name, value)| (Name::new(name), value)).collect())
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::because(reason.code, reason.name, reason.message)
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        let mut error = fault.worded(Wording::ForUsers);
        error.source = Some(std::sync::Arc::new(fault));
        error
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(fault: Fault) -> Self {
        let ServerError { message, source, extensions, .. } = fault.into();
        Self { message, source, extensions }
    }
}

/// The body of an answer that has errors and no data: a request that was never executed.
pub fn errors_body(errors: &[ServerError]) -> Bytes {
    #[derive(Serialize)]
    struct Body<'a> {
        errors: &'a [ServerError],
    }
    // Strings, numbers and maps with string keys always serialise; the constant is for the impossible.
    serde_json::to_vec(&Body { errors })
        .map_or_else(|_| Bytes::from_static(br#"{"errors":[{"message":"INTERNAL"}]}"#), Bytes::from)
}

/// Whose words the server uses for what a document does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wording {
    /// Fixed Dutch sentences; nothing of the schema shows.
    #[default]
    ForUsers,
    /// The validator's own English, which names types and fields. Demo only (`developer_messages`).
    ForDevelopers,
}

impl Wording {
    /// Rewrites an error that left async-graphql, so that only the registry speaks.
    ///
    /// A [`Fault`] keeps its code; a validator's complaint (it has no path) becomes `INVALID_INPUT`; a value
    /// that could not be coerced becomes `VALUE`; anything else is `INTERNAL`, and its text is dropped.
    #[must_use]
    pub fn reword(self, error: ServerError, trace: TraceId) -> ServerError {
        let fault = error.source::<Fault>().cloned().unwrap_or_else(|| classify(&error));
        let mut worded = fault.traced(trace).worded(self);
        if worded.locations.is_empty() {
            worded.locations = error.locations;
        }
        worded.path = error.path;
        worded.source = error.source;
        worded
    }
}

/// What an error without a [`Fault`] means. The texts are those of the pinned async-graphql version.
fn classify(error: &ServerError) -> Fault {
    let text = error.message.as_str();
    let is_value =
        ["Failed to parse \"", "Expected input type \""].iter().any(|start| text.starts_with(start));
    let reason = match text {
        "Query is too complex." => Reason::COST,
        "Query is nested too deep." => Reason::DEPTH,
        _ if text.starts_with("The recursion depth of the query") => Reason::DEPTH,
        _ if is_value && error.source.is_none() => Reason::VALUE,
        _ if error.path.is_empty() => Reason::VALIDATION,
        _ => return Fault::new(Code::Internal),
    };
    Fault::from(reason).for_developers(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use async_graphql::PathSegment;

    use super::*;

    fn trace() -> TraceId {
        TraceId::from([7; 16])
    }

    #[test]
    fn the_registry_is_consistent() {
        let codes: HashSet<_> = Code::ALL.iter().map(|code| code.code()).collect();
        let messages: HashSet<_> = Code::ALL.iter().map(|code| code.message()).collect();
        assert_eq!((codes.len(), messages.len()), (Code::ALL.len(), Code::ALL.len()));
        for code in Code::ALL {
            assert!(code.code().bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'));
            assert!(code.message().ends_with('.'), "{}", code.message());
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }

    #[test]
    fn every_reason_refines_one_code_and_says_so_in_one_sentence() {
        let names: HashSet<_> = Reason::ALL.iter().map(|reason| reason.name).collect();
        let messages: HashSet<_> = Reason::ALL.iter().map(|reason| reason.message).collect();
        assert_eq!((names.len(), messages.len()), (Reason::ALL.len(), Reason::ALL.len()));
        for reason in Reason::ALL {
            assert!(Code::ALL.iter().all(|code| code.code() != reason.name), "{}", reason.name);
            assert!(reason.message.ends_with('.'), "{}", reason.message);
        }
    }

    #[test]
    fn a_fault_becomes_a_body_without_data() {
        let fault = Fault::from(Reason::SYNTAX).traced(trace()).at(vec![Pos { line: 1, column: 3 }]);
        let body: serde_json::Value = serde_json::from_slice(&fault.body(Wording::ForUsers)).unwrap();
        let expected = serde_json::json!({"errors": [{
            "message": "De GraphQL-vraag bevat een schrijffout.",
            "locations": [{"line": 1, "column": 3}],
            "extensions": {
                "code": "INVALID_INPUT", "reason": "SYNTAX", "trace": "07070707070707070707070707070707",
            },
        }]});
        assert_eq!(body, expected);
    }

    #[test]
    fn a_fault_keeps_its_code_through_async_graphql() {
        let error: async_graphql::Error =
            Fault::because(Code::GuardFailed, "NO_PLAN", "Er is geen plan.").into();
        let mut error = error.into_server_error(Pos { line: 1, column: 1 });
        error.path = vec![PathSegment::Field("close".into())];
        let worded = Wording::ForUsers.reword(error, trace());
        assert_eq!(worded.message, "Er is geen plan.");
        assert_eq!(worded.extensions.unwrap().get("code"), Some(&"GUARD_FAILED".into()));
        assert_eq!(worded.path, vec![PathSegment::Field("close".into())]);
    }

    #[test]
    fn nothing_of_the_schema_or_the_database_is_passed_on() {
        let cases = [
            (r#"Unknown field "bsn" on type "Person"."#, false, "VALIDATION"),
            (r#"Failed to parse "Date": input contains 30-02"#, true, "VALUE"),
            ("Query is too complex.", false, "COST"),
            ("Query is nested too deep.", false, "DEPTH"),
            (r#"relation "secret_table" does not exist"#, true, "INTERNAL"),
        ];
        for (text, in_resolver, expected) in cases {
            let mut error = ServerError::new(text, Some(Pos { line: 2, column: 5 }));
            if in_resolver {
                error.path = vec![PathSegment::Field("x".into())];
            }
            let worded = Wording::ForUsers.reword(error, trace());
            let extensions = worded.extensions.clone().unwrap();
            let said = extensions.get("reason").or_else(|| extensions.get("code")).cloned();
            assert_eq!(said, Some(expected.into()), "{text}");
            assert_eq!(worded.locations.len(), 1);
            assert!(
                Reason::ALL.iter().any(|reason| reason.message == worded.message)
                    || worded.message == Code::Internal.message()
            );
        }
    }

    #[test]
    fn developers_read_the_validator_but_never_an_internal_error() {
        let wrong = ServerError::new(r#"Unknown field "x" on type "Query"."#, None);
        assert!(Wording::ForDevelopers.reword(wrong, trace()).message.contains("Unknown field"));
        let mut broken = ServerError::new("no such table: person", None);
        broken.path = vec![PathSegment::Field("x".into())];
        assert_eq!(Wording::ForDevelopers.reword(broken, trace()).message, Code::Internal.message());
    }
}
