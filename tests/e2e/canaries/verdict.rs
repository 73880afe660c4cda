//! What the covenant lets a professional see of each row, worked out from the tables and the covenant alone.
//!
//! A second reading of the rules, beside the server's: it must never use the server's access, presence or wrapper.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{
    Category, Convenant, Fact, Facts, HouseCode, Involvement, PartnerKind, Phase, Request, Side, Standing,
    Tafel, Verb,
};
use entity::id::{DeskId, DossierId, OrganisationId, PersonId, ProfessionalId};
use entity::{assignment, dossier, gemeente_contract, inbreng, signature};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::Value;
use tests::Vangnet;
use uuid::Uuid;

/// A professional as the tables know them.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// Who.
    pub(crate) professional: ProfessionalId,
    organisation: OrganisationId,
    partner: PartnerKind,
    gemeente: Option<String>,
    trained: bool,
    desks: Vec<DeskId>,
}

/// What a row is, as far as it decides who sees it.
#[derive(Debug, Clone)]
pub(crate) struct Datum {
    /// The type of the schema.
    pub(crate) kind: &'static str,
    /// The dossier.
    pub(crate) dossier: DossierId,
    /// The person it is about, where it is about one.
    pub(crate) person: Option<PersonId>,
    what: What,
}

/// What of a row decides.
#[derive(Debug, Clone)]
enum What {
    /// Nothing of its own.
    Plain,
    /// Some categories were supplied by an organisation.
    SuppliedBy(OrganisationId, &'static [Category]),
    /// It belongs to an organisation, which gives its viewers a fact, and is absent without a category.
    OfOrganisation(OrganisationId, Fact, Category),
    /// It was put to a desk, of an organisation; the bureau finds it where it sees a category.
    ForDesk(DeskId, OrganisationId, Category),
    /// It is a question for information, put to a desk; an organisation may have asked it that found it withheld.
    Question(DeskId, Option<OrganisationId>),
    /// It is one supplied datum.
    Line(Box<inbreng::Model>),
    /// It is an assignment: of whom, as what.
    Seat(OrganisationId, Involvement),
    /// It is a use of break-glass, by whom.
    Entrance(ProfessionalId),
    /// It is a declaration of secrecy, of which guest.
    Declaration(ProfessionalId),
}

/// How a row is shown to somebody: with which facts, which categories of it are their own, and its own category.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Showing {
    facts: Facts,
    own: &'static [Category],
    /// The category that the row itself names.
    pub(crate) line: Option<Category>,
}

/// What the covenant is asked: under which standings, about which category and facts.
type Question = (Vec<Standing>, Category, Facts);

/// The tables, read once.
pub(crate) struct Verdict {
    convenant: Convenant,
    now: DateTime<Utc>,
    today: NaiveDate,
    dossiers: BTreeMap<DossierId, dossier::Model>,
    assignments: HashMap<DossierId, Vec<assignment::Model>>,
    signatures: Vec<signature::Model>,
    contracts: Vec<gemeente_contract::Model>,
    needs: HashMap<(DossierId, OrganisationId), Vec<Category>>,
    persons: HashMap<DossierId, Vec<PersonId>>,
    data: BTreeMap<Uuid, Datum>,
    held: RefCell<HashMap<(ProfessionalId, DossierId), Vec<Standing>>>,
    decided: RefCell<HashMap<Question, bool>>,
}

/// Every row of a table.
async fn all<E: EntityTrait>(vangnet: &Vangnet, _: E) -> Vec<E::Model> {
    E::find().all(vangnet.owner.reader()).await.unwrap()
}

