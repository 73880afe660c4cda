//! The kinds of partner (`partners.csv`), their domain, circle and right to process a BSN.
//!
//! The same facts stand in `model/partners.toml` for the jurist and for Cedar; loading refuses a model that
//! says otherwise than this module. It must never decide anything.

use super::code_error::UnknownCode;

codes! {
    /// A kind of partner: one row of `partners.csv`.
    PartnerKind, "partner" {
        GemCollege = "GEM_COLLEGE", "college van B en W (sociaal domein)";
        GemLokaalTeam = "GEM_LOKAAL_TEAM", "lokaal team of wijkteam";
        GemNazorg = "GEM_NAZORG", "coördinator nazorg van de gemeente";
        GemLeerplicht = "GEM_LEERPLICHT", "leerplicht";
        GemBurgemeester = "GEM_BURGEMEESTER", "burgemeester";
        GemOov = "GEM_OOV", "openbare orde en veiligheid van de gemeente";
        GemBrp = "GEM_BRP", "burgerzaken (BRP)";
        Politie = "POLITIE", "politie";
        Avim = "AVIM", "AVIM (vreemdelingenpolitie en mensenhandel)";
        Om = "OM", "Openbaar Ministerie";
        Dji = "DJI", "Dienst Justitiële Inrichtingen";
        Reclassering = "RECLASSERING", "reclassering";
        Rvdk = "RVDK", "Raad voor de Kinderbescherming";
        Halt = "HALT", "Halt";
        Gi = "GI", "gecertificeerde instelling";
        Jeugdhulp = "JEUGDHULP", "jeugdhulp";
        VeiligThuis = "VEILIG_THUIS", "Veilig Thuis";
        Ggz = "GGZ", "geestelijke gezondheidszorg";
        Verslavingszorg = "VERSLAVINGSZORG", "verslavingszorg";
        VgLvb = "VG_LVB", "zorg voor mensen met een (licht) verstandelijke beperking";
        Oggz = "OGGZ", "openbare geestelijke gezondheidszorg";
        GgdMeldpunt = "GGD_MELDPUNT", "meldpunt van de GGD";
        Mo = "MO", "maatschappelijke opvang";
        Slachtofferhulp = "SLACHTOFFERHULP", "Slachtofferhulp";
        Zorgkantoor = "ZORGKANTOOR", "zorgkantoor (Wlz)";
        Woningcorporatie = "WONINGCORPORATIE", "woningcorporatie";
        Onderwijs = "ONDERWIJS", "onderwijs";
        Jongerenwerk = "JONGERENWERK", "jongerenwerk";
        WerkInkomen = "WERK_INKOMEN", "werk en inkomen";
        ReintegratieBegeleider = "REINTEGRATIE_BEGELEIDER", "begeleider bij re-integratie";
        Arbeidsinspectie = "ARBEIDSINSPECTIE", "Nederlandse Arbeidsinspectie";
        Ind = "IND", "Immigratie- en Naturalisatiedienst";
        Comensha = "COMENSHA", "CoMensha";
        Riec = "RIEC", "RIEC";
        Zsm = "ZSM", "ZSM";
        ZvhAnder = "ZVH_ANDER", "een ander Zorg- en Veiligheidshuis";
        ZvhBureau = "ZVH_BUREAU", "bureau van het Zorg- en Veiligheidshuis";
        ZvhOnderzoek = "ZVH_ONDERZOEK", "onderzoeker van het Zorg- en Veiligheidshuis";
        Betrokkene = "BETROKKENE", "de betrokkene";
    }
}

codes! {
    /// The domain of a partner (`partners.csv`, column `domain`).
    Domain, "domein" {
        Bestuur = "BESTUUR", "bestuur";
        Straf = "STRAF", "straf";
        Zorg = "ZORG", "zorg";
        Wonen = "WONEN", "wonen";
        Overig = "OVERIG", "overig";
        Bureau = "BUREAU", "het Zorg- en Veiligheidshuis zelf";
        Buiten = "BUITEN", "buiten het samenwerkingsverband";
    }
}

codes! {
    /// The circle of a partner at a tafel (`partners.csv`, column `circle`).
    Circle, "kring" {
        Kern = "KERN", "kernpartner";
        Rand = "RAND", "randpartner";
    }
}

impl PartnerKind {
    /// The domain (`partners.csv`).
    pub const fn domain(self) -> Domain {
        match self {
            Self::GemCollege
            | Self::GemLokaalTeam
            | Self::GemNazorg
            | Self::GemLeerplicht
            | Self::GemBurgemeester
            | Self::GemOov
            | Self::GemBrp => Domain::Bestuur,
            Self::Politie | Self::Avim | Self::Om | Self::Dji | Self::Reclassering | Self::Rvdk => {
                Domain::Straf
            }
            Self::Halt
            | Self::Slachtofferhulp
            | Self::Zorgkantoor
            | Self::Onderwijs
            | Self::Jongerenwerk
            | Self::WerkInkomen
            | Self::ReintegratieBegeleider
            | Self::Arbeidsinspectie
            | Self::Ind
            | Self::Comensha
            | Self::Riec
            | Self::Zsm
            | Self::ZvhAnder => Domain::Overig,
            Self::Gi
            | Self::Jeugdhulp
            | Self::VeiligThuis
            | Self::Ggz
            | Self::Verslavingszorg
            | Self::VgLvb
            | Self::Oggz
            | Self::GgdMeldpunt
            | Self::Mo => Domain::Zorg,
            Self::Woningcorporatie => Domain::Wonen,
            Self::ZvhBureau | Self::ZvhOnderzoek => Domain::Bureau,
            Self::Betrokkene => Domain::Buiten,
        }
    }

