//! Why each category of a node is shown or withheld: the assignment that decides, the rules with their articles, and
//! what can be done about a denial.
//!
//! What is withheld is explained by the standing alone, so that an explanation teaches nothing of what it withholds.
//! It is made when it is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use convenant::explain::{Explanation, Matched};
use convenant::{Category, CategorySet, Facts};
use waarborg::access::Presence;
use waarborg::disclosure::{Classification, Datum, Leaf};

use super::denial::{WithheldReason, message};

/// Why a category of a node is shown or withheld.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct CategoryExplanation {
    /// The category of the covenant.
    category: Leaf,
    /// Its name in the covenant, in Dutch.
    name: &'static str,
    /// The fields of this node that belong to it.
    fields: Vec<String>,
    /// Whether it is shown.
    allowed: bool,
    /// The assignment that decides, by its involvement: the first that shows it, else the nearest to doing so.
    involvement: &'static str,
    /// The version of the covenant that decides.
    version: String,
    /// The legal regime for the receiver: CONVENANT_HANDVAT, WGS or WET_PGA.
    regime: &'static str,
    /// Whether the first day of that regime was verified in a source.
    regime_verified: bool,
    /// The rules that match. One that forbids is enough to withhold.
    rules: Vec<MatchedRule>,
    /// Why it is withheld; null when it is shown.
    reason: Option<WithheldReason>,
    /// The same in a Dutch sentence.
    message: Option<&'static str>,
    /// Whether it can be asked of the suppliers at the tafel, with `askWithheld`.
    requestable: bool,
    /// What can be done about it, in a Dutch sentence; null when it is shown.
    remedy: Option<String>,
}

/// A rule of the covenant that matches.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct MatchedRule {
    /// The id of the row and the policy, such as P08 or V02.
    id: String,
    /// Whether it permits or forbids.
    effect: RuleEffect,
    /// The article of the covenant, by number.
    article: String,
    /// The heading of that article.
    title: String,
    /// The ground in words: the regime of the date, the supplier's own ground, or a law.
    ground: String,
    /// Where the row comes from: S a request of the field, P a public source, A the model of this software.
    source: String,
}

/// What a rule does.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleEffect {
    /// It permits.
    Permit,
    /// It forbids.
    Forbid,
}

/// What the categories of one node are explained by.
#[derive(Debug, Clone)]
pub(crate) struct Explained {
    presence: Arc<Presence>,
    datum: Option<Datum>,
    shown: CategorySet,
    fields: BTreeMap<Category, Vec<String>>,
}

impl Explained {
    /// What explains a node of a type; without its datum, as where the node itself is not shown, by the standing
    /// alone.
    pub(crate) fn of(
        classification: &Classification,
        presence: &Arc<Presence>,
        type_name: &str,
        row: Option<(Datum, CategorySet)>,
    ) -> Self {
        let mut fields: BTreeMap<Category, Vec<String>> = BTreeMap::new();
        for (field, leaf) in classification.fields_of(type_name) {
            let category = row.map_or_else(|| leaf.category(), |(datum, _)| datum.category_of(leaf));
            if let Some(category) = category {
                fields.entry(category).or_default().push(field.to_owned());
            }
        }
        for fields in fields.values_mut() {
            fields.sort_unstable();
        }
        let shown = row.map_or_else(|| presence.shown(), |(_, shown)| shown);
        Self { presence: Arc::clone(presence), datum: row.map(|(datum, _)| datum), shown, fields }
    }

    /// The categories that are withheld, with the fields of each.
    pub(crate) fn withheld(&self) -> impl Iterator<Item = (Category, &[String])> {
        let withheld = self.fields.iter().filter(|(category, _)| !self.shown.contains(**category));
        withheld.map(|(category, fields)| (*category, fields.as_slice()))
    }

    /// Explains categories of which a dossier has lines of its own: those of the inbreng.
    pub(crate) fn of_inbreng(presence: &Arc<Presence>, categories: &[Category]) -> Vec<CategoryExplanation> {
        let fields = categories.iter().map(|category| (*category, vec!["inbreng".to_owned()])).collect();
        let shown = presence.shown();
        Self { presence: Arc::clone(presence), datum: None, shown, fields }.explain(None)
    }

    /// Explains the category of one field, or of all fields.
    pub(crate) fn explain(&self, field: Option<&str>) -> Vec<CategoryExplanation> {
        let asked = |fields: &[String]| field.is_none_or(|field| fields.iter().any(|known| known == field));
        let asked = self.fields.iter().filter(|(_, fields)| asked(fields));
        asked.filter_map(|(category, fields)| self.explain_category(*category, fields)).collect()
    }

    fn explain_category(&self, category: Category, fields: &[String]) -> Option<CategoryExplanation> {
        let is_shown = self.shown.contains(category);
        let facts = self.datum.filter(|_| is_shown).map_or(Facts::NONE, |datum| datum.facts_of(category));
        let explanation = self.presence.explain(category, facts)?;
        let requestable = !explanation.allow && self.presence.can_be_requested(category);
        Some(CategoryExplanation::of(explanation, fields.to_vec(), requestable))
    }
}

impl CategoryExplanation {
    fn of(explanation: Explanation, fields: Vec<String>, requestable: bool) -> Self {
        let Explanation { request, version, permits, forbids, reason, remedy, .. } = explanation;
        let rules = |matched: Vec<Matched>, effect| {
            matched.into_iter().map(move |matched| MatchedRule::of(matched, effect))
        };
        Self {
            category: Leaf::of(request.category),
            name: request.category.name(),
            fields,
            allowed: explanation.allow,
            involvement: request.standing.involvement.code(),
            version,
            regime: explanation.regime.code(),
            regime_verified: explanation.regime_verified,
            rules: rules(permits, RuleEffect::Permit).chain(rules(forbids, RuleEffect::Forbid)).collect(),
            reason: reason.map(WithheldReason::from),
            message: reason.map(|reason| message(reason.code())),
            requestable,
            remedy: remedy.map(|remedy| remedy.how),
        }
    }
}

impl MatchedRule {
    fn of(matched: Matched, effect: RuleEffect) -> Self {
        let Matched { rule, ground } = matched;
        Self {
            id: rule.id.to_string(),
            effect,
            article: rule.article,
            title: rule.title,
            ground,
            source: rule.label,
        }
    }
}
