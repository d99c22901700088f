//! Connections are reused and replaced, and a dropped call leaves nothing behind.

use std::{sync::Arc, time::Duration};

use cinnox_destination::{Client, ClientBuilder, DestinationUpdate, Outcome, RetryPolicy, TypeTargets};
use tokio::{runtime, time::sleep};

use crate::support::{
    UPDATED,
    answer::Answer,
    builder, destination,
    observed::{observed, observed_error},
    quick_if,
    server::{Behavior, Server},
    tls::{self, Authority},
    update,
};

/// The server closes each new connection at once. Some requests are written before the client notices and some are not;
/// the error must match what arrived.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcome_is_not_sent_exactly_if_no_byte_arrived() {
    struct Row<'a> {
        scheme: &'static str,
        server: &'a Server,
        client: ClientBuilder,
    }
    let authority = Authority::new("authority");
    for pooled in [true, false] {
        let plain = Server::start(&[Behavior::close_before_reading()]).await;
        let tls = tls::start(authority.issue("localhost", 2999), Behavior::close_before_reading()).await;
        let rows = [
            Row { scheme: "http", server: &plain, client: builder(&plain.url()) },
            Row { scheme: "https", server: &tls, client: tls::client(&tls, &authority) },
        ];
        for Row { scheme, server, client } in rows {
            let client = client.retry(RetryPolicy::never());
            let client = if pooled { client } else { client.idle_timeout(Duration::ZERO) }.build().unwrap();
            for round in 1..=300 {
                let before = server.seen();
                let error = client.update(&destination(), &update()).await.unwrap_err();
                server.until(|seen| seen.closed == round).await;
                if server.seen().arrived > before.arrived {
                    assert_eq!(observed_error(&error), "connection_lost, unknown", "{scheme}");
                } else {
                    assert_eq!(error.outcome(), Outcome::NotSent, "{scheme}, pooled: {pooled}, {round}: {error:?}");
                    assert!(error.is_retryable(), "{scheme}");
                }
            }
        }
    }
}

#[tokio::test]
async fn replaces_connection_closed_between_calls() {
    let server = Server::start(&[Behavior::success().closing()]).await;
    let client = builder(&server.url()).build().unwrap();
    for call in 1..=5 {
        assert_eq!(client.update(&destination(), &update()).await.unwrap().attempts(), 1);
        server.until(|seen| seen.closed == call).await;
        assert_eq!((server.seen().connections, server.seen().whole), (call, call));
    }
}

#[tokio::test]
async fn retries_pooled_connection_closed_mid_request_only_if_idempotent() {
    for end in [Behavior::close_after_reading(), Behavior::close_after_reading().resetting()] {
        for idempotent in [false, true] {
            let server = Server::start(&[Behavior::success(), end.clone(), Behavior::success()]).await;
            let client = builder(&server.url()).retry(quick_if(idempotent)).build().unwrap();
            client.update(&destination(), &update()).await.unwrap();
            let second = client.update(&destination(), &update()).await;
            assert_eq!(observed(&second), if idempotent { "updated" } else { "connection_lost, unknown" });
            assert_eq!(server.seen().whole, if idempotent { 3 } else { 2 });
            client.update(&destination(), &update()).await.unwrap();
        }
    }
}

/// A surplus response must not become the answer to the next call.
#[tokio::test]
async fn ignores_unsolicited_response() {
    let ok: bytes::Bytes = Answer::status(200).body(UPDATED).into();
    let refusal = Behavior::answer(Answer::status(400).code(6_451_000, ""));
    for _ in 0..20 {
        let server = Server::start(&[Behavior::answer(ok.repeat(2)), refusal.clone()]).await;
        let client = builder(&server.url()).build().unwrap();
        client.update(&destination(), &update()).await.unwrap();
        let second = client.update(&destination(), &update()).await;
        assert_eq!(observed(&second), "api 6451000, rejected, 400");
        assert_eq!((server.seen().connections, server.seen().whole), (2, 2));
    }
}

