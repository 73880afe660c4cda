//! Before anything is decided: whether the covenant of this server is the one in force on the day of the decision.
//!
//! When it is not, nothing is answered. What keeps it from being so is for the operator's log, never for a client.

use chrono::{DateTime, Utc};
use waarborg::database::cause;
use waarborg::register::RegisterError;

use crate::error::{Code, Fault};
use crate::server::Server;

/// Sees to it that this server may decide at an instant.
pub(crate) async fn confirm(server: &Server, now: DateTime<Utc>) -> Result<(), Fault> {
    let Err(error) = server.register.confirm(now).await else { return Ok(()) };
    match error {
        RegisterError::Contradicted(found) => {
            for contradiction in found {
                tracing::error!(%contradiction, "the covenant of this server is not the one in force");
            }
        }
        RegisterError::Database(error) => {
            tracing::error!(cause = cause(&error), "the register of covenant versions could not be read");
        }
    }
    Err(Fault::new(Code::Internal))
}
