//! One dossier of the demo while it is made: what its steps have in common.
//!
//! A journey goes through the steps in their order and stops where its plan says. It only makes rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use convenant::{Involvement, PartnerKind, Side, Tafel};
use entity::id::{AssignmentId, DeskId, DossierId, PersonId, ProfessionalId};
use entity::{assignment, dossier};
use uuid::Uuid;
use waarborg::clock::dutch_date;
use waarborg::keys::bsn::Bsn;
use waarborg::keys::{KeyError, Keys, PersonKey};

use super::law::Law;
use super::plans::Plan;
use super::stage::Stage;
use crate::demo::chance::Chance;
use crate::demo::houses::{Colleague, Employer, Post};
use crate::demo::personas::{Found, Spot};
use crate::demo::rows::Rows;

/// What all dossiers are made with.
pub(super) struct Work<'a> {
    pub(super) law: Law<'a>,
    pub(super) keys: &'a Keys,
    pub(super) numbers: Box<dyn Iterator<Item = Bsn> + Send>,
    pub(super) now: DateTime<Utc>,
    pub(super) rows: &'a mut Rows,
    /// The last number of a case, by house and year.
    pub(super) case_numbers: BTreeMap<(String, i32), i32>,
}

/// A dossier under way.
pub(super) struct Journey<'w, 'a> {
    pub(super) work: &'w mut Work<'a>,
    pub(super) plan: &'w Plan<'w>,
    pub(super) chance: Chance,
    pub(super) id: DossierId,
    /// The person the dossier is about.
    pub(super) person: PersonId,
    pub(super) key: PersonKey,
    pub(super) opened: DateTime<Utc>,
    pub(super) regisseur: Option<&'w Colleague>,
    /// What the house does in the case: PROCESREGIE or ONDERSTEUNING.
    pub(super) role: &'static str,
    /// Who sits at the tafel.
    pub(super) seats: Vec<(&'w Employer, &'w Colleague)>,
    changed: DateTime<Utc>,
    rows_before: usize,
}

/// Who holds an assignment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holder {
    Person(ProfessionalId),
    Desk(DeskId),
}

/// An assignment to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'e> {
    pub(super) employer: &'e Employer,
    pub(super) holder: Holder,
    pub(super) involvement: Involvement,
    pub(super) side: Side,
    pub(super) from: DateTime<Utc>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) reason: &'static str,
}

impl<'w, 'a> Journey<'w, 'a> {
    /// Begins a dossier.
    pub(super) fn begin(work: &'w mut Work<'a>, plan: &'w Plan<'w>) -> Result<Self, KeyError> {
        let mut chance = Chance::of(&format!("dossier/{}", plan.label));
        let earlier = Duration::minutes(i64::from(10 + chance.below(300)));
        let opened = work.now.checked_sub_days(Days::new(plan.age)).unwrap_or(work.now) - earlier;
        let (id, wrapped) = work.keys.fresh_person_key()?;
        let key = work.keys.unwrap_person_key(id, &wrapped)?;
        let rows_before = work.rows.count();
        work.rows.person_keys.push(entity::person_key::Model { id, wrapped: wrapped.0, made_at: opened });
        Ok(Self {
            id: DossierId(chance.id(opened)),
            person: PersonId(chance.id(opened)),
            regisseur: regisseur(plan, &mut chance),
            role: chance.word(&["PROCESREGIE", "PROCESREGIE", "PROCESREGIE", "ONDERSTEUNING"]),
            seats: Vec::new(),
            changed: opened,
            work,
            plan,
            chance,
            key,
            opened,
            rows_before,
        })
    }

    /// Goes as far as the plan says, and closes with the row of the dossier itself.
    pub(super) fn go(mut self) -> Result<(), KeyError> {
        self.submit()?;
        self.ask_brp();
        if self.reached(Stage::Bekendheidscheck) {
            self.ask_bekendheid();
        }
        if self.reached(Stage::Verrijking) {
            self.ask_verrijking()?;
        }
        if self.reached(Stage::Triage) {
            self.weigh();
        }
        if self.plan.stage.has_case() {
            self.open_case();
            self.meet()?;
        }
        self.assign_guard();
        self.finish();
        Ok(())
    }

    /// Whether the journey comes as far as a stage.
    pub(super) fn reached(&self, stage: Stage) -> bool {
        self.plan.stage.reached(stage)
    }

    /// The instant so many days after the beginning.
    pub(super) fn after(&self, days: u64) -> DateTime<Utc> {
        let at = self.opened.checked_add_days(Days::new(days)).unwrap_or(self.opened);
        at.min(self.work.now)
    }

