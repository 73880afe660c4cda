//! A guest is let in for one agenda item on one Dutch day, sees nothing of the covenant before the declaration is signed,
//! and nothing at all on another day or in another dossier.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{Client, Vangnet};
use uuid::Uuid;

use crate::arrange::{
    Opened, assign, bsn, colleague, count, execute, forged, open_case, records, rows, run, submit, submit_as,
};

/// Somebody whose organisation did not sign.
const GUEST: &str = "slachtofferhulp";

/// What is asked of a declaration.
const ASKED: &str = "geheimhoudingsverklaring { id state item day text textVersion signedAt \
    viewerAccess { steps { mutation allowed deadline } withheld { reason } } }";

fn invitation(vangnet: &Vangnet, case: &str, guest: &str, day: &str) -> Value {
    let [partner, professional] = colleague(vangnet, guest);
    json!({
        "id": case, "partnerId": partner, "professionalId": professional,
        "item": "De zus en haar veiligheid.", "day": day,
    })
}

/// Invites somebody; gives the id of the declaration.
async fn invite(vangnet: &Vangnet, case: &str, guest: &str, day: &str) -> String {
    let input = invitation(vangnet, case, guest, day);
    let payload = vangnet.as_("regisseur").done("inviteGuest", input, ASKED).await;
    payload["geheimhoudingsverklaring"]["id"].as_str().unwrap().to_owned()
}

fn signature(declaration: &str) -> Value {
    json!({ "id": declaration, "textVersion": "2024-1" })
}

/// The name of the person in a dossier as somebody sees it; none when the dossier is not there for them.
async fn name_seen(client: &Client, opened: &Opened) -> Option<Value> {
    let query = "query($id: ID!) { node(id: $id) { ... on Dossier { persons(first: 1) { edges { node { \
                 familyName bsn viewerAccess { withheld { reason } } } } } } } }";
    let node = client.ask(query, json!({ "id": opened.dossier })).await["node"].clone();
    (!node.is_null()).then(|| node["persons"]["edges"][0]["node"]["familyName"].clone())
}

/// The code and the reason of the only error of a payload.
fn refusal(payload: &Value) -> (&str, &str) {
    let [error] = &payload["errors"].as_array().unwrap()[..] else { panic!("{payload}") };
    (error["code"].as_str().unwrap(), error["reason"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_guest_who_signs_is_shown_the_rows_for_guests_and_no_more() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    let guest = vangnet.as_(GUEST);
    assert_eq!(name_seen(&guest, &opened).await, None);
    let declaration = invite(&vangnet, &case, GUEST, "2024-02-12").await;
    assert_eq!(name_seen(&guest, &opened).await, Some(Value::Null));

    let query = "query($id: ID!) { node(id: $id) { ... on Geheimhoudingsverklaring { state item day text \
                 textVersion viewerAccess { steps { mutation allowed deadline } withheld { reason } } } } }";
    let asked = guest.ask(query, json!({ "id": declaration })).await["node"].clone();
    assert_eq!((&asked["state"], &asked["item"], &asked["day"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(asked["textVersion"], "2024-1");
    assert!(asked["text"].as_str().unwrap().contains("geheim"));
    let step =
        json!([{ "mutation": "signGeheimhoudingsverklaring", "allowed": true, "deadline": "2024-02-12" }]);
    assert_eq!(asked["viewerAccess"]["steps"], step);

    let payload = guest.done("signGeheimhoudingsverklaring", signature(&declaration), ASKED).await;
    let signed = &payload["geheimhoudingsverklaring"];
    assert_eq!((&signed["state"], &signed["day"]), (&json!("GETEKEND"), &json!("2024-02-12")));
    assert!(signed["signedAt"].is_string() && signed["viewerAccess"]["steps"] == json!([]));
    assert_eq!(name_seen(&guest, &opened).await, Some(json!("Zilvervos")));
    let more = "query($id: ID!) { node(id: $id) { ... on Dossier { aanmelding { reason } \
                persons(first: 1) { edges { node { bsn phone } } } plan { id } } } }";
    let node = guest.ask(more, json!({ "id": opened.dossier })).await["node"].clone();
    assert_eq!(node["aanmelding"]["reason"], "Zorgen over Zilvervos");
    assert_eq!(node["persons"]["edges"][0]["node"], json!({ "bsn": null, "phone": null }));

    let effects = records(&vangnet, "EFFECT").await;
    let done: Vec<&Value> = effects.iter().map(|effect| &effect["operation"]).collect();
    assert_eq!(done, ["submitAanmelding", "inviteGuest", "signGeheimhoudingsverklaring"]);
    assert_eq!(effects[2]["professional"], json!(vangnet.town.professional(GUEST).0));
    // A signature gives the version of what was signed.
    let of_version = "geheimhoudingsverklaring WHERE text_version = '2024-1' AND state = 'GETEKEND'";
    assert_eq!(count(&vangnet, of_version).await, 1);
}

#[tokio::test]
async fn a_guest_is_there_on_that_dutch_day_and_on_no_other() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    let declaration = invite(&vangnet, &case, GUEST, "2024-02-13").await;
    let clock = &vangnet.server.clock;
    let sign =
        async || vangnet.as_(GUEST).change("signGeheimhoudingsverklaring", signature(&declaration), "").await;
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, None);
    assert_eq!(refusal(&sign().await), ("NOT_FOUND", ""));
    // It is ten in the morning in the Netherlands; the day of the item begins fourteen hours later.
    clock.advance(Duration::hours(14) - Duration::microseconds(1));
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, None);
    clock.advance(Duration::microseconds(1));
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, Some(Value::Null));
    assert_eq!(sign().await["errors"], json!([]));
    clock.advance(Duration::hours(24) - Duration::microseconds(1));
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, Some(json!("Zilvervos")));
    clock.advance(Duration::microseconds(1));
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, None);
    assert_eq!(refusal(&sign().await), ("NOT_FOUND", ""));
}

