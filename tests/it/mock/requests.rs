//! The requests that the server records.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cinnox_destination::ErrorKind;

use super::*;

#[tokio::test]
async fn received_requests_have_method_path_headers_and_body() {
    let server = start().await;
    client(&server).update(&id(), &sample()).await.unwrap();
    request(&server, Method::POST, "/other?a=b", "x", &json!(1)).await;
    let [patch, post] = <[_; 2]>::try_from(server.requests()).unwrap();
    assert_eq!((&*patch.method, &*patch.path), ("PATCH", PATH));
    assert_eq!(patch.headers["authorization"], *format!("Bearer {}", server.app_token()));
    assert_eq!(patch.json(), body());
    assert_eq!(serde_json::from_slice::<Value>(&patch.body).unwrap(), body());
    assert_eq!((&*post.method, &*post.path, &*post.body), ("POST", "/other?a=b", &b"1"[..]));
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn does_not_receive_invalid_update() {
    let server = start().await;
    let error = client(&server).update(&id(), &sample().with_trunks(["0"])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(_)));
    assert_eq!((server.request_count(), server.requests().len()), (0, 0));
}

#[tokio::test]
async fn remembers_last_thousand_requests_and_counts_all() {
    let server = start().await;
    let client = reqwest::Client::new();
    for number in 0..1_003 {
        client.get(format!("{}/{number}", server.base_url())).send().await.unwrap();
    }
    let requests = server.requests();
    assert_eq!((server.request_count(), requests.len()), (1_003, 1_000));
    assert_eq!((&*requests[0].path, &*requests[999].path), ("/3", "/1002"));
}

#[tokio::test]
async fn debug_shows_no_token() {
    let server = start().await;
    client(&server).update(&id(), &sample()).await.unwrap();
    let shown = format!("{server:?} {:?}", server.requests());
    assert!(!shown.contains(server.app_token()), "{shown}");
    assert!(shown.contains("authorization") && shown.contains(&server.base_url()), "{shown}");
}

#[tokio::test]
async fn debug_shows_the_body_as_text_without_the_token() {
    let server = start().await;
    let token = server.app_token();
    let sent = [
        r#"{"displayName":"Night shift"}"#.to_owned(),
        format!(r#"{{"displayName":"{token}"}}"#),
        "\u{1b}\u{202e}夜".to_owned(),
        "x".repeat(1 << 20),
    ];
    for body in sent {
        let request = reqwest::Client::new().post(server.base_url() + "/?token=" + token);
        answer(request.bearer_auth(token).header("x-token", token).body(body)).await;
    }
    let shown = server.requests().iter().map(|request| format!("{request:?}")).collect::<Vec<_>>();
    let [plain, with_token, hidden, long] = &*shown else { panic!("{shown:?}") };
    assert!(plain.contains(r#"body: "{"displayName":"Night shift"}""#), "{plain}");
    assert!(with_token.contains(r#"body: "{"displayName":"***"}""#), "{with_token}");
    assert!(hidden.contains(r#"body: "\u{1b}\u{202e}夜""#), "{hidden}");
    assert!(long.len() < 3_000 && long.contains("xx…"), "{long}");
    assert!(shown.iter().all(|shown| !shown.contains(token)), "{shown:?}");
}

#[tokio::test]
async fn json_panics_on_body_that_is_not_json() {
    let server = start().await;
    answer(reqwest::Client::new().post(server.base_url()).body("<p>")).await;
    let [request] = <[_; 1]>::try_from(server.requests()).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| request.json())).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.starts_with("the body is not JSON (expected value at line 1 column 1): Received"), "{message}");
}
