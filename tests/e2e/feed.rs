//! The feed loses nothing and doubles nothing: over cut connections, many writers, several servers, and whatever
//! becomes of Redis.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use tests::database::Kind;
use tests::socket::Subscriber;
use tests::{Client, Vangnet};
use tokio::task::JoinSet;
use waarborg::clock::Clock;
use waarborg::feed::{Doorbell, Feed, Position};

use crate::arrange::{
    APPLICANT, Opened, assign, bsn, count, dismiss, is_postgres, run, runs_on, set_phase, submit, submit_as,
    texts,
};

const FOLLOW: &str = "subscription($after: Cursor) { caseEvents(after: $after) { __typename
    ... on CaseEvent { cursor kind dossierVersion dossier { id } subject { id __typename } }
    ... on FeedHeartbeat { cursor } ... on FeedGap { cursor } } }";

/// How long a stream must be silent before nothing more is expected of it.
const SILENCE: Duration = Duration::from_millis(2500);

async fn follow(client: &Client, after: Option<&str>) -> Subscriber {
    let stream = Subscriber::open(client, FOLLOW, json!({ "after": after })).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream
}

/// The next event: where, which version, and its cursor.
async fn next(stream: &mut Subscriber) -> (String, i64, String) {
    let told = stream.next().await;
    let event = &told["data"]["caseEvents"];
    assert_eq!(event["__typename"], "CaseEvent", "{told}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&event["dossier"]["id"]), event["dossierVersion"].as_i64().unwrap(), text(&event["cursor"]))
}

/// Has the bureau ask for a completion and the aanmelder give it, so many times: two events each.
async fn work(vangnet: &Vangnet, opened: &Opened, rounds: usize) {
    let (bureau, applicant) = (vangnet.as_("ondersteuning"), vangnet.as_(APPLICANT));
    for round in 0..rounds {
        let input = json!({ "id": opened.aanmelding, "missingItems": format!("Stuk {round}") });
        bureau.done("requestCompletion", input, "version").await;
        let input = json!({ "id": opened.aanmelding, "reason": format!("Aanvulling {round}") });
        applicant.done("completeAanmelding", input, "version").await;
    }
}

/// An aanmelding that the bureau has taken up: its dossier is at version 2.
async fn taken_up(vangnet: &Vangnet, n: u32) -> Opened {
    let opened = submit_as(vangnet, "Zilvervos", &bsn(n)).await;
    vangnet
        .as_("ondersteuning")
        .done("takeUpAanmelding", json!({ "id": opened.aanmelding }), "version")
        .await;
    opened
}

#[tokio::test]
async fn a_cut_connection_resumes_without_loss_or_doubles() {
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    let client = vangnet.as_("informatie");
    let mut stream = follow(&client, None).await;
    work(&vangnet, &opened, 1).await;
    let (_, version, cursor) = next(&mut stream).await;
    assert_eq!(version, 3);
    drop(stream);
    work(&vangnet, &opened, 2).await;
    let mut resumed = follow(&client, Some(&cursor)).await;
    work(&vangnet, &opened, 1).await;
    for expected in 4..=10 {
        assert_eq!(next(&mut resumed).await.1, expected);
    }
    assert_eq!(resumed.next_within(SILENCE).await, None);
}

/// The first message of a stream that begins at a cursor.
async fn first_after(vangnet: &Vangnet, cursor: &str) -> Value {
    let mut stream = Subscriber::open(&vangnet.as_(APPLICANT), FOLLOW, json!({ "after": cursor })).await;
    stream.message_within(Duration::from_secs(5)).await.unwrap()
}

/// A connection that is cut before its first event loses nothing either.
#[tokio::test]
async fn a_stream_that_begins_now_says_at_once_where_it_is() {
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    let client = vangnet.as_("informatie");
    let mut stream = Subscriber::open(&client, FOLLOW, json!({})).await;
    let first = stream.message_within(Duration::from_secs(5)).await.unwrap()["payload"]["data"].clone();
    assert_eq!(first["caseEvents"]["__typename"], "FeedHeartbeat", "{first}");
    drop(stream);
    work(&vangnet, &opened, 1).await;
    let mut resumed = follow(&client, first["caseEvents"]["cursor"].as_str()).await;
    assert_eq!((next(&mut resumed).await.1, next(&mut resumed).await.1), (3, 4));
    assert_eq!(resumed.next_within(SILENCE).await, None);
}

#[tokio::test]
async fn a_cursor_that_was_made_up_is_refused() {
    let vangnet = Vangnet::start().await;
    let genuine = vangnet.server.feed.cursor(Position { xid: 0, id: 3 }).unwrap();
    let mut sealed = BASE64_URL_SAFE_NO_PAD.decode(&genuine).unwrap();
    sealed[28] ^= 3;
    let moved = BASE64_URL_SAFE_NO_PAD.encode(sealed);
    let bare = BASE64_URL_SAFE_NO_PAD.encode("epoch:0:0");
    for made_up in [moved.as_str(), bare.as_str(), "", "0", "geen cursor", &genuine[1..]] {
        let answer = first_after(&vangnet, made_up).await;
        let errors =
            if answer["type"] == "error" { &answer["payload"] } else { &answer["payload"]["errors"] };
        assert_eq!(errors[0]["extensions"]["reason"], "CURSOR", "{made_up}: {answer}");
        assert!(!answer.to_string().contains("CaseEvent"), "{answer}");
    }
}

/// How much has happened where one is not present must not be read from where the feed is.
#[tokio::test]
async fn a_cursor_tells_nothing_but_to_the_server() {
    let vangnet = Vangnet::start().await;
    let feed = &vangnet.server.feed;
    let (early, late) = (Position { xid: 1, id: 1 }, Position { xid: i64::MAX, id: 1_000_000 });
    let [first, again, other] = [early, early, late].map(|place| feed.cursor(place).unwrap());
    assert_ne!(first, again, "that nothing has happened is not told either");
    assert_eq!(first.len(), other.len());
    assert_eq!([&first, &again, &other].map(|cursor| feed.position(cursor).unwrap()), [early, early, late]);
    let epoch = texts(&vangnet, "SELECT epoch FROM feed_epoch").await.remove(0);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(&other).unwrap();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(!holds(epoch.as_bytes()) && !holds(&late.xid.to_be_bytes()) && !holds(&late.id.to_be_bytes()));
}

#[tokio::test]
async fn a_cursor_of_another_epoch_is_told_as_a_gap_and_followed_from_there() {
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    run(&vangnet, "UPDATE feed_epoch SET epoch = 'earlier'").await;
    let (database, keys) = (vangnet.owner.clone(), vangnet.server.keys.clone());
    let restored = Feed::open(database, Doorbell::in_process(), keys).await.unwrap();
    let cursor = restored.cursor(Position { xid: 0, id: 0 }).unwrap();
    let client = vangnet.as_("informatie");
    let mut stream = Subscriber::open(&client, FOLLOW, json!({ "after": cursor })).await;
    let gap = stream.next().await;
    assert_eq!(gap["data"]["caseEvents"]["__typename"], "FeedGap");
    work(&vangnet, &opened, 1).await;
    assert_eq!(next(&mut stream).await.1, 3, "what happened before the gap is not told");
    drop(stream);
    let cursor = gap["data"]["caseEvents"]["cursor"].as_str().unwrap();
    let mut resumed = follow(&client, Some(cursor)).await;
    assert_eq!(next(&mut resumed).await.1, 3, "the cursor of the gap can be followed");
}

#[tokio::test]
async fn an_event_of_a_withheld_category_is_not_told_and_the_cursor_moves_on() {
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    assign(&vangnet, opened.id, "corporatie", "ZETEL").await;
    let (shut_out, present) = (vangnet.as_("corporatie"), vangnet.as_("informatie"));
    let mut blind = follow(&shut_out, None).await;
    let mut seeing = follow(&present, None).await;
    for (n, category) in ["D05", "OPEN", "D05", "D05"].iter().enumerate() {
        let columns = "dossier_id, dossier_version, kind, category, subject_kind, subject_id, at";
        let sql = format!(
            "INSERT INTO event ({columns}) SELECT dossier_id, {}, 'AANMELDING_STATE', '{category}', \
             'Aanmelding', id, submitted_at FROM aanmelding",
            n + 10
        );
        run(&vangnet, &sql).await;
    }
    vangnet.server.feed.ring();
    for expected in 10..=13 {
        assert_eq!(next(&mut seeing).await.1, expected);
    }
    let (_, version, cursor) = next(&mut blind).await;
    assert_eq!(version, 11, "the only open one");
    assert_eq!(blind.next_within(SILENCE).await, None);
    set_phase(&vangnet, opened.id, "F6").await;
    work_open(&vangnet, 14).await;
    assert_eq!(next(&mut blind).await.1, 14, "what was passed over is not told when rights come later");
    drop(blind);
    let mut resumed = follow(&shut_out, Some(&cursor)).await;
    let told = next(&mut resumed).await.1;
    assert!(told > 11, "a cursor goes forward only: {told}");
}

/// Tells an open event on the only dossier.
async fn work_open(vangnet: &Vangnet, version: i64) {
    let columns = "dossier_id, dossier_version, kind, category, subject_kind, subject_id, at";
    let sql = format!(
        "INSERT INTO event ({columns}) SELECT dossier_id, {version}, 'AANMELDING_STATE', 'OPEN', \
         'Aanmelding', id, submitted_at FROM aanmelding"
    );
    run(vangnet, &sql).await;
    vangnet.server.feed.ring();
}

#[tokio::test]
async fn who_has_left_hears_nothing_more_and_who_never_was_there_nothing_at_all() {
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    let mut leaving = follow(&vangnet.as_("informatie"), None).await;
    let mut stranger = follow(&vangnet.as_("nergens"), None).await;
    let mut staying = follow(&vangnet.as_("regisseur"), None).await;
    work_open(&vangnet, 10).await;
    assert_eq!(next(&mut leaving).await.1, 10);
    let columns = "dossier_id, dossier_version, kind, category, subject_kind, subject_id, at";
    let told = format!(
        "INSERT INTO event ({columns}) SELECT dossier_id, 11, 'AANMELDING_STATE', 'OPEN', 'Aanmelding', id, \
         submitted_at FROM aanmelding"
    );
    let between = vangnet.owner.begin().await.unwrap();
    between.execute_unprepared(&told).await.unwrap();
    let bureau = vangnet.town.organisation("informatie").0.simple().to_string();
    let desk = if is_postgres(&vangnet) { format!("'{bureau}'") } else { format!("X'{bureau}'") };
    let left = format!(
        "UPDATE assignment SET valid_until = valid_from WHERE organisation_id = {desk} AND involvement = 'INFORMATIE'"
    );
    between.execute_unprepared(&left).await.unwrap();
    between.commit().await.unwrap();
    vangnet.server.feed.ring();
    assert_eq!((next(&mut staying).await.1, next(&mut staying).await.1), (10, 11));
    assert_eq!(leaving.next_within(SILENCE).await, None);
    assert_eq!(stranger.next_within(Duration::from_millis(100)).await, None);
    dismiss(&vangnet, opened.id, "regisseur").await;
    work_open(&vangnet, 12).await;
    assert_eq!(staying.next_within(SILENCE).await, None);
}

/// Follows until every dossier has reached its last version; each version of each must come once, in order.
async fn follow_all(mut stream: Subscriber, mut from: BTreeMap<String, i64>, last: i64) {
    while from.values().any(|version| *version < last) {
        let (dossier, version, _) = next(&mut stream).await;
        let before = from.get_mut(&dossier).unwrap();
        assert_eq!(version, *before + 1, "{dossier}");
        *before = version;
    }
    assert_eq!(stream.next_within(SILENCE).await, None);
}

const WRITERS: u32 = 8;
const ROUNDS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn eight_writers_at_once_lose_and_double_nothing() {
    let vangnet = Arc::new(Vangnet::start().await);
    let mut dossiers = Vec::new();
    for n in 0..WRITERS {
        dossiers.push(taken_up(&vangnet, n).await);
    }
    let versions: BTreeMap<String, i64> = dossiers.iter().map(|opened| (opened.dossier.clone(), 2)).collect();
    let last = 2 + 2 * i64::try_from(ROUNDS).unwrap();
    let mut followers = JoinSet::new();
    for subject in ["informatie", "regisseur", APPLICANT] {
        followers.spawn(follow_all(follow(&vangnet.as_(subject), None).await, versions.clone(), last));
    }
    let mut writers = JoinSet::new();
    for opened in dossiers {
        let vangnet = Arc::clone(&vangnet);
        writers.spawn(async move { work(&vangnet, &opened, ROUNDS).await });
    }
    writers.join_all().await;
    followers.join_all().await;
}

/// A transaction that is held open anywhere stalls the horizon; what was written meanwhile comes afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_held_open_stalls_the_feed_but_loses_nothing() {
    let name = "feed::a_transaction_that_is_held_open_stalls_the_feed_but_loses_nothing";
    if !runs_on(Kind::Postgres, name) {
        return;
    }
    let vangnet = Vangnet::start().await;
    let opened = taken_up(&vangnet, 0).await;
    let mut stream = follow(&vangnet.as_("informatie"), None).await;
    let held = vangnet.owner.writer().begin().await.unwrap();
    held.execute_unprepared("SELECT pg_current_xact_id()").await.unwrap();
    work(&vangnet, &opened, 2).await;
    assert_eq!(stream.next_within(Duration::from_millis(1500)).await, None, "below the horizon only");
    held.commit().await.unwrap();
    for expected in 3..=6 {
        assert_eq!(next(&mut stream).await.1, expected);
    }
    assert_eq!(stream.next_within(SILENCE).await, None);
}

