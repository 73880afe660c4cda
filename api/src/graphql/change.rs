//! The one way in which a mutation happens.
//!
//! Input is checked before anything is looked up; then the dossier is locked, the key and the version compared,
//! and the change applied in one transaction (see [`waarborg::write`]). A feature writes down what its change
//! needs and does; nothing of the order is left to it.

use async_graphql::{Context, InputType, Value};
use entity::id::DossierId;
use sea_orm::DbErr;
use uuid::Uuid;
use waarborg::access::{Access, Denial};
use waarborg::feed::NewEvent;
use waarborg::write::{Begun, DossierChange, Outcome, Verdict, Write, WriteError, WriteRequest};

use super::check::Checks;
use super::scalar::IdempotencyKey;
use super::user_error::{Finding, UserError, UserErrorCode};
use crate::error::{Code, Fault};
use crate::features::casusreis::Guard;
use crate::server::Server;

/// What every mutation input has.
pub(crate) trait ChangeInput: InputType {
    /// The client's key.
    fn key(&self) -> &IdempotencyKey;

    /// The version of the dossier that the client has seen.
    fn expected_version(&self) -> Option<i64>;
}

/// A change that a mutation makes.
pub(crate) trait Change: Send + Sync + Sized + 'static {
    /// The mutation's name in the schema.
    const NAME: &'static str;

    /// Its input.
    type Input: ChangeInput + Send + Sync;

    /// Reads the input; none when the checks found something.
    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self>;

    /// The dossier it changes; none when it opens one.
    fn dossier(&self) -> Option<DossierId>;

    /// Makes the change within the write.
    fn apply(&self, write: &Write, server: &Server) -> impl Future<Output = Result<Effect, Refused>> + Send;
}

