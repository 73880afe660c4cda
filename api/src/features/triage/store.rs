//! What the triage reads of a dossier within a write.

use convenant::{Involvement, PartnerKind};
use entity::id::OrganisationId;
use entity::{assignment, organisation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use waarborg::access::{Scoped, active_at};
use waarborg::write::Write;

use crate::graphql::change::Refused;

/// The partners that were invited to the triage and still are. The bureau is the house, no partner at its triage.
pub(super) async fn partners_at_triage(write: &Write) -> Result<Vec<(OrganisationId, PartnerKind)>, Refused> {
    let Some(presence) = write.presence() else { return Ok(Vec::new()) };
    let organisation = assignment::Entity::belongs_to(organisation::Entity)
        .from(assignment::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    let rows: Vec<(OrganisationId, String)> = assignment::Entity::within(presence)
        .select_only()
        .column(assignment::Column::OrganisationId)
        .column(organisation::Column::Kind)
        .join(sea_orm::JoinType::InnerJoin, organisation)
        .filter(assignment::Column::Involvement.eq(Involvement::Triage.code()))
        .filter(active_at(write.access().now()))
        .into_tuple()
        .all(&write.reading())
        .await?;
    let kinds = rows.into_iter().filter_map(|(id, kind)| Some((id, kind.parse().ok()?)));
    Ok(kinds.filter(|(_, kind)| *kind != PartnerKind::ZvhBureau).collect())
}
