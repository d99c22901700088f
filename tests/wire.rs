//! The request on the wire has the documented method, path, headers and body, and nothing else.
#![cfg(feature = "mock")]

use std::{env, process::Command, time::Duration};

use cinnox_destination::{ClientBuilder, Error, ErrorKind, prelude::*};
use serde_json::{Value, json};

#[path = "support/recorder.rs"]
mod recorder;

use recorder::{Recorder, Seen};

const USER_AGENT: &str = concat!("cinnox-destination/", env!("CARGO_PKG_VERSION"));
const PATH: &str = "/v1/api/apps/app-1/destination/dest-1";

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1", "staff-2"])
        .with_phones(["+85212345678"])
}

fn destination() -> DestinationId {
    "dest-1".parse().unwrap()
}

#[track_caller]
fn one(seen: Vec<Seen>) -> Seen {
    let [seen] = <[Seen; 1]>::try_from(seen).expect("one request and no more");
    seen
}

/// What one call of the client puts on the wire.
async fn sent(server: &Recorder, builder: ClientBuilder, update: &DestinationUpdate) -> Seen {
    builder.build().unwrap().update(&destination(), update).await.unwrap();
    one(server.take())
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, "app-1", "token-1")
}

#[track_caller]
fn assert_headers(server: &Recorder, seen: &Seen, user_agent: &str) {
    let host = server.url().replace("http://", "");
    let length = seen.body.len().to_string();
    let expected = [
        ("accept", "application/json"),
        ("authorization", "Bearer token-1"),
        ("content-length", length.as_str()),
        ("content-type", "application/json"),
        ("host", host.as_str()),
        ("user-agent", user_agent),
    ];
    let found: Vec<_> = seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn assert_body(seen: &Seen, expected: &Value) {
    assert_eq!(serde_json::from_str::<Value>(&seen.body).unwrap(), *expected);
}

#[track_caller]
fn refused(builder: ClientBuilder) -> Error {
    let error = builder.build().expect_err("a client was made");
    assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
    assert_eq!(error.outcome(), Outcome::NotSent);
    error
}

#[tokio::test]
async fn an_update_is_one_patch_with_the_documented_path_headers_and_body() {
    let server = Recorder::start().await;
    let seen = sent(&server, builder(&server.url()), &sample()).await;
    assert_eq!(seen.path, PATH);
    assert_headers(&server, &seen, USER_AGENT);
    assert_body(
        &seen,
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
async fn each_list_of_targets_is_there_when_its_type_is_and_absent_otherwise() {
    let server = Recorder::start().await;
    for (kind, list, target) in [
        (DestinationType::Phone, "phoneTargets", "+85212345678"),
        (DestinationType::Staff, "staffTargets", "staff-1"),
        (DestinationType::Trunk, "trunkTargets", "85287654321"),
    ] {
        let (languages, locations) = (SupportLanguages::only(["en"]), SupportLocations::all());
        let update = DestinationUpdate::new("夜班", languages, locations).unwrap().with_targets(kind, [target]);
        let seen = sent(&server, builder(&server.url()), &update).await;
        let mut expected = json!({
            "displayName": "夜班",
            "supportLanguages": ["en"],
            "supportLocations": ["*"],
            "types": [kind.to_string()],
        });
        expected[list] = json!([target]);
        assert_body(&seen, &expected);
    }
}

#[tokio::test]
async fn the_prefix_of_the_user_agent_stands_before_our_own_name() {
    let server = Recorder::start().await;
    let seen = sent(&server, builder(&server.url()).user_agent_prefix("my-program/1.2"), &sample()).await;
    assert_headers(&server, &seen, &format!("my-program/1.2 {USER_AGENT}"));
}

#[tokio::test]
async fn settings_of_the_callers_own_client_do_not_weaken_ours() {
    let server = Recorder::start().await;
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", "Basic b3RoZXI6b3RoZXI=".parse().unwrap());
    headers.insert("accept", "text/html".parse().unwrap());
    headers.insert("content-type", "text/plain".parse().unwrap());
    let own = reqwest::Client::builder().user_agent("other").default_headers(headers);
    let seen = sent(&server, builder(&server.url()).http_client(own), &sample()).await;
    assert_headers(&server, &seen, USER_AGENT);
}

#[tokio::test]
async fn a_base_url_may_end_with_a_slash_and_have_a_path() {
    let server = Recorder::start().await;
    for (behind, prefix) in
        [("", ""), ("/", ""), ("//", ""), ("/proxy", "/proxy"), ("/a/b/", "/a/b"), ("/a%20b", "/a%20b")]
    {
        let seen = sent(&server, builder(&format!("{}{behind}", server.url())), &sample()).await;
        assert_eq!(seen.path, format!("{prefix}{PATH}"), "{behind:?}");
    }
}

#[tokio::test]
async fn an_invalid_update_causes_no_request() {
    let server = Recorder::start().await;
    let client = builder(&server.url()).build().unwrap();
    let error = client.update(&destination(), &sample().with_phones(["12"])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(violations) if violations.len() == 1));
    assert_eq!((error.outcome(), error.is_retryable(), error.attempts()), (Outcome::NotSent, false, 0));
    assert_eq!(server.take(), []);
}

#[tokio::test]
async fn the_generated_call_sends_the_same_and_does_not_validate() {
    let server = Recorder::start().await;
    let client = builder(&server.url()).build().unwrap();
    let ours = sent(&server, builder(&server.url()), &sample()).await;
    client.generated().update_destination(client.app_id(), &destination(), &sample()).await.unwrap();
    assert_eq!(one(server.take()), ours);

    let wrong = sample().with_phones(["12"]);
    client.generated().update_destination(client.app_id(), &destination(), &wrong).await.unwrap();
    let seen = one(server.take());
    assert_headers(&server, &seen, USER_AGENT);
    assert_eq!(serde_json::from_str::<DestinationUpdate>(&seen.body).unwrap(), wrong);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
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

#[test]
fn http_is_for_this_machine_or_by_choice() {
    let problem = "the base URL is http, so the token would cross the network in clear text; use https, or ClientBuilder::allow_http";
    for other in
        ["http://examplebaseurl.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "http://localhost.example"]
    {
        assert_eq!(refused(builder(other)).to_string(), problem);
        builder(other).allow_http().build().unwrap();
    }
    for fine in [
        "https://examplebaseurl.com",
        "HTTPS://10.0.0.1:8443",
        "http://localhost:1",
        "http://127.0.0.2",
        "http://[::1]:1",
    ] {
        builder(fine).build().unwrap();
    }
}

#[test]
fn what_cannot_be_a_user_agent_is_refused() {
    let error = refused(builder("https://examplebaseurl.com").user_agent_prefix("a\nb"));
    assert_eq!(error.to_string(), "the user agent cannot be a header value; use visible ASCII characters and spaces");
}

#[tokio::test]
async fn time_limits_as_long_as_can_be_are_fine() {
    let server = Recorder::start().await;
    let patient = builder(&server.url())
        .connect_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .total_timeout(Duration::MAX)
        .max_response_bytes(u64::MAX);
    sent(&server, patient, &sample()).await;
}

#[test]
fn a_time_limit_of_zero_is_refused() {
    for builder in [
        builder("https://examplebaseurl.com").connect_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").attempt_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").total_timeout(Duration::ZERO),
    ] {
        assert_eq!(refused(builder).to_string(), "a time-out of zero lets no call succeed; give a longer one");
    }
}

/// Says to a test that it runs in a process of its own, whose environment it may have.
const CHILD: &str = "CINNOX_TEST_CHILD";

/// Runs one test of this file again, in a process with this environment and none of our variables.
#[track_caller]
fn run_again(test: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test]).env(CHILD, "1");
    for name in ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used_for_this_machine() {
    if env::var_os(CHILD).is_none() {
        let proxy = Recorder::start().await;
        let url = proxy.url();
        run_again(
            "a_proxy_of_the_environment_is_not_used_for_this_machine",
            &[("http_proxy", &url), ("HTTP_PROXY", &url), ("all_proxy", &url), ("ALL_PROXY", &url)],
        );
        // The one call that was not for this machine: the proxy is there and would have been used.
        let host = ("host".to_owned(), "elsewhere.test".to_owned());
        assert!(one(proxy.take()).headers.contains(&host));
        return;
    }
    let server = Recorder::start().await;
    sent(&server, builder(&server.url()), &sample()).await;
    builder("http://elsewhere.test").allow_http().build().unwrap().update(&destination(), &sample()).await.unwrap();
}

#[test]
fn variables_that_are_missing_are_all_named() {
    const NAME: &str = "variables_that_are_missing_are_all_named";
    const EXPECTED: &str = "CINNOX_TEST_EXPECTED";
    if env::var_os(CHILD).is_some() {
        let found = match Client::from_env() {
            Ok(client) => client.app_id().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, env::var(EXPECTED).unwrap());
        return;
    }
    let (url, app, token) = (
        ("CINNOX_BASE_URL", "https://examplebaseurl.com"),
        ("CINNOX_APP_ID", "app-1"),
        ("CINNOX_APP_TOKEN", "token-1"),
    );
    let behind = "not set; the dashboard shows the three values together";
    run_again(NAME, &[(EXPECTED, "app-1"), url, app, token]);
    run_again(NAME, &[(EXPECTED, &format!("CINNOX_APP_TOKEN is {behind}")), url, app]);
    run_again(NAME, &[(EXPECTED, &format!("CINNOX_APP_ID is {behind}")), url, ("CINNOX_APP_ID", ""), token]);
    run_again(NAME, &[(EXPECTED, &format!("CINNOX_BASE_URL and CINNOX_APP_TOKEN are {behind}")), app]);
    let all = format!("CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN are {behind}");
    run_again(NAME, &[(EXPECTED, &all)]);
}
