//! The App Token is in no `Debug` or `Display` text, no error, no log line and no panic message.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cinnox_destination::{ClientBuilder, Error, RetryPolicy, Rule, prelude::*};

use crate::support::answer::Answer;
use crate::support::observed::{kind_of, observed_error};
use crate::support::server::{Behavior, Server};
use crate::support::tls::{self, Authority};
use crate::support::{self, ClosedPort, all_texts, destination, http_without_roots, logs, process, update};

const TOKEN: &str = "kanarie-5d41402abc4b2a76b9719d911017c592";
/// The beginning of the token, so that a token that is cut off is found as well.
const CANARY: &str = "kanarie";

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    let found = text.to_lowercase().find(CANARY).map(|at| &text[at.saturating_sub(200)..]);
    assert_eq!(found, None, "{what} shows the token");
}

#[track_caller]
fn assert_debug_is_clean(what: &str, value: &dyn Debug) {
    assert_clean(what, &format!("{value:?}\n{value:#?}"));
}

/// The assertion of the other tests works.
#[test]
#[should_panic = "a text shows the token"]
fn detects_leaked_token() {
    assert_clean("a text", &format!("Bearer {TOKEN}").to_uppercase());
}

fn builder(base_url: &str) -> ClientBuilder {
    support::builder(base_url).app_token(TOKEN).retry(RetryPolicy::never())
}

/// The error of a call. Neither it nor the result of the generated client shows the token.
async fn clean_error(builder: ClientBuilder, update: &DestinationUpdate) -> Error {
    let client = builder.build().unwrap();
    let error = client.update(&destination(), update).await.expect_err("the call succeeded");
    assert_clean("an error", &all_texts(&error));
    let generated = client.generated().update_destination(client.app_id(), &destination(), update).await;
    assert_debug_is_clean("the result of a generated call", &generated);
    if let Err(error) = generated {
        assert_clean("an error of the generated client", &error.to_string());
    }
    error
}

#[test]
fn builder_client_and_panics_do_not_show_token() {
    fn panic_of(panics: impl FnOnce()) -> String {
        let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("nothing panicked");
        *payload.downcast::<String>().unwrap()
    }
    let client = builder("https://examplebaseurl.com").build().unwrap();
    client.set_app_token(&TOKEN.to_uppercase()).unwrap();
    assert_debug_is_clean("the builder", &builder("https://examplebaseurl.com"));
    assert_debug_is_clean("the client", &client);
    assert_debug_is_clean("the generated client", &client.generated());
    assert_debug_is_clean("a handle", &client.with_total_timeout(Duration::MAX));
    for rejected in [
        || builder("ftp://examplebaseurl.com"),
        || builder("https://user@examplebaseurl.com"),
        || builder("http://examplebaseurl.com"),
        || builder("https://examplebaseurl.com").total_timeout(Duration::ZERO).skip_rule(Rule::TooLong),
        || builder("https://examplebaseurl.com").app_id("app/1").user_agent_prefix("\n"),
        || builder("https://examplebaseurl.com").app_token(&format!("{TOKEN}\n")),
    ] {
        assert_debug_is_clean("a builder", &rejected());
        assert_clean("an error", &all_texts(&rejected().build().unwrap_err().into()));
        assert_clean("a panic", &panic_of(|| drop(rejected().build().unwrap())));
    }
    assert_clean("a panic", &panic_of(|| drop(builder("https://examplebaseurl.com").build().unwrap_err())));
}

/// In a process of its own, because a logger is for the whole process.
#[tokio::test]
async fn no_log_line_of_any_crate_shows_token() {
    if !process::run_in_own(module_path!(), "no_log_line_of_any_crate_shows_token") {
        return;
    }
    logs::record();
    succeed_and_fail_in_every_way().await;
    let logged = logs::recorded();
    assert_clean("the log", &logged);
    for private in ["Bearer", "dest-1", "Night shift", "staff-canary-1"] {
        assert!(!logged.contains(private), "{private} is in the log: {logged}");
    }
}

