//! Starting, sharing and dropping servers, and what they log.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::support::{logs, process};

#[tokio::test]
async fn servers_share_nothing() {
    let (one, stale) = (start().await, start().await);
    let client_of_stale = client(&stale);
    drop(stale);
    // Any of these may get the port of the dropped server.
    let others = [start().await, start().await, start().await];
    client_of_stale.update(&id(), &sample()).await.unwrap_err();
    client(&one).update(&id(), &sample()).await.unwrap();
    assert!(others.iter().all(|other| other.destination(&id()).is_none() && other.base_url() != one.base_url()));
}

#[tokio::test]
async fn concurrent_calls_get_their_own_responses() {
    let server = start().await;
    let client = client(&server);
    let calls = (0..64).map(|number| {
        let (client, id) = (client.clone(), format!("number-{number}").parse::<DestinationId>().unwrap());
        if number % 2 == 0 {
            server.add_destination(&id);
        }
        let update = sample().with_staff([id.as_str()]);
        tokio::spawn(async move { (client.update(&id, &update).await.map(|updated| updated.id().to_owned()), id) })
    });
    for (number, call) in futures_util::future::join_all(calls).await.into_iter().enumerate() {
        let (result, id) = call.unwrap();
        let expected = if number % 2 == 0 { Ok(id.to_string()) } else { Err(Some(NOT_FOUND)) };
        assert_eq!(result.map_err(|error| code(&error)), expected);
        let stored = server.destination(&id).map(|held| held.staff_targets);
        assert_eq!(stored, (number % 2 == 0).then(|| vec![id.to_string()]));
    }
    assert_eq!(server.request_count(), 64);
}

#[tokio::test]
async fn runs_sixty_servers_at_once() {
    let mut servers = Vec::new();
    for _ in 0..60 {
        servers.push(start().await);
    }
    for server in &servers {
        client(server).update(&id(), &sample()).await.unwrap();
    }
    assert!(servers.iter().all(|server| server.request_count() == 1 && server.destination(&id()) == Some(sample())));
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
    assert_eq!(waiting.await.unwrap().unwrap_err().outcome(), Outcome::Unknown);
    assert_eq!(other.update(&id(), &sample()).await.unwrap_err().outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn no_log_line_of_any_crate_shows_token() {
    if !process::run_in_own(module_path!(), "no_log_line_of_any_crate_shows_token") {
        return;
    }
    logs::record();
    let server = start().await;
    client(&server).update(&id(), &sample()).await.unwrap();
    for failure in [coded(TAG_NOT_FOUND), Failure::disconnect(), half_a_response(), Failure::raw("?")] {
        server.fail_next(1, failure);
        self::failure(&server).await;
    }
    request(&server, Method::PATCH, PATH, "mock-token-wrong", &body()).await;
    assert!(server.app_token().starts_with("mock-token-"));
    let logged = logs::recorded();
    assert!(!logged.is_empty());
    assert_eq!(logged.lines().find(|line| line.contains("mock-token-")), None);
}
