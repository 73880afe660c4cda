//! The first minutes of an app developer: sign in, ask who you are, see an empty list.

use serde_json::json;
use tests::Vangnet;

#[tokio::test]
async fn a_professional_is_known_and_sees_no_dossier_without_an_assignment() {
    let vangnet = Vangnet::start().await;
    let data = vangnet
        .as_("ggz")
        .ask("{ viewer { name partner } dossiers(first: 10) { edges { cursor } } }", json!({}))
        .await;
    assert_eq!(data["viewer"]["partner"], "GGZ");
    assert_eq!(data["dossiers"]["edges"], json!([]));
}

#[tokio::test]
async fn nobody_is_known_without_a_token() {
    let vangnet = Vangnet::start().await;
    let answer = vangnet.anonymous().send("{ viewer { name } }", json!({})).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}
