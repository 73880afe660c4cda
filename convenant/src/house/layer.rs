//! What the folder of a house, or of one version of its covenant, says of the rules, and what holds when it is laid over
//! what held before: the house over the model, the first version over the house, each version over the one before it.
//!
//! A folder adds rows and supplies, replaces an oplegger or a tafel whole, and, for a version only, withdraws what held
//! before by its id and with a reason. What it does not name stays. It must never decide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::Place;
use crate::convenant::Foundation;
use crate::dates::{Day, Span};
use crate::engine::{Row, check_together};
use crate::folder::Folder;
use crate::model::{Share, ShareFile, Supply, SupplyFile};
use crate::problem::{Problem, line_at};
use crate::vocabulary::{PartnerKind, Tafel};

const TAFELS: &str = "tafels.toml";
const OPLEGGERS: &str = "opleggers.toml";
const SUPPLY: &str = "supply.toml";
const WITHDRAWN: &str = "withdrawn.toml";

#[derive(Default, Deserialize)]
struct TafelFile {
    tafel: Vec<TafelRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TafelRow {
    code: Spanned<Tafel>,
    fixed: Vec<PartnerKind>,
    invited: Vec<PartnerKind>,
    #[serde(default)]
    answers_hit: bool,
    oplegger_from: Option<Day>,
    oplegger_until: Option<Day>,
}

/// `withdrawn.toml`: what no longer holds from this version on.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawnFile {
    #[serde(default)]
    row: Vec<WithdrawnRow>,
    #[serde(default)]
    tafel: Vec<WithdrawnTafel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawnRow {
    id: Spanned<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawnTafel {
    code: Spanned<Tafel>,
    reason: String,
}

/// The rules as they hold at some point: those of the model, of a house, of a version.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) rows: Vec<Row>,
    pub(crate) shares: Vec<Share>,
    pub(crate) supply: Vec<Supply>,
    pub(crate) tafels: BTreeMap<Tafel, Place>,
}

impl Rules {
    /// Those of the model. It has no tafels: a house has.
    pub(crate) fn of(foundation: &Foundation) -> Self {
        Self {
            rows: foundation.rows.clone(),
            shares: foundation.model.opleggers.clone(),
            supply: foundation.model.supply.clone(),
            tafels: BTreeMap::new(),
        }
    }
}

/// Whose folder it is, by which it may hold other files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A house: it has tafels, and cannot take a rule of the model away.
    House,
    /// A version of its covenant.
    Version,
}

impl Owner {
    const fn knows(self) -> &'static [&'static str] {
        match self {
            Self::House => &["house.toml", "versions.toml", TAFELS, OPLEGGERS, SUPPLY],
            Self::Version => &[WITHDRAWN, TAFELS, OPLEGGERS, SUPPLY],
        }
    }
}

/// What one folder says.
pub(super) struct Layer {
    path: String,
    rows: Vec<Row>,
    shares: Vec<Share>,
    supply: Vec<Supply>,
    tafels: BTreeMap<Tafel, Place>,
    withdrawn: WithdrawnFile,
}

impl Layer {
    /// Reads a folder; `None` when a file in it cannot be read, with the problems.
    pub(super) fn read(
        folder: &Folder,
        path: &str,
        owner: Owner,
        foundation: &Foundation,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let mut reader = Reader { folder, path, problems };
        reader.check_names(owner);
        let tafels = match owner {
            Owner::House => reader.toml::<TafelFile>(TAFELS),
            Owner::Version => reader.toml_if_there(TAFELS),
        };
        let tafels = tafels.map(|file| reader.tafels(file.tafel));
        let shares = reader.toml_if_there::<ShareFile>(OPLEGGERS);
        let supply = reader.toml_if_there::<SupplyFile>(SUPPLY);
        let withdrawn = match owner {
            Owner::House => Some(WithdrawnFile::default()),
            Owner::Version => reader.toml_if_there(WITHDRAWN),
        };
        let rows = foundation.rows_of(folder, path, problems);
        let supply = supply?.supply;
        foundation.model.check_supply(&supply, &format!("{path}/{SUPPLY}"), folder, problems);
        Some(Self {
            path: path.to_owned(),
            rows,
            shares: shares?.share,
            supply,
            tafels: tafels?,
            withdrawn: withdrawn?,
        })
    }

    /// Does it take a rule or a supply away?
    pub(super) fn withdraws(&self) -> bool {
        !self.withdrawn.row.is_empty()
    }

    /// What holds when this is laid over what held before. What does not fit goes to `problems`.
    pub(super) fn over(self, before: &Rules, folder: &Folder, problems: &mut Vec<Problem>) -> Rules {
        let mut rules = before.clone();
        Withdrawing { folder, file: format!("{}/{WITHDRAWN}", self.path), problems }
            .take(self.withdrawn, &mut rules);
        rules.tafels.extend(self.tafels);
        check_opleggers(&self.shares, &rules.tafels, folder, &self.path, problems);
        rules.shares = replaced(&rules.shares, self.shares);
        check_supply_once(&self.supply, &rules.supply, folder, &self.path, problems);
        rules.supply.extend(self.supply);
        rules.rows.extend(self.rows);
        check_together(&rules.rows, problems);
        rules.rows.sort_by(|one, other| one.rule.id.cmp(&other.rule.id));
        rules
    }
}

