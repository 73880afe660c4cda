//! The standing of a viewer on one dossier (README, "How a request is decided") and the words it is made of.
//!
//! A standing is given, never looked up: this module must never know where assignments or signatures are kept.

use super::partner::PartnerKind;

codes! {
    /// The three verbs of the covenant.
    Verb, "werkwoord" {
        See = "see", "inzien";
        Supply = "supply", "verstrekken";
        Ask = "ask", "vragen";
    }
}

codes! {
    /// The kind of the viewer's active assignment to the dossier (README, table of involvements).
    Involvement, "betrokkenheid" {
        Geen = "GEEN", "geen toewijzing";
        Aanmelder = "AANMELDER", "aanmelder";
        Ondersteuning = "ONDERSTEUNING", "procesondersteuning";
        Informatie = "INFORMATIE", "informatiedesk";
        Procesregie = "PROCESREGIE", "procesregie";
        BrpTaak = "BRP_TAAK", "open BRP-taak";
        Bekendheidscheck = "BEKENDHEIDSCHECK", "open bekendheidscheck";
        Verrijking = "VERRIJKING", "open verrijkingsvraag";
        Triage = "TRIAGE", "deelnemer aan de triage";
        Zetel = "ZETEL", "zetel aan de tafel";
        Gast = "GAST", "incidentele deelnemer";
        Traject = "TRAJECT", "trajectbegeleiding";
        Levensloop = "LEVENSLOOP", "levensloopaanbieder";
        Toegewezen = "TOEGEWEZEN", "zorgorganisatie van een I28-melding";
        Zsm = "ZSM", "ZSM-desk";
        Bestuur = "BESTUUR", "bestuurder in een RDM-escalatie";
        Comensha = "COMENSHA", "uitvoer naar CoMensha";
        Overdracht = "OVERDRACHT", "ontvangende lokale partij";
        Betrokkene = "BETROKKENE", "de betrokkene, door een verzoek";
        Fg = "FG", "functionaris gegevensbescherming";
        Onderzoek = "ONDERZOEK", "onderzoeker";
        Noodtoegang = "NOODTOEGANG", "noodtoegang";
    }
}

impl Involvement {
    /// The phase that a task brings with it, whatever phase the dossier is in (README, below the table).
    pub fn task_phase(self) -> Option<Phase> {
        const TASKS: [(Involvement, Phase); 3] = [
            (Involvement::BrpTaak, Phase::F3),
            (Involvement::Bekendheidscheck, Phase::F2),
            (Involvement::Verrijking, Phase::F4),
        ];
        TASKS.iter().find(|(task, _)| *task == self).map(|(_, phase)| *phase)
    }
}

codes! {
    /// On which side of the case the professional works.
    Side, "kant" {
        Geen = "GEEN", "geen kant";
        Slachtoffer = "SLACHTOFFER", "kant van het slachtoffer";
        Pleger = "PLEGER", "kant van de pleger";
    }
}

codes! {
    /// A tafel of `seats.csv`, or ADVIES (an advice question, without a person).
    Tafel, "tafel" {
        Coveca = "COVECA", "complexe veiligheidscasuïstiek";
        Topx = "TOPX", "Top-x";
        Pmg = "PMG", "Preventie met Gezag";
        Vpo = "VPO", "veelplegersoverleg";
        Jor = "JOR", "Justitieel Overleg Risicojongeren";
        CodeRood = "CODE_ROOD", "Code Rood";
        Stalking = "STALKING", "casustafel stalking";
        CterWeeg = "CTER_WEEG", "weegploeg CTER";
        Rad = "RAD", "casusoverleg radicalisering";
        Rfpn = "RFPN", "regionaal forensisch psychiatrisch netwerk";
        LlaIncl = "LLA_INCL", "inclusietafel Levensloopaanpak";
        Lla = "LLA", "Levensloopaanpak";
        Expert = "EXPERT", "experttafel";
        Reg = "REG", "re-integratie gedetineerden";
        RegJeugd = "REG_JEUGD", "re-integratie jeugd";
        IsdTerugkeer = "ISD_TERUGKEER", "terugkeer na ISD";
        I28 = "I28", "I28-tafel";
        Oggz = "OGGZ", "OGGZ-tafel";
        Mda = "MDA", "MDA++";
        Actieoverleg = "ACTIEOVERLEG", "actieoverleg";
        Routeer = "ROUTEER", "routeeroverleg";
        MhRegie = "MH_REGIE", "zorgregie mensenhandel";
        MhSignaal = "MH_SIGNAAL", "signalentafel mensenhandel";
        MhDrieluik = "MH_DRIELUIK", "Drieluik mensenhandel";
        Jeugdgroep = "JEUGDGROEP", "aanpak jeugdgroep";
        Rdm3 = "RDM3", "bestuurlijk escalatieoverleg (RDM trede 3)";
        Tvo = "TVO", "tactisch veiligheidsoverleg";
        Advies = "ADVIES", "adviesvraag";
    }
}

codes! {
    /// The phase of the dossier (`phases.csv`).
    Phase, "fase" {
        F0 = "F0", "adviesvraag";
        F1 = "F1", "aanmelding";
        F2 = "F2", "bekendheidscheck";
        F3 = "F3", "BRP-check";
        F4 = "F4", "verrijking";
        F5 = "F5", "triage en weging";
        F6 = "F6", "overleg";
        F7 = "F7", "plan vastgesteld";
        F8 = "F8", "monitoring en opschaling";
        F9 = "F9", "afschalen";
        F10 = "F10", "nazorg";
        F11 = "F11", "gesloten";
        F12 = "F12", "vernietigd";
    }
}

/// The standing of a viewer on one dossier (README, "Standing").
///
/// Derived by the caller from one active assignment; the engine takes it as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the four yes-or-no facts of a standing in the README")]
pub struct Standing {
    /// The kind of the viewer's organisation.
    pub partner: PartnerKind,
    /// The viewer's gemeente is one of the dossier's; true for partners that are no gemeente.
    pub same_gemeente: bool,
    /// The organisation signed the covenant in force for this house and tafel.
    pub signed: bool,
    /// A valid geheimhoudingsverklaring covers this item or handover.
    pub secrecy: bool,
    /// Trained in radicalisering.
    pub trained: bool,
    /// The kind of the assignment.
    pub involvement: Involvement,
    /// On which side of the case the professional works.
    pub side: Side,
    /// The tafel of the dossier; before triage the proposed one.
    pub tafel: Tafel,
    /// The phase of the dossier; a task assignment brings its own.
    pub phase: Phase,
}

impl Standing {
    /// The phase that counts: the task's own, else the dossier's.
    pub fn effective_phase(&self) -> Phase {
        self.involvement.task_phase().unwrap_or(self.phase)
    }

    /// The same standing with the phase that counts written out; equal for the covenant.
    #[must_use]
    pub fn normal(self) -> Self {
        Self { phase: self.effective_phase(), ..self }
    }

    /// The standing in 26 bits, injective.
    pub(crate) fn bits(&self) -> u64 {
        let flags = [self.same_gemeente, self.signed, self.secrecy, self.trained];
        let flags = flags.iter().fold(0, |bits, flag| bits << 1 | u64::from(*flag));
        [
            (self.partner as u64, 6),
            (self.involvement as u64, 5),
            (self.side as u64, 2),
            (self.tafel as u64, 5),
            (self.phase as u64, 4),
        ]
        .into_iter()
        .fold(flags, |bits, (value, width)| bits << width | value)
    }
}
