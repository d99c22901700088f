//! The server's responses, as on the vendor's page.

use cinnox_destination::{ErrorCode, mock};

use super::*;
use crate::support::document::max_name_length;

#[tokio::test]
async fn responds_to_update_as_documented_and_stores_it() {
    let server = start().await;
    assert_eq!(server.destination(&id()), None);
    let reply = client(&server).update(&id(), &sample()).await.unwrap();
    assert_eq!((reply.id(), reply.status, reply.attempts), ("dest-1", StatusCode::OK, 1));
    assert_eq!(reply.code.map(|code| code.number().to_string()), Some("200".to_owned()));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(server.destination(&id()), Some(sample()));

    let next = sample().with_phones(["+85212345678"]).without_type(DestinationType::Staff);
    client(&server).update(&id(), &next).await.unwrap();
    assert_eq!(server.destination(&id()), Some(next.clone()));
    server.add_destination(&id());
    assert_eq!(server.destination(&id()), Some(next));

    let raw = request(&server, Method::PATCH, PATH, server.app_token(), &body()).await;
    assert_answer(&raw, 200, &json!({ "code": 200, "result": { "id": "dest-1" } }));
}

#[tokio::test]
async fn unknown_destination_is_3000205() {
    let server = start().await;
    let error = client(&server).update(&"dest-2".parse().unwrap(), &sample()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::DestinationNotFound), Outcome::Rejected));
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(server.destination(&"dest-2".parse().unwrap()), None);

    let path = "/v1/api/apps/mock-app/destination/dest-2";
    let raw = request(&server, Method::PATCH, path, server.app_token(), &body()).await;
    assert_answer(&raw, 400, &json!({ "code": 3_000_205, "message": "destination not found" }));
}

#[tokio::test]
async fn wrong_parameter_is_6451000_with_message() {
    let server = start().await;
    let mut too_long = body();
    too_long["displayName"] = json!("n".repeat(max_name_length() + 1));
    let mut missing = body();
    missing["staffTargets"] = json!([]);
    let mut lower_case = body();
    lower_case["types"] = json!(["staff"]);
    for (body, message) in [
        (too_long, "/displayName: \"nnn"),
        (missing, "/staffTargets: is empty but STAFF is selected; add a target, or remove STAFF from the types"),
        (lower_case, "/types/0: line 1 column "),
        (json!({}), "line 1 column 1: `displayName` is missing"),
        (json!(["Night shift", [], ["staff-1"], ["*"], ["*"], [], ["STAFF"]]), "line 1 column 1: is not an object"),
    ] {
        let raw = request(&server, Method::PATCH, PATH, server.app_token(), &body).await;
        let answered: Value = serde_json::from_str(&raw.body).unwrap();
        assert_eq!((raw.status, &answered["code"]), (400, &json!(6_451_000)));
        assert!(answered["message"].as_str().unwrap().starts_with(message), "{answered}");
    }
    let text = reqwest::Client::new().patch(format!("{}{PATH}", server.base_url()));
    let text = text.bearer_auth(server.app_token()).header("content-type", "text/plain").body(body().to_string());
    let expected = json!({ "code": 6_451_000, "message": "the Content-Type is not application/json" });
    assert_answer(&answer(text).await, 400, &expected);
    assert_eq!(server.destination(&id()), None);
}

#[tokio::test]
async fn accepts_update_that_breaks_only_our_rules() {
    let server = start().await;
    let mut ours = body();
    ours["displayName"] = json!(" ");
    ours["supportLanguages"] = json!(["*", "en", "en"]);
    ours["phoneTargets"] = json!(["12"]);
    let raw = request(&server, Method::PATCH, PATH, server.app_token(), &ours).await;
    assert_eq!(raw.status, 200);
    assert_eq!(server.destination(&id()).map(|held| serde_json::to_value(held).unwrap()), Some(ours));
}

#[tokio::test]
async fn unknown_method_or_url_is_6450001() {
    let server = start().await;
    let expected = json!({ "code": 6_450_001, "message": "method or URL not found" });
    // The build script accepts no operations with these methods.
    for method in [Method::OPTIONS, Method::TRACE] {
        let raw = request(&server, method, PATH, server.app_token(), &body()).await;
        assert_answer(&raw, 400, &expected);
    }
    for path in [
        "/",
        "/v1/api/apps/mock-app/destination/dest-1/",
        "/v1/api/apps/mock-app/destination/dest-1/no-such-part",
        "//v1/api/apps/mock-app/destination/dest-1",
        "/v0/api/apps/mock-app/destination/dest-1",
        "/v1/api/apps/mock-app/no-such-part/dest-1",
    ] {
        let raw = request(&server, Method::PATCH, path, server.app_token(), &body()).await;
        assert_answer(&raw, 400, &expected);
    }
    assert_eq!(server.destination(&id()), None);
    let query = format!("{PATH}?a=b/c");
    assert_eq!(request(&server, Method::PATCH, &query, server.app_token(), &body()).await.status, 200);
}

#[tokio::test]
async fn wrong_token_or_app_is_401() {
    let server = start().await;
    let expected = json!({ "code": 401, "message": "wrong App ID or App Token" });
    let raw = request(&server, Method::PATCH, PATH, "wrong", &body()).await;
    assert_answer(&raw, 401, &expected);
    let other = "/v1/api/apps/other/destination/dest-1";
    let raw = request(&server, Method::PATCH, other, server.app_token(), &body()).await;
    assert_answer(&raw, 401, &expected);
    let bare = reqwest::Client::new().patch(format!("{}{PATH}", server.base_url())).json(&body());
    assert_answer(&answer(bare).await, 401, &expected);

    let wrong = Client::builder(&server.base_url(), server.app_id(), "wrong").build().unwrap();
    let error = wrong.update(&id(), &sample()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::Other(401)), Outcome::Rejected));
    assert_eq!((error.status(), error.is_retryable()), (Some(StatusCode::UNAUTHORIZED), false));
    assert_eq!(server.destination(&id()), None);
}

#[tokio::test]
async fn accepts_additional_token_until_it_is_revoked() {
    let server = start().await;
    let old = client(&server);
    let new = old.with_app_token("mock-token-new").unwrap();
    let is_accepted = async |client: &Client| match client.update(&id(), &sample()).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::Other(401)), Outcome::Rejected));
            false
        }
    };
    assert_eq!((is_accepted(&old).await, is_accepted(&new).await), (true, false));
    server.accept_token("mock-token-new");
    assert_eq!((is_accepted(&old).await, is_accepted(&new).await), (true, true));
    server.revoke_token(server.app_token());
    assert_eq!((is_accepted(&old).await, is_accepted(&new).await), (false, true));
    server.revoke_token("mock-token-new");
    assert_eq!((is_accepted(&old).await, is_accepted(&new).await), (false, false));
}

#[tokio::test]
async fn built_response_matches_client_response() {
    let server = start().await;
    let expected = client(&server).update(&id(), &sample()).await.unwrap();
    let made = mock::response(&id());
    assert_eq!((made.status, made.attempts, &made.body), (expected.status, expected.attempts, &expected.body));
    assert_eq!(made.headers["content-type"], expected.headers["content-type"]);
    assert!(made.is_for(&id()));
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
