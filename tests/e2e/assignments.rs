//! Several assignments of one professional at one dossier: they show what either shows, each field says which of them
//! decides, and what only one showed goes with it. A rule that holds for all is not got round by another assignment.

use entity::id::AssignmentId;
use serde_json::{Value, json};
use tests::Vangnet;

use crate::arrange::{Opened, assign, execute, set_phase, submit, supplied};

/// Who holds several: one of the bureau, whose desks take part in nothing.
const HOLDER: &str = "regisseur-ander";

const READ: &str = "query($person: ID!, $aanmelding: ID!) {
    person: node(id: $person) { ... on Person { familyName address
        viewerAccess { explanations { category allowed involvement rules { id effect } } } } }
    aanmelding: node(id: $aanmelding) { ... on Aanmelding { advice
        viewerAccess { explanations(field: \"advice\") { category allowed involvement rules { id effect } } } } }
}";

/// A dossier at the tafel, with an address that only TRAJECT is shown and an advice that only ONDERSTEUNING is.
async fn at_the_tafel(vangnet: &Vangnet) -> Opened {
    let opened = submit(vangnet).await;
    set_phase(vangnet, opened.id, "F6").await;
    for statement in [
        "UPDATE person SET address = 'Dorpsstraat 1' WHERE dossier_id = $1",
        "UPDATE aanmelding SET advice = 'Vraag het wijkteam.' WHERE dossier_id = $1",
    ] {
        execute(vangnet, statement, [opened.id.0.into()]).await;
    }
    opened
}

async fn end(vangnet: &Vangnet, assignment: AssignmentId) {
    let statement = "UPDATE assignment SET valid_until = valid_from WHERE id = $1";
    execute(vangnet, statement, [assignment.0.into()]).await;
}

/// The name, the address and the advice as the holder sees them.
async fn seen(vangnet: &Vangnet, opened: &Opened) -> (Value, [Value; 3]) {
    let ids = json!({ "person": opened.person, "aanmelding": opened.aanmelding });
    let seen = vangnet.as_(HOLDER).ask(READ, ids).await;
    let fields = [("person", "familyName"), ("person", "address"), ("aanmelding", "advice")];
    let values = fields.map(|(node, field)| seen[node][field].clone());
    (seen, values)
}

/// By which assignment a category is decided, whether it is shown, and by which permits.
fn decided<'v>(node: &'v Value, category: &str) -> (&'v str, bool, Vec<&'v str>) {
    let explanations = node["viewerAccess"]["explanations"].as_array().unwrap();
    let one = explanations.iter().find(|one| one["category"] == category).unwrap();
    let permits = one["rules"].as_array().unwrap().iter().filter(|rule| rule["effect"] == "PERMIT");
    let permits = permits.map(|rule| rule["id"].as_str().unwrap()).collect();
    (one["involvement"].as_str().unwrap(), one["allowed"].as_bool().unwrap(), permits)
}

#[tokio::test]
async fn they_show_what_either_shows_and_ending_one_takes_what_only_it_showed() {
    let vangnet = Vangnet::start().await;
    let opened = at_the_tafel(&vangnet).await;
    let (name, address, advice) = (json!("Zilvervos"), json!("Dorpsstraat 1"), json!("Vraag het wijkteam."));
    assert_eq!(seen(&vangnet, &opened).await.1, [Value::Null, Value::Null, Value::Null], "not involved");
    let support = assign(&vangnet, opened.id, HOLDER, "ONDERSTEUNING").await;
    let (of_one, values) = seen(&vangnet, &opened).await;
    assert_eq!(values, [name.clone(), Value::Null, advice.clone()]);
    assert_eq!(decided(&of_one["person"], "D02"), ("ONDERSTEUNING", false, vec![]));

    let trajectory = assign(&vangnet, opened.id, HOLDER, "TRAJECT").await;
    let (of_both, values) = seen(&vangnet, &opened).await;
    assert_eq!(values, [name.clone(), address.clone(), advice]);
    assert_eq!(decided(&of_both["person"], "D02"), ("TRAJECT", true, vec!["P15"]));
    assert_eq!(decided(&of_both["aanmelding"], "D33U"), ("ONDERSTEUNING", true, vec!["P05"]));
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { involvements } } }";
    let told = vangnet.as_(HOLDER).ask(query, json!({ "id": opened.dossier })).await;
    let mut involvements: Vec<&str> =
        told["node"]["involvements"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    involvements.sort_unstable();
    assert_eq!(involvements, ["ONDERSTEUNING", "TRAJECT"]);

    end(&vangnet, support).await;
    let (of_other, values) = seen(&vangnet, &opened).await;
    assert_eq!(values, [name, address, Value::Null]);
    let (involvement, shown, _) = decided(&of_other["aanmelding"], "D33U");
    assert_eq!((involvement, shown), ("TRAJECT", false));
    end(&vangnet, trajectory).await;
    assert_eq!(seen(&vangnet, &opened).await.1, [Value::Null, Value::Null, Value::Null]);
}

/// Where the victim stays (D22A) is kept from the side of the offender (V04), whatever else one is.
#[tokio::test]
async fn a_forbid_of_the_side_holds_for_all_of_them() {
    let vangnet = Vangnet::start().await;
    let opened = at_the_tafel(&vangnet).await;
    let shelter = supplied(&vangnet, &opened, "D22A").await;
    let finds = async || {
        let query = "query($id: ID!) { node(id: $id) { id } }";
        vangnet.as_(HOLDER).ask(query, json!({ "id": shelter })).await["node"].is_object()
    };
    assign(&vangnet, opened.id, HOLDER, "PROCESREGIE").await;
    assert!(finds().await);
    let support = assign(&vangnet, opened.id, HOLDER, "ONDERSTEUNING").await;
    assert!(finds().await, "another assignment takes nothing away");
    let statement = "UPDATE assignment SET side = 'PLEGER' WHERE id = $1";
    execute(&vangnet, statement, [support.0.into()]).await;
    assert!(!finds().await);
    end(&vangnet, support).await;
    assert!(finds().await);
}