#[tokio::test]
async fn a_declaration_that_was_not_signed_lapses_with_its_day() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    let declaration = invite(&vangnet, &case, GUEST, "2024-02-12").await;
    let state = async |subject: &str| {
        let query = "query($id: ID!) { node(id: $id) { ... on Geheimhoudingsverklaring { state } } }";
        vangnet.as_(subject).ask(query, json!({ "id": declaration })).await["node"].clone()
    };
    assert_eq!(state("regisseur").await["state"], "GEVRAAGD");
    vangnet.server.clock.advance(Duration::days(1));
    for subject in ["regisseur", "fg", "fg-ander"] {
        assert_eq!(state(subject).await["state"], "VERLOPEN", "{subject}");
    }
    for subject in [GUEST, "ggz", "informatie", "ondersteuning", "nergens"] {
        assert_eq!(state(subject).await, Value::Null, "{subject}");
    }
}

#[tokio::test]
async fn a_declaration_lifts_nothing_in_another_dossier_and_is_nobody_elses() {
    let vangnet = Vangnet::start().await;
    let (first, second) = (submit(&vangnet).await, submit_as(&vangnet, "Goudhaas", &bsn(1)).await);
    let cases = [open_case(&vangnet, &first).await, open_case(&vangnet, &second).await];
    run(&vangnet, "DELETE FROM signature WHERE organisation_id IN (SELECT id FROM organisation WHERE kind = 'WONINGCORPORATIE')").await;
    let of_first = invite(&vangnet, &cases[0], GUEST, "2024-02-12").await;
    let of_second = invite(&vangnet, &cases[1], GUEST, "2024-02-12").await;
    let of_another = invite(&vangnet, &cases[0], "corporatie", "2024-02-12").await;
    let elsewhere = forged("Geheimhoudingsverklaring", second.id, crate::arrange::row_in(&of_first));
    let guest = vangnet.as_(GUEST);
    for hidden in [&of_another, &elsewhere] {
        let payload = guest.change("signGeheimhoudingsverklaring", signature(hidden), "").await;
        assert_eq!(refusal(&payload), ("NOT_FOUND", ""));
    }
    let found = "query($id: ID!) { node(id: $id) { id } }";
    // The bureau's ondersteuning sees who takes part, as the procesregie does; a declaration it does not find.
    for (subject, finds) in
        [("regisseur", true), ("fg", true), ("ondersteuning", false), ("corporatie", false)]
    {
        let seen = vangnet.as_(subject).ask(found, json!({ "id": of_first })).await;
        assert_eq!(!seen["node"].is_null(), finds, "{subject}");
    }
    guest.done("signGeheimhoudingsverklaring", signature(&of_first), "").await;
    assert_eq!(name_seen(&guest, &first).await, Some(json!("Zilvervos")));
    assert_eq!(name_seen(&guest, &second).await, Some(Value::Null));
    assert_eq!(name_seen(&vangnet.as_("corporatie"), &first).await, Some(Value::Null));
    guest.done("signGeheimhoudingsverklaring", signature(&of_second), "").await;
    assert_eq!(name_seen(&guest, &second).await, Some(json!("Goudhaas")));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    assign(&vangnet, opened.id, "politie", "ZETEL").await;
    run(&vangnet, "UPDATE organisation SET kind = 'BETROKKENE' WHERE kind = 'OM'").await;
    let asks = async |subject: &str, input: Value| {
        let payload = vangnet.as_(subject).change("inviteGuest", input, "participant { id }").await;
        let (code, reason) = refusal(&payload);
        (code.to_owned(), reason.to_owned())
    };
    let invited = |guest: &str, day: &str| invitation(&vangnet, &case, guest, day);
    let mut of_another = invited(GUEST, "2024-02-12");
    of_another["professionalId"] = invited("politie", "2024-02-12")["professionalId"].clone();
    let mut empty = invited(GUEST, "2024-02-12");
    empty["item"] = json!(" ");
    let guests = "geheimhoudingsverklaring";
    let cases = [
        ("regisseur", invited(GUEST, "2024-02-11"), "INVALID_INPUT", "PAST_DATE"),
        ("regisseur", empty, "INVALID_INPUT", "TEXT"),
        ("regisseur", of_another, "NOT_FOUND", ""),
        ("regisseur", invited(GUEST, "2024-05-13"), "GUARD_FAILED", "GUEST_DAY"),
        ("regisseur", invited("politie", "2024-05-12"), "GUARD_FAILED", "GUEST_AT_TAFEL"),
        ("regisseur", invited("om", "2024-02-12"), "GUARD_FAILED", "GUEST_PARTNER"),
        ("politie", invited(GUEST, "2024-02-12"), "NOT_PERMITTED", "INVOLVEMENT"),
        ("informatie", invited(GUEST, "2024-02-12"), "NOT_PERMITTED", "INVOLVEMENT"),
        ("ketenmanager", invited(GUEST, "2024-02-12"), "NOT_FOUND", ""),
    ];
    for (subject, input, code, reason) in cases {
        assert_eq!(asks(subject, input).await, (code.to_owned(), reason.to_owned()), "{subject}");
        assert_eq!(count(&vangnet, guests).await, 0);
    }
    execute(&vangnet, "UPDATE \"case\" SET state = 'AFGESLOTEN' WHERE dossier_id = $1", [opened.id.0.into()])
        .await;
    let closed = asks("regisseur", invited(GUEST, "2024-02-12")).await;
    assert_eq!(closed, ("GUARD_FAILED".to_owned(), "STATE".to_owned()));
}

