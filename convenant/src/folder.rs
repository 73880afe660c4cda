//! The files of a covenant, from the binary or from disk, read once. It must never interpret what it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, line_at};

static MODEL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/model");
static HOUSES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/houses");

/// The texts of a covenant by path: `model/see.cedar`, `houses/twente/house.toml`.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    files: BTreeMap<String, String>,
}

impl Folder {
    /// The files in the binary.
    pub(crate) fn embedded() -> Self {
        let mut folder = Self::default();
        folder.embed("model", &MODEL);
        folder.embed("houses", &HOUSES);
        folder
    }

    /// The files under a path on disk.
    pub(crate) fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        let mut folder = Self::default();
        let read =
            ["model", "houses"].into_iter().try_for_each(|part| folder.descend(&root.join(part), part));
        match read {
            Ok(()) => Ok(folder),
            Err(error) => {
                let message = format!("De map met het convenant is niet te lezen: {error}.");
                Err(vec![Problem::new(&root.display().to_string(), message)])
            }
        }
    }

    fn embed(&mut self, prefix: &str, dir: &Dir<'_>) {
        for file in dir.files() {
            if let Some(text) = file.contents_utf8() {
                self.files.insert(format!("{prefix}/{}", file.path().display()), text.to_owned());
            }
        }
        dir.dirs().for_each(|inner| self.embed(prefix, inner));
    }

    fn descend(&mut self, path: &Path, name: &str) -> std::io::Result<()> {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.descend(&entry.path(), &name)?;
            } else if is_source(&name) {
                self.files.insert(name, std::fs::read_to_string(entry.path())?);
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The line of a file on which a text first stands.
    pub(crate) fn line_of(&self, path: &str, words: &str) -> Option<usize> {
        let text = self.text(path)?;
        text.find(words).map(|start| line_at(text, start))
    }

    /// The files directly in a folder with this ending, in alphabetical order.
    pub(crate) fn files(&self, folder: &str, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        let prefix = format!("{folder}/");
        self.files.iter().filter_map(move |(path, text)| {
            let name = path.strip_prefix(&prefix)?;
            (name.ends_with(ending) && !name.contains('/')).then_some((path.as_str(), text.as_str()))
        })
    }

    /// The names of the folders directly in a folder.
    pub(crate) fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let names = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/')?.split_once('/'));
        names.map(|(name, _)| name).collect()
    }

    /// Reads a TOML file; a mistake in it becomes a problem with its line.
    pub(crate) fn toml<T: DeserializeOwned>(&self, path: &str, problems: &mut Vec<Problem>) -> Option<T> {
        let Some(text) = self.text(path) else {
            problems.push(Problem::new(path, "Dit bestand ontbreekt."));
            return None;
        };
        toml::from_str(text).map_err(|error| problems.push(unreadable(path, text, &error))).ok()
    }
}

fn is_source(name: &str) -> bool {
    [".toml", ".cedar", ".cedarschema"].iter().any(|ending| name.ends_with(ending))
}

fn unreadable(path: &str, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map(|span| line_at(text, span.start));
    Problem::new(path, format!("Deze regel is niet te lezen: {}.", error.message())).on(line)
}
