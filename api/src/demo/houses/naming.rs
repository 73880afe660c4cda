//! What organisations are called in the demo.
//!
//! Public bodies by what they are and where; others by the name that the houses' own publications give them,
//! and where those give none by a name that says of itself that it is fictitious.

use convenant::PartnerKind;

/// Names that the houses' publications use.
const PUBLISHED: [(&str, PartnerKind, &str); 11] = [
    ("DRENTHE", PartnerKind::Ggz, "GGZ Drenthe"),
    ("DRENTHE", PartnerKind::Verslavingszorg, "VNN"),
    ("DRENTHE", PartnerKind::VgLvb, "Trajectum"),
    ("DRENTHE", PartnerKind::Gi, "JB Noord"),
    ("MARKIEZATEN", PartnerKind::Ggz, "GGZ WNB"),
    ("MARKIEZATEN", PartnerKind::Verslavingszorg, "Novadic-Kentron"),
    ("MARKIEZATEN", PartnerKind::VgLvb, "Amarant"),
    ("MARKIEZATEN", PartnerKind::Mo, "Wijzijn Traverse"),
    ("MARKIEZATEN", PartnerKind::ReintegratieBegeleider, "Exodus"),
    ("MARKIEZATEN", PartnerKind::Jeugdhulp, "Almata"),
    ("MARKIEZATEN", PartnerKind::WerkInkomen, "Werkplein"),
];

/// The name of an organisation of a kind in a region.
pub(super) fn of_region(house: &str, region: &str, kind: PartnerKind) -> String {
    let published = PUBLISHED.iter().find(|(code, named, _)| *code == house && *named == kind);
    if let Some((_, _, name)) = published {
        return (*name).to_owned();
    }
    match kind {
        PartnerKind::Arbeidsinspectie => "Nederlandse Arbeidsinspectie".to_owned(),
        PartnerKind::Ind => "Immigratie- en Naturalisatiedienst".to_owned(),
        PartnerKind::Comensha => "CoMensha".to_owned(),
        PartnerKind::ZvhBureau => format!("Bureau Zorg- en Veiligheidshuis {region}"),
        PartnerKind::ZvhOnderzoek => format!("Onderzoek Zorg- en Veiligheidshuis {region}"),
        PartnerKind::Betrokkene => format!("Betrokkenen met een verzoek ({region})"),
        PartnerKind::GgdMeldpunt => format!("GGD-meldpunt {region}"),
        PartnerKind::Oggz => format!("OGGZ-team {region}"),
        _ => other(kind, region),
    }
}

fn other(kind: PartnerKind, region: &str) -> String {
    let mut letters = kind.name().chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>());
    let name = first.unwrap_or_default() + letters.as_str();
    let is_public = matches!(
        kind,
        PartnerKind::Politie
            | PartnerKind::Avim
            | PartnerKind::Om
            | PartnerKind::Dji
            | PartnerKind::Reclassering
            | PartnerKind::Rvdk
            | PartnerKind::Halt
            | PartnerKind::VeiligThuis
            | PartnerKind::Slachtofferhulp
            | PartnerKind::Riec
            | PartnerKind::Zsm
    );
    if is_public { format!("{name}, {region}") } else { format!("{name} {region} (fictief)") }
}

/// The name of a part of a gemeente.
pub(super) fn of_gemeente(gemeente: &str, kind: PartnerKind) -> String {
    match kind {
        PartnerKind::GemBurgemeester => format!("Burgemeester van {gemeente}"),
        PartnerKind::GemLokaalTeam => format!("Wijkteam {gemeente}"),
        PartnerKind::GemCollege => format!("Gemeente {gemeente}, sociaal domein"),
        PartnerKind::GemOov => format!("Gemeente {gemeente}, openbare orde en veiligheid"),
        PartnerKind::GemBrp => format!("Gemeente {gemeente}, burgerzaken"),
        PartnerKind::GemNazorg => format!("Gemeente {gemeente}, nazorg"),
        PartnerKind::GemLeerplicht => format!("Gemeente {gemeente}, leerplicht"),
        _ => format!("Gemeente {gemeente}, {}", kind.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_published_or_says_what_it_is() {
        assert_eq!(of_region("DRENTHE", "Drenthe", PartnerKind::Ggz), "GGZ Drenthe");
        assert_eq!(of_region("TWENTE", "Twente", PartnerKind::Politie), "Politie, Twente");
        let fictitious = of_region("TWENTE", "Twente", PartnerKind::Ggz);
        assert_eq!(fictitious, "Geestelijke gezondheidszorg Twente (fictief)");
        assert_eq!(of_gemeente("Assen", PartnerKind::GemLokaalTeam), "Wijkteam Assen");
    }
}
