//! The token is in no `Debug` or `Display` text, no error, no log line and no panic message.
#![cfg(all(feature = "mock", feature = "tracing"))]

use std::{
    error::Error as StdError,
    fmt::Debug,
    io::{self, Write},
    net::TcpListener,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, Once},
    time::Duration,
};

use cinnox_destination::{ClientBuilder, Error, ErrorKind, RetryPolicy, Timeout, prelude::*};

#[path = "support/recorder.rs"]
mod recorder;

use recorder::Recorder;

const TOKEN: &str = "kanarie-5d41402abc4b2a76b9719d911017c592";

/// The beginning of the token: what is shortened is found as well.
const CANARY: &str = "kanarie";

/// Everything that was logged, by `tracing` and by `log`, which reqwest and rustls use.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Logged;

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Logged {
    /// The server of these tests logs what it receives, which is its business.
    fn enabled(&self, metadata: &log::Metadata) -> bool {
        !metadata.target().starts_with("mockito")
    }

    fn log(&self, record: &log::Record) {
        if self.enabled(record.metadata()) {
            writeln!(Self, "{} {}", record.target(), record.args()).unwrap();
        }
    }

    fn flush(&self) {}
}

fn log_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        use tracing_subscriber::{fmt::format::FmtSpan, prelude::*};
        let lines = tracing_subscriber::fmt::layer().with_writer(|| Logged).with_span_events(FmtSpan::FULL);
        tracing_subscriber::registry().with(lines).init();
        log::set_logger(&Logged).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

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
    assert_debug_is_clean("a kind of error", error.kind());
    assert_debug_is_clean("the headers of an answer", &error.headers());
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        assert_clean("an error as text", &error.to_string());
        assert_clean("an error as text", &format!("{error:#}"));
        assert_debug_is_clean("a source", &error);
        next = error.source();
    }
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, "app-1", TOKEN).retry(RetryPolicy::never())
}

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
        .unwrap()
        .with_staff(["staff-1"])
}

async fn failure_of(builder: ClientBuilder, update: &DestinationUpdate) -> Error {
    let client = builder.build().unwrap();
    let error = client.update(&"dest-1".parse().unwrap(), update).await.expect_err("the call succeeded");
    assert_error_is_clean(&error);
    let generated = client.generated().update_destination(client.app_id(), &"dest-1".parse().unwrap(), update).await;
    assert_debug_is_clean("what the generated call brings back", &generated);
    if let Err(error) = generated {
        assert_clean("an error of the generated client", &error.to_string());
    }
    error
}

async fn answer(status: usize, headers: &[(&str, &str)], body: &str) -> mockito::ServerGuard {
    let mut server = mockito::Server::new_async().await;
    let mut mock = server.mock("PATCH", mockito::Matcher::Any).with_status(status).with_body(body);
    for (name, value) in headers {
        mock = mock.with_header(*name, value);
    }
    mock.create_async().await;
    server
}

#[test]
fn builder_and_clients_do_not_show_the_token() {
    assert_debug_is_clean("the builder", &builder("https://examplebaseurl.com"));
    let client = builder("https://examplebaseurl.com").build().unwrap();
    assert_debug_is_clean("the client", &client);
    assert_debug_is_clean("the generated client", client.generated());
    assert!(format!("{:?}", builder("https://examplebaseurl.com")).contains("authorization: Sensitive"));
}

#[test]
fn a_configuration_that_is_refused_does_not_show_the_token() {
    let failures = [
        builder("ftp://examplebaseurl.com"),
        builder("https://user@examplebaseurl.com"),
        builder("http://examplebaseurl.com"),
        builder("https://examplebaseurl.com").total_timeout(Duration::ZERO),
        builder("https://examplebaseurl.com").user_agent_prefix("\n"),
        Client::builder("https://examplebaseurl.com", "app/1", TOKEN),
    ];
    for builder in failures {
        assert_debug_is_clean("a builder", &builder);
        let error = builder.build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Configuration(_)));
        assert_error_is_clean(&error);
    }
}

#[test]
fn a_token_that_cannot_be_a_header_value_is_refused_and_not_repeated() {
    let character =
        "the App Token has white space, a quote, a backslash, a control or a non-ASCII character; give it alone";
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
        (String::new(), "the App Token is empty; give the one that the dashboard shows"),
    ] {
        let builder = Client::builder("https://examplebaseurl.com", "app-1", &token);
        assert_debug_is_clean("a builder", &builder);
        let error = builder.build().unwrap_err();
        assert_error_is_clean(&error);
        assert_eq!(error.to_string(), problem);
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}

