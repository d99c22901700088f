//! Simulated failures: the bytes on the wire, their order, and whether the update is applied.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::*;

/// What a server writes until it closes the connection. The server has its own thread, so blocking is harmless.
fn written(server: &MockServer) -> String {
    let mut stream = connect(server);
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut written = String::new();
    stream.read_to_string(&mut written).unwrap();
    written
}

fn connect(server: &MockServer) -> TcpStream {
    TcpStream::connect(server.base_url().strip_prefix("http://").unwrap()).unwrap()
}

#[tokio::test]
async fn fails_requests_in_queued_order_until_cleared() {
    let server = start().await;
    server.fail_next(2, coded(TAG_NOT_FOUND));
    server.fail_next(0, coded(400));
    server.fail_next(1, Failure::api(ErrorCode::new(77), "später").status(503).retry_after("7"));
    server.fail_always(Failure::respond(502));
    server.fail_next(1, coded(AMBIGUOUS));
    let mut found = Vec::new();
    for _ in 0..6 {
        let error = failure(&server).await;
        found.push((status(&error).unwrap(), code(&error), error.retry_after().map(|delay| delay.as_secs())));
    }
    let tag = (400, Some(TAG_NOT_FOUND), None);
    let outage = (502, None, None);
    assert_eq!(found, [tag, tag, (503, Some(77), Some(7)), outage, outage, outage]);
    assert_eq!(server.destination(&id()), None);
    server.clear_failures();
    client(&server).update(&id(), &sample()).await.unwrap();
    assert_eq!((server.destination(&id()), server.request_count()), (Some(sample()), 7));
}

#[tokio::test]
async fn writes_response_as_described() {
    struct Row {
        failure: Failure,
        written: &'static str,
    }
    let row = |failure, written| Row { failure, written };
    let server = start().await;
    for Row { failure, written: expected } in [
        row(Failure::disconnect(), ""),
        row(Failure::raw("SSH-2.0-OpenSSH_9.6\r\n"), "SSH-2.0-OpenSSH_9.6\r\n"),
        row(half_a_response(), "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
    ] {
        server.fail_next(1, failure);
        assert_eq!(written(&server), expected);
    }
}

#[tokio::test]
async fn responds_with_status_headers_and_body() {
    let server = start().await;
    for status in [200, 201, 302, 404, 520, 600, 999] {
        let failure = Failure::respond(status).header("server", "a").header("server", b"caf\xe9");
        server.fail_next(1, failure.header("location", "/x").body("<p>\0</p>"));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = answer(http.get(server.base_url())).await;
        assert_eq!((answer.status, &*answer.body), (status, "<p>\0</p>"));
        assert_eq!(
            (answer.headers["server"].as_bytes(), answer.headers["location"].as_bytes()),
            (&b"caf\xe9"[..], &b"/x"[..])
        );
        assert_eq!(
            (answer.headers.get("content-type"), answer.headers["content-length"].as_bytes()),
            (None, &b"8"[..])
        );
    }
    server.fail_next(1, coded(TAG_NOT_FOUND));
    let answer = request(&server, Method::GET, "/", "", &json!(1)).await;
    assert_eq!((answer.status, answer.json()), (400, json!({ "code": TAG_NOT_FOUND, "message": "tag not found" })));
}

#[tokio::test]
async fn keeps_connection_after_complete_response() {
    let server = start().await;
    let mut stream = connect(&server);
    for body in ["first", "second"] {
        server.fail_next(1, Failure::respond(503).body(body));
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut received = Vec::new();
        while !received.ends_with(body.as_bytes()) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            received.push(byte[0]);
        }
    }
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn delays_its_response_alone() {
    let delay = Duration::from_millis(100);
    let server = start().await;
    for failure in [Failure::respond(500).delay(delay), Failure::disconnect().delay(delay), Failure::slow(delay)] {
        server.fail_next(1, failure);
        let begin = Instant::now();
        written(&server);
        assert!(begin.elapsed() >= delay);
    }
    server.fail_next(1, Failure::slow(Duration::from_secs(3600)));
    let (slow, client) = (client(&server), client(&server));
    let slow = tokio::spawn(async move { slow.update(&id(), &sample()).await.map(drop) });
    while server.request_count() == 3 {
        tokio::task::yield_now().await;
    }
    client.update(&id(), &sample()).await.unwrap();
    assert!(!slow.is_finished());
}

#[tokio::test]
async fn applies_update_of_failed_request_only_if_requested() {
    for failure in [coded(AMBIGUOUS), Failure::respond(504), Failure::disconnect(), half_a_response()] {
        let server = start().await;
        server.fail_next(1, failure.clone());
        self::failure(&server).await;
        assert_eq!(server.destination(&id()), None, "{failure:?}");

        let failure = failure.applied();
        server.fail_next(2, failure.clone());
        let stranger = server.client_builder().app_token("wrong").retry(RetryPolicy::never()).build().unwrap();
        stranger.update(&id(), &sample()).await.unwrap_err();
        assert_eq!(server.destination(&id()), None, "{failure:?}");
        self::failure(&server).await;
        assert_eq!(server.destination(&id()), Some(sample()), "{failure:?}");
    }
}
