//! Values, environment variables and settings of a client; each is rejected with a message if no call could succeed with
//! it.

use std::{env, time::Duration};

use cinnox_destination::{ClientBuilder, Error, ErrorKind, prelude::*};

use crate::support::{destination, process, recorder::Recorder, update};

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, "app-1", "token-1")
}

/// The error of a builder that rejects a value or a setting.
#[track_caller]
fn rejected(builder: ClientBuilder) -> Error {
    let error = Error::from(builder.build().expect_err("a client was made"));
    assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
    assert_eq!(error.outcome(), Outcome::NotSent);
    error
}

#[test]
fn accepts_http_for_loopback_or_by_choice() {
    let problem = "the base URL is http, so the token would cross the network in clear text; use https, or \
                   ClientBuilder::allow_http";
    for other in
        ["http://examplebaseurl.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "http://localhost.example"]
    {
        assert_eq!(rejected(builder(other)).to_string(), problem);
        builder(other).allow_http().build().unwrap();
    }
    for accepted in [
        "https://examplebaseurl.com",
        "HTTPS://10.0.0.1:8443",
        "http://localhost:1",
        "http://127.0.0.2",
        "http://[::1]:1",
    ] {
        builder(accepted).build().unwrap();
    }
}

#[test]
fn rejects_user_agent_that_cannot_be_a_header() {
    let error = rejected(builder("https://examplebaseurl.com").user_agent_prefix("a\nb"));
    assert_eq!(error.to_string(), "the user agent cannot be a header value; use visible ASCII characters and spaces");
}

#[test]
fn rejects_timeout_of_zero() {
    for builder in [
        builder("https://examplebaseurl.com").connect_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").attempt_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").total_timeout(Duration::ZERO),
    ] {
        assert_eq!(rejected(builder).to_string(), "a timeout of zero would make every call fail; set a longer one");
    }
}

#[test]
fn rejects_response_limit_of_zero() {
    let error = rejected(builder("https://examplebaseurl.com").max_response_bytes(0));
    assert_eq!(error.to_string(), "a limit of zero bytes would make every call fail; set a higher one");
}

#[tokio::test]
async fn proxy_variables_do_not_apply_to_loopback() {
    if process::is_own() {
        let server = Recorder::start().await;
        builder(&server.url()).build().unwrap().update(&destination(), &update()).await.unwrap();
        assert_eq!(server.take().len(), 1);
        let elsewhere = builder("http://elsewhere.test").allow_http().build().unwrap();
        elsewhere.update(&destination(), &update()).await.unwrap();
        return;
    }
    let proxy = Recorder::start().await;
    let url = proxy.url();
    process::run(
        module_path!(),
        "proxy_variables_do_not_apply_to_loopback",
        &[("http_proxy", &url), ("HTTP_PROXY", &url), ("all_proxy", &url), ("ALL_PROXY", &url)],
    );
    // The second call used the proxy, so it would have been found in the first one as well.
    assert_eq!(proxy.take_one().header("host"), Some("elsewhere.test"));
}

#[test]
fn names_all_missing_variables() {
    const EXPECTED: &str = "CINNOX_TEST_EXPECTED";
    if process::is_own() {
        let found = match Client::from_env() {
            Ok(client) => client.app_id().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, env::var(EXPECTED).unwrap());
        return;
    }
    let run = |expected: &str, variables: &[(&str, &str)]| {
        let variables = [&[(EXPECTED, expected)], variables].concat();
        process::run(module_path!(), "names_all_missing_variables", &variables);
    };
    let url = ("CINNOX_BASE_URL", "https://examplebaseurl.com");
    let app = ("CINNOX_APP_ID", "app-1");
    let token = ("CINNOX_APP_TOKEN", "token-1");
    let end = "not set; the dashboard shows the three values together";
    run("app-1", &[url, app, token]);
    run(&format!("CINNOX_APP_TOKEN is {end}"), &[url, app]);
    run(&format!("CINNOX_APP_ID is {end}"), &[url, ("CINNOX_APP_ID", ""), token]);
    run(&format!("CINNOX_BASE_URL and CINNOX_APP_TOKEN are {end}"), &[app]);
    run(&format!("CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN are {end}"), &[]);
}