struct Reader<'a> {
    folder: &'a Folder,
    path: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn toml<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.folder.toml(&format!("{}/{name}", self.path), self.problems)
    }

    /// Empty when it is not there; `None` when it cannot be read.
    fn toml_if_there<T: DeserializeOwned + Default>(&mut self, name: &str) -> Option<T> {
        match self.folder.text(&format!("{}/{name}", self.path)) {
            Some(_) => self.toml(name),
            None => Some(T::default()),
        }
    }

    /// A file with another name would be left out in silence.
    fn check_names(&mut self, owner: Owner) {
        for (path, _) in self.folder.files(self.path, "") {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_policies = Path::new(name).extension().is_some_and(|ending| ending == "cedar");
            if !is_policies && !owner.knows().contains(&name) {
                let known = owner.knows().join(", ");
                let message =
                    format!("Dit bestand wordt niet gelezen; hier kunnen {known} en *.cedar staan.");
                self.problems.push(Problem::new(path, message));
            }
        }
    }

    fn tafels(&mut self, rows: Vec<TafelRow>) -> BTreeMap<Tafel, Place> {
        let mut tafels = BTreeMap::new();
        for row in rows {
            let (code, offset) = (*row.code.get_ref(), row.code.span().start);
            let oplegger = Span::new(row.oplegger_from, row.oplegger_until);
            if oplegger.is_empty() {
                self.wrong(offset, format!("De oplegger van {code} eindigt voordat hij begint."));
            }
            if let Some(twice) = row.fixed.iter().find(|partner| row.invited.contains(partner)) {
                self.wrong(
                    offset,
                    format!("{twice} heeft aan {code} een vaste zetel en wordt ook uitgenodigd."),
                );
            }
            let place =
                Place { fixed: row.fixed, invited: row.invited, answers_hit: row.answers_hit, oplegger };
            if tafels.insert(code, place).is_some() {
                self.wrong(offset, format!("De tafel {code} staat er twee keer."));
            }
        }
        tafels
    }

    fn wrong(&mut self, offset: usize, message: String) {
        let file = format!("{}/{TAFELS}", self.path);
        let line = self.folder.text(&file).map(|text| line_at(text, offset));
        self.problems.push(Problem::new(&file, message).on(line));
    }
}

struct Withdrawing<'a> {
    folder: &'a Folder,
    file: String,
    problems: &'a mut Vec<Problem>,
}

impl Withdrawing<'_> {
    fn take(&mut self, withdrawn: WithdrawnFile, rules: &mut Rules) {
        let mut taken = BTreeSet::new();
        for WithdrawnRow { id, reason } in withdrawn.row {
            let (offset, id) = (id.span().start, id.into_inner());
            self.check_reason(&reason, offset, &id);
            let known = rules.rows.len() + rules.supply.len();
            rules.rows.retain(|row| row.rule.id.as_str() != id);
            rules.supply.retain(|row| row.id != id);
            let is_there = rules.rows.len() + rules.supply.len() < known;
            if !taken.insert(id.clone()) {
                self.wrong(offset, &id, format!("De regel {id} wordt twee keer ingetrokken."));
            } else if !is_there {
                let message = format!(
                    "De regel {id} geldt niet voor deze versie, in geen bestand van het model, van het huis of van een eerdere versie; er is niets in te trekken."
                );
                self.wrong(offset, &id, message);
            }
        }
        for WithdrawnTafel { code, reason } in withdrawn.tafel {
            let (offset, code) = (code.span().start, code.into_inner());
            self.check_reason(&reason, offset, code.code());
            if rules.tafels.remove(&code).is_none() {
                let message = format!("Het huis heeft de tafel {code} niet; er is niets in te trekken.");
                self.wrong(offset, code.code(), message);
            }
        }
    }

    fn check_reason(&mut self, reason: &str, offset: usize, id: &str) {
        if reason.trim().is_empty() {
            self.wrong(offset, id, format!("Zeg bij reason waarom {id} wordt ingetrokken."));
        }
    }

    fn wrong(&mut self, offset: usize, id: &str, message: String) {
        let line = self.folder.text(&self.file).map(|text| line_at(text, offset));
        self.problems.push(Problem::new(&self.file, message).on(line).of(id));
    }
}

/// An oplegger is of a tafel that there is.
fn check_opleggers(
    shares: &[Share],
    tafels: &BTreeMap<Tafel, Place>,
    folder: &Folder,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let file = format!("{path}/{OPLEGGERS}");
    let named: BTreeSet<Tafel> = shares.iter().flat_map(|share| share.tafels.iter().copied()).collect();
    for tafel in named.into_iter().filter(|tafel| !tafels.contains_key(tafel)) {
        let message = format!("Dit is een oplegger van {tafel}, en die tafel heeft het huis niet.");
        let line = folder.line_of(&file, &format!("\"{tafel}\""));
        problems.push(Problem::new(&file, message).on(line));
    }
}

/// The opleggers as they were, but those of the tafels that are replaced.
fn replaced(before: &[Share], own: Vec<Share>) -> Vec<Share> {
    let replaced: BTreeSet<Tafel> = own.iter().flat_map(|share| share.tafels.iter().copied()).collect();
    let kept = before.iter().map(|share| {
        let tafels = share.tafels.iter().copied().filter(|tafel| !replaced.contains(tafel)).collect();
        Share { tafels, ..share.clone() }
    });
    kept.filter(|share| !share.tafels.is_empty()).chain(own).collect()
}

/// A supply has an id of its own.
fn check_supply_once(
    own: &[Supply],
    before: &[Supply],
    folder: &Folder,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let file = format!("{path}/{SUPPLY}");
    for row in own.iter().filter(|row| before.iter().any(|earlier| earlier.id == row.id)) {
        let line = folder.line_of(&file, &format!("id = \"{}\"", row.id));
        let message = format!("De rij {} staat er twee keer; een versie trekt de eerste in.", row.id);
        problems.push(Problem::new(&file, message).on(line).of(&row.id));
    }
}
