//! A page costs a constant number of statements, whatever its length: standing, facts, names, keys, what is
//! withheld, offered steps and ledger included.

use std::io::Write;
use std::time::Duration;

use chrono::NaiveDate;
use entity::id::{ActionId, CaseId, InbrengId, PersonId, PlanId};
use entity::{action, case, inbreng, plan};
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use tests::{Client, Vangnet};

use crate::arrange::{Opened, bsn, row_in, set_phase, submit_as};

const PAGE: &str = "query Page { dossiers(first: 30) { edges { node {
    id phase gemeente involvements
    persons(first: 2) { edges { node { familyName bsn viewerAccess { withheld { category reason } } } } }
    participants(first: 5) { edges { node { involvement organisation professional { name } } } }
    aanmelding { state reason }
    case { number state regisseur { name } viewerAccess { withheld { category } } }
    plan { goals { text } actions(first: 5) { edges { node { text state } } } }
    inbreng(first: 5) { edges { node { category content supplierId } } }
    brpChecks(first: 2) { edges { node { state } } }
    viewerAccess { withheld { category fields reason } steps { mutation allowed blockedBy { reason } } }
} } } }";

/// A dossier with a case, a plan with two actions, and two data, as the journey would leave it.
async fn arrange(vangnet: &Vangnet, n: u32) {
    let opened = submit_as(vangnet, "Zilvervos", &bsn(n)).await;
    set_phase(vangnet, opened.id, "F6").await;
    let database = vangnet.owner.writer();
    let plan_id = PlanId::fresh();
    let row = plan::ActiveModel {
        id: Set(plan_id),
        dossier_id: Set(opened.id),
        state: Set("CONCEPT".to_owned()),
        goals: Set(json!([])),
        agreed_with_person: Set(true),
        made_at: Set(vangnet.server.clock.now()),
    };
    plan::Entity::insert(row).exec_without_returning(database).await.unwrap();
    case::Entity::insert(case_of(vangnet, &opened, n)).exec_without_returning(database).await.unwrap();
    for subject in ["politie", "ggz"] {
        let row = action_of(vangnet, &opened, plan_id, subject);
        action::Entity::insert(row).exec_without_returning(database).await.unwrap();
        let row = inbreng_of(vangnet, &opened, subject);
        inbreng::Entity::insert(row).exec_without_returning(database).await.unwrap();
    }
}

fn case_of(vangnet: &Vangnet, opened: &Opened, n: u32) -> case::ActiveModel {
    case::ActiveModel {
        id: Set(CaseId::fresh()),
        dossier_id: Set(opened.id),
        number: Set(format!("ZVH-2024-{n:06}")),
        state: Set("IN_OVERLEG".to_owned()),
        role: Set("PROCESREGIE".to_owned()),
        regisseur_id: Set(vangnet.town.professional("regisseur")),
        ground_holder_id: Set(vangnet.town.organisation("ggz")),
        opened_at: Set(vangnet.server.clock.now()),
        review_on: Set(None),
        follow_up_on: Set(None),
        closed_at: Set(None),
        closing_note: Set(None),
        keep_until: Set(None),
    }
}

fn action_of(vangnet: &Vangnet, opened: &Opened, plan: PlanId, subject: &str) -> action::ActiveModel {
    action::ActiveModel {
        id: Set(ActionId::fresh()),
        dossier_id: Set(opened.id),
        plan_id: Set(plan),
        organisation_id: Set(vangnet.town.organisation(subject)),
        kind: Set("OVERIG".to_owned()),
        text: Set("Huisbezoek".to_owned()),
        deadline: Set(NaiveDate::from_ymd_opt(2024, 3, 1).unwrap()),
        state: Set("VOORGESTELD".to_owned()),
        accepted_by: Set(None),
        accepted_at: Set(None),
        needs: Set("D05".to_owned()),
        result: Set(None),
        knelpunt: Set(None),
    }
}

fn inbreng_of(vangnet: &Vangnet, opened: &Opened, subject: &str) -> inbreng::ActiveModel {
    inbreng::ActiveModel {
        id: Set(InbrengId::fresh()),
        dossier_id: Set(opened.id),
        person_id: Set(PersonId(row_in(&opened.person))),
        verrijking_id: Set(None),
        category: Set("D05".to_owned()),
        content: Set(Some("Zorgen".to_owned())),
        sealed: Set(None),
        organisation_id: Set(vangnet.town.organisation(subject)),
        supplied_by: Set(vangnet.town.professional(subject)),
        supplied_at: Set(vangnet.server.clock.now()),
        supplied_phase: Set("F6".to_owned()),
        ground: Set("G-CVP".to_owned()),
        restriction: Set("GEEN".to_owned()),
        decisions: Set(json!([])),
        valid_until: Set(None),
    }
}

/// How many statements a page costs at least: what the sealer does meanwhile comes on top of some of the runs.
async fn cost(vangnet: &Vangnet, client: &Client, dossiers: usize) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(350)).await;
        let before = vangnet.server.database.statements();
        let data = client.ask(PAGE, json!({})).await;
        least = least.min(vangnet.server.database.statements() - before);
        let edges = data["dossiers"]["edges"].as_array().unwrap();
        assert_eq!(edges.len(), dossiers);
        let node = &edges[dossiers - 1]["node"];
        for list in ["persons", "participants", "inbreng", "brpChecks"] {
            assert!(!node[list]["edges"].as_array().unwrap().is_empty(), "{list} of {node}");
        }
        assert_eq!(node["plan"]["actions"]["edges"].as_array().unwrap().len(), 2);
        assert!(node["persons"]["edges"][0]["node"]["bsn"].is_string());
        assert!(!node["viewerAccess"]["steps"].as_array().unwrap().is_empty());
    }
    least
}

#[tokio::test]
async fn a_page_of_twenty_dossiers_costs_as_many_statements_as_one_of_two() {
    let vangnet = Vangnet::start().await;
    let client = vangnet.as_("regisseur");
    for n in 0..2 {
        arrange(&vangnet, n).await;
    }
    let of_two = cost(&vangnet, &client, 2).await;
    for n in 2..20 {
        arrange(&vangnet, n).await;
    }
    let of_twenty = cost(&vangnet, &client, 20).await;
    writeln!(std::io::stdout(), "a page costs {of_two} statements").unwrap();
    assert_eq!(of_two, of_twenty);
}
