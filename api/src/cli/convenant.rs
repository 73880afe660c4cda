//! `vangnet convenant`: het convenant controleren, tonen, verklaren en bevragen. Voor juristen en functioneel
//! beheerders, dus in het Nederlands. It decides nothing itself: the engine does.

use std::io::{BufReader, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use convenant::explain::explain;
use convenant::matrix::{Matrix, View, changes};
use convenant::{
    Category, Convenant, Fact, House, HouseCode, Involvement, PartnerKind, Phase, Request, Side, Standing,
    Tafel, Verb, Version, decide,
};
use waarborg::clock::Clock;

use crate::assembly::read_convenant;

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
    /// Zegt wat er verandert tussen twee convenanten.
    Diff {
        /// De map met het oude convenant.
        old: PathBuf,
        /// De map met het nieuwe convenant.
        new: PathBuf,
        /// De dag waarop beide worden bekeken; zonder dag vandaag.
        #[arg(long)]
        date: Option<NaiveDate>,
    },
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
    /// De fase van het dossier.
    #[arg(long, default_value = "F6")]
    phase: Phase,
    /// De betrokkenheid van wie kijkt.
    #[arg(long, default_value = "ZETEL")]
    involvement: Involvement,
    /// Als webpagina in plaats van als tekst; alleen met een tafel.
    #[arg(long, requires = "tafel")]
    html: bool,
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
        Command::Diff { old, new, date } => diff(&old, &new, date.unwrap_or_else(today))?,
        Command::Decide { folder } => {
            let convenant = read_convenant(folder.as_deref())?;
            decide::answer_all(&convenant, BufReader::new(stdin().lock()), stdout().lock())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(folder: Option<&Path>) -> anyhow::Result<()> {
    let convenant = read_convenant(folder)?;
    let today = today();
    super::print("Het convenant is in orde.\n")?;
    for house in convenant.houses() {
        let (name, tafels) = (house.name(), house.tafels().count());
        match house.version_on(today) {
            Some(version) => {
                let (id, hash) = (version.id(), version.hash());
                super::print(format_args!("{name}: {tafels} tafels, vandaag geldt {id} ({hash}).\n"))?;
            }
            None => super::print(format_args!("{name}: {tafels} tafels; vandaag geldt er geen versie.\n"))?,
        }
    }
    Ok(())
}

fn matrix(options: &MatrixOptions) -> anyhow::Result<()> {
    let convenant = read_convenant(options.place.folder.as_deref())?;
    let (house, version) = options.place.find(&convenant)?;
    let view = |tafel| View { tafel, phase: options.phase, involvement: options.involvement };
    for tafel in house.tafels().filter(|tafel| options.tafel.is_none_or(|wanted| wanted == *tafel)) {
        let matrix = Matrix::new(house, version, view(tafel));
        if options.html {
            super::print(matrix.html())?;
        } else {
            super::print(format_args!("{matrix}\n"))?;
        }
    }
    let missing = options.tafel.filter(|tafel| !house.has(*tafel));
    missing.map_or(Ok(()), |tafel| anyhow::bail!("{} heeft geen tafel {tafel}", house.name()))
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
    super::print(explain(version, options.place.date(), &request))
}

fn diff(old: &Path, new: &Path, date: NaiveDate) -> anyhow::Result<()> {
    let (old, new) = (read_convenant(Some(old))?, read_convenant(Some(new))?);
    let mut found = 0;
    for house in new.houses() {
        let before = old.house(house.code()).and_then(|house| house.version_on(date));
        let (Some(before), Some(now)) = (before, house.version_on(date)) else {
            super::print(format_args!("{}: in een van beide geldt op {date} geen versie.\n", house.name()))?;
            continue;
        };
        for change in changes(before.engine(), now.engine()) {
            found += 1;
            super::print(format_args!("{}: {change}\n", house.code()))?;
        }
    }
    if found == 0 { super::print("Niemand ziet iets anders.\n") } else { Ok(()) }
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