impl Verdict {
    /// Reads the tables.
    pub(crate) async fn read(vangnet: &Vangnet) -> Self {
        let convenant = Convenant::embedded().unwrap_or_else(|problems| panic!("{problems:?}"));
        let mut assignments: HashMap<DossierId, Vec<assignment::Model>> = HashMap::new();
        for one in all(vangnet, assignment::Entity).await {
            assignments.entry(one.dossier_id).or_default().push(one);
        }
        let mut needs: HashMap<_, Vec<Category>> = HashMap::new();
        for action in all(vangnet, entity::action::Entity).await {
            if ["OPEN", "BEZIG"].contains(&action.state.as_str()) {
                let codes = action.needs.split_whitespace().filter_map(|code| code.parse::<Category>().ok());
                needs.entry((action.dossier_id, action.organisation_id)).or_default().extend(codes);
            }
        }
        let mut persons: HashMap<DossierId, Vec<PersonId>> = HashMap::new();
        for person in all(vangnet, entity::person::Entity).await {
            persons.entry(person.dossier_id).or_default().push(person.id);
        }
        let dossiers = all(vangnet, dossier::Entity).await;
        Self {
            convenant,
            now: vangnet.server.clock.now(),
            today: vangnet.server.clock.today(),
            dossiers: dossiers.into_iter().map(|dossier| (dossier.id, dossier)).collect(),
            assignments,
            signatures: all(vangnet, signature::Entity).await,
            contracts: all(vangnet, gemeente_contract::Entity).await,
            needs,
            persons,
            data: data(vangnet).await,
            held: RefCell::default(),
            decided: RefCell::default(),
        }
    }

    /// The professional behind a subject.
    pub(crate) async fn viewer(&self, vangnet: &Vangnet, subject: &str) -> Viewer {
        let logins = all(vangnet, entity::login::Entity).await;
        let login = logins.into_iter().find(|login| login.subject == subject).unwrap();
        let reader = vangnet.owner.reader();
        let person = one::<entity::professional::Entity>(reader, login.professional_id).await;
        let employer = one::<entity::organisation::Entity>(reader, person.organisation_id).await;
        let members = all(vangnet, entity::desk_member::Entity).await;
        let active = |member: &entity::desk_member::Model| {
            member.professional_id == person.id
                && member.valid_from <= self.now
                && member.valid_until.is_none_or(|until| self.now < until)
        };
        Viewer {
            professional: person.id,
            organisation: employer.id,
            partner: employer.kind.parse().unwrap(),
            gemeente: employer.gemeente_code,
            trained: person.trained_on.is_some_and(|on| on <= self.today),
            desks: members.iter().filter(|member| active(member)).map(|member| member.desk_id).collect(),
        }
    }

    /// Every row, by its id.
    pub(crate) fn data(&self) -> &BTreeMap<Uuid, Datum> {
        &self.data
    }

    /// The persons of a dossier.
    pub(crate) fn persons_of(&self, dossier: DossierId) -> &[PersonId] {
        self.persons.get(&dossier).map_or(&[], Vec::as_slice)
    }

    /// Whether a professional is present at a dossier.
    pub(crate) fn is_present(&self, viewer: &Viewer, dossier: DossierId) -> bool {
        !self.standings(viewer, dossier).is_empty()
    }

    /// The standings that the assignments of a professional, or of their desks, give at a dossier.
    fn standings(&self, viewer: &Viewer, dossier: DossierId) -> Vec<Standing> {
        let Some(model) = self.dossiers.get(&dossier) else { return Vec::new() };
        let key = (viewer.professional, dossier);
        if let Some(known) = self.held.borrow().get(&key) {
            return known.clone();
        }
        let held = self.assignments.get(&dossier).into_iter().flatten().filter(|one| {
            (one.professional_id == Some(viewer.professional)
                || one.desk_id.is_some_and(|desk| viewer.desks.contains(&desk)))
                && one.valid_from <= self.now
                && one.valid_until.is_none_or(|until| self.now < until)
        });
        let standings: Vec<Standing> = held.map(|one| self.standing(viewer, model, one)).collect();
        self.held.borrow_mut().insert(key, standings.clone());
        standings
    }

    fn standing(&self, viewer: &Viewer, dossier: &dossier::Model, held: &assignment::Model) -> Standing {
        let involvement = Involvement::from_str(&held.involvement).unwrap();
        let gemeenten = dossier.further_gemeenten.split_whitespace().chain([dossier.gemeente_code.as_str()]);
        let own_gemeente = viewer.gemeente.as_deref();
        let tafel = Tafel::from_str(&dossier.tafel).unwrap();
        let task = TASKS.iter().find(|(task, ..)| *task == involvement);
        let phase = task.map_or_else(|| dossier.phase.parse().unwrap(), |(_, phase, _)| *phase);
        Standing {
            partner: viewer.partner,
            same_gemeente: !viewer.partner.is_gemeente()
                || gemeenten.into_iter().any(|code| own_gemeente == Some(code)),
            signed: self.signatures.iter().any(|signature| self.counts(signature, viewer, dossier))
                && self.has_contract(dossier, tafel),
            secrecy: held.secrecy_signed_on.is_some_and(|on| on <= self.today),
            trained: viewer.trained,
            involvement,
            side: Side::from_str(&held.side).unwrap(),
            tafel,
            phase,
        }
    }

