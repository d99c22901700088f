//! Fakes without a server: errors and responses equal those of a client. The documentation of `mock` and
//! `examples/testing.rs` use them in place of the client.

use std::{error::Error as _, mem::discriminant, panic::catch_unwind, time::Duration};

use cinnox_destination::mock;

use super::*;

/// A body that was compressed, although the client asks for none (`printf x | gzip -n`).
const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\0\0\x83\x16\xdc\x8c\x01\0\0\0";

#[track_caller]
fn assert_same(made: &Error, real: &Error, what: &str) {
    let observed = |error: &Error| {
        let is = [error.is_from_api(), error.is_timeout(), error.is_connect(), error.is_throttled()];
        let headers = error.headers().cloned().map(|mut headers| {
            // hyper's.
            headers.remove("content-length");
            headers.remove("date");
            headers
        });
        (
            (error.outcome(), error.is_retryable(), error.attempts(), error.retry_after()),
            (status(error), headers, error.body().escape_ascii().to_string()),
            (code(error), is, error.is_not_found(), discriminant(error.kind())),
        )
    };
    assert_eq!(observed(made), observed(real), "{what}");
}

#[tokio::test(start_paused = true)]
async fn error_equals_that_of_a_client() {
    struct Row {
        what: &'static str,
        failure: Failure,
        outcome: Outcome,
    }
    use Outcome::{Rejected, Unknown};
    let html = |status| Failure::respond(status).header("content-type", "text/html").body("<h1>Proxy</h1>");
    let row = |what, failure, outcome| Row { what, failure, outcome };
    for Row { what, failure, outcome } in [
        row("not found", coded(NOT_FOUND), Rejected),
        row("throttled", coded(THROTTLED).status(429).retry_after("7"), Rejected),
        row("ambiguous", coded(AMBIGUOUS), Unknown),
        row("undocumented code", coded(7).status(500).retry_after("1.5"), Unknown),
        row("wrong token", Failure::api(ErrorCode::new(401), "später").status(401), Rejected),
        row("firewall", html(404), Rejected),
        row("gateway", html(502), Unknown),
        row("captive portal", html(200), Unknown),
        row("empty success", Failure::respond(200), Unknown),
        row("documented code in a 200", coded(NOT_FOUND).status(200), Rejected),
        row("not an error of the API", Failure::respond(400).body("{"), Unknown),
        row("not implemented", Failure::respond(501), Unknown),
        row("redirect", Failure::respond(302).header("location", "/x"), Unknown),
        row("repeated elsewhere", Failure::respond(308).header("location", "/x"), Rejected),
        row("compressed", Failure::respond(400).header("content-encoding", "gzip").body(GZIP), Unknown),
        row("too large", Failure::respond(200).body(vec![b' '; (1 << 20) + 1]), Unknown),
        row("no response", Failure::disconnect(), Unknown),
        row("not HTTP", Failure::raw("SSH-2.0-OpenSSH_9.6\r\n"), Unknown),
        row("silent", Failure::slow(Duration::MAX), Unknown),
        row("late", html(502).delay(Duration::from_secs(15)), Unknown),
    ] {
        let server = start().await;
        server.fail_next(1, failure.clone());
        let real = self::failure(&server).await;
        let made = mock::error([failure]);
        assert_eq!(made.outcome(), outcome, "{what}: {made}");
        assert_same(&made, &real, what);
    }
}

#[tokio::test(start_paused = true)]
async fn error_of_several_attempts_equals_that_of_a_client() {
    let attempts = [Failure::disconnect(), Failure::respond(502), coded(TAG_NOT_FOUND)];
    let server = start().await;
    for failure in &attempts {
        server.fail_next(1, failure.clone());
    }
    let client = server.client().with_retry(RetryPolicy::default().idempotent());
    let real = client.update(&id(), &sample()).await.unwrap_err();
    let made = mock::error(attempts);
    assert_same(&made, &real, "three attempts");
    assert_eq!(made.to_string(), real.to_string());
    assert_eq!((code(&made), made.outcome(), made.attempts()), (Some(TAG_NOT_FOUND), Outcome::Unknown, 3));
}

#[tokio::test]
async fn connect_error_equals_that_of_a_client() {
    let server = start().await;
    let client = client(&server);
    drop(server);
    let real = client.update(&id(), &sample()).await.unwrap_err();
    let made = mock::connect_error();
    assert_same(&made, &real, "connection refused");
    assert_eq!((made.outcome(), made.source().unwrap().to_string()), (Outcome::NotSent, "connection refused".into()));
}

#[test]
fn panics_on_what_cannot_be_described() {
    struct Row {
        describe: fn(),
        message: &'static str,
    }
    let success = || drop(mock::error([Failure::respond(200).body(r#"{"code":200,"result":{"id":"dest-1"}}"#)]));
    let second = || drop(mock::error([Failure::disconnect(), Failure::slow(Duration::from_secs(1))]));
    let row = |describe, message| Row { describe, message };
    for Row { describe, message } in [
        row(|| drop(mock::error([])), "a call has at least one attempt; describe how it fails"),
        row(success, "attempt 1 would succeed: Failure"),
        row(second, "attempt 2 would succeed: Failure"),
        row(|| drop(Failure::respond(99)), "99 is not the status of a response; use one from 200 to 999"),
        row(|| drop(Failure::disconnect().header("a b", "")), r#""a b" is not a valid header name"#),
        row(|| drop(Failure::disconnect().header("a", "\n")), "the value of a is not a valid header value"),
    ] {
        let panic = catch_unwind(describe).unwrap_err();
        let found = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        assert!(found.is_some_and(|found| found.starts_with(message)), "{found:?}");
    }
}

#[tokio::test]
async fn response_equals_that_of_a_client() {
    let server = start().await;
    let real = client(&server).update(&id(), &sample()).await.unwrap();
    let made = mock::response(&id());
    assert_eq!((made.status(), made.attempts(), &*made), (real.status(), real.attempts(), &*real));
    assert_eq!(made.headers()["content-type"], real.headers()["content-type"]);
}
