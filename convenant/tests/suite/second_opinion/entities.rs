//! The entities of the covenant in Cedar's JSON, made from the tables. They must owe nothing to the engine.

use serde_json::{Map, Value, json};

use crate::tables::{AFSCHALING, MONITOR, NAZORG, Oplegger, SIGNAAL, Supply, TABLES};

const SETS: [(&str, &str); 4] =
    [("MONITOR", MONITOR), ("AFSCHALING", AFSCHALING), ("NAZORG", NAZORG), ("SIGNAAL", SIGNAAL)];

/// A reference to an entity, as a value.
pub(super) fn reference(kind: &str, id: &str) -> Value {
    json!({ "__entity": { "type": kind, "id": id } })
}

/// The id of what is shared at a tafel with a partner.
pub(super) fn oplegger_id(tafel: &str, partner: &str) -> String {
    format!("{tafel}/{partner}")
}

/// All entities, as Cedar reads them.
pub(super) fn all() -> Value {
    let entities = categories().chain(partners()).chain(opleggers());
    Value::Array(entities.collect())
}

fn entity(kind: &str, id: &str, attributes: &Map<String, Value>, parents: &[(&str, &str)]) -> Value {
    let parents: Vec<_> = parents.iter().map(|(kind, id)| json!({ "type": kind, "id": id })).collect();
    json!({ "uid": { "type": kind, "id": id }, "attrs": attributes, "parents": parents })
}

/// What includes a category stands above it, and every named set that lists it.
fn categories() -> impl Iterator<Item = Value> {
    TABLES.categories.iter().map(|code| {
        let above = TABLES.includes.iter().filter(|(_, included)| *included == code);
        let listed = SETS.iter().filter(|(_, listed)| listed.split(' ').any(|word| word == *code));
        let parents: Vec<_> = above
            .map(|(above, _)| ("Category", *above))
            .chain(listed.map(|(set, _)| ("CategorySet", *set)))
            .collect();
        entity("Category", code, &Map::new(), &parents)
    })
}

fn partners() -> impl Iterator<Item = Value> {
    TABLES.partners.iter().map(|(kind, partner)| {
        let supplied = |when: &dyn Fn(&Supply) -> bool| {
            let rows = TABLES.supply.iter().filter(|row| row.partner == *kind && when(row));
            set(rows.flat_map(|row| row.categories.iter().copied()))
        };
        let mut attributes = Map::new();
        attributes.insert("bsn".to_owned(), partner.bsn.into());
        attributes.insert("supplies".to_owned(), supplied(&|row| row.needs.is_empty()));
        attributes.insert("competent_for".to_owned(), supplied(&|_| true));
        for fact in ["noodzaak", "toestemming", "om_akkoord", "doorbreking"] {
            attributes.insert(format!("supplies_with_{fact}"), supplied(&|row| row.needs == fact));
        }
        let mut parents = vec![("Domain", partner.domain)];
        parents.extend((!partner.circle.is_empty()).then_some(("Circle", partner.circle)));
        entity("Partner", kind, &attributes, &parents)
    })
}

fn opleggers() -> impl Iterator<Item = Value> {
    let pairs =
        TABLES.tafels.iter().flat_map(|tafel| TABLES.partners.keys().map(move |partner| (*tafel, *partner)));
    pairs.map(|(tafel, partner)| {
        let rows = || TABLES.opleggers.iter().filter(|row| row.tafels.contains(&tafel));
        let shared = |row: &&Oplegger| TABLES.means(&row.audience, partner);
        let mut attributes = Map::new();
        let listed = |row: &'static Oplegger| row.categories.iter().copied();
        attributes.insert("shares".to_owned(), set(rows().filter(shared).flat_map(listed)));
        attributes.insert("shares_with_anybody".to_owned(), set(rows().flat_map(listed)));
        entity("Oplegger", &oplegger_id(tafel, partner), &attributes, &[])
    })
}

fn set(codes: impl Iterator<Item = &'static str>) -> Value {
    codes.map(|code| reference("Category", code)).collect()
}
