//! The houses of the demo: their organisations, desks and professionals.
//!
//! Everything here follows from the covenant alone, so that it is the same at every start and ids need not be
//! read back. The people do not exist.

mod naming;
mod post;

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use convenant::{ContractKind, Convenant, Gemeente, House, HouseCode, PartnerKind, Version};
use entity::id::{DeskId, GemeenteContractId, OrganisationId, ProfessionalId, SignatureId};
use entity::{desk, desk_member, gemeente_contract, organisation, professional, signature};

pub(super) use self::post::Post;
use super::chance::Chance;
use super::names::Name;
use super::rows::Rows;

/// The day from which everything in the demo holds.
const SINCE: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 1, 1);

/// Which werkgebied of Twente a gemeente lies in. The sources name neither; this is the demo's own choice.
const WERKGEBIEDEN: [(&str, &[&str]); 3] = [
    ("1", &["0141", "0163", "0183", "0189", "1700", "1742"]),
    ("2", &["0147", "0158", "0164", "0168", "0173", "1735", "1774"]),
    ("3", &["0153"]),
];

/// The gemeenten of Drenthe that have a convenant for jeugdgroepen: all but Westerveld. The demo's own choice.
const JEUGDGROEP: [&str; 11] =
    ["1680", "0106", "1681", "0109", "1690", "0114", "0118", "0119", "1731", "1699", "1730"];

/// The gemeenten of Drenthe for which the house does the nazorg by contract (domain.md, Drenthe).
const NAZORG: [&str; 6] = ["1680", "1690", "0118", "0119", "1731", "1730"];

/// Kinds that are at hand in every house, whether or not a tafel has a seat for them.
const ALWAYS: [PartnerKind; 6] = [
    PartnerKind::ZvhBureau,
    PartnerKind::Zsm,
    PartnerKind::ZvhOnderzoek,
    PartnerKind::Comensha,
    PartnerKind::Riec,
    PartnerKind::Betrokkene,
];

/// The houses of the demo.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(super) houses: Vec<HouseCast>,
}

/// The organisations of a house with their desks and people.
#[derive(Debug)]
pub(super) struct HouseCast {
    pub(super) code: HouseCode,
    pub(super) gemeenten: Vec<Gemeente>,
    pub(super) employers: Vec<Employer>,
    pub(super) desks: Vec<Desk>,
}

/// An organisation.
#[derive(Debug)]
pub(super) struct Employer {
    pub(super) id: OrganisationId,
    pub(super) name: String,
    pub(super) kind: PartnerKind,
    pub(super) gemeente: Option<String>,
    pub(super) staff: Vec<Colleague>,
}

/// A professional.
#[derive(Debug, Clone)]
pub(super) struct Colleague {
    pub(super) id: ProfessionalId,
    pub(super) name: String,
    pub(super) post: Post,
}

/// A desk.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) id: DeskId,
    pub(super) employer: OrganisationId,
    /// ONDERSTEUNING, INFORMATIE, REGIE, BRP or LIAISON.
    pub(super) kind: &'static str,
    pub(super) werkgebied: Option<&'static str>,
    pub(super) name: String,
    pub(super) members: Vec<ProfessionalId>,
}

impl Cast {
    /// The cast that a covenant's houses have.
    pub(crate) fn of(convenant: &Convenant) -> Self {
        Self { houses: convenant.houses().iter().map(HouseCast::of).collect() }
    }

    /// The house of a code.
    pub(super) fn house(&self, code: &str) -> Option<&HouseCast> {
        self.houses.iter().find(|house| house.code.as_str() == code)
    }

    /// Writes the rows of organisations, signatures, professionals and desks. What works for several houses is
    /// written once.
    pub(super) fn write(&self, rows: &mut Rows) {
        let mut written = HashSet::new();
        for house in &self.houses {
            for employer in &house.employers {
                if written.insert(employer.id) {
                    employer.write(rows);
                }
                rows.signatures.extend(employer.signature(house.code.as_str()));
            }
            house.desks.iter().for_each(|desk| desk.write(house.code.as_str(), rows));
            rows.gemeente_contracts.extend(house.contracts());
        }
    }
}

