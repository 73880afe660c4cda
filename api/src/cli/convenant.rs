//! `vangnet convenant`: het convenant controleren, tonen, verklaren en bevragen. Voor juristen en functioneel
//! beheerders, dus in het Nederlands. It decides nothing itself: the engine does.

use std::io::{BufReader, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use convenant::diff::{compare, compare_on};
use convenant::explain::explain;
use convenant::matrix::{Matrix, View};
use convenant::matrix_page::{Selection, page};
use convenant::{
    Category, Convenant, Fact, House, HouseCode, Involvement, PartnerKind, Phase, Request, Side, Standing,
    Tafel, Verb, Version, decide,
};
use waarborg::clock::Clock;

use crate::assembly::{AssemblyError, read_convenant};

/// Wat met het convenant kan worden gedaan.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Controleert een convenant; meldt per probleem bestand, regel en beleidsregel.
    Check {
        /// De map met `model/` en `houses/`; zonder map het convenant in het programma.
        folder: Option<PathBuf>,
    },
    /// Toont per tafel wie wat ziet.
    Matrix(MatrixOptions),
    /// Verklaart een antwoord: regels, artikelen en grond, of waarom niet.
    Explain(ExplainOptions),
    /// Zegt per huis wie wat krijgt en wie wat verliest tussen twee convenanten, met de regels die het doen.
    Diff(DiffOptions),
    /// Zegt wat van wat in een periode is getoond, anders was geweest volgens een ander convenant.
    Simulate(super::simulate::Options),
    /// Beantwoordt vragen van standaardinvoer: één JSON-regel per vraag, één per antwoord.
    Decide {
        /// De map met het convenant; zonder map dat in het programma.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
}

/// Welk huis, op welke dag, volgens welk convenant.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Het huis, zoals TWENTE.
    #[arg(long)]
    house: HouseCode,
    /// De dag; zonder dag vandaag.
    #[arg(long)]
    date: Option<NaiveDate>,
    /// De map met het convenant; zonder map dat in het programma.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Waarover de tabel gaat.
#[derive(Debug, Args)]
pub(super) struct MatrixOptions {
    #[command(flatten)]
    place: Place,
    /// De tafel; zonder tafel alle tafels van het huis.
    #[arg(long)]
    tafel: Option<Tafel>,
    /// De soort partner; zonder partner alle.
    #[arg(long)]
    partner: Option<PartnerKind>,
    /// De fase van het dossier; zonder fase als tekst F6, en als webpagina alle fasen, wat gelijk is samen.
    #[arg(long)]
    phase: Option<Phase>,
    /// De betrokkenheid van wie kijkt.
    #[arg(long, default_value = "ZETEL")]
    involvement: Involvement,
    /// Als één webpagina van het huis in plaats van als tekst, om te lezen en te printen.
    #[arg(long)]
    html: bool,
}

/// Wat wordt vergeleken. Een map is een convenant; anders is het de id van een versie in het convenant dat wordt gebruikt.
#[derive(Debug, Args)]
pub(super) struct DiffOptions {
    /// De map met het oude convenant, of de id van een versie, zoals twente-2019-03-01.
    old: String,
    /// De map met het nieuwe convenant, of de id van een versie.
    new: String,
    /// De dag waarop een map wordt bekeken; zonder dag vandaag.
    #[arg(long)]
    date: Option<NaiveDate>,
    /// De map met het convenant dat wordt gebruikt; zonder map dat in het programma.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Als JSON, voor programma's.
    #[arg(long)]
    json: bool,
}

/// Wat wordt gevraagd.
#[derive(Debug, Args)]
pub(super) struct ExplainOptions {
    #[command(flatten)]
    place: Place,
    /// Inzien, leveren of vragen: see, supply of ask.
    #[arg(long, default_value = "see")]
    verb: Verb,
    /// De soort partner, zoals GGZ.
    #[arg(long)]
    partner: PartnerKind,
    /// De betrokkenheid, zoals ZETEL.
    #[arg(long)]
    involvement: Involvement,
    /// De tafel.
    #[arg(long)]
    tafel: Tafel,
    /// De fase, F0 tot F12.
    #[arg(long)]
    phase: Phase,
    /// De categorie, zoals D10.
    #[arg(long)]
    category: Category,
    /// Wat bij het gegeven is vastgelegd, zoals ontvanger; mag vaker.
    #[arg(long = "fact", value_name = "FACT")]
    facts: Vec<Fact>,
    /// Bij ask: aan welke soort partner.
    #[arg(long)]
    asked: Option<PartnerKind>,
    /// Aan welke kant de professional werkt.
    #[arg(long, default_value = "GEEN")]
    side: Side,
    /// Wat anders is dan gewoon; mag vaker.
    #[arg(long = "with", value_name = "ODDITY")]
    oddities: Vec<Oddity>,
    /// Als JSON, voor programma's.
    #[arg(long)]
    json: bool,
}

/// Wat anders kan zijn dan gewoon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Oddity {
    /// De organisatie heeft niet ondertekend.
    Unsigned,
    /// De gemeente is een andere dan die van het dossier.
    OtherGemeente,
    /// De professional volgde de training radicalisering niet.
    Untrained,
    /// Er is een geheimhoudingsverklaring getekend.
    Secrecy,
}

