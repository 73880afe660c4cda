//! Contracts of gemeenten: on them rests whether a signature counts for a jeugdgroep, and whether a house that works by
//! contract takes a registration. Each counts for its house, its gemeente, its kind and its days.

use chrono::{Duration, NaiveDate};
use entity::id::{GemeenteContractId, SignatureId};
use entity::{gemeente_contract, signature};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use tests::Vangnet;

use crate::arrange::{Opened, aanmelding, assign, bsn, colleague, execute, open_case, run, submit};

async fn contract(
    vangnet: &Vangnet,
    (house, gemeente, kind): (&str, &str, &str),
    from: &str,
    until: Option<&str>,
) {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let row = gemeente_contract::ActiveModel {
        id: Set(GemeenteContractId::fresh()),
        house: Set(house.to_owned()),
        gemeente_code: Set(gemeente.to_owned()),
        kind: Set(kind.to_owned()),
        valid_from: Set(day(from)),
        ended_on: Set(until.map(day)),
    };
    gemeente_contract::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
}

async fn sign(vangnet: &Vangnet, subject: &str) {
    let row = signature::ActiveModel {
        id: Set(SignatureId::fresh()),
        organisation_id: Set(vangnet.town.organisation(subject)),
        house: Set("DRENTHE".to_owned()),
        tafels: Set(None),
        signed_on: Set(NaiveDate::from_ymd_opt(2023, 1, 1).unwrap()),
        ended_on: Set(None),
        signed_by: Set(None),
    };
    signature::Entity::insert(row).exec_without_returning(vangnet.owner.writer()).await.unwrap();
}

/// A jeugdgroep of Emmen that is discussed in Drenthe, with the police at the tafel.
async fn jeugdgroep(vangnet: &Vangnet) -> (Opened, String) {
    let opened = submit(vangnet).await;
    let moved =
        "UPDATE dossier SET house = 'DRENTHE', tafel = 'JEUGDGROEP', gemeente_code = '0114' WHERE id = $1";
    execute(vangnet, moved, [opened.id.0.into()]).await;
    let case = open_case(vangnet, &opened).await;
    sign(vangnet, "politie").await;
    assign(vangnet, opened.id, "politie", "ZETEL").await;
    (opened, case)
}

/// What the police are told of the dossier: how they take part, and why not.
async fn seen(vangnet: &Vangnet, opened: &Opened) -> (bool, bool) {
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { participants(first: 20) { edges { node { \
                 involvement } } } viewerAccess { withheld { reason } } } } }";
    let node = vangnet.as_("politie").ask(query, json!({ "id": opened.dossier })).await["node"].clone();
    assert!(node.is_object(), "presence does not rest on a contract");
    let shows = node.to_string().contains("ZETEL");
    (shows, node["viewerAccess"].to_string().contains("NOT_SIGNED"))
}

const SHOWN: (bool, bool) = (true, false);
const NOT_SIGNED: (bool, bool) = (false, true);

#[tokio::test]
async fn a_jeugdgroep_asks_the_convenant_of_its_gemeente_beside_the_signature() {
    let vangnet = Vangnet::start().await;
    let (opened, _) = jeugdgroep(&vangnet).await;
    assert_eq!(seen(&vangnet, &opened).await, NOT_SIGNED);
    for other in [
        ("DRENTHE", "0118", "JEUGDGROEP"),
        ("TWENTE", "0114", "JEUGDGROEP"),
        ("DRENTHE", "0114", "NAZORG"),
        ("DRENTHE", "0114", "ANDERS"),
    ] {
        contract(&vangnet, other, "2023-01-01", None).await;
        assert_eq!(seen(&vangnet, &opened).await, NOT_SIGNED, "{other:?}");
    }
    contract(&vangnet, ("DRENTHE", "0114", "JEUGDGROEP"), "2024-02-13", Some("2024-02-15")).await;
    assert_eq!(seen(&vangnet, &opened).await, NOT_SIGNED, "it has not begun");
    for expected in [SHOWN, SHOWN, NOT_SIGNED] {
        vangnet.server.clock.advance(Duration::days(1));
        assert_eq!(seen(&vangnet, &opened).await, expected);
    }
    contract(&vangnet, ("DRENTHE", "0114", "JEUGDGROEP"), "2024-02-15", None).await;
    assert_eq!(seen(&vangnet, &opened).await, SHOWN);
    run(&vangnet, "DELETE FROM signature WHERE house = 'DRENTHE'").await;
    assert_eq!(seen(&vangnet, &opened).await, NOT_SIGNED, "a contract is no signature");
}

#[tokio::test]
async fn nobody_is_invited_where_no_signature_counts() {
    let vangnet = Vangnet::start().await;
    let (_, case) = jeugdgroep(&vangnet).await;
    sign(&vangnet, "om").await;
    let [partner, professional] = colleague(&vangnet, "om");
    let invite = async || {
        let input = json!({ "id": case, "partnerId": partner, "professionalId": professional });
        let payload = vangnet.as_("regisseur").change("inviteToSeat", input, "").await;
        payload["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["reason"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(invite().await, ["PARTNER_SIGNED"]);
    contract(&vangnet, ("DRENTHE", "0114", "JEUGDGROEP"), "2024-01-01", None).await;
    assert!(invite().await.is_empty());
}

#[tokio::test]
async fn a_house_that_works_by_contract_registers_with_a_contract_only() {
    let vangnet = Vangnet::start().await;
    let submit = async |house: &str, gemeente: &str, tafel: &str| {
        let mut input = aanmelding(&vangnet, "Zilvervos", &bsn(0));
        (input["house"], input["gemeente"], input["tafel"]) = (json!(house), json!(gemeente), json!(tafel));
        let payload = vangnet.as_("ggz").change("submitAanmelding", input, "aanmelding { id }").await;
        payload["errors"][0]["reason"].clone()
    };
    assert_eq!(submit("DRENTHE", "0118", "REG").await, "GEMEENTE_CONTRACT");
    contract(&vangnet, ("DRENTHE", "0118", "JEUGDGROEP"), "2023-01-01", None).await;
    contract(&vangnet, ("DRENTHE", "0118", "NAZORG"), "2023-01-01", Some("2024-02-12")).await;
    contract(&vangnet, ("DRENTHE", "0118", "NAZORG"), "2024-02-13", None).await;
    assert_eq!(submit("DRENTHE", "0118", "REG").await, "GEMEENTE_CONTRACT");
    // The contract of a gemeente for which the house does not work changes nothing.
    contract(&vangnet, ("DRENTHE", "0114", "NAZORG"), "2023-01-01", None).await;
    assert_eq!(submit("DRENTHE", "0114", "REG").await, "REGISTRATION_GEMEENTE");
    vangnet.server.clock.advance(Duration::days(1));
    assert_eq!(submit("DRENTHE", "0118", "REG").await, "NOT_SIGNED");
    // De Markiezaten has this tafel too, and names no gemeenten for it.
    assert_eq!(submit("MARKIEZATEN", "0748", "REG").await, "NOT_SIGNED");
}
