//! What partners may be asked and may supply in the demo: the offers below, as far as the covenant allows.
//!
//! The offers only say what a partner would have; whether it may is the engine's to decide.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::NaiveDate;
use convenant::{
    Category, Convenant, Fact, Facts, HouseCode, Involvement, PartnerKind, Phase, Request, Seat, Side,
    Standing, Tafel, Verb, Version,
};

/// Something a partner could supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) partner: PartnerKind,
    pub(super) category: Category,
    pub(super) ground: &'static str,
    /// The decision that is recorded with it.
    pub(super) needs: Option<Fact>,
}

use Category as C;
use PartnerKind as K;

const fn offer(partner: K, category: C, ground: &'static str, needs: Option<Fact>) -> Offer {
    Offer { partner, category, ground, needs }
}

const BREACH: Option<Fact> = Some(Fact::Doorbreking);
const NEED: Option<Fact> = Some(Fact::Noodzaak);

/// What each kind of partner has, with its own ground (the covenant's table of suppliers).
static OFFERS: [Offer; 63] = [
    offer(K::Politie, C::D14, "G-WPG20", None),
    offer(K::Politie, C::D15, "G-WPG20", None),
    offer(K::Politie, C::D37, "G-WPG19", None),
    offer(K::Politie, C::D24, "G-WPG20", None),
    offer(K::Politie, C::D26, "G-WPG19", None),
    offer(K::Politie, C::D22, "G-WPG20", None),
    offer(K::Avim, C::D26, "G-WPG19", None),
    offer(K::Avim, C::D25, "G-WPG19", None),
    offer(K::Avim, C::D22, "G-WPG19", None),
    offer(K::Om, C::D16, "G-WJSG39F", None),
    offer(K::Om, C::D17, "G-WJSG39F", None),
    offer(K::Om, C::D24, "G-WJSG39F", None),
    offer(K::Dji, C::D18, "G-WJSG51C", None),
    offer(K::Dji, C::D37, "G-WJSG51C", None),
    offer(K::Reclassering, C::D19, "G-RECL", None),
    offer(K::Reclassering, C::D23, "G-RECL", None),
    offer(K::Reclassering, C::D37, "G-RECL", None),
    offer(K::Rvdk, C::D20, "G-RVDK", None),
    offer(K::Rvdk, C::D09, "G-RVDK", None),
    offer(K::Halt, C::D08, "G-AVG6e", None),
    offer(K::Gi, C::D20, "G-JW", NEED),
    offer(K::Gi, C::D09, "G-JW", NEED),
    offer(K::GemCollege, C::D06, "G-WMO", None),
    offer(K::GemCollege, C::D07, "G-WMO", None),
    offer(K::GemCollege, C::D11K, "G-WMO", None),
    offer(K::GemCollege, C::D24K, "G-WMO", None),
    offer(K::GemLokaalTeam, C::D09, "G-WMO", None),
    offer(K::GemLokaalTeam, C::D06, "G-WMO", None),
    offer(K::GemLokaalTeam, C::D11K, "G-WMO", None),
    offer(K::GemNazorg, C::D18S, "G-PBW18A", None),
    offer(K::GemNazorg, C::D06, "G-PBW18A", None),
    offer(K::GemBurgemeester, C::D36, "G-GW172", None),
    offer(K::GemOov, C::D36, "G-GW172", None),
    offer(K::GemOov, C::D24K, "G-GW172", None),
    offer(K::GemLeerplicht, C::D08, "G-LPW", None),
    offer(K::VeiligThuis, C::D21, "G-VT", None),
    offer(K::VeiligThuis, C::D22, "G-VT", None),
    offer(K::VeiligThuis, C::D22A, "G-VT", NEED),
    offer(K::Ggz, C::D10, "G-CVP", BREACH),
    offer(K::Ggz, C::D11, "G-CVP", BREACH),
    offer(K::Ggz, C::D13, "G-CVP", None),
    offer(K::Ggz, C::D23, "G-CVP", None),
    offer(K::Verslavingszorg, C::D10, "G-CVP", BREACH),
    offer(K::Verslavingszorg, C::D11, "G-CVP", BREACH),
    offer(K::Verslavingszorg, C::D13, "G-CVP", None),
    offer(K::VgLvb, C::D10K, "G-CVP", BREACH),
    offer(K::VgLvb, C::D13, "G-CVP", NEED),
    offer(K::Oggz, C::D06, "G-WPGZ", None),
    offer(K::Oggz, C::D11, "G-WPGZ", None),
    offer(K::Oggz, C::D38, "G-WPGZ", None),
    offer(K::Oggz, C::D26, "G-WPGZ", None),
    offer(K::Oggz, C::D10, "G-CVP", BREACH),
    offer(K::GgdMeldpunt, C::D14C, "G-WPGZ", None),
    offer(K::GgdMeldpunt, C::D11K, "G-WPGZ", None),
    offer(K::Mo, C::D06, "G-WMO", NEED),
    offer(K::Mo, C::D38, "G-WMO", None),
    offer(K::Jeugdhulp, C::D11, "G-JW", BREACH),
    offer(K::Woningcorporatie, C::D06, "G-HUUR", None),
    offer(K::WerkInkomen, C::D07, "G-PART", NEED),
    offer(K::Onderwijs, C::D08, "G-AVG6e", NEED),
    offer(K::Zorgkantoor, C::D38, "G-AVG6e", None),
    offer(K::Arbeidsinspectie, C::D26, "G-AVG6e", None),
    offer(K::Ind, C::D25, "G-AVG6e", None),
];

