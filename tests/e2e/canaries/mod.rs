//! Canaries: every classified text of a database is a token that is nowhere else, everybody of the demo asks
//! thousands of random things, and no token comes out that the covenant denies: not in a body, a header, an error, a
//! frame of a socket, nor in the log.
//!
//! `VANGNET_TEST_CANARIES` is the number of documents a persona (30 without it), `VANGNET_TEST_SEED` the seed of all
//! chance.

pub(crate) mod chance;
pub(crate) mod document;
pub(crate) mod planting;
pub(crate) mod reading;
pub(crate) mod stage;
pub(crate) mod verdict;

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use self::chance::number;
use self::planting::{CANARIES, Token, leaf_of};
use self::reading::cells;
use self::stage::{Actor, Heard, Stage};
use crate::logs;

/// How long a replay may be silent before it is over.
const SILENCE: Duration = Duration::from_millis(400);

/// What was asked and seen in a run.
#[derive(Debug, Default)]
struct Tally {
    answers: usize,
    refused: usize,
    tokens: usize,
    /// The canaries that each persona may see, of whatever row.
    visible: BTreeSet<(String, usize)>,
    /// Those that were seen.
    seen: BTreeSet<(String, usize)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_holds_what_the_covenant_denies() {
    logs::listen();
    let stage = &Stage::set().await;
    let each = number("VANGNET_TEST_CANARIES", 30);
    eprintln!(
        "canaries: {each} documents a persona (VANGNET_TEST_CANARIES), seed {} (VANGNET_TEST_SEED)",
        stage.seed
    );
    let watched = stage.actors().await.into_iter().map(async |actor| watch(stage, actor, each).await);
    let all: Vec<Tally> = stream::iter(watched).buffer_unordered(4).collect().await;
    let said = logs::said();
    assert!(said.contains("answered"), "the log is not listened to");
    assert!(Token::in_bytes(said.as_bytes()).is_empty(), "a token stands in the log");
    let sum = |count: fn(&Tally) -> usize| all.iter().map(count).sum::<usize>();
    let (answers, refused) = (sum(|tally| tally.answers), sum(|tally| tally.refused));
    let (visible, seen) = (sum(|tally| tally.visible.len()), sum(|tally| tally.seen.len()));
    let tokens = sum(|tally| tally.tokens);
    eprintln!(
        "canaries: {answers} answers, {refused} refused, {tokens} tokens; {seen} of {visible} seen by who may"
    );
    assert!(refused * 5 < answers, "too many documents are refused to prove anything");
    assert!(seen * 10 > visible * 6, "too little of what may be seen was seen");
    let seen: BTreeSet<usize> = all.iter().flat_map(|tally| &tally.seen).map(|(_, place)| *place).collect();
    let unseen: Vec<_> = CANARIES.iter().enumerate().filter(|(place, _)| !seen.contains(place)).collect();
    assert!(unseen.is_empty(), "nobody saw {unseen:?}");
}

/// Has somebody ask and follow, and holds every answer against the covenant.
async fn watch(stage: &Stage, mut actor: Actor, documents: u64) -> Tally {
    let mut tally = Tally { visible: visible(stage, &actor), ..Tally::default() };
    for _ in 0..documents {
        let heard = stage.ask(&mut actor).await;
        tally.add(stage, &actor, &heard);
    }
    for heard in stage.replay(&mut actor, SILENCE).await {
        tally.add(stage, &actor, &heard);
    }
    tally
}

impl Tally {
    /// Holds what somebody was sent against the covenant.
    fn add(&mut self, stage: &Stage, actor: &Actor, heard: &Heard) {
        self.answers += 1;
        self.refused += usize::from(heard.is_refused());
        let document = &heard.document.text;
        let errors = heard.json["errors"].as_array().into_iter().flatten();
        for error in errors {
            assert_ne!(error["extensions"]["code"], "INTERNAL", "{}: {error}\n{document}", actor.subject);
        }
        for token in Token::in_bytes(&heard.bytes) {
            let canary = token.canary();
            let shown = stage.verdict.shows(&actor.viewer, token.row, leaf_of(canary));
            assert!(
                shown,
                "{} was sent {}.{} of {token:?}\n{document}",
                actor.subject, canary.kind, canary.field
            );
            self.tokens += 1;
            self.seen.insert((actor.subject.clone(), token.place));
        }
        for cell in cells(&stage.shape, &heard.document, &heard.json).into_iter().filter(|cell| cell.is_shown)
        {
            let (kind, row) = (&cell.kind, cell.row);
            let shown = match &cell.field {
                None => stage.verdict.showing(&actor.viewer, row).is_some(),
                Some((_, leaf)) => stage.verdict.shows(&actor.viewer, row, leaf.parse().ok()),
            };
            assert!(shown, "{} was shown {:?} of {kind} {row}\n{document}", actor.subject, cell.field);
        }
    }
}

/// The canaries that the covenant lets somebody see, of whatever row.
fn visible(stage: &Stage, actor: &Actor) -> BTreeSet<(String, usize)> {
    let mut visible = BTreeSet::new();
    for (row, datum) in stage.verdict.data() {
        if !stage.verdict.is_present(&actor.viewer, datum.dossier) {
            continue;
        }
        for (place, canary) in CANARIES.iter().enumerate().filter(|(_, canary)| canary.kind == datum.kind) {
            let name = (actor.subject.clone(), place);
            if !visible.contains(&name) && stage.verdict.shows(&actor.viewer, *row, leaf_of(canary)) {
                visible.insert(name);
            }
        }
    }
    visible
}
