//! `vangnet demo`: three houses with synthetic people on this machine, and everything a visitor needs to look
//! around. What it prints is for professionals, so in Dutch; the people in it do not exist.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::running::{Running, RunningDemo, log};
use crate::config::{Config, Mode, Secret};
use crate::demo::{HouseOverview, Loaded, overview};
use crate::http::EXPLORER_BUILT;

/// Whom the first query is asked as.
const FIRST: &str = "politie-twente";

/// The first query: one person and what partners supplied, at a tafel.
const QUERY: &str = "{ dossiers(first: 1, tafel: \\\"TOPX\\\", phase: \\\"F6\\\") { edges { node { tafel phase \
    persons(first: 1) { edges { node { givenNames familyName bsn viewerAccess { withheld { fields message } } } } } \
    inbreng(first: 10) { edges { node { category content } } } } } } }";

/// The options of `vangnet demo`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Where the demo keeps its database, keys and checkpoints [default: .vangnet].
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Where it listens [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    address: Option<SocketAddr>,
    /// A folder with a covenant, instead of the one in the program.
    #[arg(long, value_name = "FOLDER")]
    convenant: Option<PathBuf>,
    /// What is logged, such as `info` or `vangnet=debug,warn`.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

/// Serves the demo until told to stop.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = configuration(options.folder.as_deref(), options.address)?;
    log(&options.log, true)?;
    super::runtime()?.block_on(async {
        let bar = progress();
        let running = Running::open(&config, options.convenant.as_deref(), &bar).await?;
        bar.finish_and_clear();
        if let Some(demo) = &running.demo {
            let houses = overview(&running.server().convenant);
            super::print(Welcome { base: &running.base, demo, houses: &houses })?;
        }
        running.serve(&config).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The configuration of a demo in a folder. What the environment says otherwise holds.
pub(super) fn configuration(folder: Option<&Path>, address: Option<SocketAddr>) -> anyhow::Result<Config> {
    let mut config = Config::load(None, Some(Mode::Demo))?;
    if let Some(folder) = folder {
        config.database.url = Secret::from(format!("sqlite:{}", folder.join("vangnet.sqlite").display()));
        config.keys.file = folder.join("keys.json");
        config.ledger.checkpoints = folder.join("checkpoints");
        folder.clone_into(&mut config.demo.folder);
    }
    if let Some(address) = address {
        config.http.address = address;
    }
    Ok(config)
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What a visitor reads first.
struct Welcome<'a> {
    base: &'a str,
    demo: &'a RunningDemo,
    houses: &'a [HouseOverview],
}

impl Display for Welcome<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.personas(f)?;
        self.houses(f)?;
        self.address(f)
    }
}

impl Welcome<'_> {
    fn personas(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWie u kunt zijn, met een token voor een uur:\n")?;
        for persona in &self.demo.personas {
            let Some(token) = self.demo.issuer.token(&persona.subject) else { continue };
            writeln!(f, "{}: {}, {}", persona.subject, persona.name, persona.organisation)?;
            writeln!(f, "  {}. {}", persona.involvement, persona.description)?;
            writeln!(f, "  Authorization: Bearer {token}\n")?;
        }
        Ok(())
    }

    fn houses(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Loaded::Now { dossiers, rows } = &self.demo.loaded {
            writeln!(f, "Geladen: {dossiers} dossiers, {rows} rijen. Iedereen erin is verzonnen.\n")?;
        }
        for house in self.houses {
            let HouseOverview { name, gemeenten, dossiers, is_published } = house;
            let doubt =
                if *is_published { "" } else { " (aannemelijk gekozen: dit huis publiceert geen aantallen)" };
            writeln!(f, "{name}: {gemeenten} gemeenten, {dossiers} dossiers{doubt}")?;
        }
        Ok(())
    }

    fn address(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let base = self.base;
        writeln!(f, "\nVangnet draait op {base}/graphql; stop met Ctrl-C.")?;
        if EXPLORER_BUILT {
            writeln!(f, "Verkenner, waarin u kiest wie u bent: {base}/graphiql")?;
        } else {
            writeln!(f, "De verkenner zit niet in dit programma: er was geen npm toen het werd gebouwd.")?;
        }
        writeln!(f, "\nProbeer eerst, als {FIRST}:\n")?;
        let token = format!("$(curl -s -X POST '{base}/demo/oidc/token?persona={FIRST}' | cut -d'\"' -f4)");
        writeln!(f, "curl -s {base}/graphql -H 'content-type: application/json' \\")?;
        writeln!(f, "  -H \"authorization: Bearer {token}\" \\")?;
        writeln!(f, "  -d '{{\"query\": \"{QUERY}\"}}'\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_everything_of_a_demo() {
        let folder = Path::new("/tmp/somewhere");
        let address = "127.0.0.1:9999".parse().ok();
        let config = configuration(Some(folder), address).unwrap();
        assert_eq!(config.database.url.expose(), "sqlite:/tmp/somewhere/vangnet.sqlite");
        for place in [&config.keys.file, &config.ledger.checkpoints, &config.demo.folder] {
            assert!(place.starts_with(folder), "{}", place.display());
        }
        assert_eq!(Some(config.http.address), address);
    }

    #[test]
    fn the_first_query_is_json_and_graphql() {
        let body: serde_json::Value = serde_json::from_str(&format!("{{\"query\": \"{QUERY}\"}}")).unwrap();
        let query = body["query"].as_str().unwrap();
        async_graphql::parser::parse_query(query).unwrap();
    }
}
