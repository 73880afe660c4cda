//! Who has seen my data: the accesses to one person of a dossier, for its data protection officer (domain.md LOG_INZAGE
//! and A74; NEN 7513).
//!
//! It reads the ledger, page by page, and is a disclosure itself: the next answer has it. It must never tell of another
//! person, of a professional, or of what an embargo of opsporing covers.

mod rules;

use std::collections::HashMap;

use async_graphql::connection::Edge;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use convenant::{Category, Involvement};
use entity::OfDossier;
use entity::id::{DossierId, OrganisationId, PersonId};
use uuid::Uuid;
use waarborg::access::{Access, PageRequest};
use waarborg::disclosure::{Classified, Disclosed, Leaf, Row, RowAccess, gegeven};
use waarborg::keys::KeyError;
use waarborg::ledger::{self, AccessRecord, Inquiry, Position};

use super::partner::organisation_names;
use super::person::Person;
use crate::error::{Code, Fault, Reason};
use crate::graphql::check;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::page::{PageArguments, Rows, page_cost};
use crate::graphql::rows::{Shown, failed};
use crate::graphql::scalar::Date;
use crate::server::Server;

/// One time that an organisation was shown something of the person, or did something that concerned them.
#[derive(Debug)]
pub(crate) struct AccessLogEntry {
    logged: Logged,
}

/// An access as it may be told, at the dossier of the person.
#[derive(Debug)]
pub(crate) struct Logged {
    dossier: DossierId,
    at: DateTime<Utc>,
    is_genuine: bool,
    record: Option<AccessRecord>,
    organisation: Option<String>,
    categories: Vec<Category>,
}

impl OfDossier for Logged {
    fn dossier_id(&self) -> DossierId {
        self.dossier
    }

    fn row_id(&self) -> Uuid {
        self.dossier.0
    }
}

impl Classified for AccessLogEntry {
    type Source = Logged;

    fn build(_: RowAccess, logged: Logged) -> Self {
        Self { logged }
    }
}

/// What kind of access it was.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessKind {
    /// Something was shown: the answer to a question, or what a change gave back.
    Read,
    /// Something was done in the dossier.
    Written,
    /// Something was tried by who takes part, and a condition of the work process refused it.
    Refused,
    /// Who follows the dossier was told of an event.
    Event,
    /// A bekendheidscheck found the person.
    Hit,
    /// Something was seen or done with break-glass (noodtoegang) in hand, its opening included.
    EmergencyAccess,
}

/// A category of which something was shown.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub(crate) struct AccessedCategory {
    /// The category of the covenant.
    category: Leaf,
    /// Its name in the covenant, in Dutch.
    name: &'static str,
}

#[Object]
impl AccessLogEntry {
    /// When.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn at(&self) -> Option<DateTime<Utc>> {
        Some(self.logged.at)
    }

    /// The name of the organisation. The professional is not told: the answer to who has seen somebody's data is a list
    /// of organisations and dates.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn organisation(&self) -> Option<&str> {
        self.logged.organisation.as_deref()
    }

    /// Its partner kind in the covenant.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn partner(&self) -> Option<&str> {
        self.record().map(|record| record.partner.as_str())
    }

    /// What kind of access it was.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn kind(&self) -> Option<AccessKind> {
        self.record().map(rules::kind)
    }

    /// The categories of which something of this person was shown, or of the dossier as a whole. Empty when nothing was
    /// but that the person is there, and for what was done or refused. What an embargo of opsporing covers is left out,
    /// and an access that showed or wrote nothing else is not in the log.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn categories(&self) -> Option<Vec<AccessedCategory>> {
        self.record()?;
        let named =
            |category: &Category| AccessedCategory { category: Leaf::of(*category), name: category.name() };
        Some(self.logged.categories.iter().map(named).collect())
    }

    /// The tafel of the dossier at that moment. Null when the dossier was only being opened.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn tafel(&self) -> Option<&str> {
        self.code(|record| &record.tafel)
    }

    /// The phase of the dossier at that moment. Null when the dossier was only being opened.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn phase(&self) -> Option<&str> {
        self.code(|record| &record.phase)
    }

    /// The ids of the rules of the covenant that showed it, such as P08.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn rules(&self) -> Option<Vec<&str>> {
        self.record().map(|record| record.rows.iter().map(String::as_str).collect())
    }

    /// The version of the covenant that decided. Null when the dossier was only being opened.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn version(&self) -> Option<&str> {
        self.code(|record| &record.version)
    }

    /// Whether the record is still as the server wrote it. When it is not, somebody changed the database: rely on
    /// nothing else of this entry, and have the ledger verified.
    #[graphql(directive = gegeven::apply(Leaf::D35))]
    async fn genuine(&self) -> Option<bool> {
        Some(self.logged.is_genuine)
    }
}

impl AccessLogEntry {
    fn record(&self) -> Option<&AccessRecord> {
        self.logged.record.as_ref()
    }

    fn code(&self, of: impl FnOnce(&AccessRecord) -> &String) -> Option<&str> {
        self.record().map(|record| of(record).as_str()).filter(|code| !code.is_empty())
    }
}

/// A page of the log; its cursors are sealed.
type AccessLog = Rows<AccessLogEntry, String>;

