//! The installed programs that the tests drive. On a bare Debian machine they are installed first.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::account;
use crate::{interrupt, workspace};

const OLDEST_NODE: u32 = 20;

/// Where each program is.
#[derive(Debug)]
pub(crate) struct Tools {
    /// The folder with `initdb` and `postgres`.
    pub(crate) postgres_bin: PathBuf,
    pub(crate) redis_server: PathBuf,
    pub(crate) chromium: PathBuf,
    pub(crate) node: PathBuf,
    pub(crate) npm: PathBuf,
}

/// One thing to find, and the Debian package that brings it.
struct Wanted {
    what: &'static str,
    package: &'static str,
    find: fn() -> Option<PathBuf>,
}

const POSTGRES: Wanted = Wanted { what: "PostgreSQL", package: "postgresql", find: postgres_bin };
const REDIS: Wanted =
    Wanted { what: "Redis", package: "redis-server", find: || workspace::on_path("redis-server") };
const CHROMIUM: Wanted = Wanted { what: "Chromium", package: "chromium", find: chromium };
const NODE: Wanted = Wanted { what: "Node.js 20 or newer", package: "nodejs", find: node };
const NPM: Wanted = Wanted { what: "npm", package: "npm", find: || workspace::on_path("npm") };
/// What the demo prints to try first.
const CURL: Wanted = Wanted { what: "curl", package: "curl", find: || workspace::on_path("curl") };

/// Finds every program; what is missing is installed where this process may do that.
pub(crate) fn find_or_install() -> Result<Tools> {
    let wanted = [POSTGRES, REDIS, CHROMIUM, NODE, NPM, CURL];
    let missing: Vec<Wanted> = wanted.into_iter().filter(|tool| (tool.find)().is_none()).collect();
    if !missing.is_empty() {
        match workspace::on_path("apt-get").filter(|_| account::running_as_root()) {
            Some(apt) => install(&apt, &missing)?,
            None => bail!("{}", advice(&missing)),
        }
    }
    Ok(Tools {
        postgres_bin: require(&POSTGRES)?,
        redis_server: require(&REDIS)?,
        chromium: require(&CHROMIUM)?,
        node: require(&NODE)?,
        npm: require(&NPM)?,
    })
}

fn require(tool: &Wanted) -> Result<PathBuf> {
    (tool.find)().with_context(|| advice(std::slice::from_ref(tool)))
}

fn advice(missing: &[Wanted]) -> String {
    let names: Vec<&str> = missing.iter().map(|tool| tool.what).collect();
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    format!("please install {} (on Debian: apt-get install {})", names.join(", "), packages.join(" "))
}

fn install(apt: &Path, missing: &[Wanted]) -> Result<()> {
    let packages = missing.iter().map(|tool| tool.package);
    println!("== apt-get install {}", packages.clone().collect::<Vec<_>>().join(" "));
    let steps = [
        vec!["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends"].into_iter().chain(packages).collect(),
    ];
    for step in steps {
        let mut command = Command::new(apt);
        let status = interrupt::run(command.args(step).env("DEBIAN_FRONTEND", "noninteractive"), |_| ())?;
        if !status.success() {
            bail!("apt-get failed; {}", advice(missing));
        }
    }
    Ok(())
}

/// The newest server that Debian installed, else the one on the search path.
fn postgres_bin() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let on_search_path = workspace::on_path("initdb").and_then(|file| file.parent().map(Path::to_owned));
    let candidates = versions.into_iter().rev().map(|(_, folder)| folder).chain(on_search_path);
    candidates.into_iter().find(|folder| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| workspace::is_executable(&folder.join(name)))
    })
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
        .into_iter()
        .find_map(workspace::on_path)
}

fn node() -> Option<PathBuf> {
    let node = workspace::on_path("node")?;
    let output = Command::new(&node).arg("--version").output().ok()?;
    (major_version(&String::from_utf8_lossy(&output.stdout))? >= OLDEST_NODE).then_some(node)
}

fn major_version(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major_version("v20.20.2\n"), Some(20));
        assert_eq!(major_version("v8.17.0"), Some(8));
        assert_eq!(major_version("command not found"), None);
    }

    #[test]
    fn one_line_says_what_to_install() {
        let advice = advice(&[POSTGRES, REDIS]);
        assert_eq!(
            advice,
            "please install PostgreSQL, Redis (on Debian: apt-get install postgresql redis-server)"
        );
    }

    #[test]
    fn only_files_that_can_be_executed_are_programs() {
        assert!(workspace::is_executable(Path::new("/bin/sh")));
        assert!(!workspace::is_executable(Path::new("/etc/passwd")));
        assert!(!workspace::is_executable(Path::new("/bin")));
    }
}
