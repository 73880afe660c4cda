//! The model covenant as data: the tables of `model/` that stand beside the policies.
//!
//! It reads and checks; it must never decide who may see what.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::dates::Day;
use crate::folder::Folder;
use crate::ground::{Ground, GroundRow};
use crate::problem::{Problem, line_at};
use crate::vocabulary::{
    Category, CategorySet, Circle, Domain, Fact, Involvement, PartnerKind, PartnerWord, Phase, Tafel,
};

/// The facts that `supply.csv` may ask for with a supply.
pub(crate) const SUPPLY_NEEDS: [Fact; 4] =
    [Fact::Noodzaak, Fact::Toestemming, Fact::OmAkkoord, Fact::Doorbreking];

/// The tables of the model covenant. A version that changes what may be supplied has a copy with its own rows.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) sets: BTreeMap<String, CategorySet>,
    pub(crate) supply: Vec<Supply>,
    pub(crate) opleggers: Vec<Share>,
    pub(crate) articles: BTreeMap<String, String>,
    pub(crate) grounds: BTreeMap<String, Ground>,
    pub(crate) regimes: Vec<RegimeRow>,
    /// The categories that the system makes itself.
    pub(crate) derived: CategorySet,
    /// The partner kinds for which only the general rules are meant.
    pub(crate) general: Vec<PartnerKind>,
}

/// A row of `supply.csv`: what a partner kind is competent to supply.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Supply {
    pub(crate) id: String,
    pub(crate) partner: PartnerKind,
    pub(crate) categories: CategorySet,
    pub(crate) needs: Option<Fact>,
    pub(crate) grounds: Vec<String>,
    pub(crate) note: Option<String>,
    pub(crate) label: String,
}

/// A row of `opleggers.csv`: what is shared at a tafel with whom.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    pub(crate) tafels: Vec<Tafel>,
    pub(crate) with: Vec<PartnerWord>,
    pub(crate) categories: CategorySet,
}

/// From when which regime holds at which tafels (README, "Ground shown with a permission").
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegimeRow {
    pub(crate) code: crate::Regime,
    #[serde(default)]
    pub(crate) tafels: Vec<Tafel>,
    pub(crate) from: Option<Day>,
    pub(crate) verified: bool,
}

impl RegimeRow {
    pub(crate) fn holds(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from.date() <= date)
            && (self.tafels.is_empty() || self.tafels.contains(&tafel))
    }
}

#[derive(Deserialize)]
struct SetFile {
    set: Vec<SetRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetRow {
    code: String,
    #[serde(rename = "name")]
    _name: String,
    categories: CategorySet,
}

#[derive(Default, Deserialize)]
pub(crate) struct SupplyFile {
    pub(crate) supply: Vec<Supply>,
}

#[derive(Default, Deserialize)]
pub(crate) struct ShareFile {
    pub(crate) share: Vec<Share>,
}

#[derive(Deserialize)]
struct ArticleFile {
    article: Vec<ArticleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleRow {
    number: String,
    title: String,
}

#[derive(Deserialize)]
struct GroundFile {
    ground: Vec<GroundRow>,
}

#[derive(Deserialize)]
struct RegimeFile {
    regime: Vec<RegimeRow>,
}

#[derive(Deserialize)]
struct CategoryFile {
    category: Vec<CategoryRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryRow {
    code: Category,
    name: String,
    includes: Option<Category>,
    /// The system makes it itself: nobody supplies it.
    #[serde(default)]
    derived: bool,
    #[serde(rename = "law")]
    _law: Option<String>,
}

#[derive(Deserialize)]
struct PartnerFile {
    partner: Vec<PartnerRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerRow {
    code: PartnerKind,
    domain: Domain,
    circle: Option<Circle>,
    bsn: bool,
    #[serde(default)]
    gemeente: bool,
    /// Why the general rules, which name no partner, are all that is meant for this kind.
    general: Option<String>,
}

#[derive(Deserialize)]
struct InvolvementFile {
    involvement: Vec<InvolvementRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvolvementRow {
    code: Involvement,
    name: String,
    task_phase: Option<Phase>,
}

#[derive(Deserialize)]
struct PhaseFile {
    phase: Vec<PhaseRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhaseRow {
    machine: String,
    states: Vec<String>,
    phase: Phase,
    #[serde(rename = "note")]
    _note: Option<String>,
}

impl Model {
    /// Reads the tables; `None` when one of them cannot be read, with the problems.
    pub(crate) fn read(folder: &Folder, problems: &mut Vec<Problem>) -> Option<Self> {
        let categories: Option<CategoryFile> = folder.toml("model/categories.toml", problems);
        let partners: Option<PartnerFile> = folder.toml("model/partners.toml", problems);
        check_vocabulary(folder, categories.as_ref(), partners.as_ref(), problems);
        let sets: Option<SetFile> = folder.toml("model/sets.toml", problems);
        let supply: Option<SupplyFile> = folder.toml("model/supply.toml", problems);
        let opleggers: Option<ShareFile> = folder.toml("model/opleggers.toml", problems);
        let articles: Option<ArticleFile> = folder.toml("model/articles.toml", problems);
        let grounds: Option<GroundFile> = folder.toml("model/grounds.toml", problems);
        let regimes: Option<RegimeFile> = folder.toml("model/regimes.toml", problems);
        let model = Self {
            sets: sets?.set.into_iter().map(|row| (row.code, row.categories)).collect(),
            supply: supply?.supply,
            opleggers: opleggers?.share,
            articles: articles?.article.into_iter().map(|row| (row.number, row.title)).collect(),
            grounds: grounds_of(grounds?.ground, folder, problems),
            regimes: regimes?.regime,
            derived: categories?.category.iter().filter(|row| row.derived).map(|row| row.code).collect(),
            general: partners?
                .partner
                .iter()
                .filter(|row| row.general.is_some())
                .map(|row| row.code)
                .collect(),
        };
        model.check_supply(&model.supply, "model/supply.toml", folder, problems);
        Some(model)
    }

