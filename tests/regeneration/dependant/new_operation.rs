use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::{
    Client, ErrorCode, ErrorKind, Outcome, RetryPolicy,
    mock::{Failure, MockServer},
};
use dependant::{answer, serve, update};
use tracing_subscriber::fmt::format::FmtSpan;

const CREATED: &str = r#"{"code":200,"result":{"id":"dest-2"}}"#;

fn at_once() -> RetryPolicy {
    RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO)
}

fn client(base_url: &str, policy: RetryPolicy) -> Client {
    Client::builder(base_url, "app-1", "token").max_response_bytes(100).retry(policy).build().unwrap()
}

#[tokio::test]
async fn generated_call_sends_token_and_no_version() {
    let (base_url, requests) = serve(&[answer("200 OK", CREATED)]);
    let client = client(&base_url, at_once());
    let created = client.generated().create_destination(client.app_id(), &update()).await.unwrap();
    assert_eq!(created.id(), "dest-2");

    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("POST /v1/api/apps/app-1/destination HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("\r\nauthorization: Bearer token\r\n"), "{}", requests[0]);
    assert!(!requests[0].contains("api-version"), "{}", requests[0]);
}

#[tokio::test]
async fn generated_call_follows_no_redirect() {
    let (base_url, _requests) = serve(&["HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\n\r\n".to_owned()]);
    let client = client(&base_url, at_once());
    let error = client.generated().create_destination(client.app_id(), &update()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
}

#[tokio::test]
async fn method_limits_the_response() {
    let (base_url, _requests) = serve(&[answer("200 OK", &format!("{CREATED}{}", " ".repeat(100)))]);
    let error = client(&base_url, at_once()).create(&update()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 100 }), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn method_refuses_invalid_update() {
    let mut update = update();
    update.phone_targets.clear();
    let error = client("http://127.0.0.1:9", at_once()).create(&update).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn method_retries_throttled_request() {
    let server = MockServer::start().await;
    server.fail_next(1, Failure::code(ErrorCode::TooManyRequests));
    let created = server.client_builder().retry(at_once()).build().unwrap().create(&update()).await.unwrap();
    assert_eq!((created.id(), created.attempts), ("dest-2", 2));
}

#[tokio::test]
async fn method_does_not_repeat_a_post_that_may_be_applied() {
    let server = MockServer::start().await;
    server.fail_next(1, Failure::respond(502));
    let client = server.client_builder().retry(at_once().idempotent()).build().unwrap();
    let error = client.create(&update()).await.unwrap_err();
    assert_eq!((error.outcome(), server.request_count()), (Outcome::Unknown, 1));
}

#[tokio::test]
async fn method_returns_a_success_without_a_body() {
    let server = MockServer::start().await;
    let id = "dest-1".parse().unwrap();
    server.add_destination(&id);
    let deleted = server.client().delete(&id).await.unwrap();
    assert_eq!(deleted.status.as_u16(), 204);
    let error = server.client().delete(&id).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::DestinationNotFound), Outcome::Rejected));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn method_has_a_span() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let (base_url, _requests) = serve(&[answer("200 OK", CREATED)]);
    client(&base_url, at_once()).create(&update()).await.unwrap();
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("POST /v1/api/apps/{appID}/destination"), "{log}");
    assert!(log.contains("http.response.status_code=200"), "{log}");
}