/// Doet het.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { folder } => check(folder.as_deref())?,
        Command::Matrix(options) => matrix(&options)?,
        Command::Explain(options) => explanation(&options)?,
        Command::Diff(options) => diff(&options)?,
        Command::Simulate(options) => super::simulate::run(&options)?,
        Command::Decide { folder } => {
            let convenant = read_convenant(folder.as_deref())?;
            decide::answer_all(&convenant, BufReader::new(stdin().lock()), stdout().lock())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(folder: Option<&Path>) -> anyhow::Result<()> {
    let convenant = Convenant::checked(folder).map_err(AssemblyError::Convenant)?;
    let today = today();
    super::print("Het convenant is in orde.\n")?;
    for house in convenant.houses() {
        let name = house.name();
        match house.version_on(today) {
            Some(version) => {
                let (id, hash, tafels) = (version.id(), version.hash(), version.tafels().count());
                super::print(format_args!("{name}: {tafels} tafels, vandaag geldt {id} ({hash}).\n"))?;
            }
            None => super::print(format_args!("{name}: vandaag geldt er geen versie.\n"))?,
        }
        for coming in house.versions().iter().filter(|version| version.valid_from() > today) {
            let (from, id, hash) = (coming.valid_from(), coming.id(), coming.hash());
            super::print(format_args!("{name}: vanaf {from} geldt {id} ({hash}).\n"))?;
        }
    }
    Ok(())
}

fn matrix(options: &MatrixOptions) -> anyhow::Result<()> {
    let convenant = read_convenant(options.place.folder.as_deref())?;
    let (house, version) = options.place.find(&convenant)?;
    if let Some(tafel) = options.tafel.filter(|tafel| !version.has(*tafel)) {
        anyhow::bail!("{} heeft op deze dag geen tafel {tafel}", house.name());
    }
    let MatrixOptions { partner, tafel, phase, involvement, .. } = *options;
    if options.html {
        let selection = Selection { partner, tafel, phase, involvement };
        return super::print(page(house, version, options.place.date(), &selection));
    }
    let view = |tafel| View { tafel, phase: phase.unwrap_or(Phase::F6), involvement };
    for tafel in version.tafels().filter(|one| tafel.is_none_or(|wanted| wanted == *one)) {
        let matrix = Matrix::new(house, version, view(tafel)).only(partner);
        super::print(format_args!("{matrix}\n"))?;
    }
    Ok(())
}

fn explanation(options: &ExplainOptions) -> anyhow::Result<()> {
    let convenant = read_convenant(options.place.folder.as_deref())?;
    let (_, version) = options.place.find(&convenant)?;
    let is = |oddity| options.oddities.contains(&oddity);
    let standing = Standing {
        partner: options.partner,
        same_gemeente: !is(Oddity::OtherGemeente),
        signed: !is(Oddity::Unsigned),
        secrecy: is(Oddity::Secrecy),
        trained: !is(Oddity::Untrained),
        involvement: options.involvement,
        side: options.side,
        tafel: options.tafel,
        phase: options.phase,
    };
    let request = Request {
        verb: options.verb,
        standing,
        category: options.category,
        facts: options.facts.iter().copied().collect(),
        asked: options.asked,
    };
    let explanation = explain(version, options.place.date(), &request);
    if options.json { print_json(&explanation) } else { super::print(explanation) }
}

fn diff(options: &DiffOptions) -> anyhow::Result<()> {
    let date = options.date.unwrap_or_else(today);
    let used = read_convenant(options.folder.as_deref())?;
    let comparisons = match (Source::read(&options.old)?, Source::read(&options.new)?) {
        (Source::Folder(old), Source::Folder(new)) => compare_on(&old, &new, date),
        (Source::Version(old), Source::Version(new)) => {
            let ((_, old), (house, new)) = (version(&used, &old)?, version(&used, &new)?);
            vec![compare(house, old, new)]
        }
        (Source::Folder(old), Source::Version(new)) => {
            let (house, new) = version(&used, &new)?;
            vec![compare(house, of_house(&old, house, date)?, new)]
        }
        (Source::Version(old), Source::Folder(new)) => {
            let (house, old) = version(&used, &old)?;
            vec![compare(house, old, of_house(&new, house, date)?)]
        }
    };
    if options.json {
        return print_json(&comparisons);
    }
    comparisons.iter().try_for_each(|comparison| super::print(format_args!("{comparison}\n")))
}

/// Een kant van een vergelijking.
enum Source {
    /// Een convenant in een map.
    Folder(Convenant),
    /// De id van een versie.
    Version(String),
}

impl Source {
    fn read(word: &str) -> anyhow::Result<Self> {
        let path = Path::new(word);
        Ok(if path.is_dir() {
            Self::Folder(read_convenant(Some(path))?)
        } else {
            Self::Version(word.to_owned())
        })
    }
}

fn version<'a>(convenant: &'a Convenant, id: &str) -> anyhow::Result<(&'a House, &'a Version)> {
    convenant.version(id).with_context(|| format!("{id} is geen map en geen versie van een convenant"))
}

fn of_house<'a>(convenant: &'a Convenant, house: &House, date: NaiveDate) -> anyhow::Result<&'a Version> {
    let version = convenant.house(house.code()).and_then(|house| house.version_on(date));
    version.with_context(|| format!("in de map geldt op {date} geen versie voor {}", house.name()))
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    super::print(format_args!("{}\n", serde_json::to_string_pretty(value)?))
}

impl Place {
    fn date(&self) -> NaiveDate {
        self.date.unwrap_or_else(today)
    }

    fn find<'a>(&self, convenant: &'a Convenant) -> anyhow::Result<(&'a House, &'a Version)> {
        let house =
            convenant.house(&self.house).with_context(|| format!("er is geen huis {}", self.house))?;
        let version = house.version_on(self.date());
        let version =
            version.with_context(|| format!("op {} geldt er geen versie van het convenant", self.date()))?;
        Ok((house, version))
    }
}

fn today() -> NaiveDate {
    Clock::system().today()
}