#[tokio::test]
async fn a_guest_signs_once_the_present_words_and_by_one_key() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    let declaration = invite(&vangnet, &case, GUEST, "2024-02-12").await;
    let guest = vangnet.as_(GUEST);
    let other = json!({ "id": declaration, "textVersion": "2023-1" });
    let refused = guest.change("signGeheimhoudingsverklaring", other, "").await;
    assert_eq!(refusal(&refused), ("GUARD_FAILED", "TEXT_VERSION"));
    assert_eq!(name_seen(&guest, &opened).await, Some(Value::Null));

    let key = Uuid::now_v7();
    let sign =
        async |input: Value| guest.change_with_key("signGeheimhoudingsverklaring", key, input, ASKED).await;
    let first = sign(signature(&declaration)).await;
    let before = rows(&vangnet).await;
    assert_eq!(sign(signature(&declaration)).await, first);
    assert_eq!(rows(&vangnet).await, before);
    let mismatch = sign(json!({ "id": declaration, "textVersion": "2024-2" })).await;
    assert_eq!(refusal(&mismatch).0, "IDEMPOTENCY_MISMATCH");
    let again = guest.change("signGeheimhoudingsverklaring", signature(&declaration), "").await;
    assert_eq!(refusal(&again), ("GUARD_FAILED", "STATE"));
}

#[tokio::test]
async fn closing_the_case_sends_home_who_is_yet_to_come() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    invite(&vangnet, &case, GUEST, "2024-02-12").await;
    invite(&vangnet, &case, "corporatie", "2024-02-13").await;
    execute(&vangnet, "UPDATE \"case\" SET state = 'NAZORG' WHERE dossier_id = $1", [opened.id.0.into()])
        .await;
    crate::arrange::set_phase(&vangnet, opened.id, "F10").await;
    vangnet.as_("regisseur").done("closeCase", json!({ "id": case, "closingNote": "Verteld." }), "").await;
    assert_eq!(name_seen(&vangnet.as_(GUEST), &opened).await, None);
    vangnet.server.clock.advance(Duration::days(1));
    assert_eq!(name_seen(&vangnet.as_("corporatie"), &opened).await, None);
}

/// A signature lets a guest read at once; the declaration adds nothing to it.
#[tokio::test]
async fn a_guest_of_a_partner_that_signed_reads_without_a_declaration() {
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let case = open_case(&vangnet, &opened).await;
    invite(&vangnet, &case, "om", "2024-02-12").await;
    assert_eq!(name_seen(&vangnet.as_("om"), &opened).await, Some(json!("Zilvervos")));
    vangnet.server.clock.advance(Duration::days(1));
    assert_eq!(name_seen(&vangnet.as_("om"), &opened).await, None);
}
