//! The schema: put together from the features, checked before anything is served, exported as text.
//!
//! A schema in which a value could leave undecided is never built.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_graphql::registry::Registry;
use async_graphql::{ObjectType, OutputType, SDLExportOptions, Schema, SubscriptionType};
use waarborg::disclosure::{Classification, Flaw};

use super::change::Sentences;
use crate::features::{Mutation, OPEN_TYPES, Query, Subscription, sentence};
use crate::server::Server;

/// The schema of the server.
pub(crate) type VangnetSchema = Schema<Query, Mutation, Subscription>;

/// Why a schema is not served.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A value could leave undecided.
    #[error("the schema could let a value out undecided: {}", list(.0))]
    Undecided(Vec<Flaw>),
    /// Two Rust types have one GraphQL name: a classified type is returned unwrapped somewhere.
    #[error("a classified type is returned both inside and outside Disclosed")]
    Unwrapped,
}

fn list(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads the leaves of a schema with these roots, or says what is wrong with it.
pub fn classify<Q, M, S>(open: &[&str]) -> Result<Classification, SchemaError>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    Classification::read(&registry::<Q, M, S>()?, open).map_err(SchemaError::Undecided)
}

/// The types that these roots reach. A classified type that is returned both wrapped and unwrapped stops it.
fn registry<Q, M, S>() -> Result<Registry, SchemaError>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut registry = Registry::default();
        <Q as OutputType>::create_type_info(&mut registry);
        <M as OutputType>::create_type_info(&mut registry);
        S::create_type_info(&mut registry);
        registry
    }));
    read.map_err(|_| SchemaError::Unwrapped)
}

/// The classification of the server's schema, and its types.
pub(crate) fn read() -> Result<(Arc<Classification>, Arc<Registry>), SchemaError> {
    let registry = registry::<Query, Mutation, Subscription>()?;
    let classification = Classification::read(&registry, OPEN_TYPES).map_err(SchemaError::Undecided)?;
    Ok((Arc::new(classification), Arc::new(registry)))
}

/// Builds the schema on a server.
pub(crate) fn build(server: Server) -> VangnetSchema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .data(server)
        .data(Sentences(sentence))
        .limit_directives(4)
        .finish()
}

/// The schema as text, sorted, as it is committed to `schema.graphql`.
pub fn sdl() -> String {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default()).finish();
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let mut sdl = schema.sdl_with_options(options);
    if !sdl.ends_with('\n') {
        sdl.push('\n');
    }
    sdl
}
