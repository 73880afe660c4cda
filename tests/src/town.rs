//! The town: the partners of Twente as the scenarios need them, with their desks, professionals and signatures.
//!
//! Small on purpose: every professional has one part to play. Names are of nobody.

use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{DeskId, OrganisationId, ProfessionalId, SignatureId};
use entity::{desk, desk_member, login, organisation, professional, signature};
use sea_orm::{EntityTrait, Set};
use std::collections::HashMap;
use vangnet::server::Server;

/// The subjects of the professionals, as their tokens name them.
pub const SUBJECTS: &[&str] = &[
    "ggz",
    "ggz-ander",
    "ondersteuning",
    "informatie",
    "regisseur",
    "regisseur-ander",
    "ketenmanager",
    "fg",
    "fg-ander",
    "brp-enschede",
    "brp-hengelo",
    "politie",
    "om",
    "college",
    "wijkteam",
    "corporatie",
    "reclassering",
    "slachtofferhulp",
    "nergens",
];

/// One organisation of the town with its only professional.
struct Settler {
    subject: &'static str,
    organisation: &'static str,
    kind: &'static str,
    gemeente: Option<&'static str>,
    desk: Option<(&'static str, Option<&'static str>)>,
    roles: &'static str,
    signed: bool,
}

const fn settler(
    subject: &'static str,
    organisation: &'static str,
    kind: &'static str,
    gemeente: Option<&'static str>,
    desk: Option<(&'static str, Option<&'static str>)>,
) -> Settler {
    Settler { subject, organisation, kind, gemeente, desk, roles: "", signed: true }
}

const SETTLERS: &[Settler] = &[
    settler("ggz", "GGZ Proefstad", "GGZ", None, Some(("LIAISON", None))),
    settler("ggz-ander", "GGZ Proefstad", "GGZ", None, None),
    settler("ondersteuning", "Bureau ZVH", "ZVH_BUREAU", None, Some(("ONDERSTEUNING", None))),
    settler("informatie", "Bureau ZVH", "ZVH_BUREAU", None, Some(("INFORMATIE", None))),
    settler("regisseur", "Bureau ZVH", "ZVH_BUREAU", None, Some(("REGIE", Some("1")))),
    settler("regisseur-ander", "Bureau ZVH", "ZVH_BUREAU", None, None),
    Settler { roles: "KETENMANAGER", ..settler("ketenmanager", "Bureau ZVH", "ZVH_BUREAU", None, None) },
    Settler { roles: "FG", ..settler("fg", "Bureau ZVH", "ZVH_BUREAU", None, None) },
    Settler { roles: "FG", ..settler("fg-ander", "Bureau ZVH", "ZVH_BUREAU", None, None) },
    settler("brp-enschede", "Burgerzaken Enschede", "GEM_BRP", Some("0153"), Some(("BRP", None))),
    settler("brp-hengelo", "Burgerzaken Hengelo", "GEM_BRP", Some("0164"), Some(("BRP", None))),
    settler("politie", "Politie", "POLITIE", None, Some(("LIAISON", None))),
    settler("om", "Openbaar Ministerie", "OM", None, Some(("LIAISON", None))),
    settler("college", "College Enschede", "GEM_COLLEGE", Some("0153"), Some(("LIAISON", None))),
    settler("wijkteam", "Wijkteam Enschede", "GEM_LOKAAL_TEAM", Some("0153"), Some(("LIAISON", None))),
    settler("corporatie", "Woningcorporatie Proefstad", "WONINGCORPORATIE", None, Some(("LIAISON", None))),
    settler("reclassering", "Reclassering", "RECLASSERING", None, Some(("LIAISON", None))),
    Settler {
        signed: false,
        ..settler("slachtofferhulp", "Slachtofferhulp", "SLACHTOFFERHULP", None, Some(("LIAISON", None)))
    },
    settler("nergens", "Dienst Elders", "GGZ", None, None),
];

