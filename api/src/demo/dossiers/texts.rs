//! The sentences of the demo, in the words of professionals. Every one is made up.

use convenant::Category;

use crate::demo::chance::Chance;

pub(super) const REASONS: [&str; 6] = [
    "Zorgen op meerdere leefgebieden; de overlast in de buurt neemt toe en de hulp komt niet binnen.",
    "Herhaalde incidenten in korte tijd. Zorg en straf werken langs elkaar heen.",
    "Oplopende spanningen thuis, schulden en middelengebruik. De veiligheid van huisgenoten staat op het spel.",
    "Dreigende uitzetting na aanhoudende overlast; er is geen passend aanbod gevonden.",
    "Zorgmijdend, verward gedrag op straat en steeds vaker contact met de politie.",
    "Na detentie zonder onderdak en inkomen; eerdere trajecten zijn afgebroken.",
];

pub(super) const TRIED: [&str; 5] = [
    "Wijkteam, verslavingszorg en politie hebben ieder een traject ingezet. Geen daarvan hield langer dan enkele weken stand.",
    "Drie keer lokaal overleg, een gedragsaanwijzing en een aanbod van begeleid wonen.",
    "Outreachend contact, bemiddeling met de verhuurder en schuldhulp. Afspraken worden niet nagekomen.",
    "Een drang-aanbod via de gemeente; de betrokkene verscheen niet.",
    "Ambulante behandeling en toezicht, zonder onderlinge afstemming.",
];

pub(super) const PURPOSES: [&str; 4] = [
    "Eén plan van zorg en straf, met één regisseur.",
    "De veiligheid van de omgeving herstellen en passende zorg op gang brengen.",
    "Voorkomen dat de situatie verder escaleert.",
    "Een warme overdracht naar zorg die wel aansluit.",
];

pub(super) const CONCERNS: [(&str, &str); 8] = [
    ("WONEN", "Huurachterstand en overlast; de woning is vervuild."),
    ("FINANCIEN_SCHULDEN", "Meerdere schuldeisers, geen overzicht."),
    ("WERK_DAGBESTEDING", "Geen dagbesteding sinds vorig jaar."),
    ("GEESTELIJKE_GEZONDHEID", "Spanning en achterdocht; zorg wordt gemeden."),
    ("MIDDELENGEBRUIK", "Dagelijks gebruik, toename bij tegenslag."),
    ("GEZIN_RELATIES", "Conflicten met familie, contact verbroken."),
    ("SOCIAAL_NETWERK", "Klein netwerk dat de problemen in stand houdt."),
    ("VEILIGHEID_JUSTITIE", "Incidenten met dreiging, toezicht loopt."),
];

pub(super) const MOTIVATIONS: [&str; 3] = [
    "Problemen op meerdere leefgebieden, ketens moeten samenwerken en lokaal is alles geprobeerd.",
    "De veiligheid van de directe omgeving is in het geding en één keten lost dit niet op.",
    "Zonder regie over de ketens heen is verdere escalatie te verwachten.",
];

pub(super) const GOALS: [(&str, &str); 5] = [
    ("WONEN", "Binnen drie maanden een stabiele woonplek met begeleiding."),
    ("VEILIGHEID_JUSTITIE", "Geen nieuwe incidenten in de komende drie maanden."),
    ("GEESTELIJKE_GEZONDHEID", "Behandeling is gestart en wordt volgehouden."),
    ("FINANCIEN_SCHULDEN", "Inkomen is geregeld en schuldhulp loopt."),
    ("WERK_DAGBESTEDING", "Drie dagdelen per week dagbesteding."),
];

pub(super) const ACTIONS: [&str; 6] = [
    "Neemt wekelijks contact op en koppelt terug aan de tafel.",
    "Regelt een intake en gaat mee naar het eerste gesprek.",
    "Zoekt een passende woonplek en bereidt de verhuizing voor.",
    "Maakt afspraken over toezicht en meldt afwijkingen dezelfde dag.",
    "Brengt inkomen en schulden in kaart.",
    "Bespreekt het veiligheidsplan met de betrokkene.",
];

