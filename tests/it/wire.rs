//! The request on the wire has the documented method, path, headers and body, and nothing else; the response is checked.

use std::time::Duration;

use cinnox_destination::{ClientBuilder, ErrorKind, prelude::*};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::observed::observed;
use crate::support::recorder::{Recorded, Recorder};
use crate::support::server::{Behavior, Server};
use crate::support::{builder, destination, fail, update};

const USER_AGENT: &str = concat!("cinnox-destination/", env!("CARGO_PKG_VERSION"));
const PATH: &str = "/v1/api/apps/app-1/destination/dest-1";

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .with_staff(["staff-1", "staff-2"])
        .with_phones(["+85212345678"])
}

fn plain(base_url: &str) -> ClientBuilder {
    Client::builder().base_url(base_url).app_id("app-1").app_token("token-1")
}

/// The request of one call.
async fn sent(server: &Recorder, builder: ClientBuilder, update: &DestinationUpdate) -> Recorded {
    builder.build().unwrap().update(&destination(), update).await.unwrap();
    server.take_one()
}

#[track_caller]
fn assert_headers(server: &Recorder, request: &Recorded, user_agent: &str) {
    let host = server.url().replace("http://", "");
    let length = request.body.len().to_string();
    let expected = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("authorization", "Bearer token-1"),
        ("content-length", length.as_str()),
        ("content-type", "application/json"),
        ("host", host.as_str()),
        ("user-agent", user_agent),
    ];
    let found: Vec<_> = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn sends_documented_request() {
    let server = Recorder::start().await;
    let request = sent(&server, plain(&server.url()), &sample()).await;
    assert_eq!(request.path, PATH);
    assert_headers(&server, &request, USER_AGENT);
    let expected = json!({
        "displayName": "Night shift",
        "supportLanguages": ["*"],
        "supportLocations": ["HK", "US-CA"],
        "types": ["STAFF", "PHONE"],
        "phoneTargets": ["+85212345678"],
        "staffTargets": ["staff-1", "staff-2"],
    });
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), expected);
    let trunk = sample().without_type(DestinationType::Staff).with_trunks(["85287654321"]);
    let trunk = trunk.with_targets(DestinationType::Phone, [""; 0]);
    let request = sent(&server, plain(&server.url()), &trunk).await;
    assert!(!request.body.contains("phoneTargets") && !request.body.contains("staffTargets"), "{}", request.body);
    assert_eq!(serde_json::from_str::<DestinationUpdate>(&request.body).unwrap(), trunk);
}

#[tokio::test]
async fn headers_of_the_callers_http_client_do_not_replace_ours() {
    let server = Recorder::start().await;
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", "Basic b3RoZXI6b3RoZXI=".parse().unwrap());
    headers.insert("accept", "text/html".parse().unwrap());
    headers.insert("content-type", "text/plain".parse().unwrap());
    let own = reqwest::Client::builder().user_agent("other").default_headers(headers);
    let request = sent(&server, plain(&server.url()).http_client(own), &sample()).await;
    assert_headers(&server, &request, USER_AGENT);
    let request = sent(&server, plain(&server.url()).user_agent_prefix("my-program/1.2"), &sample()).await;
    assert_headers(&server, &request, &format!("my-program/1.2 {USER_AGENT}"));
    let request = sent(&server, plain(&server.url()).user_agent_prefix(""), &sample()).await;
    assert_headers(&server, &request, USER_AGENT);
}

#[tokio::test]
async fn appends_path_to_base_url_with_path_and_slashes() {
    struct Row {
        behind_host: &'static str,
        prefix: &'static str,
    }
    let server = Recorder::start().await;
    for Row { behind_host, prefix } in [
        Row { behind_host: "/", prefix: "" },
        Row { behind_host: "//", prefix: "" },
        Row { behind_host: "/proxy", prefix: "/proxy" },
        Row { behind_host: "/a/b/", prefix: "/a/b" },
        Row { behind_host: "/a%20b", prefix: "/a%20b" },
    ] {
        let request = sent(&server, plain(&format!("{}{behind_host}", server.url())), &sample()).await;
        assert_eq!(request.path, format!("{prefix}{PATH}"), "{behind_host:?}");
    }
    let client = plain(&format!("{}/a%20b/", server.url())).app_id(r#"a"{|}^"#).accept_any_id().build().unwrap();
    let id = "d<`>[;]$&'@:~".parse().unwrap();
    client.update(&id, &sample()).await.unwrap();
    let ((method, url), sent) = (client.update_request(&id), server.take_one());
    assert_eq!((method, url.path()), ("PATCH", &*sent.path));
    assert!(url.as_str().starts_with(&server.url()));
}

#[tokio::test]
async fn does_not_send_invalid_update() {
    let server = Recorder::start().await;
    let client = plain(&server.url()).build().unwrap();
    let error = client.update(&destination(), &sample().with_phones(["12"])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate { violations, .. } if violations.len() == 1));
    assert_eq!((error.outcome(), error.is_retryable(), error.attempts()), (Outcome::NotSent, false, 0));
    assert_eq!(server.take(), []);
}

