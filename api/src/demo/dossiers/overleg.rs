//! Triage and case of a dossier of the demo: who weighs, who sits at the tafel, what they agreed.

use chrono::{DateTime, Datelike, Days, Duration, Utc};
use convenant::{Category, Involvement, PartnerKind, Phase, Seat, Side, Tafel};
use entity::id::{
    ActionId, AssignmentId, BreakGlassId, CaseId, GeheimhoudingsverklaringId, OverdrachtId, PlanId, TriageId,
};
use entity::{action, case, overdracht, plan, triage};
use serde_json::json;
use waarborg::clock::{dutch_date, end_of_dutch_day};
use waarborg::keys::KeyError;

use super::intake::Supplied;
use super::journey::{Given, Holder, Journey};
use super::stage::Stage;
use super::texts;
use crate::demo::houses::{Colleague, Employer, Post};
use crate::features::break_glass;
use crate::features::casusreis::{BreakGlassState, VerklaringState};

/// Why a guest is there.
pub(in crate::demo) const GUEST: &str = "guest at one agenda item";

/// Why somebody breaks the glass.
pub(in crate::demo) const NIGHT: &str = "break-glass: acute danger";

/// Tafels at which partners already sit when a case is weighed (the covenant gives ZETEL there in F5).
const SEATED_AT_TRIAGE: [Tafel; 6] =
    [Tafel::CterWeeg, Tafel::LlaIncl, Tafel::I28, Tafel::MhSignaal, Tafel::MhDrieluik, Tafel::Routeer];

/// Tafels that share a scenario with ZSM (the covenant's row for ZSM).
const WITH_ZSM: [Tafel; 10] = [
    Tafel::Coveca,
    Tafel::Topx,
    Tafel::Vpo,
    Tafel::Jor,
    Tafel::Lla,
    Tafel::CodeRood,
    Tafel::Stalking,
    Tafel::Mda,
    Tafel::Reg,
    Tafel::Expert,
];

