//! Starting, sharing and dropping servers.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use cinnox_destination::{
    ErrorCode, ErrorKind, Timeout,
    mock::{ErrorBuilder, Failure, MockServer, Received},
};

use super::*;

#[tokio::test]
async fn client_of_dropped_server_cannot_write_to_another_one() {
    let one = start().await;
    let stale = client(&one);
    drop(one);
    // Any of these may get the port of the first server.
    let others = [start().await, start().await, start().await];
    stale.update(&id(), &sample()).await.unwrap_err();
    assert!(others.iter().all(|other| other.destination(&id()).is_none()));
}

#[tokio::test]
async fn two_servers_share_nothing() {
    let (one, other) = (start().await, start().await);
    client(&one).update(&id(), &sample()).await.unwrap();
    assert_ne!(one.base_url(), other.base_url());
    assert_eq!((other.request_count(), other.destination(&id())), (0, None));
}

#[tokio::test]
async fn concurrent_calls_get_their_own_responses() {
    let server = start().await;
    let client = client(&server);
    let calls = (0..64).map(|number| {
        let (client, id) = (client.clone(), format!("dest-{number}").parse::<DestinationId>().unwrap());
        if number % 2 == 0 {
            server.add_destination(&id);
        }
        let update = sample().with_staff([id.as_str()]);
        tokio::spawn(async move { (client.update(&id, &update).await.map(|reply| reply.id().to_owned()), id, number) })
    });
    for call in futures_util::future::join_all(calls).await {
        let (result, id, number) = call.unwrap();
        match result {
            Ok(updated) => assert_eq!((updated, number % 2 == 0 || number == 1), (id.to_string(), true)),
            Err(error) => assert_eq!((error.code(), number % 2), (Some(ErrorCode::DestinationNotFound), 1)),
        }
    }
    for number in (0..64).filter(|number| number % 2 == 0) {
        let id: DestinationId = format!("dest-{number}").parse().unwrap();
        assert_eq!(server.destination(&id).map(|held| held.staff_targets), Some(vec![id.to_string()]));
    }
    assert_eq!(server.request_count(), 64);
}

/// Two such tests run in parallel.
async fn update_with_sixty_servers() {
    let mut servers = Vec::new();
    for _ in 0..60 {
        servers.push(start().await);
    }
    for server in &servers {
        client(server).update(&id(), &sample()).await.unwrap();
    }
    for server in &servers {
        assert_eq!((server.destination(&id()), server.request_count()), (Some(sample()), 1));
    }
}

#[tokio::test]
async fn runs_sixty_servers_at_once() {
    update_with_sixty_servers().await;
}

#[tokio::test]
async fn runs_sixty_more_servers_in_parallel() {
    update_with_sixty_servers().await;
}

#[test]
fn several_runtimes_share_server() {
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }
    // The runtime that started the server ends immediately.
    let server = block_on(start());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                block_on(async {
                    let client = client(&server);
                    for _ in 0..25 {
                        client.update(&id(), &sample()).await.unwrap();
                    }
                });
            });
        }
    });
    assert_eq!(server.request_count(), 100);
}

#[tokio::test]
async fn drop_closes_connections_and_frees_port() {
    let server = start().await;
    let address = server.base_url().strip_prefix("http://").unwrap().to_owned();
    server.fail_next(1, Failure::slow(Duration::from_secs(3600)));
    let client = client(&server);
    let (waiting, other) = (client.clone(), client);
    let waiting = tokio::spawn(async move { waiting.update(&id(), &sample()).await.map(drop) });
    while server.request_count() == 0 {
        tokio::task::yield_now().await;
    }

    let begin = Instant::now();
    drop(server);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    TcpListener::bind(&address).unwrap();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let error = other.update(&id(), &sample()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test(start_paused = true)]
async fn responds_after_paused_clock_is_resumed() {
    let server = start().await;
    tokio::time::resume();
    client(&server).update(&id(), &sample()).await.unwrap();
}

#[tokio::test]
async fn paused_clock_skips_the_wait_for_a_timeout() {
    let server = start().await;
    let client = client(&server);
    client.update(&id(), &sample()).await.unwrap();
    server.fail_next(usize::MAX, Failure::slow(Duration::from_secs(3600)));

    let begin = Instant::now();
    tokio::time::pause();
    let error = client.update(&id(), &sample()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(Timeout::Attempt)), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());

    tokio::time::resume();
    server.clear_failures();
    client.update(&id(), &sample()).await.unwrap();
}

#[test]
fn public_types_are_send_sync_and_debug() {
    fn assert_bounds<T: Send + Sync + std::fmt::Debug>() {}
    assert_bounds::<MockServer>();
    assert_bounds::<Failure>();
    assert_bounds::<Received>();
    assert_bounds::<ErrorBuilder>();
}
