//! The server's responses, as on the vendor's page, and the requests that it remembers.

use super::*;
use crate::support::document::max_name_length;

const NO_URL: i64 = 6_450_001;
const WRONG: i64 = 6_451_000;

#[tokio::test]
async fn responds_to_update_as_documented_and_stores_it() {
    let server = start().await;
    assert_eq!(server.destination(&id()), None);
    assert_eq!(client(&server).update(&id(), &sample()).await.unwrap().id(), "dest-1");
    assert_eq!(server.destination(&id()), Some(sample()));

    let next = sample().with_phones(["+85212345678"]).without_type(DestinationType::Staff);
    client(&server).update(&id(), &next).await.unwrap();
    server.add_destination(&id());
    assert_eq!(server.destination(&id()), Some(next));

    let raw = request(&server, Method::PATCH, PATH, server.app_token(), &body()).await;
    assert_eq!((raw.status, raw.json()), (200, json!({ "code": 200, "result": { "id": "dest-1" } })));
}

#[tokio::test]
async fn rejects_request_as_documented() {
    struct Row {
        what: &'static str,
        request: RequestBuilder,
        status: u16,
        code: i64,
        message: &'static str,
    }
    let server = start().await;
    let http = reqwest::Client::new();
    let patch = |path: &str| http.patch(server.base_url() + path).bearer_auth(server.app_token());
    let with = |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        patch(PATH).json(&body)
    };
    let row = |what, code, request: RequestBuilder, message| Row { what, request, status: 400, code, message };
    let no_url = |path: &str| row("another URL", NO_URL, patch(path).json(&body()), "method or URL not found");
    let denied = |what, request| Row { status: 401, ..row(what, 401, request, "wrong App ID or App Token") };
    let long_name = "n".repeat(max_name_length() + 1);
    let text = patch(PATH).header("content-type", "text/plain").body(body().to_string());
    for Row { what, request, status, code, message } in [
        denied("no token", http.patch(server.base_url() + PATH).json(&body())),
        denied("wrong token", http.patch(server.base_url() + PATH).bearer_auth("wrong").json(&body())),
        denied("wrong app", patch(&PATH.replace("mock-app", "other")).json(&body())),
        no_url("/"),
        no_url(&format!("{PATH}/")),
        no_url(&format!("/{PATH}")),
        no_url(&PATH.replace("v1", "v0")),
        row("another method", NO_URL, http.post(server.base_url() + PATH), "method or URL not found"),
        row("another ID", NOT_FOUND, patch(&PATH.replace("-1", "-2")).json(&body()), "destination not found"),
        row("another media type", WRONG, text, "the Content-Type is not application/json"),
        row("a long name", WRONG, with("displayName", json!(long_name)), ""),
        row("no targets", WRONG, with("staffTargets", json!([])), "/staffTargets: is empty but STAFF is selected"),
        row("an unknown type", WRONG, with("types", json!(["staff"])), "\"staff\" is not a type; write one of "),
        row("an unknown field", WRONG, with("color", json!("red")), "unknown field `color`"),
        row("no fields", WRONG, patch(PATH).json(&json!({})), "missing field"),
    ] {
        let answer = answer(request).await;
        let json = answer.json();
        assert_eq!((answer.status, &json["code"]), (status, &json!(code)), "{what}");
        assert!(json["message"].as_str().unwrap().starts_with(message), "{what}: {json}");
    }
    assert_eq!(server.destination(&id()), None);
}

#[tokio::test]
async fn accepts_update_that_breaks_only_our_rules() {
    let server = start().await;
    let mut ours = body();
    ours["displayName"] = json!(" ");
    ours["supportLanguages"] = json!(["*", "en", "en"]);
    ours["phoneTargets"] = json!(["12"]);
    let raw = request(&server, Method::PATCH, &format!("{PATH}?a=b/c"), server.app_token(), &ours).await;
    assert_eq!(raw.status, 200);
    assert_eq!(server.destination(&id()).map(|held| serde_json::to_value(held).unwrap()), Some(ours));
}

#[tokio::test]
async fn accepts_additional_token_until_it_is_revoked() {
    let server = start().await;
    let old = client(&server);
    let new = server.client_builder().app_token("mock-token-new").retry(RetryPolicy::never()).build().unwrap();
    let accepts = async || {
        let mut accepted = Vec::new();
        for client in [&old, &new] {
            let result = client.update(&id(), &sample()).await;
            accepted.push(result.is_ok());
            assert!(result.err().is_none_or(|error| status(&error) == Some(401) && error.is_from_api()));
        }
        accepted
    };
    assert_eq!(accepts().await, [true, false]);
    server.accept_token("mock-token-new");
    assert_eq!(accepts().await, [true, true]);
    server.revoke_token(server.app_token());
    assert_eq!(accepts().await, [false, true]);
}

#[tokio::test]
async fn decodes_ids_that_a_url_encodes() {
    let server = start().await;
    for id in [r#"a"b<c>d`e{f}g"#, "a|b^c[d]e'f", "a;b:c@d&e=f+g$h,i!j*(k)~l"] {
        let id: DestinationId = id.parse().unwrap();
        server.add_destination(&id);
        assert_eq!(client(&server).update(&id, &sample()).await.unwrap().id(), id.as_str());
        assert_eq!(server.destination(&id), Some(sample()));
    }
}

#[tokio::test]
async fn received_requests_have_method_path_headers_and_body() {
    let server = start().await;
    client(&server).update(&id(), &sample()).await.unwrap();
    request(&server, Method::POST, "/other?a=b", "x", &json!(1)).await;
    let [patch, post] = <[_; 2]>::try_from(server.requests()).unwrap();
    assert_eq!((&*patch.method, &*patch.path, patch.json()), ("PATCH", PATH, body()));
    let mut names: Vec<_> = patch.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let expected =
        ["accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"];
    let names: Vec<_> = names.into_iter().filter(|name| *name != "api-version").collect();
    assert_eq!(names, expected);
    assert_eq!(patch.headers["authorization"], *format!("Bearer {}", server.app_token()));
    assert_eq!((&*post.method, &*post.path, &*post.body), ("POST", "/other?a=b", &b"1"[..]));

    let shown = format!("{server:?} {patch:?}");
    assert!(!shown.contains(server.app_token()), "{shown}");
    assert!(shown.contains("authorization") && shown.contains("displayName"), "{shown}");
}

#[tokio::test]
#[should_panic(expected = "the body is not JSON (expected value at line 1 column 1): Received")]
async fn json_panics_on_body_that_is_not_json() {
    let server = start().await;
    answer(reqwest::Client::new().post(server.base_url()).body("<p>")).await;
    let _ = server.requests()[0].json();
}
