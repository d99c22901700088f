//! Retry budget, `retry_if`, and jitter on top of `Retry-After`.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use cinnox_destination::{Client, Outcome, RetryPolicy};
use futures_util::{StreamExt, future::join_all, stream};

use crate::support::{
    answer::Answer,
    builder, destination, quick,
    server::{Behavior, Script, Server},
    update,
};

/// Makes `count` failing calls, at most 64 at once, on the handles in turn. Returns the number of their attempts.
async fn attempts_of_failing_calls(handles: &[Client], count: usize) -> usize {
    let calls = stream::iter((0..count).zip(handles.iter().cycle())).map(|(_, handle)| async move {
        let error = handle.update(&destination(), &update()).await.unwrap_err();
        usize::try_from(error.attempts()).unwrap()
    });
    calls.buffer_unordered(64).fold(0, async |sum, attempts| sum + attempts).await
}

/// With the default settings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_retrying_when_budget_is_empty() {
    let server = Server::answering(Answer::status(503).header("retry-after", "0")).await;
    let client = Client::builder(&server.url(), "app-1", "token-12345").build().unwrap();
    // All handles share the budget.
    let handles = [client.clone(), client.with_total_timeout(Duration::from_secs(30))];
    let draining = attempts_of_failing_calls(&handles, 200).await;
    assert_eq!(draining, 200 + 100, "the default budget is 100 retries");

    let before = server.seen().begun;
    attempts_of_failing_calls(&handles, 1_000).await;
    let requests = server.seen().begun - before;
    assert!(requests <= 1_200, "{requests} requests for 1,000 calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn budget_can_be_set_and_disabled() {
    let server = Server::answering(Answer::status(429)).await;
    let limited = builder(&server.url()).retry_budget(7).build().unwrap();
    assert_eq!(attempts_of_failing_calls(&[limited], 100).await, 100 + 7);
    let unlimited = builder(&server.url()).without_retry_budget().build().unwrap();
    assert_eq!(attempts_of_failing_calls(&[unlimited], 200).await, 3 * 200);
}

#[tokio::test]
async fn error_says_that_the_budget_is_empty() {
    let server = Server::answering(Answer::status(429)).await;
    let client = builder(&server.url()).retry_budget(0).build().unwrap();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(error.to_string().ends_with("(not retried: the retry budget is empty)"), "{error}");
}

#[tokio::test]
async fn retry_if_can_veto_but_not_cause_a_retry() {
    struct Row {
        what: &'static str,
        server: Behavior,
        policy: RetryPolicy,
        attempts: u32,
    }
    let throttled = || Behavior::answer(Answer::status(429));
    let lost = Behavior::close_after_reading;
    let rejected = || Behavior::answer(Answer::status(400).code(6_451_000, "wrong"));
    let rows = [
        Row { what: "agreed", server: throttled(), policy: quick().retry_if(|_| true), attempts: 3 },
        Row { what: "declined", server: throttled(), policy: quick().retry_if(|_| false), attempts: 1 },
        Row {
            what: "declined by an is_… method",
            server: throttled(),
            policy: quick().retry_if(|error| !error.is_throttled()),
            attempts: 1,
        },
        Row {
            what: "declined by the outcome",
            server: lost(),
            policy: quick().idempotent().retry_if(|error| error.outcome() != Outcome::Unknown),
            attempts: 1,
        },
        Row { what: "permanent", server: rejected(), policy: quick().idempotent().retry_if(|_| true), attempts: 1 },
        Row { what: "unknown", server: lost(), policy: quick().retry_if(|_| true), attempts: 1 },
        Row {
            what: "beyond the maximum",
            server: throttled(),
            policy: quick().max_attempts(2).retry_if(|_| true),
            attempts: 2,
        },
    ];
    for Row { what, server, policy, attempts } in rows {
        let server = Server::start(&[server]).await;
        let client = builder(&server.url()).retry(policy).build().unwrap();
        let error = client.update(&destination(), &update()).await.unwrap_err();
        assert_eq!((error.attempts(), server.seen().whole), (attempts, attempts as usize), "{what}");
    }
}

/// Compared with the local clock, because the response has no `Date`.
#[tokio::test]
async fn waits_until_the_date_in_retry_after() {
    let script = |request: usize| {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
        match request {
            0 => Behavior::answer(Answer::status(429).header("retry-after", &date)),
            _ => Behavior::success(),
        }
    };
    let server = Server::scripted(script).await;
    let begin = Instant::now();
    let response = builder(&server.url()).build().unwrap().update(&destination(), &update()).await.unwrap();
    assert_eq!((response.attempts, server.seen().begun), (2, 2));
    // A date has whole seconds, so up to one of the two seconds is lost.
    assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
}

/// Throttles the first request of each client, and records when each request arrived.
#[derive(Clone)]
struct Throttles {
    clients: usize,
    arrivals: Arc<Mutex<Vec<Instant>>>,
}

impl Script for Throttles {
    fn behavior(&self, request: usize) -> Behavior {
        if request < self.clients {
            Behavior::answer(Answer::status(429).header("retry-after", "1")).closing()
        } else {
            Behavior::success()
        }
    }

    fn arrived(&self, _: &str) {
        self.arrivals.lock().unwrap().push(Instant::now());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_with_the_same_retry_after_return_at_different_times() {
    let script = Throttles { clients: 50, arrivals: Arc::default() };
    let server = Server::scripted(script.clone()).await;
    let policy = RetryPolicy::default().initial_backoff(Duration::from_secs(2));
    let call = async |number: usize| {
        let client = builder(&server.url()).retry(policy.clone()).build().unwrap();
        assert_eq!(client.update(&destination(), &update()).await.unwrap().attempts, 2, "{number}");
    };
    join_all((0..script.clients).map(call)).await;
    let mut arrivals = script.arrivals.lock().unwrap().clone();
    arrivals.sort_unstable();
    let (first, second) = arrivals.split_at(script.clients);
    assert!(
        second[0] - first[0] >= Duration::from_secs(1),
        "a client returned before the time that the server asked for"
    );
    // The retries are spread over two seconds; all fall into one second only once in 2^49 runs.
    assert!(second[second.len() - 1] - second[0] > Duration::from_secs(1), "all clients return at once");
}
