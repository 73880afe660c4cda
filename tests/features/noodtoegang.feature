# language: nl

Functionaliteit: Noodtoegang

  Soms moet iemand in een dossier kijken waar hij niet bij hoort, en kan dat niet wachten. Dat kan, voor vier uur, met
  een reden. De procesregisseur en de functionaris gegevensbescherming horen het meteen, en de functionaris toetst het
  binnen twee werkdagen. Voor ieder ander verandert er niets, en wie er na vier uur nog in wil kijken, vindt niets meer.

  Scenario: De ketenmanager opent een dossier met noodtoegang
    Gegeven het is 12 februari 2024
    En deze mensen luisteren vanaf het begin mee:
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de hulpverlener van elders        |
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Bakker                                       |
      | voornamen           | Jan                                          |
      | geboortedatum       | 17 mei 1984                                  |
      | burgerservicenummer | 999990019                                    |
      | telefoon            | +31612345678                                 |
      | gemeente            | Enschede (0153)                              |
      | tafel               | Top-x (TOPX)                                 |
      | grondslag           | conflict van plichten (G-CVP)                |
      | reden               | Bedreigt buren wanneer hij ontregeld raakt.  |

    # Ervoor: voor wie er niet bij hoort, is er niets
    Dan bestaat het dossier met alles erin niet voor:
      | de ketenmanager                     |
      | de functionaris gegevensbescherming |
      | de andere procesregisseur           |
      | de politie                          |
    Als de woningcorporatie met noodtoegang het dossier opent: "Hij staat voor de deur."
    Dan wordt dat geweigerd: "Het convenant deelt dit niet met u."

    # Tijdens: vier uur, en twee mensen horen het meteen
    Als deze mensen het dossier gaan volgen:
      | de procesregisseur                  |
      | de functionaris gegevensbescherming |
    En de ketenmanager met noodtoegang het dossier opent: "Hij dreigt te springen; niemand van de regie neemt op."
    Dan hoort de procesregisseur achtereenvolgens:
      | de noodtoegang wordt geopend | de noodtoegang |
    En hoort de functionaris gegevensbescherming achtereenvolgens:
      | de noodtoegang wordt geopend | de noodtoegang |
    En ziet ieder dit in het dossier:
      |                                     | naam | telefoon | reden | burgerservicenummer | de reden van de noodtoegang |
      | de ketenmanager                     | ja   | ja       | ja    | nee                 | ja                          |
      | de functionaris gegevensbescherming | nee  | nee      | nee   | nee                 | ja                          |
      | de procesregisseur                  | ja   | ja       | ja    | ja                  | ja                          |
      | de GGZ-behandelaar                  | ja   | ja       | ja    | ja                  | nee                         |
      | de procesondersteuner               | ja   | ja       | ja    | ja                  | nee                         |
    En bestaat dit niet:
      | wat            | voor wie              |
      | de noodtoegang | de GGZ-behandelaar    |
      | de noodtoegang | de procesondersteuner |
      | de noodtoegang | de politie            |
    En bestaat het dossier met alles erin niet voor:
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de politie                        |
      | de hulpverlener van elders        |
    Als de ketenmanager met noodtoegang het dossier opent: "Nog een keer."
    Dan wordt dat geweigerd: "U hebt al noodtoegang tot dit dossier."
    Als de functionaris gegevensbescherming de noodtoegang terecht vindt: "Alvast."
    Dan wordt dat geweigerd: "Deze stap past niet bij waar het dossier nu is."
    Als de ketenmanager de noodtoegang terecht vindt: "Vind ik zelf."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de procesregisseur de noodtoegang beëindigt
    Dan wordt dat geweigerd: "U mag dit niet doen."

    # Erna: na vier uur is er voor de ketenmanager niets meer
    Als er 4 uur voorbij zijn
    Dan bestaat het dossier met alles erin niet voor:
      | de ketenmanager           |
      | de andere procesregisseur |
      | de politie                |
    Als de procesregisseur de noodtoegang onterecht vindt: "Ik nam wel op."
    Dan wordt dat geweigerd: "U mag dit niet doen."

    # Te laat getoetst: geen volgende
    Als het 15 februari 2024 is geworden
    En de ketenmanager met noodtoegang het dossier opent: "Weer."
    Dan wordt dat geweigerd: "Een eerdere noodtoegang van u is niet op tijd getoetst. Vraag de functionaris gegevensbescherming om die toetsing; tot dan kunt u er geen nieuwe openen."
    Als de functionaris gegevensbescherming de noodtoegang onterecht vindt: "De regie was bereikbaar."
    Dan ziet ieder dit in het dossier:
      |                                     | naam | de reden van de noodtoegang | de toetsing |
      | de functionaris gegevensbescherming | nee  | ja                          | ja          |
      | de procesregisseur                  | ja   | ja                          | ja          |
      | de GGZ-behandelaar                  | ja   | nee                         | nee         |
    En hoort de procesregisseur achtereenvolgens:
      | de noodtoegang wordt getoetst | de noodtoegang |
    Als de ketenmanager met noodtoegang het dossier opent: "Nu is hij zoek."
    En de ketenmanager de noodtoegang beëindigt
    Dan bestaat het dossier met alles erin niet voor:
      | de ketenmanager |
      | de politie      |
    En hebben zij al die tijd niets over het dossier gehoord:
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de hulpverlener van elders        |
