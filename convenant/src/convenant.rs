//! The covenant as a whole: the model and the houses that extend it, read and checked together.
//!
//! A covenant with a problem in it does not exist: it must never become active in part.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cedar_policy::Schema;
use cedar_policy::ffi::DetailedError;

use crate::engine::{Engine, Row, check_together, read_rows};
use crate::folder::Folder;
use crate::house::{self, House, HouseCode, Rules, Version};
use crate::model::Model;
use crate::problem::{Problem, line_at};
use crate::soundness;

const SCHEMA: &str = "model/schema.cedarschema";

/// The model covenant and the houses that extend it.
#[derive(Debug)]
pub struct Convenant {
    houses: Vec<House>,
    model: Arc<Engine>,
}

impl Convenant {
    /// The covenant in the binary. That it also makes sense as a whole ([`Self::checked`]) costs too much to find out
    /// at every start of the same binary: a test does.
    pub fn embedded() -> Result<Self, Vec<Problem>> {
        Self::from_folder(&Folder::embedded(), Depth::Parts)
    }

    /// The covenant in a folder on disk, with `model/` and `houses/` in it, checked in full.
    pub fn load(dir: &Path) -> Result<Self, Vec<Problem>> {
        Self::from_folder(&Folder::read(dir)?, Depth::Whole)
    }

    /// The covenant in a folder, or without one that in the binary, checked in full.
    pub fn checked(dir: Option<&Path>) -> Result<Self, Vec<Problem>> {
        dir.map_or_else(|| Self::from_folder(&Folder::embedded(), Depth::Whole), Self::load)
    }

    /// The houses, by code.
    pub fn houses(&self) -> &[House] {
        &self.houses
    }

    /// The house with this code.
    pub fn house(&self, code: &HouseCode) -> Option<&House> {
        self.houses.iter().find(|house| house.code() == code)
    }

    /// The version with this id, and its house.
    pub fn version(&self, id: &str) -> Option<(&House, &Version)> {
        let versions =
            self.houses.iter().flat_map(|house| house.versions().iter().map(move |it| (house, it)));
        versions.into_iter().find(|(_, version)| version.id() == id)
    }

    /// The engine of the tables alone, without any house.
    pub fn model(&self) -> &Engine {
        &self.model
    }

    fn from_folder(folder: &Folder, depth: Depth) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let whole = Self::read(folder, depth, &mut problems);
        let problems = once(problems);
        match whole {
            Some(convenant) if problems.is_empty() => Ok(convenant),
            _ => Err(problems),
        }
    }

    fn read(folder: &Folder, depth: Depth, problems: &mut Vec<Problem>) -> Option<Self> {
        let foundation = Foundation::read(folder, problems)?;
        let names = folder.folders("houses");
        if names.is_empty() {
            problems.push(Problem::new("houses", "Er is geen huis."));
        }
        let houses = names.into_iter().filter_map(|name| house::read(folder, name, &foundation, problems));
        let mut houses: Vec<House> = houses.collect();
        houses.sort_by(|one, other| one.code().cmp(other.code()));
        check_names(&houses, problems);
        let model = Arc::clone(foundation.engine.as_ref()?);
        if problems.is_empty() && depth == Depth::Whole {
            soundness::check_permits(&model, "model/", problems);
            for house in &houses {
                soundness::check_house(house, &model, problems);
            }
            soundness::check_categories(&model, &foundation.model, folder, problems);
            soundness::check_partners(&model, &foundation.model, &houses, folder, problems);
        }
        Some(Self { houses, model })
    }
}

/// What is wrong with a rule is found wherever the rule holds, and told once.
fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut told: Vec<Problem> = Vec::with_capacity(problems.len());
    for problem in problems {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    told
}

/// A code names one house, and an id one version: the ledger knows them by nothing else.
fn check_names(houses: &[House], problems: &mut Vec<Problem>) {
    for pair in houses.windows(2) {
        if let [one, other] = pair
            && one.code() == other.code()
        {
            problems.push(Problem::new("houses", format!("De code {} hoort bij twee huizen.", one.code())));
        }
    }
    let mut seen = BTreeMap::new();
    for (house, version) in houses.iter().flat_map(|house| house.versions().iter().map(move |it| (house, it)))
    {
        if let Some(first) = seen.insert(version.id(), house).filter(|first| first.code() != house.code()) {
            let message = format!("De versie {} is er ook een van {}.", version.id(), first.name());
            problems.push(Problem::new(&format!("{}versions.toml", house.folder()), message));
        }
    }
}

/// How far a covenant is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Every file, row and date by itself.
    Parts,
    /// Also whether it makes sense together.
    Whole,
}

/// What decides: the tables and the engine made of them.
type Deciding = (Arc<Model>, Arc<Engine>);

/// What all houses build on.
pub(crate) struct Foundation {
    pub(crate) model: Arc<Model>,
    pub(crate) rows: Vec<Row>,
    /// None when the model itself is wrong; the houses are then still read, for their own problems.
    engine: Option<Arc<Engine>>,
    schema: Schema,
    /// What was made, by what it was made of: rules that are the same share an engine, whoever has them.
    made: RefCell<BTreeMap<String, Deciding>>,
}

impl Foundation {
    fn read(folder: &Folder, problems: &mut Vec<Problem>) -> Option<Self> {
        let model = Model::read(folder, problems);
        let schema = schema(folder, problems);
        let (model, schema) = (Arc::new(model?), schema?);
        let rows = read_rows(folder, "model", &model, &schema, problems);
        check_together(&rows, problems);
        let mut foundation = Self { model, rows, engine: None, schema, made: RefCell::default() };
        if problems.is_empty() {
            let deciding = foundation.deciding(&Rules::of(&foundation), problems);
            foundation.engine = deciding.map(|(_, engine)| engine);
        }
        Some(foundation)
    }

    /// The tables and the engine of some rules.
    pub(crate) fn deciding(&self, rules: &Rules, problems: &mut Vec<Problem>) -> Option<Deciding> {
        let key = rules.digest(problems)?;
        if let Some(made) = self.made.borrow().get(&key) {
            return Some(made.clone());
        }
        let model = if rules.supply == self.model.supply {
            Arc::clone(&self.model)
        } else {
            Arc::new(Model { supply: rules.supply.clone(), ..Model::clone(&self.model) })
        };
        let engine = Engine::new(&rules.rows, &model, &rules.shares, &self.schema);
        let engine = engine.map_err(|wrong| problems.extend(wrong)).ok()?;
        let made = (model, Arc::new(engine));
        self.made.borrow_mut().insert(key, made.clone());
        Some(made)
    }

    /// The rows that a house or a version adds.
    pub(crate) fn rows_of(&self, folder: &Folder, path: &str, problems: &mut Vec<Problem>) -> Vec<Row> {
        read_rows(folder, path, &self.model, &self.schema, problems)
    }
}

fn schema(folder: &Folder, problems: &mut Vec<Problem>) -> Option<Schema> {
    let Some(text) = folder.text(SCHEMA) else {
        problems.push(Problem::new(SCHEMA, "Dit bestand ontbreekt."));
        return None;
    };
    match Schema::from_cedarschema_str(text) {
        Ok((schema, _warnings)) => Some(schema),
        Err(error) => {
            let detail = DetailedError::from(&error);
            let line = detail.source_locations.first().map(|label| line_at(text, label.loc.start));
            problems.push(
                Problem::new(SCHEMA, format!("Het schema is niet te lezen: {}.", detail.message)).on(line),
            );
            None
        }
    }
}