impl<'w> Journey<'w, '_> {
    /// The triage: under way, or decided.
    pub(super) fn weigh(&mut self) {
        let usual = [PartnerKind::Politie, PartnerKind::Reclassering, PartnerKind::GemCollege];
        let usual = usual.into_iter().filter_map(|kind| self.employer(kind));
        let starred: Vec<_> = self.stars(Involvement::Triage).map(|(_, found)| found.employer).collect();
        let taking_part: Vec<&Employer> = starred.into_iter().chain(usual).collect();
        if self.plan.stage == Stage::Triage {
            for employer in taking_part {
                self.assign_desk(employer, Involvement::Triage, self.after(14), "takes part in the triage");
            }
            if SEATED_AT_TRIAGE.contains(&self.plan.tafel) {
                self.seat(self.after(14), None);
            }
            return;
        }
        let Some(regisseur) = self.regisseur else { return };
        let is_taken_up = self.plan.stage.has_case();
        let decided_at = self.after(18);
        let criteria = if self.plan.house.code.as_str() == "TWENTE" {
            ("TWENTE_2023", &["T1", "T2", "T3", "T4"])
        } else {
            ("LANDELIJK", &["C1", "C2", "C3", "C4"])
        };
        let answers = criteria.1.iter().enumerate().map(|(place, criterion)| {
            let motivation = self.chance.word(&texts::MOTIVATIONS);
            json!({"criterion": criterion, "met": is_taken_up || place == 0, "motivation": motivation})
        });
        let answers = answers.collect();
        let row = triage::Model {
            id: TriageId(self.row(decided_at)),
            dossier_id: self.id,
            criteria_set: criteria.0.to_owned(),
            answers,
            systemic_context: Some("Huishouden en netwerk zijn in beeld gebracht.".to_owned()),
            participants: taking_part.iter().map(|employer| json!(employer.id)).collect(),
            decision: self.decision().to_owned(),
            motivation: self.chance.word(&texts::MOTIVATIONS).to_owned(),
            advice: (!is_taken_up).then(|| "De regie blijft lokaal, met ondersteuning op afroep.".to_owned()),
            deviation: None,
            approved_by: None,
            decided_by: regisseur.id,
            decided_at,
        };
        self.work.rows.triages.push(row);
    }

    /// The case, and who sits at its tafel.
    pub(super) fn open_case(&mut self) {
        let (Some(regisseur), Some(state)) = (self.regisseur, self.plan.stage.case()) else { return };
        let Some(holder) = self.employer(self.plan.applicant) else { return };
        let opened_at = self.after(18);
        let closed_at = (self.plan.stage == Stage::Afgesloten).then(|| self.after(240));
        self.seat(opened_at, closed_at);
        let today = self.today();
        let soon = today + Days::new(u64::from(20 + self.chance.below(60)));
        let row = case::Model {
            id: CaseId(self.row(opened_at)),
            dossier_id: self.id,
            number: self.next_number(opened_at),
            state: state.to_owned(),
            role: self.role.to_owned(),
            regisseur_id: regisseur.id,
            ground_holder_id: holder.id,
            opened_at,
            review_on: (self.plan.stage == Stage::Monitoring).then_some(soon),
            follow_up_on: (self.plan.stage == Stage::Nazorg).then_some(soon),
            closed_at,
            closing_note: closed_at.map(|_| "Besproken met de betrokkene; de brief is verzonden.".to_owned()),
            keep_until: closed_at.map(|at| dutch_date(at + Duration::days(5 * 365 + 1))),
        };
        self.work.rows.cases.push(row);
    }

    /// What the triage decided.
    pub(super) fn decision(&self) -> &'static str {
        match (self.plan.stage, self.role) {
            (Stage::Afgewezen, _) => "ADVIES_TERUG",
            (_, "ONDERSTEUNING") => "ONDERSTEUNEN",
            _ => "OPPAKKEN_PROCESREGIE",
        }
    }

    /// The next number of a case of the house in a year.
    fn next_number(&mut self, opened_at: DateTime<Utc>) -> String {
        let year = dutch_date(opened_at).year();
        let key = (self.plan.house.code.as_str().to_owned(), year);
        let last = self.work.case_numbers.entry(key).or_default();
        *last += 1;
        format!("ZVH-{year}-{last:06}")
    }

    /// The fixed partners of the tafel, some that are invited, and the personas with a seat here.
    fn seat(&mut self, from: DateTime<Utc>, until: Option<DateTime<Utc>>) {
        let stars: Vec<_> = self.stars(Involvement::Zetel).collect();
        let seats = self.work.law.seats(&self.plan.house.code, self.plan.tafel);
        let (fixed, invited): (Vec<_>, Vec<_>) =
            seats.into_iter().partition(|(_, seat)| *seat == Seat::Fixed);
        let wanted = fixed.len().max(2) + 1 + usize::from(self.chance.once_in(2));
        let first = usize::try_from(self.chance.below(20)).unwrap_or_default();
        let invited = invited.iter().cycle().skip(first).take(invited.len()).copied().collect::<Vec<_>>();
        let kinds = fixed.iter().chain(&invited).map(|(kind, _)| *kind);
        let employers = kinds.filter_map(|kind| self.employer(kind)).filter(|employer| employer.has_signed());
        let others =
            employers.filter(|employer| stars.iter().all(|(_, star)| star.employer.id != employer.id));
        let others: Vec<_> = others.collect();
        for (spot, found) in &stars {
            self.take_seat((found.employer, found.colleague), spot.side, from, until);
        }
        let left = wanted.saturating_sub(stars.len()).max(fixed.len().min(others.len()));
        for employer in others.into_iter().take(left) {
            if let Some(colleague) = self.somebody(employer, Post::Deelnemer) {
                self.take_seat((employer, colleague), Side::Geen, from, until);
            }
        }
    }

    fn take_seat(
        &mut self,
        (employer, colleague): (&'w Employer, &'w Colleague),
        side: Side,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) {
        self.seats.push((employer, colleague));
        self.assign(Given {
            employer,
            holder: Holder::Person(colleague.id),
            involvement: Involvement::Zetel,
            side,
            from,
            until,
            reason: "seat at the tafel",
        });
    }

    fn assign_desk(
        &mut self,
        employer: &Employer,
        involvement: Involvement,
        from: DateTime<Utc>,
        reason: &'static str,
    ) {
        let Some(desk) = self.plan.house.desk_of(employer.id) else { return };
        let holder = Holder::Desk(desk.id);
        self.assign(Given { employer, holder, involvement, side: Side::Geen, from, until: None, reason });
    }

    /// What happens once partners meet: data, a plan, actions, a handover, and those who join for a part.
    pub(super) fn meet(&mut self) -> Result<(), KeyError> {
        if self.reached(Stage::InOverleg) {
            self.supply_at_tafel(Phase::F6, self.after(26), 3)?;
            self.make_plan();
        }
        if self.reached(Stage::Monitoring) {
            self.supply_at_tafel(Phase::F8, self.after(60), 1)?;
        }
        if self.reached(Stage::Afschalen) {
            self.hand_over();
        }
        if !self.plan.stage.is_closed() {
            self.join();
        }
        Ok(())
    }

    fn supply_at_tafel(&mut self, phase: Phase, at: DateTime<Utc>, lines: usize) -> Result<(), KeyError> {
        let mut seats = self.seats.clone();
        // Who treats the person has most to tell.
        seats.sort_by_key(|(employer, _)| employer.kind != PartnerKind::Ggz);
        let mut supplied = 0;
        for (employer, colleague) in seats {
            let offers = self.offers(employer, phase, Involvement::Zetel);
            let medical = offers.iter().find(|offer| offer.category == Category::D10).copied();
            let Some(offer) = medical.or_else(|| self.chance.pick(&offers).copied()) else { continue };
            if !employer.has_signed() || supplied == lines {
                continue;
            }
            supplied += 1;
            self.supply(employer, colleague, offer, Supplied { at, phase, verrijking: None })?;
        }
        Ok(())
    }

    fn make_plan(&mut self) {
        let stage = self.plan.stage;
        if stage == Stage::InOverleg && self.chance.once_in(4) {
            return;
        }
        let made_at = self.after(26);
        let id = PlanId(self.row(made_at));
        let first = usize::try_from(self.chance.below(5)).unwrap_or_default();
        let goals = texts::GOALS.iter().cycle().skip(first).take(2);
        self.work.rows.plans.push(plan::Model {
            id,
            dossier_id: self.id,
            state: if stage == Stage::InOverleg { "CONCEPT" } else { "VASTGESTELD" }.to_owned(),
            goals: goals.map(|(leefgebied, text)| json!({"text": text, "leefgebied": leefgebied})).collect(),
            agreed_with_person: !self.chance.once_in(3),
            made_at,
        });
        let owners: Vec<_> =
            self.seats.iter().copied().filter(|(owner, _)| owner.has_signed()).take(3).collect();
        for (owner, colleague) in owners {
            self.add_action(id, (owner, colleague));
        }
    }

    fn add_action(&mut self, plan_id: PlanId, (owner, colleague): (&Employer, &Colleague)) {
        let made_at = self.after(30);
        let state = match self.plan.stage {
            Stage::InOverleg => self.chance.word(&["OPEN", "BEZIG"]),
            Stage::PlanVastgesteld => "BEZIG",
            Stage::Monitoring | Stage::Afschalen => self.chance.word(&["BEZIG", "GEREED"]),
            _ => self.chance.word(&["GEREED", "GEREED", "OVERGEDRAGEN"]),
        };
        let accepted = state != "OPEN";
        let until_deadline = i64::from(10 + self.chance.below(60));
        let row = action::Model {
            id: ActionId(self.row(made_at)),
            dossier_id: self.id,
            plan_id,
            organisation_id: owner.id,
            kind: "INHOUD".to_owned(),
            text: self.chance.word(&texts::ACTIONS).to_owned(),
            deadline: if matches!(state, "OPEN" | "BEZIG") {
                self.today() + Duration::days(until_deadline)
            } else {
                dutch_date(made_at + Duration::days(until_deadline))
            },
            state: state.to_owned(),
            accepted_by: accepted.then_some(colleague.id),
            accepted_at: accepted.then(|| self.after(32)),
            needs: self.chance.word(&["", "", "D06", "D05 D06"]).to_owned(),
            result: (state == "GEREED").then(|| "Uitgevoerd en teruggekoppeld.".to_owned()),
            knelpunt: None,
        };
        self.work.rows.actions.push(row);
    }

    /// The warm handover to a local party that accepted it.
    fn hand_over(&mut self) {
        let star =
            self.stars(Involvement::Overdracht).next().map(|(_, found)| (found.employer, found.colleague));
        let of_kind = |kind| self.seats.iter().copied().find(|(employer, _)| employer.kind == kind);
        let local = of_kind(PartnerKind::GemLokaalTeam).or_else(|| of_kind(PartnerKind::GemCollege));
        let Some((employer, colleague)) = star.or(local).or_else(|| self.seats.first().copied()) else {
            return;
        };
        let (offered_at, answered_at) = (self.after(110), self.after(115));
        let until = (self.plan.stage == Stage::Afgesloten).then(|| self.after(240));
        self.assign(Given {
            employer,
            holder: Holder::Person(colleague.id),
            involvement: Involvement::Overdracht,
            side: Side::Geen,
            from: answered_at,
            until,
            reason: "accepted the handover",
        });
        let row = overdracht::Model {
            id: OverdrachtId(self.row(offered_at)),
            dossier_id: self.id,
            organisation_id: employer.id,
            professional_id: colleague.id,
            state: "AANVAARD".to_owned(),
            note: "Gezamenlijk gesprek met de betrokkene; het signaleringsplan gaat mee.".to_owned(),
            follow_up_on: dutch_date(answered_at) + Days::new(90),
            offered_at,
            answered_at: Some(answered_at),
        };
        self.work.rows.overdrachten.push(row);
    }

    /// Those who join for a part of the case, by its tafel, and the personas among them.
    fn join(&mut self) {
        let tafel = self.plan.tafel;
        let care = self.employer(PartnerKind::Ggz).map(|employer| (employer, Post::Deelnemer));
        let allocated =
            self.employer(PartnerKind::Verslavingszorg).map(|employer| (employer, Post::Deelnemer));
        let guide = self.employer(PartnerKind::ZvhBureau).map(|employer| (employer, Post::Trajectbegeleider));
        let comensha = self.employer(PartnerKind::Comensha).map(|employer| (employer, Post::Deelnemer));
        let in_monitoring = self.plan.stage == Stage::Monitoring;
        let (is_ending, is_nazorg) = (self.reached(Stage::Afschalen), self.reached(Stage::Nazorg));
        let usual = [
            (Involvement::Levensloop, care, tafel == Tafel::Lla && !is_ending),
            (Involvement::Toegewezen, allocated, tafel == Tafel::I28),
            (Involvement::Traject, guide, in_monitoring && self.chance.once_in(6)),
            (
                Involvement::Comensha,
                comensha,
                tafel == Tafel::MhRegie && !is_nazorg && self.chance.once_in(3),
            ),
        ];
        for (involvement, joining, does_join) in usual {
            let is_starred = self.stars(involvement).next().is_some();
            let Some((employer, post)) = joining.filter(|_| does_join && !is_starred) else { continue };
            if let Some(colleague) = self.somebody(employer, post) {
                self.join_as(involvement, employer, colleague);
            }
        }
        let is_starred = self.stars(Involvement::Zsm).next().is_some();
        let consults_zsm = is_starred || !is_nazorg && self.chance.once_in(3);
        if let Some(zsm) =
            self.employer(PartnerKind::Zsm).filter(|_| WITH_ZSM.contains(&tafel) && consults_zsm)
        {
            self.assign_desk(zsm, Involvement::Zsm, self.after(26), "scenario for ZSM");
        }
        for involvement in JOINING {
            let starred: Vec<_> = self.stars(involvement).collect();
            for (_, found) in starred {
                self.join_as(involvement, found.employer, found.colleague);
            }
        }
    }

    fn join_as(&mut self, involvement: Involvement, employer: &Employer, colleague: &Colleague) {
        let now = self.work.now;
        let (from, until, reason) = match involvement {
            Involvement::Gast => (now, Some(end_of_dutch_day(self.today())), GUEST),
            Involvement::Noodtoegang => (now, Some(now + break_glass::HOLDS), NIGHT),
            _ => (self.after(26), None, "joined the case"),
        };
        let holder = Holder::Person(colleague.id);
        let given = Given { employer, holder, involvement, side: Side::Geen, from, until, reason };
        let assignment = self.assign(given);
        if involvement == Involvement::Noodtoegang {
            self.enter(employer, colleague, assignment);
        }
        if involvement == Involvement::Gast {
            self.ask_secrecy(employer, colleague, assignment);
        }
    }

    /// The declaration that a guest of today is asked.
    fn ask_secrecy(&mut self, employer: &Employer, colleague: &Colleague, assignment: AssignmentId) {
        let now = self.work.now;
        let asked = entity::geheimhoudingsverklaring::Model {
            id: GeheimhoudingsverklaringId(self.row(now)),
            dossier_id: self.id,
            organisation_id: employer.id,
            professional_id: colleague.id,
            assignment_id: assignment,
            item: "De overlast in de straat en wat de gemeente daaraan kan doen.".to_owned(),
            day: self.today(),
            state: VerklaringState::Gevraagd.code().to_owned(),
            asked_at: now,
            text_version: None,
            signed_at: None,
        };
        self.work.rows.geheimhoudingsverklaringen.push(asked);
    }

    /// The use of break-glass behind an assignment.
    fn enter(&mut self, employer: &Employer, colleague: &Colleague, assignment: AssignmentId) {
        let now = self.work.now;
        let used = entity::break_glass::Model {
            id: BreakGlassId(self.row(now)),
            dossier_id: self.id,
            organisation_id: employer.id,
            professional_id: colleague.id,
            assignment_id: assignment,
            state: BreakGlassState::Open.code().to_owned(),
            reason_code: "GEVAAR_VOOR_PERSOON".to_owned(),
            reason: "Staat in de nacht op straat en is ontregeld; de regie is niet te bereiken.".to_owned(),
            opened_at: now,
            valid_until: now + break_glass::HOLDS,
            ended_at: None,
            review_by: break_glass::REVIEW.after(self.today()),
            reviewed_by: None,
            reviewed_at: None,
            motivation: None,
        };
        self.work.rows.break_glass_uses.push(used);
    }
}

/// The involvements in which a persona joins a case in person.
const JOINING: [Involvement; 10] = [
    Involvement::Gast,
    Involvement::Traject,
    Involvement::Levensloop,
    Involvement::Toegewezen,
    Involvement::Bestuur,
    Involvement::Comensha,
    Involvement::Betrokkene,
    Involvement::Fg,
    Involvement::Onderzoek,
    Involvement::Noodtoegang,
];
