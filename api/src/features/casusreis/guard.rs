//! The conditions of the journey, each with its code, its Dutch sentence and its rule.
//!
//! A condition looks at the situation of the dossier and, where the step brings one, at the proposal. Pure: what
//! it looks at was read before.

use chrono::{Months, NaiveDate};
use convenant::{Domain, PartnerKind, Tafel};
use entity::id::OrganisationId;

use super::situation::Situation;
use super::state::{AfwijkingState, CaseState};
use crate::graphql::change::Refused;

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)+) => {
        /// A condition of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Guard { $($(#[$doc])* $name),+ }

        impl Guard {
            /// Every condition.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code of the condition, as an app sees it.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What is not met, for the professional.
            pub(crate) const fn message(self) -> &'static str {
                match self { $(Self::$name => $message),+ }
            }
        }
    };
}

guards! {
    /// The house does not take registrations of this partner on this date.
    RegistrationOfPartner = "REGISTRATION_PARTNER", "Uw organisatie kan op deze datum niet zelf aanmelden. Vraag de gemeente om aan te melden.";
    /// The tafel does not work for this gemeente.
    RegistrationOfGemeente = "REGISTRATION_GEMEENTE", "Deze tafel werkt niet voor deze gemeente. De gemeente pakt dit zelf op.";
    /// The gemeente has the contract with the house on which the tafel works.
    ContractOfGemeente = "GEMEENTE_CONTRACT", "Deze gemeente heeft hiervoor geen contract met het huis. De gemeente pakt dit zelf op.";
    /// No covenant is in force.
    ConvenantInForce = "CONVENANT_IN_FORCE", "Er is op deze datum geen convenant van kracht.";
    /// The step starts in the state in which the dossier is.
    InState = "STATE", "Deze stap past niet bij waar het dossier nu is.";
    /// A BRP check is open, or has lapsed without an answer.
    BrpCheckOpen = "BRP_CHECK_OPEN", "Er staat geen BRP-check open.";
    /// Every BRP check is answered, or was waived with a reason.
    BrpChecksSettled = "BRP_CHECKS_SETTLED", "De BRP-check is nog niet gedaan, en er is niet vastgelegd waarom het zonder kan.";
    /// At least one organisation answered whether it knows the person.
    BekendheidAnswered = "BEKENDHEID_ANSWERED", "Nog geen partner heeft de bekendheidscheck beantwoord.";
    /// At least one question was answered, or all have expired or were refused.
    VerrijkingSettled = "VERRIJKING_SETTLED", "Nog geen enkele vraag om verrijking is beantwoord.";
    /// The procesregisseur, a straf partner, and a zorg or gemeente partner take part (domain.md b.5).
    Quorum = "QUORUM", "De triage is niet voltallig: nodig zijn een partner uit het strafdomein en een zorgpartner of gemeente.";
    /// The criteria for taking up are met, or a deviation was approved by the ketenmanager (b.5).
    CriteriaMet = "CRITERIA", "De criteria voor procesregie zijn niet vervuld, en de ketenmanager heeft geen afwijking goedgekeurd.";
    /// No afwijking waits for a decision.
    NoOpenAfwijking = "NO_OPEN_AFWIJKING", "Er wacht al een afwijking op het besluit van de ketenmanager.";
    /// No afwijking was approved.
    NoApprovedAfwijking = "NO_APPROVED_AFWIJKING", "De ketenmanager heeft al een afwijking goedgekeurd.";
    /// Somebody leads the house.
    KetenmanagerKnown = "KETENMANAGER_KNOWN", "Er is geen ketenmanager bekend die over een afwijking kan besluiten.";
    /// Who asked an afwijking does not decide on it.
    NotAskedBySelf = "FOUR_EYES", "Wie een afwijking vraagt, besluit er niet zelf over.";
    /// A refusal carries advice to the aanmelder (A26).
    AdviceGiven = "ADVICE", "Bij dit besluit hoort een advies aan de aanmelder.";
    /// Partners take part in the triage: the regisseur does not decide alone (S0, S3).
    NotAlone = "NOT_ALONE", "De procesregisseur besluit niet alleen: er nemen geen partners deel.";
    /// The house has the tafel and its oplegger is valid today.
    OpleggerValid = "OPLEGGER", "Voor deze tafel is vandaag geen geldige oplegger.";
    /// The dossier does not become less confidential before the triage.
    AsConfidential = "CONFIDENTIALITY", "Deze tafel is minder vertrouwelijk dan de voorgestelde. Daarover besluit de triage.";
    /// The partner kind has a seat at the tafel.
    SeatOfTafel = "SEAT_OF_TAFEL", "Deze partner heeft aan deze tafel geen zetel.";
    /// The organisation has signed the covenant for the tafel.
    PartnerSigned = "PARTNER_SIGNED", "Deze partner heeft het convenant voor deze tafel niet ondertekend.";
    /// The professional has no seat yet.
    SeatNotTaken = "SEAT_NOT_TAKEN", "Deze professional heeft al een zetel.";
    /// The partner is one of a kind that takes part at a tafel.
    GuestOfPartner = "GUEST_PARTNER", "Deze organisatie kan niet te gast zijn aan een tafel.";
    /// The professional has no seat, and is no guest yet on that day.
    GuestNotAtTafel = "GUEST_AT_TAFEL", "Deze professional zit die dag al aan tafel.";
    /// The day of the agenda item is at most three months ahead.
    GuestDayWithinThreeMonths = "GUEST_DAY", "De dag van het agendapunt moet binnen drie maanden zijn.";
    /// What is signed is the present text.
    TextIsCurrent = "TEXT_VERSION", "De tekst van de verklaring is een andere. Lees haar opnieuw en teken dan.";
    /// At least two partners sit at the tafel (b.6).
    TwoPartners = "TWO_PARTNERS", "Er zitten nog geen twee partners aan tafel.";
    /// They come from at least two domains (b.6).
    TwoDomains = "TWO_DOMAINS", "De partners aan tafel komen nog niet uit twee domeinen.";
    /// The datum belongs to what was asked for.
    CategoryAsked = "CATEGORY_ASKED", "Dit gegeven hoort niet bij wat is gevraagd.";
    /// No plan was made yet.
    NoPlanYet = "NO_PLAN_YET", "Er is al een plan van aanpak.";
    /// A plan was made.
    PlanMade = "PLAN_MADE", "Er is nog geen plan van aanpak.";
    /// The plan has an action.
    PlanHasAction = "PLAN_HAS_ACTION", "Het plan heeft nog geen actie.";
    /// The owner of the action sits at the tafel.
    OwnerAtTafel = "OWNER_AT_TAFEL", "De eigenaar van de actie zit niet aan tafel.";
    /// The bureau owns actions of process or guidance only (A31, A32).
    OwnerFitsKind = "OWNER_FITS_KIND", "Het bureau kan alleen eigenaar zijn van procesacties of trajectbegeleiding.";
    /// Every action was accepted by its owner.
    ActionsAccepted = "ACTIONS_ACCEPTED", "Nog niet elke actie is door haar eigenaar aanvaard.";
    /// The review is at most three months ahead.
    ReviewWithinThreeMonths = "REVIEW_DATE", "De evaluatie moet binnen drie maanden zijn.";
    /// The receiver of the handover sits at the tafel.
    ReceiverAtTafel = "RECEIVER_AT_TAFEL", "De ontvanger van de overdracht zit niet aan tafel.";
    /// No handover is waiting for an answer.
    NoOpenOverdracht = "NO_OPEN_OVERDRACHT", "Er wacht al een overdracht op antwoord.";
    /// The receiver has accepted (A70).
    OverdrachtAccepted = "OVERDRACHT_ACCEPTED", "De ontvangende partij heeft de overdracht nog niet aanvaard.";
    /// The day of the check in the after-care is at most three months ahead.
    FollowUpWithinThreeMonths = "FOLLOW_UP", "De dag van de nacontrole moet binnen drie maanden zijn.";
    /// Every action is finished or was handed over.
    ActionsFinished = "ACTIONS_FINISHED", "Nog niet elke actie is afgerond of overgedragen.";
}

