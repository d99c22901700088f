//! Simulated failures: the bytes on the wire, and whether the update is applied.

use std::{
    io::{Read, Write},
    net::TcpStream,
    panic::catch_unwind,
    time::{Duration, Instant},
};

use cinnox_destination::{
    ErrorCode, ErrorKind,
    mock::{Failure, MockServer},
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
async fn fails_requests_in_queued_order() {
    let server = start().await;
    server.fail_next(2, Failure::code(ErrorCode::TagNotFound));
    server.fail_next(1, Failure::code(ErrorCode::Other(77)).status(503).message("später").retry_after("7"));
    server.fail_next(0, Failure::code(ErrorCode::BadRequest));
    server.fail_next(
        1,
        Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
    );

    for _ in 0..2 {
        let error = failure(&server).await;
        assert_eq!((error.code(), error.status()), (Some(ErrorCode::TagNotFound), Some(StatusCode::BAD_REQUEST)));
        assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "tag not found"));
        assert_eq!(error.retry_after(), None);
    }
    let error = failure(&server).await;
    assert_eq!((error.code(), error.status()), (Some(ErrorCode::Other(77)), Some(StatusCode::SERVICE_UNAVAILABLE)));
    assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "später"));
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    let error = failure(&server).await;
    assert_eq!(error.headers().unwrap()["retry-after"], "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(server.destination(&id()), None);

    client(&server).update(&id(), &sample()).await.unwrap();
    assert_eq!((server.destination(&id()), server.request_count()), (Some(sample()), 5));
}

#[tokio::test]
async fn fails_until_the_failures_are_cleared() {
    let server = start().await;
    server.fail_next(usize::MAX, Failure::code(ErrorCode::BadRequest));
    server.fail_next(1, Failure::code(ErrorCode::TagNotFound));
    for _ in 0..3 {
        assert_eq!(failure(&server).await.code(), Some(ErrorCode::BadRequest));
    }
    server.clear_failures();
    client(&server).update(&id(), &sample()).await.unwrap();
}