    /// The circle at a tafel, where the kind has one (`partners.csv`).
    pub const fn circle(self) -> Option<Circle> {
        match self {
            Self::GemCollege
            | Self::GemLokaalTeam
            | Self::GemNazorg
            | Self::GemBurgemeester
            | Self::GemOov
            | Self::Politie
            | Self::Avim
            | Self::Om
            | Self::Dji
            | Self::Reclassering
            | Self::Rvdk
            | Self::Gi
            | Self::Jeugdhulp
            | Self::VeiligThuis
            | Self::Ggz
            | Self::Verslavingszorg
            | Self::VgLvb
            | Self::Oggz
            | Self::GgdMeldpunt
            | Self::Mo => Some(Circle::Kern),
            Self::GemLeerplicht
            | Self::Halt
            | Self::Slachtofferhulp
            | Self::Zorgkantoor
            | Self::Woningcorporatie
            | Self::Onderwijs
            | Self::Jongerenwerk
            | Self::WerkInkomen
            | Self::ReintegratieBegeleider
            | Self::Arbeidsinspectie
            | Self::Ind => Some(Circle::Rand),
            Self::GemBrp
            | Self::Comensha
            | Self::Riec
            | Self::Zsm
            | Self::ZvhAnder
            | Self::ZvhBureau
            | Self::ZvhOnderzoek
            | Self::Betrokkene => None,
        }
    }

    /// May this kind process a BSN? (`partners.csv`, column `bsn`; Wabb art. 10, UAVG art. 46)
    pub const fn may_process_bsn(self) -> bool {
        matches!(
            self,
            Self::GemCollege
                | Self::GemLokaalTeam
                | Self::GemNazorg
                | Self::GemLeerplicht
                | Self::GemBurgemeester
                | Self::GemOov
                | Self::GemBrp
                | Self::Politie
                | Self::Avim
                | Self::Om
                | Self::Dji
                | Self::Reclassering
                | Self::Rvdk
                | Self::Gi
                | Self::Jeugdhulp
                | Self::VeiligThuis
                | Self::Ggz
                | Self::Verslavingszorg
                | Self::VgLvb
                | Self::Oggz
                | Self::GgdMeldpunt
                | Self::Zorgkantoor
                | Self::WerkInkomen
                | Self::ZvhBureau
        )
    }

    /// Is this kind a part of a gemeente? The seven kinds of row V11 (`forbids.csv`).
    pub const fn is_gemeente(self) -> bool {
        matches!(
            self,
            Self::GemCollege
                | Self::GemLokaalTeam
                | Self::GemNazorg
                | Self::GemLeerplicht
                | Self::GemBurgemeester
                | Self::GemOov
                | Self::GemBrp
        )
    }
}

/// A word that stands for partners in the tables: a circle, a domain, `BSN`, `GEMEENTE` or one kind
/// (README, the file list).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerWord {
    /// The partners of a circle.
    Circle(Circle),
    /// The partners of a domain.
    Domain(Domain),
    /// The partners that may process a BSN.
    Bsn,
    /// The seven kinds that are part of a gemeente.
    Gemeente,
    /// One kind.
    Kind(PartnerKind),
}

impl PartnerWord {
    /// Does the word stand for this kind?
    pub fn means(self, partner: PartnerKind) -> bool {
        match self {
            Self::Circle(circle) => partner.circle() == Some(circle),
            Self::Domain(domain) => partner.domain() == domain,
            Self::Bsn => partner.may_process_bsn(),
            Self::Gemeente => partner.is_gemeente(),
            Self::Kind(kind) => partner == kind,
        }
    }
}

impl std::str::FromStr for PartnerWord {
    type Err = UnknownCode;

    fn from_str(word: &str) -> Result<Self, UnknownCode> {
        match word {
            "BSN" => return Ok(Self::Bsn),
            "GEMEENTE" => return Ok(Self::Gemeente),
            _ => {}
        }
        word.parse()
            .map(Self::Circle)
            .or_else(|_| word.parse().map(Self::Domain))
            .or_else(|_| word.parse().map(Self::Kind))
            .map_err(|_: UnknownCode| UnknownCode::new("partner, kring of domein", word))
    }
}

impl serde::Serialize for PartnerWord {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Circle(circle) => circle.code(),
            Self::Domain(domain) => domain.code(),
            Self::Bsn => "BSN",
            Self::Gemeente => "GEMEENTE",
            Self::Kind(kind) => kind.code(),
        })
    }
}

impl<'de> serde::Deserialize<'de> for PartnerWord {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}
