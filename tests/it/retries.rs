//! `retry_if` with a real server. Delays, the budget and `Retry-After` are tested beside the policy and the attempt loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cinnox_destination::{Outcome, RetryPolicy};

use crate::support::answer::Answer;
use crate::support::server::{Behavior, Server};
use crate::support::{builder, fail, quick};

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
