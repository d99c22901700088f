//! Errors built without a server equal those of a client.

use std::{
    error::Error as _,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use cinnox_destination::{
    Client, ConfigError, ErrorCode, ErrorKind, Timeout,
    mock::{self, ErrorBuilder, Failure},
};

use super::*;

/// The observable properties of an error, except for its message, which has more details of a real call.
#[derive(Debug, PartialEq)]
struct Observed {
    outcome: Outcome,
    is_retryable: bool,
    code: Option<ErrorCode>,
    attempts: u32,
    status: Option<StatusCode>,
    headers: Option<HeaderMap>,
    body: Vec<u8>,
    retry_after: Option<Duration>,
    is: [bool; 5],
}

fn observed(error: &Error) -> Observed {
    Observed {
        outcome: error.outcome(),
        is_retryable: error.is_retryable(),
        code: error.code(),
        attempts: error.attempts(),
        status: error.status(),
        headers: error.headers().cloned(),
        body: error.body().to_vec(),
        retry_after: error.retry_after(),
        is: [error.is_from_api(), error.is_timeout(), error.is_connect(), error.is_throttled(), error.is_not_found()],
    }
}

/// An error of the same kind with the same response.
fn rebuild(error: Error) -> Error {
    let response = error.status().zip(error.headers().cloned());
    let (body, attempts) = (error.body().to_vec(), error.attempts());
    let mut builder = mock::error(error.into_kind()).attempts(attempts);
    if let Some((status, headers)) = response {
        builder = builder.status(status.as_u16()).body(body);
        for (name, value) in headers.iter().filter(|(name, _)| !matches!(name.as_str(), "content-type" | "location")) {
            builder = builder.header(name.as_str(), value);
        }
    }
    builder.build()
}

#[tokio::test]
async fn built_error_matches_client_error() {
    let (json, date) = ("application/json", "Sun, 06 Nov 1994 08:49:37 GMT");
    for failure in [
        Failure::code(ErrorCode::DestinationNotFound),
        Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("7"),
        Failure::code(ErrorCode::BadServiceResponse),
        Failure::code(ErrorCode::Other(7)).status(503).retry_after("1.5"),
        Failure::code(ErrorCode::Other(7))
            .status(503)
            .header("date", date)
            .retry_after("Sun, 06 Nov 1994 08:50:00 GMT"),
        Failure::respond(409).body("<p>"),
        Failure::respond(501),
        Failure::respond(504),
        Failure::respond(200).body("{}"),
        Failure::respond(302).header("location", "/x"),
        Failure::respond(307).header("location", "/x"),
        Failure::respond(400).header("content-encoding", "gzip").body(&b"\x1f\x8b\x08"[..]),
        Failure::respond(500).header("content-encoding", "gzip").body(&b"\x1f\x8b\x08"[..]),
        Failure::disconnect(),
        Failure::disconnect_mid_response(),
        Failure::disconnect_mid_response().status(400).body("{"),
    ] {
        let server = start().await;
        server.fail_next(1, failure.clone());
        let error = self::failure(&server).await;
        let expected = observed(&error);
        let is_json = error.headers().and_then(|headers| headers.get("content-type")).is_some_and(|it| it == json);
        assert_eq!(is_json, matches!(error.kind(), ErrorKind::Api { .. }), "{failure:?}");
        assert_eq!(observed(&rebuild(error)), expected, "{failure:?}");
    }
}

#[tokio::test]
async fn built_error_without_response_matches_client_error() {
    let server = start().await;
    let client = client(&server);
    let invalid = client.update(&id(), &sample().with_staff([""])).await.unwrap_err();
    drop(server);
    let refused = client.update(&id(), &sample()).await.unwrap_err();
    let unusable = Error::from(Client::builder("ftp://x", "a", "b").build().unwrap_err());
    for error in [invalid, refused, unusable] {
        let (expected, sentence) = (observed(&error), error.to_string());
        assert_eq!(observed(&rebuild(error)), expected, "{sentence}");
    }
}

#[test]
fn api_error_has_the_vendors_body() {
    let server_error = ErrorKind::Api { code: ErrorCode::TagNotFound, message: "gone".to_owned() };
    let error = mock::error(server_error).build();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.body(), br#"{"code":3000203,"message":"gone"}"#);
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    assert_eq!(error.to_string(), "the server responded 400 Bad Request with code 3000203 (tag not found): \"gone\"");
}

#[test]
fn each_kind_has_its_usual_outcome() {
    struct Row {
        error: ErrorBuilder,
        status: Option<u16>,
        outcome: Outcome,
        is_retryable: bool,
    }
    let text = String::new;
    let timeout = |timeout| mock::error(ErrorKind::Timeout(timeout));
    let row = |error, status, outcome, is_retryable| Row { error, status, outcome, is_retryable };
    for Row { error, status, outcome, is_retryable } in [
        row(mock::error(ErrorKind::Connect), None, Outcome::NotSent, true),
        row(timeout(Timeout::Connect), None, Outcome::NotSent, true),
        row(timeout(Timeout::Attempt), None, Outcome::Unknown, true),
        row(timeout(Timeout::Attempt).before_request(), None, Outcome::NotSent, true),
        row(timeout(Timeout::Total), None, Outcome::Unknown, true),
        row(timeout(Timeout::Read).body("{"), Some(200), Outcome::Unknown, true),
        row(mock::error(ErrorKind::ConnectionLost), None, Outcome::Unknown, true),
        row(mock::error(ErrorKind::ConnectionLost).before_request(), None, Outcome::NotSent, true),
        row(mock::error(ErrorKind::ConnectionLost).before_request().maybe_applied(), None, Outcome::Unknown, true),
        row(
            mock::error(ErrorKind::Api { code: ErrorCode::Other(0), message: text() }),
            Some(400),
            Outcome::Rejected,
            false,
        ),
        row(mock::error(ErrorKind::UnexpectedResponse { problem: text() }), Some(502), Outcome::Unknown, true),
        row(mock::error(ErrorKind::UnreadableResponse { problem: text() }), Some(400), Outcome::Unknown, false),
        row(mock::error(ErrorKind::Redirect { location: text() }), Some(302), Outcome::Unknown, false),
        row(mock::error(ErrorKind::BodyTooLarge { limit: 1 }), Some(200), Outcome::Unknown, false),
    ] {
        let error = error.build();
        assert_eq!(error.status().map(|status| status.as_u16()), status, "{error}");
        assert_eq!((error.outcome(), error.is_retryable()), (outcome, is_retryable), "{error}");
    }
}

#[test]
fn error_has_the_given_attempts_and_source() {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let error = mock::error(ErrorKind::Connect).attempts(3).source(refused).build();
    assert_eq!((error.attempts(), error.source().unwrap().to_string()), (3, "connection refused".to_owned()));
    let attempts = |error: ErrorBuilder| error.build().attempts();
    assert_eq!(attempts(mock::error(ErrorKind::Connect)), 1);
    assert_eq!(attempts(mock::error(ErrorKind::Connect).maybe_applied()), 2);
    assert_eq!(attempts(mock::error(ErrorKind::Connect).attempts(3).maybe_applied()), 3);

    let throttled =
        mock::error(ErrorKind::UnexpectedResponse { problem: String::new() }).status(429).retry_after("4.2");
    let throttled = throttled.build();
    assert_eq!((throttled.retry_after(), throttled.is_throttled()), (Some(Duration::from_secs(5)), true));
}

#[test]
fn build_panics_on_error_that_no_client_returns() {
    struct Row {
        error: ErrorBuilder,
        problem: &'static str,
    }
    let api = || mock::error(ErrorKind::Api { code: ErrorCode::TagNotFound, message: String::new() });
    let configuration = || mock::error(ErrorKind::Configuration(ConfigError::AppToken("is empty")));
    let invalid = || mock::error(ErrorKind::InvalidUpdate(sample().with_staff([""]).validate().unwrap_err()));
    let lost = || mock::error(ErrorKind::ConnectionLost);
    let redirect = || mock::error(ErrorKind::Redirect { location: String::new() });
    let timeout = |timeout| mock::error(ErrorKind::Timeout(timeout));
    let second = Duration::from_secs(1);
    let row = |error, problem| Row { error, problem };
    let without_response = "an error of this kind has no response";
    let written = "a response requires that the request was written; remove `before_request`";
    let first = "an error of this kind occurs at or before the first attempt";
    for Row { error, problem } in [
        row(mock::error(ErrorKind::Connect).status(400), without_response),
        row(timeout(Timeout::Connect).header("a", "b"), without_response),
        row(configuration().body("x"), without_response),
        row(api().before_request(), written),
        row(lost().before_request().status(200), written),
        row(lost().status(200).before_request(), written),
        row(redirect().status(400), "the status of a redirect is from 300 to 399"),
        row(configuration().attempts(3), first),
        row(configuration().maybe_applied(), first),
        row(invalid().attempts(1), "an error of this kind occurs before the first attempt"),
        row(api().attempts(0), "an error of this kind has at least one attempt"),
        row(api().timeout(second), "an error of this kind has no timeout duration"),
        row(timeout(Timeout::Read).timeout(second), "an error of this kind has no timeout duration"),
        row(api().source(io::Error::other("x")), "an error of this kind has no source"),
    ] {
        let shown = format!("{error:?}");
        let panic = catch_unwind(AssertUnwindSafe(|| error.build())).expect_err(&shown);
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.starts_with(&format!("{problem}: ")), "{message}");
    }
}

