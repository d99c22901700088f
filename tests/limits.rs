//! The README's table of limits is what a client does.

#[path = "support/fault.rs"]
mod fault;

use std::time::Duration;

use cinnox_destination::{ClientBuilder, Error, ErrorKind, RetryPolicy, Timeout};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::time::Instant;

use crate::fault::{Plan, Server, builder, destination, update};

const HOUR: Duration = Duration::from_secs(3600);

/// The methods and defaults of the table.
fn table() -> Vec<(String, String)> {
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

/// A name server that never answers: time passes and nothing else happens.
struct Silence;

impl Resolve for Silence {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

/// With the clock paused, a call to nowhere takes exactly the time that it is allowed.
async fn nowhere(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> (Error, Duration) {
    let http = reqwest::Client::builder().dns_resolver(Silence).no_proxy();
    #[cfg(feature = "rustls")]
    let http = http.tls_certs_only([]);
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
async fn the_table_of_limits_is_true() {
    let connect = assert_timeout(&nowhere(|client| client).await, Timeout::Connect, 1);
    let attempt = assert_timeout(&nowhere(|client| client.connect_timeout(HOUR)).await, Timeout::Attempt, 1);
    let total = nowhere(|client| client.connect_timeout(HOUR).attempt_timeout(HOUR)).await;
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
        // The test below holds it against a server.
        ("max_response_bytes", "1 MiB".to_owned()),
        ("attempts", shown(&setting("attempts"))),
        ("backoff", shown(&setting("first_backoff")) + ", doubling"),
        ("backoff", shown(&setting("max_backoff"))),
        ("max_retry_after", shown(&setting("max_retry_after"))),
    ];
    assert_eq!(table(), defaults.map(|(method, default)| (method.to_owned(), default)));
}

#[tokio::test]
async fn a_mebibyte_is_read_and_no_more() {
    let endless = Plan::answer("HTTP/1.1 200 OK\r\n\r\n").then_for_ever("x".repeat(4096));
    let server = Server::start(&[endless]).await;
    for (client, expected) in [(builder(&server.url()), 1024 * 1024), (builder(&server.url()).max_response_bytes(9), 9)]
    {
        let error = client.build().unwrap().update(&destination(), &update()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit } if *limit == expected), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_for_the_whole_call_includes_every_attempt_and_all_waiting() {
    let seconds = Duration::from_secs;
    // Not sent, and so tried again by default.
    let connecting = nowhere(|client| client.retry(RetryPolicy::default())).await;
    let elapsed = assert_timeout(&connecting, Timeout::Connect, 3);
    assert!((seconds(15)..=Duration::from_millis(16_500)).contains(&elapsed), "{elapsed:?}");

    // In doubt, and so not.
    let in_doubt = nowhere(|client| client.connect_timeout(HOUR).retry(RetryPolicy::default())).await;
    assert_eq!(assert_timeout(&in_doubt, Timeout::Attempt, 1), seconds(15));

    let by_choice = nowhere(|client| client.connect_timeout(HOUR).retry(RetryPolicy::default().idempotent())).await;
    let elapsed = assert_timeout(&by_choice, Timeout::Attempt, 3);
    assert!((seconds(45)..=Duration::from_millis(46_500)).contains(&elapsed), "{elapsed:?}");

    // The last attempt has what is left.
    let without_backoff = RetryPolicy::default().idempotent().attempts(99).backoff(Duration::ZERO, Duration::ZERO);
    let ended =
        nowhere(|client| client.connect_timeout(HOUR).attempt_timeout(seconds(25)).retry(without_backoff.clone()));
    assert_eq!(assert_timeout(&ended.await, Timeout::Total, 3), seconds(60));
}
