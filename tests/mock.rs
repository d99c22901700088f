//! The account in memory answers as the endpoint does, and fails as it is told.
#![cfg(feature = "mock")]

use cinnox_destination::{
    Error, ErrorCode, ErrorKind, RetryPolicy,
    mock::{Account, Failure},
    prelude::*,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const PATH: &str = "/v1/api/apps/mock-app/destination/dest-1";

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1"])
}

fn id() -> DestinationId {
    "dest-1".parse().unwrap()
}

async fn account() -> Account {
    let account = Account::start().await;
    account.add_destination(&id());
    account
}

/// A client that tries once, so that each failure is seen.
fn client(account: &Account) -> Client {
    account.client_builder().retry(RetryPolicy::never()).build().unwrap()
}

async fn failure(account: &Account) -> Error {
    client(account).update(&id(), &sample()).await.unwrap_err()
}

/// A request of a client that is not ours.
async fn request(account: &Account, method: Method, path: &str, token: &str, body: &Value) -> Answer {
    let request = reqwest::Client::new().request(method, format!("{}{path}", account.base_url()));
    answer(request.bearer_auth(token).json(body)).await
}

/// What an account answers to a client that is not ours.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (status, &HeaderValue::from_static("application/json"))
    );
    assert_eq!(answer.headers.get("retry-after"), None);
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), *body);
}

fn body() -> Value {
    serde_json::to_value(sample()).unwrap()
}

#[tokio::test]
async fn an_update_is_answered_as_documented_and_held() {
    let account = account().await;
    assert_eq!(account.destination(&id()), None);
    let reply = client(&account).update(&id(), &sample()).await.unwrap();
    assert_eq!((reply.id(), reply.status, reply.attempts), ("dest-1", StatusCode::OK, 1));
    assert_eq!(reply.code.map(|code| code.number().to_string()), Some("200".to_owned()));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(account.destination(&id()), Some(sample()));

    let next = sample().with_phones(["+85212345678"]).without_type(DestinationType::Staff);
    client(&account).update(&id(), &next).await.unwrap();
    assert_eq!(account.destination(&id()), Some(next.clone()));
    account.add_destination(&id());
    assert_eq!(account.destination(&id()), Some(next));

    let raw = request(&account, Method::PATCH, PATH, account.app_token(), &body()).await;
    assert_answer(&raw, 200, &json!({ "code": 200, "result": { "id": "dest-1" } }));
}

#[tokio::test]
async fn a_destination_that_is_not_known_is_3000205() {
    let account = account().await;
    let error = client(&account).update(&"dest-2".parse().unwrap(), &sample()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::DestinationNotFound), Outcome::Rejected));
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(account.destination(&"dest-2".parse().unwrap()), None);

    let path = "/v1/api/apps/mock-app/destination/dest-2";
    let raw = request(&account, Method::PATCH, path, account.app_token(), &body()).await;
    assert_answer(&raw, 400, &json!({ "code": 3_000_205, "message": "destination not found" }));
}

#[tokio::test]
async fn a_wrong_parameter_is_6451000_with_a_message() {
    let account = account().await;
    let mut too_long = body();
    too_long["displayName"] = json!("n".repeat(41));
    let mut missing = body();
    missing["staffTargets"] = json!([]);
    let mut lower_case = body();
    lower_case["types"] = json!(["staff"]);
    for (body, message) in [
        (too_long, "/displayName: line 1 column 58: longer than 40 characters"),
        (
            missing,
            "/staffTargets: has no entry although STAFF is selected; add a target, or take STAFF out of the types",
        ),
        (lower_case, "/types/0: line 1 column "),
        (json!({}), "line 1 column 2: missing field `displayName`"),
        (json!(["Night shift", [], ["staff-1"], ["*"], ["*"], [], ["STAFF"]]), "line 1 column 1: is not an object"),
    ] {
        let raw = request(&account, Method::PATCH, PATH, account.app_token(), &body).await;
        let answered: Value = serde_json::from_str(&raw.body).unwrap();
        assert_eq!((raw.status, &answered["code"]), (400, &json!(6_451_000)));
        assert!(answered["message"].as_str().unwrap().starts_with(message), "{answered}");
    }
    let text = reqwest::Client::new().patch(format!("{}{PATH}", account.base_url()));
    let text = text.bearer_auth(account.app_token()).header("content-type", "text/plain").body(body().to_string());
    let expected = json!({ "code": 6_451_000, "message": "the Content-Type is not application/json" });
    assert_answer(&answer(text).await, 400, &expected);
    assert_eq!(account.destination(&id()), None);
}

