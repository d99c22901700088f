//! The attempt loop, with a paused clock and responses that do not come from a network.

use std::cell::Cell;

use http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};

use super::*;
use crate::{client::attempt::CapturedResponse, error::ErrorKind};

/// How an attempt ends.
#[derive(Clone, Copy)]
struct End {
    status: u16,
    code: i64,
    retry_after: &'static str,
}

const OK: End = End { status: 200, code: 0, retry_after: "" };
const THROTTLED: End = End { status: 400, code: 6_451_010, retry_after: "" };
const WRONG: End = End { status: 400, code: 6_451_000, retry_after: "" };
const AMBIGUOUS: End = End { status: 400, code: 6_451_001, retry_after: "" };

const fn wait(status: u16, retry_after: &'static str) -> End {
    End { status, code: 0, retry_after }
}

fn client(policy: RetryPolicy) -> Client {
    Client::builder("https://examplebaseurl.com", "app-1", "token").retry(policy).build().unwrap()
}

/// Each attempt takes `duration` and ends with the next of the `ends`; the last one is repeated.
async fn call(client: &Client, duration: Duration, ends: &[End], count: &Cell<usize>) -> Result<Response<()>> {
    let send = async |api: generated::Client| {
        let End { status, code, retry_after } = ends[count.get().min(ends.len() - 1)];
        count.set(count.get() + 1);
        sleep(duration).await;
        let (status, mut headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
        if !retry_after.is_empty() {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
        }
        let error = ApiError { code, message: None };
        let body = serde_json::to_vec(&error).unwrap().as_slice().into();
        api.inner.capture.unwrap().store(CapturedResponse { status, headers, body, is_complete: true });
        if status.is_success() {
            return Ok(ResponseValue::new((), status, HeaderMap::new()));
        }
        Err(generated::Error::ErrorResponse(ResponseValue::new(error, status, HeaderMap::new())))
    };
    client.call(&UPDATE_DESTINATION, Ok(()), send).await
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
        Row { at_least: 7.0, at_most: 7.5, ..row("503 with Retry-After", const { &[wait(503, "7"), OK] }) },
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
        let outcome = call(&client(policy), Duration::from_secs(duration), ends, &count).await;
        let (found, counted) = match &outcome {
            Ok(response) => ("updated", response.attempts),
            Err(error) => (error.outcome().as_str(), error.attempts()),
        };
        assert_eq!((found, counted, count.get()), (result, attempts, attempts as usize), "{name}: {outcome:?}");
        // Timers have a resolution of one millisecond.
        let (elapsed, rounding) = (began.elapsed().as_secs_f64(), 0.002 * f64::from(attempts));
        assert!((at_least..=at_most + rounding).contains(&elapsed), "{name}: {elapsed} s");
    }
}

#[tokio::test(start_paused = true)]
async fn reports_retry_after_that_is_too_long() {
    let client = client(RetryPolicy::default());
    let error = call(&client, Duration::ZERO, const { &[wait(429, "3600")] }, &Cell::new(0)).await.unwrap_err();
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(3600)), 1));
    assert!(matches!(error.kind(), ErrorKind::Api { .. }) && error.is_retryable());
    let reason = "(not retried: the server asks for 3600 s, more than the 30 s allowed)";
    assert!(error.to_string().ends_with(reason), "{error}");
}

#[tokio::test(start_paused = true)]
async fn makes_no_attempt_after_future_is_dropped_during_delay() {
    let (client, count) = (client(RetryPolicy::default()), Cell::new(0));
    let call = call(&client, Duration::ZERO, const { &[wait(429, "10")] }, &count);
    assert!(timeout(Duration::from_secs(5), call).await.is_err());
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(count.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn stops_retrying_when_shared_budget_is_empty() {
    let builder = Client::builder("https://examplebaseurl.com", "app-1", "token");
    let client = builder.retry_budget(3).build().unwrap();
    let handle = client.with_total_timeout(Duration::from_secs(50));
    let count = Cell::new(0);
    for client in [&client, &handle, &client] {
        call(client, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
    }
    assert_eq!(count.get(), 3 + 3);
    let error = call(&handle, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
    assert!(error.to_string().ends_with("(not retried: the retry budget is empty)"), "{error}");

    let unlimited = Client::builder("https://examplebaseurl.com", "app-1", "token").without_retry_budget();
    let (unlimited, count) = (unlimited.build().unwrap(), Cell::new(0));
    for _ in 0..100 {
        call(&unlimited, Duration::ZERO, &[THROTTLED], &count).await.unwrap_err();
    }
    assert_eq!(count.get(), 300);
}

#[tokio::test(start_paused = true)]
async fn never_repeats_non_idempotent_operation() {
    let post = Operation { method: "POST", idempotent: false, ..UPDATE_DESTINATION };
    let client = client(RetryPolicy::default().idempotent());
    let count = Cell::new(0);
    let send = async |_: generated::Client| {
        count.set(count.get() + 1);
        Err::<ResponseValue<()>, _>(generated::Error::InvalidResponsePayload(
            b"{}".to_vec().into(),
            serde_json::from_str::<()>("").unwrap_err(),
        ))
    };
    // Without a response, nothing is known.
    let error = client.call(&post, Ok(()), send).await.unwrap_err();
    assert_eq!((count.get(), error.outcome()), (1, Outcome::Unknown));

    let ambiguous = async |api: generated::Client| {
        count.set(count.get() + 1);
        let body = br#"{"code":6451001}"#.as_slice().into();
        let status = StatusCode::BAD_REQUEST;
        api.inner.capture.unwrap().store(CapturedResponse {
            status,
            headers: HeaderMap::new(),
            body,
            is_complete: true,
        });
        let error = ApiError { code: 6_451_001, message: None };
        Err::<ResponseValue<()>, _>(generated::Error::ErrorResponse(ResponseValue::new(
            error,
            status,
            HeaderMap::new(),
        )))
    };
    count.set(0);
    let error = client.call(&post, Ok(()), ambiguous).await.unwrap_err();
    assert_eq!(count.get(), 1);
    assert!(error.to_string().ends_with("(not retried: the operation is not idempotent)"));
    client.call(&UPDATE_DESTINATION, Ok(()), ambiguous).await.unwrap_err();
    assert_eq!(count.get(), 4);
}

#[tokio::test]
async fn handles_differ_in_one_setting() {
    let client = client(RetryPolicy::default());
    let handle = client.with_attempt_timeout(Duration::from_secs(7)).with_total_timeout(Duration::from_secs(8));
    let rotated = handle.with_app_token("another-token").unwrap();
    assert_eq!(rotated.0.generated.inner.timeout, Duration::from_secs(7));
    assert_eq!(rotated.0.total_timeout, Duration::from_secs(8));
    assert_eq!(rotated.0.generated.inner.token.authorization(), "Bearer another-token");
    assert_eq!(client.0.generated.inner.token.authorization(), "Bearer token");
    assert_eq!(client.0.total_timeout, Duration::from_secs(60));
    let error = client.with_app_token("white space").unwrap_err();
    assert!(matches!(error, ConfigError::AppToken(_)), "{error}");
}

#[test]
fn call_can_move_to_another_thread() {
    fn assert_send<T: Send>(_: &T) {}
    let client = client(RetryPolicy::default());
    let update = DestinationUpdate::new("Night shift", vec![].into(), vec![].into()).unwrap();
    assert_send(&client.update(&"dest-1".parse().unwrap(), &update));
}
