//! `vangnet convenant simulate`: wat in een periode werkelijk is verstrekt, beoordeeld volgens een ander convenant.
//! It only reads, and prints counts: nothing of a person, a dossier or a professional.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use clap::Args;
use convenant::simulate::{Difference, Shown, Simulation};
use convenant::{Convenant, Fact, Facts, HouseCode, PartnerKind, Phase, Standing};
use serde::Serialize;
use waarborg::clock::{dutch_date, start_of_dutch_day};
use waarborg::database::{Database, Location};
use waarborg::ledger::{PastView, StandingEntry, replay};

use crate::assembly::{location, read_convenant};
use crate::config::Config;

/// Wat wordt beoordeeld, en waarmee.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// De configuratie die zegt waar de gegevens staan; zonder: die van VANGNET_CONFIG.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// De map van een demo, in plaats van een configuratie.
    #[arg(long, value_name = "FOLDER", conflicts_with = "config")]
    demo: Option<PathBuf>,
    /// De map met het nieuwe convenant.
    #[arg(long)]
    folder: PathBuf,
    /// De eerste dag van de periode.
    #[arg(long)]
    from: NaiveDate,
    /// De eerste dag na de periode.
    #[arg(long)]
    until: NaiveDate,
    /// Alleen dit huis.
    #[arg(long)]
    house: Option<HouseCode>,
    /// Als JSON, voor programma's.
    #[arg(long)]
    json: bool,
}

/// Wat ervan kwam.
#[derive(Debug, Serialize)]
struct Report<'s> {
    from: NaiveDate,
    until: NaiveDate,
    shown: u64,
    otherwise: u64,
    not_judged: u64,
    differences: Vec<Difference<'s>>,
}

/// Doet het.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.from < options.until, "de periode eindigt voordat zij begint");
    let config = match &options.demo {
        Some(folder) => super::demo::configuration(Some(folder), None)?,
        None => Config::load(options.config.as_deref(), None)?,
    };
    let used = read_convenant(config.convenant.folder())?;
    let new = read_convenant(Some(&options.folder))?;
    if let Some(house) = &options.house {
        ensure!(used.house(house).or(new.house(house)).is_some(), "er is geen huis {house}");
    }
    let (simulation, not_judged) = super::runtime()?.block_on(judged(options, &config, &used, &new))?;
    let report = Report {
        from: options.from,
        until: options.until,
        shown: simulation.shown(),
        otherwise: simulation.otherwise(),
        not_judged,
        differences: simulation.differences().collect(),
    };
    if options.json {
        return super::print(format_args!("{}\n", serde_json::to_string_pretty(&report)?));
    }
    super::print(text(&report))
}

async fn judged<'c>(
    options: &Options,
    config: &Config,
    used: &'c Convenant,
    new: &'c Convenant,
) -> anyhow::Result<(Simulation<'c>, u64)> {
    let location = location(config)?;
    if let Location::Sqlite(path) = &location {
        ensure!(path.is_file(), "er is geen database in {}", path.display());
    }
    let database = Database::connect(&location, 1).await?;
    let mut simulation = Simulation::new(used, new);
    let mut not_judged = 0;
    let (from, until) = (start_of_dutch_day(options.from), start_of_dutch_day(options.until));
    replay(&database, from, until, |view| {
        let of_house = options.house.as_ref().is_none_or(|house| *house == HouseCode::new(&view.house));
        if view.leaves.is_empty() || !of_house {
            return;
        }
        match shown(&view) {
            Some(shown) => simulation.judge(&shown),
            None => not_judged += view.dossiers,
        }
    })
    .await
    .context("het logboek kan niet worden gelezen")?;
    Ok((simulation, not_judged))
}

/// What a view of the ledger says, in the words of the covenant; none when it does not say enough to judge.
fn shown(view: &PastView) -> Option<Shown> {
    let partner = view.partner.parse().ok()?;
    let standing = |entry: &StandingEntry| standing(view, partner, entry);
    let standings: Vec<Standing> = view.standings.iter().map(standing).collect::<Option<_>>()?;
    let categories = view.leaves.iter().map(|leaf| {
        let data = match view.facts.get(leaf) {
            Some(data) => data.iter().map(facts).collect::<Option<Vec<_>>>()?,
            None => vec![Facts::NONE],
        };
        Some((leaf.parse().ok()?, data))
    });
    Some(Shown {
        date: dutch_date(view.at),
        house: HouseCode::new(&view.house),
        version: view.version.clone(),
        tafel: view.tafel.parse().ok()?,
        phase: view.phase.parse().ok()?,
        categories: categories.collect::<Option<_>>()?,
        dossiers: view.dossiers,
        standings: Some(standings).filter(|standings| !standings.is_empty())?,
    })
}

fn facts(codes: &BTreeSet<String>) -> Option<Facts> {
    codes.iter().map(|code| code.parse::<Fact>().ok()).collect()
}

fn standing(view: &PastView, partner: PartnerKind, entry: &StandingEntry) -> Option<Standing> {
    let phase: Phase = entry.phase.parse().ok()?;
    Some(Standing {
        partner,
        same_gemeente: entry.holds(StandingEntry::SAME_GEMEENTE),
        signed: entry.holds(StandingEntry::SIGNED),
        secrecy: entry.holds(StandingEntry::SECRECY),
        trained: entry.holds(StandingEntry::TRAINED),
        involvement: entry.involvement.parse().ok()?,
        side: entry.side.parse().ok()?,
        tafel: view.tafel.parse().ok()?,
        phase,
    })
}

fn text(report: &Report<'_>) -> String {
    let Report { from, until, shown, otherwise, not_judged, differences } = report;
    let mut lines = vec![format!(
        "Van {from} tot {until} is {shown} keer een dossier getoond. Volgens het nieuwe convenant was daarvan {otherwise} keer iets niet getoond."
    )];
    if *not_judged > 0 {
        lines.push(format!(
            "{not_judged} keer is niet te beoordelen: het logboek hield toen nog niet bij onder welke omstandigheden werd getoond."
        ));
    }
    lines.extend(differences.iter().map(ToString::to_string));
    if differences.is_empty() {
        lines.push("Niets was anders geweest.".to_owned());
    }
    lines.join("\n") + "\n"
}
