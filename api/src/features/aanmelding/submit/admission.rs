//! Who may register whom, where: the house's rules, the ground, and what the covenant lets the aanmelder supply.

use convenant::{
    Category, ContractKind, Facts, House, Involvement, PartnerKind, Phase, RegistrationRefusal, Request,
    Side, Standing, Tafel, Verb,
};
use entity::aanmelding;
use waarborg::access::{Access, Denial};
use waarborg::write::Write;

use super::{Submit, refused};
use crate::features::casusreis::Guard;
use crate::features::partner;
use crate::graphql::change::Refused;
use crate::graphql::user_error::Finding;

impl Submit {
    /// The ground is one of the house, in force today; whose it is, is known.
    pub(super) async fn check_ground(&self, write: &Write, house: &House) -> Result<(), Refused> {
        let today = write.access().today();
        let version = house.version_on(today).ok_or_else(|| Guard::ConvenantInForce.refused())?;
        if !version.ground(&self.ground).is_some_and(|ground| ground.in_force_on(today)) {
            return Err(refused("ground", Finding::Ground));
        }
        let holder = partner::find(&write.reading(), self.ground_holder).await?;
        holder.map(|_| ()).ok_or_else(|| refused("groundHolderId", Finding::NotFound))
    }

    /// The organisation has signed, the house takes the registration, and the covenant lets the aanmelder
    /// supply what is given with it.
    pub(super) fn may_open(&self, access: &Access, house: &House) -> Result<(), Refused> {
        let principal = access.principal();
        let today = access.today();
        let Some(version) = house.version_on(today) else { return Err(Guard::ConvenantInForce.refused()) };
        may_register(access, house, principal.partner, &self.gemeente, self.tafel)?;
        let standing = Standing {
            partner: principal.partner,
            same_gemeente: principal.shares_gemeente(&self.gemeente, ""),
            signed: principal.has_signed(&self.house, self.tafel, today)
                && principal.knows_contract_of_tafel(&self.house, &self.gemeente, self.tafel, today),
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
}

/// Whether an aanmelding may move to another tafel of its house: one for which it could have been registered.
pub(crate) async fn may_move(
    write: &Write,
    aanmelding: &aanmelding::Model,
    tafel: Tafel,
) -> Result<(), Refused> {
    let presence = write.presence().ok_or_else(|| Refused::not_found("id"))?;
    let house = presence.house().filter(|_| presence.version().is_some());
    let house = house.ok_or_else(|| Guard::ConvenantInForce.refused())?;
    let applicant = partner::find(&write.reading(), aanmelding.applicant_organisation_id).await?;
    let applicant = applicant.ok_or_else(|| Refused::failed("the organisation of the aanmelder"))?;
    let gemeente = &presence.dossier().gemeente_code;
    may_register(write.access(), house, applicant.partner, gemeente, tafel)
}

/// The house takes the registration. Where it works for some gemeenten by contract, that of this gemeente is in force.
fn may_register(
    access: &Access,
    house: &House,
    applicant: PartnerKind,
    gemeente: &str,
    tafel: Tafel,
) -> Result<(), Refused> {
    let (today, kind) = (access.today(), ContractKind::Nazorg);
    let registered = house.may_register(applicant, gemeente, tafel, today);
    registered.map_err(|refusal| registration(&refusal))?;
    let has_contract = || access.principal().knows_contract(house.code(), gemeente, kind, today);
    if !house.works_by_contract(tafel, today) || has_contract() {
        Ok(())
    } else {
        Err(Guard::ContractOfGemeente.refused())
    }
}

fn registration(refusal: &RegistrationRefusal) -> Refused {
    match refusal {
        RegistrationRefusal::GemeenteUnknown => refused("gemeente", Finding::NotOfHouse),
        RegistrationRefusal::TafelUnknown => refused("tafel", Finding::NotOfHouse),
        RegistrationRefusal::Partner { .. } => Guard::RegistrationOfPartner.refused(),
        RegistrationRefusal::Gemeente { .. } => Guard::RegistrationOfGemeente.refused(),
    }
}
