//! What a scenario knows: the server, the things that came into being with their texts, and what was refused.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use cucumber::gherkin::Step;
use cucumber::{World, given, then, when};
use serde_json::{Value, json};
use tests::client::input_type;
use tests::{Client, Vangnet};

use super::heard::Follower;
use super::people::{Day, Who};
use super::seen::dossier_of;
use crate::shape::{Shape, is_as_by_id};

/// The state of one scenario.
#[derive(Debug, Default, World)]
pub(super) struct Journey {
    vangnet: Option<Vangnet>,
    /// A cursor of before anything happened, from which everything can be followed again.
    beginning: String,
    /// The partner and professional ids of the people, as the bureau finds them in its directory.
    directory: HashMap<String, (String, String)>,
    /// Global ids by the names that the scenario gives to things.
    things: HashMap<String, String>,
    /// The texts that must not be read by whoever has no right to them, by their names.
    texts: HashMap<String, String>,
    /// Why the last act was refused, until the scenario says that it was.
    refusal: Vec<String>,
    /// What an outsider is answered on things that do not exist.
    pub(super) strangers: HashMap<(Who, String), String>,
    /// What the schema has, so that every answer can be compared whole.
    shape: Option<Shape>,
    pub(super) followers: HashMap<Who, Follower>,
    /// Who has been seen to be present at the dossier.
    pub(super) present: HashSet<Who>,
}

/// How a node offers a mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    /// It can be made.
    Open,
    /// Conditions stand in its way.
    Blocked,
    /// It is not offered.
    Not,
}

impl Journey {
    pub(super) fn vangnet(&self) -> &Vangnet {
        self.vangnet.as_ref().expect("de eerste stap van een scenario noemt de dag")
    }

    /// Somebody's app. What was refused before must have been said by the scenario.
    pub(super) fn app_of(&self, who: Who) -> Client {
        assert!(self.refusal.is_empty(), "onverwacht geweigerd: {:?}", self.refusal);
        self.vangnet().as_(who.0)
    }

    pub(super) fn beginning(&self) -> &str {
        &self.beginning
    }

    /// The ids of somebody's organisation and of somebody, as the bureau knows them.
    pub(super) fn partner(&self, who: Who) -> (&str, &str) {
        let (partner, professional) = &self.directory[&format!("Professional {}", who.0)];
        (partner, professional)
    }

    /// Makes a mutation. When it is refused, nothing has changed, and the next step has to say so.
    pub(super) async fn act(
        &mut self,
        who: Who,
        mutation: &str,
        input: Value,
        selection: &str,
    ) -> Option<Value> {
        let before = self.view_of_bureau().await;
        let offered = self.offered(who, mutation, &input).await;
        let shown = self.whole_payload(mutation);
        let payload = self.app_of(who).change(mutation, input, &format!("{selection} {shown}")).await;
        let errors = payload["errors"].as_array().unwrap();
        let sentences = errors.iter().map(|error| error["message"].as_str().unwrap().to_owned());
        self.refusal = sentences.collect();
        match (errors.first().map(|error| &error["code"]), offered) {
            (None, Some(Offer::Blocked | Offer::Not)) => {
                panic!("{mutation} lukt, en werd {who:?} niet geboden")
            }
            (Some(code), Some(Offer::Open | Offer::Blocked)) if code == "NOT_PERMITTED" => {
                assert!(errors[0]["reason"] != "INVOLVEMENT", "{mutation} mag niet, en werd {who:?} geboden");
            }
            _ => {}
        }
        if !self.refusal.is_empty() {
            assert!(payload["version"].is_null(), "{mutation}: {payload}");
            assert_eq!(
                before,
                self.view_of_bureau().await,
                "{mutation} is geweigerd en heeft toch iets gedaan"
            );
            return None;
        }
        assert!(payload["version"].is_i64(), "{mutation}: {payload}");
        self.payload_is_as_by_id(who, mutation, &payload).await;
        Some(payload)
    }

