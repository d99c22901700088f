//! With a paused clock, calls of the server's own clients take no time, and simulated delays are timeouts at once.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// Each round has its own runtime, as each `#[tokio::test]` has.
fn repeat<F: Future<Output = ()>>(rounds: usize, test: impl Fn() -> F) {
    for _ in 0..rounds {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().start_paused(true).build().unwrap().block_on(test());
    }
}

#[test]
fn call_takes_no_time() {
    repeat(200, async || {
        let server = start().await;
        let began = Instant::now();
        let client = server.client();
        for _ in 0..3 {
            client.update(&id(), &sample()).await.unwrap();
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(server.request_count(), 3);
    });
}

#[test]
fn concurrent_calls_in_tasks_succeed_beside_timers() {
    repeat(20, async || {
        let server = start().await;
        let client = server.client();
        let ticker = tokio::spawn(async {
            loop {
                sleep(Duration::from_millis(1)).await;
            }
        });
        let calls = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.update(&id(), &sample()).await.map(drop) })
        });
        for call in futures_util::future::join_all(calls).await {
            call.unwrap().unwrap();
        }
        ticker.abort();
    });
}

#[test]
fn retries_after_virtual_backoff_and_retry_after() {
    repeat(20, async || {
        let server = start().await;
        server.fail_next(1, coded(THROTTLED).retry_after("7"));
        server.fail_next(1, coded(THROTTLED));
        let began = Instant::now();
        server.client().update(&id(), &sample()).await.unwrap();
        assert!(began.elapsed() >= Duration::from_secs(7), "{:?}", began.elapsed());
        assert_eq!(server.request_count(), 3);
    });
}

#[test]
fn any_delay_is_a_timeout_and_the_next_attempt_succeeds() {
    repeat(20, async || {
        let server = start().await;
        for delay in [Duration::from_secs(14), Duration::MAX] {
            server.fail_next(1, Failure::slow(delay));
            let (began, real) = (Instant::now(), std::time::Instant::now());
            let error = failure(&server).await;
            assert!(error.is_timeout(), "{error}");
            assert_eq!((error.outcome(), began.elapsed()), (Outcome::Unknown, Duration::from_secs(15)));
            assert!(real.elapsed() < Duration::from_secs(5), "{:?}", real.elapsed());
        }
        assert_eq!(server.destination(&id()), Some(sample()));

        server.fail_next(1, Failure::respond(200).delay(HOUR));
        let client = server.client().with_retry(RetryPolicy::default().idempotent());
        client.update(&id(), &sample()).await.unwrap();
        assert_eq!(server.request_count(), 4);
    });
}

#[test]
fn clock_runs_again_after_cancelled_and_failed_calls() {
    repeat(20, async || {
        let server = start().await;
        server.fail_next(1, Failure::slow(HOUR));
        let (call, client) = (client(&server), client(&server));
        let call = tokio::spawn(async move { call.update(&id(), &sample()).await.map(drop) });
        while server.request_count() == 0 {
            tokio::task::yield_now().await;
        }
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        drop(server);
        assert_eq!(client.update(&id(), &sample()).await.unwrap_err().outcome(), Outcome::NotSent);
        let began = Instant::now();
        sleep(HOUR).await;
        assert_eq!(began.elapsed(), HOUR);
    });
}
