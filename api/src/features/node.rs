//! Nodes: every object with a global id can be fetched again by it, under the rights of that moment.
//!
//! An id that is malformed, unknown, of a dossier at which the viewer is not present, or of a row that the
//! covenant does not show, is answered alike: null.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};
use convenant::CategorySet;
use entity::id::DossierId;
use entity::{InDossier, OfDossier};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;
use waarborg::access::{Access, Presence, Scoped, Siblings};
use waarborg::disclosure::{Datum, Disclosed, Leaf};
use waarborg::write::Write;

use super::aanmelding::Aanmelding;
use super::bekendheidscheck::Bekendheidscheck;
use super::break_glass::BreakGlass;
use super::brp_check::BrpCheck;
use super::case::Case;
use super::dossier::Dossier;
use super::gast::Geheimhoudingsverklaring;
use super::inbreng::Inbreng;
use super::overdracht::Overdracht;
use super::participant::Participant;
use super::person::Person;
use super::plan::{Action, Plan};
use super::step::find_shown;
use super::triage::{Afwijking, Triage};
use super::verrijking::Verrijking;
use crate::error::Fault;
use crate::graphql::change::Refused;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::page::list_cost;
use crate::graphql::rows::{NodeType, Shown, failed};

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
    BreakGlass(Disclosed<BreakGlass>),
    Geheimhoudingsverklaring(Disclosed<Geheimhoudingsverklaring>),
}

impl Node {
    /// Whether the covenant shows a leaf of this row to the viewer.
    pub(crate) fn shows(&self, leaf: Leaf) -> bool {
        leaf.category().is_none_or(|category| self.decided().1.contains(category))
    }

    /// What the decisions on the row rest on, and the categories that it shows.
    pub(crate) fn decided(&self) -> (Datum, CategorySet) {
        match self {
            Self::Dossier(row) => row.decided(),
            Self::Person(row) => row.decided(),
            Self::Aanmelding(row) => row.decided(),
            Self::BrpCheck(row) => row.decided(),
            Self::Bekendheidscheck(row) => row.decided(),
            Self::Verrijking(row) => row.decided(),
            Self::Inbreng(row) => row.decided(),
            Self::Triage(row) => row.decided(),
            Self::Afwijking(row) => row.decided(),
            Self::Case(row) => row.decided(),
            Self::Participant(row) => row.decided(),
            Self::Plan(row) => row.decided(),
            Self::Action(row) => row.decided(),
            Self::Overdracht(row) => row.decided(),
            Self::BreakGlass(row) => row.decided(),
            Self::Geheimhoudingsverklaring(row) => row.decided(),
        }
    }

    /// The node of a kind and row within a dossier that is shown.
    pub(crate) async fn within(shown: &Shown, kind: NodeKind, row: Uuid) -> Result<Option<Self>, Fault> {
        let id = GlobalId { kind, dossier: shown.presence().dossier().id, row };
        let presences = HashMap::from([(id.dossier, Arc::clone(shown.presence()))]);
        let lookup = Lookup { access: shown.access(), presences: &presences, siblings: shown.siblings() };
        Ok(lookup.nodes(&[Some(id)]).await?.pop().flatten())
    }
}

/// Finds that a change names a node which the viewer would find, of any kind.
pub(crate) async fn find_any(write: &Write, id: GlobalId) -> Result<(), Refused> {
    match id.kind {
        NodeKind::Dossier => {
            let is_it = write.presence().is_some_and(|presence| presence.dossier().id.0 == id.row);
            if is_it { Ok(()) } else { Err(Refused::not_found("id")) }
        }
        NodeKind::Person => find_shown::<Person>(write, id).await.map(drop),
        NodeKind::Aanmelding => find_shown::<Aanmelding>(write, id).await.map(drop),
        NodeKind::BrpCheck => find_shown::<BrpCheck>(write, id).await.map(drop),
        NodeKind::Bekendheidscheck => find_shown::<Bekendheidscheck>(write, id).await.map(drop),
        NodeKind::Verrijking => find_shown::<Verrijking>(write, id).await.map(drop),
        NodeKind::Triage => find_shown::<Triage>(write, id).await.map(drop),
        NodeKind::Afwijking => find_shown::<Afwijking>(write, id).await.map(drop),
        NodeKind::Case => find_shown::<Case>(write, id).await.map(drop),
        NodeKind::Participant => find_shown::<Participant>(write, id).await.map(drop),
        NodeKind::Plan => find_shown::<Plan>(write, id).await.map(drop),
        NodeKind::Action => find_shown::<Action>(write, id).await.map(drop),
        NodeKind::Overdracht => find_shown::<Overdracht>(write, id).await.map(drop),
        NodeKind::BreakGlass => find_shown::<BreakGlass>(write, id).await.map(drop),
        NodeKind::Geheimhoudingsverklaring => {
            find_shown::<Geheimhoudingsverklaring>(write, id).await.map(drop)
        }
        // A datum is there or it is not: nothing of it is withheld.
        NodeKind::Inbreng => Err(Refused::not_found("id")),
    }
}

/// Looks up nodes by their ids: one statement for each kind among them.
struct Lookup<'a> {
    access: &'a Access,
    presences: &'a HashMap<DossierId, Arc<Presence>>,
    siblings: &'a Arc<Siblings>,
}