#[tokio::test]
async fn closes_idle_connection_after_the_idle_timeout() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).idle_timeout(Duration::from_millis(100)).build().unwrap();
    client.update(&destination(), &update()).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    client.update(&destination(), &update()).await.unwrap();
    assert_eq!(server.seen().connections, 2);
    client.clone().update(&destination(), &update()).await.unwrap();
    assert_eq!(server.seen().connections, 2, "within the idle timeout, a connection is kept");

    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).idle_timeout(Duration::ZERO).build().unwrap();
    for _ in 0..3 {
        client.update(&destination(), &update()).await.unwrap();
    }
    assert_eq!(server.seen().connections, 3, "an idle timeout of zero");
}

/// A `static` client in several `#[tokio::test]`s: each has a runtime of its own, and a pooled connection dies with the
/// runtime that made it.
#[test]
fn client_survives_the_runtime_that_made_its_connections() {
    fn attempts_in_new_runtimes(client: &Client) -> Vec<u32> {
        let runtime = || runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let update = |_| runtime().block_on(client.update(&destination(), &update())).unwrap().attempts();
        (0..30).map(update).collect()
    }
    let server_runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = server_runtime.block_on(Server::start(&[Behavior::success()]));
    let attempts = attempts_in_new_runtimes(&builder(&server.url()).build().unwrap());
    assert!(attempts.iter().all(|attempts| *attempts <= 2), "{attempts:?}");
    let unpooled = builder(&server.url()).idle_timeout(Duration::ZERO).build().unwrap();
    assert_eq!(attempts_in_new_runtimes(&unpooled), [1; 30]);
    assert_eq!(server.seen().whole, 60);
}

/// A generated client may be used for several calls at once, each with a response of its own.
#[tokio::test]
async fn concurrent_calls_of_a_generated_client_do_not_mix_their_responses() {
    let pause = Duration::from_millis(20);
    let rest = |id: &str| format!(r#"{{"code":200,"result":{{"id":"dest-{id}"}}}}"#);
    let script = move |request: usize| {
        let body = rest(&request.to_string());
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        Behavior::answer(head).then_bytewise(pause, body)
    };
    let server = Server::scripted(script).await;
    let client = builder(&server.url()).build().unwrap();
    let (api, app_id) = (Arc::new(client.generated()), client.app_id().clone());
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let (api, app_id) = (api.clone(), app_id.clone());
            tokio::spawn(async move { api.update_destination(&app_id, &destination(), &update()).await })
        })
        .collect();
    let mut ids = Vec::new();
    for call in calls {
        ids.push(call.await.unwrap().unwrap().id().to_owned());
    }
    ids.sort();
    assert_eq!(ids, ["dest-0", "dest-1", "dest-2"]);
}

#[tokio::test]
async fn dropped_call_closes_its_connection_and_leaves_no_task() {
    struct Row<'a> {
        when: &'static str,
        update: &'a DestinationUpdate,
        /// How many connections are closed afterwards.
        closed: usize,
    }
    // The server reads ten bytes of an update that no socket can buffer, so the client is still sending.
    let part = Behavior::close_while_reading().holding();
    let server = Server::start(&[part, Behavior::silence(), Behavior::success()]).await;
    // An idle connection would have a task of its own.
    let client = builder(&server.url()).idle_timeout(Duration::ZERO).build().unwrap();
    let tasks = || runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let (id, update) = (destination(), update());
    let huge = update.clone().with_staff(["s".repeat(16 * 1024 * 1024)]);

    drop(client.update(&id, &update));
    assert_eq!((server.seen().connections, tasks()), (0, before), "before sending");
    for Row { when, update, closed } in [
        Row { when: "while sending", update: &huge, closed: 1 },
        Row { when: "after sending", update: &update, closed: 2 },
    ] {
        let mut call = Box::pin(client.update(&id, update));
        tokio::select! {
            result = &mut call => panic!("{when}: {result:?}"),
            () = server.until(|seen| seen.begun == closed) => drop(call),
        }
        server.until(|seen| seen.closed == closed).await;
        assert!(falls_back_to(before, tasks).await, "{when}");
        assert_eq!(server.seen().whole, closed - 1, "{when}");
    }
    client.update(&id, &update).await.unwrap();
    server.until(|seen| seen.closed == 3).await;
    assert!(falls_back_to(before, tasks).await, "after the response");
}

/// Whether the number of tasks falls back within as many turns of the runtime as that can need.
async fn falls_back_to(before: usize, tasks: impl Fn() -> usize) -> bool {
    for _ in 0..1000 {
        if tasks() == before {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}