/// What a change has done within its transaction.
#[derive(Debug)]
pub(crate) struct Effect {
    /// The dossier changed or opened.
    pub(crate) dossier: DossierId,
    /// What changes on the dossier itself.
    pub(crate) change: DossierChange,
    /// What to tell.
    pub(crate) events: Vec<NewEvent>,
    /// What the payload shows: rows by the name of its field.
    pub(crate) shows: Vec<(&'static str, Uuid)>,
}

/// Why a change was not made.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Something it names does not exist for this professional.
    NotFound(Vec<String>),
    /// Conditions of the work process are not met.
    Guards(Vec<Guard>),
    /// The covenant does not allow it.
    Covenant(Denial, Vec<String>),
    /// The professional's involvement does not bring this act with it.
    NotOfInvolvement,
    /// The house does not take this registration; the code says why.
    Registration(&'static str),
    /// A value does not fit what is known of the dossier or the house.
    Input(Finding, Vec<String>),
    /// The database or a key failed.
    Failed(String),
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a mutation answers: the outcome, or why there is none.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What was done; none when nothing was.
    pub(crate) outcome: Option<Done>,
    /// Why nothing was.
    pub(crate) errors: Vec<UserError>,
}

/// A change that was made.
#[derive(Debug)]
pub(crate) struct Done {
    /// The dossier.
    pub(crate) dossier: DossierId,
    /// Its version after the change.
    pub(crate) version: i64,
    outcome: Outcome,
}

impl Done {
    /// The row to show under a field of the payload.
    pub(crate) fn row(&self, field: &str) -> Option<Uuid> {
        self.outcome.ids.get(field).copied()
    }
}

/// The name under which the outcome keeps the dossier.
const DOSSIER: &str = "dossier";

/// Runs a mutation. What it names and does not find is an attempt, of which the record of its answer tells.
pub(crate) async fn run<C: Change>(ctx: &Context<'_>, input: C::Input) -> Result<Answered, Fault> {
    let access = ctx.data_unchecked::<Access>();
    let (answered, dossier) = attempt::<C>(ctx, input).await?;
    if answered.errors.iter().any(|error| error.code == UserErrorCode::NotFound) {
        access.collector().attempted(dossier);
    }
    Ok(answered)
}

/// Makes the change; gives what came of it and the dossier that the input names.
async fn attempt<C: Change>(
    ctx: &Context<'_>,
    input: C::Input,
) -> Result<(Answered, Option<DossierId>), Fault> {
    let access = ctx.data_unchecked::<Access>();
    let server = ctx.data_unchecked::<Server>();
    let mut checks = Checks::at(access.now());
    let key = checks.key("idempotencyKey", input.key());
    let change = C::read(&input, &mut checks);
    let (Some(key), Some(change)) = (key, change) else {
        return Ok((Answered { outcome: None, errors: checks.into_errors() }, None));
    };
    let dossier = change.dossier();
    let errors = checks.into_errors();
    if !errors.is_empty() {
        return Ok((Answered { outcome: None, errors }, dossier));
    }
    let request = WriteRequest {
        operation: C::NAME,
        key,
        fingerprint: fingerprint::<C>(server, &input),
        dossier,
        expected_version: input.expected_version(),
    };
    let written = match write(access, server, &change, &request).await {
        Err(WriteError::Concurrent) => write(access, server, &change, &request).await,
        written => written,
    };
    Ok((answer(written)?, dossier))
}

async fn write<C: Change>(
    access: &Access,
    server: &Server,
    change: &C,
    request: &WriteRequest,
) -> Result<Written, WriteError> {
    let write = match Write::begin(access, &server.ledger, request.clone()).await? {
        Begun::Known(outcome) => return Ok(Written::Outcome(outcome)),
        Begun::Fresh(write) => write,
    };
    match change.apply(&write, server).await {
        Ok(effect) => {
            let mut ids: std::collections::BTreeMap<String, Uuid> =
                effect.shows.into_iter().map(|(field, row)| (field.to_owned(), row)).collect();
            ids.insert(DOSSIER.to_owned(), effect.dossier.0);
            let outcome =
                write.commit(&server.feed, effect.dossier, effect.change, &effect.events, ids).await?;
            Ok(Written::Outcome(outcome))
        }
        Err(Refused::Failed(cause)) => Err(WriteError::Database(DbErr::Custom(cause))),
        Err(Refused::NotFound(path)) => Ok(Written::Unwritten(UserError::of(Finding::NotFound, path))),
        Err(Refused::Input(finding, path)) => Ok(Written::Unwritten(UserError::of(finding, path))),
        Err(refused) => Ok(Written::Outcome(write.reject(refused.codes()).await?)),
    }
}

enum Written {
    Outcome(Outcome),
    Unwritten(UserError),
}

fn answer(written: Result<Written, WriteError>) -> Result<Answered, Fault> {
    let refused = |error: UserError| Answered { outcome: None, errors: vec![error] };
    match written {
        Ok(Written::Unwritten(error)) => Ok(refused(error)),
        Ok(Written::Outcome(outcome)) => Ok(answer_outcome(outcome)),
        Err(WriteError::NotFound) => Ok(refused(UserError::of(Finding::NotFound, vec!["id".to_owned()]))),
        Err(WriteError::Conflict { current }) => Ok(refused(UserError {
            current_version: Some(current),
            ..UserError::whole(UserErrorCode::Conflict, None, Code::Conflict.message())
        })),
        Err(WriteError::Mismatch) => {
            let code = UserErrorCode::IdempotencyMismatch;
            let path = vec!["idempotencyKey".to_owned()];
            Ok(refused(UserError {
                path,
                ..UserError::whole(code, None, Code::IdempotencyMismatch.message())
            }))
        }
        Err(WriteError::Ledger(_)) => Err(Fault::new(Code::LedgerUnavailable)),
        Err(error @ (WriteError::Concurrent | WriteError::Database(_))) => {
            tracing::error!(error = %error, "a write failed");
            Err(Fault::new(Code::Internal))
        }
    }
}

fn answer_outcome(outcome: Outcome) -> Answered {
    match (&outcome.verdict, outcome.ids.get(DOSSIER), outcome.version) {
        (Verdict::Rejected { reasons }, ..) => {
            Answered { outcome: None, errors: reasons.iter().map(|code| refusal(code)).collect() }
        }
        (Verdict::Done, Some(dossier), Some(version)) => {
            let dossier = DossierId(*dossier);
            Answered { outcome: Some(Done { dossier, version, outcome }), errors: Vec::new() }
        }
        (Verdict::Done, ..) => Answered { outcome: None, errors: Vec::new() },
    }
}

impl Refused {
    /// The refusal as codes, which is all that is kept of it: `GUARD:QUORUM`, `COVENANT:TOO_EARLY#inbreng.0`.
    fn codes(&self) -> Vec<String> {
        match self {
            Self::Guards(guards) => guards.iter().map(|guard| format!("GUARD:{}", guard.code())).collect(),
            Self::Covenant(denial, path) => {
                vec![format!("COVENANT:{}#{}", denial.reason.code(), path.join("."))]
            }
            Self::NotOfInvolvement => vec!["ROLE:INVOLVEMENT".to_owned()],
            Self::Registration(code) => vec![format!("REGISTRATION:{code}")],
            Self::NotFound(_) | Self::Input(..) | Self::Failed(_) => Vec::new(),
        }
    }
}

/// The user error of a refusal that was kept as a code.
fn refusal(code: &str) -> UserError {
    let (kind, rest) = code.split_once(':').unwrap_or((code, ""));
    let (reason, path) = rest.split_once('#').unwrap_or((rest, ""));
    let path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let guard = (kind == "GUARD").then(|| Guard::named(reason)).flatten();
    let (code, message) = match (kind, guard) {
        (_, Some(guard)) => (UserErrorCode::GuardFailed, guard.message()),
        ("REGISTRATION", None) => {
            (UserErrorCode::GuardFailed, crate::features::aanmelding::registration_message(reason))
        }
        ("COVENANT", None) => (UserErrorCode::NotPermitted, super::viewer_access::denial_message(reason)),
        _ => (UserErrorCode::NotPermitted, Code::NotPermitted.message()),
    };
    UserError { path, ..UserError::whole(code, Some(reason.to_owned()), message) }
}

/// A keyed hash of the mutation and its input without the key, so that the same key with other input is seen.
fn fingerprint<C: Change>(server: &Server, input: &C::Input) -> Vec<u8> {
    let mut value = input.to_value();
    if let Value::Object(fields) = &mut value {
        fields.shift_remove("idempotencyKey");
    }
    server.keys.blind_index("mutation", &format!("{}{value}", C::NAME))
}

/// Declares a mutation input: the key and the expected version beside the fields of its own.
macro_rules! change_input {
    ($(#[$doc:meta])* opening $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Debug, Clone)]
        pub(crate) struct $name {
            /// A UUID made by the client for this one act; send it again when no answer came.
            pub(crate) idempotency_key: crate::graphql::scalar::IdempotencyKey,
            $($(#[$field_doc])* pub(crate) $field: $type,)*
        }

        impl crate::graphql::change::ChangeInput for $name {
            fn key(&self) -> &crate::graphql::scalar::IdempotencyKey {
                &self.idempotency_key
            }

            fn expected_version(&self) -> Option<i64> {
                None
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Debug, Clone)]
        pub(crate) struct $name {
            /// A UUID made by the client for this one act; send it again when no answer came.
            pub(crate) idempotency_key: crate::graphql::scalar::IdempotencyKey,
            /// The version of the dossier on which this act was decided. When the dossier has changed since,
            /// nothing is done and the answer is CONFLICT.
            pub(crate) expected_version: Option<i64>,
            $($(#[$field_doc])* pub(crate) $field: $type,)*
        }

        impl crate::graphql::change::ChangeInput for $name {
            fn key(&self) -> &crate::graphql::scalar::IdempotencyKey {
                &self.idempotency_key
            }

            fn expected_version(&self) -> Option<i64> {
                self.expected_version
            }
        }
    };
}

/// Declares a mutation payload: what it shows, the dossier, its version, and the errors.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $($field: Option<waarborg::disclosure::Disclosed<$type>>,)*
            dossier: Option<waarborg::disclosure::Disclosed<crate::features::dossier::Dossier>>,
            version: Option<i64>,
            errors: Vec<crate::graphql::user_error::UserError>,
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            $(
                $(#[$field_doc])*
                async fn $field(&self) -> Option<&waarborg::disclosure::Disclosed<$type>> {
                    self.$field.as_ref()
                }
            )*

            /// The dossier as it is now; null when nothing was done, or when it is no longer yours to see.
            async fn dossier(
                &self,
            ) -> Option<&waarborg::disclosure::Disclosed<crate::features::dossier::Dossier>> {
                self.dossier.as_ref()
            }

            /// The version of the dossier after the act; null when nothing was done.
            async fn version(&self) -> Option<i64> {
                self.version
            }

            /// Why nothing was done; empty when it was.
            async fn errors(&self) -> &[crate::graphql::user_error::UserError] {
                &self.errors
            }

            /// The root, to read on within the same request.
            async fn query(&self) -> Option<crate::features::Query> {
                Some(crate::features::Query::default())
            }
        }

        impl $name {
            /// Runs the change and shows what came of it, under the rights of this moment.
            pub(crate) async fn run<C: crate::graphql::change::Change>(
                ctx: &async_graphql::Context<'_>,
                input: C::Input,
            ) -> async_graphql::Result<Self> {
                let answered = crate::graphql::change::run::<C>(ctx, input).await?;
                let mut payload = Self {
                    $($field: None,)*
                    dossier: None,
                    version: None,
                    errors: answered.errors,
                };
                if let Some(done) = answered.outcome {
                    let access = ctx.data_unchecked::<waarborg::access::Access>();
                    let shown = crate::features::node::Shown::of(access, done.dossier).await?;
                    payload.version = Some(done.version);
                    if let Some(shown) = shown {
                        $(payload.$field = shown.row::<$type>(done.row($key)).await?;)*
                        payload.dossier = Some(shown.dossier());
                    }
                }
                Ok(payload)
            }
        }
    };
}

pub(crate) use {change_input, payload};