/// A Redis of the test's own.
struct Redis {
    port: u16,
    server: Option<Child>,
}

impl Redis {
    async fn start() -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, server: None };
        redis.up().await;
        redis
    }

    async fn up(&mut self) {
        let program =
            std::env::var("VANGNET_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.args(["--port", &self.port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(command.spawn().unwrap());
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("Redis does not answer");
    }

    fn down(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    async fn flush(&self) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let () = redis::cmd("FLUSHALL").query_async(&mut connection).await.unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.down();
    }
}

/// Two server processes on the database of a first server, that hear each other over Redis.
async fn two_servers(redis: &Redis) -> Option<(Vangnet, Vangnet, Vangnet)> {
    let program = std::env::var_os("VANGNET_TEST_SERVER").map(PathBuf::from)?;
    let first = Vangnet::start_on(Clock::system().now()).await;
    let one = first.replica(&program, &redis.url());
    let other = first.replica(&program, &redis.url());
    tokio::time::sleep(Duration::from_millis(500)).await;
    Some((first, one, other))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_at_one_server_is_told_at_the_other_within_a_moment() {
    if !runs_on(Kind::Postgres, "feed::what_is_written_at_one_server_is_told_at_the_other_within_a_moment") {
        return;
    }
    let redis = Redis::start().await;
    let Some((_first, one, other)) = two_servers(&redis).await else { return };
    let opened = taken_up(&one, 0).await;
    let mut stream = follow(&other.as_("informatie"), None).await;
    // A reader that looks by itself looks once a second; a bell is heard at once.
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(130)).await;
        let version = next_version(&one, &opened, &mut stream).await;
        quickest = quickest.min(version);
    }
    assert!(quickest < Duration::from_millis(400), "{quickest:?}");
}

