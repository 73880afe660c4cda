//! The hash of a version: over everything that decides in it, and nothing else.
//!
//! Equal hashes must decide equally. A comment, a name, the order of files and the last day of a version are not in it;
//! the closed lists of the program are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::layer::Rules;
use super::registration::RegistrationRule;
use super::{Gemeente, HouseCode, Place};
use crate::dates::Span;
use crate::model::{Model, RegimeRow, Share};
use crate::problem::Problem;
use crate::vocabulary::{Category, CategorySet, Circle, Fact, Involvement, PartnerKind, Phase, Tafel};

/// What is said before everything else: another way to hash is another line.
const WAY: &str = "vangnet convenant version 1";

/// A version of a house, but for its rules.
pub(super) struct Named<'a> {
    pub(super) id: &'a str,
    pub(super) house: &'a HouseCode,
    pub(super) valid_from: NaiveDate,
    pub(super) gemeenten: &'a [Gemeente],
    pub(super) registration: &'a [RegistrationRule],
}

#[derive(Serialize)]
struct Deciding<'a> {
    version: &'a str,
    house: &'a HouseCode,
    valid_from: NaiveDate,
    rules: Vec<(&'a str, &'a str)>,
    opleggers: &'a [Share],
    supply: Vec<Supplied<'a>>,
    tafels: &'a BTreeMap<Tafel, Place>,
    gemeenten: BTreeMap<&'a str, Option<&'a str>>,
    registration: &'a [RegistrationRule],
    sets: &'a BTreeMap<String, CategorySet>,
    grounds: BTreeMap<&'a str, Span>,
    regimes: &'a [RegimeRow],
    words: Words,
}

#[derive(Serialize)]
struct Supplied<'a> {
    id: &'a str,
    partner: PartnerKind,
    categories: CategorySet,
    needs: Option<Fact>,
    grounds: &'a [String],
}

/// What the program itself says of the words of the covenant.
#[derive(Serialize)]
struct Words {
    categories: Vec<(Category, Option<Category>)>,
    partners: Vec<(PartnerKind, &'static str, Option<&'static str>, bool, bool)>,
    involvements: Vec<(Involvement, Option<Phase>)>,
}

impl Words {
    fn of_the_program() -> Self {
        let partner = |kind: &PartnerKind| {
            let circle = kind.circle().map(Circle::code);
            (*kind, kind.domain().code(), circle, kind.may_process_bsn(), kind.is_gemeente())
        };
        Self {
            categories: Category::ALL.iter().map(|one| (*one, one.includes())).collect(),
            partners: PartnerKind::ALL.iter().map(partner).collect(),
            involvements: Involvement::ALL.iter().map(|one| (*one, one.task_phase())).collect(),
        }
    }
}

/// The SHA-256 of a version, in hexadecimal.
pub(super) fn of(named: &Named<'_>, rules: &Rules, model: &Model) -> Result<String, serde_json::Error> {
    let deciding = Deciding {
        version: named.id,
        house: named.house,
        valid_from: named.valid_from,
        rules: rules.rows.iter().map(|row| (row.rule.id.as_str(), &*row.written)).collect(),
        opleggers: &rules.shares,
        supply: rules.supply.iter().map(supplied).collect(),
        tafels: &rules.tafels,
        gemeenten: named.gemeenten.iter().map(|one| (one.code.as_str(), one.werkgebied.as_deref())).collect(),
        registration: named.registration,
        sets: &model.sets,
        grounds: model.grounds.iter().map(|(code, ground)| (code.as_str(), ground.span())).collect(),
        regimes: &model.regimes,
        words: Words::of_the_program(),
    };
    Ok(digest(&serde_json::to_vec(&deciding)?))
}

impl Rules {
    /// What an engine of these rules is made of; the tafels are not part of it.
    pub(crate) fn digest(&self, problems: &mut Vec<Problem>) -> Option<String> {
        let failed = |error| Problem::new("model", format!("De regels zijn niet te lezen: {error}."));
        of_engine(self).map_err(|error| problems.push(failed(error))).ok()
    }
}

/// What an engine is made of: engines of the same rules are one engine.
fn of_engine(rules: &Rules) -> Result<String, serde_json::Error> {
    let rows: Vec<_> = rules.rows.iter().map(|row| (row.rule.id.as_str(), &*row.written)).collect();
    let supply: Vec<_> = rules.supply.iter().map(supplied).collect();
    Ok(digest(&serde_json::to_vec(&(rows, &rules.shares, supply))?))
}

fn supplied(row: &crate::model::Supply) -> Supplied<'_> {
    let crate::model::Supply { id, partner, categories, needs, grounds, .. } = row;
    Supplied { id, partner: *partner, categories: *categories, needs: *needs, grounds }
}

fn digest(text: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(WAY.as_bytes());
    hash.update(text);
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