/// Who lives in the town: ids by subject.
#[derive(Debug, Clone, Default)]
pub struct Town {
    organisations: HashMap<&'static str, OrganisationId>,
    professionals: HashMap<&'static str, ProfessionalId>,
    desks: HashMap<&'static str, DeskId>,
}

impl Town {
    /// The organisation of a professional.
    pub fn organisation(&self, subject: &str) -> OrganisationId {
        self.organisations[subject]
    }

    /// A professional.
    pub fn professional(&self, subject: &str) -> ProfessionalId {
        self.professionals[subject]
    }

    /// The desk of a professional.
    pub fn desk(&self, subject: &str) -> DeskId {
        self.desks[subject]
    }

    /// Writes the town into the database of a server.
    pub async fn settle(server: &Server, issuer: &str) -> Self {
        let mut town = Self::default();
        let mut by_name: HashMap<&'static str, OrganisationId> = HashMap::new();
        for settler in SETTLERS {
            let organisation = match by_name.get(settler.organisation) {
                Some(known) => *known,
                None => add_organisation(server, settler).await,
            };
            by_name.insert(settler.organisation, organisation);
            let professional = add_professional(server, settler, organisation, issuer).await;
            town.organisations.insert(settler.subject, organisation);
            town.professionals.insert(settler.subject, professional);
            if let Some((kind, werkgebied)) = settler.desk {
                let desk = add_desk(server, settler, organisation, professional, (kind, werkgebied)).await;
                town.desks.insert(settler.subject, desk);
            }
        }
        town
    }
}

async fn add_organisation(server: &Server, settler: &Settler) -> OrganisationId {
    let id = OrganisationId::fresh();
    let row = organisation::ActiveModel {
        id: Set(id),
        name: Set(settler.organisation.to_owned()),
        kind: Set(settler.kind.to_owned()),
        gemeente_code: Set(settler.gemeente.map(str::to_owned)),
    };
    organisation::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    if settler.signed {
        let row = signature::ActiveModel {
            id: Set(SignatureId::fresh()),
            organisation_id: Set(id),
            house: Set("TWENTE".to_owned()),
            tafels: Set(None),
            signed_on: Set(NaiveDate::from_ymd_opt(2023, 1, 1).unwrap()),
            ended_on: Set(None),
            signed_by: Set(None),
        };
        signature::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    }
    id
}

async fn add_professional(
    server: &Server,
    settler: &Settler,
    organisation: OrganisationId,
    issuer: &str,
) -> ProfessionalId {
    let id = ProfessionalId::fresh();
    let row = professional::ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation),
        name: Set(format!("Professional {}", settler.subject)),
        function: Set("medewerker".to_owned()),
        trained_on: Set(None),
        roles: Set(settler.roles.to_owned()),
        active: Set(true),
    };
    professional::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    let row = login::ActiveModel {
        issuer: Set(issuer.to_owned()),
        subject: Set(settler.subject.to_owned()),
        professional_id: Set(id),
    };
    login::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    id
}

async fn add_desk(
    server: &Server,
    settler: &Settler,
    organisation: OrganisationId,
    professional: ProfessionalId,
    (kind, werkgebied): (&str, Option<&str>),
) -> DeskId {
    let id = DeskId::fresh();
    let row = desk::ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation),
        house: Set("TWENTE".to_owned()),
        kind: Set(kind.to_owned()),
        werkgebied: Set(werkgebied.map(str::to_owned)),
        name: Set(format!("Desk {}", settler.subject)),
    };
    desk::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    let row = desk_member::ActiveModel {
        desk_id: Set(id),
        professional_id: Set(professional),
        valid_from: Set(DateTime::<Utc>::UNIX_EPOCH),
        valid_until: Set(None),
    };
    desk_member::Entity::insert(row).exec_without_returning(server.database.writer()).await.unwrap();
    id
}
