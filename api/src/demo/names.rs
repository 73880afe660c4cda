//! Names of people who do not exist: given name, prefix and surname, put together by chance.

use super::chance::Chance;

const WOMEN: [&str; 30] = [
    "Aaltje", "Amina", "Anouk", "Bianca", "Chantal", "Dewi", "Esra", "Fenna", "Gerda", "Hanneke", "Ilse",
    "Jolanda", "Karin", "Lotte", "Marloes", "Nadia", "Noor", "Olga", "Petra", "Quirine", "Rachida", "Sanne",
    "Tineke", "Ursula", "Vera", "Wendy", "Yasmin", "Zoë", "Femke", "Roos",
];

const MEN: [&str; 30] = [
    "Achmed", "Albert", "Bas", "Bram", "Cor", "Dirk", "Emre", "Erik", "Frank", "Gijs", "Hakan", "Henk",
    "Ivo", "Jeroen", "Joost", "Kees", "Lars", "Maarten", "Niels", "Omar", "Pieter", "Remco", "Ruud",
    "Sander", "Teun", "Thijs", "Umit", "Wim", "Youssef", "Ties",
];

const SURNAMES: [(&str, &str); 60] = [
    ("", "Aalbers"),
    ("", "Achterberg"),
    ("", "Bakhuis"),
    ("den", "Besten"),
    ("", "Boersma"),
    ("van den", "Bosch"),
    ("", "Brinkhof"),
    ("", "Citroen"),
    ("", "Dekker"),
    ("van", "Dijkhuizen"),
    ("", "Doornbos"),
    ("", "Eggink"),
    ("van", "Elburg"),
    ("", "Ferwerda"),
    ("", "Geertsema"),
    ("", "Groothuis"),
    ("de", "Haas"),
    ("", "Hartkamp"),
    ("ter", "Horst"),
    ("", "Huisman"),
    ("", "IJzerman"),
    ("", "Jansma"),
    ("de", "Jonge"),
    ("", "Kamphuis"),
    ("", "Kleinhaus"),
    ("van der", "Kolk"),
    ("", "Kuiperij"),
    ("", "Lammertink"),
    ("van de", "Laar"),
    ("", "Leeflang"),
    ("van der", "Linde"),
    ("", "Meijerink"),
    ("", "Middelkamp"),
    ("", "Nijkamp"),
    ("", "Noordhof"),
    ("", "Oosterveld"),
    ("van", "Ommen"),
    ("", "Pasman"),
    ("van der", "Ploeg"),
    ("", "Postma"),
    ("", "Quist"),
    ("", "Reinders"),
    ("te", "Riele"),
    ("", "Roelofsen"),
    ("", "Scholtens"),
    ("", "Sprenger"),
    ("van", "Stralen"),
    ("", "Tenhagen"),
    ("", "Timmerhuis"),
    ("", "Uitslag"),
    ("van", "Urk"),
    ("", "Veldboer"),
    ("", "Verhage"),
    ("de", "Vos"),
    ("", "Wagenaar"),
    ("", "Weustink"),
    ("van der", "Wiel"),
    ("", "Yilmaz"),
    ("", "Zandstra"),
    ("", "Zwiers"),
];

/// The parts of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) given: &'static str,
    pub(super) prefix: Option<&'static str>,
    pub(super) family: &'static str,
    /// MAN or VROUW.
    pub(super) sex: &'static str,
}

impl Name {
    /// A name by chance.
    pub(super) fn by(chance: &mut Chance) -> Self {
        let is_woman = chance.once_in(2);
        let (given, sex) = if is_woman { (chance.word(&WOMEN), "VROUW") } else { (chance.word(&MEN), "MAN") };
        let (prefix, family) = chance.pick(&SURNAMES).copied().unwrap_or_default();
        Self { given, prefix: (!prefix.is_empty()).then_some(prefix), family, sex }
    }

    /// The name as colleagues write it.
    pub(super) fn full(&self) -> String {
        let parts = [Some(self.given), self.prefix, Some(self.family)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
