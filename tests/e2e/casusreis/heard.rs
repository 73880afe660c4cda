//! Following a dossier: what somebody is told, in order, and that nothing else is.

use std::collections::HashMap;
use std::time::Duration;

use cucumber::gherkin::Step;
use cucumber::{given, then, when};
use serde_json::{Value, json};
use tests::socket::Subscriber;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::AbortHandle;

use super::hidden::QUIET;
use super::intake::aanmelding;
use super::journey::{Journey, people, rows};
use super::people::Who;
use super::seen::{DOSSIER, dossier_of, stands_in};
use crate::shape::{Shape, is_as_by_id};

/// What a follower asks of every event.
fn following(shape: &Shape) -> String {
    format!(
        "subscription Follow($after: Cursor) {{ caseEvents(after: $after) {{ __typename \
         ... on FeedHeartbeat {{ cursor }} ... on FeedGap {{ cursor }} \
         ... on CaseEvent {{ cursor kind dossierVersion dossier {{ {DOSSIER} }} subject {{ __typename {} }} }} }} }}",
        shape.own_of_any()
    )
}

/// Somebody who follows, and how far they are. What comes is read at once, as an app does, so that the server
/// does not take the connection for dead.
#[derive(Debug)]
pub(super) struct Follower {
    payloads: UnboundedReceiver<Value>,
    reading: AbortHandle,
    cursor: String,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Opens somebody's subscription from a cursor on.
pub(super) async fn follow(journey: &Journey, who: Who, after: &str) -> Follower {
    let variables = json!({ "after": after });
    let mut subscriber =
        Subscriber::open(&journey.vangnet().as_(who.0), &following(journey.shape()), variables).await;
    let (sender, payloads) = unbounded_channel();
    let reading = tokio::spawn(async move {
        while let Some(payload) = subscriber.next_within(Duration::from_hours(1)).await {
            sender.send(payload).unwrap();
        }
    });
    Follower { payloads, reading: reading.abort_handle(), cursor: after.to_owned() }
}

impl Follower {
    /// The next event; a heartbeat is none.
    pub(super) async fn event_within(&mut self, patience: Duration) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(patience, self.payloads.recv()).await.ok()?;
            let message = message.expect("de verbinding is verbroken");
            assert!(message.get("errors").is_none(), "{message}");
            let event = &message["data"]["caseEvents"];
            event["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
            match event["__typename"].as_str().unwrap() {
                "CaseEvent" => return Some(event.clone()),
                "FeedHeartbeat" => {}
                other => panic!("{other} werd niet verwacht"),
            }
        }
    }

    /// What was told before now, in the days that they had a part in the dossier.
    pub(super) async fn catch_up(&mut self) -> usize {
        let mut told = 0;
        while self.event_within(Duration::from_millis(500)).await.is_some() {
            told += 1;
        }
        told
    }

    /// Signs in again and goes on where it was, as an app does when its token has expired.
    pub(super) async fn resume(&mut self, journey: &Journey, who: Who) {
        *self = follow(journey, who, &self.cursor).await;
    }
}

/// Opens subscriptions that stay open, with what is yet to come.
#[given(expr = "deze mensen luisteren vanaf het begin mee:")]
#[when(expr = "deze mensen het dossier gaan volgen:")]
async fn follow_live(journey: &mut Journey, step: &Step) {
    let now = journey.cursor_of_now().await;
    for who in people(step) {
        let follower = follow(journey, who, &now).await;
        journey.followers.insert(who, follower);
    }
}

/// The kinds of events, as the scenarios call them.
fn kind_of(words: &str) -> &'static str {
    match words {
        "de casus gaat verder" => "CASE_STATE",
        "nieuwe inbreng" => "INBRENG_SUPPLIED",
        "een actie verandert" => "ACTION_CHANGED",
        "de overdracht verandert" => "OVERDRACHT_CHANGED",
        "de noodtoegang wordt geopend" => "BREAK_GLASS_OPENED",
        "de noodtoegang wordt beëindigd" => "BREAK_GLASS_ENDED",
        "de noodtoegang wordt getoetst" => "BREAK_GLASS_REVIEWED",
        "iemand neemt deel" => "PARTICIPANTS_CHANGED",
        "een verklaring wordt gevraagd" => "GEHEIMHOUDING_ASKED",
        "een verklaring wordt getekend" => "GEHEIMHOUDING_SIGNED",
        other => panic!("{other} is geen gebeurtenis"),
    }
}

/// Each event comes in this order, shows the thing it is about, and nothing that its reader may not see.
#[then(expr = "hoort {wie} achtereenvolgens:")]
async fn hears(journey: &mut Journey, step: &Step, who: Who) {
    let mut follower = journey.followers.remove(&who).unwrap_or_else(|| panic!("{who:?} volgt niet"));
    let view = dossier_of(&journey.app_of(who), journey.id("het dossier")).await;
    for row in rows(step) {
        let event = follower.event_within(Duration::from_secs(20)).await;
        let event = event.unwrap_or_else(|| panic!("{who:?} hoort niets van {row:?}"));
        assert_eq!(event["kind"], kind_of(&row[0]), "{row:?}: {event:#}");
        assert_eq!(event["subject"]["id"], journey.id(&row[1]), "{row:?}: {event:#}");
        let Some(view) = &view else { continue };
        // What was read before something else happened shows the thing as it was then.
        if event["dossier"]["version"] == view["version"] {
            is_as_by_id(journey.shape(), &journey.app_of(who), &event["subject"], "an event").await;
        }
        for (name, text) in journey.texts() {
            let told = stands_in(&event, text) && !stands_in(view, text);
            assert!(!told, "{who:?} hoort {name}, en ziet het niet in het dossier: {event:#}");
        }
    }
    assert_eq!(follower.event_within(QUIET).await, None, "{who:?} hoort meer");
    journey.followers.insert(who, follower);
}

/// Nothing came before an event that did have to come: that of an aanmelding of their own.
#[then(expr = "hebben zij al die tijd niets over het dossier gehoord:")]
async fn have_heard_nothing(journey: &mut Journey, step: &Step) {
    for who in people(step) {
        let mut live = journey.followers.remove(&who).unwrap_or_else(|| panic!("{who:?} volgt niet"));
        let mut replay = follow(journey, who, journey.beginning()).await;
        let told = HashMap::from([
            ("naam".to_owned(), "Anders".to_owned()),
            ("geboortedatum".to_owned(), "1 mei 1990".to_owned()),
            ("gemeente".to_owned(), "Hengelo (0164)".to_owned()),
        ]);
        let app = journey.app_of(who);
        let input = aanmelding(journey, who, &told);
        let own = app.done("submitAanmelding", input, "dossier { id }").await;
        for follower in [&mut live, &mut replay] {
            let first = follower.event_within(Duration::from_secs(20)).await.unwrap();
            assert_eq!(first["dossier"]["id"], own["dossier"]["id"], "{who:?}: {first:#}");
        }
    }
}
