//! The one way in which a mutation happens.
//!
//! Input is checked before anything is looked up; then the dossier is locked, the key and the version compared,
//! and the change applied in one transaction (see [`waarborg::write`]). A feature writes down what its change
//! needs and does; nothing of the order is left to it.

use async_graphql::{Context, InputType, Value};
use convenant::HouseCode;
use entity::id::DossierId;
use sea_orm::DbErr;
use uuid::Uuid;
use waarborg::access::{Access, Denial};
use waarborg::database::cause;
use waarborg::feed::NewEvent;
use waarborg::write::{Begun, DossierChange, Ids, Outcome, Place, Verdict, Write, WriteError, WriteRequest};

use super::check::Checks;
use super::in_force::confirm;
use super::scalar::IdempotencyKey;
use super::user_error::{Finding, UserError, UserErrorCode};
use crate::error::{Code, Fault};
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

    /// The dossier that the input names; none when it opens one.
    fn dossier(&self) -> Option<DossierId>;

    /// On which dossier it writes. Only break-glass says otherwise.
    fn place(&self, _: &Server) -> Place {
        self.dossier().map_or(Place::New, Place::Present)
    }

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
    /// Conditions of the work process are not met, by their codes.
    Conditions(Vec<&'static str>),
    /// The covenant does not allow it.
    Covenant(Denial, Vec<String>),
    /// The professional's involvement does not bring this act with it.
    NotOfInvolvement,
    /// A value does not fit what is known of the dossier or the house.
    Input(Finding, Vec<String>),
    /// The database or a key failed.
    Failed(DbErr),
}

impl Refused {
    /// What a field of the input names does not exist for this professional.
    pub(crate) fn not_found(field: &str) -> Self {
        Self::NotFound(vec![field.to_owned()])
    }

    /// A failure beside the database: a key, a seal, a value that cannot be kept.
    pub(crate) fn failed(what: &'static str) -> Self {
        Self::Failed(DbErr::Custom(what.to_owned()))
    }
}

impl From<serde_json::Error> for Refused {
    fn from(_: serde_json::Error) -> Self {
        Self::failed("a value cannot be kept as JSON")
    }
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
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

/// The name under which the outcome keeps the row of a house.
const ROW: &str = "row";

/// A change of what a house keeps beside its dossiers. It stands on no dossier and tells the feed nothing.
pub(crate) trait HouseChange: Send + Sync + Sized + 'static {
    /// The mutation's name in the schema.
    const NAME: &'static str;

    /// Its input.
    type Input: ChangeInput + Send + Sync;

    /// Reads the input; none when the checks found something.
    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self>;

    /// The house.
    fn house(&self) -> &HouseCode;

    /// Makes the change within the write.
    fn apply(
        &self,
        write: &Write,
        server: &Server,
    ) -> impl Future<Output = Result<HouseEffect, Refused>> + Send;
}

/// What a change of a house has done within its transaction.
#[derive(Debug)]
pub(crate) struct HouseEffect {
    /// What was done, as the ledger keeps it.
    pub(crate) code: &'static str,
    /// The row that was made or changed.
    pub(crate) row: Uuid,
}

/// A change of either kind, as it is carried out.
trait Act: Send + Sync + Sized {
    const NAME: &'static str;
    type Input: ChangeInput + Send + Sync;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self>;
    fn dossier(&self) -> Option<DossierId>;
    fn place(&self, server: &Server) -> Place;

    /// Makes the change and ends the write with its effect, or without when it was refused.
    fn carry_out(
        &self,
        write: Box<Write>,
        server: &Server,
    ) -> impl Future<Output = Result<Written, WriteError>> + Send;
}

impl<C: Change> Act for C {
    const NAME: &'static str = C::NAME;
    type Input = C::Input;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        C::read(input, checks)
    }

    fn dossier(&self) -> Option<DossierId> {
        C::dossier(self)
    }

    fn place(&self, server: &Server) -> Place {
        C::place(self, server)
    }

    async fn carry_out(&self, write: Box<Write>, server: &Server) -> Result<Written, WriteError> {
        let effect = match self.apply(&write, server).await {
            Ok(effect) => effect,
            Err(refused) => return refuse(write, refused).await,
        };
        let mut ids: Ids = effect.shows.into_iter().map(|(field, row)| (field.to_owned(), row)).collect();
        ids.insert(DOSSIER.to_owned(), effect.dossier.0);
        let committed = write.commit(&server.feed, effect.dossier, effect.change, &effect.events, ids);
        Ok(Written::Outcome(committed.await?))
    }
}

