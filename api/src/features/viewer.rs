//! The viewer: who the server takes you for.

use async_graphql::{Context, ID, Object, SimpleObject};
use waarborg::access::Access;

use super::partner::{partner_id, professional_id};

/// Who you are to this server.
#[derive(SimpleObject, Debug)]
pub(crate) struct Viewer {
    /// Your id.
    professional_id: ID,
    /// Your name.
    name: String,
    /// The id of your organisation.
    organisation_id: ID,
    /// The partner kind of your organisation in the covenant.
    partner: String,
    /// The gemeente of your organisation, by its CBS code.
    gemeente: Option<String>,
    /// Whether you completed the training for radicalisation.
    trained: bool,
    /// Your roles beside assignments.
    roles: Vec<String>,
}

/// The root that tells who you are.
#[derive(Debug, Default)]
pub(crate) struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who you are to this server. Rights come from assignments, not from here.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        let principal = ctx.data_unchecked::<Access>().principal();
        Some(Viewer {
            professional_id: professional_id(principal.professional),
            name: principal.name.clone(),
            organisation_id: partner_id(principal.organisation),
            partner: principal.partner.code().to_owned(),
            gemeente: principal.gemeente.clone(),
            trained: principal.trained,
            roles: principal.roles.iter().map(|role| role.code().to_owned()).collect(),
        })
    }
}
