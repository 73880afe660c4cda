//! Reads a house from its folder: `house.toml`, `tafels.toml`, `versions.toml`, and, where the house differs from the
//! model, its own `opleggers.toml` and `*.cedar`.
//!
//! A house extends the model and cannot take a rule of it away: it may only add rows and replace an oplegger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::registration::RegistrationRule;
use super::{Gemeente, House, HouseCode, Place, Version};
use crate::convenant::Foundation;
use crate::dates::{Day, Span};
use crate::engine::{Engine, check_together};
use crate::folder::Folder;
use crate::model::{Share, ShareFile};
use crate::problem::{Problem, line_at};
use crate::vocabulary::{PartnerKind, PartnerWord, Tafel};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseFile {
    code: HouseCode,
    name: String,
    #[serde(default)]
    werkgebieden: Vec<String>,
    #[serde(default)]
    terminology: BTreeMap<String, String>,
    gemeente: Vec<GemeenteRow>,
    #[serde(default)]
    registration: Vec<RegistrationRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GemeenteRow {
    code: Spanned<String>,
    name: String,
    werkgebied: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationRow {
    from: Option<Day>,
    until: Option<Day>,
    #[serde(default)]
    tafels: Vec<Tafel>,
    #[serde(default)]
    partners: Vec<PartnerWord>,
    #[serde(default)]
    gemeenten: Vec<Spanned<String>>,
    #[serde(default)]
    except_gemeenten: Vec<Spanned<String>>,
    advice: String,
}

#[derive(Deserialize)]
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

#[derive(Deserialize)]
struct VersionFile {
    version: Vec<VersionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionRow {
    id: Spanned<String>,
    valid_from: Day,
    valid_until: Option<Day>,
}

impl VersionRow {
    fn span(&self) -> Span {
        Span::new(Some(self.valid_from), self.valid_until)
    }
}

/// Reads the house in `houses/<name>`; what is wrong goes to `problems`.
pub(crate) fn read(
    folder: &Folder,
    name: &str,
    foundation: &Foundation,
    problems: &mut Vec<Problem>,
) -> Option<House> {
    let path = format!("houses/{name}");
    let mut reader = Reader { folder, path, problems };
    let file: Option<HouseFile> = reader.toml("house.toml");
    let tafels = reader.tafels();
    let versions = reader.versions();
    let engine = reader.engine(foundation);
    let file = file?;
    reader.check_gemeenten(&file);
    let (tafels, versions, engine) = (tafels?, versions?, engine?);
    let hash = reader.hash();
    let version = |row: VersionRow| Version {
        hash: version_hash(&hash, &row),
        span: row.span(),
        valid_from: row.valid_from.date(),
        id: row.id.into_inner(),
        model: Arc::clone(&foundation.model),
        tafels: tafels.clone(),
        engine: Arc::clone(&engine),
    };
    let mut versions: Vec<Version> = versions.into_iter().map(version).collect();
    versions.sort_by_key(Version::valid_from);
    Some(House {
        folder: format!("houses/{name}/"),
        code: file.code,
        name: file.name,
        gemeenten: file.gemeente.into_iter().map(gemeente).collect(),
        werkgebieden: file.werkgebieden,
        terminology: file.terminology,
        registration: file.registration.into_iter().map(registration).collect(),
        tafels,
        versions,
    })
}

struct Reader<'a> {
    folder: &'a Folder,
    path: String,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn toml<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.folder.toml(&format!("{}/{name}", self.path), self.problems)
    }

    fn problem(&mut self, name: &str, offset: usize, message: String) {
        let path = format!("{}/{name}", self.path);
        let line = self.folder.text(&path).map(|text| line_at(text, offset));
        self.problems.push(Problem::new(&path, message).on(line));
    }

    fn tafels(&mut self) -> Option<BTreeMap<Tafel, Place>> {
        let file: TafelFile = self.toml("tafels.toml")?;
        let mut tafels = BTreeMap::new();
        for row in file.tafel {
            let (code, offset) = (*row.code.get_ref(), row.code.span().start);
            let oplegger = Span::new(row.oplegger_from, row.oplegger_until);
            if oplegger.is_empty() {
                self.problem(
                    "tafels.toml",
                    offset,
                    format!("De oplegger van {code} eindigt voordat hij begint."),
                );
            }
            if let Some(twice) = row.fixed.iter().find(|partner| row.invited.contains(partner)) {
                let message = format!("{twice} heeft aan {code} een vaste zetel en wordt ook uitgenodigd.");
                self.problem("tafels.toml", offset, message);
            }
            let place =
                Place { fixed: row.fixed, invited: row.invited, answers_hit: row.answers_hit, oplegger };
            if tafels.insert(code, place).is_some() {
                self.problem("tafels.toml", offset, format!("De tafel {code} staat er twee keer."));
            }
        }
        Some(tafels)
    }

    fn versions(&mut self) -> Option<Vec<VersionRow>> {
        let file: VersionFile = self.toml("versions.toml")?;
        for (place, row) in file.version.iter().enumerate() {
            let offset = row.id.span().start;
            if row.span().is_empty() {
                let message = format!("De versie {} eindigt voordat zij begint.", row.id.get_ref());
                self.problem("versions.toml", offset, message);
            }
            for earlier in file.version.iter().take(place) {
                self.check_apart(earlier, row);
            }
        }
        Some(file.version)
    }

    fn check_apart(&mut self, earlier: &VersionRow, row: &VersionRow) {
        let (one, other, offset) = (earlier.id.get_ref(), row.id.get_ref(), row.id.span().start);
        if one == other {
            self.problem("versions.toml", offset, format!("De versie {one} staat er twee keer."));
        }
        if earlier.span().overlaps(row.span()) {
            self.problem(
                "versions.toml",
                offset,
                format!("De versies {one} en {other} gelden op dezelfde dag."),
            );
        }
    }

    fn check_gemeenten(&mut self, file: &HouseFile) {
        let codes: BTreeSet<&str> = file.gemeente.iter().map(|row| row.code.get_ref().as_str()).collect();
        let rows = file.gemeente.iter();
        let mut wrong: Vec<(usize, String)> = Vec::new();
        for row in rows {
            let code = row.code.get_ref();
            if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                wrong.push((row.code.span().start, format!("{code} is geen CBS-code van vier cijfers.")));
            }
            let area = row.werkgebied.as_ref().filter(|area| !file.werkgebieden.contains(area.get_ref()));
            wrong.extend(
                area.map(|area| (area.span().start, format!("Onbekend werkgebied: {}.", area.get_ref()))),
            );
        }
        for code in file.registration.iter().flat_map(|row| row.gemeenten.iter().chain(&row.except_gemeenten))
        {
            if !codes.contains(code.get_ref().as_str()) {
                let message = format!("De gemeente {} hoort niet bij dit huis.", code.get_ref());
                wrong.push((code.span().start, message));
            }
        }
        if codes.len() < file.gemeente.len() {
            wrong.push((0, "Een gemeente staat er twee keer.".to_owned()));
        }
        for (offset, message) in wrong {
            self.problem("house.toml", offset, message);
        }
    }

    /// The model's own engine, unless the house adds rows or replaces an oplegger.
    fn engine(&mut self, foundation: &Foundation) -> Option<Arc<Engine>> {
        let own = foundation.rows_of(self.folder, &self.path, self.problems);
        let path = format!("{}/opleggers.toml", self.path);
        let replaced = match self.folder.text(&path) {
            Some(_) => self.folder.toml::<ShareFile>(&path, self.problems)?.share,
            None => Vec::new(),
        };
        if own.is_empty() && replaced.is_empty() {
            return foundation.engine.clone();
        }
        let rows: Vec<_> = foundation.rows.iter().cloned().chain(own).collect();
        let before = self.problems.len();
        check_together(&rows, self.problems);
        let shares = replace(&foundation.model.opleggers, replaced);
        if self.problems.len() > before { None } else { foundation.engine(&rows, &shares, self.problems) }
    }

    /// The hash over the model and over everything in this house's folder but its list of versions.
    fn hash(&self) -> Sha256 {
        let versions = format!("{}/versions.toml", self.path);
        let files = ["model", &self.path].into_iter().flat_map(|folder| self.folder.files(folder, ""));
        let mut hash = Sha256::new();
        for (path, text) in files.filter(|(path, _)| *path != versions) {
            digest(&mut hash, path);
            digest(&mut hash, text);
        }
        hash
    }
}