/// A change of a house, to be carried out.
struct InHouse<H>(H);

impl<H: HouseChange> Act for InHouse<H> {
    const NAME: &'static str = H::NAME;
    type Input = H::Input;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        H::read(input, checks).map(Self)
    }

    fn dossier(&self) -> Option<DossierId> {
        None
    }

    fn place(&self, _: &Server) -> Place {
        Place::House(self.0.house().clone())
    }

    async fn carry_out(&self, write: Box<Write>, server: &Server) -> Result<Written, WriteError> {
        let effect = match self.0.apply(&write, server).await {
            Ok(effect) => effect,
            Err(refused) => return refuse(write, refused).await,
        };
        let codes = vec![effect.code.to_owned(), self.0.house().to_string(), effect.row.to_string()];
        let ids = Ids::from([(ROW.to_owned(), effect.row)]);
        Ok(Written::Outcome(write.commit_in_house(codes, ids).await?))
    }
}

/// Runs a mutation on a house; gives the row that it made or changed, or why it did neither.
pub(crate) async fn run_in_house<H: HouseChange>(
    ctx: &Context<'_>,
    input: H::Input,
) -> Result<Result<Uuid, Vec<UserError>>, Fault> {
    Ok(match carried_out::<InHouse<H>>(ctx, input).await? {
        Attempted::Done(outcome) => outcome.ids.get(ROW).copied().ok_or_else(Vec::new),
        Attempted::Refused(errors) => Err(errors),
    })
}

/// Runs a mutation.
pub(crate) async fn run<C: Change>(ctx: &Context<'_>, input: C::Input) -> Result<Answered, Fault> {
    Ok(match carried_out::<C>(ctx, input).await? {
        Attempted::Refused(errors) => Answered { outcome: None, errors },
        Attempted::Done(outcome) => {
            let done = outcome.ids.get(DOSSIER).copied().zip(outcome.version);
            let outcome =
                done.map(|(dossier, version)| Done { dossier: DossierId(dossier), version, outcome });
            Answered { outcome, errors: Vec::new() }
        }
    })
}

/// What came of an attempt to change something.
enum Attempted {
    Done(Outcome),
    Refused(Vec<UserError>),
}

/// Carries out a change. What it names and does not find is an attempt, of which the record of its answer tells; so does
/// it of every refusal.
async fn carried_out<A: Act>(ctx: &Context<'_>, input: A::Input) -> Result<Attempted, Fault> {
    let access = ctx.data_unchecked::<Access>();
    let (attempted, dossier) = attempt::<A>(ctx, input).await?;
    if let Attempted::Refused(errors) = &attempted {
        for error in errors {
            access.collector().refused(error.code.code());
            if error.code == UserErrorCode::NotFound {
                access.collector().attempted(dossier);
            }
        }
    }
    Ok(attempted)
}

/// Makes the change; gives what came of it and the dossier that the input names.
async fn attempt<A: Act>(
    ctx: &Context<'_>,
    input: A::Input,
) -> Result<(Attempted, Option<DossierId>), Fault> {
    let access = ctx.data_unchecked::<Access>();
    let server = ctx.data_unchecked::<Server>();
    let sentences = *ctx.data_unchecked::<Sentences>();
    let mut checks = Checks::at(access.now());
    let key = checks.key("idempotencyKey", input.key());
    let change = A::read(&input, &mut checks);
    let (Some(key), Some(change)) = (key, change) else {
        return Ok((Attempted::Refused(checks.into_errors()), None));
    };
    let dossier = change.dossier();
    let errors = checks.into_errors();
    if !errors.is_empty() {
        return Ok((Attempted::Refused(errors), dossier));
    }
    let request = WriteRequest {
        operation: A::NAME,
        key,
        fingerprint: fingerprint::<A>(server, &input),
        place: change.place(server),
        expected_version: input.expected_version(),
    };
    let written = match write(access, server, &change, &request).await {
        Err(WriteError::Concurrent) => write(access, server, &change, &request).await,
        Err(WriteError::DayChanged) => {
            let now = server.clock.now();
            confirm(server, now).await?;
            access.go_on_at(now);
            write(access, server, &change, &request).await
        }
        written => written,
    };
    Ok((answer(written, sentences)?, dossier))
}

