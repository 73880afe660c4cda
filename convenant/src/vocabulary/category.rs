//! The 53 leaf categories of personal data (`categories.csv`) and sets of them.
//!
//! A GraphQL field carries exactly one leaf. This module names categories; it must never say who may see one.

use std::fmt;

codes! {
    /// A leaf category of personal data: one row of `categories.csv`.
    Category, "categorie" {
        D01N = "D01N", "naam geboortedatum geslacht";
        D01B = "D01B", "BSN";
        D02 = "D02", "BRP-adres en -status met wijzigingen en gemeente van inschrijving";
        D03 = "D03", "contactgegevens";
        D04 = "D04", "bekendheid (hit) en contactpersoon zonder inhoud";
        D05 = "D05", "aanmeldreden en zorgen per leefgebied (samenvatting) en samenstelling systeem";
        D06 = "D06", "wonen (huur overlast uitzetting)";
        D07 = "D07", "inkomen uitkering schulden";
        D08 = "D08", "werk dagbesteding school verzuim";
        D09 = "D09", "gezin netwerk ouderschap";
        D10 = "D10", "gezondheid: diagnose medicatie behandelinhoud";
        D10K = "D10K", "stoornis of beperking door professional bevestigd ja/nee";
        D11 = "D11", "zorgproces: aanbieder en verloop zonder diagnose";
        D11K = "D11K", "in zorg ja/nee";
        D12 = "D12", "Wvggz: zorgmachtiging of crisismaatregel met data";
        D13 = "D13", "aangepaste benadering nodig (LVB NAH) als vlag";
        D14 = "D14", "politiemeldingen inhoud";
        D14C = "D14C", "aantal politiemeldingen";
        D15 = "D15", "verdenkingen en processen-verbaal per feit";
        D15K = "D15K", "samenvatting risico uit politie-informatie";
        D15L = "D15L", "lopend opsporingsonderzoek";
        D16 = "D16", "justitiele documentatie en veroordelingen";
        D16K = "D16K", "samenvatting justitieel verleden";
        D17 = "D17", "lopende strafzaak zitting voorwaarden";
        D17S = "D17S", "loopt er een strafzaak ja/nee";
        D18 = "D18", "detentie en tenuitvoerlegging (begin einde verlof inrichting)";
        D18S = "D18S", "in detentie ja/nee";
        D18R = "D18R", "risicomelding art. 18b";
        D19 = "D19", "reclassering: toezicht advies conclusie";
        D20 = "D20", "jeugdbescherming jeugdreclassering RvdK";
        D21 = "D21", "Veilig Thuis: melding en veiligheidsbeoordeling";
        D22 = "D22", "slachtoffergegevens";
        D22A = "D22A", "verblijfplaats of opvang van het slachtoffer";
        D23 = "D23", "risicotaxatie: instrument datum conclusie";
        D24 = "D24", "radicalisering: ideologie geloof duiding";
        D24K = "D24K", "zorg om veiligheid zonder duiding";
        D25 = "D25", "verblijfsrecht";
        D26 = "D26", "signalen en kenmerken van uitbuiting";
        D27 = "D27", "identiteit van de melder";
        D28 = "D28", "plan van aanpak en acties";
        D29 = "D29", "besluitenlijst en procesregels van het verslag";
        D30 = "D30", "ZSM-scenario en context";
        D31 = "D31", "groepsbeeld jeugdgroep";
        D31N = "D31N", "namenlijst jeugdgroep";
        D32 = "D32", "gepseudonimiseerde statistiek";
        D33 = "D33", "triage: weging en motivering";
        D33U = "D33U", "uitkomst en advies aan de aanmelder";
        D34 = "D34", "bestuurlijke RDM-notitie";
        D35 = "D35", "inzagelog";
        D36 = "D36", "bestuurlijke informatie justitiabelen (BIJ)";
        D37 = "D37", "veiligheidssignaal voor medewerkers (agressie wapens middelen)";
        D38 = "D38", "knelpunt en woon-zorgprofiel";
        D39 = "D39", "vraag in een verzoek aan een partner";
    }
}

/// The categories that include a summary, with that summary (`categories.csv`, column `includes`).
const INCLUDES: [(Category, Category); 10] = [
    (Category::D10, Category::D10K),
    (Category::D11, Category::D11K),
    (Category::D14, Category::D14C),
    (Category::D15, Category::D15K),
    (Category::D16, Category::D16K),
    (Category::D17, Category::D17S),
    (Category::D18, Category::D18S),
    (Category::D24, Category::D24K),
    (Category::D31N, Category::D31),
    (Category::D33, Category::D33U),
];

impl Category {
    /// The summary that this category includes: who may see or supply this one may see or supply that one
    /// (`categories.csv`, column `includes`).
    pub fn includes(self) -> Option<Self> {
        INCLUDES.iter().find(|(category, _)| *category == self).map(|(_, summary)| *summary)
    }

    /// Whether an embargo of opsporing covers it: that there is an investigation under way, which V17 keeps from all but
    /// those who supply it and those to whom the OM lets it go (domain.md A74 and row 24).
    pub const fn is_embargoed(self) -> bool {
        matches!(self, Self::D15L)
    }
}

/// A set of categories: one bit a leaf, so that a field check is one bit test.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CategorySet(u64);

impl CategorySet {
    /// No category.
    pub const EMPTY: Self = Self(0);
    /// Every category.
    pub const FULL: Self = Self((1 << Category::ALL.len()) - 1);

    /// Adds a category.
    pub const fn insert(&mut self, category: Category) {
        self.0 |= 1 << category as u64;
    }

    /// Is the category in the set?
    pub const fn contains(self, category: Category) -> bool {
        self.0 & (1 << category as u64) != 0
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Is nothing in it?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many categories are in it.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The set with every included summary added (`categories.csv`, column `includes`).
    #[must_use]
    pub fn closed(self) -> Self {
        let mut closed = self;
        for category in self.iter() {
            let mut next = category.includes();
            while let Some(summary) = next {
                closed.insert(summary);
                next = summary.includes();
            }
        }
        closed
    }

    /// The categories in it, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| self.contains(*category))
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        let mut set = Self::EMPTY;
        set.extend(categories);
        set
    }
}

impl Extend<Category> for CategorySet {
    fn extend<I: IntoIterator<Item = Category>>(&mut self, categories: I) {
        categories.into_iter().for_each(|category| self.insert(category));
    }
}

impl fmt::Debug for CategorySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The codes, with a space between them.
impl fmt::Display for CategorySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, category) in self.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{category}")?;
        }
        Ok(())
    }
}

impl<'de> serde::Deserialize<'de> for CategorySet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Category>::deserialize(deserializer).map(Self::from_iter)
    }
}

impl serde::Serialize for CategorySet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
