//! The App Token is in no `Debug` or `Display` text, no error, no log line and no panic message.

use std::{
    error::Error as StdError,
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use cinnox_destination::{ClientBuilder, Error, ErrorKind, RetryPolicy, Timeout, prelude::*};

use crate::support::{
    self, ClosedPort,
    answer::Answer,
    destination, http_without_roots, logs, process,
    server::{Behavior, Server},
    tls::{self, Authority},
};

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
    assert_clean(what, &format!("{value:?}"));
    assert_clean(what, &format!("{value:#?}"));
}

#[track_caller]
fn assert_error_is_clean(error: &Error) {
    assert_debug_is_clean("an error", error);
    assert_debug_is_clean("the kind of an error", error.kind());
    assert_debug_is_clean("the headers of a response", &error.headers());
    assert_clean("the body of a response", &String::from_utf8_lossy(error.body()));
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        assert_clean("an error as text", &error.to_string());
        assert_clean("an error as text", &format!("{error:#}"));
        assert_debug_is_clean("a source", &error);
        next = error.source();
    }
}

/// The assertion of the other tests works.
#[test]
#[should_panic = "a text shows the token"]
fn detects_leaked_token() {
    assert_clean("a text", &format!("Bearer {TOKEN}").to_uppercase());
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, "app-1", TOKEN).http_client(http_without_roots()).retry(RetryPolicy::never())
}

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
        .unwrap()
        .with_staff(["staff-1"])
}

/// The error of a call. Neither it nor the result of the generated client shows the token.
async fn clean_error(builder: ClientBuilder, update: &DestinationUpdate) -> Error {
    let client = builder.build().unwrap();
    let error = client.update(&destination(), update).await.expect_err("the call succeeded");
    assert_error_is_clean(&error);
    let generated = client.generated().update_destination(client.app_id(), &destination(), update).await;
    assert_debug_is_clean("the result of a generated call", &generated);
    if let Err(error) = generated {
        assert_clean("an error of the generated client", &error.to_string());
    }
    error
}

#[test]
fn builder_and_client_do_not_show_token() {
    assert_debug_is_clean("the builder", &builder("https://examplebaseurl.com"));
    let client = builder("https://examplebaseurl.com").build().unwrap();
    assert_debug_is_clean("the client", &client);
    assert_debug_is_clean("the generated client", client.generated());
    assert_debug_is_clean("a handle with another token", &client.with_app_token(&TOKEN.to_uppercase()).unwrap());
}

