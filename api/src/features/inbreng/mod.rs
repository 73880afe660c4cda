//! Inbreng: one supplied datum, with its category, ground, restriction and recorded decisions.
//!
//! A line that the covenant does not show to a viewer, by its category or by its own facts, is absent from every
//! list: neither a null in it nor a gap tells of it. Texts of D10, D22A and D27 are kept sealed.

mod facts;
mod supply;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Category, PartnerKind};
use entity::id::DossierId;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use waarborg::disclosure::{Disclosed, Identified, Leaf, Row, gegeven};
use waarborg::write::{DossierChange, Write};

use super::case;
use super::casusreis::{Proposal, Step};
use super::partner;
use super::payload::payload;
use super::person::sealed;
use super::step::Taken;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::rows::{NodeType, Shown, classified};
use crate::graphql::scalar::{Date, Line, Text};
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

pub(crate) use facts::of_viewer;
pub(crate) use supply::{Datum, read_datum, store};

classified!(Inbreng, inbreng, NodeKind::Inbreng);

impl NodeType for Inbreng {
    type Table = entity::inbreng::Entity;
    const SOME_HIDDEN: bool = true;

    async fn show(shown: &Shown, model: Self::Source) -> Result<Option<Disclosed<Self>>, DbErr> {
        let Ok(category) = Category::from_str(&model.category) else { return Ok(None) };
        let facts = of_viewer(shown, &model, category).await?;
        if !shown.presence().disclosure(facts).sees(category) {
            return Ok(None);
        }
        let row = Row { person: Some(model.person_id), facts, line: Some(category), ..shown.plain() };
        Ok(Some(Disclosed::new(row, model)))
    }
}

/// What a supplier allows with a datum.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Restriction {
    /// What the covenant allows.
    #[default]
    Geen,
    /// Not to be shared beyond the bureau.
    NietVerderDelen,
    /// For the triage only.
    AlleenTriage,
}

/// A decision that is recorded with a datum.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DecisionKind {
    /// The person has consented.
    Toestemming,
    /// Professional secrecy is broken after weighing.
    Doorbreking,
    /// It is necessary for the task.
    Noodzaak,
    /// The public prosecutor agrees.
    OmAkkoord,
}

/// A decision recorded with a datum: by whom, when, why, and for whom.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedDecision {
    /// What was decided.
    pub(crate) kind: DecisionKind,
    /// Who decided it.
    pub(crate) by: String,
    /// On which day.
    pub(crate) on: NaiveDateText,
    /// Why.
    pub(crate) motivation: String,
    /// Why no lesser means would do, and why it weighs up against the interest of the person; null where it was
    /// recorded before this was asked.
    #[serde(default)]
    pub(crate) proportionality: Option<String>,
    /// Partner kinds or domains that it names as recipients.
    pub(crate) recipients: Vec<String>,
}

/// A date kept as the text of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NaiveDateText(pub(crate) NaiveDate);

#[async_graphql::Scalar(name = "DecisionDate")]
impl async_graphql::ScalarType for NaiveDateText {
    fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
        Err(async_graphql::InputValueError::expected_type(value))
    }

    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::String(self.0.to_string())
    }
}

/// A decision to record with a datum.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct DecisionInput {
    /// What was decided.
    pub(crate) kind: DecisionKind,
    /// Who decided it: the professional's name.
    pub(crate) by: Line,
    /// On which day; not in the future.
    pub(crate) on: Date,
    /// Why.
    pub(crate) motivation: Text,
    /// Why no lesser means would do, and why it weighs up against the interest of the person.
    pub(crate) proportionality: Text,
    /// Partner kinds (GGZ) or domains (ZORG) that it names as recipients.
    pub(crate) recipients: Vec<Line>,
}

/// A datum to supply.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct DatumInput {
    /// Its category in the covenant.
    pub(crate) category: Line,
    /// The text.
    pub(crate) content: Text,
    /// Your organisation's ground, a code of the covenant's grounds.
    pub(crate) ground: Line,
    /// What you allow with it.
    pub(crate) restriction: Option<Restriction>,
    /// The decisions that the covenant asks with it.
    pub(crate) decisions: Option<Vec<DecisionInput>>,
    /// The first day on which it no longer counts.
    pub(crate) valid_until: Option<Date>,
}

