//! Why another professional is or is not shown something: for the data protection officer of the dossier.
//!
//! The question is judged under that professional's own assignments at this moment, and only the decisions are
//! answered. It must never answer a value, nor tell of a node that the officer would not find.

use async_graphql::{Context, ID, Object};
use convenant::{HouseCode, Involvement};
use entity::OfDossier;
use entity::id::{DossierId, ProfessionalId};
use uuid::Uuid;
use waarborg::access::{Access, Principal};
use waarborg::disclosure::{Classified, Disclosed, Leaf, RowAccess, gegeven};

use super::node::Node;
use super::partner::{is_of_house, professional_id, read_professional_id};
use crate::error::Fault;
use crate::graphql::explanation::{CategoryExplanation, Explained};
use crate::graphql::id::GlobalId;
use crate::graphql::rows::{Shown, failed};

/// What the covenant decides about one professional and one node.
#[derive(Debug)]
pub(crate) struct AccessExplanation {
    decided: Decided,
}

/// The decisions, at the dossier of the node.
#[derive(Debug)]
pub(crate) struct Decided {
    dossier: DossierId,
    professional: ProfessionalId,
    involvements: Vec<&'static str>,
    is_shown: bool,
    explained: Option<Explained>,
}

impl OfDossier for Decided {
    fn dossier_id(&self) -> DossierId {
        self.dossier
    }

    fn row_id(&self) -> Uuid {
        self.dossier.0
    }
}

impl Classified for AccessExplanation {
    type Source = Decided;

    fn build(_: RowAccess, decided: Decided) -> Self {
        Self { decided }
    }
}

#[Object]
impl AccessExplanation {
    /// The professional who was asked about.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn professional_id(&self) -> Option<ID> {
        Some(professional_id(self.decided.professional))
    }

    /// How the professional is involved in the dossier now, one code for each active assignment. Empty when there is
    /// none: the dossier does not exist for them.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn involvements(&self) -> Option<&[&'static str]> {
        Some(&self.decided.involvements)
    }

    /// Whether the professional would find the object.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn shown(&self) -> Option<bool> {
        Some(self.decided.is_shown)
    }

    /// Why each category of the object is shown to the professional or withheld. Of the category of one field when it
    /// is named. Empty when the professional is not involved in the dossier.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn explanations(&self, field: Option<String>) -> Option<Vec<CategoryExplanation>> {
        let explained = self.decided.explained.as_ref();
        Some(explained.map(|explained| explained.explain(field.as_deref())).unwrap_or_default())
    }
}

/// The root that explains.
#[derive(Debug, Default)]
pub(crate) struct ExplanationQuery;

#[Object]
impl ExplanationQuery {
    /// Why another professional is shown an object or not, field by field: the assignment that decides, the rules with
    /// their articles and grounds, and the reason of a denial. For the data protection officer of the dossier; null
    /// for others, for an object that you do not find, and for a professional who neither works in the house nor takes part.
    async fn explain(
        &self,
        ctx: &Context<'_>,
        id: ID,
        professional_id: ID,
    ) -> Option<async_graphql::Result<Disclosed<AccessExplanation>>> {
        let access = ctx.data_unchecked::<Access>();
        explain(access, &id, &professional_id).await.map_err(async_graphql::Error::from).transpose()
    }
}

async fn explain(
    access: &Access,
    id: &ID,
    professional: &ID,
) -> Result<Option<Disclosed<AccessExplanation>>, Fault> {
    let id = GlobalId::decode(id);
    let explained = match id.zip(read_professional_id(professional)) {
        Some((id, professional)) => decide(access, id, professional).await?,
        None => None,
    };
    if explained.is_none() {
        access.collector().attempted(id.map(|id| id.dossier));
    }
    Ok(explained)
}

#[expect(clippy::disallowed_methods, reason = "what another would see is what is explained")]
async fn decide(
    access: &Access,
    id: GlobalId,
    professional: ProfessionalId,
) -> Result<Option<Disclosed<AccessExplanation>>, Fault> {
    let officer = Shown::of(access, id.dossier).await?;
    let officer = officer.filter(|shown| shown.presence().is_involved_as(Involvement::Fg));
    let Some(officer) = officer else { return Ok(None) };
    if Node::within(&officer, id.kind, id.row).await?.is_none() {
        return Ok(None);
    }
    let reader = access.reader();
    let known = Principal::named(reader, professional, access.now()).await.map_err(failed)?;
    let Some(principal) = known else { return Ok(None) };
    let house = HouseCode::new(&officer.presence().dossier().house);
    let is_of_house = is_of_house(reader, &house, principal.organisation).await.map_err(failed)?;
    // Theirs is read on a connection of its own.
    reader.rest().await;
    let theirs = Shown::of(&access.imagined_for(principal), id.dossier).await?;
    // Who works elsewhere and has no part in the dossier is nobody to this officer.
    if theirs.is_none() && !is_of_house {
        return Ok(None);
    }
    let node = match &theirs {
        Some(theirs) => Node::within(theirs, id.kind, id.row).await?,
        None => None,
    };
    let standings = theirs.iter().flat_map(|theirs| theirs.presence().standings());
    let decided = Decided {
        dossier: id.dossier,
        professional,
        involvements: standings.map(|standing| standing.involvement.code()).collect(),
        is_shown: node.is_some(),
        explained: theirs.as_ref().map(|theirs| {
            let row = node.as_ref().map(Node::decided);
            Explained::of(access.classification(), theirs.presence(), id.kind.type_name(), row)
        }),
    };
    Ok(Some(Disclosed::new(officer.plain(), decided)))
}
