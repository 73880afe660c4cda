//! A demo in which every classified text is a canary, the personas of it, and what each is answered.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tests::socket::Subscriber;
use tests::{Answer, Client, Vangnet};
use uuid::Uuid;
use waarborg::feed::Position;

use super::chance::{Chance, number};
use super::document::{Document, Known, Writer};
use super::planting::{cover_the_schema, name_of, plant};
use super::reading::learn;
use super::verdict::{Verdict, Viewer};
use crate::arrange::{comparable, forged};
use crate::shape::Shape;

/// The demo with canaries in it.
pub(crate) struct Stage {
    /// The server.
    pub(crate) vangnet: Vangnet,
    /// The schema.
    pub(crate) shape: Shape,
    /// What the covenant lets everybody see.
    pub(crate) verdict: Verdict,
    /// The seed of all chance.
    pub(crate) seed: u64,
    /// What was answered while some of its people worked, by their subject.
    pub(crate) worked: Vec<(String, Heard)>,
    /// The burgerservicenummers by which persons are still found, by person.
    pub(crate) numbers: BTreeMap<Uuid, String>,
    beginning: String,
}

/// Somebody of the demo, and what they learnt so far.
pub(crate) struct Actor {
    /// What the tokens call them.
    pub(crate) subject: String,
    /// As the tables know them.
    pub(crate) viewer: Viewer,
    /// How they ask.
    pub(crate) client: Client,
    known: Known,
    chance: Chance,
    asked: usize,
}

/// Something that a persona was sent for a document.
pub(crate) struct Heard {
    /// The document.
    pub(crate) document: Document,
    /// What came, as JSON.
    pub(crate) json: Value,
    /// All bytes of it, the headers among them.
    pub(crate) bytes: Vec<u8>,
    /// The same as it is compared.
    pub(crate) compared: String,
}

impl Heard {
    /// Sends a document.
    pub(crate) async fn of(client: &Client, document: Document) -> Self {
        let Document { text, variables, operation, .. } = &document;
        let body = json!({ "query": text, "variables": variables, "operationName": operation });
        let answer: Answer = client.post(body).await;
        let bytes = [answer.headers.as_bytes(), &answer.bytes].concat();
        Self { compared: comparable(&answer), document, json: answer.json, bytes }
    }

    /// Whether it was refused before anything was executed.
    pub(crate) fn is_refused(&self) -> bool {
        self.json.get("data").is_none()
    }
}

impl Stage {
    /// Loads the demo, has some of its people work a little, and plants.
    pub(crate) async fn set() -> Self {
        let vangnet = Vangnet::start_demo().await;
        let shape = Shape::of(&vangnet.as_("fg-twente")).await;
        cover_the_schema(&shape);
        let beginning = vangnet.server.feed.cursor(Position { xid: 0, id: 0 }).unwrap();
        let seed = number("VANGNET_TEST_SEED", 20_260_310);
        let worked = work(&vangnet, &shape, &mut Chance::of(seed, 0)).await;
        let numbers = plant(&vangnet).await;
        let verdict = Verdict::read(&vangnet).await;
        Self { vangnet, shape, verdict, seed, worked, numbers, beginning }
    }

    /// Everybody of the demo.
    pub(crate) async fn actors(&self) -> Vec<Actor> {
        let mut actors = Vec::new();
        for (place, persona) in vangnet::demo::personas(&self.vangnet.server.convenant).iter().enumerate() {
            let viewer = self.verdict.viewer(&self.vangnet, &persona.subject).await;
            let mut chance = Chance::of(self.seed, place + 1);
            actors.push(Actor {
                known: self.known_to(&viewer, &mut chance),
                client: self.vangnet.as_(&persona.subject),
                subject: persona.subject.clone(),
                viewer,
                chance,
                asked: 0,
            });
        }
        actors
    }

    /// What a persona may ask for at first: ids of anybody's rows, and persons by name and number, own and others'.
    fn known_to(&self, viewer: &Viewer, chance: &mut Chance) -> Known {
        let mut known = Known::default();
        for (row, datum) in self.verdict.data() {
            let is_own = self.verdict.is_present(viewer, datum.dossier);
            if !chance.percent(if is_own { 25 } else { 2 }) {
                continue;
            }
            let id = forged(datum.kind, datum.dossier, *row);
            known.any.entry(datum.kind.to_owned()).or_default().push(id);
            if datum.kind == "Person" {
                known.searches.push(json!({ "familyName": name_of(datum.dossier, *row) }));
                known.searches.extend(self.numbers.get(row).map(|number| json!({ "bsn": number })));
            }
        }
        known
    }