    /// Today, in the Netherlands.
    pub(super) fn today(&self) -> NaiveDate {
        dutch_date(self.work.now)
    }

    /// An id of a row that was made at an instant; the dossier changed then.
    pub(super) fn row(&mut self, at: DateTime<Utc>) -> Uuid {
        self.changed = self.changed.max(at);
        self.chance.id(at)
    }

    /// The organisation of a kind that has to do with this dossier.
    pub(super) fn employer(&self, kind: PartnerKind) -> Option<&'w Employer> {
        self.plan.house.employer(kind, &self.plan.gemeente)
    }

    /// Somebody on a post, by chance.
    pub(super) fn somebody(&mut self, employer: &'w Employer, post: Post) -> Option<&'w Colleague> {
        self.chance.pick(&employer.on(post)).copied()
    }

    /// Somebody of the bureau on a post, by chance.
    pub(super) fn of_bureau(&mut self, post: Post) -> Option<&'w Colleague> {
        self.chance.pick(&self.plan.house.bureau(post)).copied()
    }

    /// The personas with a place here as this.
    pub(super) fn stars(
        &self,
        involvement: Involvement,
    ) -> impl Iterator<Item = (Spot, Found<'w>)> + use<'w> {
        let plan = self.plan;
        plan.stars.iter().copied().filter(move |(spot, _)| spot.involvement == involvement)
    }

    /// Makes an assignment.
    pub(super) fn assign(&mut self, given: Given<'_>) -> AssignmentId {
        let (professional_id, desk_id) = match given.holder {
            Holder::Person(person) => (Some(person), None),
            Holder::Desk(desk) => (None, Some(desk)),
        };
        let id = AssignmentId(self.row(given.from));
        let row = assignment::Model {
            id,
            dossier_id: self.id,
            organisation_id: given.employer.id,
            professional_id,
            desk_id,
            involvement: given.involvement.code().to_owned(),
            side: given.side.code().to_owned(),
            secrecy_signed_on: None,
            valid_from: given.from,
            valid_until: given.until,
            reason: given.reason.to_owned(),
            granted_by: self.regisseur.map(|regisseur| regisseur.id),
        };
        self.work.rows.assignments.push(row);
        id
    }

    fn finish(self) {
        let plan = self.plan;
        // Somewhat fewer versions than rows: a step writes several.
        let steps = (self.work.rows.count() - self.rows_before) / 3;
        let further = match plan.tafel {
            Tafel::CodeRood | Tafel::Stalking => plan.house.gemeenten.last(),
            _ => None,
        };
        let further = further.filter(|gemeente| gemeente.code != plan.gemeente);
        self.work.rows.dossiers.push(dossier::Model {
            id: self.id,
            house: plan.house.code.as_str().to_owned(),
            gemeente_code: plan.gemeente.clone(),
            further_gemeenten: further.map(|gemeente| gemeente.code.clone()).unwrap_or_default(),
            werkgebied: plan.werkgebied.map(str::to_owned),
            tafel: plan.tafel.code().to_owned(),
            phase: plan.stage.phase().code().to_owned(),
            confidentiality: plan.tafel.confidentiality().code().to_owned(),
            version: i64::try_from(steps.max(1)).unwrap_or(1),
            opened_at: self.opened,
            changed_at: self.changed,
        });
    }
}

/// The regisseur: a persona where one has the place, else whoever runs cases of this kind.
fn regisseur<'w>(plan: &'w Plan<'w>, chance: &mut Chance) -> Option<&'w Colleague> {
    let star = plan.stars.iter().find(|(spot, _)| spot.involvement == Involvement::Procesregie);
    if let Some((_, found)) = star {
        return Some(found.colleague);
    }
    let post = match plan.tafel {
        Tafel::Rad | Tafel::CterWeeg => Post::RegisseurRadicalisering,
        Tafel::MhRegie | Tafel::MhSignaal | Tafel::MhDrieluik => Post::Zorgcoordinator,
        Tafel::Reg | Tafel::RegJeugd | Tafel::IsdTerugkeer => Post::CoordinatorReintegratie,
        _ => Post::Regisseur,
    };
    let desk = plan.house.bureau_desk("REGIE", &plan.gemeente);
    let mut team = plan.house.bureau(post);
    team.retain(|colleague| desk.is_none_or(|desk| desk.members.contains(&colleague.id)));
    chance.pick(&team).copied()
}