/// What a step brings with it, for the conditions that look at it.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a condition of its own")]
pub(crate) struct Proposal {
    /// The partner kind and organisation that is invited, made owner or receiver.
    pub(crate) partner: Option<(PartnerKind, OrganisationId)>,
    /// The partner has signed the covenant for the tafel.
    pub(crate) has_signed: bool,
    /// The professional who is invited already has a seat.
    pub(crate) already_seated: bool,
    /// The professional who is invited as a guest sits at the tafel on that day.
    pub(crate) at_tafel_that_day: bool,
    /// The house gives this partner kind a seat at the tafel.
    pub(crate) has_seat: bool,
    /// The oplegger of the tafel is valid today.
    pub(crate) oplegger_valid: bool,
    /// The tafel to which the dossier moves, when it does.
    pub(crate) tafel: Option<Tafel>,
    /// That tafel is at least as confidential as the present one.
    pub(crate) as_confidential: bool,
    /// The kind of action is process or guidance.
    pub(crate) process_action: bool,
    /// Partners that take part in the triage.
    pub(crate) triage: Vec<PartnerKind>,
    /// The criteria are met; true where the decision asks no criteria.
    pub(crate) criteria_met: bool,
    /// Advice was given, or the decision asks none.
    pub(crate) advice_given: bool,
    /// What is decided on was asked by who decides.
    pub(crate) asked_by_self: bool,
    /// A day that must lie within three months.
    pub(crate) day: Option<NaiveDate>,
    /// Today.
    pub(crate) today: NaiveDate,
}