#[tokio::test]
async fn rules_of_our_own_are_the_clients_business() {
    let account = account().await;
    let mut ours = body();
    ours["displayName"] = json!(" ");
    ours["supportLanguages"] = json!(["*", "en", "en"]);
    ours["phoneTargets"] = json!(["12"]);
    let raw = request(&account, Method::PATCH, PATH, account.app_token(), &ours).await;
    assert_eq!(raw.status, 200);
    assert_eq!(account.destination(&id()).map(|held| serde_json::to_value(held).unwrap()), Some(ours));
}

#[tokio::test]
async fn an_unknown_method_or_url_is_6450001() {
    let account = account().await;
    let expected = json!({ "code": 6_450_001, "message": "method or URL not found" });
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let raw = request(&account, method, PATH, account.app_token(), &body()).await;
        assert_answer(&raw, 400, &expected);
    }
    assert_eq!(request(&account, Method::HEAD, PATH, account.app_token(), &body()).await.status, 400);
    for path in [
        "/",
        "/v1/api/apps/mock-app/destination",
        "/v1/api/apps/mock-app/destination/dest-1/",
        "/v1/api/apps/mock-app/destination/dest-1/more",
        "//v1/api/apps/mock-app/destination/dest-1",
        "/v2/api/apps/mock-app/destination/dest-1",
        "/v1/api/apps/mock-app/destinations/dest-1",
    ] {
        let raw = request(&account, Method::PATCH, path, account.app_token(), &body()).await;
        assert_answer(&raw, 400, &expected);
    }
    assert_eq!(account.destination(&id()), None);
}

#[tokio::test]
async fn a_wrong_token_or_app_is_401() {
    let account = account().await;
    let expected = json!({ "code": 401, "message": "wrong App ID or App Token" });
    let raw = request(&account, Method::PATCH, PATH, "wrong", &body()).await;
    assert_answer(&raw, 401, &expected);
    let other = "/v1/api/apps/other/destination/dest-1";
    let raw = request(&account, Method::PATCH, other, account.app_token(), &body()).await;
    assert_answer(&raw, 401, &expected);
    let bare = reqwest::Client::new().patch(format!("{}{PATH}", account.base_url())).json(&body());
    assert_answer(&answer(bare).await, 401, &expected);

    let wrong = Client::builder(&account.base_url(), account.app_id(), "wrong").build().unwrap();
    let error = wrong.update(&id(), &sample()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::Other(401)), Outcome::Rejected));
    assert_eq!((error.status(), error.is_retryable()), (Some(StatusCode::UNAUTHORIZED), false));
    assert_eq!(account.destination(&id()), None);
}

#[tokio::test]
async fn a_failure_is_given_as_often_and_in_the_order_in_which_it_was_told() {
    let account = account().await;
    account.fail_next(2, Failure::code(ErrorCode::TagNotFound));
    account.fail_next(1, Failure::code(ErrorCode::Other(77)).status(503).message("später").retry_after("7"));
    account.fail_next(0, Failure::code(ErrorCode::BadRequest));
    account.fail_next(
        1,
        Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
    );

    for _ in 0..2 {
        let error = failure(&account).await;
        assert_eq!((error.code(), error.status()), (Some(ErrorCode::TagNotFound), Some(StatusCode::BAD_REQUEST)));
        assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "tag not found"));
        assert_eq!(error.retry_after(), None);
    }
    let error = failure(&account).await;
    assert_eq!((error.code(), error.status()), (Some(ErrorCode::Other(77)), Some(StatusCode::SERVICE_UNAVAILABLE)));
    assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "später"));
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    let error = failure(&account).await;
    assert_eq!(error.headers().unwrap()["retry-after"], "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(account.destination(&id()), None);

    client(&account).update(&id(), &sample()).await.unwrap();
    assert_eq!((account.destination(&id()), account.request_count()), (Some(sample()), 5));
}

#[tokio::test]
async fn a_failure_can_be_given_for_ever() {
    let account = account().await;
    account.fail_next(usize::MAX, Failure::code(ErrorCode::BadRequest));
    for _ in 0..3 {
        assert_eq!(failure(&account).await.code(), Some(ErrorCode::BadRequest));
    }
}

