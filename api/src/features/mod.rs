//! The features: one folder each, with everything of that feature in it.
//!
//! This file is the only one they share: it lists them, their roots and the types that have a global id.

pub(crate) mod aanmelding;
pub(crate) mod access_log;
pub(crate) mod assignment;
pub(crate) mod bekendheidscheck;
pub(crate) mod break_glass;
pub(crate) mod brp_check;
pub(crate) mod case;
pub(crate) mod casusreis;
pub(crate) mod dossier;
pub(crate) mod events;
pub(crate) mod explanation;
pub(crate) mod gast;
pub(crate) mod inbreng;
pub(crate) mod node;
pub(crate) mod ondertekening;
pub(crate) mod overdracht;
pub(crate) mod participant;
pub(crate) mod partner;
pub(crate) mod payload;
pub(crate) mod person;
pub(crate) mod plan;
pub(crate) mod step;
pub(crate) mod triage;
pub(crate) mod verrijking;
pub(crate) mod viewer;

use async_graphql::MergedObject;

/// What can be asked.
#[derive(MergedObject, Debug, Default)]
pub(crate) struct Query(
    viewer::ViewerQuery,
    node::NodeQuery,
    dossier::DossierQuery,
    person::PersonQuery,
    partner::PartnerQuery,
    break_glass::BreakGlassQuery,
    explanation::ExplanationQuery,
    access_log::AccessLogQuery,
    ondertekening::OndertekeningQuery,
);

/// What can be done.
#[derive(MergedObject, Debug, Default)]
pub(crate) struct Mutation(
    aanmelding::AanmeldingMutation,
    brp_check::BrpCheckMutation,
    bekendheidscheck::BekendheidscheckMutation,
    verrijking::VerrijkingMutation,
    inbreng::InbrengMutation,
    triage::TriageMutation,
    case::CaseMutation,
    plan::PlanMutation,
    overdracht::OverdrachtMutation,
    break_glass::BreakGlassMutation,
    gast::GastMutation,
    ondertekening::OndertekeningMutation,
);

/// What can be followed.
pub(crate) type Subscription = events::EventSubscription;

/// The Dutch sentence of a condition of the work process.
pub(crate) fn sentence(code: &str) -> Option<&'static str> {
    let of_journey = casusreis::Guard::named(code).map(casusreis::Guard::message);
    let beside = [break_glass::sentence, ondertekening::sentence, verrijking::sentence];
    of_journey.or_else(|| beside.iter().find_map(|sentence| sentence(code)))
}

/// The types that carry no data of a dossier themselves, beside those that the frame knows by their kind.
pub(crate) const OPEN_TYPES: &[&str] = &[
    "PageInfo",
    "UserError",
    "ViewerAccess",
    "WithheldCategory",
    "CategoryExplanation",
    "MatchedRule",
    "StepAccess",
    "BlockedBy",
    "Viewer",
    "Partner",
    "PartnerDesk",
    "PartnerProfessional",
    "Signature",
    "GemeenteContract",
    "Training",
    "FeedHeartbeat",
    "FeedGap",
];