/// Makes two events at a server and takes them from a stream; gives how long the last one took to arrive.
async fn next_version(vangnet: &Vangnet, opened: &Opened, stream: &mut Subscriber) -> Duration {
    work(vangnet, opened, 1).await;
    let written = std::time::Instant::now();
    next(stream).await;
    next(stream).await;
    written.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_redis_nothing_is_lost_or_doubled() {
    if !runs_on(Kind::Postgres, "feed::whatever_becomes_of_redis_nothing_is_lost_or_doubled") {
        return;
    }
    let mut redis = Redis::start().await;
    let Some((_first, one, other)) = two_servers(&redis).await else { return };
    let opened = taken_up(&one, 0).await;
    let mut stream = follow(&other.as_("informatie"), None).await;
    let mut expected = 3;
    for (round, with_redis) in [(0, true), (1, false), (2, true), (3, true), (4, false)] {
        match (round, with_redis) {
            (2, _) => redis.up().await,
            (3, _) => redis.flush().await,
            (_, false) => redis.down(),
            _ => {}
        }
        work(&one, &opened, 2).await;
        for _ in 0..4 {
            assert_eq!(next(&mut stream).await.1, expected, "in round {round}");
            expected += 1;
        }
    }
    assert_eq!(stream.next_within(SILENCE).await, None);
    assert_eq!(count(&one, "event").await, expected, "one more than versions: the BRP check was asked too");
}

/// A dossier that is opened while one follows is followed too.
#[tokio::test]
async fn a_dossier_that_is_opened_meanwhile_is_told_of() {
    let vangnet = Vangnet::start().await;
    let mut stream = follow(&vangnet.as_("informatie"), None).await;
    let opened = submit(&vangnet).await;
    let (first, second) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!((&first.0, first.1), (&opened.dossier, 1));
    assert_eq!((&second.0, second.1), (&opened.dossier, 1));
    assert_ne!(first.2, second.2);
}