    fn counts(&self, signature: &signature::Model, viewer: &Viewer, dossier: &dossier::Model) -> bool {
        let tafels = signature.tafels.as_deref();
        signature.organisation_id == viewer.organisation
            && signature.house == dossier.house
            && tafels.is_none_or(|codes| codes.split_whitespace().any(|code| code == dossier.tafel))
            && signature.signed_on <= self.today
            && signature.ended_on.is_none_or(|ended| self.today < ended)
    }

    /// Whether the gemeente of a dossier has the contract on which signatures for its tafel rest: of its own for a
    /// jeugdgroep (covenant/README, "signed").
    fn has_contract(&self, dossier: &dossier::Model, tafel: Tafel) -> bool {
        tafel != Tafel::Jeugdgroep
            || self.contracts.iter().any(|contract| {
                contract.kind == "JEUGDGROEP"
                    && contract.house == dossier.house
                    && contract.gemeente_code == dossier.gemeente_code
                    && contract.valid_from <= self.today
                    && contract.ended_on.is_none_or(|ended| self.today < ended)
            })
    }

    /// Whether the covenant in force shows a category of a datum with these facts: one of the standings suffices,
    /// unless a rule that holds for all of them stands against it.
    fn sees(&self, viewer: &Viewer, dossier: DossierId, category: Category, facts: Facts) -> bool {
        let standings = self.standings(viewer, dossier);
        let Some(model) = self.dossiers.get(&dossier) else { return false };
        let key = (standings, category, facts);
        if let Some(known) = self.decided.borrow().get(&key) {
            return *known;
        }
        let house = self.convenant.house(&HouseCode::new(&model.house)).unwrap();
        let engine = house.version_on(self.today).unwrap().engine();
        let asked = |standing| Request { verb: Verb::See, standing, category, facts, asked: None };
        let decisions: Vec<_> = key.0.iter().map(|one| engine.decide(&asked(*one))).collect();
        let mut forbids = decisions.iter().flat_map(|decision| &decision.forbids);
        let shown = !forbids.any(|row| engine.holds_for_all(row)) && decisions.iter().any(|one| one.allow);
        self.decided.borrow_mut().insert(key, shown);
        shown
    }