/// The response is classified before the token is redacted in it.
#[tokio::test]
async fn redaction_does_not_change_the_outcome() {
    struct Row {
        body: Vec<u8>,
        outcome: Outcome,
        is_from_api: bool,
    }
    const SLASHED: &str = "kanarie/5d41402abc4b2a76b9719d911017c592";
    let escaped = SLASHED.replace('/', "\\/");
    let mut latin1 = format!("<p>{SLASHED} ferm").into_bytes();
    latin1.extend(b"\xe9</p>");
    let rows = [
        Row {
            body: format!(r#"{{"code":6451001,"message":"token {escaped}"}}"#).into(),
            outcome: Outcome::Unknown,
            is_from_api: true,
        },
        Row {
            body: format!(r#"{{"code":6451010,"message":"token {escaped}"}}"#).into(),
            outcome: Outcome::Rejected,
            is_from_api: true,
        },
        Row { body: format!(r#"{{"code":"{escaped}"}}"#).into(), outcome: Outcome::Rejected, is_from_api: false },
        Row { body: latin1, outcome: Outcome::Unknown, is_from_api: false },
    ];
    for Row { body, outcome, is_from_api } in rows {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let server = Server::answering(Answer::status(400).body(body)).await;
        let builder = Client::builder(&server.url(), "app-1", SLASHED).http_client(http_without_roots());
        let client = builder.retry(RetryPolicy::never()).build().unwrap();
        let error = client.update(&destination(), &sample()).await.unwrap_err();
        assert_error_is_clean(&error);
        assert_eq!((error.outcome(), error.is_from_api()), (outcome, is_from_api), "{shown}");
    }
}

#[test]
fn configuration_error_does_not_show_token() {
    let rejected = [
        builder("ftp://examplebaseurl.com"),
        builder("https://user@examplebaseurl.com"),
        builder("http://examplebaseurl.com"),
        builder("https://examplebaseurl.com").total_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").user_agent_prefix("\n"),
        Client::builder("https://examplebaseurl.com", "app/1", TOKEN),
    ];
    for builder in rejected {
        assert_debug_is_clean("a builder", &builder);
        let error = Error::from(builder.build().unwrap_err());
        assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
        assert_error_is_clean(&error);
    }
}

#[test]
fn rejects_token_that_cannot_be_a_header_without_showing_it() {
    let character = "the App Token contains white space, a quote, a backslash, a control character or a non-ASCII character; pass only the token";
    let client = builder("https://examplebaseurl.com").build().unwrap();
    for (token, problem) in [
        (format!("{TOKEN}\n"), character),
        (format!(" {TOKEN}"), character),
        (format!("Bearer {TOKEN}"), character),
        (format!("{TOKEN}\r\nx-more: 1"), character),
        (format!("{TOKEN}\0"), character),
        (format!("{TOKEN}\u{7f}"), character),
        (format!("{TOKEN}é"), character),
        (format!("\"{TOKEN}\""), character),
        (format!("{TOKEN}\\"), character),
        (format!("{TOKEN}\u{200b}"), character),
        (String::new(), "the App Token is empty; use the one shown in the dashboard"),
    ] {
        let builder = Client::builder("https://examplebaseurl.com", "app-1", &token);
        assert_debug_is_clean("a builder", &builder);
        for error in [builder.build().unwrap_err(), client.with_app_token(&token).unwrap_err()] {
            let error = Error::from(error);
            assert_error_is_clean(&error);
            assert_eq!(error.to_string(), problem);
            assert_eq!(error.outcome(), Outcome::NotSent);
        }
    }
}

#[test]
fn panic_does_not_show_token() {
    fn message(panics: impl FnOnce()) -> String {
        let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("nothing panicked");
        *payload.downcast::<String>().unwrap()
    }
    for text in [
        message(|| drop(builder("ftp://examplebaseurl.com").build().unwrap())),
        message(|| drop(Client::builder("https://h", "app-1", &format!("{TOKEN}\n")).build().expect("a client"))),
        message(|| drop(builder("https://examplebaseurl.com").build().unwrap_err())),
        message(|| panic!("{:?}", builder("https://examplebaseurl.com"))),
    ] {
        assert_clean("a panic", &text);
    }
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
    for private in ["Bearer", "dest-1", "Night shift", "staff-1"] {
        assert!(!logged.contains(private), "{private} is in the log: {logged}");
    }
}

async fn succeed_and_fail_in_every_way() {
    let server = Server::start(&[Behavior::success()]).await;
    let verbose = http_without_roots().connection_verbose(true);
    let client = builder(&server.url()).http_client(verbose).build().unwrap();
    let response = client.update(&destination(), &sample()).await.unwrap();
    assert_debug_is_clean("a response", &response);

    let authority = Authority::new("authority");
    let secure = tls::start(authority.issue("localhost", 2999), Behavior::success()).await;
    let trusting = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    let url = format!("https://localhost:{}", secure.address.port());
    let client = builder(&url).http_client(trusting).build().unwrap();
    client.update(&destination(), &sample()).await.unwrap();
    let error = clean_error(builder(&url), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Connect));

    let error = clean_error(builder(&server.url()), &sample().with_phones(["12"])).await;
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(_)));

    let error = clean_error(builder(&ClosedPort::bind().url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Connect));

    let silent = Server::start(&[Behavior::silence()]).await;
    let short = Duration::from_millis(50);
    let error = clean_error(builder(&silent.url()).attempt_timeout(short), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Attempt)));
    let error = clean_error(builder(&silent.url()).attempt_timeout(short * 20).total_timeout(short), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Total)));

    let closing = Server::start(&[Behavior::close_after_reading()]).await;
    let error = clean_error(builder(&closing.url()).retry(support::quick().idempotent()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::ConnectionLost));

    let refusing = Server::answering(Answer::status(400).code(3_000_205, "destination not found")).await;
    let error = clean_error(builder(&refusing.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Api { .. }));

    let html = Server::answering(Answer::status(200).header("content-type", "text/html").body("<html>")).await;
    let error = clean_error(builder(&html.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::UnexpectedResponse { .. }));

    let coded = Server::answering(Answer::status(400).header("content-encoding", "br").body("?")).await;
    let error = clean_error(builder(&coded.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::UnreadableResponse { .. }));

    let moved = Server::answering(Answer::status(302).header("location", "https://elsewhere.example/")).await;
    let error = clean_error(builder(&moved.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Redirect { .. }));

    let long = Server::answering(Answer::status(200).body("x".repeat(100))).await;
    let error = clean_error(builder(&long.url()).max_response_bytes(10), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { .. }));
}

