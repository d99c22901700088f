//! A client keeps the limits of the documented table.

use std::time::Duration;

use cinnox_destination::{ClientBuilder, Error, ErrorKind, Outcome, RetryPolicy, Timeout};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::time::Instant;

use crate::{
    faults::cases::{BODY_LIMIT, HEADER_LIMIT},
    support::{
        builder, destination, http_without_roots,
        server::{Behavior, Server},
        update,
    },
};

const HOUR: Duration = Duration::from_secs(3600);

/// The rows of the table: the method that sets the limit, and its default.
fn table() -> Vec<(String, String)> {
    let source = std::fs::read_to_string("src/client/builder.rs").unwrap();
    let rows = source.lines().filter_map(|line| line.strip_prefix("/// | ")).skip(1);
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let method = cells[2].split('`').nth(1).unwrap_or_default();
        (method.to_owned(), cells[1].to_owned())
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

/// The value of a field in a `Debug` text, as the table writes it.
fn setting(debug: &str, name: &str) -> String {
    let (_, value) = debug.split_once(&format!(" {name}: ")).unwrap_or_else(|| panic!("no {name} in {debug}"));
    let value = value.trim_start_matches("Some(").split([',', ' ', ')']).next().unwrap();
    let unit = value.find(|c: char| c.is_alphabetic()).unwrap_or(value.len());
    format!("{} {}", &value[..unit], &value[unit..]).trim_end().to_owned()
}

#[tokio::test(start_paused = true)]
async fn documented_table_states_the_defaults() {
    let shown = |duration: Duration| setting(&format!(" time: {duration:?}"), "time");
    let connect = assert_timeout(&unanswered(|client| client).await, Timeout::Connect, 1);
    let attempt = assert_timeout(&unanswered(|client| client.connect_timeout(HOUR)).await, Timeout::Attempt, 1);
    let total = unanswered(|client| client.connect_timeout(HOUR).attempt_timeout(HOUR)).await;
    let total = assert_timeout(&total, Timeout::Total, 1);
    let (builder, policy) = (format!("{:?}", builder("http://localhost")), format!("{:?}", RetryPolicy::default()));

    let expected = [
        ("connect_timeout", shown(connect)),
        ("attempt_timeout", shown(attempt)),
        ("total_timeout", shown(total)),
        ("idle_timeout", setting(&builder, "idle_timeout")),
        // Tested with servers by `reads_one_mebibyte_and_no_more`, and by two cases of `faults`.
        ("max_response_bytes", "1 MiB".to_owned()),
        ("", HEADER_LIMIT.to_string()),
        ("RetryPolicy::max_attempts", setting(&policy, "max_attempts")),
        ("RetryPolicy::initial_backoff", setting(&policy, "initial_backoff")),
        ("RetryPolicy::max_backoff", setting(&policy, "max_backoff")),
        ("RetryPolicy::max_retry_after", setting(&policy, "max_retry_after")),
        // Tested with a server by `retries::stops_retrying_when_budget_is_empty`.
        ("retry_budget", setting(&builder, "retry_budget")),
    ];
    assert_eq!(table(), expected.map(|(method, default)| (method.to_owned(), default)));
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
    let connecting = unanswered(|client| client.retry(RetryPolicy::default())).await;
    let elapsed = assert_timeout(&connecting, Timeout::Connect, 3);
    assert!((seconds(15)..=Duration::from_millis(16_500)).contains(&elapsed), "{elapsed:?}");

    let attempts = unanswered(|client| client.connect_timeout(HOUR).retry(RetryPolicy::default())).await;
    let elapsed = assert_timeout(&attempts, Timeout::Attempt, 3);
    assert!((seconds(45)..=Duration::from_millis(46_500)).contains(&elapsed), "{elapsed:?}");

    // The last attempt has what is left.
    let without_backoff = RetryPolicy::default().max_attempts(99).initial_backoff(Duration::ZERO);
    let ended =
        unanswered(|client| client.connect_timeout(HOUR).attempt_timeout(seconds(25)).retry(without_backoff.clone()));
    assert_eq!(assert_timeout(&ended.await, Timeout::Total, 3), seconds(60));
}

/// Whichever timeout expires while connecting, no byte was sent, so the attempt is retried.
#[tokio::test(start_paused = true)]
async fn timeout_while_connecting_is_not_sent() {
    let seconds = Duration::from_secs;
    // Shorter than the connect timeout of 5 s.
    let attempt = unanswered(|client| client.attempt_timeout(seconds(3)).retry(RetryPolicy::default())).await;
    assert_timeout(&attempt, Timeout::Attempt, 3);
    assert_eq!(attempt.0.outcome(), Outcome::NotSent);
    let total = unanswered(|client| client.total_timeout(seconds(3)).retry(RetryPolicy::default())).await;
    assert_eq!(assert_timeout(&total, Timeout::Total, 1), seconds(3));
    assert_eq!(total.0.outcome(), Outcome::NotSent);
}
