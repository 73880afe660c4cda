# language: nl

Functionaliteit: Wie het convenant heeft ondertekend

  Een partner ziet pas iets van een dossier als de eigen organisatie het convenant heeft ondertekend, en ziet niets meer
  vanaf de dag waarop een opzegging ingaat. Dat legt de ketenmanager van het huis vast. Voor een jeugdgroep moet ook de
  gemeente zelf een convenant hebben, en aan de tafel radicalisering moet een procesregisseur de training hebben gevolgd.

  Scenario: De politie zegt op, en tekent weer
    Gegeven het is 12 februari 2024
    En er wordt een casus besproken over:
      | naam                | Bakker    |
      | burgerservicenummer | 999990019 |
    Als de procesregisseur aan tafel uitnodigt:
      | de politie |
    Dan ziet ieder dit in het dossier:
      |            | naam |
      | de politie | ja   |
    Als de procesregisseur vastlegt dat de politie opzegt per 14 februari 2024
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de ketenmanager vastlegt dat de politie opzegt per 12 februari 2024
    Dan wordt dat geweigerd: "Een einde gaat op zijn vroegst morgen in."
    Als de ketenmanager vastlegt dat de politie opzegt per 14 februari 2024
    Dan ziet ieder dit in het dossier:
      |            | naam |
      | de politie | ja   |
    Als de ketenmanager vastlegt dat de politie opzegt per 20 februari 2024
    Dan wordt dat geweigerd: "Hiervan is al een einde vastgelegd."
    Als het 13 februari 2024 is geworden
    Dan ziet ieder dit in het dossier:
      |            | naam |
      | de politie | ja   |
    Als het 14 februari 2024 is geworden
    Dan ziet ieder dit in het dossier:
      |                    | naam |
      | de politie         | nee  |
      | de procesregisseur | ja   |
    En leest de politie bij het dossier als reden: "Uw organisatie heeft het convenant voor deze tafel niet ondertekend."
    Als de ketenmanager vastlegt dat de politie op 14 februari 2024 heeft ondertekend
    Dan ziet ieder dit in het dossier:
      |            | naam |
      | de politie | ja   |
    Als de ketenmanager vastlegt dat de politie op 15 februari 2024 heeft ondertekend
    Dan wordt dat geweigerd: "Van deze organisatie geldt op die dag al een ondertekening."

  Scenario: De training voor radicalisering
    Gegeven het is 12 februari 2024
    En er wordt een casus besproken over:
      | naam                | Bakker    |
      | burgerservicenummer | 999990019 |
    Als de procesregisseur aan tafel uitnodigt:
      | de politie |
    Gegeven die casus ligt aan de tafel radicalisering
    Dan ziet ieder dit in het dossier:
      |                    | naam |
      | de procesregisseur | nee  |
      | de politie         | ja   |
    En leest de procesregisseur bij het dossier als reden: "Hiervoor is de training voor deze tafel nodig."
    Als de procesregisseur vastlegt dat de procesregisseur op 12 februari 2024 de training heeft gevolgd
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de ketenmanager vastlegt dat de procesregisseur op 13 februari 2024 de training heeft gevolgd
    Dan wordt dat geweigerd: "Een training die nog moet komen, kan niet worden vastgelegd."
    Als de ketenmanager vastlegt dat de procesregisseur op 12 februari 2024 de training heeft gevolgd
    Dan ziet ieder dit in het dossier:
      |                    | naam |
      | de procesregisseur | ja   |
    Als de ketenmanager vastlegt dat de procesregisseur op 11 februari 2024 de training heeft gevolgd
    Dan wordt dat geweigerd: "Van deze professional is de training al vastgelegd."

  Scenario: Een jeugdgroep vraagt ook het convenant van de gemeente
    Gegeven het is 12 februari 2024
    En er wordt een casus besproken over:
      | naam                | Bakker    |
      | burgerservicenummer | 999990019 |
    Als de procesregisseur aan tafel uitnodigt:
      | de politie |
    Gegeven die casus is een jeugdgroep van Emmen, waar het bureau ook werkt
    Als de ketenmanager vastlegt dat de politie op 1 februari 2024 heeft ondertekend
    Dan leest de politie bij het dossier als reden: "Uw organisatie heeft het convenant voor deze tafel niet ondertekend."
    Als de ketenmanager vastlegt dat de gemeente "Enschede (0153)" per 13 februari 2024 een convenant voor jeugdgroepen heeft
    Dan wordt dat geweigerd: "Dit hoort niet bij dit huis."
    Als de politie vastlegt dat de gemeente "Emmen (0114)" per 13 februari 2024 een convenant voor jeugdgroepen heeft
    Dan wordt dat geweigerd: "U mag dit niet doen."
    Als de ketenmanager vastlegt dat de gemeente "Emmen (0114)" per 13 februari 2024 een convenant voor jeugdgroepen heeft
    En het 13 februari 2024 is geworden
    Dan ziet ieder dit in het dossier:
      |            | een deelnemer |
      | de politie | ja            |
