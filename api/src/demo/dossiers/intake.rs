//! The intake of a dossier of the demo: registration, BRP check, bekendheidscheck and verrijking.

use chrono::{DateTime, Datelike, Duration, Utc};
use convenant::{Category, Fact, Involvement, PartnerKind, Phase, Side, Tafel};
use entity::id::{AanmeldingId, BekendheidscheckId, BrpCheckId, InbrengId, PersonId, VerrijkingId};
use entity::{aanmelding, bekendheidscheck, brp_check, inbreng, person, verrijking};
use serde_json::json;
use waarborg::clock::{dutch_date, end_of_dutch_day};
use waarborg::keys::{KeyError, Place};

use super::journey::{Given, Holder, Journey};
use super::law::{Occasion, Offer};
use super::stage::Stage;
use super::texts;
use crate::demo::houses::{Colleague, Desk, Employer, Post};
use crate::demo::names::Name;
use crate::features::casusreis::Task;
use crate::features::person::sealed::is_sealed;

/// Where something was supplied.
#[derive(Debug, Clone, Copy)]
pub(super) struct Supplied {
    pub(super) at: DateTime<Utc>,
    pub(super) phase: Phase,
    pub(super) verrijking: Option<VerrijkingId>,
}

impl<'w> Journey<'w, '_> {
    /// The person, the aanmelding, and the assignments that a submission gives.
    pub(super) fn submit(&mut self) -> Result<(), KeyError> {
        let Some(employer) = self.employer(self.plan.applicant) else { return Ok(()) };
        let star = self.stars(Involvement::Aanmelder).next().map(|(_, found)| found.colleague);
        let usual = self.somebody(employer, Post::Aanmelder);
        let Some(applicant) = star.or(usual) else { return Ok(()) };
        self.add_person(employer)?;
        self.add_aanmelding(employer, applicant);
        let opened = self.opened;
        self.assign(Given {
            employer,
            holder: Holder::Person(applicant.id),
            involvement: Involvement::Aanmelder,
            side: Side::Geen,
            from: opened,
            until: None,
            reason: "submitted the aanmelding",
        });
        self.assign_bureau();
        Ok(())
    }

    fn add_person(&mut self, supplier: &Employer) -> Result<(), KeyError> {
        let name = Name::by(&mut self.chance);
        let house = self.plan.house.code.as_str();
        let number = self.work.numbers.next().filter(|_| supplier.kind.may_process_bsn());
        let place = Place { table: "person", column: "bsn", row: self.person.0, house };
        let sealed = number.as_ref().map(|bsn| self.key.seal(&place, bsn.reveal().as_bytes())).transpose()?;
        let index = number.map(|bsn| self.work.keys.blind_index("person.bsn", bsn.reveal()));
        let checked = self.reached(Stage::Verrijking);
        let of_brp = |text: String| checked.then_some(text);
        let gemeente = self.plan.house.gemeenten.iter().find(|one| one.code == self.plan.gemeente);
        let row = person::Model {
            id: PersonId(self.person.0),
            dossier_id: self.id,
            role: role(self.plan.tafel).to_owned(),
            key_id: self.key.id(),
            bsn_sealed: sealed,
            bsn_index: index,
            family_name: name.family.to_owned(),
            name_prefix: name.prefix.map(str::to_owned),
            given_names: Some(name.given.to_owned()),
            birth_date: Some(self.birth_date()),
            sex: name.sex.to_owned(),
            identity_status: if checked { "BEVESTIGD_BRP" } else { "ONBEVESTIGD" }.to_owned(),
            address: of_brp(format!("{} {}", self.chance.word(&texts::STREETS), 1 + self.chance.below(180))),
            // No Dutch postcode ends in these letters, and no number begins so.
            postcode: of_brp(format!("{} SS", 1000 + self.chance.below(9000))),
            residence: gemeente.filter(|_| checked).map(|gemeente| gemeente.name.clone()),
            brp_checked_on: checked.then(|| dutch_date(self.after(1))),
            phone: self.chance.once_in(2).then(|| format!("+3160000{:04}", self.chance.below(10_000))),
            email: None,
            supplier_id: supplier.id,
        };
        self.work.rows.persons.push(row);
        Ok(())
    }

    fn birth_date(&mut self) -> String {
        let (least, more) = match self.plan.tafel {
            Tafel::Jor | Tafel::RegJeugd => (13, 9),
            _ => (19, 50),
        };
        let year = self.work.now.year() - least - i32::try_from(self.chance.below(more)).unwrap_or_default();
        format!("{year}-{:02}-{:02}", 1 + self.chance.below(12), 1 + self.chance.below(28))
    }

    fn add_aanmelding(&mut self, employer: &Employer, applicant: &Colleague) {
        let stage = self.plan.stage;
        let decided = self.reached(Stage::Geopend) || stage == Stage::Afgewezen;
        let discussed = !self.chance.once_in(4);
        let (first, second) = (self.chance.below(8), self.chance.below(7));
        let second = (first + 1 + second) % 8;
        let concern = |place: u32, severity: u32| {
            let place = usize::try_from(place).unwrap_or_default();
            texts::CONCERNS.get(place).map(
                |(leefgebied, note)| json!({"leefgebied": leefgebied, "severity": severity, "note": note}),
            )
        };
        let concerns = [concern(first, 3), concern(second, 1 + self.chance.below(4))];
        let row = aanmelding::Model {
            id: AanmeldingId(self.row(self.opened)),
            dossier_id: self.id,
            state: stage.aanmelding().to_owned(),
            state_since: self.opened,
            applicant_id: applicant.id,
            applicant_organisation_id: employer.id,
            ground_holder_id: employer.id,
            ground: ground_of(employer.kind).to_owned(),
            purpose: self.chance.word(&texts::PURPOSES).to_owned(),
            reason: self.chance.word(&texts::REASONS).to_owned(),
            tried: self.chance.word(&texts::TRIED).to_owned(),
            concerns: concerns.into_iter().flatten().collect(),
            safety_risks: self
                .chance
                .word(&["OMGEVING", "NAASTEN OMGEVING", "ZICHZELF", "HULPVERLENERS"])
                .to_owned(),
            minors_involved: self.chance.once_in(4),
            discussed,
            not_discussed_reason: (!discussed).then(|| "VEILIGHEID".to_owned()),
            support: self.chance.word(&["PROCESREGIE", "PROCESREGIE", "ONDERSTEUNING"]).to_owned(),
            ave_level: Some(self.chance.word(&["AVE3", "AVE3", "AVE2", "AVE4"]).to_owned()),
            missing_items: (stage == Stage::AanvullingGevraagd)
                .then(|| "Beschrijf wat lokaal al is geprobeerd en met welk resultaat.".to_owned()),
            outcome: decided.then(|| self.decision().to_owned()),
            advice: decided.then(|| advice(stage).to_owned()),
            withdrawn_reason: (stage == Stage::Ingetrokken)
                .then(|| "De hulp kwam alsnog lokaal op gang.".to_owned()),
            submitted_at: self.opened,
            decided_at: decided.then(|| self.after(18)),
        };
        self.work.rows.aanmeldingen.push(row);
    }

    /// The intake desks, the desk of the werkgebied until triage, and the named regisseur from then on.
    fn assign_bureau(&mut self) {
        let Some(bureau) = self.employer(PartnerKind::ZvhBureau) else { return };
        let (house, opened) = (self.plan.house, self.opened);
        let given = |holder, involvement, reason| Given {
            employer: bureau,
            holder,
            involvement,
            side: Side::Geen,
            from: opened,
            until: None,
            reason,
        };
        let named = self.reached(Stage::Triage).then(|| self.after(14));
        let desks = [
            ("ONDERSTEUNING", Involvement::Ondersteuning, None),
            ("INFORMATIE", Involvement::Informatie, None),
            ("REGIE", Involvement::Procesregie, named),
        ];
        for (kind, involvement, until) in desks {
            let Some(desk) = house.bureau_desk(kind, &self.plan.gemeente) else { continue };
            self.assign(Given { until, ..given(Holder::Desk(desk.id), involvement, "intake of the house") });
        }
        if let (Some(from), Some(regisseur)) = (named, self.regisseur) {
            let holder = Holder::Person(regisseur.id);
            self.assign(Given {
                from,
                ..given(holder, Involvement::Procesregie, "named regisseur at triage")
            });
        }
    }

    /// The desk that guards the protection of data in the house.
    pub(super) fn assign_guard(&mut self) {
        let Some(employer) = self.employer(PartnerKind::ZvhBureau) else { return };
        let Some(desk) = self.plan.house.bureau_desk("FG", &self.plan.gemeente) else { return };
        self.assign(Given {
            employer,
            holder: Holder::Desk(desk.id),
            involvement: Involvement::Fg,
            side: Side::Geen,
            from: self.opened,
            until: None,
            reason: "intake of the house",
        });
    }

    /// The question to the gemeente; answered, waived or open.
    pub(super) fn ask_brp(&mut self) {
        let Some(employer) = self.employer(PartnerKind::GemBrp) else { return };
        let Some(desk) = self.plan.house.desk_of(employer.id) else { return };
        let is_star = self.stars(Involvement::BrpTaak).next().is_some();
        let waived = self.reached(Stage::Verrijking) && self.chance.once_in(20);
        let answered = !is_star && !waived && (self.reached(Stage::Verrijking) || self.chance.once_in(3));
        let answered_at = answered.then(|| self.after(1));
        let deadline = Task::AnswerBrpCheck.deadline(dutch_date(self.opened));
        let from = self.opened;
        self.assign(Given {
            employer,
            holder: Holder::Desk(desk.id),
            involvement: Involvement::BrpTaak,
            side: Side::Geen,
            from,
            until: Some(
                answered_at
                    .unwrap_or_else(|| if waived { self.after(2) } else { end_of_dutch_day(deadline) }),
            ),
            reason: "BRP check at submission",
        });
        let clerk = self.somebody(employer, Post::Burgerzaken);
        let row = brp_check::Model {
            id: BrpCheckId(self.row(from)),
            dossier_id: self.id,
            person_id: self.person,
            gemeente_code: self.plan.gemeente.clone(),
            desk_id: desk.id,
            state: if answered {
                "AFGEROND"
            } else if waived {
                "ZONDER"
            } else {
                "OPEN"
            }
            .to_owned(),
            result: answered.then(|| "BEVESTIGD".to_owned()),
            differences: answered.then(|| json!([])),
            deadline,
            waived_reason: waived
                .then(|| "De gemeente kan niet tijdig antwoorden; de identiteit staat vast.".to_owned()),
            answered_by: clerk.filter(|_| answered).map(|clerk| clerk.id),
            answered_at,
        };
        self.work.rows.brp_checks.push(row);
    }

    /// Three partners are asked whether they know the person.
    pub(super) fn ask_bekendheid(&mut self) {
        let Some(colleague) = self.of_bureau(Post::Informatiecoordinator) else { return };
        let starred: Vec<_> =
            self.stars(Involvement::Bekendheidscheck).map(|(_, found)| found.employer).collect();
        let usual = [PartnerKind::Politie, PartnerKind::VeiligThuis, PartnerKind::Ggz, PartnerKind::Oggz];
        let usual = usual.into_iter().filter_map(|kind| self.employer(kind)).take(3);
        let asked: Vec<&Employer> = starred.iter().copied().chain(usual).collect();
        let is_open = self.plan.stage == Stage::Bekendheidscheck;
        for (place, employer) in asked.into_iter().enumerate() {
            let Some(desk) = self.plan.house.desk_of(employer.id) else { continue };
            let is_star = starred.iter().any(|star| star.id == employer.id);
            let answered = !is_star && (!is_open || place == starred.len());
            self.add_bekendheid((employer, desk), colleague, answered);
        }
    }

    fn add_bekendheid(&mut self, (employer, desk): (&'w Employer, &Desk), by: &Colleague, answered: bool) {
        let (asked_at, answered_at) = (self.after(2), self.after(4));
        let deadline = Task::AnswerBekendheidscheck.deadline(dutch_date(asked_at));
        let hit = self.chance.once_in(2);
        let liaison = self.somebody(employer, Post::Liaison).filter(|_| answered);
        self.assign(Given {
            employer,
            holder: Holder::Desk(desk.id),
            involvement: Involvement::Bekendheidscheck,
            side: Side::Geen,
            from: asked_at,
            until: Some(if answered { answered_at } else { end_of_dutch_day(deadline) }),
            reason: "asked whether the person is known",
        });
        let row = bekendheidscheck::Model {
            id: BekendheidscheckId(self.row(asked_at)),
            dossier_id: self.id,
            person_id: self.person,
            organisation_id: employer.id,
            desk_id: desk.id,
            state: if answered { "BEANTWOORD" } else { "VERZONDEN" }.to_owned(),
            answer: answered.then(|| if hit { "HIT" } else { "NO_HIT" }.to_owned()),
            contact: liaison.filter(|_| hit).map(|liaison| liaison.name.clone()),
            asked_by: by.id,
            asked_at,
            deadline,
            answered_by: liaison.map(|liaison| liaison.id),
            answered_at: answered.then_some(answered_at),
        };
        self.work.rows.bekendheidschecks.push(row);
    }

    /// Partners are asked for what they may supply; what they answer becomes inbreng.
    pub(super) fn ask_verrijking(&mut self) -> Result<(), KeyError> {
        let Some(colleague) = self.of_bureau(Post::Informatiecoordinator) else { return Ok(()) };
        let starred: Vec<_> = self.stars(Involvement::Verrijking).map(|(_, found)| found.employer).collect();
        let others = self.partners_of_tafel().into_iter();
        let others = others.filter(|employer| starred.iter().all(|star| star.id != employer.id));
        let mut asked = Vec::new();
        for employer in starred.iter().copied().chain(others) {
            let offers = self.offers(employer, Phase::F4, Involvement::Verrijking);
            if !offers.is_empty() {
                asked.push((employer, offers));
            }
        }
        asked.truncate(starred.len() + 2 + usize::from(self.chance.once_in(3)));
        for (place, (employer, offers)) in asked.into_iter().enumerate() {
            let is_last = self.plan.stage == Stage::Verrijking && place > starred.len();
            self.add_verrijking(employer, colleague, &offers, place < starred.len() || is_last)?;
        }
        Ok(())
    }

    fn add_verrijking(
        &mut self,
        employer: &'w Employer,
        by: &Colleague,
        offers: &[Offer],
        is_open: bool,
    ) -> Result<(), KeyError> {
        let Some(desk) = self.plan.house.desk_of(employer.id) else { return Ok(()) };
        let Some(liaison) = self.somebody(employer, Post::Liaison) else { return Ok(()) };
        let (asked_at, answered_at) = (self.after(5), self.after(10));
        let deadline = Task::AnswerVerrijking.deadline(dutch_date(asked_at));
        let refused = !is_open && self.chance.once_in(10);
        let id = VerrijkingId(self.row(asked_at));
        let closed_at = (!is_open).then_some(answered_at);
        self.assign(Given {
            employer,
            holder: Holder::Desk(desk.id),
            involvement: Involvement::Verrijking,
            side: Side::Geen,
            from: asked_at,
            until: Some(closed_at.unwrap_or_else(|| end_of_dutch_day(deadline))),
            reason: "asked for information",
        });
        let codes: Vec<&str> = offers.iter().map(|offer| offer.category.code()).collect();
        self.work.rows.verrijkingen.push(verrijking::Model {
            asker_id: None,
            id,
            dossier_id: self.id,
            organisation_id: employer.id,
            desk_id: desk.id,
            state: if is_open {
                "OPEN"
            } else if refused {
                "GEWEIGERD"
            } else {
                "BEANTWOORD"
            }
            .to_owned(),
            categories: codes.join(" "),
            question: "Wat is van belang om te wegen of en hoe deze persoon wordt opgepakt?".to_owned(),
            refusal_ground: refused.then(|| "NIET_NOODZAKELIJK".to_owned()),
            asked_by: by.id,
            asked_at,
            deadline,
            answered_by: closed_at.map(|_| liaison.id),
            answered_at: closed_at,
        });
        if !is_open && !refused {
            for offer in offers.iter().take(2) {
                let supplied = Supplied { at: answered_at, phase: Phase::F4, verrijking: Some(id) };
                self.supply(employer, liaison, *offer, supplied)?;
            }
        }
        Ok(())
    }

    /// What a partner may supply here.
    pub(super) fn offers(
        &mut self,
        employer: &Employer,
        phase: Phase,
        involvement: Involvement,
    ) -> std::rc::Rc<[Offer]> {
        let occasion = Occasion { tafel: self.plan.tafel, phase, involvement, partner: employer.kind };
        self.work.law.offers(&self.plan.house.code, occasion)
    }

    /// The partners with a seat at the tafel that have signed, the fixed ones first.
    pub(super) fn partners_of_tafel(&self) -> Vec<&'w Employer> {
        let seats = self.work.law.seats(&self.plan.house.code, self.plan.tafel);
        let employers = seats.into_iter().filter_map(|(kind, _)| self.employer(kind));
        employers.filter(|employer| employer.has_signed()).collect()
    }

    /// One supplied datum, sealed where texts of its category are.
    pub(super) fn supply(
        &mut self,
        employer: &Employer,
        colleague: &Colleague,
        offer: Offer,
        supplied: Supplied,
    ) -> Result<(), KeyError> {
        let id = InbrengId(self.row(supplied.at));
        let text = texts::datum(offer.category, &mut self.chance);
        let is_sealed = is_sealed(offer.category);
        let place =
            Place { table: "inbreng", column: "content", row: id.0, house: self.plan.house.code.as_str() };
        let sealed = is_sealed.then(|| self.key.seal(&place, text.as_bytes())).transpose()?;
        let restriction = match self.chance.below(20) {
            0 => "NIET_VERDER_DELEN",
            1 => "ALLEEN_TRIAGE",
            _ => "GEEN",
        };
        let on = dutch_date(supplied.at);
        let expires = (offer.category == Category::D23).then(|| supplied.at + Duration::days(182));
        self.work.rows.inbreng.push(inbreng::Model {
            id,
            dossier_id: self.id,
            person_id: self.person,
            verrijking_id: supplied.verrijking,
            category: offer.category.code().to_owned(),
            content: (!is_sealed).then(|| text.to_owned()),
            sealed,
            organisation_id: employer.id,
            supplied_by: colleague.id,
            supplied_at: supplied.at,
            supplied_phase: supplied.phase.code().to_owned(),
            ground: offer.ground.to_owned(),
            restriction: restriction.to_owned(),
            decisions: offer.needs.into_iter().map(|fact| decision(fact, colleague, on)).collect(),
            valid_until: expires.map(dutch_date),
        });
        Ok(())
    }
}