/// The model's opleggers, but those of the tafels that the house replaces.
fn replace(model: &[Share], own: Vec<Share>) -> Vec<Share> {
    let replaced: BTreeSet<Tafel> = own.iter().flat_map(|share| share.tafels.iter().copied()).collect();
    let kept = model.iter().map(|share| {
        let tafels = share.tafels.iter().copied().filter(|tafel| !replaced.contains(tafel)).collect();
        Share { tafels, ..share.clone() }
    });
    kept.chain(own).collect()
}

fn gemeente(row: GemeenteRow) -> Gemeente {
    let werkgebied = row.werkgebied.map(Spanned::into_inner);
    Gemeente { code: row.code.into_inner(), name: row.name, werkgebied }
}

fn registration(row: RegistrationRow) -> RegistrationRule {
    RegistrationRule {
        span: Span::new(row.from, row.until),
        tafels: row.tafels,
        partners: row.partners,
        gemeenten: row.gemeenten.into_iter().map(Spanned::into_inner).collect(),
        except_gemeenten: row.except_gemeenten.into_iter().map(Spanned::into_inner).collect(),
        advice: row.advice,
    }
}

fn version_hash(files: &Sha256, row: &VersionRow) -> String {
    let mut hash = files.clone();
    let until = row.valid_until.map(|day| day.date().to_string());
    digest(&mut hash, row.id.get_ref());
    digest(&mut hash, &row.valid_from.date().to_string());
    digest(&mut hash, until.as_deref().unwrap_or_default());
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A text with its length before it, so that no two lists of texts read the same.
fn digest(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}
