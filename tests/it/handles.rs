//! Handles derived from a client share its connections and its App Token, and differ in one setting.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use cinnox_destination::{Client, Outcome, RetryPolicy};

use crate::support::{
    TOKEN, all_texts,
    answer::Answer,
    builder, destination,
    observed::observed,
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
        client.with_retry(quick()).with_total_timeout(Duration::from_secs(9)),
    ];
    // The handles live on without the client.
    drop(client);
    for handle in &handles {
        handle.update(&destination(), &update()).await.unwrap();
    }
    assert_eq!((server.seen().connections, server.seen().whole), (1, handles.len()));
    for handle in [handles[0].with_total_timeout(Duration::ZERO), handles[3].with_attempt_timeout(Duration::ZERO)] {
        let error = handle.update(&destination(), &update()).await.unwrap_err();
        assert_eq!((error.outcome(), error.is_timeout()), (Outcome::NotSent, true), "{error}");
    }
    assert_eq!(server.seen().whole, handles.len(), "a timeout of zero sends nothing");
}

#[tokio::test]
async fn settings_apply_to_their_handle_alone() {
    let server = Server::start(&[Behavior::silence()]).await;
    let client = builder(&server.url()).build().unwrap();
    let limit = Duration::from_millis(200);
    for (handle, result) in [
        (client.with_total_timeout(limit), "total timeout, unknown"),
        (client.with_attempt_timeout(limit), "attempt timeout, unknown"),
    ] {
        let begin = Instant::now();
        assert_eq!(observed(&handle.update(&destination(), &update()).await), result);
        assert!(begin.elapsed() >= limit);
    }
    let other = tokio::time::timeout(limit * 3, async { client.update(&destination(), &update()).await }).await;
    assert!(other.is_err(), "the client's own timeouts are longer: {other:?}");

    let server = Server::answering(Answer::status(429)).await;
    let client = builder(&server.url()).build().unwrap();
    let never = client.with_retry(RetryPolicy::never());
    for (handle, attempts) in [(never, 1), (client.with_retry(quick().max_attempts(5)), 5), (client, 3)] {
        assert_eq!(handle.update(&destination(), &update()).await.unwrap_err().attempts(), attempts);
    }
}

/// Rejects each token but the new one, in a message with both, and records the tokens. The first response is late.
#[derive(Clone, Default)]
struct Rotates {
    seen: Arc<Mutex<Vec<String>>>,
    throttles_first: bool,
}

impl Script for Rotates {
    fn behavior(&self, request: usize) -> Behavior {
        let late = Duration::from_millis(300);
        let echo = format!("neither {TOKEN} nor {NEW_TOKEN}");
        match request {
            0 if self.throttles_first => Behavior::answer(Answer::status(429)).delayed(late),
            0 => Behavior::answer(Answer::status(400).header("x-echo", TOKEN).code(400, &echo)).delayed(late),
            _ => Behavior::success(),
        }
    }

    fn arrived(&self, request: &str) {
        self.seen.lock().unwrap().extend(header(request, "authorization").map(str::to_owned));
    }
}

async fn in_flight(client: &Client, server: &Server) -> tokio::task::JoinHandle<CallResult> {
    let call = client.clone();
    let in_flight = tokio::spawn(async move { call.update(&destination(), &update()).await });
    server.until(|seen| seen.whole == 1).await;
    in_flight
}

type CallResult = cinnox_destination::Result<cinnox_destination::Response<cinnox_destination::UpdatedDestination>>;

#[tokio::test]
async fn new_token_is_used_by_all_handles_from_their_next_attempt_on() {
    let script = Rotates { throttles_first: true, ..Rotates::default() };
    let server = Server::scripted(script.clone()).await;
    let client = builder(&server.url()).build().unwrap();
    let handles = [client.clone(), client.with_retry(RetryPolicy::never()), client.with_total_timeout(Duration::MAX)];
    let call = in_flight(&client, &server).await;
    handles[1].set_app_token(NEW_TOKEN).unwrap();
    assert_eq!(call.await.unwrap().unwrap().attempts(), 2);
    for handle in &handles {
        handle.update(&destination(), &update()).await.unwrap();
    }
    client.generated().update_destination(client.app_id(), &destination(), &update()).await.unwrap();
    let bearer = |token: &str| format!("Bearer {token}");
    let expected = [vec![bearer(TOKEN)], vec![bearer(NEW_TOKEN); 5]].concat();
    assert_eq!(*script.seen.lock().unwrap(), expected);
}

/// An attempt in flight is redacted by the token that it carried.
#[tokio::test]
async fn redacts_by_the_token_of_the_attempt() {
    let server = Server::scripted(Rotates::default()).await;
    let client = builder(&server.url()).build().unwrap();
    let call = in_flight(&client, &server).await;
    client.set_app_token(NEW_TOKEN).unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert!(!all_texts(&error).contains(TOKEN), "{}", all_texts(&error));
    assert_eq!(error.headers().unwrap()["x-echo"], "***");
}

#[test]
fn rejects_new_token_as_the_builder_does() {
    let client = builder("http://localhost:1").build().unwrap();
    for token in ["", "Bearer abc", "abc\n", "\"abc\"", "é"] {
        let built = builder("http://localhost:1").app_token(token).build().unwrap_err();
        assert_eq!(client.set_app_token(token), Err(built));
    }
}