impl HouseCast {
    fn of(house: &House) -> Self {
        let seats =
            |version: &Version, kind| version.tafels().any(|tafel| version.seat(tafel, kind).is_some());
        let has_seat = |kind: PartnerKind| house.versions().iter().any(|version| seats(version, kind));
        let region = house.name().trim_start_matches("Zorg- en Veiligheidshuis ");
        let code = house.code().as_str();
        let areas = house.werkgebieden().len();
        let mut employers = Vec::new();
        for kind in PartnerKind::ALL.iter().copied().filter(|kind| !kind.is_gemeente()) {
            if ALWAYS.contains(&kind) || has_seat(kind) {
                employers.push(Employer::of(naming::of_region(code, region, kind), kind, None, areas));
            }
        }
        for gemeente in house.gemeenten() {
            for kind in PartnerKind::ALL.iter().copied().filter(|kind| kind.is_gemeente()) {
                if kind == PartnerKind::GemBrp || has_seat(kind) {
                    let name = naming::of_gemeente(&gemeente.name, kind);
                    employers.push(Employer::of(name, kind, Some(gemeente.code.clone()), areas));
                }
            }
        }
        let desks = desks(code, !house.werkgebieden().is_empty(), &employers);
        Self { code: house.code().clone(), gemeenten: house.gemeenten().to_vec(), employers, desks }
    }

    /// The contracts of its gemeenten: for jeugdgroepen where it has that tafel, and for nazorg where it works by
    /// contract.
    fn contracts(&self) -> impl Iterator<Item = gemeente_contract::Model> {
        let contract = move |gemeente: &Gemeente, kind: ContractKind| {
            let made_of = format!("contract/{}/{}/{kind}", self.code, gemeente.code);
            gemeente_contract::Model {
                id: GemeenteContractId(Chance::of(&made_of).id(since())),
                house: self.code.as_str().to_owned(),
                gemeente_code: gemeente.code.clone(),
                kind: kind.code().to_owned(),
                valid_from: since().date_naive(),
                ended_on: None,
            }
        };
        let kinds = ContractKind::ALL.iter().copied();
        let asked = kinds.flat_map(|kind| self.by_contract(kind).map(move |gemeente| (gemeente, kind)));
        asked.map(move |(gemeente, kind)| contract(gemeente, kind))
    }

    fn by_contract(&self, kind: ContractKind) -> impl Iterator<Item = &Gemeente> {
        let codes: &[&str] = match kind {
            ContractKind::Jeugdgroep => &JEUGDGROEP,
            ContractKind::Nazorg => &NAZORG,
        };
        self.gemeenten.iter().filter(|gemeente| codes.contains(&&*gemeente.code))
    }

    /// The organisation of a kind; of a part of a gemeente that of this gemeente.
    pub(super) fn employer(&self, kind: PartnerKind, gemeente: &str) -> Option<&Employer> {
        let fits = |employer: &&Employer| {
            employer.kind == kind && employer.gemeente.as_deref().is_none_or(|own| own == gemeente)
        };
        self.employers.iter().find(fits)
    }

    /// The desk of an organisation.
    pub(super) fn desk_of(&self, employer: OrganisationId) -> Option<&Desk> {
        self.desks.iter().find(|desk| desk.employer == employer && matches!(desk.kind, "LIAISON" | "BRP"))
    }

    /// A desk of the bureau; the one of the werkgebied where there are several.
    pub(super) fn bureau_desk(&self, kind: &str, gemeente: &str) -> Option<&Desk> {
        let area = werkgebied(gemeente);
        let mut of_kind = self.desks.iter().filter(|desk| desk.kind == kind);
        of_kind.find(|desk| desk.werkgebied.is_none() || desk.werkgebied == area)
    }

    /// The people of the bureau on a post.
    pub(super) fn bureau(&self, post: Post) -> Vec<&Colleague> {
        let bureau = self.employers.iter().find(|employer| employer.kind == PartnerKind::ZvhBureau);
        bureau.map(|bureau| bureau.on(post)).unwrap_or_default()
    }
}

impl Employer {
    fn of(name: String, kind: PartnerKind, gemeente: Option<String>, areas: usize) -> Self {
        let id = OrganisationId(Chance::of(&format!("organisation/{name}")).id(since()));
        let colleague = |post: Post, place: usize| {
            let mut chance = Chance::of(&format!("professional/{name}/{post:?}/{place}"));
            Colleague { id: ProfessionalId(chance.id(since())), name: Name::by(&mut chance).full(), post }
        };
        let posts = post::posts(kind, areas);
        let staff = posts.into_iter().flat_map(|(post, count)| (0..count).map(move |place| (post, place)));
        let staff = staff.map(|(post, place)| colleague(post, place)).collect();
        Self { id, name, kind, gemeente, staff }
    }

    /// The people on a post.
    pub(super) fn on(&self, post: Post) -> Vec<&Colleague> {
        self.staff.iter().filter(|colleague| colleague.post == post).collect()
    }

    /// Whether it has signed. One kind in each house has not, so that its professionals see nothing.
    pub(super) fn has_signed(&self) -> bool {
        !matches!(self.kind, PartnerKind::Slachtofferhulp | PartnerKind::Riec | PartnerKind::Betrokkene)
    }

