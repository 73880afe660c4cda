//! Submitting: the one act that opens a dossier.

use async_graphql::{ID, InputObject};
use convenant::{
    Category, Facts, House, HouseCode, Involvement, Phase, RegistrationRefusal, Request, Side, Standing,
    Tafel, Verb,
};
use entity::id::{AanmeldingId, BrpCheckId, DossierId, OrganisationId, PersonId};
use entity::{aanmelding, brp_check, dossier, person};
use sea_orm::{EntityTrait, Set};
use waarborg::access::{Access, Denial};
use waarborg::clock::end_of_dutch_day;
use waarborg::disclosure::Leaf;
use waarborg::keys::bsn;
use waarborg::write::{Authorized, DossierChange, Write};

use super::{AveLevel, Concern, ConcernInput, NotDiscussedReason, SafetyRisk, Support};
use crate::features::assignment::{Grant, Holder, grant};
use crate::features::casusreis::{AanmeldingState, BrpCheckState, Guard, Task};
use crate::features::partner::{self, DeskKind};
use crate::features::person::sealed;
use crate::features::step::event;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::NodeKind;
use crate::graphql::scalar::{Bsn, Line, PartialDate, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::server::Server;

/// Sex as registered.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sex {
    /// Male.
    Man,
    /// Female.
    Vrouw,
    /// Neither.
    Anders,
    /// Not known.
    Onbekend,
}

/// The person who is registered.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PersonInput {
    /// Burgerservicenummer, when your organisation may process it.
    bsn: Option<Bsn>,
    /// Surname.
    family_name: Line,
    /// What stands before the surname.
    name_prefix: Option<Line>,
    /// Given names.
    given_names: Option<Line>,
    /// Date of birth, possibly partial. Without a BSN it is needed for the BRP check.
    birth_date: Option<PartialDate>,
    /// Sex.
    sex: Sex,
    /// Telephone number.
    phone: Option<Line>,
    /// E-mail address.
    email: Option<Line>,
}

change_input! {
    /// An aanmelding. Acute danger is not for here: call 112 or the crisis service.
    opening SubmitAanmeldingInput {
        /// The house: TWENTE, MARKIEZATEN, DRENTHE.
        house: Line,
        /// The gemeente of the person, by its CBS code.
        gemeente: Line,
        /// The tafel that you propose.
        tafel: Line,
        /// The organisation on whose ground the case hangs; usually your own.
        ground_holder_id: ID,
        /// The ground, a code of the covenant's grounds.
        ground: Line,
        /// What you want to reach.
        purpose: Text,
        /// Why you register this person.
        reason: Text,
        /// What has been tried already.
        tried: Text,
        /// Concerns by area of life, each area once.
        concerns: Vec<ConcernInput>,
        /// For whom there is a safety risk.
        safety_risks: Vec<SafetyRisk>,
        /// Whether minors are involved.
        minors_involved: bool,
        /// Whether you discussed this with the person.
        discussed: bool,
        /// Why not; needed when you did not.
        not_discussed_reason: Option<NotDiscussedReason>,
        /// What you ask of the house.
        support: Support,
        /// AVE level, where the model is used.
        ave_level: Option<AveLevel>,
        /// The person.
        person: PersonInput,
    }
}

/// An aanmelding whose texts were checked.
pub(super) struct Submit {
    house: HouseCode,
    gemeente: String,
    tafel: Tafel,
    ground_holder: OrganisationId,
    ground: String,
    purpose: String,
    reason: String,
    tried: String,
    concerns: Vec<Concern>,
    safety_risks: Vec<SafetyRisk>,
    minors_involved: bool,
    discussed: bool,
    not_discussed_reason: Option<NotDiscussedReason>,
    support: Support,
    ave_level: Option<AveLevel>,
    person: PersonRead,
}

struct PersonRead {
    bsn: Option<bsn::Bsn>,
    family_name: String,
    name_prefix: Option<String>,
    given_names: Option<String>,
    birth_date: Option<String>,
    sex: Sex,
    phone: Option<String>,
    email: Option<String>,
}

fn read_person(input: &PersonInput, checks: &mut Checks) -> Option<PersonRead> {
    let bsn = input.bsn.as_ref().map(|number| checks.bsn("bsn", number));
    let birth_date = input.birth_date.as_ref().map(|date| checks.birth_date("birthDate", date));
    let family_name = checks.line("familyName", &input.family_name);
    let name_prefix = checks.optional_line("namePrefix", input.name_prefix.as_ref());
    let given_names = checks.optional_line("givenNames", input.given_names.as_ref());
    let phone = checks.optional_line("phone", input.phone.as_ref());
    let email = checks.optional_line("email", input.email.as_ref());
    if input.bsn.is_none() && input.birth_date.is_none() {
        checks.note("birthDate", Finding::Missing);
    }
    Some(PersonRead {
        bsn: bsn.map_or(Some(None), |bsn| bsn.map(Some))?,
        birth_date: birth_date.map_or(Some(None), |date| date.map(Some))?,
        family_name: family_name?,
        name_prefix: name_prefix?,
        given_names: given_names?,
        sex: input.sex,
        phone: phone?,
        email: email?,
    })
}