/// Without TLS, the first attempt fails with `Configuration`.
#[test]
fn configuration_error_has_at_most_one_attempt() {
    let configuration = || mock::error(ErrorKind::Configuration(ConfigError::Request("x".to_owned())));
    assert_eq!(configuration().build().attempts(), 0);
    assert_eq!(configuration().attempts(1).build().attempts(), 1);
}

#[test]
fn built_error_has_documented_code() {
    let error = mock::error(ErrorKind::Api { code: ErrorCode::Other(3_000_205), message: String::new() }).build();
    assert!(error.is_not_found());
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::DestinationNotFound), Outcome::Rejected));
}

#[tokio::test]
async fn timeout_error_has_message_of_client_error() {
    let server = start().await;
    server.fail_next(usize::MAX, Failure::slow(Duration::from_secs(3600)));
    let (client, short) = (client(&server), Duration::from_millis(50));
    for (client, which) in
        [(client.with_attempt_timeout(short), Timeout::Attempt), (client.with_total_timeout(short), Timeout::Total)]
    {
        let real = client.update(&id(), &sample()).await.unwrap_err();
        let made = mock::error(ErrorKind::Timeout(which)).timeout(short).build();
        assert_eq!(made.to_string(), real.to_string());
    }
}

#[test]
fn timeout_error_has_default_duration() {
    let sentence = |which| mock::error(ErrorKind::Timeout(which)).build().to_string();
    assert_eq!(sentence(Timeout::Connect), "could not connect within the connect timeout of 5 s");
    assert_eq!(sentence(Timeout::Attempt), "the response was not complete within the attempt timeout of 15 s");
    assert_eq!(sentence(Timeout::Total), "the response was not complete within the total timeout of 60 s");
    assert_eq!(sentence(Timeout::Read), "no further part of the response arrived within the read timeout");
}

#[tokio::test]
async fn built_error_has_retry_after_with_any_status() {
    let server = start().await;
    server.fail_next(1, Failure::respond(200).retry_after("7").body("<p>"));
    let error = failure(&server).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(rebuild(error).retry_after(), Some(Duration::from_secs(7)));
}