    fn signature(&self, house: &str) -> Option<signature::Model> {
        let mut chance = Chance::of(&format!("signature/{house}/{}", self.name));
        self.has_signed().then(|| signature::Model {
            id: SignatureId(chance.id(since())),
            organisation_id: self.id,
            house: house.to_owned(),
            tafels: None,
            signed_on: since().date_naive(),
            ended_on: None,
            signed_by: None,
        })
    }

    fn write(&self, rows: &mut Rows) {
        rows.organisations.push(organisation::Model {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind.code().to_owned(),
            gemeente_code: self.gemeente.clone(),
        });
        let colleagues = self.staff.iter().map(|colleague| professional::Model {
            id: colleague.id,
            organisation_id: self.id,
            name: colleague.name.clone(),
            function: colleague.post.function().to_owned(),
            trained_on: colleague.post.is_trained().then(|| since().date_naive()),
            roles: colleague.post.roles().to_owned(),
            active: true,
        });
        rows.professionals.extend(colleagues);
    }
}

impl Desk {
    fn write(&self, house: &str, rows: &mut Rows) {
        rows.desks.push(desk::Model {
            id: self.id,
            organisation_id: self.employer,
            house: house.to_owned(),
            kind: self.kind.to_owned(),
            werkgebied: self.werkgebied.map(str::to_owned),
            name: self.name.clone(),
        });
        rows.desk_members.extend(self.members.iter().map(|member| desk_member::Model {
            desk_id: self.id,
            professional_id: *member,
            valid_from: since(),
            valid_until: None,
        }));
    }
}

/// The desks of a house: those of the bureau, one BRP desk a gemeente, one liaison desk a partner.
fn desks(house: &str, divided: bool, employers: &[Employer]) -> Vec<Desk> {
    let desk = |employer: &Employer, kind, werkgebied, name: String, members: Vec<&Colleague>| Desk {
        id: DeskId(Chance::of(&format!("desk/{house}/{name}")).id(since())),
        employer: employer.id,
        kind,
        werkgebied,
        name,
        members: members.into_iter().map(|member| member.id).collect(),
    };
    let mut desks = Vec::new();
    for employer in employers {
        let name = &employer.name;
        let whole = |kind, post| desk(employer, kind, None, name.clone(), employer.on(post));
        match employer.kind {
            PartnerKind::ZvhBureau => {
                let intake = [
                    ("ONDERSTEUNING", Post::Ondersteuner),
                    ("INFORMATIE", Post::Informatiecoordinator),
                    ("FG", Post::Fg),
                ];
                desks.extend(intake.map(|(kind, post)| {
                    desk(employer, kind, None, format!("{name}: {}", kind.to_lowercase()), employer.on(post))
                }));
                desks.extend(regie_teams(employer, divided).into_iter().map(|(area, team)| {
                    let of_area = area.map(|area| format!(" werkgebied {area}")).unwrap_or_default();
                    desk(employer, "REGIE", area, format!("{name}: regie{of_area}"), team)
                }));
            }
            PartnerKind::GemBrp => desks.push(whole("BRP", Post::Burgerzaken)),
            PartnerKind::ZvhOnderzoek | PartnerKind::Betrokkene | PartnerKind::Comensha => {}
            _ => desks.push(whole("LIAISON", Post::Liaison)),
        }
    }
    desks
}

/// Who works the desks of the procesregie: two to a werkgebied, all together where there are none, and those
/// with a task of their own at each.
fn regie_teams(bureau: &Employer, divided: bool) -> Vec<(Option<&'static str>, Vec<&Colleague>)> {
    let own = [Post::RegisseurRadicalisering, Post::Zorgcoordinator, Post::CoordinatorReintegratie];
    let own: Vec<&Colleague> = own.into_iter().flat_map(|post| bureau.on(post)).collect();
    let all = bureau.on(Post::Regisseur);
    if !divided {
        return vec![(None, [all, own].concat())];
    }
    let pairs = WERKGEBIEDEN.iter().zip(all.chunks(2));
    pairs.map(|((area, _), pair)| (Some(*area), [pair, &own[..]].concat())).collect()
}

/// The werkgebied of a gemeente; none outside Twente.
pub(super) fn werkgebied(gemeente: &str) -> Option<&'static str> {
    WERKGEBIEDEN.iter().find(|(_, codes)| codes.contains(&gemeente)).map(|(area, _)| *area)
}

/// The instant from which everything in the demo holds.
pub(super) fn since() -> DateTime<Utc> {
    SINCE.unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}
