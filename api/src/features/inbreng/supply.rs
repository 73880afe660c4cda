//! Supplying a datum: reading it, asking the covenant, storing it sealed where it must be.

use std::str::FromStr;

use chrono::NaiveDate;
use convenant::{Category, Domain, Fact, Facts, PartnerKind};
use entity::id::{InbrengId, VerrijkingId};
use entity::inbreng;
use sea_orm::{EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::feed::NewEvent;
use waarborg::write::Write;

use super::{DatumInput, DecisionInput, DecisionKind, NaiveDateText, RecordedDecision, Restriction};
use crate::features::person::sealed;
use crate::features::step::{Taken, event};
use crate::graphql::change::Refused;
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::code_of;
use crate::graphql::user_error::Finding;
use crate::server::Server;

/// A datum whose texts were checked.
#[derive(Debug)]
pub(crate) struct Datum {
    category: Category,
    content: String,
    ground: String,
    restriction: Restriction,
    decisions: Vec<RecordedDecision>,
    valid_until: Option<NaiveDate>,
}

/// A datum that was stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: InbrengId,
    pub(crate) event: NewEvent,
}

/// Reads a datum.
pub(crate) fn read_datum(input: &DatumInput, checks: &mut Checks) -> Option<Datum> {
    let category = checks.code("category", &input.category);
    let content = checks.text("content", &input.content);
    let ground = checks.line("ground", &input.ground);
    let valid_until = checks.optional("validUntil", input.valid_until.as_ref(), Checks::date);
    let given = input.decisions.as_deref().unwrap_or_default();
    let decisions = checks.list("decisions", given, 0..=4, |checks, place, decision| {
        checks.within(place, |checks| read_decision(decision, checks))
    });
    Some(Datum {
        category: category?,
        content: content?,
        ground: ground?,
        restriction: input.restriction.unwrap_or_default(),
        decisions: decisions?,
        valid_until: valid_until?,
    })
}

fn read_decision(input: &DecisionInput, checks: &mut Checks) -> Option<RecordedDecision> {
    let by = checks.line("by", &input.by);
    let on = checks.date("on", &input.on);
    if on.is_some_and(|on| on > checks.today()) {
        checks.note("on", Finding::Date);
    }
    let motivation = checks.text("motivation", &input.motivation);
    let proportionality = checks.text("proportionality", &input.proportionality);
    let recipients = checks.list("recipients", &input.recipients, 0..=20, |checks, place, word| {
        let word = checks.line(place, word)?;
        let known = PartnerKind::from_str(&word).is_ok() || Domain::from_str(&word).is_ok();
        checks.or_note(place, known.then_some(word), Finding::NotOfHouse)
    });
    Some(RecordedDecision {
        kind: input.kind,
        by: by?,
        on: NaiveDateText(on?),
        motivation: motivation?,
        proportionality: Some(proportionality?),
        recipients: recipients?,
    })
}

impl Datum {
    /// The facts that count when it is supplied: the decisions recorded with it.
    fn facts(&self) -> Facts {
        let fact = |decision: &RecordedDecision| match decision.kind {
            DecisionKind::Toestemming => Fact::Toestemming,
            DecisionKind::Doorbreking => Fact::Doorbreking,
            DecisionKind::Noodzaak => Fact::Noodzaak,
            DecisionKind::OmAkkoord => Fact::OmAkkoord,
        };
        self.decisions.iter().map(fact).collect()
    }

    /// The category it belongs to.
    pub(crate) fn category(&self) -> Category {
        self.category
    }
}

/// Stores a datum of a person of the dossier, when the covenant lets the viewer supply it.
pub(crate) async fn store(
    write: &Write,
    server: &Server,
    taken: &Taken<'_>,
    datum: &Datum,
    (person, verrijking): (Option<GlobalId>, Option<VerrijkingId>),
    path: &[String],
) -> Result<Stored, Refused> {
    let at = |field: &str| path.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
    let presence = taken.presence;
    let allowed = presence.may_supply(datum.category, datum.facts());
    allowed.map_err(|denial| Refused::Covenant(denial, at("category")))?;
    let principal = write.access().principal();
    let version = presence.version();
    let grounds = version
        .map(|version| version.supplier_grounds(principal.partner, datum.category))
        .unwrap_or_default();
    let fits = grounds.is_empty() || grounds.iter().any(|ground| *ground == datum.ground);
    let ground = version.and_then(|version| version.ground(&datum.ground));
    if !fits || !ground.is_some_and(|ground| ground.in_force_on(write.access().today())) {
        return Err(Refused::Input(Finding::Ground, at("ground")));
    }
    let authorized = &taken.authorized;
    let person = match person {
        Some(id) if id.dossier == authorized.dossier() => sealed::person_under(authorized, id.row).await?,
        Some(_) => None,
        None => sealed::main_person(authorized).await?,
    };
    let person = person.ok_or_else(|| Refused::not_found("personId"))?;
    let id = InbrengId::fresh();
    let is_sealed = sealed::is_sealed(datum.category);
    let place = (id.0, presence.dossier().house.as_str());
    let sealed = if is_sealed {
        Some(sealed::seal_text(server, authorized, &person, place, &datum.content).await?)
    } else {
        None
    };
    let decisions = serde_json::to_value(&datum.decisions)?;
    let phase = presence.standings().iter().map(|standing| standing.phase).max().unwrap_or(presence.phase());
    let row = inbreng::ActiveModel {
        id: Set(id),
        dossier_id: Set(authorized.dossier()),
        person_id: Set(person.id),
        verrijking_id: Set(verrijking),
        category: Set(datum.category.code().to_owned()),
        content: Set((!is_sealed).then(|| datum.content.clone())),
        sealed: Set(sealed),
        organisation_id: Set(principal.organisation),
        supplied_by: Set(principal.professional),
        supplied_at: Set(authorized.now()),
        supplied_phase: Set(phase.code().to_owned()),
        ground: Set(datum.ground.clone()),
        restriction: Set(code_of(datum.restriction)),
        decisions: Set(decisions),
        valid_until: Set(datum.valid_until),
    };
    inbreng::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
    Ok(Stored { id, event: event("INBRENG_SUPPLIED", Leaf::of(datum.category), (NodeKind::Inbreng, id.0)) })
}
