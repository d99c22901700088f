//! Between the client and the network: whether a byte of a request was sent, which protocol is spoken, and how long
//! connections live.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::{
    Client, ClientBuilder, ConfigError,
    Outcome::{NotSent, Unknown},
    RetryPolicy,
};
use tokio::{runtime, time::sleep};

use crate::support::{
    builder, destination,
    observed::Observed,
    process,
    server::{Behavior, Server},
    tls::{self, Authority},
    update,
};

/// A client for a TLS server that shows a certificate of `authority`.
fn secure(server: &Server, authority: &Authority) -> ClientBuilder {
    let http = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    builder(&format!("https://localhost:{}", server.address.port())).http_client(http)
}

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
            Row { scheme: "https", server: &tls, client: secure(&tls, &authority) },
        ];
        for Row { scheme, server, client } in rows {
            let client = client.retry(RetryPolicy::never());
            let client = if pooled { client } else { client.idle_timeout(Duration::ZERO) }.build().unwrap();
            let (mut sent, mut not_sent) = (0, 0);
            for round in 1..=300 {
                let before = server.seen();
                let error = client.update(&destination(), &update()).await.unwrap_err();
                server.until(|seen| seen.closed == round).await;
                if server.seen().arrived > before.arrived {
                    sent += 1;
                    assert_eq!(Observed::from(&error), Observed::failed("ConnectionLost", Unknown, None), "{scheme}");
                } else {
                    not_sent += 1;
                    assert_eq!(error.outcome(), NotSent, "{scheme}, pooled: {pooled}, round {round}: {error:?}");
                    assert!(error.is_retryable(), "{scheme}");
                }
            }
            println!("{scheme}, pooled: {pooled}: {not_sent} not sent, {sent} sent");
        }
    }
}

/// The connection ends before the TLS handshake or inside it.
#[tokio::test]
async fn connection_that_ends_in_the_tls_handshake_is_not_sent() {
    let authority = Authority::new("authority");
    for behavior in [Behavior::close_before_reading(), Behavior::close_while_reading()] {
        let server = Server::start(&[behavior]).await;
        let error = secure(&server, &authority).build().unwrap().update(&destination(), &update()).await.unwrap_err();
        assert_eq!(Observed::from(&error), Observed::failed("Connect", NotSent, None));
        assert_eq!((error.attempts(), server.seen().connections), (3, 3));
    }
}

/// The server takes TCP connections and is slow to answer the TLS handshake.
#[tokio::test]
async fn handshake_slower_than_an_attempt_is_not_sent_and_retried() {
    let authority = Authority::new("authority");
    let acceptor = tls::acceptor(authority.issue("localhost", 2999));
    let slow = move |stream| {
        let acceptor = acceptor.clone();
        async move {
            sleep(Duration::from_secs(2)).await;
            acceptor.accept(stream).await
        }
    };
    let server = Server::over(slow, |_: usize| Behavior::success()).await;
    let limit = Duration::from_millis(200);
    let attempt = secure(&server, &authority).attempt_timeout(limit).build().unwrap();
    let error = attempt.update(&destination(), &update()).await.unwrap_err();
    assert_eq!(Observed::from(&error), Observed::failed("Timeout::Attempt", NotSent, None));
    assert_eq!((error.attempts(), server.seen().requests), (3, 0));

    let total = secure(&server, &authority).total_timeout(limit).build().unwrap();
    let error = total.update(&destination(), &update()).await.unwrap_err();
    assert_eq!(Observed::from(&error), Observed::failed("Timeout::Total", NotSent, None));
    assert_eq!((error.attempts(), server.seen().requests), (1, 0));

    // With enough time the same call succeeds.
    let patient = secure(&server, &authority).build().unwrap();
    assert_eq!(patient.update(&destination(), &update()).await.unwrap().attempts, 1);
}

