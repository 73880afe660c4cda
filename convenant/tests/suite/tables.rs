//! A second opinion: the tables of `tests/tables/` interpreted straight from the README, by codes and strings. It must
//! know nothing of the engine, of Cedar, or of the files in `model/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub(crate) type Words = BTreeSet<&'static str>;

/// One request, in the codes of the tables.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the four yes-or-no facts of a standing in the README")]
pub(crate) struct Question {
    pub(crate) verb: &'static str,
    pub(crate) partner: &'static str,
    pub(crate) same_gemeente: bool,
    pub(crate) signed: bool,
    pub(crate) secrecy: bool,
    pub(crate) trained: bool,
    pub(crate) involvement: &'static str,
    pub(crate) side: &'static str,
    pub(crate) tafel: &'static str,
    pub(crate) phase: u8,
    pub(crate) facts: Words,
    pub(crate) category: &'static str,
    pub(crate) asked: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) allow: bool,
    pub(crate) permits: Vec<&'static str>,
    pub(crate) forbids: Vec<&'static str>,
}

#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) domain: &'static str,
    pub(crate) circle: &'static str,
    pub(crate) bsn: bool,
}

/// A permit: a row of see.csv, supply_when.csv or ask.csv.
#[derive(Debug)]
pub(crate) struct Permit {
    pub(crate) id: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) involvement: Vec<&'static str>,
    pub(crate) phases: BTreeSet<u8>,
    pub(crate) tafels: Vec<&'static str>,
    pub(crate) partners: Vec<&'static str>,
    categories: Vec<Side>,
    pub(crate) needs: Vec<&'static str>,
}

impl Permit {
    /// Does it let a partner supply what supply.csv says it may?
    pub(crate) fn gives_what_is_supplied(&self) -> bool {
        self.categories.iter().any(|side| matches!(side, Side::Table { .. }))
    }
}

/// One side of `&` in a column of categories.
#[derive(Debug)]
enum Side {
    All,
    Oplegger,
    Table { doorbreking: bool },
    Asked,
    Listed(Words),
}

#[derive(Debug)]
pub(crate) struct Forbid {
    pub(crate) id: &'static str,
    pub(crate) verbs: Vec<&'static str>,
    pub(crate) categories: Option<Words>,
    pub(crate) applies: Vec<&'static str>,
    pub(crate) unless: Vec<Vec<&'static str>>,
}

#[derive(Debug)]
pub(crate) struct Supply {
    id: &'static str,
    pub(crate) partner: &'static str,
    pub(crate) categories: Words,
    pub(crate) needs: &'static str,
}

impl Supply {
    fn gives(&self, question: &Question, doorbreking: bool) -> bool {
        self.partner == question.partner
            && self.categories.contains(question.category)
            && (self.needs.is_empty() || question.facts.contains(self.needs))
            && (doorbreking || self.needs != "doorbreking")
    }

    fn name(&self) -> String {
        self.id.to_owned()
    }
}

#[derive(Debug)]
pub(crate) struct Oplegger {
    pub(crate) tafels: Vec<&'static str>,
    pub(crate) audience: Vec<&'static str>,
    pub(crate) categories: Words,
}

impl Oplegger {
    /// A line has no id: its tafels, its audience, and the first of its categories are its own.
    fn name(&self) -> String {
        let first = self.categories.first().copied().unwrap_or_default();
        format!("{} {} {first}", self.tafels.join(" "), self.audience.join(" "))
    }
}

#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) categories: Vec<&'static str>,
    pub(crate) includes: BTreeMap<&'static str, &'static str>,
    pub(crate) partners: BTreeMap<&'static str, Partner>,
    pub(crate) tafels: Vec<&'static str>,
    /// By verb.
    pub(crate) permits: BTreeMap<&'static str, Vec<Permit>>,
    pub(crate) forbids: Vec<Forbid>,
    pub(crate) supply: Vec<Supply>,
    pub(crate) opleggers: Vec<Oplegger>,
}

pub(crate) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

