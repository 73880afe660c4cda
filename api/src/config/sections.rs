//! The sections of the configuration, one struct each, as `config.default.toml` explains them.
//!
//! A misspelt setting is an error. Nothing here decides whether a combination is allowed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::secret::Secret;
use crate::graphql::budget;

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Synthetic people on one machine, with every convenience.
    Demo,
    /// Real people; every convenience is refused.
    Production,
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The largest request body.
    pub body_bytes: usize,
    /// How long a request may take.
    pub request_seconds: u64,
    /// How many connections may be open at once.
    pub connections: usize,
    /// Web origins, besides the server's own, whose pages may call it.
    pub allowed_origins: Vec<String>,
    /// Whether the explorer is served.
    pub explorer: bool,
    /// Whether the schema can be asked.
    pub introspection: bool,
    /// Whether a document's errors are explained in the validator's words.
    pub developer_messages: bool,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Where the data is kept.
    pub url: Secret,
    /// A file that holds the URL.
    pub url_file: Option<PathBuf>,
    /// The same database as the owner of its tables; empty when `url` owns them.
    pub owner_url: Secret,
    /// A file that holds that URL.
    pub owner_url_file: Option<PathBuf>,
    /// Connections in the pool.
    pub connections: u32,
    /// Said by whoever runs SQLite in production.
    pub single_process: bool,
}

/// `[redis]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// The URL; empty when there is none.
    pub url: Secret,
    /// A file that holds the URL.
    pub url_file: Option<PathBuf>,
}

/// `[oidc]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// Whether an issuer may be reached by `http://` on this machine.
    pub allow_loopback_http: bool,
    /// The issuers whose tokens are accepted.
    pub issuers: Vec<Issuer>,
}

/// One issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Exactly the `iss` of its tokens.
    pub issuer: String,
    /// What `aud` must hold.
    pub audience: String,
    /// Client ids; empty for any.
    #[serde(default)]
    pub allowed_clients: Vec<String>,
    /// The stricter NL GOV profile.
    #[serde(default)]
    pub nl_gov: bool,
    /// The longest lifetime under that profile.
    #[serde(default = "an_hour")]
    pub max_lifetime_seconds: u32,
    /// How far clocks may differ.
    #[serde(default = "half_a_minute")]
    pub leeway_seconds: u32,
}

fn an_hour() -> u32 {
    3600
}

fn half_a_minute() -> u32 {
    30
}

/// `[step_up]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// The `acr` values of the issuers, the weakest first.
    pub acr_values: Vec<String>,
    /// What break-glass asks.
    pub break_glass: SignIn,
}

/// How strongly and how recently somebody must have signed in for an act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The weakest `acr` that will do.
    pub acr: String,
    /// How long ago it may have been.
    pub max_age_seconds: u32,
}

/// `[keys]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The file with the keys.
    pub file: PathBuf,
}

/// `[ledger]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The directory for signed checkpoints.
    pub checkpoints: PathBuf,
}

/// `[convenant]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convenant {
    /// The folder with the covenant; empty for the one in the program.
    folder: PathBuf,
}

impl Convenant {
    /// The folder with the covenant; none for the one in the program.
    pub fn folder(&self) -> Option<&Path> {
        (!self.folder.as_os_str().is_empty()).then_some(self.folder.as_path())
    }
}

/// `[demo]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// The built-in identity provider.
    pub issuer: bool,
    /// A clock that can be set.
    pub settable_clock: bool,
    /// Where the demo keeps its own files.
    pub folder: PathBuf,
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Its tokens.
    pub tokens: usize,
    /// Its aliases.
    pub aliases: usize,
    /// Fields of its root.
    pub root_fields: usize,
    /// Its fragment definitions, and also its spreads.
    pub fragments: usize,
    /// Its selections with fragments written out.
    pub selections: usize,
    /// Its directives.
    pub directives: usize,
    /// Its levels.
    pub depth: usize,
    /// Values that it may show.
    pub cost: usize,
    /// Levels of a variable.
    pub value_depth: usize,
    /// Elements of a list in a variable.
    pub value_length: usize,
    /// Sockets of one caller on this process.
    pub sockets_per_caller: usize,
    /// Subscriptions on one socket.
    pub subscriptions_per_socket: usize,
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Messages that wait to be sent on one socket.
    pub queued_messages: usize,
    /// Bytes that wait to be sent on one socket.
    pub queued_bytes: usize,
    /// Seconds until a socket must have introduced itself.
    pub init_seconds: u64,
    /// Seconds between pings.
    pub ping_seconds: u64,
}

impl Limits {
    /// The budget of a document, where `introspection` says whether the schema may be asked.
    pub fn of_documents(&self, introspection: bool) -> budget::Limits {
        budget::Limits {
            document_bytes: self.document_bytes,
            tokens: self.tokens,
            aliases: self.aliases,
            root_fields: self.root_fields,
            fragments: self.fragments,
            selections: self.selections,
            directives: self.directives,
            depth: self.depth,
            introspection,
            value_depth: self.value_depth,
            value_length: self.value_length,
        }
    }

    /// Every limit by name, so that none is forgotten where they are checked.
    pub(super) fn named(&self) -> [(&'static str, usize); 18] {
        let seconds = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
        [
            ("document_bytes", self.document_bytes),
            ("tokens", self.tokens),
            ("aliases", self.aliases),
            ("root_fields", self.root_fields),
            ("fragments", self.fragments),
            ("selections", self.selections),
            ("directives", self.directives),
            ("depth", self.depth),
            ("cost", self.cost),
            ("value_depth", self.value_depth),
            ("value_length", self.value_length),
            ("sockets_per_caller", self.sockets_per_caller),
            ("subscriptions_per_socket", self.subscriptions_per_socket),
            ("message_bytes", self.message_bytes),
            ("queued_messages", self.queued_messages),
            ("queued_bytes", self.queued_bytes),
            ("init_seconds", seconds(self.init_seconds)),
            ("ping_seconds", seconds(self.ping_seconds)),
        ]
    }
}