    /// How a row is shown to a professional; none where it is hidden from them.
    pub(crate) fn showing(&self, viewer: &Viewer, row: Uuid) -> Option<Showing> {
        let datum = self.data.get(&row).filter(|datum| self.is_present(viewer, datum.dossier))?;
        let sees = |category, facts| self.sees(viewer, datum.dossier, category, facts);
        let given = |holds: bool, fact| if holds { Facts::NONE.with(fact) } else { Facts::NONE };
        let plain = |facts| Showing { facts, own: &[], line: None };
        match &datum.what {
            What::Plain => Some(plain(Facts::NONE)),
            What::SuppliedBy(supplier, categories) => {
                let own = if *supplier == viewer.organisation { categories } else { &[][..] };
                Some(Showing { own, ..plain(Facts::NONE) })
            }
            What::OfOrganisation(organisation, fact, category) => {
                let facts = given(*organisation == viewer.organisation, *fact);
                sees(*category, facts).then_some(plain(facts))
            }
            What::ForDesk(desk, organisation, category) => {
                let bureau = viewer.partner == PartnerKind::ZvhBureau && sees(*category, Facts::NONE);
                let is_answer = *category == Category::D04 && *organisation == viewer.organisation;
                (viewer.desks.contains(desk) || bureau).then_some(plain(given(is_answer, Fact::Eigen)))
            }
            What::Question(desk, asker) => {
                let own = *asker == Some(viewer.organisation);
                let bureau = viewer.partner == PartnerKind::ZvhBureau && sees(Category::D39, Facts::NONE);
                let finds = own || bureau || viewer.desks.contains(desk);
                finds.then_some(plain(given(own, Fact::Eigen)))
            }
            What::Line(model) => {
                let (category, facts) = (model.category.parse().unwrap(), self.facts(viewer, model));
                sees(category, facts).then_some(Showing { line: Some(category), ..plain(facts) })
            }
            What::Seat(organisation, involvement) => {
                let task = TASKS.iter().find(|(task, ..)| task == involvement);
                let asked = task.is_none_or(|(.., category)| sees(*category, Facts::NONE));
                let others = sees(Category::D29, Facts::NONE) && asked;
                (*organisation == viewer.organisation || others).then_some(plain(Facts::NONE))
            }
            What::Declaration(guest) => {
                let facts = given(*guest == viewer.professional, Fact::Eigen);
                let standings = self.standings(viewer, datum.dossier);
                let is = |involvement| standings.iter().any(|one| one.involvement == involvement);
                let keeps = is(Involvement::Procesregie) && sees(Category::D29, facts);
                let guards = is(Involvement::Fg) && sees(Category::D35, facts);
                let line = match (*guest == viewer.professional || keeps, guards) {
                    (true, _) => Category::D29,
                    (false, true) => Category::D35,
                    (false, false) => return None,
                };
                Some(Showing { line: Some(line), ..plain(facts) })
            }
            What::Entrance(by) => {
                let facts = given(*by == viewer.professional, Fact::Eigen);
                let keeps = self.standings(viewer, datum.dossier);
                let keeps = keeps.iter().any(|one| one.involvement == Involvement::Procesregie);
                let line = match (sees(Category::D35, facts), keeps && sees(Category::D29, facts)) {
                    (true, _) => Category::D35,
                    (false, true) => Category::D29,
                    (false, false) => return None,
                };
                Some(Showing { line: Some(line), ..plain(facts) })
            }
        }
    }

    /// Whether a category of a row is shown to a professional; without a category, the one that the row names.
    pub(crate) fn shows(&self, viewer: &Viewer, row: Uuid, leaf: Option<Category>) -> bool {
        let Some(showing) = self.showing(viewer, row) else { return false };
        let Some(category) = leaf.or(showing.line) else { return false };
        let own = showing.own.contains(&category);
        let facts = if own { showing.facts.with(Fact::Eigen) } else { showing.facts };
        self.sees(viewer, self.data[&row].dossier, category, facts)
    }

    /// The facts of a supplied datum (covenant/README, "Facts of a datum").
    fn facts(&self, viewer: &Viewer, datum: &inbreng::Model) -> Facts {
        let decisions = datum.decisions.as_array().cloned().unwrap_or_default();
        let recorded = |kind: &str| decisions.iter().any(|decision| decision["kind"] == kind);
        let names_viewer = |decision: &Value| {
            let words = [viewer.partner.code(), viewer.partner.domain().code()];
            let mut recipients = decision["recipients"].as_array().into_iter().flatten();
            (decision["kind"] == "DOORBREKING" || decision["kind"] == "TOESTEMMING")
                && recipients.any(|word| words.iter().any(|known| word == known))
        };
        let needed = self.needs.get(&(datum.dossier_id, viewer.organisation));
        let category: Category = datum.category.parse().unwrap();
        let facts = [
            (Fact::Eigen, datum.organisation_id == viewer.organisation),
            (Fact::Ontvanger, decisions.iter().any(names_viewer)),
            (Fact::Toestemming, recorded("TOESTEMMING")),
            (Fact::OmAkkoord, recorded("OM_AKKOORD")),
            (Fact::Doorbreking, recorded("DOORBREKING")),
            (Fact::Noodzaak, recorded("NOODZAAK")),
            (Fact::EigenActie, needed.is_some_and(|needed| needed.contains(&category))),
            (Fact::NieuwSignaal, ["F7", "F8", "F9"].contains(&datum.supplied_phase.as_str())),
            (Fact::NietVerderDelen, datum.restriction == "NIET_VERDER_DELEN"),
            (Fact::AlleenTriage, datum.restriction == "ALLEEN_TRIAGE"),
            (Fact::Verlopen, datum.valid_until.is_some_and(|until| until <= self.today)),
        ];
        facts.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact).collect()
    }
}

