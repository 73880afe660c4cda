//! The directive that ties a field of the schema to a leaf category of the covenant.
//!
//! The directive is metadata: what acts on it is [`super::Disclosed`].

use async_graphql::{Enum, TypeDirective};
use convenant::Category;

/// The category of the covenant that a field belongs to; `OPEN` where presence at the dossier suffices.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "Categorie")]
pub enum Leaf {
    /// Open to everybody who is present at the dossier.
    #[graphql(name = "OPEN")]
    Open,
    /// The category that the line itself names: a line that is shown at all is shown with its content.
    #[graphql(name = "REGEL")]
    Regel,
    /// Naam geboortedatum geslacht.
    #[graphql(name = "D01N")]
    D01N,
    /// BSN.
    #[graphql(name = "D01B")]
    D01B,
    /// BRP-adres en -status met wijzigingen en gemeente van inschrijving.
    #[graphql(name = "D02")]
    D02,
    /// Contactgegevens.
    #[graphql(name = "D03")]
    D03,
    /// Bekendheid (hit) en contactpersoon zonder inhoud.
    #[graphql(name = "D04")]
    D04,
    /// Aanmeldreden en zorgen per leefgebied (samenvatting) en samenstelling systeem.
    #[graphql(name = "D05")]
    D05,
    /// Wonen (huur overlast uitzetting).
    #[graphql(name = "D06")]
    D06,
    /// Inkomen uitkering schulden.
    #[graphql(name = "D07")]
    D07,
    /// Werk dagbesteding school verzuim.
    #[graphql(name = "D08")]
    D08,
    /// Gezin netwerk ouderschap.
    #[graphql(name = "D09")]
    D09,
    /// Gezondheid: diagnose medicatie behandelinhoud.
    #[graphql(name = "D10")]
    D10,
    /// Stoornis of beperking door professional bevestigd ja/nee.
    #[graphql(name = "D10K")]
    D10K,
    /// Zorgproces: aanbieder en verloop zonder diagnose.
    #[graphql(name = "D11")]
    D11,
    /// In zorg ja/nee.
    #[graphql(name = "D11K")]
    D11K,
    /// Wvggz: zorgmachtiging of crisismaatregel met data.
    #[graphql(name = "D12")]
    D12,
    /// Aangepaste benadering nodig (LVB NAH) als vlag.
    #[graphql(name = "D13")]
    D13,
    /// Politiemeldingen inhoud.
    #[graphql(name = "D14")]
    D14,
    /// Aantal politiemeldingen.
    #[graphql(name = "D14C")]
    D14C,
    /// Verdenkingen en processen-verbaal per feit.
    #[graphql(name = "D15")]
    D15,
    /// Samenvatting risico uit politie-informatie.
    #[graphql(name = "D15K")]
    D15K,
    /// Lopend opsporingsonderzoek.
    #[graphql(name = "D15L")]
    D15L,
    /// Justitiele documentatie en veroordelingen.
    #[graphql(name = "D16")]
    D16,
    /// Samenvatting justitieel verleden.
    #[graphql(name = "D16K")]
    D16K,
    /// Lopende strafzaak zitting voorwaarden.
    #[graphql(name = "D17")]
    D17,
    /// Loopt er een strafzaak ja/nee.
    #[graphql(name = "D17S")]
    D17S,
    /// Detentie en tenuitvoerlegging (begin einde verlof inrichting).
    #[graphql(name = "D18")]
    D18,
    /// In detentie ja/nee.
    #[graphql(name = "D18S")]
    D18S,
    /// Risicomelding art. 18b.
    #[graphql(name = "D18R")]
    D18R,
    /// Reclassering: toezicht advies conclusie.
    #[graphql(name = "D19")]
    D19,
    /// Jeugdbescherming jeugdreclassering RvdK.
    #[graphql(name = "D20")]
    D20,
    /// Veilig Thuis: melding en veiligheidsbeoordeling.
    #[graphql(name = "D21")]
    D21,
    /// Slachtoffergegevens.
    #[graphql(name = "D22")]
    D22,
    /// Verblijfplaats of opvang van het slachtoffer.
    #[graphql(name = "D22A")]
    D22A,
    /// Risicotaxatie: instrument datum conclusie.
    #[graphql(name = "D23")]
    D23,
    /// Radicalisering: ideologie geloof duiding.
    #[graphql(name = "D24")]
    D24,
    /// Zorg om veiligheid zonder duiding.
    #[graphql(name = "D24K")]
    D24K,
    /// Verblijfsrecht.
    #[graphql(name = "D25")]
    D25,
    /// Signalen en kenmerken van uitbuiting.
    #[graphql(name = "D26")]
    D26,
    /// Identiteit van de melder.
    #[graphql(name = "D27")]
    D27,
    /// Plan van aanpak en acties.
    #[graphql(name = "D28")]
    D28,
    /// Besluitenlijst en procesregels van het verslag.
    #[graphql(name = "D29")]
    D29,
    /// ZSM-scenario en context.
    #[graphql(name = "D30")]
    D30,
    /// Groepsbeeld jeugdgroep.
    #[graphql(name = "D31")]
    D31,
    /// Namenlijst jeugdgroep.
    #[graphql(name = "D31N")]
    D31N,
    /// Gepseudonimiseerde statistiek.
    #[graphql(name = "D32")]
    D32,
    /// Triage: weging en motivering.
    #[graphql(name = "D33")]
    D33,
    /// Uitkomst en advies aan de aanmelder.
    #[graphql(name = "D33U")]
    D33U,
    /// Bestuurlijke RDM-notitie.
    #[graphql(name = "D34")]
    D34,
    /// Inzagelog.
    #[graphql(name = "D35")]
    D35,
    /// Bestuurlijke informatie justitiabelen (BIJ).
    #[graphql(name = "D36")]
    D36,
    /// Veiligheidssignaal voor medewerkers (agressie wapens middelen).
    #[graphql(name = "D37")]
    D37,
    /// Knelpunt en woon-zorgprofiel.
    #[graphql(name = "D38")]
    D38,
    /// Vraag in een verzoek aan een partner.
    #[graphql(name = "D39")]
    D39,
}