/// The root that tells who has seen somebody's data.
#[derive(Debug, Default)]
pub(crate) struct AccessLogQuery;

#[Object]
impl AccessLogQuery {
    /// Who has seen the data of a person, in this dossier: each time that an organisation was shown something of them or
    /// did something that concerned them, oldest first, from one day up to and including another (days of the
    /// Netherlands). For the data protection officer of the dossier, who answers the person with it; null for others,
    /// and for a person that you do not find. No professional is named. What happened appears about a second later.
    /// Asking is itself an access, which the next answer has.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection and a period")]
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        person_id: ID,
        from: Date,
        to: Date,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<async_graphql::Result<AccessLog>> {
        let access = ctx.data_unchecked::<Access>();
        let ledger = &ctx.data_unchecked::<Server>().ledger;
        let asked = Asked::read(ledger, (&from, &to), first, after.as_deref());
        let told = match asked {
            Ok(asked) => tell(access, ledger, &person_id, asked).await,
            Err(fault) => Err(fault),
        };
        told.map_err(async_graphql::Error::from).transpose()
    }
}

/// What part of the log is asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    page: PageRequest,
    is_continued: bool,
    beyond: Position,
    until: DateTime<Utc>,
}

impl Asked {
    /// Reads the arguments. What is wrong with them is told whoever asks, and whether the person exists or not.
    fn read(
        ledger: &ledger::Ledger,
        (from, to): (&Date, &Date),
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Self, Fault> {
        let page = PageArguments { first, ..PageArguments::default() }.request()?;
        let period = check::period(from, to)?;
        let cursor = after.map(|after| ledger.position(after).ok_or(Reason::CURSOR)).transpose()?;
        let start = Position::before(period.start);
        Ok(Self {
            page,
            is_continued: cursor.is_some(),
            beyond: cursor.map_or(start, |cursor| cursor.max(start)),
            until: period.end,
        })
    }
}

async fn tell(
    access: &Access,
    ledger: &ledger::Ledger,
    person: &ID,
    asked: Asked,
) -> Result<Option<AccessLog>, Fault> {
    let id = GlobalId::decode(person);
    let told = match id.filter(|id| id.kind == NodeKind::Person) {
        Some(id) => tell_officer(access, ledger, id, asked).await?,
        None => None,
    };
    if told.is_none() {
        access.collector().attempted(id.map(|id| id.dossier));
    }
    Ok(told)
}

/// A page of the log of a person, when the viewer is the data protection officer of the dossier, to whom the covenant
/// shows its log, and finds the person. Then the log is told, also when it is empty.
async fn tell_officer(
    access: &Access,
    ledger: &ledger::Ledger,
    id: GlobalId,
    asked: Asked,
) -> Result<Option<AccessLog>, Fault> {
    let shown = Shown::of(access, id.dossier).await?;
    let officer = shown.filter(|shown| shown.presence().is_involved_as(Involvement::Fg));
    let Some(officer) = officer else { return Ok(None) };
    let person = officer.row::<Person>(Some(id.row)).await?;
    if !person.is_some_and(|person| person.mark_told(Leaf::D35)) {
        return Ok(None);
    }
    page(&officer, ledger, id, asked).await.map(Some)
}

async fn page(
    officer: &Shown,
    ledger: &ledger::Ledger,
    id: GlobalId,
    asked: Asked,
) -> Result<AccessLog, Fault> {
    let shown = officer.presence().shown();
    let inquiry = Inquiry {
        person: PersonId(id.row),
        dossier: id.dossier,
        beyond: asked.beyond,
        until: asked.until,
        withheld: rules::withheld(shown),
    };
    let one_more = asked.page.size.rows() + 1;
    // The ledger is read on a connection of its own.
    officer.access().reader().rest().await;
    let found = ledger.accesses_of(&inquiry, one_more).await.map_err(failed)?;
    let found = asked.page.cut(found);
    let organisations = found.rows.iter().filter_map(|access| Some(access.told.as_ref()?.organisation));
    let database = officer.access().reader();
    let names = organisation_names(database, organisations.collect::<Vec<_>>()).await.map_err(failed)?;
    let mut log = AccessLog::new(asked.is_continued, found.more);
    for access in found.rows {
        let cursor = ledger.cursor(access.position).map_err(unsealed)?;
        log.edges.push(Edge::new(cursor, entry(officer, &inquiry, access, &names)));
    }
    Ok(log)
}

fn unsealed(error: KeyError) -> Fault {
    tracing::error!(%error, "a cursor could not be sealed");
    Fault::from(Code::Internal)
}

fn entry(
    officer: &Shown,
    inquiry: &Inquiry,
    access: ledger::Access,
    names: &HashMap<OrganisationId, String>,
) -> Disclosed<AccessLogEntry> {
    let record = access.told;
    let logged = Logged {
        dossier: inquiry.dossier,
        at: access.position.at,
        is_genuine: access.is_genuine,
        organisation: record.as_ref().and_then(|record| names.get(&record.organisation).cloned()),
        categories: record.as_ref().map(rules::categories).unwrap_or_default(),
        record,
    };
    Disclosed::new(Row { person: Some(inquiry.person), ..officer.plain() }, logged)
}
