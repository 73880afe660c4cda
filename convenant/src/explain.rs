//! Why: the rows, articles and grounds behind one answer, for whoever asks.
//!
//! It explains what the engine decided and must never decide itself. Computed when asked for, not for every field.

use std::fmt;

use chrono::NaiveDate;

use crate::engine::{Reason, Request, Rule};
use crate::house::{Regime, Version};
use crate::model::Supply;
use crate::vocabulary::{Category, Fact, Verb};

/// A row that matched, with its ground as it is shown (README, "Ground shown with a permission").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The rule: id, article, ground, label.
    pub rule: Rule,
    /// The ground in words: the regime of the date, the supplier's own, or a law.
    pub ground: String,
}

/// The supplier's own ground for a supply (`supply.csv`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierGround {
    /// The row of `supply.csv`.
    pub row: String,
    /// The grounds in words; `[ongeverifieerd]` where no source was read.
    pub grounds: Vec<String>,
    /// The fact that must be recorded with it.
    pub needs: Option<Fact>,
}

/// Why a request is allowed or denied by a version of the covenant on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked.
    pub request: Request,
    /// The id of the covenant version.
    pub version: String,
    /// The answer.
    pub allow: bool,
    /// The regime for the receiver on the date.
    pub regime: Regime,
    /// Is the date of that regime verified in a source?
    pub regime_verified: bool,
    /// The permits that match.
    pub permits: Vec<Matched>,
    /// The forbids that match; one is enough for a denial.
    pub forbids: Vec<Matched>,
    /// The supplier's own grounds, with the verb supply.
    pub supplier: Vec<SupplierGround>,
    /// Why not, on a denial.
    pub reason: Option<Reason>,
    /// Can something be requested that would change the answer?
    pub requestable: bool,
}

/// Explains the answer of a version to a request on a date.
pub fn explain(version: &Version, date: NaiveDate, request: &Request) -> Explanation {
    let decision = version.engine().decide(request);
    let tafel = request.standing.tafel;
    let regime = version.regime(tafel, date);
    let matched = |ids: &[crate::RowId]| {
        let rules = ids.iter().filter_map(|id| version.engine().rule(id));
        rules.map(|rule| Matched { ground: ground_of(rule, regime), rule: rule.clone() }).collect()
    };
    Explanation {
        request: *request,
        version: version.id().to_owned(),
        allow: decision.allow,
        regime,
        regime_verified: version.regime_verified(tafel, date),
        permits: matched(&decision.permits),
        forbids: matched(&decision.forbids),
        supplier: supplier_grounds(version, request),
        reason: decision.reason,
        requestable: decision.reason.is_some_and(Reason::requestable),
    }
}

fn ground_of(rule: &Rule, regime: Regime) -> String {
    match rule.ground.as_str() {
        "regime" => regime.name().to_owned(),
        "leverancier" => "de eigen grond van de leverancier".to_owned(),
        law => law.to_owned(),
    }
}

/// The rows of `supply.csv` that make this partner competent for this category.
fn supplier_grounds(version: &Version, request: &Request) -> Vec<SupplierGround> {
    if request.verb != Verb::Supply {
        return Vec::new();
    }
    let covers = |row: &&Supply| {
        row.partner == request.standing.partner && row.categories.closed().contains(request.category)
    };
    let rows = version.model().supply.iter().filter(covers);
    rows.map(|row| SupplierGround {
        row: row.id.clone(),
        grounds: grounds_of(version, row),
        needs: row.needs,
    })
    .collect()
}

fn grounds_of(version: &Version, row: &Supply) -> Vec<String> {
    let known = row.grounds.iter().filter_map(|code| version.model().grounds.get(code));
    let named = known.map(|ground| {
        let doubt = if ground.verified { "" } else { " [ongeverifieerd]" };
        format!("{}{doubt}", ground.name)
    });
    named.chain(row.note.clone()).collect()
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.allow { "Ja" } else { "Nee" };
        writeln!(f, "{answer}: {}.", Sentence(&self.request))?;
        writeln!(f, "Convenant: {}.", self.version)?;
        let doubt = if self.regime_verified { "" } else { " (ingangsdatum ongeverifieerd)" };
        writeln!(f, "Regime voor de ontvanger: {}{doubt}.", self.regime.name())?;
        write_rows(f, "Toegestaan door", &self.permits)?;
        write_rows(f, "Verboden door", &self.forbids)?;
        if self.permits.is_empty() {
            writeln!(f, "Geen regel staat dit toe.")?;
        }
        for ground in &self.supplier {
            let needs =
                ground.needs.map(|fact| format!("; vast te leggen: {}", fact.name())).unwrap_or_default();
            writeln!(f, "Grond van de leverancier ({}): {}{needs}.", ground.row, ground.grounds.join("; "))?;
        }
        let Some(reason) = self.reason else { return Ok(()) };
        let request = if self.requestable { " Dit kan worden gevraagd." } else { "" };
        writeln!(f, "Reden ({reason}): {}{request}", reason.sentence())
    }
}

fn write_rows(f: &mut fmt::Formatter<'_>, what: &str, rows: &[Matched]) -> fmt::Result {
    for Matched { rule, ground } in rows {
        let Rule { id, article, title, label, .. } = rule;
        writeln!(f, "{what} {id}: artikel {article} ({title}); grond: {ground}; herkomst: {label}.")?;
    }
    Ok(())
}

/// A request as a Dutch sentence.
struct Sentence<'a>(&'a Request);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { verb, standing, category, facts, asked } = self.0;
        write!(
            f,
            "{} ({}) mag {} ",
            standing.partner.code(),
            standing.partner.name(),
            category_words(*category)
        )?;
        write!(f, "{}", verb.name())?;
        if let Some(asked) = asked {
            write!(f, " aan {asked}")?;
        }
        write!(
            f,
            ", als {} aan tafel {} in fase {}",
            standing.involvement,
            standing.tafel,
            standing.effective_phase()
        )?;
        let facts: Vec<&str> = facts.iter().map(Fact::code).collect();
        if facts.is_empty() { Ok(()) } else { write!(f, ", met {}", facts.join(", ")) }
    }
}

fn category_words(category: Category) -> String {
    format!("{category} ({})", category.name())
}
