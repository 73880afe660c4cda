# language: nl

Functionaliteit: Een casus, van aanmelding tot afsluiting

  Een casus gaat door veel handen. Ieder ziet op elk moment wat het convenant hem op dat moment geeft, en niet
  meer. Wie niet bij een dossier betrokken is, merkt niet dat het er is: niet in zijn lijst, niet als hij het
  nummer kent, niet als hij zoekt op naam of burgerservicenummer, niet als hij er iets mee probeert te doen, en
  niet als hij volgt wat er gebeurt.

  Scenario: Een casus aan de Top-x tafel in Enschede
    Gegeven het is 12 februari 2024
    En deze mensen luisteren vanaf het begin mee:
      | Burgerzaken Hengelo               |
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de hulpverlener van elders        |

    # De aanmelding
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
    Dan staat het dossier in fase F1 en is er geen andere casus
    En ziet ieder dit in het dossier:
      |                          | naam | burgerservicenummer | telefoon | reden |
      | de GGZ-behandelaar       | ja   | ja                  | ja       | ja    |
      | de procesondersteuner    | ja   | ja                  | ja       | ja    |
      | de informatiecoördinator | ja   | ja                  | ja       | ja    |
      | de procesregisseur       | ja   | ja                  | ja       | ja    |
      | Burgerzaken Enschede     | ja   | ja                  | nee      | nee   |
    En vindt de procesregisseur de persoon op burgerservicenummer
    En bestaat het dossier met alles erin niet voor:
      | Burgerzaken Hengelo               |
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de politie                        |
      | het OM                            |
      | Slachtofferhulp                   |
      | de hulpverlener van elders        |

    # Is zij compleet?
    Als de procesondersteuner de aanmelding in behandeling neemt
    En de procesondersteuner om aanvulling vraagt: "Wat is er al geprobeerd?"
    En de GGZ-behandelaar de aanmelding aanvult: "Twee keer bemoeizorg, beide keren afgebroken."
    Dan ziet ieder dit in het dossier:
      |                       | missingItems | tried |
      | de GGZ-behandelaar    | ja           | ja    |
      | de procesondersteuner | ja           | ja    |
      | Burgerzaken Enschede  | nee          | nee   |
    En bestaat het dossier met alles erin niet voor:
      | Burgerzaken Hengelo               |
      | de collega van de GGZ-behandelaar |

    # Wie kent deze persoon? Alleen ja of nee
    Als de informatiecoördinator vraagt of deze partners de persoon kennen:
      | Slachtofferhulp |
    Dan wordt dat geweigerd: "Deze partner heeft het convenant voor deze tafel niet ondertekend."
    Als de informatiecoördinator vraagt of deze partners de persoon kennen:
      | de politie      |
      | de reclassering |
    Dan ziet ieder dit in het dossier:
      |                 | naam | burgerservicenummer | telefoon | reden |
      | de politie      | ja   | ja                  | nee      | nee   |
      | de reclassering | ja   | ja                  | nee      | nee   |
    En bestaat dit niet:
      | wat                                    | voor wie             |
      | de bekendheidscheck van de reclassering | de politie          |
      | de bekendheidscheck van de politie      | de GGZ-behandelaar  |
      | de bekendheidscheck van de politie      | Burgerzaken Enschede |
      | de BRP-check                            | de politie          |
      | de BRP-check                            | de GGZ-behandelaar  |
    En bestaat het dossier met alles erin niet voor:
      | het wijkteam    |
      | Slachtofferhulp |

    Als de procesregisseur de verrijking begint
    Dan wordt dat geweigerd om deze redenen:
      | De BRP-check is nog niet gedaan, en er is niet vastgelegd waarom het zonder kan. |
      | Nog geen partner heeft de bekendheidscheck beantwoord.                           |

    Als het 13 februari 2024 is geworden
    En Burgerzaken Enschede de BRP-check beantwoordt met adres "Lindelaan 7"
    En de politie antwoordt dat de persoon bekend is, met contactpersoon "Wijkagent Zuid"
    En de reclassering antwoordt dat de persoon niet bekend is
    Dan ziet ieder dit in het dossier:
      |                          | naam | burgerservicenummer | adres | de contactpersoon |
      | de procesregisseur       | ja   | ja                  | ja    | ja                |
      | de informatiecoördinator | ja   | ja                  | ja    | ja                |
      | de procesondersteuner    | ja   | ja                  | ja    | ja                |
      | de GGZ-behandelaar       | ja   | ja                  | nee   | nee               |
    En bestaat het dossier met alles erin niet voor:
      | Burgerzaken Enschede |
      | Burgerzaken Hengelo  |
      | de politie           |
      | de reclassering      |

    # Verrijking: gericht vragen aan een partner
    Als de procesregisseur de verrijking begint
    En de informatiecoördinator aan Slachtofferhulp de vraag "Is er een slachtoffer?" stelt over:
      | slachtoffer (D22) |
    Dan wordt dat geweigerd: "Deze partner heeft het convenant voor deze tafel niet ondertekend."
    Als de informatiecoördinator aan de GGZ-behandelaar de vraag "Welke diagnose?" stelt over:
      | diagnose (D10) |
    Dan wordt dat geweigerd: "Het convenant deelt dit niet met u."
    Als de informatiecoördinator aan de politie de vraag "Wat is er gemeld?" stelt over:
      | politiemeldingen (D14) |
      | verdenkingen (D15)     |
    En de informatiecoördinator aan de politie de vraag "Is hij gewapend?" stelt over:
      | veiligheidssignaal (D37) |
    Dan ziet ieder dit in het dossier:
      |                          | naam | burgerservicenummer | reden | adres | Wat is er gemeld? |
      | de politie               | ja   | ja                  | nee   | nee   | ja                |
      | de informatiecoördinator | ja   | ja                  | ja    | ja    | ja                |
      | de procesregisseur       | ja   | ja                  | ja    | ja    | ja                |
      | de GGZ-behandelaar       | ja   | ja                  | ja    | nee   | nee               |
    En bestaat het dossier met alles erin niet voor:
      | het wijkteam         |
      | het OM               |
      | Burgerzaken Enschede |
    En bestaat dit niet:
      | wat               | voor wie           |
      | Wat is er gemeld? | de GGZ-behandelaar |

    Als de procesregisseur de triage begint met:
      | de politie |
    Dan wordt dat geweigerd: "Nog geen enkele vraag om verrijking is beantwoord."
    Als de politie de vraag "Wat is er gemeld?" beantwoordt met:
      | gegeven                  | grondslag          | tekst              |
      | veiligheidssignaal (D37) | Wpg art. 20 (G-WPG20) | Draagt een mes. |
    Dan wordt dat geweigerd: "Dit gegeven hoort niet bij wat is gevraagd."
    Als de politie de vraag "Wat is er gemeld?" beantwoordt met:
      | gegeven                | grondslag             | tekst                                    |
      | politiemeldingen (D14) | Wpg art. 20 (G-WPG20) | Zeven meldingen van bedreiging in 2023.  |
      | verdenkingen (D15)     | Wpg art. 20 (G-WPG20) | Proces-verbaal van vernieling, november. |
    En de politie de vraag "Is hij gewapend?" beantwoordt met:
      | gegeven                  | grondslag             | tekst                               |
      | veiligheidssignaal (D37) | Wpg art. 20 (G-WPG20) | Ga niet alleen langs: draagt een mes. |
    Dan ziet ieder dit in het dossier:
      |                          | politiemeldingen (D14) | verdenkingen (D15) | veiligheidssignaal (D37) |
      | de procesregisseur       | ja                     | ja                 | ja                       |
      | de informatiecoördinator | ja                     | ja                 | ja                       |
      | de procesondersteuner    | nee                    | nee                | ja                       |
      | de GGZ-behandelaar       | nee                    | nee                | nee                      |
    En bestaat dit niet:
      | wat                      | voor wie              |
      | politiemeldingen (D14)   | de GGZ-behandelaar    |
      | verdenkingen (D15)       | de procesondersteuner |
    En bestaat het dossier met alles erin niet voor:
      | het wijkteam |
      | de politie   |
      | het OM       |

    # Triage
    Als het 20 februari 2024 is geworden
    En de procesregisseur de triage begint met:
      | de politie      |
      | Slachtofferhulp |
    Dan wordt dat geweigerd: "Deze partner heeft het convenant voor deze tafel niet ondertekend."
    Als de procesregisseur de triage begint met:
      | de politie      |
      | de reclassering |
    Dan ziet ieder dit in het dossier:
      |                    | naam | reden | burgerservicenummer | politiemeldingen (D14) | verdenkingen (D15) |
      | de procesregisseur | ja   | ja    | ja                  | ja                     | ja                 |
      | de politie         | ja   | ja    | nee                 | ja                     | ja                 |
      | de reclassering    | ja   | ja    | nee                 | nee                    | nee                |
    En vindt de reclassering niemand met dit burgerservicenummer
    En bestaat dit niet:
      | wat                    | voor wie        |
      | politiemeldingen (D14) | de reclassering |
      | Wat is er gemeld?      | de reclassering |
    En bestaat het dossier met alles erin niet voor:
      | de andere procesregisseur |
      | Slachtofferhulp           |
      | het OM                    |
      | de gemeente Enschede      |
    Als de procesregisseur in de triage besluit de casus op te pakken, met weging "Zorg en veiligheid lopen door elkaar." en deze criteria:
      | criterium | vervuld | toelichting                       |
      | T1        | ja      | Problemen op meerdere gebieden.   |
      | T2        | ja      | Meerdere ketens zijn betrokken.   |
      | T3        | ja      | Het loopt vast in de keten.       |
      | T4        | ja      | Ernstig gevaar voor de omgeving.  |
    Dan wordt dat geweigerd: "De triage is niet voltallig: nodig zijn een partner uit het strafdomein en een zorgpartner of gemeente."
    Als de procesregisseur de triage begint met:
      | de politie         |
      | de GGZ-behandelaar |
    En de procesregisseur in de triage besluit de casus op te pakken, met weging "Zorg en veiligheid lopen door elkaar." en deze criteria:
      | criterium | vervuld | toelichting                       |
      | T1        | ja      | Problemen op meerdere gebieden.   |
      | T2        | ja      | Meerdere ketens zijn betrokken.   |
      | T3        | nee     | De keten is nog niet vastgelopen. |
      | T4        | ja      | Ernstig gevaar voor de omgeving.  |
    Dan wordt dat geweigerd: "De criteria voor procesregie zijn niet vervuld, en de ketenmanager heeft geen afwijking goedgekeurd."

    # Een afwijking van de criteria: de ketenmanager besluit, en ziet alleen de vraag
    En bestaat het dossier met alles erin niet voor:
      | de ketenmanager |
    Als de procesregisseur aan de ketenmanager een afwijking vraagt: "Wachten tot het vastloopt is gevaarlijk."
    Dan ziet ieder dit in het dossier:
      |                    | de afwijking | naam | reden | burgerservicenummer | politiemeldingen (D14) |
      | de ketenmanager    | ja           | nee  | nee   | nee                 | nee                    |
      | de procesregisseur | ja           | ja   | ja    | ja                  | ja                     |
      | de politie         | ja           | ja   | ja    | nee                 | ja                     |
    En bestaat dit niet:
      | wat                    | voor wie        |
      | de afwijking           | het wijkteam    |
      | de afwijking           | het OM          |
      | politiemeldingen (D14) | de ketenmanager |
      | Wat is er gemeld?      | de ketenmanager |
    Als de procesregisseur aan de ketenmanager een afwijking vraagt: "Nog een keer."
    Dan wordt dat geweigerd: "Er wacht al een afwijking op het besluit van de ketenmanager."
    Als de politie de afwijking goedkeurt: "Doen."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de procesregisseur de afwijking goedkeurt: "Doen."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de ketenmanager de afwijking weigert: "Leg uit wat er lokaal is gedaan."
    Dan bestaat het dossier met alles erin niet voor:
      | de ketenmanager |
    Als de procesregisseur in de triage besluit de casus op te pakken, met weging "Zorg en veiligheid lopen door elkaar." en deze criteria:
      | criterium | vervuld | toelichting                       |
      | T1        | ja      | Problemen op meerdere gebieden.   |
      | T2        | ja      | Meerdere ketens zijn betrokken.   |
      | T3        | nee     | De keten is nog niet vastgelopen. |
      | T4        | ja      | Ernstig gevaar voor de omgeving.  |
    Dan wordt dat geweigerd: "De criteria voor procesregie zijn niet vervuld, en de ketenmanager heeft geen afwijking goedgekeurd."
    Als de procesregisseur aan de ketenmanager een afwijking vraagt: "Lokaal is alles gedaan; wachten is gevaarlijk."
    En de ketenmanager de afwijking goedkeurt: "Akkoord."
    Dan bestaat het dossier met alles erin niet voor:
      | de ketenmanager |
    Als de procesregisseur aan de ketenmanager een afwijking vraagt: "Nog een keer."
    Dan wordt dat geweigerd: "De ketenmanager heeft al een afwijking goedgekeurd."
    Als de procesregisseur in de triage besluit de casus op te pakken, met weging "Zorg en veiligheid lopen door elkaar." en deze criteria:
      | criterium | vervuld | toelichting                       |
      | T1        | ja      | Problemen op meerdere gebieden.   |
      | T2        | ja      | Meerdere ketens zijn betrokken.   |
      | T3        | nee     | De keten is nog niet vastgelopen. |
      | T4        | ja      | Ernstig gevaar voor de omgeving.  |
    En de procesregisseur de aanmelder terugkoppeling geeft
    Dan staat het dossier in fase F6 en is er geen andere casus
    En ziet ieder dit in het dossier:
      |                    | het advies | de weging |
      | de procesregisseur | ja         | ja        |
      | de GGZ-behandelaar | ja         | nee       |
    En bestaat het dossier met alles erin niet voor:
      | de politie      |
      | de reclassering |
      | het OM          |

    # Aan tafel
    Als de procesregisseur het overleg opent
    Dan wordt dat geweigerd om deze redenen:
      | Er zitten nog geen twee partners aan tafel.                |
      | De partners aan tafel komen nog niet uit twee domeinen.    |
    Als de procesregisseur aan tafel uitnodigt:
      | Slachtofferhulp |
    Dan wordt dat geweigerd: "Deze partner heeft het convenant voor deze tafel niet ondertekend."
    Als de procesregisseur aan tafel uitnodigt:
      | Burgerzaken Enschede |
    Dan wordt dat geweigerd: "Deze partner heeft aan deze tafel geen zetel."
    Als de procesregisseur aan tafel uitnodigt:
      | de politie           |
      | de GGZ-behandelaar   |
      | de gemeente Enschede |
      | het wijkteam         |
      | het OM               |
      | de reclassering      |
      | de woningcorporatie  |
    En de procesregisseur aan tafel uitnodigt:
      | de politie |
    Dan wordt dat geweigerd: "Deze professional heeft al een zetel."
    Als de procesregisseur het overleg opent
    Dan ziet ieder dit in het dossier:
      |                      | naam | telefoon | adres | reden | burgerservicenummer | politiemeldingen (D14) | verdenkingen (D15) | veiligheidssignaal (D37) |
      | de procesregisseur   | ja   | ja       | ja    | ja    | ja                  | ja                     | ja                 | ja                       |
      | de politie           | ja   | ja       | ja    | ja    | nee                 | ja                     | ja                 | ja                       |
      | het OM               | ja   | ja       | ja    | ja    | nee                 | ja                     | ja                 | ja                       |
      | de GGZ-behandelaar   | ja   | ja       | ja    | ja    | ja                  | ja                     | nee                | ja                       |
      | de gemeente Enschede | ja   | ja       | ja    | ja    | nee                 | ja                     | nee                | ja                       |
      | het wijkteam         | ja   | ja       | ja    | ja    | nee                 | ja                     | nee                | ja                       |
      | de woningcorporatie  | ja   | ja       | nee   | nee   | nee                 | nee                    | nee                | ja                       |
    En vindt het OM niemand met dit burgerservicenummer
    En bestaat dit niet:
      | wat                    | voor wie            |
      | politiemeldingen (D14) | de woningcorporatie |
      | verdenkingen (D15)     | het wijkteam        |
      | Wat is er gemeld?      | het wijkteam        |
      | de BRP-check           | het OM              |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp                   |
      | de collega van de GGZ-behandelaar |
      | Burgerzaken Enschede              |

    # De diagnose: alleen met een vastgelegde doorbreking, en alleen voor wie daarin is genoemd
    Als de GGZ-behandelaar inbrengt:
      | gegeven        | grondslag                     | tekst                       |
      | diagnose (D10) | conflict van plichten (G-CVP) | Psychose bij middelgebruik. |
    Dan wordt dat geweigerd: "Er is geen grond vastgelegd om dit met u te delen."
    Als de GGZ-behandelaar inbrengt:
      | gegeven                            | grondslag                     | tekst                         | besluit                   | ontvangers                    |
      | diagnose voor de reclassering (D10) | conflict van plichten (G-CVP) | Psychose bij middelgebruik.  | doorbreking (DOORBREKING) | de reclassering (RECLASSERING) |
      | medicatie voor het OM (D10)         | conflict van plichten (G-CVP) | Krijgt een depotinjectie.    | doorbreking (DOORBREKING) | het OM (OM)                   |
    En de woningcorporatie inbrengt:
      | gegeven      | grondslag                | tekst                              |
      | wonen (D06)  | huurovereenkomst (G-HUUR) | Ontruiming dreigt per 1 juli.     |
    Dan ziet ieder dit in het dossier:
      |                     | diagnose voor de reclassering (D10) | medicatie voor het OM (D10) | wonen (D06) |
      | de GGZ-behandelaar  | ja                                  | ja                          | ja          |
      | de reclassering     | ja                                  | nee                         | ja          |
      | het OM              | nee                                 | ja                          | ja          |
      | de politie          | nee                                 | nee                         | ja          |
      | de procesregisseur  | nee                                 | nee                         | ja          |
      | het wijkteam        | nee                                 | nee                         | ja          |
      | de woningcorporatie | nee                                 | nee                         | ja          |
    En bestaat dit niet:
      | wat                                 | voor wie                 |
      | diagnose voor de reclassering (D10) | het OM                   |
      | diagnose voor de reclassering (D10) | de procesregisseur       |
      | medicatie voor het OM (D10)         | de politie               |
      | medicatie voor het OM (D10)         | het wijkteam             |
      | wonen (D06)                         | de procesondersteuner    |

    # Wat niet wordt gedeeld omdat er niets voor is vastgelegd, kan worden gevraagd aan wie het kan leveren
    Als het wijkteam aan de leveranciers aan tafel "Wat heeft hij?" vraagt over:
      | diagnose (D10) |
    Dan wordt dat geweigerd: "Het convenant deelt dit niet met u."
    Als de procesregisseur aan de leveranciers aan tafel "Waarom dit?" vraagt over:
      | wonen (D06) |
    Dan wordt dat geweigerd: "Dit wordt al met u gedeeld."
    Als de procesregisseur aan de leveranciers aan tafel "De crisisdienst moet dit weten." vraagt over:
      | diagnose (D10) |
    Dan ziet ieder dit in het dossier:
      |                    | De crisisdienst moet dit weten. |
      | de procesregisseur | ja                              |
      | de GGZ-behandelaar | ja                              |
      | het OM             | nee                             |
      | de politie         | nee                             |
      | het wijkteam       | nee                             |
    En bestaat dit niet:
      | wat                             | voor wie            |
      | De crisisdienst moet dit weten. | de politie          |
      | De crisisdienst moet dit weten. | het OM              |
      | De crisisdienst moet dit weten. | de woningcorporatie |
    Als de procesregisseur aan de leveranciers aan tafel "Nog een keer." vraagt over:
      | diagnose (D10) |
    Dan wordt dat geweigerd: "Uw organisatie heeft dit al gevraagd; die vraag staat nog open."
    Als de GGZ-behandelaar de vraag "De crisisdienst moet dit weten." beantwoordt met:
      | gegeven                     | grondslag                     | tekst                       | besluit                   | ontvangers              |
      | diagnose voor de regie (D10) | conflict van plichten (G-CVP) | Bij crisis: depot ophalen. | doorbreking (DOORBREKING) | het bureau (ZVH_BUREAU) |
    Dan ziet ieder dit in het dossier:
      |                     | diagnose voor de regie (D10) |
      | de procesregisseur  | ja                           |
      | de GGZ-behandelaar  | ja                           |
      | de reclassering     | nee                          |
      | het OM              | nee                          |
      | het wijkteam        | nee                          |

    # Het plan
    Als de procesregisseur het plan vaststelt
    Dan wordt dat geweigerd om deze redenen:
      | Er is nog geen plan van aanpak.  |
      | Het plan heeft nog geen actie.   |
    Als de procesregisseur het plan maakt met het doel "Jan blijft wonen en neemt zijn medicatie."
    En de procesregisseur aan het plan toevoegt:
      | actie                   | eigenaar        | soort           | uiterlijk     | nodig |
      | Steun aan de buren      | Slachtofferhulp | inhoud (INHOUD) | 15 april 2024 |       |
    Dan wordt dat geweigerd: "De eigenaar van de actie zit niet aan tafel."
    Als de procesregisseur aan het plan toevoegt:
      | actie            | eigenaar           | soort           | uiterlijk     | nodig |
      | Zelf behandelen  | de procesregisseur | inhoud (INHOUD) | 15 april 2024 |       |
    Dan wordt dat geweigerd: "Het bureau kan alleen eigenaar zijn van procesacties of trajectbegeleiding."
    Als de procesregisseur aan het plan toevoegt:
      | actie                        | eigenaar            | soort           | uiterlijk     | nodig          |
      | Behandeling hervatten        | de GGZ-behandelaar  | inhoud (INHOUD) | 15 april 2024 |                |
      | Toezicht met behandelplicht  | de reclassering     | inhoud (INHOUD) | 15 april 2024 | diagnose (D10) |
      | Laatste-kanscontract         | de woningcorporatie | inhoud (INHOUD) | 15 april 2024 | wonen (D06)    |
      | Overleg plannen              | de procesregisseur  | proces (PROCES) | 15 april 2024 |                |
    En de procesregisseur het plan vaststelt
    Dan wordt dat geweigerd: "Nog niet elke actie is door haar eigenaar aanvaard."
    Als de politie de actie "Behandeling hervatten" aanvaardt
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de GGZ-behandelaar de actie "Behandeling hervatten" aanvaardt
    En de reclassering de actie "Toezicht met behandelplicht" aanvaardt
    En de woningcorporatie de actie "Laatste-kanscontract" aanvaardt
    En de procesregisseur de actie "Overleg plannen" aanvaardt
    En de procesregisseur het plan vaststelt
    Dan ziet ieder dit in het dossier:
      |                       | het doel | Behandeling hervatten | Toezicht met behandelplicht | Laatste-kanscontract |
      | de procesregisseur    | ja       | ja                    | ja                          | ja                   |
      | de procesondersteuner | ja       | ja                    | ja                          | ja                   |
      | de politie            | ja       | ja                    | ja                          | ja                   |
      | de GGZ-behandelaar    | ja       | ja                    | ja                          | ja                   |
      | de woningcorporatie   | nee      | nee                   | nee                         | ja                   |
    En bestaat dit niet:
      | wat                         | voor wie            |
      | Behandeling hervatten       | de woningcorporatie |
      | Toezicht met behandelplicht | de woningcorporatie |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp           |
      | de andere procesregisseur |

    # Monitoring
    Als het 4 maart 2024 is geworden
    En de procesregisseur de monitoring begint, met evaluatie op 1 juli 2024
    Dan wordt dat geweigerd: "De evaluatie moet binnen drie maanden zijn."
    Als deze mensen het dossier gaan volgen:
      | de procesregisseur  |
      | de politie          |
      | de reclassering     |
      | de woningcorporatie |
    En de procesregisseur de monitoring begint, met evaluatie op 3 juni 2024
    En de politie inbrengt:
      | gegeven              | grondslag             | tekst                               |
      | nieuw incident (D14) | Wpg art. 20 (G-WPG20) | Op 3 maart weer ruzie op de galerij. |
    En de GGZ-behandelaar de actie "Behandeling hervatten" afrondt
    En de woningcorporatie de actie "Laatste-kanscontract" afrondt
    Dan hoort de procesregisseur achtereenvolgens:
      | de casus gaat verder | de casus              |
      | nieuwe inbreng       | nieuw incident (D14)  |
      | een actie verandert  | Behandeling hervatten |
      | een actie verandert  | Laatste-kanscontract  |
    En hoort de politie achtereenvolgens:
      | de casus gaat verder | de casus              |
      | nieuwe inbreng       | nieuw incident (D14)  |
      | een actie verandert  | Behandeling hervatten |
      | een actie verandert  | Laatste-kanscontract  |
    En hoort de reclassering achtereenvolgens:
      | de casus gaat verder | de casus              |
      | nieuwe inbreng       | nieuw incident (D14)  |
      | een actie verandert  | Behandeling hervatten |
      | een actie verandert  | Laatste-kanscontract  |
    En hoort de woningcorporatie achtereenvolgens:
      | de casus gaat verder | de casus             |
      | een actie verandert  | Laatste-kanscontract |
    En ziet ieder dit in het dossier:
      |                      | politiemeldingen (D14) | nieuw incident (D14) | diagnose voor de reclassering (D10) | medicatie voor het OM (D10) |
      | de procesregisseur   | ja                     | ja                   | nee                                 | nee                         |
      | de politie           | ja                     | ja                   | nee                                 | nee                         |
      | de gemeente Enschede | nee                    | ja                   | nee                                 | nee                         |
      | de reclassering      | nee                    | ja                   | ja                                  | nee                         |
      | het OM               | nee                    | ja                   | nee                                 | nee                         |
      | de woningcorporatie  | nee                    | nee                  | nee                                 | nee                         |
    En leest het OM bij het dossier als reden: "Dit hoort niet bij uw betrokkenheid."
    En bestaat dit niet:
      | wat                                 | voor wie             |
      | nieuw incident (D14)                | de woningcorporatie  |
      | Behandeling hervatten               | de woningcorporatie  |
      | politiemeldingen (D14)              | de gemeente Enschede |
      | diagnose voor de reclassering (D10) | het OM               |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp                   |
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de ketenmanager                   |
    Als de GGZ-behandelaar inbrengt:
      | gegeven        | grondslag                     | tekst                    | besluit                   | ontvangers  |
      | diagnose (D10) | conflict van plichten (G-CVP) | Opnieuw psychotisch.     | doorbreking (DOORBREKING) | het OM (OM) |
    Dan wordt dat geweigerd: "Dit werd in een eerdere fase gedeeld."

    # Terug naar het overleg, met hetzelfde plan
    Als de procesregisseur naar het overleg terugkeert
    Dan staat het dossier in fase F6 en is er geen andere casus
    Als de procesregisseur het plan maakt met het doel "Nog een plan."
    Dan wordt dat geweigerd: "Er is al een plan van aanpak."
    Als de procesregisseur het plan vaststelt
    En de procesregisseur de monitoring begint, met evaluatie op 3 juni 2024
    Dan staat het dossier in fase F8 en is er geen andere casus

    # Afschalen: iemand neemt het over, en zegt daar ja op
    Als het 27 mei 2024 is geworden
    En de procesregisseur begint met afschalen
    Dan wordt dat geweigerd: "De ontvangende partij heeft de overdracht nog niet aanvaard."
    Als de procesregisseur de casus warm overdraagt aan Slachtofferhulp, met nacontrole op 1 juli 2024
    Dan wordt dat geweigerd: "De ontvanger van de overdracht zit niet aan tafel."
    Als de procesregisseur de casus warm overdraagt aan het wijkteam, met nacontrole op 1 juli 2024
    Dan bestaat dit niet:
      | wat            | voor wie            |
      | de overdracht  | de woningcorporatie |
    Als de procesregisseur de casus warm overdraagt aan de gemeente Enschede, met nacontrole op 1 juli 2024
    Dan wordt dat geweigerd: "Er wacht al een overdracht op antwoord."
    Als de politie de overdracht aanvaardt
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de procesregisseur begint met afschalen
    Dan wordt dat geweigerd: "De ontvangende partij heeft de overdracht nog niet aanvaard."
    Als het wijkteam de overdracht weigert
    En de procesregisseur begint met afschalen
    Dan wordt dat geweigerd: "De ontvangende partij heeft de overdracht nog niet aanvaard."
    Als de procesregisseur de casus warm overdraagt aan het wijkteam, met nacontrole op 1 juli 2024
    En het wijkteam de overdracht aanvaardt
    En de procesregisseur begint met afschalen
    Dan ziet ieder dit in het dossier:
      |                      | naam | reden | het doel | de overdracht | nieuw incident (D14) | politiemeldingen (D14) |
      | de procesregisseur   | ja   | ja    | ja       | ja            | ja                   | ja                     |
      | het wijkteam         | ja   | ja    | ja       | ja            | ja                   | nee                    |
      | de gemeente Enschede | ja   | nee   | ja       | ja            | ja                   | nee                    |
      | de woningcorporatie  | ja   | nee   | nee      | nee           | nee                  | nee                    |
    En leest de gemeente Enschede bij het dossier als reden: "Dit werd in een eerdere fase gedeeld."
    En bestaat dit niet:
      | wat                    | voor wie             |
      | de overdracht          | de woningcorporatie  |
      | politiemeldingen (D14) | het wijkteam         |
      | nieuw incident (D14)   | de woningcorporatie  |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp           |
      | Burgerzaken Enschede      |
      | de andere procesregisseur |

    # Nazorg en afsluiting
    Als de procesregisseur de casus afsluit: "Besproken met Jan op 27 mei."
    Dan wordt dat geweigerd: "Nog niet elke actie is afgerond of overgedragen."
    Als de reclassering de actie "Toezicht met behandelplicht" afrondt
    En de procesregisseur de actie "Overleg plannen" afrondt
    En de procesregisseur de nazorg begint, met nacontrole op 1 oktober 2024
    Dan wordt dat geweigerd: "De dag van de nacontrole moet binnen drie maanden zijn."
    Als de procesregisseur de nazorg begint, met nacontrole op 1 juli 2024
    Dan ziet ieder dit in het dossier:
      |                      | naam | telefoon | het doel | nieuw incident (D14) |
      | het wijkteam         | ja   | ja       | ja       | nee                  |
      | de gemeente Enschede | ja   | nee      | ja       | nee                  |
    En bestaat dit niet:
      | wat                    | voor wie             |
      | nieuw incident (D14)   | het wijkteam         |
      | politiemeldingen (D14) | de gemeente Enschede |
    En bestaat het dossier met alles erin niet voor:
      | Slachtofferhulp                   |
      | Burgerzaken Hengelo               |
      | de collega van de GGZ-behandelaar |
    Als het 1 juli 2024 is geworden
    En de procesregisseur de casus afsluit: "Besproken met Jan op 1 juli."
    Dan staat het dossier in fase F11 en is er geen andere casus
    En ziet ieder dit in het dossier:
      |                    | de contactpersoon | naam | burgerservicenummer | reden | het doel | nieuw incident (D14) |
      | de procesregisseur | ja                | nee  | nee                 | nee   | nee      | nee                  |
      | de GGZ-behandelaar | nee               | nee  | nee                 | nee   | nee      | nee                  |
    En bestaat het dossier met alles erin niet voor:
      | de politie                        |
      | het OM                            |
      | het wijkteam                      |
      | de gemeente Enschede              |
      | de woningcorporatie               |
      | Burgerzaken Enschede              |
      | Slachtofferhulp                   |
      | de collega van de GGZ-behandelaar |
    En hebben zij al die tijd niets over het dossier gehoord:
      | Burgerzaken Hengelo               |
      | de collega van de GGZ-behandelaar |
      | de andere procesregisseur         |
      | de hulpverlener van elders        |

  Scenario: Een BRP-check die niet op tijd komt
    Gegeven het is 12 februari 2024
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Dekker    |
      | burgerservicenummer | 999990056 |
    En de procesondersteuner de aanmelding in behandeling neemt
    En de informatiecoördinator vraagt of deze partners de persoon kennen:
      | de politie |
    En de politie antwoordt dat de persoon niet bekend is
    En het 20 februari 2024 is geworden
    Dan bestaat het dossier met alles erin niet voor:
      | Burgerzaken Enschede |
    Als de procesregisseur de verrijking begint
    Dan wordt dat geweigerd: "De BRP-check is nog niet gedaan, en er is niet vastgelegd waarom het zonder kan."
    Als de procesondersteuner zonder BRP-check verdergaat: "Duurt te lang."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de informatiecoördinator zonder BRP-check verdergaat: "De gemeente antwoordt niet; identiteit is vastgesteld."
    En de informatiecoördinator zonder BRP-check verdergaat: "Nog een keer."
    Dan wordt dat geweigerd: "Er staat geen BRP-check open."
    Als de procesregisseur de verrijking begint
    Dan staat het dossier in fase F4 en is er geen andere casus

  Scenario: Tot 2024 meldt in Twente alleen een gemeente aan
    Gegeven het is 31 december 2023
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Visser    |
      | burgerservicenummer | 999990032 |
    Dan wordt dat geweigerd: "Uw organisatie kan op deze datum niet zelf aanmelden. Vraag de gemeente om aan te melden."
    Als de gemeente Enschede deze persoon aanmeldt:
      | naam                | Visser    |
      | burgerservicenummer | 999990032 |
    Dan staat het dossier in fase F1 en is er geen andere casus
    En bestaat het dossier met alles erin niet voor:
      | de GGZ-behandelaar |
      | het wijkteam       |

  Scenario: Vanaf 2024 meldt elke ondertekenaar aan
    Gegeven het is 1 januari 2024
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Visser    |
      | burgerservicenummer | 999990032 |
    Dan staat het dossier in fase F1 en is er geen andere casus

  Scenario: Wie het convenant niet tekende, meldt niet aan
    Gegeven het is 12 februari 2024
    Als Slachtofferhulp deze persoon aanmeldt:
      | naam          | Smit        |
      | geboortedatum | 3 juni 1990 |
    Dan wordt dat geweigerd: "Uw organisatie heeft het convenant voor deze tafel niet ondertekend."

  Abstract Scenario: Een burgerservicenummer dat niet kan bestaan
    Gegeven het is 12 februari 2024
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Smit     |
      | burgerservicenummer | <nummer> |
    Dan wordt dat geweigerd: "Dit is geen geldig burgerservicenummer."

    Voorbeelden:
      | nummer    |
      | 123456789 |
      | 000000000 |
      | 12345678  |

  Scenario: Een woningcorporatie mag het burgerservicenummer niet verwerken
    Gegeven het is 12 februari 2024
    Als de woningcorporatie deze persoon aanmeldt:
      | naam                | Smit      |
      | burgerservicenummer | 999990019 |
      | gemeente            | Enschede (0153) |
    Dan wordt dat geweigerd: "Het convenant deelt dit niet met u."

  Scenario: Een ingetrokken aanmelding
    Gegeven het is 12 februari 2024
    Als de GGZ-behandelaar deze persoon aanmeldt:
      | naam                | Mulder      |
      | burgerservicenummer | 999990044   |
      | reden               | Verward op straat. |
    En de procesondersteuner de aanmelding in behandeling neemt
    En de informatiecoördinator vraagt of deze partners de persoon kennen:
      | de politie |
    Dan ziet ieder dit in het dossier:
      |            | naam | reden |
      | de politie | ja   | nee   |
    Als de procesregisseur de aanmelding intrekt: "Niet nodig."
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de GGZ-behandelaar de aanmelding intrekt: "Hij is opgenomen."
    Dan staat het dossier in fase F11 en is er geen andere casus
    En ziet ieder dit in het dossier:
      |                       | naam | burgerservicenummer | reden |
      | de GGZ-behandelaar    | nee  | nee                 | nee   |
      | de procesondersteuner | nee  | nee                 | nee   |
      | de procesregisseur    | nee  | nee                 | nee   |
    En vindt de GGZ-behandelaar niemand met dit burgerservicenummer
    En bestaat het dossier met alles erin niet voor:
      | de politie           |
      | Burgerzaken Enschede |
      | Slachtofferhulp      |
    Als de procesondersteuner de aanmelding in behandeling neemt
    Dan wordt dat geweigerd: "Deze stap past niet bij waar het dossier nu is."
