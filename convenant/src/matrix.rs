//! Who sees what, as a table a jurist can read and a snapshot a test can compare.
//!
//! It only shows what the engine decides; it must never be read back as a rule.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::engine::Engine;
use crate::house::{House, Seat, Version};
use crate::vocabulary::{
    Category, CategorySet, Fact, Facts, Involvement, PartnerKind, Phase, Side, Standing, Tafel,
};

/// What the table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The tafel.
    pub tafel: Tafel,
    /// The phase of the dossier.
    pub phase: Phase,
    /// The involvement of the viewers.
    pub involvement: Involvement,
}

impl View {
    /// The view that says most of a tafel: its partners at the overleg.
    pub const fn of(tafel: Tafel) -> Self {
        Self { tafel, phase: Phase::F6, involvement: Involvement::Zetel }
    }
}

/// One partner's line: what is seen as it is, and what only with one recorded fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The viewer.
    pub partner: PartnerKind,
    /// The seat at the tafel, if any.
    pub seat: Option<Seat>,
    /// Seen without more.
    pub seen: CategorySet,
    /// Seen only when one fact is recorded with the datum, such as the viewer being named as its recipient.
    pub with_fact: CategorySet,
}

/// Who sees what at one tafel of a house. Signed, trained, in the own gemeente, on no side, of others' data.
#[derive(Clone, Debug)]
pub struct Matrix {
    house: String,
    version: String,
    view: View,
    lines: Vec<Line>,
}

/// The facts that a supplier or the dossier adds; the viewer's own data would show nearly all.
pub(crate) const RECORDED: [Fact; 8] = [
    Fact::Ontvanger,
    Fact::Toestemming,
    Fact::OmAkkoord,
    Fact::Doorbreking,
    Fact::Noodzaak,
    Fact::EigenActie,
    Fact::NieuwSignaal,
    Fact::Vrijgegeven,
];

impl Matrix {
    /// The table of a house under a version of its covenant. With ZETEL the partners are those with a seat.
    pub fn new(house: &House, version: &Version, view: View) -> Self {
        let partners = PartnerKind::ALL.iter().copied();
        let lines = partners.filter_map(|partner| line(version, view, partner)).collect();
        Self { house: house.name().to_owned(), version: version.id().to_owned(), view, lines }
    }

    /// The lines, in the order of `partners.csv`.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The same with the line of one partner only, where one is named.
    #[must_use]
    pub fn only(mut self, partner: Option<PartnerKind>) -> Self {
        self.lines.retain(|line| partner.is_none_or(|wanted| wanted == line.partner));
        self
    }

    fn title(&self) -> String {
        let View { tafel, phase, involvement } = self.view;
        let (house, version) = (&self.house, &self.version);
        format!(
            "{house}: wie ziet wat. Tafel {tafel}, fase {phase}, betrokkenheid {involvement}, convenant {version}"
        )
    }
}

const LEGEND: &str = "x: ziet; f: ziet met één vastgelegd feit; .: ziet niet. Zetel: v vast, u uitgenodigd.";

impl Line {
    fn cell(&self, category: Category) -> char {
        match (self.seen.contains(category), self.with_fact.contains(category)) {
            (true, _) => 'x',
            (_, true) => 'f',
            _ => '.',
        }
    }

    const fn seat_mark(&self) -> char {
        match self.seat {
            Some(Seat::Fixed) => 'v',
            Some(Seat::Invited) => 'u',
            None => ' ',
        }
    }
}

fn line(version: &Version, view: View, partner: PartnerKind) -> Option<Line> {
    let engine = version.engine();
    let seat = version.seat(view.tafel, partner);
    if view.involvement == Involvement::Zetel && seat.is_none() {
        return None;
    }
    let standing = plain(partner, view);
    let seen = engine.disclosure(&standing, Facts::NONE).allowed();
    let with = RECORDED.iter().map(|fact| engine.disclosure(&standing, Facts::NONE.with(*fact)).allowed());
    let with_fact = with.fold(CategorySet::EMPTY, CategorySet::union).difference(seen);
    let empty = seen.is_empty() && with_fact.is_empty();
    (seat.is_some() || !empty).then_some(Line { partner, seat, seen, with_fact })
}

/// A standing without anything special.
pub(crate) fn plain(partner: PartnerKind, view: View) -> Standing {
    Standing {
        partner,
        same_gemeente: true,
        signed: true,
        secrecy: false,
        trained: true,
        involvement: view.involvement,
        side: Side::Geen,
        tafel: view.tafel,
        phase: view.phase,
    }
}

/// The table as text: one line a partner, one column a category, the code read downwards.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{LEGEND}\n", self.title())?;
        let height = Category::ALL.iter().map(|category| category.code().len()).max().unwrap_or_default();
        for place in 0..height {
            let letters =
                Category::ALL.iter().map(|category| category.code().chars().nth(place).unwrap_or(' '));
            let heading: String = letters.flat_map(|letter| [letter, ' ']).collect();
            writeln!(f, "{:26}{}", "", heading.trim_end())?;
        }
        for line in &self.lines {
            let cells: String =
                Category::ALL.iter().flat_map(|category| [line.cell(*category), ' ']).collect();
            writeln!(f, "{:23} {} {}", line.partner, line.seat_mark(), cells.trim_end())?;
        }
        Ok(())
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Everything that plain standings see without recorded facts, as text that changes when the covenant does: for
/// each involvement, the phases and tafels at which the same partners see the same.
pub fn snapshot(engine: &Engine) -> String {
    let mut text = String::new();
    for &involvement in Involvement::ALL {
        let own = involvement.task_phase();
        let phases = Phase::ALL.iter().filter(|phase| own.is_none_or(|own| own == **phase));
        let mut runs: Vec<(Vec<&str>, String)> = Vec::new();
        for &phase in phases {
            let seen = seen_in(engine, involvement, phase);
            match runs.last_mut() {
                Some((phases, last)) if *last == seen => phases.push(phase.code()),
                _ => runs.push((vec![phase.code()], seen)),
            }
        }
        for (phases, seen) in runs.iter().filter(|(_, seen)| !seen.is_empty()) {
            let _ = write!(text, "{involvement} {}\n{seen}", phases.join(" "));
        }
    }
    text
}

