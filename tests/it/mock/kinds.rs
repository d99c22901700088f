//! The table in the documentation of `mock`, row by row: a user can produce every `ErrorKind` and every `Outcome`.

use std::time::Duration;

use cinnox_destination::{Error, ErrorCode, ErrorKind, RetryPolicy, Timeout, mock::Failure};

use super::*;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(50);

/// A body that was compressed, although the client asks for none (`printf x | gzip -n`).
const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\0\0\x83\x16\xdc\x8c\x01\0\0\0";

async fn fail(failure: Failure) -> Error {
    let server = start().await;
    server.fail_next(1, failure);
    self::failure(&server).await
}

#[tokio::test]
async fn produces_configuration_error() {
    let server = start().await;
    let error = server.client_builder().attempt_timeout(Duration::ZERO).build().unwrap_err();
    let error = Error::from(error);
    assert!(matches!(error.kind(), ErrorKind::Configuration(_)), "{error}");
    assert_eq!((error.outcome(), server.request_count()), (Outcome::NotSent, 0));
}

#[tokio::test]
async fn produces_invalid_update_error() {
    let server = start().await;
    let error = client(&server).update(&id(), &sample().with_staff([""])).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUpdate(_)), "{error}");
    assert_eq!((error.outcome(), server.request_count()), (Outcome::NotSent, 0));
}

#[tokio::test]
async fn produces_connect_error() {
    let server = start().await;
    let client = client(&server);
    drop(server);
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error}");
    assert_eq!((error.outcome(), error.is_retryable()), (Outcome::NotSent, true));
}

#[tokio::test]
async fn produces_connect_error_after_earlier_call() {
    let server = start().await;
    let client = server.client_builder().idle_timeout(Duration::ZERO).retry(RetryPolicy::never()).build().unwrap();
    client.update(&id(), &sample()).await.unwrap();
    drop(server);
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn produces_attempt_timeout() {
    let server = start().await;
    server.fail_next(1, Failure::slow(LONG));
    let client = server.client_builder().attempt_timeout(SHORT).build().unwrap();
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Attempt)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(server.destination(&id()), Some(sample()));
}

#[tokio::test]
async fn produces_total_timeout() {
    let server = start().await;
    server.fail_next(1, Failure::respond(200).delay(LONG));
    let client = server.client_builder().total_timeout(SHORT).build().unwrap();
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Total)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(server.destination(&id()), None);
}

#[tokio::test]
async fn produces_read_timeout() {
    let server = start().await;
    server.fail_next(1, Failure::slow(LONG));
    let http = reqwest::Client::builder().read_timeout(SHORT);
    let client = server.client_builder().http_client(http).build().unwrap();
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Read)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn produces_connection_lost_error() {
    let error = fail(Failure::disconnect()).await;
    assert!(matches!(error.kind(), ErrorKind::ConnectionLost), "{error}");
    assert_eq!((error.outcome(), error.status()), (Outcome::Unknown, None));

    let error = fail(Failure::disconnect_mid_response().status(400).body(r#"{"code":30"#)).await;
    assert!(matches!(error.kind(), ErrorKind::ConnectionLost), "{error}");
    assert_eq!((error.outcome(), error.status()), (Outcome::Unknown, Some(StatusCode::BAD_REQUEST)));
    assert_eq!(error.body(), br#"{"code":30"#);

    let error = fail(Failure::raw("SSH-2.0-OpenSSH_9.6\r\n")).await;
    assert!(matches!(error.kind(), ErrorKind::ConnectionLost), "{error}");
    assert_eq!((error.outcome(), error.status()), (Outcome::Unknown, None));
}

#[tokio::test]
async fn produces_api_error() {
    struct Row {
        failure: Failure,
        code: ErrorCode,
        outcome: Outcome,
        is_retryable: bool,
    }
    let (not_found, throttled) = (ErrorCode::DestinationNotFound, ErrorCode::TooManyRequests);
    let (ambiguous, other) = (ErrorCode::BadServiceResponse, ErrorCode::Other(77));
    for Row { failure, code, outcome, is_retryable } in [
        Row { failure: Failure::code(not_found), code: not_found, outcome: Outcome::Rejected, is_retryable: false },
        Row { failure: Failure::code(throttled), code: throttled, outcome: Outcome::Rejected, is_retryable: true },
        Row { failure: Failure::code(ambiguous), code: ambiguous, outcome: Outcome::Unknown, is_retryable: true },
        Row { failure: Failure::code(other).status(500), code: other, outcome: Outcome::Unknown, is_retryable: true },
    ] {
        let error = fail(failure).await;
        assert!(matches!(error.kind(), ErrorKind::Api { .. }) && error.is_from_api(), "{error}");
        assert_eq!((error.code(), error.outcome(), error.is_retryable()), (Some(code), outcome, is_retryable));
    }
}

#[tokio::test]
async fn produces_unexpected_response_error() {
    let html = |status| Failure::respond(status).header("content-type", "text/html").body("<h1>Proxy</h1>");
    for (status, outcome) in [(403, Outcome::Rejected), (502, Outcome::Unknown), (200, Outcome::Unknown)] {
        let error = fail(html(status)).await;
        assert!(matches!(error.kind(), ErrorKind::UnexpectedResponse { .. }) && !error.is_from_api(), "{error}");
        assert_eq!((error.status().unwrap().as_u16(), error.outcome()), (status, outcome));
        assert_eq!(error.body(), b"<h1>Proxy</h1>");
    }
}

#[tokio::test]
async fn produces_unreadable_response_error() {
    let error = fail(Failure::respond(400).header("content-encoding", "gzip").body(GZIP)).await;
    assert!(matches!(error.kind(), ErrorKind::UnreadableResponse { problem } if problem == "gzip"), "{error}");
    assert_eq!((error.outcome(), error.body()), (Outcome::Unknown, GZIP));
}

#[tokio::test]
async fn produces_redirect_error() {
    for (status, outcome) in [(302, Outcome::Unknown), (308, Outcome::Rejected)] {
        let error = fail(Failure::respond(status).header("location", "https://example.com/login")).await;
        assert!(
            matches!(error.kind(), ErrorKind::Redirect { location } if location == "https://example.com/login"),
            "{error}"
        );
        assert_eq!(error.outcome(), outcome);
    }
}

#[tokio::test]
async fn produces_body_too_large_error() {
    let error = fail(Failure::respond(200).body(vec![b' '; (1 << 20) + 1])).await;
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 1_048_576 }), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn retry_succeeds_after_simulated_failures() {
    let server = start().await;
    server.fail_next(2, Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("0"));
    let policy = RetryPolicy::default().initial_backoff(Duration::ZERO);
    let client = server.client_builder().retry(policy).build().unwrap();
    assert_eq!(client.update(&id(), &sample()).await.unwrap().attempts, 3);
    assert_eq!(server.request_count(), 3);
}
