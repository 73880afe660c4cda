//! Why: the rows, articles and grounds behind one answer, for whoever asks; and, on a denial, what can be done.
//!
//! It explains what the engine decided and must never decide itself. Computed when asked for, not for every field.

use std::fmt;

use chrono::NaiveDate;

use crate::engine::{Reason, Request, Rule};
use crate::ground::Ground;
use crate::house::{Regime, Version};
use crate::model::Supply;
use crate::vocabulary::{Category, Fact, PartnerKind, Phase, Verb};

/// A row that matched, with its ground as it is shown (README, "Ground shown with a permission").
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Matched {
    /// The rule: id, article, ground, label.
    pub rule: Rule,
    /// The ground in words: the regime of the date, the supplier's own, or a law.
    pub ground: String,
}

/// The supplier's own ground for a supply (`supply.csv`).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SupplierGround {
    /// The row of `supply.csv`.
    pub row: String,
    /// The partner that supplies.
    pub partner: PartnerKind,
    /// The grounds, as they stood on the date.
    pub grounds: Vec<DatedGround>,
    /// What the row says beside its grounds.
    pub note: Option<String>,
    /// The fact that must be recorded with it.
    pub needs: Option<Fact>,
}

/// A ground as it stood on the date of the explanation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DatedGround {
    /// The ground: code, name, verified or not, dates.
    #[serde(flatten)]
    pub ground: Ground,
    /// Was it in force on the date?
    pub in_force: bool,
}

/// What can be done about a denial.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Remedy {
    /// Can the viewer ask for it, by a request to the supplier?
    pub can_be_asked: bool,
    /// A Dutch sentence: how to ask, or what would have to be so instead.
    pub how: String,
    /// The facts of which any one, recorded with the datum, would turn the answer into yes.
    pub facts: Vec<Fact>,
    /// Of whom it can be asked: who may supply the category, with row, grounds and what must be recorded.
    pub suppliers: Vec<SupplierGround>,
}

impl Remedy {
    /// Does it take a supplier to record something, or to supply anew? What only a verzoek of the person concerned
    /// releases, no supplier can.
    pub fn is_with_supplier(&self) -> bool {
        self.can_be_asked && self.facts != [Fact::Vrijgegeven]
    }
}

/// Why a request is allowed or denied by a version of the covenant on a date. Serialised it is what `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// What was asked.
    pub request: Request,
    /// The id of the covenant version.
    pub version: String,
    /// The date of the explanation.
    pub date: NaiveDate,
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
    /// The reason as a Dutch sentence, on a denial.
    pub reason_text: Option<&'static str>,
    /// Can something be requested that would change the answer?
    pub requestable: bool,
    /// What can be done, on a denial.
    pub remedy: Option<Remedy>,
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
    let supplies = |row: &Supply| row.partner == request.standing.partner;
    let remedy = decision.reason.map(|reason| remedy(version, date, request, reason));
    Explanation {
        request: *request,
        version: version.id().to_owned(),
        date,
        allow: decision.allow,
        regime,
        regime_verified: version.regime_verified(tafel, date),
        permits: matched(&decision.permits),
        forbids: matched(&decision.forbids),
        supplier: match request.verb {
            Verb::Supply => supplier_grounds(version, date, request.category, supplies),
            Verb::See | Verb::Ask => Vec::new(),
        },
        reason: decision.reason,
        reason_text: decision.reason.map(Reason::sentence),
        requestable: remedy.as_ref().is_some_and(|remedy| remedy.can_be_asked),
        remedy,
    }
}

fn ground_of(rule: &Rule, regime: Regime) -> String {
    match rule.ground.as_str() {
        "regime" => regime.name().to_owned(),
        "leverancier" => "de eigen grond van de leverancier".to_owned(),
        law => law.to_owned(),
    }
}

/// The rows of `supply.csv` for this category that are `meant`.
fn supplier_grounds(
    version: &Version,
    date: NaiveDate,
    category: Category,
    meant: impl Fn(&Supply) -> bool,
) -> Vec<SupplierGround> {
    let rows = version.model().supply.iter();
    let rows = rows.filter(|row| row.categories.closed().contains(category) && meant(row));
    rows.map(|row| SupplierGround {
        row: row.id.clone(),
        partner: row.partner,
        grounds: row.grounds.iter().filter_map(|code| dated(version, date, code)).collect(),
        note: row.note.clone(),
        needs: row.needs,
    })
    .collect()
}

fn dated(version: &Version, date: NaiveDate, code: &str) -> Option<DatedGround> {
    let ground = version.ground(code)?.clone();
    Some(DatedGround { in_force: ground.in_force_on(date), ground })
}