#[test]
fn a_panic_does_not_show_the_token() {
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

/// One test for all of them, because what is logged is looked at when all have happened.
#[tokio::test]
async fn neither_errors_nor_log_lines_show_the_token() {
    log_everything();

    let server = Recorder::start().await;
    let verbose = || reqwest::Client::builder().connection_verbose(true);
    let reply = builder(&server.url()).http_client(verbose()).build().unwrap();
    let reply = reply.update(&"dest-1".parse().unwrap(), &sample()).await.unwrap();
    assert_debug_is_clean("a reply", &reply);
    let sent = server.take();
    assert!(sent[0].headers.contains(&("authorization".to_owned(), format!("Bearer {TOKEN}"))));

    let error = failure_of(builder(&server.url()), &sample().with_phones(["12"])).await;
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(_)));

    let error = failure_of(builder("http://127.0.0.1:1"), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Connect(_)));

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    let short = Duration::from_millis(50);
    let error = failure_of(builder(&silent_url).attempt_timeout(short), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Attempt)));
    let error = failure_of(builder(&silent_url).attempt_timeout(short * 20).total_timeout(short), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Total)));

    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let rude_url = format!("http://{}", rude.local_addr().unwrap());
    let closer = std::thread::spawn(move || (0..2).for_each(|_| drop(rude.accept().unwrap())));
    let error = failure_of(builder(&rude_url), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::ConnectionLost(_)));
    closer.join().unwrap();

    let refusing = answer(400, &[], r#"{"code":3000205,"message":"destination not found"}"#).await;
    let error = failure_of(builder(&refusing.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Api { .. }));

    let strange = answer(200, &[("content-type", "text/html")], "<html>").await;
    let error = failure_of(builder(&strange.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::UnexpectedResponse { .. }));

    let moved = answer(302, &[("location", "https://elsewhere.example/")], "").await;
    let error = failure_of(builder(&moved.url()), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::Redirect { .. }));

    let long = answer(200, &[], &"x".repeat(100)).await;
    let error = failure_of(builder(&long.url()).max_response_bytes(10), &sample()).await;
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { .. }));

    let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned();
    // Both ways of logging are heard.
    assert!(logged.contains("http.client.request") && logged.contains("reqwest::"), "{logged}");
    assert_clean("the log", &logged);
    for secret in ["Bearer", "dest-1", "Night shift", "staff-1"] {
        assert!(!logged.contains(secret), "{secret} is in the log: {logged}");
    }
}

#[tokio::test]
async fn a_server_that_sends_the_token_back_does_not_bring_it_into_an_error() {
    let bearer = format!("Bearer {TOKEN}");
    let refusal = format!(r#"{{"code":6451000,"message":"{bearer}"}}"#);
    let page = format!("<p>{}{bearer}", "x".repeat(500));
    let location = format!("https://elsewhere.example/?token={TOKEN}");
    for (status, location, body) in [
        (400, "", refusal.as_str()),
        (500, "", refusal.as_str()),
        (400, "", page.as_str()),
        (200, "", page.as_str()),
        (200, "", &format!("\"{TOKEN}\"")),
        (200, "", r#"{"code":200,"result":{"id":""}}"#),
        (403, "", &format!(r#"{{"error":"{}"}}"#, TOKEN.replace('-', "\\u002D"))),
        (403, "", &format!(r#"{{"code":7,"message":"{}"}}"#, TOKEN.replace('-', "\\-"))),
        (403, "", &format!("<p>{}", TOKEN.replace('-', "%2d"))),
        (307, &format!("https://elsewhere.example/?token={}", TOKEN.replace('-', "%2D")), ""),
        (502, "", page.as_str()),
        (307, location.as_str(), page.as_str()),
    ] {
        let mut headers = vec![("x-received", bearer.as_str())];
        headers.extend((!location.is_empty()).then_some(("location", location)));
        let server = answer(status, &headers, body).await;
        let client = builder(&server.url()).build().unwrap();
        let error = client.update(&"dest-1".parse().unwrap(), &sample()).await.unwrap_err();
        assert_error_is_clean(&error);
        assert_clean("the body of an answer", &String::from_utf8_lossy(error.body()));
        assert_eq!(error.headers().unwrap()["x-received"], "***");
    }
}

/// What looks like an escape in the token is none, whatever else the server escapes.
#[tokio::test]
async fn a_token_that_looks_escaped_itself_is_hidden_in_every_form() {
    let token = "kanarie%41/def123";
    for sent_back in [token.to_owned(), token.replace('/', "\\/"), token.replace('%', "%25").replace('/', "%2F")] {
        let server = answer(422, &[], &format!(r#"{{"error":"Bearer {sent_back}"}}"#)).await;
        let client = Client::builder(&server.url(), "app-1", token).retry(RetryPolicy::never()).build().unwrap();
        let error = client.update(&"dest-1".parse().unwrap(), &sample()).await.unwrap_err();
        assert_error_is_clean(&error);
        assert_clean("the body of an answer", &String::from_utf8_lossy(error.body()));
    }
}

/// The search finds what it looks for.
#[test]
#[should_panic = "a text shows the token"]
fn a_text_with_the_token_would_be_found() {
    assert_clean("a text", &format!("Bearer {TOKEN}").to_uppercase());
}
