//! Which tests ran on one database only, held against the list of those that may.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};

/// The tests that may run on one database only, each with its reason.
#[derive(Debug, Default)]
pub(crate) struct AllowList(BTreeMap<String, String>);

impl AllowList {
    /// Reads lines of `name  reason`: two spaces or a tab between them. `#` starts a comment line.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut entries = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let separated = line.split_once('\t').or_else(|| line.split_once("  "));
            let (name, reason) = separated.with_context(|| format!("no reason is given in: {line}"))?;
            let before = entries.insert(name.trim().to_owned(), reason.trim().to_owned());
            ensure!(before.is_none(), "listed twice: {name}");
        }
        Ok(Self(entries))
    }
}

/// A test that ran on one database only.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) name: String,
    /// Why that is right; none where it is not listed.
    pub(crate) reason: Option<String>,
}

/// The outcome of the comparison.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) only_sqlite: Vec<Difference>,
    pub(crate) only_postgres: Vec<Difference>,
    /// Listed tests that ran on both databases, or on none.
    pub(crate) stale: Vec<String>,
}

impl Comparison {
    /// What keeps the two runs from being the same but for the list.
    pub(crate) fn objections(&self) -> Vec<String> {
        let unlisted = |(database, difference): (&str, &Difference)| {
            let unlisted = difference.reason.is_none();
            unlisted.then(|| format!("{} ran on {database} only, which is not listed", difference.name))
        };
        let sqlite = self.only_sqlite.iter().map(|difference| ("sqlite", difference));
        let postgres = self.only_postgres.iter().map(|difference| ("postgres", difference));
        let stale =
            self.stale.iter().map(|name| format!("{name} is listed, but ran on both databases or on none"));
        sqlite.chain(postgres).filter_map(unlisted).chain(stale).collect()
    }
}

/// Compares the names of the tests that ran on each database.
pub(crate) fn compare(
    sqlite: &BTreeSet<String>,
    postgres: &BTreeSet<String>,
    allowed: &AllowList,
) -> Comparison {
    let difference = |name: &String| Difference { name: name.clone(), reason: allowed.0.get(name).cloned() };
    let on_one = |name: &String| sqlite.contains(name) != postgres.contains(name);
    Comparison {
        only_sqlite: sqlite.difference(postgres).map(difference).collect(),
        only_postgres: postgres.difference(sqlite).map(difference).collect(),
        stale: allowed.0.keys().filter(|name| !on_one(name)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn equal_runs_raise_no_objection() {
        let ran = names(&["a", "b"]);
        assert_eq!(compare(&ran, &ran, &AllowList::default()), Comparison::default());
    }

    #[test]
    fn a_listed_difference_is_shown_with_its_reason_and_another_is_an_objection() {
        let allowed = AllowList::parse("# name  reason\n\nfeed::horizon  SQLite has one writer\n").unwrap();
        let comparison = compare(&names(&["a", "b"]), &names(&["a", "feed::horizon"]), &allowed);
        assert_eq!(comparison.only_postgres[0].reason.as_deref(), Some("SQLite has one writer"));
        assert_eq!(comparison.objections(), ["b ran on sqlite only, which is not listed"]);
    }

    #[test]
    fn a_listed_test_that_ran_on_both_or_on_none_is_an_objection() {
        let allowed = AllowList::parse("a  once differed\ngone\tremoved").unwrap();
        let comparison = compare(&names(&["a"]), &names(&["a"]), &allowed);
        assert_eq!(comparison.stale, ["a", "gone"]);
        assert_eq!(comparison.objections().len(), 2);
    }

    #[test]
    fn names_may_hold_single_spaces_and_every_line_needs_a_reason() {
        let allowed = AllowList::parse("Aanmelding: twee vensters  needs two replicas").unwrap();
        assert_eq!(allowed.0["Aanmelding: twee vensters"], "needs two replicas");
        assert!(AllowList::parse("a").is_err());
        assert!(AllowList::parse("a  x\na  y").is_err());
    }
}