pub(super) const STREETS: [&str; 12] = [
    "Akkerwindestraat",
    "Berkenlaan",
    "Dorpsweide",
    "Esdoornhof",
    "Fluitekruid",
    "Gaardeniershof",
    "Heidebloem",
    "Kanaaldijk",
    "Lindenhof",
    "Molenpad",
    "Spoorlaan",
    "Wilgenweg",
];

/// What a partner supplies in a category.
pub(super) fn datum(category: Category, chance: &mut Chance) -> &'static str {
    let texts: &[&str] = match category {
        Category::D06 => &[
            "Huurachterstand van vier maanden; de overlastmeldingen zijn dit kwartaal verdubbeld.",
            "Woont tijdelijk in bij een bekende; een eigen woonplek ontbreekt.",
        ],
        Category::D07 => &["Uitkering loopt; beslag op een deel. Schuldhulp is aangevraagd."],
        Category::D08 => &["Geen werk of dagbesteding; verzuimt afspraken over activering."],
        Category::D09 => &["Twee kinderen bij de andere ouder; omgang ligt stil. Een zus is steunend."],
        Category::D10 => &[
            "Psychotische stoornis, medicatie wordt onregelmatig gebruikt. Terugval bij spanning.",
            "Afhankelijkheid van alcohol met eerdere ontregeling; behandeling gericht op stabilisatie.",
        ],
        Category::D10K => &["Er is een door een professional bevestigde beperking."],
        Category::D11 => &["In zorg sinds vorig jaar; contact eens in de twee weken, wisselend nagekomen."],
        Category::D11K => &["Is in zorg."],
        Category::D13 => &["Korte, concrete boodschappen; geen druk opvoeren; vooraf aankondigen."],
        Category::D14 => &[
            "Vier meldingen in zes weken: burengerucht, twee keer verward gedrag, een bedreiging.",
            "Melding van een ruzie in het portiek; partijen gescheiden, geen aanhouding.",
        ],
        Category::D14C => &["Zeven meldingen in het afgelopen half jaar."],
        Category::D15 => &["Twee processen-verbaal: bedreiging en vernieling, beide van dit jaar."],
        Category::D16 => &["Drie eerdere veroordelingen wegens vermogensfeiten."],
        Category::D17 => &["Zitting staat gepland; bijzondere voorwaarden worden overwogen."],
        Category::D18 => &["Korte detentie afgerond; einddatum en verlof zijn bekend."],
        Category::D18S => &["Is niet in detentie."],
        Category::D19 => &["Toezicht loopt; meldt zich wisselend. Advies: voorwaarden aanscherpen."],
        Category::D20 => &["Ondertoezichtstelling loopt; gezinsvoogd is betrokken."],
        Category::D21 => &["Melding onderzocht; de onveiligheid is structureel."],
        Category::D22 => &["Het slachtoffer heeft aangifte gedaan en wil op de hoogte blijven."],
        Category::D22A => &["Verblijft in een opvang op een geheim adres."],
        Category::D23 => &["Instrument afgenomen; uitkomst: hoog risico bij verlies van dagstructuur."],
        Category::D24 => &["Uit zich steeds stelliger en zoekt contact met gelijkgestemden."],
        Category::D24K => &["Zorg om de veiligheid; nadere duiding volgt van wie daarvoor bevoegd is."],
        Category::D25 => &["Bedenktijd loopt; de einddatum is bekend bij de zorgcoördinator."],
        Category::D26 => {
            &["Werkt lange dagen, heeft geen zicht op het eigen loon en wordt gebracht en gehaald."]
        }
        Category::D36 => &["Terugkeer is aangekondigd; geen openbare-ordemaatregel nodig geacht."],
        Category::D37 => &["Niet alleen op huisbezoek gaan; er loopt een hond los."],
        Category::D38 => &["Passende woonvorm met toezicht is in de regio niet beschikbaar."],
        _ => &["Toelichting bij deze casus."],
    };
    chance.word(texts)
}
