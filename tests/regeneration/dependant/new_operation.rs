use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::{Client, ErrorKind, Outcome, RetryPolicy, generated};
use dependant::{answer, serve, update};
use tracing_subscriber::fmt::format::FmtSpan;

const CREATED: &str = r#"{"code":200,"result":{"id":"dest-2"}}"#;

fn client(base_url: &str) -> Client {
    let at_once = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    Client::builder(base_url, "app-1", "token").max_response_bytes(100).retry(at_once).build().unwrap()
}

#[tokio::test]
async fn the_generated_call_has_the_token_and_no_header_of_its_own() {
    let (base_url, requests) = serve(&[answer("200 OK", CREATED)]);
    let client = client(&base_url);
    let created = client.generated().create_destination(client.app_id(), &update()).await.unwrap();
    assert_eq!(created.id(), "dest-2");

    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("POST /v1/api/apps/app-1/destination HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("\r\nauthorization: Bearer token\r\n"), "{}", requests[0]);
    assert!(!requests[0].contains("api-version"), "{}", requests[0]);
}

#[tokio::test]
async fn the_generated_call_has_the_limits() {
    let (base_url, _requests) = serve(&[answer("200 OK", &format!("{CREATED}{}", " ".repeat(100)))]);
    let client = client(&base_url);
    let error = client.generated().create_destination(client.app_id(), &update()).await.unwrap_err();
    assert!(matches!(error, generated::Error::ResponseBodyError(_)), "{error}");

    let (base_url, _requests) = serve(&["HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\n\r\n".to_owned()]);
    let client = self::client(&base_url);
    let error = client.generated().create_destination(client.app_id(), &update()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
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
async fn the_generated_call_has_a_span() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let (base_url, _requests) = serve(&[answer("200 OK", CREATED)]);
    let client = client(&base_url);
    client.generated().create_destination(client.app_id(), &update()).await.unwrap();
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("otel.name=POST /v1/api/apps/{appID}/destination"), "{log}");
    assert!(log.contains("http.response.status_code=200"), "{log}");
}

#[tokio::test]
async fn one_line_gives_it_retry_and_outcome() {
    let throttled = answer("429 Too Many Requests", r#"{"code":6451010,"message":"too many requests"}"#);
    let (base_url, _requests) = serve(&[throttled, answer("200 OK", CREATED)]);
    let created = client(&base_url).create(&update()).await.unwrap();
    assert_eq!((created.id(), created.attempts), ("dest-2", 2));

    let (base_url, _requests) = serve(&["no HTTP\r\n\r\n".to_owned()]);
    let error = client(&base_url).create(&update()).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1));

    let (base_url, _requests) = serve(&[answer("200 OK", &" ".repeat(200))]);
    let error = client(&base_url).create(&update()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 100 }), "{error}");
}
