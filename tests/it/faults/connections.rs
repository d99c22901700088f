//! Connections between calls, and after a call is dropped.

use cinnox_destination::{
    Outcome::{Rejected, Unknown},
    TypeTargets,
};

use crate::support::{
    UPDATED,
    answer::Answer,
    builder, destination,
    observed::Observed,
    quick_if,
    server::{Behavior, Server},
    update,
};

#[tokio::test]
async fn connection_closed_between_calls_is_replaced() {
    let server = Server::start(&[Behavior::success().closing()]).await;
    let client = builder(&server.url()).build().unwrap();
    for call in 1..=5 {
        let response = client.update(&destination(), &update()).await.unwrap();
        assert_eq!((response.id(), response.attempts), ("dest-1", 1));
        server.until(|seen| seen.closed == call).await;
        assert_eq!((server.seen().connections, server.seen().whole), (call, call));
    }
}

#[tokio::test]
async fn clones_share_one_connection() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).build().unwrap();
    for _ in 0..5 {
        client.clone().update(&destination(), &update()).await.unwrap();
    }
    assert_eq!((server.seen().connections, server.seen().whole), (1, 5));
}

#[tokio::test]
async fn retries_pooled_connection_closed_mid_request_only_if_idempotent() {
    for end in [Behavior::close_after_reading(), Behavior::close_after_reading().resetting()] {
        for idempotent in [false, true] {
            let server = Server::start(&[Behavior::success(), end.clone(), Behavior::success()]).await;
            let client = builder(&server.url()).retry(quick_if(idempotent)).build().unwrap();
            client.update(&destination(), &update()).await.unwrap();
            let second = client.update(&destination(), &update()).await;
            if idempotent {
                assert_eq!(second.unwrap().attempts, 2);
            } else {
                assert_eq!(Observed::from(&second), Observed::failed("ConnectionLost", Unknown, None));
            }
            assert_eq!(server.seen().whole, if idempotent { 3 } else { 2 });
            client.update(&destination(), &update()).await.unwrap();
        }
    }
}

/// A response without a request must not be taken for the response to the next call.
#[tokio::test]
async fn ignores_unsolicited_response() {
    let ok: bytes::Bytes = Answer::status(200).body(UPDATED).into();
    let refusal = Behavior::answer(Answer::status(400).body(r#"{"code":6451000}"#));
    for _ in 0..20 {
        let server = Server::start(&[Behavior::answer(ok.repeat(2)), refusal.clone()]).await;
        let client = builder(&server.url()).build().unwrap();
        client.update(&destination(), &update()).await.unwrap();
        let second = client.update(&destination(), &update()).await;
        assert_eq!(Observed::from(&second), Observed::failed("Api(6451000)", Rejected, 400));
        assert_eq!((server.seen().connections, server.seen().whole), (2, 2));
    }
}

#[tokio::test]
async fn dropped_call_closes_its_connection_and_leaves_no_task() {
    // The update is too large for any socket buffer: when the server has read ten bytes, the client is still sending.
    let part = Behavior::close_while_reading().holding();
    let server = Server::start(&[part, Behavior::silence(), Behavior::success()]).await;
    // An idle connection would have its own task.
    let http = reqwest::Client::builder().pool_max_idle_per_host(0);
    let client = builder(&server.url()).http_client(http).build().unwrap();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let (id, update) = (destination(), update());
    let huge = update.clone().with_staff(["s".repeat(16 * 1024 * 1024)]);

    drop(client.update(&id, &update));
    assert_eq!((server.seen().connections, tasks()), (0, before), "before sending");

    for (closed, update, when) in [(1, &huge, "while sending"), (2, &update, "after sending")] {
        let mut call = Box::pin(client.update(&id, update));
        tokio::select! {
            result = &mut call => panic!("{when}: {result:?}"),
            () = server.until(|seen| seen.begun == closed) => drop(call),
        }
        server.until(|seen| seen.closed == closed).await;
        assert!(comes_down_to(before, tasks).await, "{when}");
        assert_eq!(server.seen().whole, closed - 1, "{when}");
    }

    let mut call = Box::pin(client.update(&id, &update));
    assert_eq!((&mut call).await.unwrap().id(), "dest-1");
    drop(call);
    server.until(|seen| seen.closed == 3).await;
    assert!(comes_down_to(before, tasks).await, "after the response");
    client.update(&id, &update).await.unwrap();
    assert_eq!(server.seen().whole, 3);
}

/// Whether the tasks end within 1,000 turns of the runtime.
async fn comes_down_to(before: usize, tasks: impl Fn() -> usize) -> bool {
    for _ in 0..1000 {
        if tasks() == before {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}
