//! What a node says of the viewer's own access: what is withheld and why, and which steps are offered.
//!
//! It is derived from the standing alone, never from whether a datum exists, so that it teaches nothing of what
//! it withholds.

use super::denial::{WithheldReason, message};
use super::explanation::{CategoryExplanation, Explained};
use super::scalar::Date;

use async_graphql::{ComplexObject, SimpleObject};
use convenant::{Category, Facts, Reason, RowId};
use waarborg::access::Presence;
use waarborg::disclosure::{Leaf, RowAccess};

/// What a node says of your own access to it.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub(crate) struct ViewerAccess {
    /// The categories of this node that are not shown to you, with the reason of each.
    pub(crate) withheld: Vec<WithheldCategory>,
    /// The steps of the work process that start here, with what stands in their way.
    pub(crate) steps: Vec<StepAccess>,
    #[graphql(skip)]
    explained: Explained,
}

#[ComplexObject]
impl ViewerAccess {
    /// Why each category of this node is shown to you or withheld: the assignment that decides, the rules of the
    /// covenant with their articles and grounds, and what can be done about it. Of the category of one field when it
    /// is named; nothing of a field that is open to whoever is present.
    async fn explanations(&self, field: Option<String>) -> Vec<CategoryExplanation> {
        self.explained.explain(field.as_deref())
    }
}

/// A category of a node that is not shown to you.
#[derive(SimpleObject, Debug)]
pub(crate) struct WithheldCategory {
    /// The category of the covenant.
    pub(crate) category: Leaf,
    /// The fields of this node that belong to it.
    pub(crate) fields: Vec<String>,
    /// Why it is not shown.
    pub(crate) reason: WithheldReason,
    /// The same in a Dutch sentence.
    pub(crate) message: String,
    /// The article of the covenant that stands in the way; null where no article gives it.
    pub(crate) article: Option<String>,
    /// Whether you can ask for it, with `askWithheld`.
    pub(crate) requestable: bool,
}

/// A step of the work process.
#[derive(SimpleObject, Debug)]
pub(crate) struct StepAccess {
    /// The mutation that makes the step.
    pub(crate) mutation: String,
    /// Whether you can make it now.
    pub(crate) allowed: bool,
    /// The last day to make it; null where it has no term.
    pub(crate) deadline: Option<Date>,
    /// The conditions that are not met yet.
    pub(crate) blocked_by: Vec<BlockedBy>,
}

/// A condition of the work process that is not met.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockedBy {
    /// The condition.
    pub(crate) reason: String,
    /// The same in a Dutch sentence.
    pub(crate) message: String,
}

impl ViewerAccess {
    /// What a node of a type says under the access of its row.
    pub(crate) fn of(row: &RowAccess, type_name: &str, steps: Vec<StepAccess>) -> Self {
        let (classification, presence) = (row.access().classification(), row.presence());
        let explained = Explained::of(classification, presence, type_name, Some((row.datum(), row.shown())));
        let withheld =
            explained.withheld().map(|(category, fields)| withheld_category(presence, category, fields));
        Self { withheld: withheld.collect(), steps, explained }
    }
}

fn withheld_category(presence: &Presence, category: Category, fields: &[String]) -> WithheldCategory {
    let (reason, forbids) = match presence.may_see(category, Facts::NONE) {
        Err(denial) => (denial.reason, denial.forbids),
        Ok(_) => (Reason::Never, Vec::new()),
    };
    WithheldCategory {
        category: Leaf::of(category),
        fields: fields.to_vec(),
        reason: reason.into(),
        message: message(reason.code()).to_owned(),
        article: forbids.first().and_then(|row| article(presence, row)),
        requestable: reason.requestable() && presence.can_be_requested(category),
    }
}

fn article(presence: &Presence, row: &RowId) -> Option<String> {
    presence.version()?.engine().rule(row).map(|rule| rule.article.clone())
}