pub(crate) const INVOLVEMENTS: [&str; 22] = [
    "GEEN",
    "AANMELDER",
    "ONDERSTEUNING",
    "INFORMATIE",
    "PROCESREGIE",
    "BRP_TAAK",
    "BEKENDHEIDSCHECK",
    "VERRIJKING",
    "TRIAGE",
    "ZETEL",
    "GAST",
    "TRAJECT",
    "LEVENSLOOP",
    "TOEGEWEZEN",
    "ZSM",
    "BESTUUR",
    "COMENSHA",
    "OVERDRACHT",
    "BETROKKENE",
    "FG",
    "ONDERZOEK",
    "NOODTOEGANG",
];
pub(crate) const SIDES: [&str; 3] = ["GEEN", "SLACHTOFFER", "PLEGER"];
pub(crate) const FACTS: [&str; 12] = [
    "eigen",
    "ontvanger",
    "toestemming",
    "om_akkoord",
    "doorbreking",
    "noodzaak",
    "eigen_actie",
    "nieuw_signaal",
    "vrijgegeven",
    "niet_verder_delen",
    "alleen_triage",
    "verlopen",
];
pub(crate) const MONITOR: &str = "D01N D02 D03 D05 D11K D13 D23 D28 D29 D31 D33U D37 D38";
pub(crate) const AFSCHALING: &str = "D01N D28 D29 D33U D37";
pub(crate) const NAZORG: &str = "D01N D28";
pub(crate) const SIGNAAL: &str =
    "D02 D05 D06 D11K D12 D13 D14 D14C D15 D15K D17 D17S D18 D18S D19 D21 D22 D23 D24 D24K D26 D36 D37";

