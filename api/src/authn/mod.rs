//! Who is calling: a token of a trusted issuer becomes a [`Caller`].
//!
//! A caller is what an issuer says, no more. Whether that is a professional of a partner, and what he may
//! see, is for the database and the covenant; nothing here grants a right. No token is ever logged or kept:
//! what is remembered is the hash of one.

pub mod demo;
pub mod fetch;
mod issuer;
mod keyring;
pub mod step_up;
mod token;
mod verifier;

use chrono::{DateTime, Utc};

pub use self::token::Refusal;
pub use self::verifier::Verifier;

/// Who a verified token says is calling, before the database is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The issuer of the token; with the subject it names the caller.
    pub issuer: String,
    /// The subject at that issuer.
    pub subject: String,
    /// When the token ends; a socket ends no later.
    pub expires_at: DateTime<Utc>,
    /// How strongly the caller was authenticated, as the issuer says.
    pub acr: Option<String>,
    /// When the caller last authenticated.
    pub authenticated_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests;
