//! The request on the wire has the documented method, path, headers and body, and nothing else.

use std::time::Duration;

use cinnox_destination::{ClientBuilder, ErrorKind, prelude::*};
use serde_json::{Value, json};

use crate::support::{
    destination,
    recorder::{Recorded, Recorder},
};

const USER_AGENT: &str = concat!("cinnox-destination/", env!("CARGO_PKG_VERSION"));
const PATH: &str = "/v1/api/apps/app-1/destination/dest-1";

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1", "staff-2"])
        .with_phones(["+85212345678"])
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, "app-1", "token-1")
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

#[track_caller]
fn assert_body(request: &Recorded, expected: &Value) {
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), *expected);
}

#[tokio::test]
async fn sends_documented_request() {
    let server = Recorder::start().await;
    let request = sent(&server, builder(&server.url()), &sample()).await;
    assert_eq!(request.path, PATH);
    assert_headers(&server, &request, USER_AGENT);
    assert_body(
        &request,
        &json!({
            "displayName": "Night shift",
            "supportLanguages": ["*"],
            "supportLocations": ["HK", "US-CA"],
            "types": ["STAFF", "PHONE"],
            "phoneTargets": ["+85212345678"],
            "staffTargets": ["staff-1", "staff-2"],
        }),
    );
}

#[tokio::test]
async fn sends_only_the_target_lists_of_selected_types() {
    struct Row {
        kind: DestinationType,
        list: &'static str,
        target: &'static str,
    }
    let server = Recorder::start().await;
    for Row { kind, list, target } in [
        Row { kind: DestinationType::Phone, list: "phoneTargets", target: "+85212345678" },
        Row { kind: DestinationType::Staff, list: "staffTargets", target: "staff-1" },
        Row { kind: DestinationType::Trunk, list: "trunkTargets", target: "85287654321" },
    ] {
        let (languages, locations) = (SupportLanguages::only(["en"]), SupportLocations::all());
        let update = DestinationUpdate::new("夜班", languages, locations).unwrap().with_targets(kind, [target]);
        let request = sent(&server, builder(&server.url()), &update).await;
        let mut expected = json!({
            "displayName": "夜班",
            "supportLanguages": ["en"],
            "supportLocations": ["*"],
            "types": [kind.to_string()],
        });
        expected[list] = json!([target]);
        assert_body(&request, &expected);
    }
}

#[tokio::test]
async fn sends_user_agent_prefix_before_its_own_name() {
    let server = Recorder::start().await;
    let request = sent(&server, builder(&server.url()).user_agent_prefix("my-program/1.2"), &sample()).await;
    assert_headers(&server, &request, &format!("my-program/1.2 {USER_AGENT}"));
}

#[tokio::test]
async fn overrides_headers_of_the_callers_http_client() {
    let server = Recorder::start().await;
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", "Basic b3RoZXI6b3RoZXI=".parse().unwrap());
    headers.insert("accept", "text/html".parse().unwrap());
    headers.insert("content-type", "text/plain".parse().unwrap());
    let own = reqwest::Client::builder().user_agent("other").default_headers(headers);
    let request = sent(&server, builder(&server.url()).http_client(own), &sample()).await;
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
        Row { behind_host: "", prefix: "" },
        Row { behind_host: "/", prefix: "" },
        Row { behind_host: "//", prefix: "" },
        Row { behind_host: "/proxy", prefix: "/proxy" },
        Row { behind_host: "/a/b/", prefix: "/a/b" },
        Row { behind_host: "/a%20b", prefix: "/a%20b" },
    ] {
        let request = sent(&server, builder(&format!("{}{behind_host}", server.url())), &sample()).await;
        assert_eq!(request.path, format!("{prefix}{PATH}"), "{behind_host:?}");
    }
}

#[tokio::test]
async fn does_not_send_invalid_update() {
    let server = Recorder::start().await;
    let client = builder(&server.url()).build().unwrap();
    let error = client.update(&destination(), &sample().with_phones(["12"])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(violations) if violations.len() == 1));
    assert_eq!((error.outcome(), error.is_retryable(), error.attempts()), (Outcome::NotSent, false, 0));
    assert_eq!(server.take(), []);
}

#[tokio::test]
async fn generated_client_sends_the_same_request_without_validation() {
    let server = Recorder::start().await;
    let client = builder(&server.url()).build().unwrap();
    let ours = sent(&server, builder(&server.url()), &sample()).await;
    client.generated().update_destination(client.app_id(), &destination(), &sample()).await.unwrap();
    assert_eq!(server.take_one(), ours);

    let invalid = sample().with_phones(["12"]);
    client.generated().update_destination(client.app_id(), &destination(), &invalid).await.unwrap();
    let request = server.take_one();
    assert_headers(&server, &request, USER_AGENT);
    assert_eq!(serde_json::from_str::<DestinationUpdate>(&request.body).unwrap(), invalid);
}

#[tokio::test]
async fn generated_client_does_not_follow_redirects() {
    let elsewhere = Recorder::start().await;
    for status in [301, 302, 303, 307, 308] {
        let mut server = mockito::Server::new_async().await;
        let location = format!("{}{PATH}", elsewhere.url());
        let mock = server.mock("PATCH", PATH).with_status(status).with_header("location", &location).expect(2);
        let mock = mock.create_async().await;
        let client = builder(&server.url()).build().unwrap();
        let error = client.update(&destination(), &sample()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Redirect { location: found } if *found == location), "{error}");
        let generated = client.generated().update_destination(client.app_id(), &destination(), &sample()).await;
        assert_eq!(generated.unwrap_err().status().map(|found| usize::from(found.as_u16())), Some(status));
        mock.assert_async().await;
    }
    assert_eq!(elsewhere.take(), []);
}

#[tokio::test]
async fn accepts_longest_possible_limits() {
    let server = Recorder::start().await;
    let patient = builder(&server.url())
        .connect_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .total_timeout(Duration::MAX)
        .max_response_bytes(usize::MAX);
    sent(&server, patient, &sample()).await;
}