#[tokio::test]
async fn responds_with_any_status_headers_and_body() {
    let server = start().await;
    for status in [200, 201, 302, 404, 407, 520, 599, 600, 999] {
        let failure = Failure::respond(status).header("x-served-by", "proxy").header("x-served-by", b"caf\xe9");
        server.fail_next(1, failure.header("location", "/x").body("<p>\0</p>"));
        let response = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let response = response.get(server.base_url()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        let served_by: Vec<_> = response.headers().get_all("x-served-by").iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(served_by, [&b"proxy"[..], b"caf\xe9"]);
        assert_eq!(
            (&response.headers()["location"], response.headers().get("content-type")),
            (&"/x".parse().unwrap(), None)
        );
        assert_eq!(response.bytes().await.unwrap(), "<p>\0</p>");
    }
    server.fail_next(1, Failure::respond(500));
    let response = written(&server);
    assert!(response.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{response}");
    assert!(response.contains("\r\ncontent-length: 0\r\n") && response.ends_with("\r\n\r\n"), "{response}");
}

#[tokio::test]
async fn body_and_message_replace_each_other() {
    struct Row {
        failure: Failure,
        body: &'static str,
        content_type: &'static str,
    }
    let server = start().await;
    let code = Failure::code(ErrorCode::TagNotFound);
    let (tag, json) = (r#"{"code":3000203,"message":"tag not found"}"#, "application/json");
    let (gone, down) = (r#"{"code":3000203,"message":"gone"}"#, r#"{"message":"down"}"#);
    for Row { failure, body, content_type } in [
        Row { failure: code.clone(), body: tag, content_type: json },
        Row { failure: code.clone().message("gone"), body: gone, content_type: json },
        Row { failure: code.clone().header("content-type", "text/x"), body: tag, content_type: "text/x" },
        Row { failure: Failure::respond(500).message("down"), body: down, content_type: json },
        Row { failure: Failure::respond(500).body("x").message("down"), body: down, content_type: json },
        Row { failure: code.body("plain"), body: "plain", content_type: "" },
    ] {
        server.fail_next(1, failure);
        let answer = answer(reqwest::Client::new().get(server.base_url())).await;
        let found = answer.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
        assert_eq!((&*answer.body, found), (body, content_type));
    }
}

#[tokio::test]
async fn closes_connection_after_incomplete_response() {
    struct Row {
        failure: Failure,
        written: &'static str,
    }
    let server = start().await;
    for Row { failure, written: expected } in [
        Row { failure: Failure::disconnect(), written: "" },
        Row { failure: Failure::raw("SSH-2.0-OpenSSH_9.6\r\n"), written: "SSH-2.0-OpenSSH_9.6\r\n" },
        Row { failure: Failure::disconnect_mid_response(), written: "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n" },
        Row {
            failure: Failure::disconnect_mid_response().status(502).header("server", "nginx").body("<h1>Ba"),
            written: "HTTP/1.1 502 Bad Gateway\r\nserver: nginx\r\ncontent-length: 7\r\n\r\n<h1>Ba",
        },
        Row {
            failure: Failure::respond(599).header("content-length", "9").body("short"),
            written: "HTTP/1.1 599 \r\ncontent-length: 9\r\n\r\nshort",
        },
        Row {
            failure: Failure::respond(200).header("transfer-encoding", "chunked").body("3\r\nabc\r\n"),
            written: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        },
        Row { failure: Failure::respond(103), written: "HTTP/1.1 103 Early Hints\r\n\r\n" },
        Row { failure: Failure::respond(101), written: "HTTP/1.1 101 Switching Protocols\r\n\r\n" },
    ] {
        server.fail_next(1, failure);
        assert_eq!(written(&server), expected);
    }
}

#[tokio::test]
async fn keeps_the_connection_after_a_complete_response() {
    let server = start().await;
    server.fail_next(1, Failure::respond(503).body("first"));
    server.fail_next(1, Failure::respond(503).body("second"));
    let mut stream = connect(&server);
    for body in ["first", "second"] {
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
async fn delays_a_response() {
    let delay = Duration::from_millis(100);
    let server = start().await;
    for failure in [Failure::respond(500).delay(delay), Failure::disconnect().delay(delay), Failure::slow(delay)] {
        server.fail_next(1, failure);
        let begin = Instant::now();
        written(&server);
        assert!(begin.elapsed() >= delay);
    }
    server.fail_next(1, Failure::slow(delay));
    assert_eq!(client(&server).update(&id(), &sample()).await.unwrap().id(), "dest-1");

    server.fail_next(1, Failure::slow(delay));
    let error = client(&server).update(&"dest-2".parse().unwrap(), &sample()).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DestinationNotFound));
}

#[tokio::test]
async fn a_delayed_response_does_not_delay_others() {
    let server = start().await;
    server.fail_next(1, Failure::slow(Duration::from_secs(3600)));
    let (slow, client) = (client(&server), client(&server));
    let slow = tokio::spawn(async move { slow.update(&id(), &sample()).await.map(drop) });
    while server.request_count() == 0 {
        tokio::task::yield_now().await;
    }
    client.update(&id(), &sample()).await.unwrap();
    assert!(!slow.is_finished());
}

#[tokio::test]
async fn applies_update_of_failed_request_only_if_requested() {
    for failure in [
        Failure::code(ErrorCode::BadServiceResponse),
        Failure::respond(504),
        Failure::disconnect(),
        Failure::disconnect_mid_response(),
        Failure::raw("?"),
    ] {
        let server = start().await;
        server.fail_next(1, failure.clone());
        self::failure(&server).await;
        assert_eq!(server.destination(&id()), None, "{failure:?}");
        server.fail_next(1, failure.clone().applied());
        self::failure(&server).await;
        assert_eq!(server.destination(&id()), Some(sample()), "{failure:?}");
    }
}

#[tokio::test]
async fn does_not_apply_update_that_the_endpoint_would_reject() {
    let server = start().await;
    server.fail_next(1, Failure::disconnect().applied());
    let stranger = Client::builder(&server.base_url(), server.app_id(), "wrong").retry(RetryPolicy::never());
    stranger.build().unwrap().update(&id(), &sample()).await.unwrap_err();
    assert_eq!(server.destination(&id()), None);
}

#[test]
fn panics_on_invalid_status_or_header() {
    let message = |failure: fn() -> Failure| *catch_unwind(failure).unwrap_err().downcast::<String>().unwrap();
    assert_eq!(message(|| Failure::respond(99)), "99 is not an HTTP status; use one from 100 to 999");
    assert_eq!(message(|| Failure::respond(200).status(1000)), "1000 is not an HTTP status; use one from 100 to 999");
    assert_eq!(message(|| Failure::disconnect().header("a b", "")), r#""a b" is not a valid header name"#);
    assert_eq!(message(|| Failure::disconnect().header("a", "\n")), r#""\n" is not a valid header value"#);
    assert_eq!(message(|| Failure::disconnect().retry_after("\0")), r#""\0" is not a valid header value"#);
}