impl Guard {
    /// The condition of a code.
    pub(crate) fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|guard| guard.code() == code)
    }

    /// The refusal of a change for this condition.
    pub(crate) fn refused(self) -> Refused {
        Refused::Conditions(vec![self.code()])
    }

    /// Whether the condition can be judged without a proposal, so that a node can say it beforehand.
    pub(crate) const fn is_of_situation(self) -> bool {
        matches!(
            self,
            Self::InState
                | Self::BrpCheckOpen
                | Self::BrpChecksSettled
                | Self::BekendheidAnswered
                | Self::VerrijkingSettled
                | Self::NoOpenAfwijking
                | Self::NoApprovedAfwijking
                | Self::TwoPartners
                | Self::TwoDomains
                | Self::NoPlanYet
                | Self::PlanMade
                | Self::PlanHasAction
                | Self::ActionsAccepted
                | Self::NoOpenOverdracht
                | Self::OverdrachtAccepted
                | Self::ActionsFinished
        )
    }

    /// Whether the condition is met.
    pub(crate) fn is_met(self, situation: &Situation, proposal: &Proposal) -> bool {
        match self {
            Self::InState
            | Self::CategoryAsked
            | Self::KetenmanagerKnown
            | Self::RegistrationOfPartner
            | Self::RegistrationOfGemeente
            | Self::ContractOfGemeente
            | Self::ConvenantInForce
            | Self::TextIsCurrent => false,
            Self::BrpCheckOpen => situation.open_brp_checks > 0,
            Self::BrpChecksSettled => situation.open_brp_checks == 0,
            Self::BekendheidAnswered => situation.answered_bekendheid > 0,
            Self::VerrijkingSettled => {
                situation.answered_verrijking > 0
                    || (situation.asked_verrijking > 0 && situation.open_verrijking == 0)
            }
            Self::Quorum => is_quorate(&proposal.triage),
            Self::CriteriaMet => proposal.criteria_met || is_approved(situation),
            Self::NoOpenAfwijking => situation.afwijking != Some(AfwijkingState::Open),
            Self::NoApprovedAfwijking => !is_approved(situation),
            Self::NotAskedBySelf => !proposal.asked_by_self,
            Self::AdviceGiven => proposal.advice_given,
            Self::NotAlone => !proposal.triage.is_empty(),
            Self::OpleggerValid => proposal.oplegger_valid,
            Self::AsConfidential => proposal.as_confidential,
            Self::SeatOfTafel => proposal.has_seat,
            Self::PartnerSigned => proposal.has_signed,
            Self::SeatNotTaken => !proposal.already_seated,
            Self::GuestOfPartner => proposal.partner.is_some_and(|(kind, _)| kind.circle().is_some()),
            Self::GuestNotAtTafel => !proposal.at_tafel_that_day,
            Self::TwoPartners => situation.seats.len() >= 2,
            Self::TwoDomains => situation.domains_at_tafel() >= 2,
            Self::NoPlanYet => !situation.has_plan,
            Self::PlanMade => situation.has_plan,
            Self::PlanHasAction => situation.actions > 0,
            Self::OwnerAtTafel | Self::ReceiverAtTafel => {
                proposal.partner.is_some_and(|(kind, organisation)| {
                    kind == PartnerKind::ZvhBureau && self == Self::OwnerAtTafel
                        || situation.seats.iter().any(|(_, seated)| *seated == organisation)
                })
            }
            Self::OwnerFitsKind => {
                let bureau = proposal.partner.is_some_and(|(kind, _)| kind == PartnerKind::ZvhBureau);
                !bureau || proposal.process_action
            }
            Self::ActionsAccepted => situation.unaccepted_actions == 0,
            Self::ReviewWithinThreeMonths
            | Self::FollowUpWithinThreeMonths
            | Self::GuestDayWithinThreeMonths => within_three_months(proposal),
            Self::NoOpenOverdracht => !situation.overdracht_open,
            Self::OverdrachtAccepted => situation.overdracht_accepted,
            Self::ActionsFinished => situation.unfinished_actions == 0,
        }
    }
}