fn read_concerns(inputs: &[ConcernInput], checks: &mut Checks) -> Option<Vec<Concern>> {
    if inputs.is_empty() || inputs.len() > 13 {
        checks.note("concerns", Finding::Amount);
        return None;
    }
    let read = |(place, input): (usize, &ConcernInput), checks: &mut Checks| {
        checks.within(place, |checks| {
            let note = checks.optional_text("note", input.note.as_ref());
            let repeated = inputs[..place].iter().any(|earlier| earlier.leefgebied == input.leefgebied);
            if repeated || !(0..=4).contains(&input.severity) {
                checks.note(if repeated { "leefgebied" } else { "severity" }, Finding::Amount);
                return None;
            }
            Some(Concern { leefgebied: input.leefgebied, severity: input.severity, note: note? })
        })
    };
    let concerns: Vec<Option<Concern>> = checks
        .within("concerns", |checks| inputs.iter().enumerate().map(|input| read(input, checks)).collect());
    concerns.into_iter().collect()
}

impl Change for Submit {
    const NAME: &'static str = "submitAanmelding";
    type Input = SubmitAanmeldingInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        match (input.discussed, input.not_discussed_reason) {
            (false, None) => checks.note("notDiscussedReason", Finding::Missing),
            (true, Some(_)) => checks.note("notDiscussedReason", Finding::Superfluous),
            _ => {}
        }
        if input.safety_risks.len() > 4 {
            checks.note("safetyRisks", Finding::Amount);
        }
        let tafel = checks.line("tafel", &input.tafel);
        let known = tafel.and_then(|code| code.parse().ok());
        if known.is_none() {
            checks.note("tafel", Finding::NotOfHouse);
        }
        let ground_holder = partner::read_partner_id(&input.ground_holder_id);
        if ground_holder.is_none() {
            checks.note("groundHolderId", Finding::NotFound);
        }
        let house = checks.line("house", &input.house);
        let gemeente = checks.line("gemeente", &input.gemeente);
        let ground = checks.line("ground", &input.ground);
        let purpose = checks.text("purpose", &input.purpose);
        let reason = checks.text("reason", &input.reason);
        let tried = checks.text("tried", &input.tried);
        let concerns = read_concerns(&input.concerns, checks);
        let person = checks.within("person", |checks| read_person(&input.person, checks));
        Some(Self {
            house: HouseCode::new(house?),
            gemeente: gemeente?,
            tafel: known?,
            ground_holder: ground_holder?,
            ground: ground?,
            purpose: purpose?,
            reason: reason?,
            tried: tried?,
            concerns: concerns?,
            safety_risks: input.safety_risks.clone(),
            minors_involved: input.minors_involved,
            discussed: input.discussed,
            not_discussed_reason: input.not_discussed_reason,
            support: input.support,
            ave_level: input.ave_level,
            person: person?,
        })
    }

    fn dossier(&self) -> Option<DossierId> {
        None
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<Effect, Refused> {
        let access = write.access();
        let convenant = access.convenant();
        let house = convenant.house(&self.house).ok_or_else(|| refused("house", Finding::NotOfHouse))?;
        self.check_ground(write, house).await?;
        let authorized = write.authorize_opening(|access| self.may_open(access, house))?;
        self.open(&authorized, house).await?;
        let person = self.add_person(&authorized, server).await?;
        let aanmelding = self.add_aanmelding(&authorized).await?;
        self.assign(&authorized).await?;
        let mut events = vec![event("AANMELDING_STATE", Leaf::Open, (NodeKind::Aanmelding, aanmelding.0))];
        if let Some(check) = self.ask_brp(&authorized, person).await? {
            events.push(event("BRP_CHECK_ASKED", Leaf::Open, (NodeKind::BrpCheck, check.0)));
        }
        Ok(Effect {
            dossier: authorized.dossier(),
            change: DossierChange::default(),
            events,
            shows: vec![("aanmelding", aanmelding.0), ("person", person.0)],
        })
    }
}

fn refused(field: &str, finding: Finding) -> Refused {
    Refused::Input(finding, vec![field.to_owned()])
}