/// A table as rows of column to cell.
fn rows(csv: &'static str) -> Vec<BTreeMap<String, &'static str>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().expect("a heading").clone();
    let keep = |cell: &str| -> &'static str { Box::leak(cell.to_owned().into_boxed_str()) };
    let row =
        |record: csv::StringRecord| headers.iter().map(str::to_owned).zip(record.iter().map(keep)).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

macro_rules! table {
    ($name:literal) => {
        rows(include_str!(concat!("../tables/", $name, ".csv")))
    };
}

fn words(cell: &'static str) -> Vec<&'static str> {
    cell.split_whitespace().collect()
}

fn phases(cell: &str) -> BTreeSet<u8> {
    let number = |phase: &str| phase.trim_start_matches('F').parse::<u8>().expect("a phase");
    let range = |part: &str| match part.split_once('-') {
        Some((from, to)) => number(from)..=number(to),
        None => number(part)..=number(part),
    };
    cell.split_whitespace().flat_map(range).collect()
}

impl Tables {
    fn read() -> Self {
        let categories = table!("categories");
        let filled = |row: &&BTreeMap<String, &'static str>| !row["includes"].is_empty();
        let includes = categories.iter().filter(filled).map(|row| (row["code"], row["includes"])).collect();
        let partner = |row: &BTreeMap<String, &'static str>| {
            let partner = Partner { domain: row["domain"], circle: row["circle"], bsn: row["bsn"] == "1" };
            (row["partner"], partner)
        };
        let mut tables = Self {
            categories: categories.iter().map(|row| row["code"]).collect(),
            includes,
            partners: table!("partners").iter().map(partner).collect(),
            tafels: table!("seats").iter().map(|row| row["tafel"]).chain(["ADVIES"]).collect(),
            permits: BTreeMap::new(),
            forbids: Vec::new(),
            supply: Vec::new(),
            opleggers: Vec::new(),
        };
        tables.read_opleggers();
        for (verb, rows) in
            [("see", table!("see")), ("supply", table!("supply_when")), ("ask", table!("ask"))]
        {
            let mut rows: Vec<_> = rows.iter().map(|row| permit(&tables.includes, verb, row)).collect();
            rows.sort_by_key(|row| row.id);
            tables.permits.insert(verb, rows);
        }
        tables.forbids = table!("forbids").iter().map(forbid).collect();
        tables.forbids.sort_by_key(|forbid| forbid.id);
        tables
    }

    fn read_opleggers(&mut self) {
        let supply = table!("supply").into_iter().map(|row| Supply {
            id: row["id"],
            partner: row["partner"],
            categories: closed(&self.includes, words(row["categories"])),
            needs: row["needs"],
        });
        let supply: Vec<_> = supply.collect();
        let opleggers = table!("opleggers").into_iter().map(|row| Oplegger {
            tafels: words(row["tafel"]),
            audience: words(row["audience"]),
            categories: closed(&self.includes, words(row["categories"])),
        });
        self.opleggers = opleggers.collect();
        self.supply = supply;
    }

    pub(crate) fn answer(&self, question: &Question) -> Answer {
        let permits: Vec<_> = self.permits[question.verb]
            .iter()
            .filter(|row| self.permits(row, question))
            .map(|row| row.id)
            .collect();
        let forbids: Vec<_> =
            self.forbids.iter().filter(|row| self.forbids(row, question)).map(|row| row.id).collect();
        Answer { allow: !permits.is_empty() && forbids.is_empty(), permits, forbids }
    }

    /// The rows by which this is allowed: the permits, and the lines of supply.csv and opleggers.csv that they lean on. None
    /// when it is denied.
    pub(crate) fn giving(&self, question: &Question) -> Vec<String> {
        let answer = self.answer(question);
        if !answer.allow {
            return Vec::new();
        }
        let rows = self.permits[question.verb].iter().filter(|row| answer.permits.contains(&row.id));
        let sides: Vec<&Side> = rows.flat_map(|row| &row.categories).collect();
        let leans = |wanted: fn(&Side) -> bool| sides.iter().any(|side| wanted(side));
        let mut giving: Vec<String> = answer.permits.iter().map(|id| (*id).to_owned()).collect();
        if leans(|side| matches!(side, Side::Table { .. })) {
            giving.extend(self.supply.iter().filter(|row| row.gives(question, true)).map(Supply::name));
        }
        if leans(|side| matches!(side, Side::Oplegger)) {
            giving.extend(self.opleggers.iter().filter(|row| self.shares(row, question)).map(Oplegger::name));
        }
        giving
    }

    /// The rows of permission: permits, lines of supply.csv, lines of opleggers.csv.
    pub(crate) fn rows_of_permission(&self) -> BTreeSet<String> {
        let permits = self.permits.values().flatten().map(|row| row.id.to_owned());
        permits
            .chain(self.supply.iter().map(Supply::name))
            .chain(self.opleggers.iter().map(Oplegger::name))
            .collect()
    }

    pub(crate) fn allows(&self, question: &Question) -> bool {
        self.permits[question.verb].iter().any(|row| self.permits(row, question))
            && !self.forbids.iter().any(|row| self.forbids(row, question))
    }

    fn permits(&self, row: &Permit, question: &Question) -> bool {
        let involved = match row.involvement.as_slice() {
            ["*"] => question.involvement != "GEEN",
            named => named.contains(&question.involvement),
        };
        involved
            && row.phases.contains(&question.effective_phase())
            && (row.tafels == ["*"] || row.tafels.contains(&question.tafel))
            && (row.partners == ["*"] || self.means(&row.partners, question.partner))
            && (row.needs.is_empty() || row.needs.iter().any(|fact| question.facts.contains(fact)))
            && self.gives(row, question)
    }

    /// Is the category among what this row gives?
    pub(crate) fn gives(&self, row: &Permit, question: &Question) -> bool {
        row.categories.iter().all(|side| self.has(side, question))
    }

    /// Do these words of a `partners` column stand for this kind?
    pub(crate) fn means(&self, words: &[&str], kind: &str) -> bool {
        let partner = &self.partners[kind];
        words.iter().any(|word| {
            *word == kind
                || *word == partner.domain
                || *word == partner.circle
                || *word == "BSN" && partner.bsn
        })
    }

    fn has(&self, side: &Side, question: &Question) -> bool {
        match side {
            Side::All => true,
            Side::Listed(listed) => listed.contains(question.category),
            Side::Oplegger => self.opleggers.iter().any(|row| self.shares(row, question)),
            Side::Table { doorbreking } => self.supply.iter().any(|row| row.gives(question, *doorbreking)),
            Side::Asked => self
                .supply
                .iter()
                .any(|row| Some(row.partner) == question.asked && row.categories.contains(question.category)),
        }
    }

    fn shares(&self, row: &Oplegger, question: &Question) -> bool {
        let meant = question.verb != "see" || self.means(&row.audience, question.partner);
        row.tafels.contains(&question.tafel) && meant && row.categories.contains(question.category)
    }

    fn forbids(&self, row: &Forbid, question: &Question) -> bool {
        row.verbs.contains(&question.verb)
            && row.categories.as_ref().is_none_or(|listed| listed.contains(question.category))
            && row.applies.iter().all(|condition| self.holds(condition, question))
            && !row.unless.iter().any(|all| all.iter().all(|condition| self.holds(condition, question)))
    }

    fn holds(&self, condition: &str, question: &Question) -> bool {
        if let Some((name, cell)) = condition.split_once('=') {
            let mut named = cell.split_whitespace();
            return match name {
                "partner" => named.any(|word| word == question.partner),
                "domain" => named.any(|word| word == self.partners[question.partner].domain),
                "involvement" => named.any(|word| word == question.involvement),
                "tafel" => named.any(|word| word == question.tafel),
                "side" => named.any(|word| word == question.side),
                "category" => named.any(|word| word == question.category),
                "phase" => phases(cell).contains(&question.effective_phase()),
                other => panic!("unknown condition {other}"),
            };
        }
        match condition {
            "unsigned" => !question.signed,
            "untrained" => !question.trained,
            "other_gemeente" => !question.same_gemeente,
            "secrecy" => question.secrecy,
            "bsn_right" => self.partners[question.partner].bsn,
            fact => {
                assert!(FACTS.contains(&fact), "unknown condition {fact}");
                question.facts.contains(fact)
            }
        }
    }

    /// The first single change that would turn a denial into yes.
    pub(crate) fn reason(&self, question: &Question) -> Option<&'static str> {
        if self.allows(question) {
            return None;
        }
        let changed = |change: &dyn Fn(&mut Question)| {
            let mut other = question.clone();
            change(&mut other);
            self.allows(&other)
        };
        let without = |fact: &'static str| changed(&|other| _ = other.facts.remove(fact));
        let with = |fact: &'static str| changed(&|other| _ = other.facts.insert(fact));
        let now = question.effective_phase();
        let in_phase = |phase: u8| changed(&|other| other.phase = phase);
        let grounds = ["ontvanger", "toestemming", "om_akkoord", "doorbreking", "noodzaak", "vrijgegeven"];
        let found = if changed(&|other| other.signed = true) {
            "NOT_SIGNED"
        } else if changed(&|other| other.trained = true) {
            "NOT_TRAINED"
        } else if changed(&|other| other.same_gemeente = true) {
            "OTHER_GEMEENTE"
        } else if without("niet_verder_delen") || without("alleen_triage") {
            "SUPPLIER_RESTRICTED"
        } else if without("verlopen") {
            "EXPIRED"
        } else if grounds.into_iter().any(with) {
            "NO_GROUND_RECORDED"
        } else if (now + 1..=12).any(in_phase) {
            "TOO_EARLY"
        } else if (0..now).any(in_phase) {
            "TOO_LATE"
        } else if self.tafels.iter().any(|tafel| changed(&|other| other.tafel = tafel)) {
            "TAFEL"
        } else if INVOLVEMENTS.iter().any(|involvement| changed(&|other| other.involvement = involvement)) {
            "INVOLVEMENT"
        } else if SIDES.iter().any(|side| changed(&|other| other.side = side)) {
            "PROTECTED"
        } else {
            "NEVER"
        };
        Some(found)
    }
}