async fn succeed_and_fail_in_every_way() {
    const SHORT: Duration = Duration::from_millis(50);
    type Settings = fn(ClientBuilder) -> ClientBuilder;
    let server = Server::start(&[Behavior::success()]).await;
    let verbose = http_without_roots().connection_verbose(true);
    let client = builder(&server.url()).http_client(verbose).build().unwrap();
    assert_debug_is_clean("a response", &client.update(&destination(), &update()).await.unwrap());

    let authority = Authority::new("authority");
    let secure = tls::start(authority.issue("localhost", 2999), Behavior::success()).await;
    support::call(tls::client(&secure, &authority).app_token(TOKEN)).await.unwrap();
    let untrusting = builder(&format!("https://localhost:{}", secure.address.port()));
    assert_eq!(kind_of(&clean_error(untrusting, &update()).await), "tls");
    let invalid = clean_error(builder(&server.url()), &update().with_phones(["12"])).await;
    assert_eq!(kind_of(&invalid), "invalid_update");
    let refused = clean_error(builder(&ClosedPort::bind().url()), &update()).await;
    assert_eq!(kind_of(&refused), "connect");

    let answer = |answer: Answer| Behavior::answer(answer);
    let rows: [(&str, Behavior, Settings); 8] = [
        ("attempt timeout", Behavior::silence(), |client| client.attempt_timeout(SHORT)),
        ("total timeout", Behavior::silence(), |client| client.attempt_timeout(SHORT * 20).total_timeout(SHORT)),
        ("connection_lost", Behavior::close_after_reading(), |client| client.retry(support::quick().idempotent())),
        ("api 3000205", answer(Answer::status(400).code(3_000_205, "gone")), |client| client),
        ("unexpected_response", answer(Answer::status(200).body("<p>")), |client| client),
        ("unclear_response", answer(Answer::status(400).header("content-encoding", "br")), |client| client),
        (
            "unexpected_response",
            answer(Answer::status(302).header("location", "https://elsewhere.example/")),
            |client| client,
        ),
        ("unclear_response", answer(Answer::status(200).body("x".repeat(100))), |client| client.max_response_bytes(10)),
    ];
    for (kind, server, settings) in rows {
        let server = Server::start(&[server]).await;
        assert_eq!(kind_of(&clean_error(settings(builder(&server.url())), &update()).await), kind);
    }
}

/// Whatever the status, at every place in the response, plain or escaped once.
#[tokio::test]
async fn redacts_token_that_the_server_echoes() {
    let bearer = format!("Bearer {TOKEN}");
    let refusal = format!(r#"{{"code":6451000,"message":"{bearer}"}}"#);
    let page = format!("<p>{}{bearer}", "x".repeat(500));
    let echo = |status| Answer::status(status).header("x-received", &bearer);
    let to = |token: &str| format!("https://elsewhere.example/?token={token}");
    let escaped = |with: &str| TOKEN.replace('-', with);
    for answer in [
        echo(400).body(&refusal),
        echo(401).body(&refusal),
        echo(500).body(refusal.to_uppercase()),
        echo(400).body(format!(r#"{{"{bearer}":1,"code":"{TOKEN}"}}"#)),
        echo(200).body(&page),
        echo(502).body(&page),
        echo(200).body(format!(r#"{{"code":200,"result":{{"id":"{TOKEN}"}}}}"#)),
        echo(403).body(format!(r#"{{"error":"{}"}}"#, escaped("\\u002D"))),
        echo(403).body(format!(r#"{{"code":7,"message":"{}"}}"#, escaped("\\-"))),
        echo(403).body(format!("<p>{}", escaped("%2d"))),
        echo(403).body(format!("<p>{}", escaped("&#45;"))),
        echo(307).header("location", &to(&escaped("%2D"))),
        echo(307).header("location", &to(TOKEN)).body(&page),
        echo(400).header("content-encoding", TOKEN),
        echo(400).header(TOKEN, "1").header(&format!("x-{TOKEN}"), "2"),
    ] {
        for any_id in [false, true] {
            let server = Server::answering(answer.clone()).await;
            let client = builder(&server.url());
            let error = support::fail(if any_id { client.accept_any_id() } else { client }).await;
            assert_clean("an error", &all_texts(&error));
            assert_eq!(error.headers().unwrap()["x-received"], "***");
        }
    }
}

/// The response is classified before the token is redacted in it.
#[tokio::test]
async fn redaction_does_not_change_the_outcome() {
    for (code, result) in [(6_451_001, "api 6451001, unknown, 400"), (6_451_010, "api 6451010, rejected, 400")] {
        let server = Server::answering(Answer::status(400).code(code, &format!("token {TOKEN}"))).await;
        let error = support::fail(builder(&server.url())).await;
        assert_eq!(observed_error(&error), result);
        assert!(error.to_string().contains("\"***\""), "{error}");
    }
}

/// A success that echoes the token in a header.
#[tokio::test]
async fn redacts_headers_of_a_success() {
    let answer = Answer::status(200).header("x-received", TOKEN).body(support::UPDATED);
    let server = Server::answering(answer).await;
    let response = support::call(builder(&server.url())).await.unwrap();
    assert_debug_is_clean("the headers of a response", &response.headers());
    assert_eq!(response.headers()["x-received"], "***");
}
