//! The README's table of limits is what a client does.

use std::time::Duration;

use cinnox_destination::{ClientBuilder, Error, ErrorKind, RetryPolicy, Timeout};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::time::Instant;

use crate::{
    faults::cases::BODY_LIMIT,
    support::{
        builder, destination, http_without_roots,
        server::{Behavior, Server},
        update,
    },
};

const HOUR: Duration = Duration::from_secs(3600);

/// A row of the table: the method that sets the limit, and its default.
type Limit = (String, String);

fn table() -> Vec<Limit> {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (_, section) = readme.split_once("\n## Limits\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[2].trim_matches('`').to_owned(), cells[1].to_owned())
    })
    .collect()
}

/// A resolver that never answers: time passes and nothing else happens.
struct NeverAnswers;

impl Resolve for NeverAnswers {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

/// With the clock paused, a call that never gets a connection takes exactly the time that it is allowed.
async fn unanswered(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> (Error, Duration) {
    let http = http_without_roots().dns_resolver(NeverAnswers).no_proxy();
    let client = builder("http://nowhere.test").allow_http().http_client(http).retry(RetryPolicy::never());
    let client = settings(client).build().unwrap();
    let begin = Instant::now();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    // A timer has whole milliseconds, and may be one late.
    (error, Duration::from_secs_f64((begin.elapsed().as_secs_f64() * 100.0).floor() / 100.0))
}

#[track_caller]
fn assert_timeout((error, elapsed): &(Error, Duration), which: Timeout, attempts: u32) -> Duration {
    assert!(matches!(error.kind(), ErrorKind::Timeout(timeout) if *timeout == which), "{error:?}");
    assert_eq!(error.attempts(), attempts);
    *elapsed
}

#[tokio::test(start_paused = true)]
async fn readme_table_has_the_defaults() {
    let connect = assert_timeout(&unanswered(|client| client).await, Timeout::Connect, 1);
    let attempt = assert_timeout(&unanswered(|client| client.connect_timeout(HOUR)).await, Timeout::Attempt, 1);
    let total = unanswered(|client| client.connect_timeout(HOUR).attempt_timeout(HOUR)).await;
    let total = assert_timeout(&total, Timeout::Total, 1);
    let policy = format!("{:?}", RetryPolicy::default());
    let setting = |name: &str| {
        let (_, value) = policy.split_once(&format!(" {name}: ")).unwrap();
        value.split([',', ' ']).next().unwrap().to_owned()
    };
    let shown = |value: &str| {
        let unit = value.find(|c: char| c.is_alphabetic()).unwrap_or(value.len());
        format!("{} {}", &value[..unit], &value[unit..]).trim_end().to_owned()
    };

    let defaults = [
        ("connect_timeout", shown(&format!("{connect:?}"))),
        ("attempt_timeout", shown(&format!("{attempt:?}"))),
        ("total_timeout", shown(&format!("{total:?}"))),
        // `reads_one_mebibyte_and_no_more` holds it against a server.
        ("max_response_bytes", "1 MiB".to_owned()),
        ("attempts", shown(&setting("attempts"))),
        ("backoff", shown(&setting("first_backoff")) + ", doubling"),
        ("backoff", shown(&setting("max_backoff"))),
        ("max_retry_after", shown(&setting("max_retry_after"))),
    ];
    assert_eq!(table(), defaults.map(|(method, default)| (method.to_owned(), default)));
}

#[tokio::test]
async fn reads_one_mebibyte_and_no_more() {
    let endless = Behavior::answer("HTTP/1.1 200 OK\r\n\r\n").then_forever("x".repeat(4096));
    let server = Server::start(&[endless]).await;
    for (client, expected) in [(builder(&server.url()), BODY_LIMIT), (builder(&server.url()).max_response_bytes(9), 9)]
    {
        let error = client.build().unwrap().update(&destination(), &update()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit } if *limit == expected), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn total_timeout_includes_attempts_and_delays() {
    let seconds = Duration::from_secs;
    // Not sent, so retried by default.
    let connecting = unanswered(|client| client.retry(RetryPolicy::default())).await;
    let elapsed = assert_timeout(&connecting, Timeout::Connect, 3);
    assert!((seconds(15)..=Duration::from_millis(16_500)).contains(&elapsed), "{elapsed:?}");

    // Unknown, so not retried.
    let unknown = unanswered(|client| client.connect_timeout(HOUR).retry(RetryPolicy::default())).await;
    assert_eq!(assert_timeout(&unknown, Timeout::Attempt, 1), seconds(15));

    let idempotent = unanswered(|client| client.connect_timeout(HOUR).retry(RetryPolicy::default().idempotent())).await;
    let elapsed = assert_timeout(&idempotent, Timeout::Attempt, 3);
    assert!((seconds(45)..=Duration::from_millis(46_500)).contains(&elapsed), "{elapsed:?}");

    // The last attempt has what is left.
    let without_backoff = RetryPolicy::default().idempotent().max_attempts(99).initial_backoff(Duration::ZERO);
    let ended =
        unanswered(|client| client.connect_timeout(HOUR).attempt_timeout(seconds(25)).retry(without_backoff.clone()));
    assert_eq!(assert_timeout(&ended.await, Timeout::Total, 3), seconds(60));
}
