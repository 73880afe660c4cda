//! Nodes: every object with a global id can be fetched again by it, under the rights of that moment.
//!
//! An id that is malformed, unknown, of a dossier at which the viewer is not present, or of a row that the
//! covenant does not show, is answered alike: null.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};
use entity::id::DossierId;
use uuid::Uuid;
use waarborg::access::{Access, Siblings};
use waarborg::disclosure::{Disclosed, Leaf};

use super::aanmelding::Aanmelding;
use super::bekendheidscheck::Bekendheidscheck;
use super::brp_check::BrpCheck;
use super::case::Case;
use super::dossier::Dossier;
use super::inbreng::Inbreng;
use super::overdracht::Overdracht;
use super::participant::Participant;
use super::person::Person;
use super::plan::{Action, Plan};
use super::triage::{Afwijking, Triage};
use super::verrijking::Verrijking;
use crate::error::Fault;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{Shown, failed};

/// An object that can be fetched again by its global id.
#[derive(Interface, Debug)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The global id: opaque, and stable for as long as the object lives."
))]
pub(crate) enum Node {
    Dossier(Disclosed<Dossier>),
    Person(Disclosed<Person>),
    Aanmelding(Disclosed<Aanmelding>),
    BrpCheck(Disclosed<BrpCheck>),
    Bekendheidscheck(Disclosed<Bekendheidscheck>),
    Verrijking(Disclosed<Verrijking>),
    Inbreng(Disclosed<Inbreng>),
    Triage(Disclosed<Triage>),
    Afwijking(Disclosed<Afwijking>),
    Case(Disclosed<Case>),
    Participant(Disclosed<Participant>),
    Plan(Disclosed<Plan>),
    Action(Disclosed<Action>),
    Overdracht(Disclosed<Overdracht>),
}

impl Node {
    /// Whether the covenant shows a leaf of this row to the viewer.
    pub(crate) fn shows(&self, leaf: Leaf) -> bool {
        match self {
            Self::Dossier(row) => row.shows(leaf),
            Self::Person(row) => row.shows(leaf),
            Self::Aanmelding(row) => row.shows(leaf),
            Self::BrpCheck(row) => row.shows(leaf),
            Self::Bekendheidscheck(row) => row.shows(leaf),
            Self::Verrijking(row) => row.shows(leaf),
            Self::Inbreng(row) => row.shows(leaf),
            Self::Triage(row) => row.shows(leaf),
            Self::Afwijking(row) => row.shows(leaf),
            Self::Case(row) => row.shows(leaf),
            Self::Participant(row) => row.shows(leaf),
            Self::Plan(row) => row.shows(leaf),
            Self::Action(row) => row.shows(leaf),
            Self::Overdracht(row) => row.shows(leaf),
        }
    }

    /// The node of a kind and row within a dossier that is shown.
    pub(crate) async fn within(shown: &Shown, kind: NodeKind, row: Uuid) -> Result<Option<Self>, Fault> {
        let id = Some(row);
        Ok(match kind {
            NodeKind::Dossier => {
                let dossier = (row == shown.presence().dossier().id.0).then(|| Dossier::of(shown));
                dossier.inspect(Disclosed::mark_present).map(Self::Dossier)
            }
            NodeKind::Person => shown.node(id).await?.map(Self::Person),
            NodeKind::Aanmelding => shown.node(id).await?.map(Self::Aanmelding),
            NodeKind::BrpCheck => shown.node(id).await?.map(Self::BrpCheck),
            NodeKind::Bekendheidscheck => shown.node(id).await?.map(Self::Bekendheidscheck),
            NodeKind::Verrijking => shown.node(id).await?.map(Self::Verrijking),
            NodeKind::Inbreng => shown.node(id).await?.map(Self::Inbreng),
            NodeKind::Triage => shown.node(id).await?.map(Self::Triage),
            NodeKind::Afwijking => shown.node(id).await?.map(Self::Afwijking),
            NodeKind::Case => shown.node(id).await?.map(Self::Case),
            NodeKind::Participant => shown.node(id).await?.map(Self::Participant),
            NodeKind::Plan => shown.node(id).await?.map(Self::Plan),
            NodeKind::Action => shown.node(id).await?.map(Self::Action),
            NodeKind::Overdracht => shown.node(id).await?.map(Self::Overdracht),
        })
    }
}

/// The roots that fetch any node.
#[derive(Debug, Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this global id; null when there is none that you may see.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<Node>> {
        let mut nodes = nodes(ctx.data_unchecked::<Access>(), &[id]).await?;
        Ok(nodes.pop().flatten())
    }

    /// The objects with these global ids, in their order, at most 100; null for each that you may not see.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(Fault::from(crate::error::Reason::PAGE).into());
        }
        Ok(nodes(ctx.data_unchecked::<Access>(), &ids).await?)
    }
}

async fn nodes(access: &Access, ids: &[ID]) -> Result<Vec<Option<Node>>, Fault> {
    let ids: Vec<Option<GlobalId>> = ids.iter().map(|id| GlobalId::decode(id)).collect();
    let dossiers: Vec<DossierId> = ids.iter().flatten().map(|id| id.dossier).collect();
    let presences = access.presences(&dossiers).await.map_err(failed)?;
    let siblings = Siblings::of(presences.keys().copied());
    let mut nodes = Vec::with_capacity(ids.len());
    for id in ids {
        let found = id.and_then(|id| presences.get(&id.dossier).map(|presence| (id, presence)));
        let node = match found {
            Some((id, presence)) => {
                let shown = Shown::at(access, Arc::clone(presence), &siblings);
                Node::within(&shown, id.kind, id.row).await?
            }
            None => None,
        };
        if node.is_none() {
            access.collector().attempted(id.map(|id| id.dossier));
        }
        nodes.push(node);
    }
    Ok(nodes)
}
