# language: nl

Functionaliteit: Een gast bij één agendapunt

  Soms is er aan tafel iemand nodig die er niet hoort te zitten: voor één agendapunt, op één dag. Heeft de organisatie
  van de gast het convenant niet ondertekend, dan tekent de gast eerst een geheimhoudingsverklaring. Tot dan ziet de gast
  dat er een dossier is, en niets van wat erin staat. Na de dag is er voor de gast geen dossier meer.

  Scenario: Slachtofferhulp is één dag te gast
    Gegeven het is 12 februari 2024
    En er wordt een casus besproken over:
      | naam                | Bakker    |
      | burgerservicenummer | 999990019 |
    En deze mensen luisteren vanaf het begin mee:
      | Slachtofferhulp            |
      | de hulpverlener van elders |
    Als deze mensen het dossier gaan volgen:
      | de procesregisseur |
    En de procesregisseur aan tafel uitnodigt:
      | de politie |
    En de GGZ-behandelaar voor 13 februari 2024 Slachtofferhulp als gast uitnodigt bij het agendapunt "De zus."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de procesregisseur voor 13 mei 2024 Slachtofferhulp als gast uitnodigt bij het agendapunt "De zus."
    Dan wordt dat geweigerd: "De dag van het agendapunt moet binnen drie maanden zijn."
    Als de procesregisseur voor 11 februari 2024 Slachtofferhulp als gast uitnodigt bij het agendapunt "De zus."
    Dan wordt dat geweigerd: "Deze datum ligt in het verleden."
    Als de procesregisseur voor 13 februari 2024 de politie als gast uitnodigt bij het agendapunt "De zus."
    Dan wordt dat geweigerd: "Deze professional zit die dag al aan tafel."

    # De uitnodiging: voor morgen
    Als de procesregisseur voor 13 februari 2024 Slachtofferhulp als gast uitnodigt bij het agendapunt "De zus en haar veiligheid."
    Dan hoort de procesregisseur achtereenvolgens:
      | iemand neemt deel             | de zetel van de politie |
      | iemand neemt deel             | de gast                 |
      | een verklaring wordt gevraagd | de verklaring           |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp            |
      | de hulpverlener van elders |
    En bestaat dit niet:
      | wat           | voor wie                 |
      | de verklaring | de politie               |
      | de verklaring | de GGZ-behandelaar       |
      | de verklaring | de informatiecoördinator |
    Als Slachtofferhulp de geheimhoudingsverklaring tekent
    Dan wordt dat geweigerd: "Dit is niet gevonden."
    Als de procesregisseur voor 13 februari 2024 Slachtofferhulp als gast uitnodigt bij het agendapunt "Nog eens."
    Dan wordt dat geweigerd: "Deze professional zit die dag al aan tafel."

    # De dag zelf: eerst tekenen, dan zien
    Als het 13 februari 2024 is geworden
    Dan ziet ieder dit in het dossier:
      |                                     | naam | burgerservicenummer | het agendapunt | de versie van de tekst |
      | Slachtofferhulp                     | nee  | nee                 | nee            | ja                     |
      | de procesregisseur                  | ja   | ja                  | ja             | ja                     |
      | de functionaris gegevensbescherming | nee  | nee                 | ja             | ja                     |
      | de politie                          | ja   | nee                 | nee            | nee                    |
    En leest Slachtofferhulp bij het dossier als reden: "Uw organisatie heeft het convenant voor deze tafel niet ondertekend."
    Als de procesregisseur de geheimhoudingsverklaring tekent
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als Slachtofferhulp de geheimhoudingsverklaring tekent
    Dan ziet ieder dit in het dossier:
      |                                     | naam | burgerservicenummer | het agendapunt |
      | Slachtofferhulp                     | ja   | nee                 | ja             |
      | de procesregisseur                  | ja   | ja                  | ja             |
      | de functionaris gegevensbescherming | nee  | nee                 | ja             |
      | de politie                          | ja   | nee                 | nee            |
    En hoort de procesregisseur achtereenvolgens:
      | een verklaring wordt getekend | de verklaring |
    Als Slachtofferhulp de geheimhoudingsverklaring tekent
    Dan wordt dat geweigerd: "Deze stap past niet bij waar het dossier nu is."

    # Erna: voor de gast is er niets meer, voor wie erop toeziet wel
    Als het 14 februari 2024 is geworden
    Dan bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp            |
      | de hulpverlener van elders |
    En ziet ieder dit in het dossier:
      |                                     | naam | het agendapunt |
      | de procesregisseur                  | ja   | ja             |
      | de functionaris gegevensbescherming | nee  | ja             |
    En hebben zij al die tijd niets over het dossier gehoord:
      | de hulpverlener van elders |
