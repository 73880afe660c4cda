//! What a decision costs, as ratios to baselines of the same run: a look-up in a map, and one bare question to Cedar.
//!
//! It measures and prints, and must never be a test: a busy machine would fail it.
#![expect(clippy::print_stdout, reason = "a program that reports on its terminal")]

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use cedar_policy::{Authorizer, Context, Entities, PolicySet, Request};
use convenant::{
    Convenant, Engine, Facts, Involvement, PartnerKind, Phase, Side, Standing, Tafel, Verb, decide,
};

fn main() -> Result<()> {
    let convenant = Convenant::embedded().map_err(|problems| anyhow!("{problems:?}"))?;
    let engine = convenant.model();
    let before = resident()?;
    let lookup = of_a_lookup();
    let cedar = of_a_bare_question()?;
    println!("baselines of this run: look-up in a map {lookup:?}, bare question to Cedar {cedar:?}");
    report("memo hit", of_a_hit(engine), lookup, "look-ups");
    report("cold standing, 53 leaves", of_a_cold_standing(engine), cedar, "bare questions");
    report("the same without slices and memory", of_a_fresh_standing(engine), cedar, "bare questions");
    report("one line of decide", of_a_line(&convenant), cedar, "bare questions");
    let (first, second) = (grown(engine, before, 0)?, grown(engine, before, 1)?);
    println!(
        "memory after 400,000 standings {first} KiB, after 400,000 others {second} KiB: it must not grow"
    );
    Ok(())
}

/// One measured thing, in time and as a ratio to a baseline.
fn report(what: &str, took: Duration, baseline: Duration, unit: &str) {
    let ratio = took.as_secs_f64() / baseline.as_secs_f64();
    println!("{what}: {took:?}, {:.0} a second, {ratio:.1} {unit}", 1.0 / took.as_secs_f64());
}

/// The mean over as many rounds as asked.
fn mean(rounds: u32, mut round: impl FnMut(usize)) -> Duration {
    let start = Instant::now();
    (0..rounds).for_each(|place| round(place as usize));
    start.elapsed() / rounds
}

/// Every standing that differs in its words, all flags set; the place decides which.
fn standing(place: usize) -> Standing {
    let mut rest = place;
    let mut next = |length: usize| {
        let digit = rest % length;
        rest /= length;
        digit
    };
    Standing {
        partner: at(PartnerKind::ALL, next(PartnerKind::ALL.len()), PartnerKind::Politie),
        tafel: at(Tafel::ALL, next(Tafel::ALL.len()), Tafel::Topx),
        phase: at(Phase::ALL, next(Phase::ALL.len()), Phase::F6),
        involvement: at(Involvement::ALL, next(Involvement::ALL.len()), Involvement::Zetel),
        side: at(Side::ALL, next(Side::ALL.len()), Side::Geen),
        same_gemeente: true,
        signed: true,
        secrecy: false,
        trained: true,
    }
}

fn at<T: Copy>(all: &[T], place: usize, otherwise: T) -> T {
    all.get(place).copied().unwrap_or(otherwise)
}

/// A partner's seat at a tafel in the phase of the overleg: the standing that sees most.
fn seat(partner: PartnerKind, tafel: Tafel) -> Standing {
    Standing { partner, tafel, phase: Phase::F6, involvement: Involvement::Zetel, ..standing(0) }
}

fn of_a_lookup() -> Duration {
    let map: HashMap<u64, u64> = (0..8_192).map(|key| (key * 7_919, key)).collect();
    mean(2_000_000, |place| {
        black_box(map.get(&(black_box(place as u64 % 8_192) * 7_919)));
    })
}

/// One policy, two entities, nothing to leave out: what Cedar itself costs.
fn of_a_bare_question() -> Result<Duration> {
    let policies: PolicySet = "permit (principal, action, resource) when { context.phase >= 6 };".parse()?;
    let request = Request::new(
        r#"Partner::"POLITIE""#.parse()?,
        r#"Action::"see""#.parse()?,
        r#"Category::"D05""#.parse()?,
        Context::from_pairs([("phase".to_owned(), cedar_policy::RestrictedExpression::new_long(6))])?,
        None,
    )?;
    let (authorizer, entities) = (Authorizer::new(), Entities::empty());
    Ok(mean(100_000, |_| {
        black_box(authorizer.is_authorized(black_box(&request), &policies, &entities));
    }))
}

fn of_a_hit(engine: &Engine) -> Duration {
    let known = seat(PartnerKind::Politie, Tafel::Topx);
    engine.disclosure(&known, Facts::NONE);
    mean(2_000_000, |_| {
        black_box(engine.disclosure(black_box(&known), Facts::NONE));
    })
}

/// Seats that were never asked for before, one after another.
fn of_a_cold_standing(engine: &Engine) -> Duration {
    let seats: Vec<Standing> = seats().skip(40).step_by(7).collect();
    let rounds = u32::try_from(seats.len()).unwrap_or(u32::MAX);
    mean(rounds, |place| {
        black_box(seats.get(place).map(|seat| engine.disclosure(seat, Facts::NONE)));
    })
}

fn of_a_fresh_standing(engine: &Engine) -> Duration {
    let seats: Vec<Standing> = seats().step_by(50).collect();
    let rounds = u32::try_from(seats.len()).unwrap_or(u32::MAX);
    mean(rounds, |place| {
        black_box(seats.get(place).map(|seat| engine.disclosure_fresh(seat, Facts::NONE)));
    })
}

fn seats() -> impl Iterator<Item = Standing> {
    Tafel::ALL.iter().flat_map(|&tafel| PartnerKind::ALL.iter().map(move |&partner| seat(partner, tafel)))
}

/// Lines of all kinds, as `vangnet convenant decide` reads them, with the reason of each denial.
fn of_a_line(convenant: &Convenant) -> Duration {
    let lines: Vec<String> = (0..2_000).map(|place| line(place * 7_919)).collect();
    mean(2_000, |place| {
        black_box(lines.get(place).map(|line| decide::answer(convenant, line)));
    })
}

fn line(place: usize) -> String {
    let it = standing(place);
    let verb = at(Verb::ALL, place % Verb::ALL.len(), Verb::See);
    let category =
        at(convenant::Category::ALL, place % convenant::Category::ALL.len(), convenant::Category::D05);
    format!(
        r#"{{"verb":"{verb}","partner":"{}","same_gemeente":true,"signed":true,"secrecy":false,"trained":true,"involvement":"{}","side":"{}","tafel":"{}","phase":"{}","category":"{category}"}}"#,
        it.partner, it.involvement, it.side, it.tafel, it.phase
    )
}

/// The memory that has come to it when an adversary has asked 400,000 standings that nobody asked before, in KiB.
fn grown(engine: &Engine, before: u64, round: usize) -> Result<u64> {
    for place in 0..400_000 {
        black_box(engine.disclosure(&standing(round * 400_000 + place), Facts::NONE));
    }
    Ok(resident()?.saturating_sub(before))
}

/// What the system says this process has resident, in KiB.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("memory is measured on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let number = line.split_whitespace().next().context("no number")?;
    Ok(number.parse()?)
}
