//! The rows of a new dossier: itself, the person, the aanmelding, who is present, the first question.

use convenant::{House, Involvement, Phase};
use entity::id::{AanmeldingId, BrpCheckId, PersonId};
use entity::{aanmelding, brp_check, dossier, person};
use sea_orm::{EntityTrait, Set};
use waarborg::clock::end_of_dutch_day;
use waarborg::write::Authorized;

use super::Submit;
use crate::features::assignment::{Grant, Holder, grant};
use crate::features::casusreis::{AanmeldingState, BrpCheckState, Task};
use crate::features::partner::{self, DeskKind};
use crate::features::person::sealed;
use crate::graphql::change::Refused;
use crate::graphql::scalar::code_of;
use crate::server::Server;

impl Submit {
    pub(super) async fn open(&self, authorized: &Authorized<'_>, house: &House) -> Result<(), Refused> {
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

    pub(super) async fn add_person(
        &self,
        authorized: &Authorized<'_>,
        server: &Server,
    ) -> Result<PersonId, Refused> {
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

    pub(super) async fn add_aanmelding(&self, authorized: &Authorized<'_>) -> Result<AanmeldingId, Refused> {
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

    /// The aanmelder in person; the intake desks; the desk of the werkgebied; the desk of the data protection officer, who
    /// guards every dossier of the house (covenant/README, involvements). A house need not keep the last: then its officers
    /// are given the log of a dossier when something in it is theirs to guard.
    pub(super) async fn assign(&self, authorized: &Authorized<'_>) -> Result<(), Refused> {
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
            (DeskKind::Fg, Involvement::Fg),
        ];
        let house = authorized.access().convenant().house(&self.house);
        let werkgebied = house.and_then(|house| house.gemeente(&self.gemeente)?.werkgebied.clone());
        for (kind, involvement) in desks {
            let desks = partner::desks(authorized.transaction(), self.house.as_str(), kind).await?;
            let own = desks.iter().find(|desk| werkgebied.is_some() && desk.werkgebied == werkgebied);
            let desk = match own.or_else(|| desks.first()) {
                Some(desk) => desk,
                None if kind == DeskKind::Fg => continue,
                None => return Err(Refused::failed("the house lacks a desk for its intake")),
            };
            let holder = Holder::Desk(desk.id);
            grant(authorized, Grant::open(desk.organisation_id, holder, involvement, "intake of the house"))
                .await?;
        }
        Ok(())
    }

    /// The question to the gemeente of the dossier, due in five working days (domain.md b.2).
    pub(super) async fn ask_brp(
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
