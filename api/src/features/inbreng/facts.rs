//! The facts of a datum, relative to a viewer (covenant/README, "Facts of a datum").
//!
//! Pure but for one look at which categories the viewer's own actions need, read once for a page.

use crate::features::casusreis::ActionState;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use convenant::{Category, Fact, Facts, Phase};
use entity::id::DossierId;
use entity::{action, inbreng};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QuerySelect};
use waarborg::access::{Principal, Scoped};

use super::{DecisionKind, RecordedDecision, names};
use crate::graphql::rows::Shown;

/// The facts of a datum for the viewer of a dossier.
pub(crate) async fn of_viewer(
    shown: &Shown,
    datum: &inbreng::Model,
    category: Category,
) -> Result<Facts, DbErr> {
    let principal = shown.access().principal();
    let needed = needed_by_own_actions(shown).await?;
    let needs = needed.get(&datum.dossier_id).is_some_and(|categories| categories.contains(&category));
    let facts = judge(datum, principal, shown.access().today());
    Ok(if needs { facts.with(Fact::EigenActie) } else { facts })
}

/// The facts that follow from the datum itself.
pub(super) fn judge(datum: &inbreng::Model, principal: &Principal, today: NaiveDate) -> Facts {
    let decisions: Vec<RecordedDecision> =
        serde_json::from_value(datum.decisions.clone()).unwrap_or_default();
    let recorded = |kind: DecisionKind| decisions.iter().any(|decision| decision.kind == kind);
    // Secrecy is broken by consent or after weighing; what else names recipients opens nothing.
    let breaks_secrecy = |decision: &RecordedDecision| {
        matches!(decision.kind, DecisionKind::Doorbreking | DecisionKind::Toestemming)
    };
    let names_viewer = |decision: &RecordedDecision| {
        breaks_secrecy(decision) && decision.recipients.iter().any(|word| names(word, principal.partner))
    };
    let new = Phase::from_str(&datum.supplied_phase)
        .is_ok_and(|phase| matches!(phase, Phase::F7 | Phase::F8 | Phase::F9));
    let facts = [
        (Fact::Eigen, datum.organisation_id == principal.organisation),
        (Fact::Ontvanger, decisions.iter().any(names_viewer)),
        (Fact::Toestemming, recorded(DecisionKind::Toestemming)),
        (Fact::OmAkkoord, recorded(DecisionKind::OmAkkoord)),
        (Fact::Doorbreking, recorded(DecisionKind::Doorbreking)),
        (Fact::Noodzaak, recorded(DecisionKind::Noodzaak)),
        (Fact::NieuwSignaal, new),
        (Fact::NietVerderDelen, datum.restriction == "NIET_VERDER_DELEN"),
        (Fact::AlleenTriage, datum.restriction == "ALLEEN_TRIAGE"),
        (Fact::Verlopen, datum.valid_until.is_some_and(|first_invalid| first_invalid <= today)),
    ];
    facts.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact).collect()
}

/// The categories that unfinished actions of the viewer's organisation need, by dossier.
type Needed = HashMap<DossierId, HashSet<Category>>;

#[derive(PartialEq, Eq, Hash)]
struct NeededByOwnActions;

async fn needed_by_own_actions(shown: &Shown) -> Result<Arc<Needed>, DbErr> {
    let siblings = shown.siblings();
    let load = || async {
        let rows: Vec<(DossierId, String)> = action::Entity::of_page(siblings)
            .select_only()
            .columns([action::Column::DossierId, action::Column::Needs])
            .filter(action::Column::OrganisationId.eq(shown.access().principal().organisation))
            .filter(action::Column::State.is_in([ActionState::Open.code(), ActionState::Bezig.code()]))
            .into_tuple()
            .all(shown.access().reader())
            .await?;
        let mut needed = Needed::new();
        for (dossier, codes) in rows {
            let categories = codes.split_whitespace().filter_map(|code| code.parse::<Category>().ok());
            needed.entry(dossier).or_default().extend(categories);
        }
        Ok(needed)
    };
    siblings.load(NeededByOwnActions, load).await
}