    /// What is wrong with rows of what may be supplied, in the file that holds them.
    pub(crate) fn check_supply(
        &self,
        rows: &[Supply],
        file: &str,
        folder: &Folder,
        problems: &mut Vec<Problem>,
    ) {
        for row in rows {
            let line = folder.line_of(file, &format!("id = \"{}\"", row.id));
            let problem = |message: String| Problem::new(file, message).on(line).of(&row.id);
            for ground in row.grounds.iter().filter(|ground| !self.grounds.contains_key(*ground)) {
                problems.push(problem(format!("De grond {ground} staat niet in grounds.toml.")));
            }
            if let Some(fact) = row.needs.filter(|fact| !SUPPLY_NEEDS.contains(fact)) {
                problems
                    .push(problem(format!("Het feit {fact} kan niet bij een verstrekking worden geëist.")));
            }
            if row.grounds.is_empty() && row.note.is_none() {
                problems.push(problem("Deze rij noemt geen grond van de leverancier.".to_owned()));
            }
            if rows.iter().take_while(|earlier| !std::ptr::eq(*earlier, row)).any(|one| one.id == row.id) {
                problems.push(problem(format!("De rij {} staat er twee keer.", row.id)));
            }
        }
    }
}

/// The grounds by code; what is wrong with one of them goes to `problems`.
fn grounds_of(
    rows: Vec<GroundRow>,
    folder: &Folder,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Ground> {
    const FILE: &str = "model/grounds.toml";
    let text = folder.text(FILE).unwrap_or_default();
    let mut grounds = BTreeMap::new();
    for row in rows {
        let line = line_at(text, row.code.span().start);
        let ground = Ground::from(row);
        let code = ground.code().to_owned();
        let mut wrong = |message: String| problems.push(Problem::new(FILE, message).on(Some(line)).of(&code));
        if ground.span().is_empty() {
            wrong(format!("De grond {code} eindigt voordat hij begint."));
        }
        if grounds.insert(code.clone(), ground).is_some() {
            wrong(format!("De grond {code} staat er twee keer."));
        }
    }
    grounds
}

/// The closed lists are in the code and, for the jurist and for Cedar, in the model: they must say the same.
fn check_vocabulary(
    folder: &Folder,
    categories: Option<&CategoryFile>,
    partners: Option<&PartnerFile>,
    problems: &mut Vec<Problem>,
) {
    if let Some(file) = categories {
        let rows = file.category.iter().map(|row| (row.code, row.includes, row.name.as_str()));
        let known = Category::ALL.iter().map(|one| (*one, one.includes(), one.name()));
        compare("model/categories.toml", rows, known, |row| row.0.code(), problems);
    }
    if let Some(file) = partners {
        let rows = file.partner.iter().map(|row| (row.code, row.domain, row.circle, row.bsn, row.gemeente));
        let known = PartnerKind::ALL
            .iter()
            .map(|kind| (*kind, kind.domain(), kind.circle(), kind.may_process_bsn(), kind.is_gemeente()));
        compare("model/partners.toml", rows, known, |row| row.0.code(), problems);
    }
    if let Some(file) = folder.toml::<InvolvementFile>("model/involvements.toml", problems) {
        let rows = file.involvement.iter().map(|row| (row.code, row.task_phase, row.name.as_str()));
        let known = Involvement::ALL.iter().map(|one| (*one, one.task_phase(), one.name()));
        compare("model/involvements.toml", rows, known, |row| row.0.code(), problems);
    }
    folder.toml::<PhaseFile>("model/phases.toml", problems);
}

fn compare<T: PartialEq>(
    path: &str,
    rows: impl Iterator<Item = T>,
    known: impl Iterator<Item = T>,
    code: impl Fn(&T) -> &'static str,
    problems: &mut Vec<Problem>,
) {
    let (rows, known): (Vec<T>, Vec<T>) = (rows.collect(), known.collect());
    for row in rows.iter().filter(|row| !known.contains(row)) {
        problems.push(Problem::new(path, differs(code(row))));
    }
    for one in known.iter().filter(|one| !rows.iter().any(|row| code(row) == code(one))) {
        problems.push(Problem::new(path, format!("{} ontbreekt.", code(one))));
    }
}

fn differs(code: &str) -> String {
    format!(
        "{code} is hier anders dan in het programma; wie deze lijst wijzigt, bouwt het programma opnieuw."
    )
}

/// The phase that a state of a state machine puts the dossier in (`phases.csv`).
///
/// A row with a condition gives the phase of its first half; the condition (a Case was opened) is the caller's.
pub fn phase_of(machine: &str, state: &str) -> Option<Phase> {
    static PHASES: LazyLock<HashMap<(String, String), Phase>> =
        LazyLock::new(|| read_phases(&Folder::embedded()));
    let find = |state: &str| PHASES.get(&(machine.to_owned(), state.to_owned())).copied();
    find(state).or_else(|| find("*"))
}

fn read_phases(folder: &Folder) -> HashMap<(String, String), Phase> {
    let file: Option<PhaseFile> = folder.toml("model/phases.toml", &mut Vec::new());
    let rows = file.into_iter().flat_map(|file| file.phase);
    rows.flat_map(|row| row.states.into_iter().map(move |state| ((row.machine.clone(), state), row.phase)))
        .collect()
}