#[tokio::test]
async fn speaks_http1_to_a_server_that_prefers_http2() {
    let authority = Authority::new("authority");
    let acceptor = tls::acceptor(authority.issue("localhost", 2999));
    let chosen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&chosen);
    let layer = move |stream| {
        let (acceptor, record) = (acceptor.clone(), Arc::clone(&record));
        async move {
            let stream = acceptor.accept(stream).await?;
            record.lock().unwrap().push(stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec));
            Ok(stream)
        }
    };
    let server = Server::over(layer, |_: usize| Behavior::success()).await;
    // A caller's own builder would choose HTTP/2, which this crate's dev-dependencies turn on.
    let http = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    let url = format!("https://localhost:{}", server.address.port());
    let own = http.build().unwrap().get(&url).send().await;
    assert!(own.is_err(), "the server speaks HTTP/1.1 only");
    secure(&server, &authority).build().unwrap().update(&destination(), &update()).await.unwrap();
    let chosen = chosen.lock().unwrap();
    assert_eq!(chosen.first(), Some(&Some(b"h2".to_vec())));
    assert_ne!(chosen.last(), Some(&Some(b"h2".to_vec())));
}

#[tokio::test]
async fn names_read_timeout_of_the_callers_http_client() {
    let server = Server::start(&[Behavior::silence()]).await;
    let http = reqwest::Client::builder().read_timeout(Duration::from_millis(200));
    let client = builder(&server.url()).http_client(http).build().unwrap();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    assert_eq!(Observed::from(&error), Observed::failed("Timeout::Read", Unknown, None));
    assert!(error.is_timeout() && error.to_string().contains("read timeout"), "{error}");
}

#[tokio::test]
async fn closes_idle_connection_after_the_idle_timeout() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).idle_timeout(Duration::from_millis(100)).build().unwrap();
    client.update(&destination(), &update()).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    client.update(&destination(), &update()).await.unwrap();
    assert_eq!(server.seen().connections, 2);
    client.update(&destination(), &update()).await.unwrap();
    assert_eq!(server.seen().connections, 2, "within the idle timeout, a connection is kept");
}

#[tokio::test]
async fn idle_timeout_of_zero_opens_a_connection_for_each_attempt() {
    let server = Server::start(&[Behavior::success()]).await;
    let client = builder(&server.url()).idle_timeout(Duration::ZERO).build().unwrap();
    for _ in 0..3 {
        client.update(&destination(), &update()).await.unwrap();
    }
    assert_eq!(server.seen().connections, 3);
}

/// A `static` client in several `#[tokio::test]`s: each has a runtime of its own, and a pooled connection dies with the
/// runtime that made it.
#[test]
fn client_survives_the_runtime_that_made_its_connections() {
    fn runtime() -> runtime::Runtime {
        runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }
    fn attempts_in_new_runtimes(client: &Client) -> Vec<u32> {
        let update = |_| runtime().block_on(client.update(&destination(), &update())).unwrap().attempts;
        (0..30).map(update).collect()
    }
    let server_runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = server_runtime.block_on(Server::start(&[Behavior::success()]));

    let pooled = builder(&server.url()).build().unwrap();
    let attempts = attempts_in_new_runtimes(&pooled);
    assert!(attempts.iter().all(|attempts| *attempts <= 2), "{attempts:?}");

    let unpooled = builder(&server.url()).idle_timeout(Duration::ZERO).build().unwrap();
    assert_eq!(attempts_in_new_runtimes(&unpooled), [1; 30]);
    assert_eq!(server.seen().whole, 60);
}

/// In a process of its own, because of the environment. As in a container image without certificates.
#[tokio::test]
async fn explains_missing_ca_certificates_and_needs_none_for_http_on_loopback() {
    const TEST: &str = "explains_missing_ca_certificates_and_needs_none_for_http_on_loopback";
    if !process::is_own() {
        let nowhere = [("SSL_CERT_FILE", "/nonexistent/roots.pem"), ("SSL_CERT_DIR", "/nonexistent")];
        return process::run(module_path!(), TEST, &nowhere);
    }
    let server = Server::start(&[Behavior::success()]).await;
    let client = Client::builder(&server.url(), "app-1", "token-12345").build().unwrap();
    client.update(&destination(), &update()).await.unwrap();

    // Only on Linux can the roots be missing; elsewhere they are part of the operating system.
    if cfg!(target_os = "linux") {
        let error = Client::builder("https://nowhere.test", "app-1", "token-12345").build().unwrap_err();
        assert!(matches!(error, ConfigError::HttpClient { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "TLS cannot be set up; install the system's CA certificates (package `ca-certificates`), or let \
             SSL_CERT_FILE name a file with them"
        );
    }
}