#[tokio::test]
async fn a_status_that_is_no_answer_counts_as_500() {
    let account = account().await;
    for (status, given) in [(0, 500), (199, 500), (600, 500), (200, 200), (599, 599), (302, 302)] {
        account.fail_next(1, Failure::code(ErrorCode::Other(1)).status(status));
        assert_eq!(failure(&account).await.status().map(|found| found.as_u16()), Some(given));
    }
}

#[tokio::test]
async fn what_was_received_is_shown_with_method_path_headers_and_body() {
    let account = account().await;
    client(&account).update(&id(), &sample()).await.unwrap();
    request(&account, Method::POST, "/other?a=b", "x", &json!(1)).await;
    let [patch, post] = <[_; 2]>::try_from(account.requests()).unwrap();
    assert_eq!((&*patch.method, &*patch.path), ("PATCH", PATH));
    assert_eq!(patch.headers["authorization"], *format!("Bearer {}", account.app_token()));
    assert_eq!(serde_json::from_slice::<Value>(&patch.body).unwrap(), body());
    assert_eq!((&*post.method, &*post.path, &*post.body), ("POST", "/other?a=b", &b"1"[..]));
    assert_eq!(account.request_count(), 2);
}

#[tokio::test]
async fn an_id_with_characters_that_a_url_encodes_is_known() {
    let account = account().await;
    for id in [r#"a"b<c>d`e{f}g"#, "a|b^c[d]e'f", "a;b:c@d&e=f+g$h,i!j*(k)~l"] {
        let id: DestinationId = id.parse().unwrap();
        account.add_destination(&id);
        assert_eq!(client(&account).update(&id, &sample()).await.unwrap().id(), id.as_str());
        assert_eq!(account.destination(&id), Some(sample()));
    }
}

#[tokio::test]
async fn an_invalid_update_is_not_received() {
    let account = account().await;
    let error = client(&account).update(&id(), &sample().with_trunks(["0"])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(_)));
    assert_eq!((account.request_count(), account.requests().len()), (0, 0));
}

#[tokio::test]
async fn the_last_thousand_requests_are_remembered_and_all_are_counted() {
    let account = account().await;
    let client = reqwest::Client::new();
    for number in 0..1_003 {
        client.get(format!("{}/{number}", account.base_url())).send().await.unwrap();
    }
    let requests = account.requests();
    assert_eq!((account.request_count(), requests.len()), (1_003, 1_000));
    assert_eq!((&*requests[0].path, &*requests[999].path), ("/3", "/1002"));
}

#[tokio::test]
async fn a_client_of_an_account_that_has_ended_cannot_write_into_another_one() {
    let one = account().await;
    let stale = client(&one);
    drop(one);
    // Each of those that follow may have the port of the first one.
    let others = [account().await, account().await, account().await];
    stale.update(&id(), &sample()).await.unwrap_err();
    assert!(others.iter().all(|other| other.destination(&id()).is_none()));
}

#[tokio::test]
async fn two_accounts_know_nothing_of_each_other() {
    let (one, other) = (account().await, account().await);
    client(&one).update(&id(), &sample()).await.unwrap();
    assert_ne!(one.base_url(), other.base_url());
    assert_eq!((other.request_count(), other.destination(&id())), (0, None));
}

#[tokio::test]
async fn many_calls_at_once_get_each_its_own_answer() {
    let account = account().await;
    let client = client(&account);
    let calls = (0..64).map(|number| {
        let (client, id) = (client.clone(), format!("dest-{number}").parse::<DestinationId>().unwrap());
        if number % 2 == 0 {
            account.add_destination(&id);
        }
        let update = sample().with_staff([id.as_str()]);
        tokio::spawn(async move { (client.update(&id, &update).await.map(|reply| reply.id().to_owned()), id, number) })
    });
    for call in futures_util::future::join_all(calls).await {
        let (result, id, number) = call.unwrap();
        match result {
            Ok(updated) => assert_eq!((updated, number % 2 == 0 || number == 1), (id.to_string(), true)),
            Err(error) => assert_eq!((error.code(), number % 2), (Some(ErrorCode::DestinationNotFound), 1)),
        }
    }
    for number in (0..64).filter(|number| number % 2 == 0) {
        let id: DestinationId = format!("dest-{number}").parse().unwrap();
        assert_eq!(account.destination(&id).map(|held| held.staff_targets), Some(vec![id.to_string()]));
    }
    assert_eq!(account.request_count(), 64);
}