impl Leaf {
    /// The covenant's category; none for `OPEN`, and none for `REGEL`, which stands for that of the row.
    pub const fn category(self) -> Option<Category> {
        Some(match self {
            Self::Open | Self::Regel => return None,
            Self::D01N => Category::D01N,
            Self::D01B => Category::D01B,
            Self::D02 => Category::D02,
            Self::D03 => Category::D03,
            Self::D04 => Category::D04,
            Self::D05 => Category::D05,
            Self::D06 => Category::D06,
            Self::D07 => Category::D07,
            Self::D08 => Category::D08,
            Self::D09 => Category::D09,
            Self::D10 => Category::D10,
            Self::D10K => Category::D10K,
            Self::D11 => Category::D11,
            Self::D11K => Category::D11K,
            Self::D12 => Category::D12,
            Self::D13 => Category::D13,
            Self::D14 => Category::D14,
            Self::D14C => Category::D14C,
            Self::D15 => Category::D15,
            Self::D15K => Category::D15K,
            Self::D15L => Category::D15L,
            Self::D16 => Category::D16,
            Self::D16K => Category::D16K,
            Self::D17 => Category::D17,
            Self::D17S => Category::D17S,
            Self::D18 => Category::D18,
            Self::D18S => Category::D18S,
            Self::D18R => Category::D18R,
            Self::D19 => Category::D19,
            Self::D20 => Category::D20,
            Self::D21 => Category::D21,
            Self::D22 => Category::D22,
            Self::D22A => Category::D22A,
            Self::D23 => Category::D23,
            Self::D24 => Category::D24,
            Self::D24K => Category::D24K,
            Self::D25 => Category::D25,
            Self::D26 => Category::D26,
            Self::D27 => Category::D27,
            Self::D28 => Category::D28,
            Self::D29 => Category::D29,
            Self::D30 => Category::D30,
            Self::D31 => Category::D31,
            Self::D31N => Category::D31N,
            Self::D32 => Category::D32,
            Self::D33 => Category::D33,
            Self::D33U => Category::D33U,
            Self::D34 => Category::D34,
            Self::D35 => Category::D35,
            Self::D36 => Category::D36,
            Self::D37 => Category::D37,
            Self::D38 => Category::D38,
            Self::D39 => Category::D39,
        })
    }

    /// The leaf of a category.
    pub const fn of(category: Category) -> Self {
        match category {
            Category::D01N => Self::D01N,
            Category::D01B => Self::D01B,
            Category::D02 => Self::D02,
            Category::D03 => Self::D03,
            Category::D04 => Self::D04,
            Category::D05 => Self::D05,
            Category::D06 => Self::D06,
            Category::D07 => Self::D07,
            Category::D08 => Self::D08,
            Category::D09 => Self::D09,
            Category::D10 => Self::D10,
            Category::D10K => Self::D10K,
            Category::D11 => Self::D11,
            Category::D11K => Self::D11K,
            Category::D12 => Self::D12,
            Category::D13 => Self::D13,
            Category::D14 => Self::D14,
            Category::D14C => Self::D14C,
            Category::D15 => Self::D15,
            Category::D15K => Self::D15K,
            Category::D15L => Self::D15L,
            Category::D16 => Self::D16,
            Category::D16K => Self::D16K,
            Category::D17 => Self::D17,
            Category::D17S => Self::D17S,
            Category::D18 => Self::D18,
            Category::D18S => Self::D18S,
            Category::D18R => Self::D18R,
            Category::D19 => Self::D19,
            Category::D20 => Self::D20,
            Category::D21 => Self::D21,
            Category::D22 => Self::D22,
            Category::D22A => Self::D22A,
            Category::D23 => Self::D23,
            Category::D24 => Self::D24,
            Category::D24K => Self::D24K,
            Category::D25 => Self::D25,
            Category::D26 => Self::D26,
            Category::D27 => Self::D27,
            Category::D28 => Self::D28,
            Category::D29 => Self::D29,
            Category::D30 => Self::D30,
            Category::D31 => Self::D31,
            Category::D31N => Self::D31N,
            Category::D32 => Self::D32,
            Category::D33 => Self::D33,
            Category::D33U => Self::D33U,
            Category::D34 => Self::D34,
            Category::D35 => Self::D35,
            Category::D36 => Self::D36,
            Category::D37 => Self::D37,
            Category::D38 => Self::D38,
            Category::D39 => Self::D39,
        }
    }

    /// Reads the name that the schema shows.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "OPEN" => Some(Self::Open),
            "REGEL" => Some(Self::Regel),
            category => category.parse().ok().map(Self::of),
        }
    }
}

/// Says which category of the covenant a field belongs to. A viewer to whom the covenant does not show that
/// category gets `null` and finds the reason in the node's `viewerAccess`.
#[TypeDirective(location = "FieldDefinition")]
pub fn gegeven(categorie: Leaf) {}