/// Whatever the status, at every place in the response, plain or escaped.
#[tokio::test]
async fn redacts_token_that_the_server_echoes() {
    let bearer = format!("Bearer {TOKEN}");
    let refusal = format!(r#"{{"code":6451000,"message":"{bearer}"}}"#);
    let page = format!("<p>{}{bearer}", "x".repeat(500));
    let echo = |status| Answer::status(status).header("x-received", &bearer);
    let escaped_in_url = format!("https://elsewhere.example/?token={}", TOKEN.replace('-', "%2D"));
    let answers = [
        echo(400).body(&refusal),
        echo(500).body(&refusal),
        echo(400).body(&page),
        echo(200).body(&page),
        echo(200).body(format!("\"{TOKEN}\"")),
        echo(200).body(r#"{"code":200,"result":{"id":""}}"#),
        echo(403).body(format!(r#"{{"error":"{}"}}"#, TOKEN.replace('-', "\\u002D"))),
        echo(403).body(format!(r#"{{"code":7,"message":"{}"}}"#, TOKEN.replace('-', "\\-"))),
        echo(403).body(format!("<p>{}", TOKEN.replace('-', "%2d"))),
        echo(307).header("location", &escaped_in_url),
        echo(502).body(&page),
        echo(307).header("location", &format!("https://elsewhere.example/?token={TOKEN}")).body(&page),
    ];
    for answer in answers {
        let server = Server::answering(answer).await;
        let client = builder(&server.url()).build().unwrap();
        let error = client.update(&destination(), &sample()).await.unwrap_err();
        assert_error_is_clean(&error);
        assert_eq!(error.headers().unwrap()["x-received"], "***");
    }
}

#[tokio::test]
async fn redacts_token_echoed_as_header_name() {
    let server = Server::answering(Answer::status(400).header(TOKEN, "1").header(&format!("x-{TOKEN}"), "2")).await;
    let client = builder(&server.url()).build().unwrap();
    assert_error_is_clean(&client.update(&destination(), &sample()).await.unwrap_err());
}

#[tokio::test]
async fn redacts_token_echoed_as_updated_id() {
    let body = format!(r#"{{"code":200,"result":{{"id":"{TOKEN}"}}}}"#);
    let server = Server::answering(Answer::status(200).header("x-received", TOKEN).body(body)).await;
    let client = builder(&server.url()).build().unwrap();
    let response = client.update(&destination(), &sample()).await.unwrap();
    assert_debug_is_clean("a response", &response);
    assert_debug_is_clean("the headers of a response", &response.headers);
    assert_clean("the updated ID", response.id());
}

/// The size limit or the end of the connection cuts the body off inside the token.
#[tokio::test]
async fn redacts_token_that_is_cut_off() {
    let body = format!("<p>Bearer {TOKEN}</p>");
    let begin = body.find(TOKEN).unwrap();
    for shown in [4, 8, TOKEN.len() - 1] {
        let until = begin + shown;
        let whole = Server::answering(Answer::status(502).body(&body)).await;
        let limited = builder(&whole.url()).max_response_bytes(until);
        let head = format!("HTTP/1.1 502 Reason\r\ncontent-length: {}\r\n\r\n", body.len());
        let broken = Server::start(&[Behavior::answer(head + &body[..until]).closing()]).await;
        for (client, kind) in [(limited, "BodyTooLarge"), (builder(&broken.url()), "ConnectionLost")] {
            let error = client.build().unwrap().update(&destination(), &sample()).await.unwrap_err();
            assert!(support::observed::kind_of(&error).starts_with(kind), "{error:?}");
            let kept = String::from_utf8_lossy(error.body()).into_owned();
            assert!(!kept.contains(&TOKEN[..4]), "{kind} after {shown} bytes of the token: {kept}");
            assert!(!support::all_texts(&error).contains(&TOKEN[..4]), "{kind} after {shown} bytes of the token");
        }
    }
}

/// A token may itself contain what looks like an escape sequence.
#[tokio::test]
async fn redacts_token_that_looks_escaped_itself() {
    let token = "kanarie%41/def123";
    for sent_back in [token.to_owned(), token.replace('/', "\\/"), token.replace('%', "%25").replace('/', "%2F")] {
        let server = Server::answering(Answer::status(422).body(format!(r#"{{"error":"Bearer {sent_back}"}}"#))).await;
        let client = Client::builder(&server.url(), "app-1", token).retry(RetryPolicy::never()).build().unwrap();
        assert_error_is_clean(&client.update(&destination(), &sample()).await.unwrap_err());
    }
}
