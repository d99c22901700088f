//! How the attempts of a call affect each other.

use std::{error::Error as _, time::Duration};

use cinnox_destination::{
    Client, Error, ErrorCode, ErrorKind,
    Outcome::{Rejected, Unknown},
};

use super::{ATTEMPT, SHORT_ATTEMPT, cases::redirects::outcome_of, fail};
use crate::support::{
    TOKEN, all_texts,
    answer::Answer,
    builder,
    observed::Observed,
    server::{Behavior, Seen, Server},
};

#[tokio::test]
async fn total_timeout_ends_call() {
    let server = Server::start(&[Behavior::silence()]).await;
    let total = SHORT_ATTEMPT * 3 / 2;
    let client = builder(&server.url()).attempt_timeout(SHORT_ATTEMPT).total_timeout(total);
    let (error, elapsed) = fail(client, true).await;
    assert_eq!(Observed::from(&error), Observed::failed("Timeout::Total", Unknown, None));
    assert_eq!(error.attempts(), 2);
    assert!((total..total + ATTEMPT).contains(&elapsed), "{elapsed:?}");
    assert_eq!(server.seen().begun, 2);
}

/// An earlier attempt may have been applied, whatever the result of the last one.
#[tokio::test]
async fn unknown_outcome_of_earlier_attempt_stays_unknown() {
    struct Row {
        second: Answer,
        kind: &'static str,
        status: u16,
        retryable: bool,
        attempts: u32,
    }
    let rows = [
        Row {
            second: Answer::status(400).code(3_000_205, "gone"),
            kind: "Api(3000205)",
            status: 400,
            retryable: false,
            attempts: 2,
        },
        Row { second: Answer::status(429), kind: "UnexpectedResponse", status: 429, retryable: true, attempts: 3 },
    ];
    for Row { second, kind, status, retryable, attempts } in rows {
        let lost = Behavior::close_after_reading().applying(true);
        let server = Server::start(&[lost, Behavior::answer(second)]).await;
        let (error, _) = fail(builder(&server.url()), true).await;
        assert_eq!(Observed::from(&error), Observed::failed(kind, Unknown, status));
        assert_eq!((error.is_retryable(), error.attempts()), (retryable, attempts), "{kind}");
    }
}

#[tokio::test]
async fn rejection_after_throttling_stays_rejected() {
    let server = Server::start(&[
        Behavior::answer(Answer::status(429)),
        Behavior::answer(Answer::status(400).body(r#"{"code":3000205}"#)),
    ])
    .await;
    let (error, _) = fail(builder(&server.url()), false).await;
    assert_eq!(Observed::from(&error), Observed::failed("Api(3000205)", Rejected, 400));
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn does_not_follow_redirects() {
    for status in [301, 302, 303, 307, 308] {
        for idempotent in [false, true] {
            let other = Server::start(&[Behavior::success()]).await;
            let to = format!("{}/v1/api/apps/app-1/destination/dest-1", other.url());
            let server = Server::answering(Answer::status(status).header("location", &to)).await;
            let (error, elapsed) = fail(builder(&server.url()), idempotent).await;
            let expected = Observed::failed(format!("Redirect({to})"), outcome_of(status), status);
            assert_eq!(Observed::from(&error), expected);
            assert!(!error.is_retryable());
            assert_eq!((server.seen().begun, other.seen()), (1, Seen::default()));
            assert!(elapsed < ATTEMPT, "{elapsed:?}");
        }
    }
}

#[tokio::test]
async fn redacts_echoed_token() {
    let envelope = format!(r#"{{"code":6451000,"message":"Bearer {TOKEN} is wrong"}}"#);
    for status in [200, 400, 401, 500, 307] {
        for body in [envelope.as_str(), TOKEN, ""] {
            let answer = Answer::status(status)
                .header("x-echo", &format!("Bearer {TOKEN}"))
                .header("location", &format!("/{TOKEN}"))
                .body(body);
            let server = Server::answering(answer).await;
            let (error, _) = fail(builder(&server.url()), false).await;
            assert!(!all_texts(&error).contains(TOKEN), "{status}: {}", all_texts(&error));
            assert!(!String::from_utf8_lossy(error.body()).contains(TOKEN), "{status}");
        }
    }
}

#[tokio::test]
async fn error_keeps_code_message_headers_and_retry_after() {
    let server = Server::answering(
        Answer::status(400)
            .header("Retry-After", "99")
            .header("X-Request-Id", "r-1")
            .body(r#"{"code":6451010,"message":"slow\u001b[31m down"}"#),
    )
    .await;
    let (error, _) = fail(builder(&server.url()), false).await;
    assert_eq!(error.code(), Some(ErrorCode::TooManyRequests));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(99)));
    assert_eq!(error.headers().unwrap()["x-request-id"], "r-1");
    assert_eq!(error.outcome(), Rejected);
    assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "slow\u{1b}[31m down"));
    assert_eq!(
        error.to_string(),
        "the server responded 400 Bad Request with code 6451010 (too many requests): \"slow\\u{1b}[31m down\" \
         (not retried: the server asks for 99 s, more than the 30 s allowed)"
    );
    assert!(error.source().is_none());
}

/// The piece that exceeds the limit is dropped as a whole.
#[tokio::test]
async fn error_keeps_the_body_up_to_the_limit() {
    let piece = format!("100\r\n{}\r\n", "x".repeat(0x100));
    let endless = Behavior::answer("HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n").then_forever(piece);
    let server = Server::start(&[endless]).await;
    let (error, _) = fail(builder(&server.url()).max_response_bytes(100_000), false).await;
    assert_eq!(Observed::from(&error), Observed::failed("BodyTooLarge(100000)", Unknown, 404));
    assert!(error.body().iter().all(|byte| *byte == b'x'));
    assert!((90_000..=100_000).contains(&error.body().len()), "{} bytes", error.body().len());
}

#[test]
fn configuration_error_has_no_headers() {
    let error = Error::from(Client::builder("http://localhost", "..", TOKEN).build().unwrap_err());
    assert!(error.headers().is_none());
}