#[tokio::test]
async fn generated_client_sends_the_same_request_without_validation() {
    let server = Recorder::start().await;
    let client = plain(&server.url()).build().unwrap();
    let ours = sent(&server, plain(&server.url()), &sample()).await;
    client.generated().update_destination(client.app_id(), &destination(), &sample()).await.unwrap();
    assert_eq!(server.take_one(), ours);

    let invalid = sample().with_phones(["12"]);
    client.generated().update_destination(client.app_id(), &destination(), &invalid).await.unwrap();
    let request = server.take_one();
    assert_headers(&server, &request, USER_AGENT);
    assert_eq!(serde_json::from_str::<DestinationUpdate>(&request.body).unwrap(), invalid);
}

#[tokio::test]
async fn generated_client_keeps_redirects_timeout_and_limit() {
    let elsewhere = Recorder::start().await;
    let mut server = mockito::Server::new_async().await;
    let location = format!("{}{PATH}", elsewhere.url());
    let moved = server.mock("PATCH", PATH).with_status(307).with_header("location", &location).create_async().await;
    let client = plain(&server.url()).build().unwrap();
    let error = client.generated().update_destination(client.app_id(), &destination(), &sample()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::TEMPORARY_REDIRECT));
    moved.assert_async().await;
    assert_eq!(elsewhere.take(), []);

    let endless = Behavior::answer("HTTP/1.1 200 OK\r\n\r\n{\"a\":\"").then_forever("x".repeat(4096));
    let server = Server::start(&[endless, Behavior::silence()]).await;
    let client = builder(&server.url()).attempt_timeout(Duration::from_millis(500)).build().unwrap();
    for _ in 0..2 {
        let result = client.generated().update_destination(client.app_id(), &destination(), &sample()).await;
        assert!(result.is_err(), "{result:?}");
    }
}

#[tokio::test]
async fn accepts_longest_possible_limits() {
    let server = Recorder::start().await;
    let patient = plain(&server.url())
        .connect_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .total_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .max_response_bytes(usize::MAX);
    sent(&server, patient, &sample()).await;
}

#[tokio::test]
async fn response_keeps_status_headers_and_attempts() {
    let answer = Answer::status(200).header("X-Request-Id", "r-1").body(r#"{"code":0,"result":{"id":"dest-1"}}"#);
    let server = Server::answering(answer).await;
    let response = builder(&server.url()).build().unwrap().update(&destination(), &update()).await.unwrap();
    assert_eq!((response.status(), response.attempts(), response.id()), (StatusCode::OK, 1, "dest-1"));
    assert_eq!(response.headers()["x-request-id"], "r-1");
    let debug = format!("{response:?}");
    assert!(debug.contains("dest-1") && !debug.contains("r-1"), "{debug}");
    assert_eq!((response.code, response.id()), (Some(0.0), "dest-1"));
}

#[tokio::test]
async fn response_must_name_the_destination() {
    struct Row {
        id: &'static str,
        result: &'static str,
        strict: &'static str,
        any: &'static str,
    }
    let unknown = "unclear_response, unknown, 200";
    let rows = [
        Row { id: "dest-1", result: r#""dest-1""#, strict: "updated", any: "updated" },
        Row { id: "dest-1", result: r#""dest-2""#, strict: unknown, any: "updated" },
        Row { id: "dest-1", result: r#""DEST-1""#, strict: unknown, any: "updated" },
        Row { id: "12", result: "12", strict: "updated", any: "updated" },
        Row { id: "012", result: "12", strict: unknown, any: "updated" },
        Row { id: "18446744073709551615", result: "18446744073709551615", strict: "updated", any: "updated" },
        Row { id: "1", result: "1.0", strict: unknown, any: "updated" },
        Row { id: "dest-1", result: "null", strict: unknown, any: unknown },
    ];
    for Row { id, result, strict, any } in rows {
        let server = Server::answering(Answer::status(200).body(format!(r#"{{"result":{{"id":{result}}}}}"#))).await;
        let strictly = builder(&server.url()).build().unwrap().update(&id.parse().unwrap(), &update()).await;
        assert_eq!(observed(&strictly), strict, "{id} and {result}");
        let leniently = builder(&server.url()).accept_any_id().build().unwrap();
        assert_eq!(observed(&leniently.update(&id.parse().unwrap(), &update()).await), any, "{id} and {result}");
        assert_eq!(server.seen().whole, 2, "it is not retried");
    }
    let other = Server::answering(Answer::status(200).body(r#"{"result":{"id":"dest-2"}}"#)).await;
    let error = fail(builder(&other.url()).retry(RetryPolicy::default().idempotent())).await;
    assert_eq!(
        error.to_string(),
        "the server responded 200 OK, but its meaning is unclear (it names the destination \"dest-2\" instead of \
         \"dest-1\"; if the server writes IDs in another form, use accept_any_id (in the tool --accept-any-id)); the \
         update may have been applied"
    );
}