/// At least one straf partner, and at least one zorg partner or gemeente (domain.md b.5).
fn is_quorate(partners: &[PartnerKind]) -> bool {
    let of = |domain: Domain| partners.iter().any(|partner| partner.domain() == domain);
    of(Domain::Straf) && (of(Domain::Zorg) || partners.iter().any(|partner| partner.is_gemeente()))
}

fn is_approved(situation: &Situation) -> bool {
    situation.afwijking == Some(AfwijkingState::Goedgekeurd)
}

fn within_three_months(proposal: &Proposal) -> bool {
    let latest = proposal.today.checked_add_months(Months::new(3));
    proposal.day.zip(latest).is_some_and(|(day, latest)| day >= proposal.today && day <= latest)
}

/// Whether a case in this state still counts as open.
pub(crate) fn is_open(state: CaseState) -> bool {
    state != CaseState::Afgesloten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found() {
        for guard in Guard::ALL {
            assert_eq!(Guard::named(guard.code()), Some(*guard));
        }
    }

    fn organisation() -> OrganisationId {
        OrganisationId(uuid::Uuid::from_u128(7))
    }

    fn proposal(change: impl FnOnce(&mut Proposal)) -> (Situation, Proposal) {
        let mut proposal = Proposal {
            today: NaiveDate::from_ymd_opt(2024, 2, 12).unwrap_or_default(),
            ..Proposal::default()
        };
        change(&mut proposal);
        (Situation::default(), proposal)
    }

    fn situation(change: impl FnOnce(&mut Situation)) -> (Situation, Proposal) {
        let (mut situation, proposal) = proposal(|_| {});
        change(&mut situation);
        (situation, proposal)
    }

    fn seated(kinds: &[PartnerKind]) -> (Situation, Proposal) {
        let organisation = |place| OrganisationId(uuid::Uuid::from_u128(place));
        situation(|it| it.seats = kinds.iter().copied().zip((1..).map(organisation)).collect())
    }

    fn at_tafel(kind: PartnerKind, is_seated: bool) -> (Situation, Proposal) {
        let (mut situation, mut proposal) = seated(&[]);
        proposal.partner = Some((kind, organisation()));
        if is_seated {
            situation.seats.insert((kind, organisation()));
        }
        (situation, proposal)
    }

    /// A dossier in which the condition is met, and one that differs in what the condition looks at; none for
    /// what is refused wherever it is asked.
    fn met_and_unmet(guard: Guard) -> Option<[(Situation, Proposal); 2]> {
        use PartnerKind::{Ggz, Om, Politie, ZvhBureau};
        let day = |month| NaiveDate::from_ymd_opt(2024, month, 1);
        let rows = match guard {
            Guard::RegistrationOfPartner
            | Guard::RegistrationOfGemeente
            | Guard::ContractOfGemeente
            | Guard::ConvenantInForce
            | Guard::InState
            | Guard::KetenmanagerKnown
            | Guard::CategoryAsked
            | Guard::TextIsCurrent => return None,
            Guard::BrpCheckOpen => [situation(|it| it.open_brp_checks = 1), situation(|_| {})],
            Guard::BrpChecksSettled => [situation(|_| {}), situation(|it| it.open_brp_checks = 1)],
            Guard::BekendheidAnswered => [situation(|it| it.answered_bekendheid = 1), situation(|_| {})],
            Guard::VerrijkingSettled => [
                situation(|it| it.asked_verrijking = 1),
                situation(|it| (it.asked_verrijking, it.open_verrijking) = (1, 1)),
            ],
            Guard::Quorum => {
                [proposal(|it| it.triage = vec![Politie, Ggz]), proposal(|it| it.triage = vec![Politie, Om])]
            }
            Guard::CriteriaMet => [proposal(|it| it.criteria_met = true), proposal(|_| {})],
            Guard::NoOpenAfwijking => {
                [situation(|_| {}), situation(|it| it.afwijking = Some(AfwijkingState::Open))]
            }
            Guard::NoApprovedAfwijking => [
                situation(|it| it.afwijking = Some(AfwijkingState::Geweigerd)),
                situation(|it| it.afwijking = Some(AfwijkingState::Goedgekeurd)),
            ],
            Guard::NotAskedBySelf => [proposal(|_| {}), proposal(|it| it.asked_by_self = true)],
            Guard::AdviceGiven => [proposal(|it| it.advice_given = true), proposal(|_| {})],
            Guard::NotAlone => [proposal(|it| it.triage = vec![Politie]), proposal(|_| {})],
            Guard::OpleggerValid => [proposal(|it| it.oplegger_valid = true), proposal(|_| {})],
            Guard::AsConfidential => [proposal(|it| it.as_confidential = true), proposal(|_| {})],
            Guard::SeatOfTafel => [proposal(|it| it.has_seat = true), proposal(|_| {})],
            Guard::PartnerSigned => [proposal(|it| it.has_signed = true), proposal(|_| {})],
            Guard::SeatNotTaken => [proposal(|_| {}), proposal(|it| it.already_seated = true)],
            Guard::GuestOfPartner => [at_tafel(Ggz, false), at_tafel(PartnerKind::Betrokkene, false)],
            Guard::GuestNotAtTafel => [proposal(|_| {}), proposal(|it| it.at_tafel_that_day = true)],
            Guard::TwoPartners => [seated(&[Politie, Om]), seated(&[Politie])],
            Guard::TwoDomains => [seated(&[Politie, Ggz]), seated(&[Politie, Om])],
            Guard::NoPlanYet => [situation(|_| {}), situation(|it| it.has_plan = true)],
            Guard::PlanMade => [situation(|it| it.has_plan = true), situation(|_| {})],
            Guard::PlanHasAction => [situation(|it| it.actions = 1), situation(|_| {})],
            Guard::OwnerAtTafel | Guard::ReceiverAtTafel => [at_tafel(Ggz, true), at_tafel(Ggz, false)],
            Guard::OwnerFitsKind => [at_tafel(Ggz, true), at_tafel(ZvhBureau, true)],
            Guard::ActionsAccepted => [situation(|_| {}), situation(|it| it.unaccepted_actions = 1)],
            Guard::ReviewWithinThreeMonths
            | Guard::FollowUpWithinThreeMonths
            | Guard::GuestDayWithinThreeMonths => {
                [proposal(|it| it.day = day(5)), proposal(|it| it.day = day(6))]
            }
            Guard::NoOpenOverdracht => [situation(|_| {}), situation(|it| it.overdracht_open = true)],
            Guard::OverdrachtAccepted => [situation(|it| it.overdracht_accepted = true), situation(|_| {})],
            Guard::ActionsFinished => [situation(|_| {}), situation(|it| it.unfinished_actions = 1)],
        };
        Some(rows)
    }

    #[test]
    fn each_condition_is_met_by_what_it_asks_and_by_nothing_less() {
        for guard in Guard::ALL {
            let Some([met, unmet]) = met_and_unmet(*guard) else {
                let (situation, proposal) = proposal(|_| {});
                assert!(!guard.is_met(&situation, &proposal), "{guard:?} is met by nothing");
                continue;
            };
            assert!(guard.is_met(&met.0, &met.1), "{guard:?} is not met");
            assert!(!guard.is_met(&unmet.0, &unmet.1), "{guard:?} is met");
        }
    }

    #[test]
    fn the_bureau_owns_without_a_seat_but_receives_with_one_only() {
        let (situation, proposal) = at_tafel(PartnerKind::ZvhBureau, false);
        assert!(Guard::OwnerAtTafel.is_met(&situation, &proposal));
        assert!(!Guard::ReceiverAtTafel.is_met(&situation, &proposal));
    }

    #[test]
    fn quorum_needs_straf_and_zorg_or_gemeente() {
        use PartnerKind::{GemCollege, Ggz, Politie, Reclassering, ZvhBureau};
        assert!(is_quorate(&[Politie, Ggz]));
        assert!(is_quorate(&[Reclassering, GemCollege]));
        for missing in [&[Ggz, GemCollege][..], &[Politie, Reclassering], &[Politie, ZvhBureau], &[]] {
            assert!(!is_quorate(missing), "{missing:?}");
        }
    }

    #[test]
    fn three_months_are_counted_by_the_calendar() {
        let today = NaiveDate::from_ymd_opt(2024, 11, 30).unwrap();
        let on = |day| Proposal { day, today, ..Proposal::default() };
        assert!(within_three_months(&on(NaiveDate::from_ymd_opt(2025, 2, 28))));
        assert!(!within_three_months(&on(NaiveDate::from_ymd_opt(2025, 3, 1))));
        assert!(!within_three_months(&on(NaiveDate::from_ymd_opt(2024, 11, 29))));
        assert!(!within_three_months(&on(None)));
    }
}
