//! What the server remembers of the requests.

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
