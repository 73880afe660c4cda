//! Following what happens: one subscription over the feed.
//!
//! Rights are looked up again for every event, at the moment it is delivered. An event whose category the viewer
//! may not see is not delivered, and the cursor moves on. After a cut connection a client resumes from the
//! cursor of the last thing it received; what cannot be bridged is told as a gap, never passed over.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Object, SimpleObject, Subscription, Union};
use chrono::{DateTime, Utc};
use entity::OfDossier;
use entity::id::DossierId;
use futures_util::Stream;
use futures_util::stream::unfold;
use sea_orm::DbErr;
use uuid::Uuid;
use waarborg::access::{Access, Principal};
use waarborg::database::cause;
use waarborg::disclosure::{Classified, Disclosed, Leaf, RowAccess, gegeven};
use waarborg::feed::{CursorError, Event, Listener, Position};

use super::dossier::Dossier;
use super::node::Node;
use crate::error::{Fault, Reason};
use crate::graphql::delivery::{Deliveries, Login};
use crate::graphql::id::NodeKind;
use crate::graphql::in_force::confirm;
use crate::graphql::rows::Shown;
use crate::graphql::scalar::Cursor;
use crate::server::Server;

/// How long a quiet stream waits before it says where it is.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// What is delivered of an event.
pub(crate) struct Delivery {
    event: Event,
    cursor: String,
    shown: Shown,
    subject: Node,
}

impl OfDossier for Delivery {
    fn dossier_id(&self) -> DossierId {
        self.event.dossier
    }

    fn row_id(&self) -> Uuid {
        self.event.subject
    }
}

/// Something that happened to a dossier at which you are present.
pub(crate) struct CaseEvent {
    delivery: Delivery,
}

impl Classified for CaseEvent {
    type Source = Delivery;

    fn build(_: RowAccess, delivery: Delivery) -> Self {
        Self { delivery }
    }
}

#[Object]
impl CaseEvent {
    /// Where the feed is with this event. Keep it, and pass it as `after` to resume.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn cursor(&self) -> Cursor {
        Cursor(self.delivery.cursor.clone())
    }

    /// What happened: AANMELDING_STATE, CASE_STATE, BRP_CHECK_ASKED, BRP_CHECK_ANSWERED, BRP_CHECK_WAIVED,
    /// PERSON_CHANGED, BEKENDHEID_ASKED, BEKENDHEID_ANSWERED, VERRIJKING_ASKED, VERRIJKING_ANSWERED,
    /// INBRENG_SUPPLIED, AFWIJKING_ASKED, AFWIJKING_DECIDED, TRIAGE_DECIDED, PARTICIPANTS_CHANGED, PLAN_CHANGED,
    /// ACTION_CHANGED, OVERDRACHT_CHANGED, BREAK_GLASS_OPENED, BREAK_GLASS_ENDED, BREAK_GLASS_REVIEWED,
    /// GEHEIMHOUDING_ASKED or GEHEIMHOUDING_SIGNED. More may come.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn kind(&self) -> &str {
        &self.delivery.event.kind
    }

    /// When.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn at(&self) -> DateTime<Utc> {
        self.delivery.event.at
    }

    /// The version of the dossier after it. Within a dossier events come in this order.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn dossier_version(&self) -> i64 {
        self.delivery.event.dossier_version
    }

    /// The dossier as it is now.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn dossier(&self) -> Disclosed<Dossier> {
        Dossier::of(&self.delivery.shown)
    }

    /// What it happened to, as it is now.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn subject(&self) -> &Node {
        &self.delivery.subject
    }
}

/// Nothing happened that you may see; the feed is at this cursor.
#[derive(SimpleObject, Debug)]
pub(crate) struct FeedHeartbeat {
    /// Keep it, and pass it as `after` to resume.
    cursor: Cursor,
}

/// What happened between your cursor and this one is unknown: read your dossiers again.
#[derive(SimpleObject, Debug)]
pub(crate) struct FeedGap {
    /// From here on nothing is missed.
    cursor: Cursor,
}

/// What comes over the stream.
#[derive(Union)]
pub(crate) enum CaseEventMessage {
    Event(Box<Disclosed<CaseEvent>>),
    Heartbeat(FeedHeartbeat),
    Gap(FeedGap),
}

/// What can be followed.
#[derive(Debug, Default)]
pub(crate) struct EventSubscription;

#[Subscription(name = "Subscription")]
impl EventSubscription {
    /// What happens to the dossiers at which you are present, as it happens. With `after` it begins beyond that
    /// cursor, so that nothing is missed over a cut connection; without, with what is yet to come, and a heartbeat says
    /// at once where that is.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        after: Option<Cursor>,
    ) -> async_graphql::Result<impl Stream<Item = CaseEventMessage> + use<>> {
        let server = ctx.data_unchecked::<Server>().clone();
        let (position, opening) = match after.map(|cursor| server.feed.position(&cursor.0)) {
            Some(Ok(position)) => (Some(position), None),
            Some(Err(CursorError::Malformed)) => return Err(Fault::from(Reason::CURSOR).into()),
            Some(Err(CursorError::Gap)) => (None, Some(Opening::Gap)),
            None => (None, Some(Opening::Place)),
        };
        let position = match position {
            Some(position) => position,
            None => server.feed.end().await.map_err(crate::graphql::rows::failed)?,
        };
        let reader = Reader {
            listener: server.feed.listen(),
            login: ctx.data_unchecked::<Login>().clone(),
            deliveries: Arc::clone(ctx.data_unchecked::<Arc<Deliveries>>()),
            access: ctx.data_unchecked::<Access>().clone(),
            server,
            position,
            pending: Vec::new(),
            opening,
            quiet_since: tokio::time::Instant::now(),
        };
        Ok(unfold(reader, |mut reader| async move { reader.next().await.map(|message| (message, reader)) }))
    }
}