    /// Has a persona ask something at random: nine times of ten a query, else a change that is refused.
    pub(crate) async fn ask(&self, actor: &mut Actor) -> Heard {
        let operation = actor.next_operation();
        let (shape, known, chance) = (&self.shape, &actor.known, &mut actor.chance);
        let document = if chance.percent(90) {
            Writer::query(shape, known, chance, &operation)
        } else {
            Writer::refused(shape, known, chance, &operation)
        };
        let heard = Heard::of(&actor.client, document).await;
        learn(shape, &heard.json, &mut actor.known);
        heard
    }

    /// Has a persona follow everything that happened from the beginning on, until nothing comes for so long.
    pub(crate) async fn replay(&self, actor: &mut Actor, silence: Duration) -> Vec<Heard> {
        let operation = actor.next_operation();
        let (shape, known, chance) = (&self.shape, &actor.known, &mut actor.chance);
        let document = Writer::replay(shape, known, chance, &operation, &self.beginning);
        let mut stream = Subscriber::open(&actor.client, &document.text, document.variables.clone()).await;
        let mut heard = Vec::new();
        while let Some(message) = stream.message_within(silence).await {
            let (json, bytes) = (message["payload"].clone(), message.to_string().into_bytes());
            learn(shape, &json, &mut actor.known);
            heard.push(Heard { document: document.clone(), json, bytes, compared: String::new() });
        }
        heard
    }
}

impl Actor {
    fn next_operation(&mut self) -> String {
        self.asked += 1;
        format!("{}_{}", self.subject.replace('-', "_"), self.asked)
    }
}

/// Some work, so that there are events of several kinds: two aanmeldingen taken up, two afwijkingen asked.
async fn work(vangnet: &Vangnet, shape: &Shape, chance: &mut Chance) -> Vec<(String, Heard)> {
    let mut worked = Vec::new();
    for (subject, phase, mutation) in
        [("ondersteuning-twente", "F1", "takeUpAanmelding"), ("procesregie-twente", "F5", "askAfwijking")]
    {
        let client = vangnet.as_(subject);
        let text = format!(
            "query Looking_{mutation} {{ dossiers(first: 40, phase: \"{phase}\") {{ edges {{ node {{ __typename id
            aanmelding {{ __typename id }} viewerAccess {{ steps {{ mutation allowed }} }} }} }} }} }}"
        );
        let operation = format!("Looking_{mutation}");
        let found =
            Heard::of(&client, Document { operation, text, variables: json!({}), ..Document::default() })
                .await;
        let chosen = offered(&found.json["data"], mutation);
        assert!(chosen.len() == 2, "{subject} is not offered {mutation} twice: {}", found.json);
        worked.push((subject.to_owned(), found));
        for (place, aanmelding) in chosen.into_iter().enumerate() {
            let mut input = json!({ "id": aanmelding, "idempotencyKey": Uuid::now_v7() });
            if mutation == "askAfwijking" {
                input["motivation"] = json!("Wachten is gevaarlijk.");
            }
            let document = Writer::change(shape, chance, &format!("{mutation}_{place}"), (mutation, input));
            let heard = Heard::of(&client, document).await;
            assert_eq!(heard.json["data"][mutation]["errors"], json!([]), "{}", heard.json);
            worked.push((subject.to_owned(), heard));
        }
    }
    worked
}

/// The aanmeldingen of two dossiers at which a step is offered.
fn offered(found: &Value, mutation: &str) -> Vec<Value> {
    let offers = |node: &&Value| {
        let mut steps = node["viewerAccess"]["steps"].as_array().unwrap().iter();
        steps.any(|step| step["mutation"] == mutation && step["allowed"] == true)
    };
    let nodes = found["dossiers"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]);
    nodes.filter(offers).take(2).map(|node| node["aanmelding"]["id"].clone()).collect()
}
