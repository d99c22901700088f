//! How the attempts of a call affect each other, and what an error keeps of the last one.

use std::error::Error as _;
use std::time::{Duration, Instant};

use cinnox_destination::{ErrorCode, ErrorKind, Outcome};

use super::{ATTEMPT, SHORT_ATTEMPT};
use crate::support::answer::Answer;
use crate::support::observed::observed_error;
use crate::support::server::{Behavior, Seen, Server};
use crate::support::{builder, fail, quick, quick_if};

#[tokio::test]
async fn total_timeout_ends_call() {
    let server = Server::start(&[Behavior::silence()]).await;
    let total = SHORT_ATTEMPT * 3 / 2;
    let begin = Instant::now();
    let client = builder(&server.url()).attempt_timeout(SHORT_ATTEMPT).total_timeout(total);
    let error = fail(client.retry(quick().idempotent())).await;
    assert_eq!((observed_error(&error), error.attempts()), ("total timeout, unknown".to_owned(), 2));
    assert!((total..total + ATTEMPT).contains(&begin.elapsed()), "{:?}", begin.elapsed());
    assert_eq!(server.seen().begun, 2);
}

/// An earlier attempt may have been applied, whatever the result of the last one.
#[tokio::test]
async fn unknown_outcome_of_an_earlier_attempt_stays_unknown() {
    struct Row {
        first: Behavior,
        second: Answer,
        result: &'static str,
        is_retryable: bool,
        attempts: u32,
    }
    let lost = || Behavior::close_after_reading().applying(true);
    let gone = || Answer::status(400).code(3_000_205, "gone");
    let throttled = || Answer::status(429);
    let row = |first, second, result, is_retryable, attempts| Row { first, second, result, is_retryable, attempts };
    let rows = [
        row(lost(), gone(), "api 3000205, unknown, 400", false, 2),
        row(lost(), throttled(), "unexpected_response, unknown, 429", true, 3),
        row(Behavior::answer(throttled()), gone(), "api 3000205, rejected, 400", false, 2),
    ];
    for Row { first, second, result, is_retryable, attempts } in rows {
        let server = Server::start(&[first, Behavior::answer(second)]).await;
        let error = fail(builder(&server.url()).retry(quick().idempotent())).await;
        assert_eq!(observed_error(&error), result);
        assert_eq!((error.is_retryable(), error.attempts()), (is_retryable, attempts), "{result}");
        let warns = error.to_string().ends_with("; the update may have been applied");
        assert_eq!(warns, error.outcome() == Outcome::Unknown, "{error}");
    }
}

#[tokio::test]
async fn does_not_follow_redirects() {
    for status in [301, 302, 303, 307, 308] {
        for idempotent in [false, true] {
            let other = Server::start(&[Behavior::success()]).await;
            let to = format!("{}/v1/api/apps/app-1/destination/dest-1", other.url());
            let server = Server::answering(Answer::status(status).header("location", &to)).await;
            let error = fail(builder(&server.url()).retry(quick_if(idempotent))).await;
            let expected = format!("it redirects to {to}, which is not followed; check the base URL");
            assert!(matches!(error.kind(), ErrorKind::UnexpectedResponse { problem, .. } if *problem == expected));
            assert_eq!((server.seen().begun, other.seen()), (1, Seen::default()));
        }
    }
}

#[tokio::test]
async fn error_keeps_code_message_headers_and_retry_after() {
    let answer = Answer::status(400).header("Retry-After", "99").header("X-Request-Id", "r-1");
    let server = Server::answering(answer.body(r#"{"code":6451010,"message":"slow\u001b[31m down"}"#)).await;
    let error = fail(builder(&server.url())).await;
    assert_eq!(error.code(), Some(ErrorCode::TOO_MANY_REQUESTS));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(99)));
    assert_eq!(error.headers().unwrap()["x-request-id"], "r-1");
    assert!(error.source().is_none());
    assert_eq!(
        error.to_string(),
        "the server responded 400 Bad Request with code 6451010 (too many requests): \"slow\\u{1b}[31m down\" (not \
         retried: the server asks for 99s, more than the 30s allowed)"
    );
    let ErrorKind::Api { code, message, .. } = error.kind() else { panic!("not from the API") };
    assert_eq!((code.number(), message.as_str()), (6_451_010, "slow\u{1b}[31m down"));
}

/// What exceeds the limit is cut off, at the latest with its chunk.
#[tokio::test]
async fn error_keeps_the_body_up_to_the_limit() {
    let piece = format!("100\r\n{}\r\n", "x".repeat(0x100));
    let endless = Behavior::answer("HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n").then_forever(piece);
    let server = Server::start(&[endless]).await;
    let error = fail(builder(&server.url()).max_response_bytes(100_000)).await;
    let expected = "the body is larger than the limit of 100000 bytes";
    assert!(matches!(error.kind(), ErrorKind::UnclearResponse { problem, .. } if problem == expected), "{error:?}");
    assert!(error.body().iter().all(|byte| *byte == b'x'));
    assert!((100_000..150_000).contains(&error.body().len()), "{} bytes", error.body().len());
}