/// What a stream says first when it does not begin where its subscriber left off.
#[derive(Debug, Clone, Copy)]
enum Opening {
    /// What lies before the place cannot be told.
    Gap,
    /// The place, so that nothing is missed when the connection is cut before the first event.
    Place,
}

/// One subscriber's place in the feed.
struct Reader {
    server: Server,
    listener: Listener,
    login: Login,
    deliveries: Arc<Deliveries>,
    access: Access,
    position: Position,
    /// Events that were read and not looked at yet, last first.
    pending: Vec<Event>,
    /// What is said before anything else.
    opening: Option<Opening>,
    quiet_since: tokio::time::Instant,
}

impl Reader {
    /// The next message; none when the login is no longer one of ours.
    async fn next(&mut self) -> Option<CaseEventMessage> {
        if let Some(opening) = self.opening.take() {
            self.deliveries
                .push(self.access.reopened(Arc::new(self.access.principal().clone()), self.access.now()));
            let cursor = self.cursor()?;
            return Some(match opening {
                Opening::Gap => CaseEventMessage::Gap(FeedGap { cursor }),
                Opening::Place => CaseEventMessage::Heartbeat(FeedHeartbeat { cursor }),
            });
        }
        loop {
            let access = self.reopen().await?;
            if let Some(event) = self.pending.pop() {
                if let Some(message) = self.deliver(&access, event).await {
                    self.quiet_since = tokio::time::Instant::now();
                    self.deliveries.push(access);
                    return Some(message);
                }
                continue;
            }
            if self.quiet_since.elapsed() >= HEARTBEAT {
                self.quiet_since = tokio::time::Instant::now();
                self.deliveries.push(access);
                return Some(CaseEventMessage::Heartbeat(FeedHeartbeat { cursor: self.cursor()? }));
            }
            self.look(&access).await;
        }
    }

    /// The cursor of the place; none when it could not be sealed, and then the stream ends.
    fn cursor(&self) -> Option<Cursor> {
        let sealed = self.server.feed.cursor(self.position);
        sealed.inspect_err(|error| tracing::error!(%error, "a cursor could not be sealed")).ok().map(Cursor)
    }

    /// The rights of this moment. A database that fails is asked again, and so is a register that knows another
    /// covenant; a login that is gone ends the stream.
    async fn reopen(&mut self) -> Option<Access> {
        loop {
            let now = self.server.clock.now();
            if confirm(&self.server, now).await.is_err() {
                self.server.feed.wait(&mut self.listener).await;
                continue;
            }
            let database = self.server.database.reader();
            match Principal::find(database, &self.login.issuer, &self.login.subject, now).await {
                Ok(principal) => {
                    return principal.map(|principal| self.access.reopened(Arc::new(principal), now));
                }
                Err(error) => {
                    tracing::warn!(cause = cause(&error), "rights could not be looked up for an event");
                    self.server.feed.wait(&mut self.listener).await;
                }
            }
        }
    }

    /// Reads what is new, or waits for the doorbell when nothing is.
    async fn look(&mut self, access: &Access) {
        match self.server.feed.look(access, self.position).await {
            Ok(look) if !look.events.is_empty() => {
                self.pending = look.events;
                self.pending.reverse();
            }
            Ok(look) => {
                self.position = look.seen;
                self.wait(access).await;
            }
            Err(error) => {
                tracing::warn!(cause = cause(&error), "the feed could not be read");
                self.wait(access).await;
            }
        }
    }

    /// Waits for the doorbell, with no connection in hand.
    async fn wait(&mut self, access: &Access) {
        access.reader().rest().await;
        self.server.feed.wait(&mut self.listener).await;
    }

    /// The message of an event, when the viewer may see it now. In both cases the cursor moves on; when the
    /// database fails it does not, and the event is tried again.
    async fn deliver(&mut self, access: &Access, event: Event) -> Option<CaseEventMessage> {
        let position = event.position;
        if let Ok(shown) = self.show(access, event).await {
            self.position = position;
            shown.map(|event| CaseEventMessage::Event(Box::new(event)))
        } else {
            self.pending.clear();
            self.wait(access).await;
            None
        }
    }

    async fn show(&self, access: &Access, event: Event) -> Result<Option<Disclosed<CaseEvent>>, ()> {
        let failed = |error: DbErr| tracing::warn!(cause = cause(&error), "an event could not be shown");
        let Some(presence) = access.presence(event.dossier).await.map_err(failed)? else { return Ok(None) };
        let Some(kind) = NodeKind::named(&event.subject_kind) else { return Ok(None) };
        let shown = Shown::at(access, presence, &waarborg::access::Siblings::of([event.dossier]));
        let subject = Node::within(&shown, kind, event.subject).await.map_err(|_| ())?;
        let subject = subject.filter(|subject| subject.shows(event.leaf));
        let Some(subject) = subject else { return Ok(None) };
        let cursor = self.server.feed.cursor(event.position).map_err(|_| ())?;
        let access = shown.clone();
        Ok(Some(Disclosed::new(access.plain(), Delivery { event, cursor, shown, subject })))
    }
}