/// The recorded decision that a datum needs.
fn decision(fact: Fact, by: &Colleague, on: chrono::NaiveDate) -> serde_json::Value {
    json!({
        "kind": fact.code().to_uppercase(),
        "by": by.name,
        "on": on,
        "motivation": "Zonder dit gegeven kan het gevaar niet worden afgewend.",
        "proportionality": "Minder delen volstaat niet; alleen wie ermee werkt, krijgt het.",
        "recipients": ["ZORG", "ZVH_BUREAU"],
    })
}

/// On which side of a case the person of a dossier stands.
fn role(tafel: Tafel) -> &'static str {
    match tafel {
        Tafel::MhRegie | Tafel::MhSignaal | Tafel::MhDrieluik => "SLACHTOFFER",
        Tafel::CodeRood | Tafel::Stalking => "PLEGER_VERDACHTE",
        _ => "HOOFDPERSOON",
    }
}

/// The advice that the aanmelder hears.
fn advice(stage: Stage) -> &'static str {
    if stage == Stage::Afgewezen {
        "De regie blijft lokaal; schakel het wijkteam in en meld opnieuw bij escalatie."
    } else {
        "U wordt uitgenodigd voor het eerste overleg."
    }
}

/// The ground on which a partner registers.
fn ground_of(kind: PartnerKind) -> &'static str {
    match kind {
        PartnerKind::Politie | PartnerKind::Avim => "G-WPG20",
        PartnerKind::Om => "G-WJSG39F",
        PartnerKind::Dji => "G-WJSG51C",
        PartnerKind::Reclassering => "G-RECL",
        PartnerKind::Ggz => "G-CVP",
        PartnerKind::Oggz => "G-WPGZ",
        PartnerKind::VeiligThuis => "G-VT",
        PartnerKind::Woningcorporatie => "G-HUUR",
        _ => "G-WMO",
    }
}
