//! Which dossiers there will be: house, tafel, stage, gemeente, and which personas have a place in them.

use chrono::{DateTime, Days, Utc};
use convenant::{Convenant, Involvement, PartnerKind, Tafel};
use waarborg::clock::dutch_date;

use super::counts::SHARES;
use super::stage::Stage;
use crate::demo::LoadError;
use crate::demo::chance::Chance;
use crate::demo::houses::{Cast, HouseCast, werkgebied};
use crate::demo::personas::{Found, PERSONAS, Spot};

/// A dossier to make.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) house: &'a HouseCast,
    pub(super) tafel: Tafel,
    pub(super) stage: Stage,
    pub(super) werkgebied: Option<&'static str>,
    pub(super) gemeente: String,
    /// The partner that registers.
    pub(super) applicant: PartnerKind,
    pub(super) stars: Vec<(Spot, Found<'a>)>,
    /// How long ago it began, in days.
    pub(super) age: u64,
    /// What sets this dossier apart from all others.
    pub(super) label: String,
}

/// Every dossier to make.
pub(super) fn all<'a>(
    cast: &'a Cast,
    convenant: &Convenant,
    now: DateTime<Utc>,
) -> Result<Vec<Plan<'a>>, LoadError> {
    let mut plans = Vec::new();
    for (number, share) in SHARES.iter().enumerate() {
        let house = cast.house(share.house).ok_or(LoadError::OtherCovenant)?;
        plans.extend((0..share.dossiers).map(|place| {
            let label = format!("{number}/{}/{}/{place}", share.house, share.tafel);
            let (least, more) = share.stage(place).age();
            let age = u64::from(least + Chance::of(&format!("age/{label}")).below(more + 1));
            Plan {
                house,
                tafel: share.tafel,
                stage: share.stage(place),
                werkgebied: share.werkgebied,
                gemeente: String::new(),
                applicant: PartnerKind::GemLokaalTeam,
                stars: Vec::new(),
                age,
                label,
            }
        }));
    }
    place_personas(cast, &mut plans)?;
    for plan in &mut plans {
        plan.settle(convenant, now);
    }
    Ok(plans)
}

/// Gives every persona a place in the first dossier that fits.
fn place_personas<'a>(cast: &'a Cast, plans: &mut [Plan<'a>]) -> Result<(), LoadError> {
    for persona in &PERSONAS {
        let found = persona.find(cast).ok_or(LoadError::OtherCovenant)?;
        let Some(spot) = persona.spot else { continue };
        let plan = plans.iter_mut().find(|plan| plan.has_place_for(spot, found));
        let plan = plan.ok_or(LoadError::OtherCovenant)?;
        if !persona.gemeente.is_empty() {
            persona.gemeente.clone_into(&mut plan.gemeente);
        }
        plan.stars.push((spot, found));
    }
    Ok(())
}

impl Plan<'_> {
    fn has_place_for(&self, spot: Spot, found: Found<'_>) -> bool {
        let gemeente = found.persona.gemeente;
        let in_gemeente = gemeente.is_empty()
            || self.gemeente == gemeente
            || self.gemeente.is_empty()
                && self.werkgebied.is_none_or(|area| werkgebied(gemeente) == Some(area));
        let is_single = matches!(spot.involvement, Involvement::Aanmelder | Involvement::Procesregie);
        let is_taken = self.stars.iter().any(|(other, _)| other.involvement == spot.involvement);
        self.house.code == found.house.code
            && self.tafel == spot.tafel
            && self.stage == spot.stage
            && in_gemeente
            && !(is_single && is_taken)
    }

    /// Settles gemeente and applicant as the house takes registrations.
    fn settle(&mut self, convenant: &Convenant, now: DateTime<Utc>) {
        let mut chance = Chance::of(&format!("gemeente/{}", self.label));
        let on = dutch_date(now.checked_sub_days(Days::new(self.age)).unwrap_or(now));
        let house = convenant.house(&self.house.code);
        let takes = |kind, gemeente: &str| {
            house.is_some_and(|house| house.may_register(kind, gemeente, self.tafel, on).is_ok())
        };
        if self.gemeente.is_empty() {
            let of_area = |gemeente: &&String| {
                self.werkgebied.is_none_or(|area| werkgebied(gemeente) == Some(area))
                    && takes(PartnerKind::GemLokaalTeam, gemeente)
            };
            let codes = self.house.gemeenten.iter().map(|gemeente| &gemeente.code);
            let choice: Vec<&String> = codes.filter(of_area).collect();
            self.gemeente = chance.pick(&choice).map(|gemeente| (*gemeente).clone()).unwrap_or_default();
        }
        let star = self.stars.iter().find(|(spot, _)| spot.involvement == Involvement::Aanmelder);
        let usual = *chance.pick(usual_applicants(self.tafel)).unwrap_or(&PartnerKind::GemLokaalTeam);
        let is_here = self.house.employer(usual, &self.gemeente).is_some() && takes(usual, &self.gemeente);
        self.applicant = match star {
            Some((_, found)) => found.employer.kind,
            None if is_here => usual,
            None => PartnerKind::GemLokaalTeam,
        };
    }
}

/// Who usually registers at a tafel.
fn usual_applicants(tafel: Tafel) -> &'static [PartnerKind] {
    use PartnerKind::{
        Avim, Dji, GemLokaalTeam, Ggz, Oggz, Om, Politie, Reclassering, VeiligThuis, Woningcorporatie,
    };
    match tafel {
        Tafel::Vpo => &[Politie, Om, Reclassering],
        Tafel::CodeRood | Tafel::Stalking | Tafel::Mda | Tafel::Actieoverleg => &[VeiligThuis, Politie],
        Tafel::Rfpn => &[Ggz],
        Tafel::Lla | Tafel::LlaIncl | Tafel::Expert => &[Ggz, Reclassering, GemLokaalTeam],
        Tafel::Reg | Tafel::RegJeugd | Tafel::IsdTerugkeer => &[Dji],
        Tafel::I28 | Tafel::Rad | Tafel::CterWeeg | Tafel::Jor => &[Politie, GemLokaalTeam],
        Tafel::MhRegie | Tafel::MhSignaal | Tafel::MhDrieluik => &[Avim, Politie, GemLokaalTeam],
        Tafel::Routeer | Tafel::Oggz => &[Oggz, GemLokaalTeam],
        _ => &[GemLokaalTeam, GemLokaalTeam, Politie, Ggz, VeiligThuis, Woningcorporatie],
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn every_persona_has_a_place_and_every_registration_is_taken() {
        let convenant = Convenant::embedded().unwrap();
        let cast = Cast::of(&convenant);
        let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
        let plans = all(&cast, &convenant, now).unwrap();
        let placed = plans.iter().map(|plan| plan.stars.len()).sum::<usize>();
        assert_eq!(placed, PERSONAS.iter().filter(|persona| persona.spot.is_some()).count());
        let labels: std::collections::BTreeSet<_> = plans.iter().map(|plan| &plan.label).collect();
        assert_eq!(labels.len(), plans.len(), "two dossiers would be the same people");
        for plan in &plans {
            let house = convenant.house(&plan.house.code).unwrap();
            let on = dutch_date(now - Days::new(plan.age));
            let taken = house.may_register(plan.applicant, &plan.gemeente, plan.tafel, on);
            assert!(taken.is_ok(), "{}: {taken:?}", plan.label);
        }
    }
}
