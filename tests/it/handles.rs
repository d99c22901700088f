//! Handles derived from a client share its connections and differ in one setting.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use cinnox_destination::{
    Client,
    Outcome::{NotSent, Rejected, Unknown},
    RetryPolicy,
};

use crate::support::{
    TOKEN,
    answer::Answer,
    builder, destination,
    observed::Observed,
    quick,
    server::{Behavior, Script, Server, header},
    update,
};

const NEW_TOKEN: &str = "rotated-token-8c2d";

#[tokio::test]
async fn handles_share_one_connection() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).build().unwrap();
    let handles = [
        client.clone(),
        client.with_total_timeout(Duration::from_secs(300)),
        client.with_attempt_timeout(Duration::from_secs(100)),
        client.with_retry(RetryPolicy::never()),
        client.with_app_token(NEW_TOKEN).unwrap(),
        client.with_retry(quick()).with_total_timeout(Duration::from_secs(9)),
    ];
    // The handles live on without the client.
    drop(client);
    for handle in &handles {
        handle.update(&destination(), &update()).await.unwrap();
    }
    assert_eq!((server.seen().connections, server.seen().whole), (1, handles.len()));
}

#[tokio::test]
async fn zero_timeout_sends_nothing() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).build().unwrap();
    client.update(&destination(), &update()).await.unwrap();
    for handle in [client.with_total_timeout(Duration::ZERO), client.with_attempt_timeout(Duration::ZERO)] {
        let error = handle.with_retry(RetryPolicy::never()).update(&destination(), &update()).await.unwrap_err();
        assert_eq!((error.outcome(), error.is_timeout()), (NotSent, true), "{error}");
    }
    assert_eq!(server.seen().whole, 1);
}

#[tokio::test]
async fn timeouts_apply_to_their_handle_alone() {
    let server = Server::start(&[Behavior::silence()]).await;
    let client = builder(&server.url()).build().unwrap();
    let limit = Duration::from_millis(200);
    for (handle, kind) in
        [(client.with_total_timeout(limit), "Timeout::Total"), (client.with_attempt_timeout(limit), "Timeout::Attempt")]
    {
        let begin = Instant::now();
        let result = handle.update(&destination(), &update()).await;
        assert_eq!(Observed::from(&result), Observed::failed(kind, Unknown, None));
        assert!(begin.elapsed() >= limit);
    }
    let other = tokio::time::timeout(limit * 3, async { client.update(&destination(), &update()).await }).await;
    assert!(other.is_err(), "the client's own timeouts are longer: {other:?}");
}

#[tokio::test]
async fn retry_policy_applies_to_its_handle_alone() {
    let server = Server::answering(Answer::status(429)).await;
    let client = builder(&server.url()).build().unwrap();
    for (handle, attempts) in [
        (client.with_retry(RetryPolicy::never()), 1),
        (client.with_retry(quick().max_attempts(5)), 5),
        (client.clone(), 3),
    ] {
        let error = handle.update(&destination(), &update()).await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (Rejected, attempts));
    }
}

/// Throttles the first request after a delay, so that its call sends a second one; records the tokens.
#[derive(Clone, Default)]
struct SlowFirst {
    authorizations: Arc<Mutex<Vec<String>>>,
}

impl Script for SlowFirst {
    fn behavior(&self, request: usize) -> Behavior {
        match request {
            0 => Behavior::answer(Answer::status(429)).delayed(Duration::from_millis(300)),
            _ => Behavior::success(),
        }
    }

    fn arrived(&self, request: &str) {
        self.authorizations.lock().unwrap().extend(header(request, "authorization").map(str::to_owned));
    }
}

#[tokio::test]
async fn call_in_flight_keeps_its_token_after_rotation() {
    let script = SlowFirst::default();
    let server = Server::scripted(script.clone()).await;
    let client = builder(&server.url()).build().unwrap();
    let in_flight = {
        let client = client.clone();
        tokio::spawn(async move { client.update(&destination(), &update()).await })
    };
    server.until(|seen| seen.whole == 1).await;
    let rotated = client.with_app_token(NEW_TOKEN).unwrap();
    rotated.update(&destination(), &update()).await.unwrap();
    assert_eq!(in_flight.await.unwrap().unwrap().attempts, 2);
    client.update(&destination(), &update()).await.unwrap();

    let bearer = |token: &str| format!("Bearer {token}");
    let expected = [bearer(TOKEN), bearer(NEW_TOKEN), bearer(TOKEN), bearer(TOKEN)];
    assert_eq!(*script.authorizations.lock().unwrap(), expected);
}

#[test]
fn rejects_rotated_token_as_the_builder_does() {
    let client = builder("http://localhost:1").build().unwrap();
    for token in ["", "Bearer abc", "abc\n", "\"abc\"", "é"] {
        let rotated = client.with_app_token(token).unwrap_err().to_string();
        let built = Client::builder("http://localhost:1", "app-1", token).build().unwrap_err().to_string();
        assert_eq!(rotated, built);
    }
}