/// The tasks: each in its own phase, and the category under which it is shown that somebody was asked.
const TASKS: [(Involvement, Phase, Category); 3] = [
    (Involvement::Bekendheidscheck, Phase::F2, Category::D04),
    (Involvement::BrpTaak, Phase::F3, Category::D02),
    (Involvement::Verrijking, Phase::F4, Category::D39),
];

async fn one<E>(
    reader: &impl ConnectionTrait,
    id: impl Into<<E::PrimaryKey as sea_orm::PrimaryKeyTrait>::ValueType> + Send,
) -> E::Model
where
    E: EntityTrait,
{
    E::find_by_id(id).one(reader).await.unwrap().unwrap()
}

/// Collects the rows of tables, each with what decides about it.
macro_rules! gather {
    ($vangnet:ident, $($table:ident as $kind:literal, $person:expr, $what:expr;)*) => {{
        let mut data = BTreeMap::new();
        $(for row in all($vangnet, entity::$table::Entity).await {
            let (person, what) = (($person)(&row), ($what)(&row));
            let dossier = entity::OfDossier::dossier_id(&row);
            data.insert(entity::OfDossier::row_id(&row), Datum { kind: $kind, dossier, person, what });
        })*
        data
    }};
}

async fn data(vangnet: &Vangnet) -> BTreeMap<Uuid, Datum> {
    use entity::{
        action, afwijking, bekendheidscheck, break_glass, brp_check, geheimhoudingsverklaring, overdracht,
        person, verrijking,
    };
    const WITH_PERSON: &[Category] = &[Category::D01N, Category::D01B, Category::D03];
    gather! { vangnet,
        dossier as "Dossier", |_| None, |_| What::Plain;
        person as "Person", |row: &person::Model| Some(row.id),
            |row: &person::Model| What::SuppliedBy(row.supplier_id, WITH_PERSON);
        aanmelding as "Aanmelding", |_| None, |row: &entity::aanmelding::Model| {
            What::SuppliedBy(row.applicant_organisation_id, &[Category::D05])
        };
        brp_check as "BrpCheck", |row: &brp_check::Model| Some(row.person_id),
            |row: &brp_check::Model| What::ForDesk(row.desk_id, OrganisationId(Uuid::nil()), Category::D02);
        bekendheidscheck as "Bekendheidscheck", |row: &bekendheidscheck::Model| Some(row.person_id),
            |row: &bekendheidscheck::Model| What::ForDesk(row.desk_id, row.organisation_id, Category::D04);
        verrijking as "Verrijking", |_| None,
            |row: &verrijking::Model| What::Question(row.desk_id, row.asker_id);
        inbreng as "Inbreng", |row: &inbreng::Model| Some(row.person_id),
            |row: &inbreng::Model| What::Line(Box::new(row.clone()));
        triage as "Triage", |_| None, |_| What::Plain;
        afwijking as "Afwijking", |_| None,
            |row: &afwijking::Model| What::OfOrganisation(row.organisation_id, Fact::Eigen, Category::D33);
        case as "Case", |_| None, |_| What::Plain;
        assignment as "Participant", |_| None, |row: &assignment::Model| {
            What::Seat(row.organisation_id, row.involvement.parse().unwrap())
        };
        plan as "Plan", |_| None, |_| What::Plain;
        action as "Action", |_| None,
            |row: &action::Model| What::OfOrganisation(row.organisation_id, Fact::EigenActie, Category::D28);
        overdracht as "Overdracht", |_| None,
            |row: &overdracht::Model| What::OfOrganisation(row.organisation_id, Fact::EigenActie, Category::D28);
        break_glass as "BreakGlass", |_| None, |row: &break_glass::Model| What::Entrance(row.professional_id);
        geheimhoudingsverklaring as "Geheimhoudingsverklaring", |_| None,
            |row: &geheimhoudingsverklaring::Model| What::Declaration(row.professional_id);
    }
}