/// Where and as what something is supplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Occasion {
    pub(super) tafel: Tafel,
    pub(super) phase: Phase,
    pub(super) involvement: Involvement,
    pub(super) partner: PartnerKind,
}

/// What the covenant of each house allows on a day, remembered.
#[derive(Debug)]
pub(super) struct Law<'a> {
    convenant: &'a Convenant,
    today: NaiveDate,
    known: HashMap<(HouseCode, Occasion), Rc<[Offer]>>,
}

impl<'a> Law<'a> {
    pub(super) fn new(convenant: &'a Convenant, today: NaiveDate) -> Self {
        Self { convenant, today, known: HashMap::new() }
    }

    /// What a partner may supply on an occasion; on a question also what it may be asked.
    pub(super) fn offers(&mut self, house: &HouseCode, occasion: Occasion) -> Rc<[Offer]> {
        let key = (house.clone(), occasion);
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        let allowed = OFFERS.iter().filter(|offer| offer.partner == occasion.partner);
        let allowed: Rc<[Offer]> =
            allowed.filter(|offer| self.allows(house, occasion, **offer)).copied().collect();
        self.known.insert(key, Rc::clone(&allowed));
        allowed
    }

    /// The partners with a seat at a tafel, the fixed ones first.
    pub(super) fn seats(&self, house: &HouseCode, tafel: Tafel) -> Vec<(PartnerKind, Seat)> {
        let Some(version) = self.version(house) else { return Vec::new() };
        let kinds = PartnerKind::ALL.iter().copied();
        let mut seats: Vec<_> = kinds.filter_map(|kind| Some((kind, version.seat(tafel, kind)?))).collect();
        seats.sort_by_key(|(_, seat)| *seat == Seat::Invited);
        seats
    }

    fn version(&self, house: &HouseCode) -> Option<&Version> {
        self.convenant.house(house)?.version_on(self.today)
    }

    fn allows(&self, house: &HouseCode, occasion: Occasion, offer: Offer) -> bool {
        let Some(engine) = self.version(house).map(Version::engine) else { return false };
        let Occasion { tafel, phase, involvement, partner } = occasion;
        let standing = Standing {
            partner,
            same_gemeente: true,
            signed: true,
            secrecy: false,
            trained: true,
            involvement,
            side: Side::Geen,
            tafel,
            phase,
        };
        let category = offer.category;
        let facts = offer.needs.into_iter().collect();
        let supply = Request { verb: Verb::Supply, standing, category, facts, asked: None };
        let bureau =
            Standing { partner: PartnerKind::ZvhBureau, involvement: Involvement::Informatie, ..standing };
        let ask =
            Request { verb: Verb::Ask, standing: bureau, category, facts: Facts::NONE, asked: Some(partner) };
        let is_asked = involvement == Involvement::Verrijking;
        engine.decide(&supply).allow && (!is_asked || engine.decide(&ask).allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_is_allowed_somewhere() {
        let convenant = Convenant::embedded().unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let law = Law::new(&convenant, today);
        for offer in OFFERS {
            let allowed = convenant.houses().iter().any(|house| {
                house.version_on(today).unwrap().tafels().any(|tafel| {
                    let at =
                        |phase, involvement| Occasion { tafel, phase, involvement, partner: offer.partner };
                    law.allows(house.code(), at(Phase::F4, Involvement::Verrijking), offer)
                        || law.allows(house.code(), at(Phase::F6, Involvement::Zetel), offer)
                })
            });
            assert!(allowed, "{offer:?}");
        }
    }
}
