//! Whether the covenant as a whole makes sense: no rule that can never apply, no category that nobody may supply or see,
//! no partner kind that was forgotten.
//!
//! It looks only at a covenant of which every part is right, and must never change a decision.

use std::sync::Arc;

use crate::engine::{Engine, RowId};
use crate::folder::Folder;
use crate::house::{House, Version};
use crate::model::Model;
use crate::problem::Problem;
use crate::vocabulary::{Category, CategorySet, PartnerKind, Verb};

const CATEGORIES: &str = "model/categories.toml";
const PARTNERS: &str = "model/partners.toml";

/// The rules in files under `place` that can never apply. A house may forbid what the model permits: it answers for its
/// own rules only.
pub(crate) fn check_permits(engine: &Engine, place: &str, problems: &mut Vec<Problem>) {
    let dead = engine.dead_permits();
    for (row, killers) in dead.into_iter().filter(|(row, _)| row.file.starts_with(place)) {
        let problem = Problem::new(&row.file, never(&killers));
        problems.push(problem.on(row.line).of(row.rule.id.as_str()));
    }
}

fn never(killers: &[&RowId]) -> String {
    if killers.is_empty() {
        return "Deze regel kan nooit gelden: haar voorwaarden sluiten elkaar uit.".to_owned();
    }
    let killers: Vec<&str> = killers.iter().map(|id| id.as_str()).collect();
    format!(
        "Deze regel kan nooit gelden: alles wat zij toestaat, is verboden door {}, en een verbod gaat altijd voor.",
        killers.join(", ")
    )
}

/// The rules of a house and its versions that can never apply, and the categories that nobody may supply or see once a
/// version withdrew a rule. Rules that are those of the model were checked with it.
pub(crate) fn check_house(house: &House, model: &Arc<Engine>, problems: &mut Vec<Problem>) {
    let mut before = Arc::clone(model);
    for version in house.versions() {
        let engine = version.shared_engine();
        if !Arc::ptr_eq(engine, &before) && !Arc::ptr_eq(engine, model) {
            check_permits(engine, house.folder(), problems);
            if version.withdraws() {
                check_withdrawn(house, version, problems);
            }
        }
        before = Arc::clone(engine);
    }
}

fn check_withdrawn(house: &House, version: &Version, problems: &mut Vec<Problem>) {
    let file = format!("{}{}/withdrawn.toml", house.folder(), version.id());
    let supplied = CategorySet::FULL.difference(version.model().derived);
    for (verb, of, what) in [(Verb::Supply, supplied, "leveren"), (Verb::See, CategorySet::FULL, "inzien")] {
        for category in version.engine().out_of_reach(verb, of).iter() {
            let name = category.name();
            let message = format!("Onder deze versie mag niemand {category} ({name}) {what}.");
            problems.push(Problem::new(&file, message));
        }
    }
}

/// The categories that nobody may supply or nobody may see, by any rule of the model.
pub(crate) fn check_categories(engine: &Engine, model: &Model, folder: &Folder, problems: &mut Vec<Problem>) {
    let mut wrong = |category: Category, message: String| {
        problems
            .push(Problem::new(CATEGORIES, message).on(folder.line_of(CATEGORIES, &code(category.code()))));
    };
    for category in engine.out_of_reach(Verb::Supply, CategorySet::FULL.difference(model.derived)).iter() {
        wrong(
            category,
            format!(
                "Niemand mag {category} ({}) leveren. Is dat zo bedoeld omdat het systeem dit zelf maakt, zet er dan derived = true bij.",
                category.name()
            ),
        );
    }
    for category in engine.out_of_reach(Verb::See, CategorySet::FULL).iter() {
        wrong(category, format!("Niemand dan wie het leverde mag {category} ({}) inzien.", category.name()));
    }
}

/// The partner kinds that no rule, supply, oplegger or seat names and of which the table does not say that the general
/// rules are all that is meant for them.
pub(crate) fn check_partners(
    engine: &Engine,
    model: &Model,
    houses: &[House],
    folder: &Folder,
    problems: &mut Vec<Problem>,
) {
    for &partner in PartnerKind::ALL {
        let named = engine.names(partner)
            || model.supply.iter().any(|row| row.partner == partner)
            || model.opleggers.iter().any(|row| row.with.iter().any(|word| word.means(partner)))
            || houses.iter().any(|house| house.gives_rows_to(partner));
        if !named && !model.general.contains(&partner) {
            let message = format!(
                "Voor {partner} ({}) is er geen enkele rij: geen regel, levering, oplegger of zetel. Zijn de algemene regels bedoeld, zeg dan in general waarom.",
                partner.name()
            );
            problems
                .push(Problem::new(PARTNERS, message).on(folder.line_of(PARTNERS, &code(partner.code()))));
        }
    }
}

fn code(code: &str) -> String {
    format!("code = \"{code}\"")
}
