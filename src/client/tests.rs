//! The attempt loop, with a paused clock and responses that do not come from a network.

use std::cell::Cell;

use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};
use progenitor_client::ResponseValue;
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::error::{ErrorKind, Outcome, Timeout};
use crate::generated::document::Operation;
use crate::generated::types::{ApiError, SupportLanguages, SupportLocations};
use crate::model::{TypeTargets, Wildcard};

/// How an attempt ends.
#[derive(Clone, Copy)]
struct End {
    status: u16,
    body: &'static str,
    retry_after: &'static str,
}

const OK: End = End { status: 200, body: "", retry_after: "" };
const THROTTLED: End = End { status: 400, body: r#"{"code":6451010}"#, ..OK };
const WRONG: End = End { status: 400, body: r#"{"code":6451000}"#, ..OK };
const AMBIGUOUS: End = End { status: 400, body: r#"{"code":6451001}"#, ..OK };

const fn wait(status: u16, retry_after: &'static str) -> End {
    End { status, retry_after, ..OK }
}

fn builder() -> ClientBuilder {
    Client::builder().base_url("https://examplebaseurl.com").app_id("app-1").app_token("token-1")
}

/// Each attempt takes `duration` and ends with the next of the `ends`; the last one is repeated.
async fn call(client: &Client, duration: Duration, ends: &[End], count: &Cell<usize>) -> Result<Response<()>> {
    call_of(&UPDATE_DESTINATION, client, duration, ends, count).await
}

async fn call_of(
    operation: &Operation,
    client: &Client,
    duration: Duration,
    ends: &[End],
    count: &Cell<usize>,
) -> Result<Response<()>> {
    let send = async |api: generated::Client| {
        let End { status, body, retry_after } = ends[count.get().min(ends.len() - 1)];
        count.set(count.get() + 1);
        sleep(duration).await;
        let (status, mut response) = (StatusCode::from_u16(status).unwrap(), http::Response::new(BytesMut::from(body)));
        *response.status_mut() = status;
        if !retry_after.is_empty() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
        }
        api.inner.capture.store(response);
        if status.is_success() {
            return Ok(ResponseValue::new((), status, HeaderMap::new()));
        }
        Err(generated::Error::ErrorResponse(ResponseValue::new(ApiError::default(), status, HeaderMap::new())))
    };
    client.call(operation, Ok(()), send, |(), _| Ok(())).await
}

struct Row {
    name: &'static str,
    policy: RetryPolicy,
    /// The duration of an attempt, in seconds.
    duration: u64,
    ends: &'static [End],
    result: &'static str,
    attempts: u32,
    /// The duration of the whole call, in seconds.
    at_least: f64,
    at_most: f64,
}

#[tokio::test(start_paused = true)]
async fn follows_retry_policy() {
    let default = RetryPolicy::default;
    let idempotent = || RetryPolicy::default().idempotent();
    let row = |name, ends| Row {
        name,
        policy: default(),
        duration: 0,
        ends,
        result: "updated",
        attempts: 2,
        at_least: 0.0,
        at_most: 0.5,
    };
    let rows = [
        Row { duration: 1, attempts: 1, at_least: 1.0, at_most: 1.0, ..row("success", const { &[OK] }) },
        row("throttled once", &[THROTTLED, OK]),
        Row { attempts: 3, at_most: 1.5, ..row("throttled twice", &[THROTTLED, THROTTLED, OK]) },
        Row {
            duration: 1,
            result: "rejected",
            attempts: 3,
            at_least: 3.0,
            at_most: 4.5,
            ..row("always throttled", &[THROTTLED])
        },
        Row {
            policy: default().max_attempts(10),
            result: "rejected",
            attempts: 10,
            at_most: 39.5,
            ..row("ten attempts", &[THROTTLED])
        },
        Row {
            policy: RetryPolicy::never(),
            result: "rejected",
            attempts: 1,
            at_most: 0.0,
            ..row("never", &[THROTTLED, OK])
        },
        Row { policy: idempotent(), result: "rejected", attempts: 1, at_most: 0.0, ..row("wrong", &[WRONG, OK]) },
        Row { result: "unknown", attempts: 1, at_most: 0.0, ..row("ambiguous", &[AMBIGUOUS, OK]) },
        Row { policy: idempotent(), ..row("ambiguous, idempotent", &[AMBIGUOUS, OK]) },
        Row { policy: idempotent(), result: "unknown", ..row("ambiguous, then wrong", &[AMBIGUOUS, WRONG]) },
        Row { policy: idempotent(), result: "rejected", ..row("throttled, then wrong", &[THROTTLED, WRONG]) },
        Row {
            attempts: 3,
            at_least: 12.0,
            at_most: 13.5,
            ..row("Retry-After twice", const { &[wait(429, "7"), wait(429, "5"), OK] })
        },
        Row {
            result: "rejected",
            attempts: 1,
            at_most: 0.0,
            ..row("Retry-After that is too long", const { &[wait(429, "31"), OK] })
        },
        Row {
            result: "unknown",
            attempts: 1,
            at_most: 0.0,
            ..row("503 with Retry-After", const { &[wait(503, "7"), OK] })
        },
        Row {
            policy: idempotent(),
            at_least: 7.0,
            at_most: 7.5,
            ..row("503 with Retry-After, idempotent", const { &[wait(503, "7"), OK] })
        },
        Row {
            duration: 14,
            result: "rejected",
            at_least: 48.0,
            at_most: 48.5,
            ..row("Retry-After beyond the total timeout", const { &[wait(429, "20")] })
        },
        Row {
            policy: default().max_attempts(9).initial_backoff(Duration::ZERO),
            duration: 11,
            result: "not sent",
            attempts: 6,
            at_least: 60.0,
            at_most: 60.0,
            ..row("total timeout during an attempt that writes nothing", &[THROTTLED])
        },
        Row {
            duration: 16,
            result: "not sent",
            attempts: 3,
            at_least: 45.0,
            at_most: 46.5,
            ..row("attempt timeout in each attempt, which writes nothing", &[OK])
        },
    ];
    for Row { name, policy, duration, ends, result, attempts, at_least, at_most } in rows {
        let (began, count) = (Instant::now(), Cell::new(0));
        let client = builder().retry(policy).build().unwrap();
        let outcome = call(&client, Duration::from_secs(duration), ends, &count).await;
        let (found, counted) = match &outcome {
            Ok(response) => ("updated".to_owned(), response.attempts()),
            Err(error) => (error.outcome().to_string(), error.attempts()),
        };
        assert_eq!((&*found, counted, count.get()), (result, attempts, attempts as usize), "{name}: {outcome:?}");
        // Timers have a resolution of one millisecond.
        let (elapsed, rounding) = (began.elapsed().as_secs_f64(), 0.002 * f64::from(attempts));
        assert!((at_least..=at_most + rounding).contains(&elapsed), "{name}: {elapsed} s");
    }
}

#[tokio::test(start_paused = true)]
async fn makes_no_attempt_after_future_is_dropped_during_delay() {
    let (client, count) = (builder().build().unwrap(), Cell::new(0));
    let dropped = call(&client, Duration::ZERO, const { &[wait(429, "10")] }, &count);
    assert!(timeout(Duration::from_secs(5), dropped).await.is_err());
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(count.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn stops_retrying_when_shared_budget_is_empty() {
    let client = builder().retry_budget(3).build().unwrap();
    let handle = client.with_total_timeout(Duration::from_secs(50));
    let count = Cell::new(0);
    for client in [&client, &handle, &client] {
        call(client, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
    }
    assert_eq!(count.get(), 3 + 3);
    let error = call(&handle, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
    assert!(error.to_string().ends_with("(not retried: the retry budget is empty)"), "{error}");

    let (default, unlimited) = (builder().build().unwrap(), builder().retry_budget(u32::MAX).build().unwrap());
    for (client, attempts) in [(default, 200 + 100), (unlimited, 600)] {
        let count = Cell::new(0);
        for _ in 0..200 {
            call(&client, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
        }
        assert_eq!(count.get(), attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_operation_that_is_not_idempotent_only_if_not_applied() {
    let post = Operation { method: "POST", idempotent: false, ..UPDATE_DESTINATION };
    let client = builder().retry(RetryPolicy::default().idempotent()).build().unwrap();
    let count = Cell::new(0);
    let error = call_of(&post, &client, Duration::ZERO, &[AMBIGUOUS], &count).await.unwrap_err();
    assert!(error.to_string().contains("(not retried: the operation is not idempotent)"), "{error}");
    assert_eq!(count.replace(0), 1);
    call_of(&post, &client, Duration::ZERO, &[THROTTLED, OK], &count).await.unwrap();
    assert_eq!(count.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn unknown_outcome_of_a_check_is_neither_counted_nor_retried() {
    let client = builder().build().unwrap();
    let send = async |api: generated::Client| {
        api.inner.capture.store(http::Response::new(BytesMut::new()));
        Ok(ResponseValue::new((), StatusCode::OK, HeaderMap::new()))
    };
    let wrong = |(): &(), _: &AppToken| Err("it is another one".to_owned());
    let error = client.call(&UPDATE_DESTINATION, Ok(()), send, wrong).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts(), error.status()), (Outcome::Unknown, 1, Some(StatusCode::OK)));
    assert!(matches!(error.kind(), ErrorKind::UnclearResponse { problem } if problem == "it is another one"));
}

#[test]
fn handle_changes_one_setting_and_shares_the_token() {
    let client = builder().build().unwrap();
    let handle = client.with_attempt_timeout(Duration::from_secs(7)).with_total_timeout(Duration::from_secs(8));
    assert_eq!(handle.0.settings.attempt_timeout, Duration::from_secs(7));
    assert_eq!(handle.0.settings.total_timeout, Duration::from_secs(8));
    assert_eq!(client.0.settings.attempt_timeout, Duration::from_secs(15));
    assert_eq!(client.0.settings.total_timeout, Duration::from_secs(60));
    handle.set_app_token("token-2").unwrap();
    handle.set_app_token("white space").unwrap_err();
    for client in [&client, &handle, &client.clone()] {
        assert_eq!(client.generated().inner.capture.token.authorization(), "Bearer token-2");
    }
}

fn update() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).with_staff(["staff-1"])
}

/// A resolver that never answers: time passes and nothing else happens.
struct NeverAnswers;

impl Resolve for NeverAnswers {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

/// With the clock paused, a call that never gets a connection takes exactly the time that it is allowed.
#[tokio::test(start_paused = true)]
async fn timeout_while_connecting_is_exact_and_not_sent() {
    struct Row {
        name: &'static str,
        settings: fn(ClientBuilder) -> ClientBuilder,
        timeout: Timeout,
        attempts: u32,
        /// In seconds, without the delays between attempts.
        at_least: f64,
        at_most: f64,
    }
    const HOUR: Duration = Duration::from_secs(3600);
    let never = |name, settings, timeout, seconds| Row {
        name,
        settings,
        timeout,
        attempts: 1,
        at_least: seconds,
        at_most: seconds + 0.01,
    };
    let rows = [
        never("the default connect timeout", |client| client.retry(RetryPolicy::never()), Timeout::Connect, 5.0),
        never(
            "the default attempt timeout",
            |client| client.connect_timeout(HOUR).retry(RetryPolicy::never()),
            Timeout::Attempt,
            15.0,
        ),
        never(
            "the default total timeout",
            |client| client.connect_timeout(HOUR).attempt_timeout(HOUR),
            Timeout::Total,
            60.0,
        ),
        Row {
            name: "three attempts",
            settings: |client| client,
            timeout: Timeout::Connect,
            attempts: 3,
            at_least: 15.0,
            at_most: 16.5,
        },
        Row {
            name: "the last attempt has what is left",
            settings: |client| {
                let at_once = RetryPolicy::default().max_attempts(99).initial_backoff(Duration::ZERO);
                client.connect_timeout(HOUR).attempt_timeout(Duration::from_secs(25)).retry(at_once)
            },
            timeout: Timeout::Total,
            attempts: 3,
            at_least: 60.0,
            at_most: 60.01,
        },
    ];
    for Row { name, settings, timeout, attempts, at_least, at_most } in rows {
        let http = reqwest::Client::builder().dns_resolver(NeverAnswers).no_proxy();
        let client = settings(builder().http_client(http)).build().unwrap();
        let begin = Instant::now();
        let error = client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Timeout { timeout: found, .. } if *found == timeout),
            "{name}: {error:?}"
        );
        assert_eq!((error.attempts(), error.outcome()), (attempts, Outcome::NotSent), "{name}");
        // A timer has whole milliseconds, and may be one late in each attempt.
        let elapsed = begin.elapsed().as_secs_f64();
        assert!((at_least..at_most + 0.01).contains(&elapsed), "{name}: {elapsed} s");
    }
}
