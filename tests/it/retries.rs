//! `retry_if`, `Retry-After` and the retry budget, with a real server.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use cinnox_destination::{Error, Outcome, RetryPolicy};
use futures_util::{StreamExt, future::join_all, stream};

use crate::support::{
    answer::Answer,
    builder, call, destination, fail, quick,
    server::{Behavior, Script, Server},
    update,
};

/// All handles share the budget, whichever makes the calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_retrying_when_budget_is_empty() {
    let server = Server::answering(Answer::status(429)).await;
    let client = builder(&server.url()).build().unwrap();
    let handles = [client.clone(), client.with_total_timeout(Duration::from_secs(30))];
    let calls = stream::iter((0..200).zip(handles.iter().cycle()));
    let calls = calls.map(|(_, handle)| async move { handle.update(&destination(), &update()).await.unwrap_err() });
    let errors: Vec<_> = calls.buffer_unordered(64).collect().await;
    assert_eq!(server.seen().begun, 200 + 100, "the default budget is 100 retries");
    assert_eq!(errors.iter().map(|error| error.attempts() as usize).sum::<usize>(), 300);
    let is_told = |error: &&Error| error.to_string().ends_with("not retried: the retry budget is empty)");
    assert!(errors.iter().filter(is_told).count() > 100);
}

#[tokio::test]
async fn retry_if_can_veto_but_not_cause_a_retry() {
    struct Row {
        name: &'static str,
        server: Behavior,
        policy: RetryPolicy,
        attempts: u32,
    }
    let throttled = || Behavior::answer(Answer::status(429));
    let lost = Behavior::close_after_reading;
    let rejected = Behavior::answer(Answer::status(400).code(6_451_000, "wrong"));
    // A closure may have a state of its own.
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let once = quick().max_attempts(9).retry_if(move |_| counter.fetch_add(1, Ordering::SeqCst) < 2);
    let rows = [
        Row { name: "agreed", server: throttled(), policy: quick().retry_if(|_| true), attempts: 3 },
        Row { name: "agreed twice", server: throttled(), policy: once, attempts: 3 },
        Row {
            name: "declined by an is_… method",
            server: throttled(),
            policy: quick().retry_if(|error| !error.is_throttled()),
            attempts: 1,
        },
        Row {
            name: "declined by the outcome",
            server: lost(),
            policy: quick().idempotent().retry_if(|error| error.outcome() != Outcome::Unknown),
            attempts: 1,
        },
        Row { name: "permanent", server: rejected, policy: quick().idempotent().retry_if(|_| true), attempts: 1 },
        Row { name: "unknown", server: lost(), policy: quick().retry_if(|_| true), attempts: 1 },
    ];
    for Row { name, server, policy, attempts } in rows {
        let server = Server::start(&[server]).await;
        let error = fail(builder(&server.url()).retry(policy)).await;
        assert_eq!((error.attempts(), server.seen().whole), (attempts, attempts as usize), "{name}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
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
    assert_eq!(call(builder(&server.url())).await.unwrap().attempts(), 2);
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
    let calls = join_all((0..script.clients).map(|_| call(builder(&server.url()).retry(policy.clone())))).await;
    assert!(calls.iter().all(|called| called.as_ref().unwrap().attempts() == 2));
    let mut arrivals = script.arrivals.lock().unwrap().clone();
    arrivals.sort_unstable();
    let (first, second) = arrivals.split_at(script.clients);
    assert!(second[0] - first[0] >= Duration::from_secs(1), "a client returned too early");
    // The retries are spread over two seconds; all fall into one second only once in 2^49 runs.
    assert!(second[second.len() - 1] - second[0] > Duration::from_secs(1), "all clients return at once");
}