#[Object]
impl Inbreng {
    /// Why this datum is shown to you.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Inbreng", Vec::new())
    }

    /// The global id.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// Its category in the covenant.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn category(&self) -> Option<&str> {
        Some(&self.model.category)
    }

    /// The text.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn content(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        let Some(sealed) = &self.model.sealed else { return self.model.content.clone().map(Ok) };
        let server = ctx.data_unchecked::<Server>();
        self.open(server, sealed).await.map_err(Into::into).transpose()
    }

    /// The id of the organisation that supplied it.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn supplier_id(&self) -> Option<ID> {
        Some(partner::partner_id(self.model.organisation_id))
    }

    /// When it was supplied.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn supplied_at(&self) -> Option<DateTime<Utc>> {
        Some(self.model.supplied_at)
    }

    /// The supplier's ground, a code of the covenant's grounds.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn ground(&self) -> Option<&str> {
        Some(&self.model.ground)
    }

    /// The same ground in words, with its dates; one that was not found in a source says so.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn ground_name(&self) -> Option<String> {
        self.row.presence().version()?.ground(&self.model.ground).map(ToString::to_string)
    }

    /// GEEN, NIET_VERDER_DELEN or ALLEEN_TRIAGE.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn restriction(&self) -> Option<&str> {
        Some(&self.model.restriction)
    }

    /// The decisions recorded with it.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn decisions(&self) -> Option<Vec<RecordedDecision>> {
        serde_json::from_value(self.model.decisions.clone()).ok()
    }

    /// The first day on which it no longer counts.
    #[graphql(directive = gegeven::apply(Leaf::Regel))]
    async fn valid_until(&self) -> Option<Date> {
        self.model.valid_until.map(Date::from)
    }
}

impl Inbreng {
    async fn open(&self, server: &Server, sealed: &[u8]) -> Result<Option<String>, crate::error::Fault> {
        let Some(key) = sealed::key_of(&self.row, self.model.person_id).await? else { return Ok(None) };
        sealed::open_text(server, &self.row, key, self.model.id.0, sealed).await.map(Some)
    }
}

change_input! {
    /// Supplies a datum at the tafel.
    SupplyInbrengInput {
        /// The case.
        id: ID,
        /// The person it is about; the person of the aanmelding when left out.
        person_id: Option<ID>,
        /// The datum.
        datum: DatumInput,
    }
}

payload! {
    /// What came of supplying.
    SupplyInbrengPayload {
        /// The datum.
        inbreng: Inbreng = "inbreng",
    }
}

struct Supply {
    id: GlobalId,
    person: Option<GlobalId>,
    datum: Datum,
}

impl Change for Supply {
    const NAME: &'static str = Step::SupplyInbreng.mutation();
    type Input = SupplyInbrengInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let datum = checks.within("datum", |checks| read_datum(&input.datum, checks));
        let person = checks.optional("personId", input.person_id.as_ref(), |checks, field, id| {
            checks.id(field, id, NodeKind::Person)
        });
        let id = checks.id("id", &input.id, NodeKind::Case);
        Some(Self { id: id?, person: person?, datum: datum? })
    }

    fn dossier(&self) -> Option<DossierId> {
        Some(self.id.dossier)
    }

    async fn apply(&self, write: &Write, server: &Server) -> Result<Effect, Refused> {
        let taken = Taken::take(write, Step::SupplyInbreng, Proposal::default()).await?;
        case::find(&taken.authorized, self.id).await?;
        let path = vec!["datum".to_owned()];
        let stored = store(write, server, &taken, &self.datum, (self.person, None), &path).await?;
        Ok(Effect {
            dossier: self.id.dossier,
            change: DossierChange::default(),
            events: vec![stored.event],
            shows: vec![("inbreng", stored.id.0)],
        })
    }
}

/// Whether a word names a partner: its kind, its domain, or the bureau.
pub(crate) fn names(word: &str, partner: PartnerKind) -> bool {
    word == partner.code() || word == partner.domain().code()
}

/// What can be done with inbreng.
#[derive(Debug, Default)]
pub(crate) struct InbrengMutation;

#[Object]
impl InbrengMutation {
    /// Supplies a datum at the tafel. For partners with a seat, as far as the covenant lets them supply it.
    async fn supply_inbreng(
        &self,
        ctx: &Context<'_>,
        input: SupplyInbrengInput,
    ) -> async_graphql::Result<SupplyInbrengPayload> {
        SupplyInbrengPayload::run::<Supply>(ctx, input).await
    }
}