impl Submit {
    async fn check_ground(&self, write: &Write, house: &House) -> Result<(), Refused> {
        let today = write.access().today();
        let ground = house.version_on(today).and_then(|version| version.ground(&self.ground));
        if !ground.is_some_and(|ground| ground.in_force_on(today)) {
            return Err(refused("ground", Finding::Ground));
        }
        let holder = partner::find(&write.reading(), self.ground_holder).await?;
        holder.map(|_| ()).ok_or_else(|| refused("groundHolderId", Finding::NotFound))
    }

    /// The organisation has signed, the house takes the registration, and the covenant lets the aanmelder
    /// supply what is given with it.
    fn may_open(&self, access: &Access, house: &House) -> Result<(), Refused> {
        let principal = access.principal();
        let today = access.today();
        let registered = house.may_register(principal.partner, &self.gemeente, self.tafel, today);
        registered.map_err(|refusal| registration(&refusal))?;
        let standing = Standing {
            partner: principal.partner,
            same_gemeente: principal.shares_gemeente(&self.gemeente, ""),
            signed: principal.has_signed(&self.house, self.tafel, today),
            secrecy: false,
            trained: principal.trained,
            involvement: Involvement::Aanmelder,
            side: Side::Geen,
            tafel: self.tafel,
            phase: Phase::F1,
        };
        let contact = self.person.phone.is_some() || self.person.email.is_some();
        let supplied = [
            (Category::D01N, true),
            (Category::D05, true),
            (Category::D01B, self.person.bsn.is_some()),
            (Category::D03, contact),
        ];
        let Some(version) = house.version_on(today) else { return Err(Guard::ConvenantInForce.refused()) };
        for (category, _) in supplied.into_iter().filter(|(_, given)| *given) {
            let request = Request { verb: Verb::Supply, standing, category, facts: Facts::NONE, asked: None };
            let decision = version.engine().decide(&request);
            if let Some(reason) = decision.reason.filter(|_| !decision.allow) {
                let path =
                    if category == Category::D01B { vec!["person".into(), "bsn".into()] } else { Vec::new() };
                return Err(Refused::Covenant(Denial { reason, forbids: decision.forbids }, path));
            }
        }
        Ok(())
    }

    async fn open(&self, authorized: &Authorized<'_>, house: &House) -> Result<(), Refused> {
        let werkgebied = house.gemeente(&self.gemeente).and_then(|gemeente| gemeente.werkgebied.clone());
        let row = dossier::ActiveModel {
            id: Set(authorized.dossier()),
            house: Set(self.house.as_str().to_owned()),
            gemeente_code: Set(self.gemeente.clone()),
            further_gemeenten: Set(String::new()),
            werkgebied: Set(werkgebied),
            tafel: Set(self.tafel.code().to_owned()),
            phase: Set(Phase::F1.code().to_owned()),
            confidentiality: Set(self.tafel.confidentiality().code().to_owned()),
            version: Set(1),
            opened_at: Set(authorized.now()),
            changed_at: Set(authorized.now()),
        };
        dossier::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(())
    }

