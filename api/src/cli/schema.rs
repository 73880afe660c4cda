//! `vangnet schema`: the schema as text, as it is committed to `schema.graphql`.

use std::process::ExitCode;

use crate::graphql::schema::sdl;

/// Prints it.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    super::print(sdl())?;
    Ok(ExitCode::SUCCESS)
}