async fn write<A: Act>(
    access: &Access,
    server: &Server,
    change: &A,
    request: &WriteRequest,
) -> Result<Written, WriteError> {
    match Write::begin(access, &server.ledger, request.clone()).await? {
        Begun::Known(outcome) => Ok(Written::Outcome(outcome)),
        Begun::Fresh(write) => change.carry_out(write, server).await,
    }
}

/// Ends a write whose change was refused.
async fn refuse(write: Box<Write>, refused: Refused) -> Result<Written, WriteError> {
    match refused {
        Refused::Failed(error) => Err(WriteError::Database(error)),
        Refused::NotFound(path) => Ok(Written::Unwritten(UserError::of(Finding::NotFound, path))),
        Refused::Input(finding, path) => Ok(Written::Unwritten(UserError::of(finding, path))),
        refused @ (Refused::Conditions(_) | Refused::Covenant(..) | Refused::NotOfInvolvement) => {
            Ok(Written::Outcome(write.reject(refused.codes()).await?))
        }
    }
}

enum Written {
    Outcome(Outcome),
    Unwritten(UserError),
}

fn answer(written: Result<Written, WriteError>, sentences: Sentences) -> Result<Attempted, Fault> {
    let refused = |error: UserError| Attempted::Refused(vec![error]);
    match written {
        Ok(Written::Unwritten(error)) => Ok(refused(error)),
        Ok(Written::Outcome(outcome)) => Ok(answer_outcome(outcome, sentences)),
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
        Err(WriteError::Concurrent | WriteError::DayChanged) => Err(Fault::new(Code::Internal)),
        Err(WriteError::Database(error)) => {
            tracing::error!(cause = cause(&error), "a write failed");
            Err(Fault::new(Code::Internal))
        }
    }
}

fn answer_outcome(outcome: Outcome, sentences: Sentences) -> Attempted {
    match &outcome.verdict {
        Verdict::Rejected { reasons } => {
            Attempted::Refused(reasons.iter().map(|code| refusal(code, sentences)).collect())
        }
        Verdict::Done => Attempted::Done(outcome),
    }
}

impl Refused {
    /// The refusal as codes, which is all that is kept of it: `GUARD:QUORUM`, `COVENANT:TOO_EARLY#inbreng.0`.
    fn codes(&self) -> Vec<String> {
        match self {
            Self::Conditions(codes) => codes.iter().map(|code| format!("GUARD:{code}")).collect(),
            Self::Covenant(denial, path) => {
                vec![format!("COVENANT:{}#{}", denial.reason.code(), path.join("."))]
            }
            Self::NotOfInvolvement => vec!["ROLE:INVOLVEMENT".to_owned()],
            Self::NotFound(_) | Self::Input(..) | Self::Failed(_) => Vec::new(),
        }
    }
}

/// The sentences of the conditions of the work process, by their codes. The features supply them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentences(pub(crate) fn(&str) -> Option<&'static str>);

/// The user error of a refusal that was kept as a code.
fn refusal(code: &str, sentences: Sentences) -> UserError {
    let (kind, rest) = code.split_once(':').unwrap_or((code, ""));
    let (reason, path) = rest.split_once('#').unwrap_or((rest, ""));
    let path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (code, message) = match kind {
        "GUARD" => (UserErrorCode::GuardFailed, sentences.0(reason).unwrap_or(Code::GuardFailed.message())),
        "COVENANT" => (UserErrorCode::NotPermitted, super::denial::message(reason)),
        _ => (UserErrorCode::NotPermitted, Code::NotPermitted.message()),
    };
    UserError { path, ..UserError::whole(code, Some(reason.to_owned()), message) }
}

/// A keyed hash of the mutation and its input without the key, so that the same key with other input is seen.
fn fingerprint<A: Act>(server: &Server, input: &A::Input) -> Vec<u8> {
    let mut value = input.to_value();
    if let Value::Object(fields) = &mut value {
        fields.shift_remove("idempotencyKey");
    }
    server.keys.blind_index("mutation", &format!("{}{value}", A::NAME))
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

pub(crate) use change_input;