/// What can be done about this denial.
fn remedy(version: &Version, date: NaiveDate, request: &Request, reason: Reason) -> Remedy {
    let can_be_asked = request.verb == Verb::See && reason.requestable();
    let facts = if reason == Reason::NoGroundRecorded {
        version.engine().facts_that_would_do(request)
    } else {
        Vec::new()
    };
    let another = |row: &Supply| row.partner != request.standing.partner;
    Remedy {
        can_be_asked,
        how: how(version, request, reason, &facts),
        suppliers: if can_be_asked {
            supplier_grounds(version, date, request.category, another)
        } else {
            Vec::new()
        },
        facts,
    }
}

fn how(version: &Version, request: &Request, reason: Reason, facts: &[Fact]) -> String {
    let no = |what: &str| format!("Dit kan niet worden gevraagd: {what}.");
    match reason {
        Reason::NoGroundRecorded => how_to_record(request.verb, facts),
        Reason::Expired if request.verb == Verb::See => {
            "Dit kan worden gevraagd. Vraag de leverancier met een verzoek in de verrijking om een nieuw gegeven."
                .to_owned()
        }
        Reason::Expired => no("lever een nieuw gegeven"),
        Reason::NotSigned => no("eerst moet de organisatie het convenant ondertekenen"),
        Reason::NotTrained => no("eerst moet de professional de opleiding voor radicalisering volgen"),
        Reason::OtherGemeente => no("het hangt af van welke gemeenten bij het dossier zijn vastgelegd"),
        Reason::SupplierRestricted => no("alleen de leverancier kan zijn beperking opheffen"),
        Reason::TooEarly => {
            let now = request.standing.effective_phase();
            let phases = version.engine().phases_that_would_do(request);
            let first = phases.into_iter().find(|phase| *phase > now);
            no(&first.map_or_else(|| "het is te vroeg".to_owned(), from_phase))
        }
        Reason::TooLate => no("het dossier is voorbij de fase waarin dit mocht"),
        Reason::Tafel => no("het mag alleen aan een andere tafel"),
        Reason::Involvement => no("het hoort bij een andere betrokkenheid bij het dossier"),
        Reason::Protected => no("het wordt afgeschermd voor wie aan deze kant van de zaak werkt"),
        Reason::Never => no("geen enkele wijziging maakt het toegestaan"),
    }
}

fn from_phase(phase: Phase) -> String {
    format!("het mag vanaf fase {phase} ({})", phase.name())
}

fn how_to_record(verb: Verb, facts: &[Fact]) -> String {
    let words: Vec<String> = facts.iter().map(|fact| format!("{fact} ({})", fact.name())).collect();
    let words = words.join(" of ");
    if verb != Verb::See {
        return format!("Dit hoeft niet te worden gevraagd: leg bij het gegeven vast: {words}.");
    }
    if facts == [Fact::Vrijgegeven] {
        return "Dit kan worden gevraagd. Dat gaat met een verzoek van de betrokkene; het besluit daarop geeft het vrij."
            .to_owned();
    }
    format!(
        "Dit kan worden gevraagd. Vraag de leverancier met een verzoek in de verrijking om vast te leggen: {words}."
    )
}

impl fmt::Display for DatedGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let away = if self.in_force { "" } else { " (geldt niet op deze datum)" };
        write!(f, "{}{away}", self.ground)
    }
}

/// The grounds in words, with what must be recorded.
impl fmt::Display for SupplierGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grounds = self.grounds.iter().map(ToString::to_string);
        let grounds: Vec<String> = grounds.chain(self.note.clone()).collect();
        write!(f, "{}", grounds.join("; "))?;
        self.needs.map_or(Ok(()), |fact| write!(f, "; vast te leggen: {}", fact.name()))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.allow { "Ja" } else { "Nee" };
        writeln!(f, "{answer}: {}.", Sentence(&self.request))?;
        writeln!(f, "Convenant: {}, op {}.", self.version, self.date)?;
        let doubt = if self.regime_verified { "" } else { " (ingangsdatum ongeverifieerd)" };
        writeln!(f, "Regime voor de ontvanger: {}{doubt}.", self.regime.name())?;
        write_rows(f, "Toegestaan door", &self.permits)?;
        write_rows(f, "Verboden door", &self.forbids)?;
        if self.permits.is_empty() {
            writeln!(f, "Geen regel staat dit toe.")?;
        }
        for ground in &self.supplier {
            writeln!(f, "Grond van de leverancier ({}): {ground}.", ground.row)?;
        }
        if let Some(reason) = self.reason {
            writeln!(f, "Reden ({reason}): {}", reason.sentence())?;
        }
        self.remedy.as_ref().map_or(Ok(()), |remedy| write!(f, "{remedy}"))
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.how)?;
        for supplier in &self.suppliers {
            let (partner, name) = (supplier.partner, supplier.partner.name());
            writeln!(f, "Bevoegd om te leveren: {partner} ({name}), {}: {supplier}.", supplier.row)?;
        }
        Ok(())
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