/// What the seats of a house show under a version of its covenant, as text that changes when the matrix of that house
/// does; what holds for every house alike stands in [`snapshot`].
pub fn house_snapshot(version: &Version) -> String {
    let mut text = String::new();
    for tafel in version.tafels() {
        let mut runs: Vec<(Vec<&str>, String)> = Vec::new();
        for &phase in Phase::ALL {
            let seen = seats_at(version, View { tafel, phase, involvement: Involvement::Zetel });
            match runs.last_mut() {
                Some((phases, last)) if *last == seen => phases.push(phase.code()),
                _ => runs.push((vec![phase.code()], seen)),
            }
        }
        let _ = writeln!(text, "{tafel}");
        for (phases, seen) in runs.iter().filter(|(_, seen)| !seen.is_empty()) {
            let _ = write!(text, "  {}\n{seen}", phases.join(" "));
        }
    }
    text
}

/// What each seat sees without more, and, after `+`, only with one recorded fact.
fn seats_at(version: &Version, view: View) -> String {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for &partner in PartnerKind::ALL.iter().filter(|one| version.seat(view.tafel, **one).is_some()) {
        let seen = |facts| version.engine().disclosure(&plain(partner, view), facts).allowed();
        let without = seen(Facts::NONE);
        let with = RECORDED.iter().map(|fact| seen(Facts::NONE.with(*fact)));
        let with = with.fold(CategorySet::EMPTY, CategorySet::union).difference(without);
        let plus = if with.is_empty() { String::new() } else { format!(" + {with}") };
        if !without.is_empty() || !with.is_empty() {
            alike.entry(format!("{without}{plus}")).or_default().push(partner.code());
        }
    }
    let lines = alike.into_iter().map(|(seen, partners)| format!("    {}: {seen}\n", partners.join(" ")));
    lines.collect::<Vec<_>>().concat()
}

fn seen_in(engine: &Engine, involvement: Involvement, phase: Phase) -> String {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for &tafel in Tafel::ALL {
        let seen = seen_at(engine, View { tafel, phase, involvement });
        alike.entry(seen).or_default().push(tafel.code());
    }
    let seen = alike.into_iter().filter(|(seen, _)| !seen.is_empty());
    let blocks: Vec<_> = seen.map(|(seen, tafels)| format!("  {}\n{seen}", named(&tafels))).collect();
    blocks.concat()
}

/// The tafels by name, or by those that are left out when they are most.
fn named(tafels: &[&str]) -> String {
    let others: Vec<_> =
        Tafel::ALL.iter().map(|tafel| tafel.code()).filter(|code| !tafels.contains(code)).collect();
    match (others.len(), tafels.len()) {
        (0, _) => "*".to_owned(),
        (out, within) if out < within => format!("* zonder {}", others.join(" ")),
        _ => tafels.join(" "),
    }
}

fn seen_at(engine: &Engine, view: View) -> String {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for &partner in PartnerKind::ALL {
        let seen = engine.disclosure(&plain(partner, view), Facts::NONE).allowed();
        if !seen.is_empty() {
            alike.entry(seen.to_string()).or_default().push(partner.code());
        }
    }
    let lines = alike.into_iter().map(|(seen, partners)| format!("    {}: {seen}\n", partners.join(" ")));
    lines.collect::<Vec<_>>().concat()
}

/// What one viewer sees otherwise under another covenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The viewer.
    pub partner: PartnerKind,
    /// Where the dossier is and what the viewer does in it.
    pub view: View,
    /// Seen now and not before.
    pub gained: CategorySet,
    /// Seen before and not now.
    pub lost: CategorySet,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let View { tafel, phase, involvement } = self.view;
        write!(f, "{} als {involvement} aan {tafel} in {phase}:", self.partner)?;
        if !self.gained.is_empty() {
            write!(f, " ziet nu ook {}", self.gained)?;
        }
        let and = if self.gained.is_empty() || self.lost.is_empty() { "" } else { ";" };
        if self.lost.is_empty() { Ok(()) } else { write!(f, "{and} ziet niet meer {}", self.lost) }
    }
}

/// What plain standings see otherwise, without recorded facts, when the new covenant takes the place of the old.
pub fn changes<'e>(old: &'e Engine, new: &'e Engine) -> impl Iterator<Item = Change> + 'e {
    let views = Involvement::ALL.iter().flat_map(|&involvement| {
        let own = involvement.task_phase();
        let phases = Phase::ALL.iter().filter(move |phase| own.is_none_or(|own| own == **phase));
        phases.flat_map(move |&phase| Tafel::ALL.iter().map(move |&tafel| View { tafel, phase, involvement }))
    });
    let viewers = views.flat_map(|view| PartnerKind::ALL.iter().map(move |&partner| (partner, view)));
    viewers.filter_map(|(partner, view)| {
        let seen = |engine: &Engine| engine.disclosure(&plain(partner, view), Facts::NONE).allowed();
        let (before, now) = (seen(old), seen(new));
        let (gained, lost) = (now.difference(before), before.difference(now));
        (before != now).then_some(Change { partner, view, gained, lost })
    })
}
