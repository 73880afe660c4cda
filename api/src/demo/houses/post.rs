//! The posts that professionals hold in the demo, and how many of each an organisation has.

use convenant::PartnerKind;

/// What a professional does at an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::demo) enum Post {
    /// Works the desk at which an organisation is asked.
    Liaison,
    /// Sits at the tafel.
    Deelnemer,
    /// Registers people with the house.
    Aanmelder,
    /// Goes out at night.
    Crisisdienst,
    /// Has no part in anything yet.
    Reserve,
    /// Answers BRP checks.
    Burgerzaken,
    /// Leads the house.
    Ketenmanager,
    /// Guards the protection of data.
    Fg,
    /// Checks what comes in.
    Ondersteuner,
    /// Asks partners.
    Informatiecoordinator,
    /// Runs cases.
    Regisseur,
    /// Runs cases of radicalisation, for which they were trained.
    RegisseurRadicalisering,
    /// Runs cases of trafficking.
    Zorgcoordinator,
    /// Runs cases of re-integration.
    CoordinatorReintegratie,
    /// Guides a person.
    Trajectbegeleider,
    /// Does research.
    Onderzoeker,
    /// Is the person a dossier is about.
    Betrokkene,
}

impl Post {
    /// The function as colleagues read it.
    pub(in crate::demo) fn function(self) -> &'static str {
        match self {
            Self::Liaison => "liaison",
            Self::Deelnemer => "deelnemer aan de tafel",
            Self::Aanmelder => "hulpverlener",
            Self::Crisisdienst => "outreachend werker",
            Self::Reserve => "medewerker",
            Self::Burgerzaken => "medewerker burgerzaken",
            Self::Ketenmanager => "ketenmanager",
            Self::Fg => "functionaris gegevensbescherming",
            Self::Ondersteuner => "procesondersteuner",
            Self::Informatiecoordinator => "informatiecoördinator",
            Self::Regisseur => "procesregisseur",
            Self::RegisseurRadicalisering => "procesregisseur radicalisering",
            Self::Zorgcoordinator => "zorgcoördinator mensenhandel",
            Self::CoordinatorReintegratie => "coördinator re-integratie",
            Self::Trajectbegeleider => "trajectbegeleider",
            Self::Onderzoeker => "criminoloog",
            Self::Betrokkene => "betrokkene",
        }
    }

    /// Roles in the house beside assignments.
    pub(in crate::demo) fn roles(self) -> &'static str {
        match self {
            Self::Ketenmanager => "KETENMANAGER",
            Self::Fg => "FG",
            Self::Liaison
            | Self::Deelnemer
            | Self::Aanmelder
            | Self::Crisisdienst
            | Self::Reserve
            | Self::Burgerzaken
            | Self::Ondersteuner
            | Self::Informatiecoordinator
            | Self::Regisseur
            | Self::RegisseurRadicalisering
            | Self::Zorgcoordinator
            | Self::CoordinatorReintegratie
            | Self::Trajectbegeleider
            | Self::Onderzoeker
            | Self::Betrokkene => "",
        }
    }

    /// Whether the training for radicalisation was completed.
    pub(in crate::demo) fn is_trained(self) -> bool {
        self == Self::RegisseurRadicalisering
    }
}

/// How many of each post an organisation has. `werkgebieden` is how many areas the house is divided in.
pub(super) fn posts(kind: PartnerKind, werkgebieden: usize) -> Vec<(Post, usize)> {
    match kind {
        PartnerKind::ZvhBureau => vec![
            (Post::Ketenmanager, 1),
            (Post::Fg, 1),
            (Post::Ondersteuner, 2),
            (Post::Informatiecoordinator, 2),
            (Post::Regisseur, if werkgebieden == 0 { 4 } else { werkgebieden * 2 }),
            (Post::RegisseurRadicalisering, 1),
            (Post::Zorgcoordinator, 1),
            (Post::CoordinatorReintegratie, 1),
            (Post::Trajectbegeleider, 2),
        ],
        PartnerKind::GemBrp => vec![(Post::Burgerzaken, 1)],
        PartnerKind::ZvhOnderzoek => vec![(Post::Onderzoeker, 1)],
        PartnerKind::Betrokkene => vec![(Post::Betrokkene, 1)],
        PartnerKind::Politie => vec![(Post::Liaison, 1), (Post::Deelnemer, 4), (Post::Aanmelder, 2)],
        PartnerKind::Om | PartnerKind::Reclassering | PartnerKind::Ggz => {
            vec![(Post::Liaison, 1), (Post::Deelnemer, 3), (Post::Aanmelder, 1)]
        }
        PartnerKind::Oggz => {
            vec![(Post::Liaison, 1), (Post::Deelnemer, 1), (Post::Aanmelder, 1), (Post::Crisisdienst, 1)]
        }
        PartnerKind::GgdMeldpunt => vec![(Post::Liaison, 1), (Post::Deelnemer, 1), (Post::Reserve, 1)],
        _ if registers(kind) => vec![(Post::Liaison, 1), (Post::Deelnemer, 1), (Post::Aanmelder, 1)],
        _ => vec![(Post::Liaison, 1), (Post::Deelnemer, 1)],
    }
}

/// Whether people of this kind of partner register in the demo.
fn registers(kind: PartnerKind) -> bool {
    matches!(
        kind,
        PartnerKind::GemLokaalTeam
            | PartnerKind::Politie
            | PartnerKind::Om
            | PartnerKind::Reclassering
            | PartnerKind::Ggz
            | PartnerKind::Oggz
            | PartnerKind::VeiligThuis
            | PartnerKind::Woningcorporatie
            | PartnerKind::Dji
            | PartnerKind::Avim
    )
}
