//! Reads a house from its folder: `house.toml`, `versions.toml`, and what it and each of its versions say of the rules
//! (`layer`).
//!
//! A house extends the model; it must never take a rule of it away. A version may, by its id and with a reason.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::hash::{self, Named};
use super::layer::{Layer, Owner, Rules};
use super::registration::RegistrationRule;
use super::{Gemeente, House, HouseCode, Version};
use crate::convenant::Foundation;
use crate::dates::{Day, Span};
use crate::engine::is_code;
use crate::folder::Folder;
use crate::problem::{Problem, line_at};
use crate::vocabulary::{PartnerWord, Tafel};

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
    let base = Layer::read(folder, &path, Owner::House, foundation, problems);
    let mut reader = Reader { folder, path, problems };
    let file: Option<HouseFile> = reader.toml("house.toml");
    let versions = reader.versions();
    let file = file?;
    reader.check_gemeenten(&file);
    let (base, versions) = (base?, versions?);
    let base = base.over(&Rules::of(foundation), folder, reader.problems);
    let mut house = House {
        folder: format!("{}/", reader.path),
        code: file.code,
        name: file.name,
        gemeenten: file.gemeente.into_iter().map(gemeente).collect(),
        werkgebieden: file.werkgebieden,
        terminology: file.terminology,
        registration: file.registration.into_iter().map(registration).collect(),
        versions: Vec::new(),
    };
    house.versions = reader.chain(&house, base, versions, foundation)?;
    Some(house)
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

    fn versions(&mut self) -> Option<Vec<VersionRow>> {
        let file: VersionFile = self.toml("versions.toml")?;
        for (place, row) in file.version.iter().enumerate() {
            let offset = row.id.span().start;
            let id = row.id.get_ref();
            if row.span().is_empty() {
                let message = format!("De versie {id} eindigt voordat zij begint.");
                self.problem("versions.toml", offset, message);
            }
            if !is_code(id) {
                let message =
                    format!("De versie {id} heeft als id geen code van letters, cijfers en koppeltekens.");
                self.problem("versions.toml", offset, message);
            }
            for earlier in file.version.iter().take(place) {
                self.check_apart(earlier, row);
            }
        }
        self.check_folders(&file.version);
        Some(file.version)
    }

    /// A folder in that of the house is of a version.
    fn check_folders(&mut self, versions: &[VersionRow]) {
        for name in self.folder.folders(&self.path) {
            let path = format!("{}/{name}", self.path);
            if !versions.iter().any(|row| row.id.get_ref() == name) {
                self.problems.push(Problem::new(&path, "Deze map hoort bij geen versie in versions.toml."));
            }
            for inner in self.folder.folders(&path) {
                let message = "In de map van een versie worden geen mappen gelezen.";
                self.problems.push(Problem::new(&format!("{path}/{inner}"), message));
            }
        }
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

    /// The versions, oldest first, each laid over the one before it; the first over the house.
    fn chain(
        &mut self,
        house: &House,
        base: Rules,
        mut rows: Vec<VersionRow>,
        foundation: &Foundation,
    ) -> Option<Vec<Version>> {
        rows.sort_by_key(|row| row.valid_from);
        let mut rules = base;
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let path = format!("{}/{}", self.path, row.id.get_ref());
            let layer = Layer::read(self.folder, &path, Owner::Version, foundation, self.problems)?;
            let withdraws = layer.withdraws();
            rules = layer.over(&rules, self.folder, self.problems);
            read.push((row, rules.clone(), withdraws));
        }
        let version = |(row, rules, withdraws)| {
            self.version(house, &rules, row, foundation).map(|version| Version { withdraws, ..version })
        };
        read.into_iter().map(version).collect()
    }

    fn version(
        &mut self,
        house: &House,
        rules: &Rules,
        row: VersionRow,
        foundation: &Foundation,
    ) -> Option<Version> {
        // Rules that are wrong make no engine.
        if !self.problems.is_empty() {
            return None;
        }
        let (model, engine) = foundation.deciding(rules, self.problems)?;
        let named = Named {
            id: row.id.get_ref(),
            house: &house.code,
            valid_from: row.valid_from.date(),
            gemeenten: &house.gemeenten,
            registration: &house.registration,
        };
        let hash = hash::of(&named, rules, &model).ok()?;
        Some(Version {
            hash,
            withdraws: false,
            span: row.span(),
            valid_from: row.valid_from.date(),
            id: row.id.into_inner(),
            model,
            tafels: rules.tafels.clone(),
            engine,
        })
    }
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
