//! The people of the demo that a visitor can be: at least one for every involvement of the covenant.
//!
//! Data only. Each has a place in a dossier that fits the involvement; the loader sees to it that it exists.

use convenant::{Involvement, PartnerKind, Side, Tafel};

use super::dossiers::stage::Stage;
use super::houses::{Cast, Colleague, Employer, HouseCast, Post};
use crate::authn::demo;

/// A place for a persona: a dossier at a tafel, at a stage, in a gemeente when that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) involvement: Involvement,
    pub(super) tafel: Tafel,
    pub(super) stage: Stage,
    pub(super) side: Side,
}

/// Somebody that a visitor can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Persona {
    /// What the tokens call this person.
    pub(super) subject: &'static str,
    pub(super) house: &'static str,
    pub(super) partner: PartnerKind,
    /// CBS code, for a part of a gemeente.
    pub(super) gemeente: &'static str,
    pub(super) post: Post,
    /// The place; none for who has no part in any dossier.
    pub(super) spot: Option<Spot>,
    pub(super) description: &'static str,
}

/// A persona found in the cast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) persona: &'static Persona,
    pub(super) house: &'a HouseCast,
    pub(super) employer: &'a Employer,
    pub(super) colleague: &'a Colleague,
}

const fn at(involvement: Involvement, tafel: Tafel, stage: Stage) -> Spot {
    Spot { involvement, tafel, stage, side: Side::Geen }
}

const fn beside(side: Side, tafel: Tafel, stage: Stage) -> Spot {
    Spot { involvement: Involvement::Zetel, tafel, stage, side }
}