/// Nodes in the order in which they were asked for.
type Nodes = Vec<Option<Node>>;

impl Lookup<'_> {
    async fn nodes(&self, ids: &[Option<GlobalId>]) -> Result<Nodes, Fault> {
        let mut nodes: Nodes = ids.iter().map(|_| None).collect();
        for kind in NodeKind::ALL {
            let of_kind = ids.iter().enumerate().filter_map(|(place, id)| Some((place, (*id)?)));
            let wanted: Vec<(usize, GlobalId)> = of_kind
                .filter(|(_, id)| id.kind == kind && self.presences.contains_key(&id.dossier))
                .collect();
            if !wanted.is_empty() {
                self.find(kind, &wanted, &mut nodes).await?;
            }
        }
        Ok(nodes)
    }

    async fn find(
        &self,
        kind: NodeKind,
        wanted: &[(usize, GlobalId)],
        nodes: &mut Nodes,
    ) -> Result<(), Fault> {
        match kind {
            NodeKind::Dossier => {
                self.dossiers(wanted, nodes);
                Ok(())
            }
            NodeKind::Person => self.rows(wanted, nodes, Node::Person).await,
            NodeKind::Aanmelding => self.rows(wanted, nodes, Node::Aanmelding).await,
            NodeKind::BrpCheck => self.rows(wanted, nodes, Node::BrpCheck).await,
            NodeKind::Bekendheidscheck => self.rows(wanted, nodes, Node::Bekendheidscheck).await,
            NodeKind::Verrijking => self.rows(wanted, nodes, Node::Verrijking).await,
            NodeKind::Inbreng => self.rows(wanted, nodes, Node::Inbreng).await,
            NodeKind::Triage => self.rows(wanted, nodes, Node::Triage).await,
            NodeKind::Afwijking => self.rows(wanted, nodes, Node::Afwijking).await,
            NodeKind::Case => self.rows(wanted, nodes, Node::Case).await,
            NodeKind::Participant => self.rows(wanted, nodes, Node::Participant).await,
            NodeKind::Plan => self.rows(wanted, nodes, Node::Plan).await,
            NodeKind::Action => self.rows(wanted, nodes, Node::Action).await,
            NodeKind::Overdracht => self.rows(wanted, nodes, Node::Overdracht).await,
            NodeKind::BreakGlass => self.rows(wanted, nodes, Node::BreakGlass).await,
            NodeKind::Geheimhoudingsverklaring => {
                self.rows(wanted, nodes, Node::Geheimhoudingsverklaring).await
            }
        }
    }

    fn dossiers(&self, wanted: &[(usize, GlobalId)], nodes: &mut Nodes) {
        for (place, id) in wanted.iter().filter(|(_, id)| id.row == id.dossier.0) {
            let shown = self.shown(id.dossier);
            let dossier = shown.map(|shown| Dossier::of(&shown));
            nodes[*place] = dossier.inspect(Disclosed::mark_present).map(Node::Dossier);
        }
    }

    async fn rows<T: NodeType>(
        &self,
        wanted: &[(usize, GlobalId)],
        nodes: &mut Nodes,
        node: fn(Disclosed<T>) -> Node,
    ) -> Result<(), Fault> {
        let found = T::Table::of_page(self.siblings)
            .filter(T::Table::id_column().is_in(wanted.iter().map(|(_, id)| id.row)))
            .all(self.access.reader())
            .await
            .map_err(failed)?;
        let found: HashMap<_, _> = found.iter().map(|row| ((row.dossier_id(), row.row_id()), row)).collect();
        for (place, id) in wanted {
            let row = found.get(&(id.dossier, id.row));
            let Some((row, shown)) = row.zip(self.shown(id.dossier)) else { continue };
            let shown = T::show(&shown, T::Source::clone(row)).await.map_err(failed)?;
            nodes[*place] = shown.inspect(Disclosed::mark_present).map(node);
        }
        Ok(())
    }

    fn shown(&self, dossier: DossierId) -> Option<Shown> {
        let presence = self.presences.get(&dossier)?;
        Some(Shown::at(self.access, Arc::clone(presence), self.siblings))
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
    #[graphql(complexity = "list_cost(ids.len(), child_complexity)")]
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(Fault::from(crate::error::Reason::PAGE).into());
        }
        Ok(nodes(ctx.data_unchecked::<Access>(), &ids).await?)
    }
}

async fn nodes(access: &Access, ids: &[ID]) -> Result<Nodes, Fault> {
    let ids: Vec<Option<GlobalId>> = ids.iter().map(|id| GlobalId::decode(id)).collect();
    let dossiers: Vec<DossierId> = ids.iter().flatten().map(|id| id.dossier).collect();
    let presences = access.presences(&dossiers).await.map_err(failed)?;
    let siblings = Siblings::of(presences.keys().copied());
    let nodes = Lookup { access, presences: &presences, siblings: &siblings }.nodes(&ids).await?;
    for (id, node) in ids.iter().zip(&nodes) {
        if node.is_none() {
            access.collector().attempted(id.map(|id| id.dossier));
        }
    }
    Ok(nodes)
}
