//! The explorer in a real browser, on a closed network; and the reference client of the socket protocol.

use serde_json::Value;
use tests::Vangnet;
use tests::peers::{node, run};

#[tokio::test(flavor = "multi_thread")]
async fn the_explorer_works_without_any_other_host() {
    let Some(node) = node() else { return };
    let vangnet = Vangnet::start().await;
    let picture = vangnet.folder().join("explorer.png");
    let base = vangnet.base.clone();
    let arguments = [base, picture.display().to_string()];
    let query = ["--persona", "regisseur", "--query", "{ viewer { name partner } }"].map(str::to_owned);
    let (good, lines, said) = tokio::task::spawn_blocking(move || {
        let all: Vec<&str> = arguments.iter().chain(&query).map(String::as_str).collect();
        run(&node, "explorer.mjs", &all)
    })
    .await
    .unwrap();
    assert!(good, "{said}");
    let shown = &lines[0]["result"];
    let result: Value =
        shown.as_str().map_or_else(|| shown.clone(), |text| serde_json::from_str(text).unwrap());
    assert_eq!(result["data"]["viewer"]["partner"], "ZVH_BUREAU", "{lines:?}");
    assert!(picture.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_client_subscribes() {
    let Some(node) = node() else { return };
    let vangnet = Vangnet::start().await;
    let url = format!("{}/graphql/ws", vangnet.base.replacen("http", "ws", 1));
    let token = vangnet.as_("ggz").token().unwrap().to_owned();
    let (good, lines, said) = tokio::task::spawn_blocking(move || {
        let query = "subscription { caseEvents { __typename ... on FeedHeartbeat { cursor } } }";
        run(&node, "subscribe.mjs", &[&url, &token, query, "{}", "--count", "1", "--timeout", "40000"])
    })
    .await
    .unwrap();
    assert!(good, "{said}");
    assert!(lines.iter().any(|line| line["next"]["data"]["caseEvents"]["cursor"].is_string()), "{lines:?}");
}

#[tokio::test]
async fn a_socket_without_a_good_token_is_closed() {
    let vangnet = Vangnet::start().await;
    let refused = tests::socket::close_code(&vangnet.anonymous()).await;
    assert_eq!(refused, Some(4403));
}
