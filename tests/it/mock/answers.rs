//! The server's responses, as on the vendor's page, and the requests that it remembers.

use super::*;
use crate::support::document::max_name_length;

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
        method: Method,
        path: String,
        token: String,
        content_type: &'static str,
        body: Value,
        status: u16,
        code: i64,
        message: &'static str,
    }
    let server = start().await;
    let good = || Row {
        what: "",
        method: Method::PATCH,
        path: PATH.to_owned(),
        token: server.app_token().to_owned(),
        content_type: "application/json",
        body: body(),
        status: 400,
        code: 6_451_000,
        message: "",
    };
    let with = |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        body
    };
    let unknown_url = |path: &str| Row {
        what: "another URL",
        path: path.to_owned(),
        code: 6_450_001,
        message: "method or URL not found",
        ..good()
    };
    let unauthorized = || Row { status: 401, code: 401, message: "wrong App ID or App Token", ..good() };
    let rows = [
        Row { what: "wrong token", token: "wrong".to_owned(), ..unauthorized() },
        Row { what: "wrong app", path: PATH.replace("mock-app", "other"), ..unauthorized() },
        Row { what: "another method", method: Method::OPTIONS, ..unknown_url(PATH) },
        unknown_url("/"),
        unknown_url(&format!("{PATH}/")),
        unknown_url(&format!("/{PATH}")),
        unknown_url(&PATH.replace("v1", "v0")),
        Row {
            what: "unknown destination",
            path: PATH.replace("dest-1", "dest-2"),
            code: NOT_FOUND,
            message: "destination not found",
            ..good()
        },
        Row {
            what: "another media type",
            content_type: "text/plain",
            message: "the Content-Type is not application/json",
            ..good()
        },
        Row {
            what: "a long name",
            body: with("displayName", json!("n".repeat(max_name_length() + 1))),
            message: "",
            ..good()
        },
        Row {
            what: "no targets",
            body: with("staffTargets", json!([])),
            message: "/staffTargets: is empty but STAFF is selected",
            ..good()
        },
        Row { what: "an unknown type", body: with("types", json!(["staff"])), message: "", ..good() },
        Row { what: "an unknown field", body: with("color", json!("red")), message: "unknown field `color`", ..good() },
        Row { what: "no fields", body: json!({}), message: "missing field", ..good() },
    ];
    for Row { what, method, path, token, content_type, body, status, code, message } in rows {
        let request = reqwest::Client::new().request(method, server.base_url() + &path).bearer_auth(token);
        let answer = answer(request.header("content-type", content_type).body(body.to_string())).await;
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
    let new = old.with_app_token("mock-token-new").unwrap();
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
#[should_panic(expected = "the body is not JSON (expected value at line 1 column 1): Received")]
async fn json_panics_on_body_that_is_not_json() {
    let server = start().await;
    answer(reqwest::Client::new().post(server.base_url()).body("<p>")).await;
    let _ = server.requests()[0].json();
}