    async fn add_person(&self, authorized: &Authorized<'_>, server: &Server) -> Result<PersonId, Refused> {
        let id = PersonId::fresh();
        let key = sealed::make_key(server, authorized).await?;
        let bsn = self.person.bsn.as_ref();
        let seal = |bsn| sealed::seal_bsn(&key, id.0, self.house.as_str(), bsn);
        let row = person::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            role: Set("HOOFDPERSOON".to_owned()),
            key_id: Set(key.id()),
            bsn_sealed: Set(bsn.map(seal).transpose()?),
            bsn_index: Set(bsn.map(|bsn| sealed::bsn_index(server, bsn))),
            family_name: Set(self.person.family_name.clone()),
            name_prefix: Set(self.person.name_prefix.clone()),
            given_names: Set(self.person.given_names.clone()),
            birth_date: Set(self.person.birth_date.clone()),
            sex: Set(code_of(self.person.sex)),
            identity_status: Set("ONBEVESTIGD".to_owned()),
            address: Set(None),
            postcode: Set(None),
            residence: Set(None),
            brp_checked_on: Set(None),
            phone: Set(self.person.phone.clone()),
            email: Set(self.person.email.clone()),
            supplier_id: Set(authorized.access().principal().organisation),
        };
        person::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }

    async fn add_aanmelding(&self, authorized: &Authorized<'_>) -> Result<AanmeldingId, Refused> {
        let id = AanmeldingId::fresh();
        let principal = authorized.access().principal();
        let concerns = serde_json::to_value(&self.concerns)?;
        let row = aanmelding::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            state: Set(AanmeldingState::Ingediend.code().to_owned()),
            state_since: Set(authorized.now()),
            applicant_id: Set(principal.professional),
            applicant_organisation_id: Set(principal.organisation),
            ground_holder_id: Set(self.ground_holder),
            ground: Set(self.ground.clone()),
            purpose: Set(self.purpose.clone()),
            reason: Set(self.reason.clone()),
            tried: Set(self.tried.clone()),
            concerns: Set(concerns),
            safety_risks: Set(self
                .safety_risks
                .iter()
                .map(|risk| code_of(*risk))
                .collect::<Vec<_>>()
                .join(" ")),
            minors_involved: Set(self.minors_involved),
            discussed: Set(self.discussed),
            not_discussed_reason: Set(self.not_discussed_reason.map(code_of)),
            support: Set(code_of(self.support)),
            ave_level: Set(self.ave_level.map(code_of)),
            missing_items: Set(None),
            outcome: Set(None),
            advice: Set(None),
            withdrawn_reason: Set(None),
            submitted_at: Set(authorized.now()),
            decided_at: Set(None),
        };
        aanmelding::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }

    /// The aanmelder in person; the intake desks; the desk of the werkgebied (covenant/README, involvements).
    async fn assign(&self, authorized: &Authorized<'_>) -> Result<(), Refused> {
        let principal = authorized.access().principal();
        let aanmelder = Holder::Professional(principal.professional);
        let own = Grant::open(
            principal.organisation,
            aanmelder,
            Involvement::Aanmelder,
            "submitted the aanmelding",
        );
        grant(authorized, own).await?;
        let desks = [
            (DeskKind::Ondersteuning, Involvement::Ondersteuning),
            (DeskKind::Informatie, Involvement::Informatie),
            (DeskKind::Regie, Involvement::Procesregie),
        ];
        let house = authorized.access().convenant().house(&self.house);
        let werkgebied = house.and_then(|house| house.gemeente(&self.gemeente)?.werkgebied.clone());
        for (kind, involvement) in desks {
            let desks = partner::desks(authorized.transaction(), self.house.as_str(), kind).await?;
            let own = desks.iter().find(|desk| werkgebied.is_some() && desk.werkgebied == werkgebied);
            let Some(desk) = own.or_else(|| desks.first()) else {
                return Err(Refused::failed("the house lacks a desk for its intake"));
            };
            let holder = Holder::Desk(desk.id);
            grant(authorized, Grant::open(desk.organisation_id, holder, involvement, "intake of the house"))
                .await?;
        }
        Ok(())
    }

    /// The question to the gemeente of the dossier, due in five working days (domain.md b.2).
    async fn ask_brp(
        &self,
        authorized: &Authorized<'_>,
        person: PersonId,
    ) -> Result<Option<BrpCheckId>, Refused> {
        let desk = partner::brp_desk(authorized.transaction(), self.house.as_str(), &self.gemeente).await?;
        let Some(desk) = desk else { return Ok(None) };
        let deadline = Task::AnswerBrpCheck.deadline(authorized.access().today());
        let holder = Holder::Desk(desk.id);
        let task = Grant {
            until: Some(end_of_dutch_day(deadline)),
            ..Grant::open(desk.organisation_id, holder, Involvement::BrpTaak, "BRP check at submission")
        };
        grant(authorized, task).await?;
        let id = BrpCheckId::fresh();
        let row = brp_check::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            person_id: Set(person),
            gemeente_code: Set(self.gemeente.clone()),
            desk_id: Set(desk.id),
            state: Set(BrpCheckState::Open.code().to_owned()),
            result: Set(None),
            differences: Set(None),
            deadline: Set(deadline),
            waived_reason: Set(None),
            answered_by: Set(None),
            answered_at: Set(None),
        };
        brp_check::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(Some(id))
    }
}

/// Whether an aanmelding may move to another tafel of its house: one for which it could have been registered.
pub(crate) async fn may_move(
    write: &Write,
    aanmelding: &aanmelding::Model,
    tafel: Tafel,
) -> Result<(), Refused> {
    let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
    let house = presence.house().ok_or_else(|| Guard::ConvenantInForce.refused())?;
    let applicant = partner::find(&write.reading(), aanmelding.applicant_organisation_id).await?;
    let applicant = applicant.ok_or_else(|| Refused::failed("the organisation of the aanmelder"))?;
    let gemeente = &presence.dossier().gemeente_code;
    let registered = house.may_register(applicant.partner, gemeente, tafel, write.access().today());
    registered.map_err(|refusal| registration(&refusal))
}

fn registration(refusal: &RegistrationRefusal) -> Refused {
    match refusal {
        RegistrationRefusal::GemeenteUnknown => refused("gemeente", Finding::NotOfHouse),
        RegistrationRefusal::TafelUnknown => refused("tafel", Finding::NotOfHouse),
        RegistrationRefusal::Partner { .. } => Guard::RegistrationOfPartner.refused(),
        RegistrationRefusal::Gemeente { .. } => Guard::RegistrationOfGemeente.refused(),
    }
}