    /// Makes a mutation on a house. When it is refused, the next step has to say so.
    pub(super) async fn act_in_house(&mut self, who: Who, mutation: &str, input: Value) {
        let errors =
            crate::ondertekening::change(&self.app_of(who), mutation, input, "").await["errors"].clone();
        let sentences = errors.as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap());
        self.refusal = sentences.map(str::to_owned).collect();
    }

    pub(super) fn shape(&self) -> &Shape {
        self.shape.as_ref().expect("de eerste stap van een scenario noemt de dag")
    }

    /// A selection of everything that the payload of a mutation has of the nodes in it.
    fn whole_payload(&self, mutation: &str) -> String {
        let fields = self.shape().node_fields(&payload_type(mutation));
        let own = |(name, kind)| format!("{name} {{ {} }}", self.shape().own(kind));
        fields.into_iter().map(own).collect::<Vec<_>>().join(" ")
    }

    /// A payload shows what the id of the same thing shows, and nothing else.
    async fn payload_is_as_by_id(&self, who: Who, mutation: &str, payload: &Value) {
        let app = self.app_of(who);
        for (name, _) in self.shape().node_fields(&payload_type(mutation)) {
            if !payload[name].is_null() {
                is_as_by_id(self.shape(), &app, &payload[name], mutation).await;
            }
        }
    }

    /// How the nodes offered the mutation to somebody just before it was made; none for one that names no node.
    async fn offered(&self, who: Who, mutation: &str, input: &Value) -> Option<Offer> {
        // A node says of what is withheld whether it can be asked for, not among its steps.
        let id = input["id"].as_str().filter(|_| mutation != "askWithheld")?;
        let steps = "viewerAccess { steps { mutation allowed } }";
        let on = |kind: &str| format!("... on {kind} {{ {steps} }}");
        let nodes = [
            "Dossier",
            "BrpCheck",
            "Bekendheidscheck",
            "Verrijking",
            "Afwijking",
            "Action",
            "Overdracht",
            "BreakGlass",
            "Geheimhoudingsverklaring",
        ];
        let query =
            format!("query Offered($ids: [ID!]!) {{ nodes(ids: $ids) {{ {} }} }}", nodes.map(on).join(" "));
        let ids = json!({ "ids": [self.things.get("het dossier")?, id] });
        let found = self.app_of(who).ask(&query, ids).await;
        let nodes = found["nodes"].as_array()?.iter();
        let offers =
            nodes.flat_map(|node| node["viewerAccess"]["steps"].as_array().cloned().unwrap_or_default());
        let offers: Vec<Value> = offers.filter(|step| step["mutation"] == mutation).collect();
        Some(match &offers[..] {
            [] => Offer::Not,
            steps if steps.iter().all(|step| step["allowed"] == true) => Offer::Open,
            _ => Offer::Blocked,
        })
    }

    pub(super) fn has_been_present(&self, who: Who) -> bool {
        self.present.contains(&who)
    }

    /// Keeps the id of a thing under its name.
    pub(super) fn name(&mut self, name: &str, id: &Value) {
        let id = id.as_str().unwrap_or_else(|| panic!("{name} heeft geen id")).to_owned();
        self.things.insert(name.to_owned(), id);
    }

    /// Keeps the text of a thing under its name.
    pub(super) fn wrote(&mut self, name: &str, text: &str) {
        self.texts.insert(name.to_owned(), text.to_owned());
    }

    pub(super) fn id(&self, name: &str) -> &str {
        self.things.get(name).unwrap_or_else(|| panic!("{name} is er niet"))
    }

    pub(super) fn things(&self) -> &HashMap<String, String> {
        &self.things
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).unwrap_or_else(|| panic!("van {name} is geen tekst bekend"))
    }

    pub(super) fn texts(&self) -> &HashMap<String, String> {
        &self.texts
    }

    /// The dossier as the bureau sees it, to find things by.
    pub(super) async fn as_bureau(&self) -> Value {
        let dossier = dossier_of(&self.app_of(Who::BUREAU), self.id("het dossier")).await;
        dossier.expect("het bureau heeft het dossier")
    }

    /// The same, whatever was refused; none before there is a dossier.
    async fn view_of_bureau(&self) -> Option<Value> {
        let id = self.things.get("het dossier")?;
        dossier_of(&self.vangnet().as_(Who::BUREAU.0), id).await
    }

    async fn start(&mut self, now: DateTime<Utc>) {
        let vangnet = Vangnet::start_on(now).await;
        let directory = "{ partners(house: \"TWENTE\") { id professionals { id name } } }";
        let partners = vangnet.as_(Who::REGISSEUR.0).ask(directory, json!({})).await;
        for partner in partners["partners"].as_array().unwrap() {
            for professional in partner["professionals"].as_array().unwrap() {
                let [partner, id, name] = [&partner["id"], &professional["id"], &professional["name"]]
                    .map(|text| text.as_str().unwrap());
                self.directory.insert(name.to_owned(), (partner.to_owned(), id.to_owned()));
            }
        }
        self.shape = Some(Shape::of(&vangnet.as_(Who::REGISSEUR.0)).await);
        self.vangnet = Some(vangnet);
        self.beginning = self.cursor_of_now().await;
    }

    /// Lets time pass; whoever follows signs in again.
    pub(super) async fn wait(&mut self, time: Duration) {
        self.vangnet().server.clock.advance(time);
        let mut followers = std::mem::take(&mut self.followers);
        for (who, follower) in &mut followers {
            follower.resume(self, *who).await;
        }
        self.followers = followers;
    }

    /// Where the feed is now.
    pub(super) async fn cursor_of_now(&self) -> String {
        let feed = &self.vangnet().server.feed;
        feed.cursor(feed.end().await.unwrap()).unwrap()
    }
}

fn payload_type(mutation: &str) -> String {
    let input = input_type(mutation);
    format!("{}Payload", input.strip_suffix("Input").unwrap())
}

/// Nine o'clock in the morning, Dutch winter time or an hour later.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(8, 0, 0).unwrap().and_utc()
}

#[given(expr = "het is {dag}")]
#[when(expr = "het {dag} is geworden")]
async fn it_is(journey: &mut Journey, day: Day) {
    let now = morning(day.0);
    match &journey.vangnet {
        None => journey.start(now).await,
        Some(vangnet) => {
            let wait = now - vangnet.server.clock.now();
            journey.wait(wait).await;
        }
    }
}

#[then(expr = "wordt dat geweigerd: {string}")]
fn is_refused(journey: &mut Journey, sentence: String) {
    assert_eq!(std::mem::take(&mut journey.refusal), [sentence]);
}

#[then(expr = "wordt dat geweigerd om deze redenen:")]
fn is_refused_for(journey: &mut Journey, step: &Step) {
    let sentences: Vec<String> = rows(step).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(std::mem::take(&mut journey.refusal), sentences);
}

/// The rows of a step's table.
pub(super) fn rows(step: &Step) -> Vec<Vec<String>> {
    step.table.as_ref().expect("deze stap heeft een tabel").rows.clone()
}

/// The rows of a step's table under a heading, each as a map from the heading to the cell.
pub(super) fn records(step: &Step) -> Vec<HashMap<String, String>> {
    let rows = rows(step);
    let heading = &rows[0];
    rows[1..].iter().map(|row| heading.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

/// The people in the first column of a step's table.
pub(super) fn people(step: &Step) -> Vec<Who> {
    rows(step).iter().map(|row| row[0].parse().unwrap()).collect()
}