/// A persona, from the fields in their order.
const fn persona(
    subject: &'static str,
    house: &'static str,
    (partner, gemeente, post): (PartnerKind, &'static str, Post),
    spot: Spot,
    description: &'static str,
) -> Persona {
    Persona { subject, house, partner, gemeente, post, spot: Some(spot), description }
}

/// A persona who has no part in any dossier.
const fn outside(
    subject: &'static str,
    house: &'static str,
    (partner, post): (PartnerKind, Post),
    description: &'static str,
) -> Persona {
    Persona { subject, house, partner, gemeente: "", post, spot: None, description }
}

use Involvement as I;
use PartnerKind as K;
use Stage as S;
use Tafel as T;

const TWENTE: &str = "TWENTE";
const MARKIEZATEN: &str = "MARKIEZATEN";
const DRENTHE: &str = "DRENTHE";

/// Everybody.
#[rustfmt::skip]
pub(super) static PERSONAS: [Persona; 43] = [
    // The bureau of Twente.
    persona("ondersteuning-twente", TWENTE, (K::ZvhBureau, "", Post::Ondersteuner), at(I::Ondersteuning, T::Topx, S::Ingediend),
        "Neemt aanmeldingen in behandeling en controleert of ze compleet zijn."),
    persona("informatie-twente", TWENTE, (K::ZvhBureau, "", Post::Informatiecoordinator), at(I::Informatie, T::Topx, S::Bekendheidscheck),
        "Vraagt partners of zij iemand kennen en verzamelt wat zij mogen leveren."),
    persona("procesregie-twente", TWENTE, (K::ZvhBureau, "", Post::Regisseur), at(I::Procesregie, T::Topx, S::InOverleg),
        "Regisseur in werkgebied 1: zit de triage voor en bewaakt het plan van aanpak."),
    persona("procesregie-rad-twente", TWENTE, (K::ZvhBureau, "", Post::RegisseurRadicalisering), at(I::Procesregie, T::Rad, S::InOverleg),
        "Regisseur met de training radicalisering; zonder die training is er aan deze tafel niets te zien."),
    persona("traject-twente", TWENTE, (K::ZvhBureau, "", Post::Trajectbegeleider), at(I::Traject, T::Topx, S::Monitoring),
        "Begeleidt iemand tot de warme overdracht."),
    persona("fg-twente", TWENTE, (K::ZvhBureau, "", Post::Fg), at(I::Fg, T::Topx, S::Monitoring),
        "Ziet wie wat heeft ingezien, en niets van de inhoud."),
    outside("ketenmanager-twente", TWENTE, (K::ZvhBureau, Post::Ketenmanager),
        "Leidt het huis en keurt afwijkingen van de criteria goed; ziet geen dossiers."),
    // Partners in Twente.
    persona("aanmelder-enschede", TWENTE, (K::GemLokaalTeam, "0153", Post::Aanmelder), at(I::Aanmelder, T::Topx, S::AanvullingGevraagd),
        "Wijkteam Enschede: meldde iemand aan en is om aanvulling gevraagd."),
    persona("aanmelder-almelo", TWENTE, (K::GemLokaalTeam, "0141", Post::Aanmelder), at(I::Aanmelder, T::Topx, S::Monitoring),
        "Wijkteam Almelo: ziet na afloop uitkomst en advies, niet de weging."),
    persona("brp-enschede", TWENTE, (K::GemBrp, "0153", Post::Burgerzaken), at(I::BrpTaak, T::Topx, S::Compleetheidscheck),
        "Burgerzaken Enschede: vergelijkt een persoon met de BRP en ziet verder niets."),
    persona("brp-almelo", TWENTE, (K::GemBrp, "0141", Post::Burgerzaken), at(I::BrpTaak, T::Vpo, S::Compleetheidscheck),
        "Burgerzaken Almelo: vindt de vragen van Enschede niet."),
    persona("bekendheid-twente", TWENTE, (K::Verslavingszorg, "", Post::Liaison), at(I::Bekendheidscheck, T::Topx, S::Bekendheidscheck),
        "Verslavingszorg: antwoordt alleen bekend of niet bekend."),
    persona("verrijking-twente", TWENTE, (K::Reclassering, "", Post::Liaison), at(I::Verrijking, T::Vpo, S::Verrijking),
        "Reclassering: beantwoordt een vraag om verrijking op eigen grond."),
    persona("triage-twente", TWENTE, (K::Om, "", Post::Liaison), at(I::Triage, T::Topx, S::Triage),
        "Liaison van het OM: weegt mee in de triage."),
    persona("politie-twente", TWENTE, (K::Politie, "", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Politie aan de tafel Top-x."),
    persona("om-twente", TWENTE, (K::Om, "", Post::Deelnemer), at(I::Zetel, T::Vpo, S::InOverleg),
        "Officier van justitie aan de tafel VPO."),
    persona("ggz-twente", TWENTE, (K::Ggz, "", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Behandelaar van de GGZ aan de tafel Top-x."),
    persona("gemeente-almelo", TWENTE, (K::GemCollege, "0141", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Gemeente Almelo, sociaal domein, aan de tafel Top-x."),
    persona("gemeente-hengelo", TWENTE, (K::GemCollege, "0164", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Gemeente Hengelo, sociaal domein: het dossier van Almelo bestaat hier niet."),
    persona("corporatie-twente", TWENTE, (K::Woningcorporatie, "", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Woningcorporatie aan dezelfde tafel: ziet wonen en weinig meer."),
    persona("veilig-thuis-twente", TWENTE, (K::VeiligThuis, "", Post::Deelnemer), beside(Side::Slachtoffer, T::CodeRood, S::InOverleg),
        "Veilig Thuis in een zaak Code Rood, aan de kant van het slachtoffer."),
    persona("reclassering-twente", TWENTE, (K::Reclassering, "", Post::Deelnemer), beside(Side::Pleger, T::CodeRood, S::InOverleg),
        "Reclassering in een zaak Code Rood, aan de kant van de pleger: ziet de opvang van het slachtoffer niet."),
    persona("gast-almelo", TWENTE, (K::GemOov, "0141", Post::Deelnemer), at(I::Gast, T::Topx, S::InOverleg),
        "AOV'er van Almelo: vandaag te gast bij een enkel agendapunt."),
    persona("zsm-twente", TWENTE, (K::Zsm, "", Post::Liaison), at(I::Zsm, T::Vpo, S::Monitoring),
        "ZSM-tafel: ziet of iemand bekend is en welk scenario er ligt."),
    persona("burgemeester-almelo", TWENTE, (K::GemBurgemeester, "0141", Post::Deelnemer), at(I::Bestuur, T::Rdm3, S::Monitoring),
        "Burgemeester in een bestuurlijke escalatie (RDM trede 3)."),
    persona("overdracht-oldenzaal", TWENTE, (K::GemLokaalTeam, "0173", Post::Deelnemer), at(I::Overdracht, T::Topx, S::Afschalen),
        "Wijkteam Oldenzaal: nam een warme overdracht aan."),
    persona("betrokkene-twente", TWENTE, (K::Betrokkene, "", Post::Betrokkene), at(I::Betrokkene, T::Topx, S::Monitoring),
        "De betrokkene zelf, na een verzoek om inzage."),
    persona("niet-ondertekend-twente", TWENTE, (K::Slachtofferhulp, "", Post::Deelnemer), at(I::Zetel, T::Topx, S::InOverleg),
        "Zit aan tafel voor een organisatie die het convenant niet heeft ondertekend, en ziet daarom niets."),
    outside("zonder-toewijzing-markiezaten", MARKIEZATEN, (K::GgdMeldpunt, Post::Reserve),
        "Werkt bij een partner die tekende, maar heeft geen toewijzing: er is geen enkel dossier."),
    // De Markiezaten.
    persona("procesregie-markiezaten", MARKIEZATEN, (K::ZvhBureau, "", Post::Regisseur), at(I::Procesregie, T::Coveca, S::PlanVastgesteld),
        "Procesregisseur complexe veiligheidscasuïstiek."),
    persona("zorgcoordinator-markiezaten", MARKIEZATEN, (K::ZvhBureau, "", Post::Zorgcoordinator), at(I::Procesregie, T::MhRegie, S::InOverleg),
        "Zorgcoördinator mensenhandel: houdt de regie op deze zaken."),
    persona("avim-markiezaten", MARKIEZATEN, (K::Avim, "", Post::Deelnemer), at(I::Zetel, T::MhRegie, S::InOverleg),
        "AVIM aan de tafel mensenhandel."),
    persona("comensha", MARKIEZATEN, (K::Comensha, "", Post::Deelnemer), at(I::Comensha, T::MhRegie, S::Monitoring),
        "Ontvangt de uitvoer naar CoMensha; namen alleen met toestemming."),
    persona("levensloop-markiezaten", MARKIEZATEN, (K::Ggz, "", Post::Deelnemer), at(I::Levensloop, T::Lla, S::Monitoring),
        "Levensloopaanbieder in de levensloopaanpak."),
    persona("toegewezen-markiezaten", MARKIEZATEN, (K::Verslavingszorg, "", Post::Deelnemer), at(I::Toegewezen, T::I28, S::InOverleg),
        "Zorgorganisatie waaraan een I28-melding is toegewezen."),
    persona("nacht-markiezaten", MARKIEZATEN, (K::Oggz, "", Post::Crisisdienst), at(I::Noodtoegang, T::Coveca, S::Monitoring),
        "Outreachend werker met noodtoegang: vier uur, met reden, achteraf getoetst."),
    persona("fg-markiezaten", MARKIEZATEN, (K::ZvhBureau, "", Post::Fg), at(I::Fg, T::Coveca, S::Monitoring),
        "Toetst wie met noodtoegang een dossier heeft ingezien."),
    persona("onderzoek-markiezaten", MARKIEZATEN, (K::ZvhOnderzoek, "", Post::Onderzoeker), at(I::Onderzoek, T::Coveca, S::InOverleg),
        "Criminoloog: gepseudonimiseerde cijfers, nooit een persoon."),
    // Drenthe.
    persona("ondersteuning-drenthe", DRENTHE, (K::ZvhBureau, "", Post::Ondersteuner), at(I::Ondersteuning, T::Coveca, S::Ingediend),
        "Procesondersteuner van Drenthe."),
    persona("reintegratie-drenthe", DRENTHE, (K::ZvhBureau, "", Post::CoordinatorReintegratie), at(I::Procesregie, T::Reg, S::Monitoring),
        "Coördinator re-integratie, voor de zes gemeenten die dat bij het huis hebben belegd."),
    persona("politie-drenthe", DRENTHE, (K::Politie, "", Post::Deelnemer), at(I::Zetel, T::Stalking, S::InOverleg),
        "Politie aan de casustafel stalking."),
    persona("aanmelder-emmen", DRENTHE, (K::GemLokaalTeam, "0114", Post::Aanmelder), at(I::Aanmelder, T::Coveca, S::AanvullingGevraagd),
        "Wijkteam Emmen: meldde iemand aan."),
    persona("brp-assen", DRENTHE, (K::GemBrp, "0106", Post::Burgerzaken), at(I::BrpTaak, T::Coveca, S::Compleetheidscheck),
        "Burgerzaken Assen."),
];

impl Persona {
    /// The involvement, by its code.
    pub(super) fn involvement(&self) -> &'static str {
        self.spot.map_or("GEEN", |spot| spot.involvement.code())
    }

    /// This persona in the cast; none when the covenant has no such house, partner or gemeente.
    pub(super) fn find<'a>(&'static self, cast: &'a Cast) -> Option<Found<'a>> {
        let house = cast.house(self.house)?;
        let employer = house.employer(self.partner, self.gemeente)?;
        let colleague = employer.on(self.post).into_iter().next()?;
        Some(Found { persona: self, house, employer, colleague })
    }
}

/// Everybody, as the identity provider of the demo knows them.
pub(crate) fn all(cast: &Cast) -> Vec<demo::Persona> {
    let found = PERSONAS.iter().filter_map(|persona| persona.find(cast));
    let known = found.map(|found| demo::Persona {
        subject: found.persona.subject.to_owned(),
        name: found.colleague.name.clone(),
        description: found.persona.description.to_owned(),
        organisation: found.employer.name.clone(),
        involvement: found.persona.involvement().to_owned(),
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use convenant::Convenant;

    use super::*;

    #[test]
    fn every_involvement_has_a_persona_and_every_persona_exists() {
        let convenant = Convenant::embedded().unwrap();
        let cast = Cast::of(&convenant);
        for involvement in Involvement::ALL.iter().filter(|one| **one != Involvement::Geen) {
            assert!(
                PERSONAS.iter().any(|persona| persona.involvement() == involvement.code()),
                "{involvement}"
            );
        }
        let found: Vec<_> = PERSONAS.iter().filter_map(|persona| persona.find(&cast)).collect();
        assert_eq!(found.len(), PERSONAS.len());
        let people: HashSet<_> = found.iter().map(|found| found.colleague.id).collect();
        assert_eq!(people.len(), PERSONAS.len(), "two personas are one professional");
        assert_eq!(all(&cast).iter().map(|one| &one.subject).collect::<HashSet<_>>().len(), PERSONAS.len());
    }

    #[test]
    fn a_seat_is_one_that_the_house_gives() {
        let convenant = Convenant::embedded().unwrap();
        for persona in &PERSONAS {
            let Some(spot) = persona.spot else { continue };
            let house = convenant.house(&convenant::HouseCode::new(persona.house)).unwrap();
            let version = house.versions().last().unwrap();
            assert!(version.has(spot.tafel), "{}", persona.subject);
            if spot.involvement == Involvement::Zetel {
                assert!(version.seat(spot.tafel, persona.partner).is_some(), "{}", persona.subject);
            }
        }
    }
}