impl Question {
    /// Task assignments bring their own phase.
    pub(crate) fn effective_phase(&self) -> u8 {
        match self.involvement {
            "BEKENDHEIDSCHECK" => 2,
            "BRP_TAAK" => 3,
            "VERRIJKING" => 4,
            _ => self.phase,
        }
    }
}

fn closed(includes: &BTreeMap<&'static str, &'static str>, listed: Vec<&'static str>) -> Words {
    let mut closed: Words = listed.into_iter().collect();
    loop {
        let more: Vec<_> = closed.iter().filter_map(|code| includes.get(code).copied()).collect();
        let before = closed.len();
        closed.extend(more);
        if closed.len() == before {
            return closed;
        }
    }
}

fn permit(
    includes: &BTreeMap<&'static str, &'static str>,
    verb: &'static str,
    row: &BTreeMap<String, &'static str>,
) -> Permit {
    let side = |side: &'static str| match side {
        "*" => Side::All,
        "OPLEGGER" => Side::Oplegger,
        "TABLE" => Side::Table { doorbreking: true },
        "TABLE-DOORBREKING" => Side::Table { doorbreking: false },
        "ASKED" => Side::Asked,
        "MONITOR" => Side::Listed(closed(includes, words(MONITOR))),
        "AFSCHALING" => Side::Listed(closed(includes, words(AFSCHALING))),
        "NAZORG" => Side::Listed(closed(includes, words(NAZORG))),
        "SIGNAAL" => Side::Listed(closed(includes, words(SIGNAAL))),
        codes => Side::Listed(closed(includes, words(codes))),
    };
    let needs = row.get("needs").copied().unwrap_or_default();
    Permit {
        id: row["id"],
        verb,
        involvement: words(row["involvement"]),
        phases: phases(row["phases"]),
        tafels: words(row["tafels"]),
        partners: words(row["partners"]),
        categories: row["categories"].split('&').map(side).collect(),
        needs: needs.split('|').filter(|fact| !fact.is_empty()).collect(),
    }
}

fn forbid(row: &BTreeMap<String, &'static str>) -> Forbid {
    let all = |conditions: &'static str| -> Vec<&'static str> {
        conditions.split('&').map(str::trim).filter(|one| !one.is_empty() && *one != "*").collect()
    };
    Forbid {
        id: row["id"],
        verbs: words(row["verbs"]),
        categories: (row["categories"] != "*").then(|| words(row["categories"]).into_iter().collect()),
        applies: all(row["applies"]),
        unless: row["unless"].split('|').map(all).filter(|all| !all.is_empty()).collect(),
    }
}
