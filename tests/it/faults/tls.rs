//! TLS: certificates of either side that are not accepted, handshakes that do not succeed, and the version of HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cinnox_destination::ClientBuilder;
use cinnox_destination::Outcome::{NotSent, Unknown};
use reqwest::Identity as ClientIdentity;
use tokio_rustls::rustls::{self, version};

use crate::support::answer::Answer;
use crate::support::observed::observed_error;
use crate::support::server::{Behavior, Server};
use crate::support::tls::{self, Authority, Identity, client};
use crate::support::{call, fail, quick_if};

#[tokio::test]
async fn certificate_failure_is_named_and_not_retried() {
    struct Row {
        certificate: &'static str,
        identity: Identity,
        cause: &'static str,
    }
    let authority = Authority::new("authority");
    let stranger = Authority::new("stranger");
    let unknown = "UnknownIssuer";
    let row = |certificate, identity, cause| Row { certificate, identity, cause };
    let rows = [
        row("self-signed", tls::self_signed("localhost", 2999), unknown),
        row("of another authority", stranger.issue("localhost", 2999), unknown),
        row(
            "for another name",
            authority.issue("elsewhere.test", 2999),
            "certificate not valid for name \"localhost\"",
        ),
        row("expired", authority.issue("localhost", 2001), "certificate expired"),
    ];
    for Row { certificate, identity, cause } in rows {
        for idempotent in [false, true] {
            let identity = (identity.0.clone(), identity.1.clone_key());
            let server = tls::start(identity, Behavior::success()).await;
            let error = fail(client(&server, &authority).retry(quick_if(idempotent))).await;
            let message = error.to_string();
            let begin = format!("the TLS connection failed: invalid peer certificate: {cause}");
            assert!(message.starts_with(&begin), "{certificate}: {message}");
            assert!(message.ends_with("and whether it wants one of the client"), "{certificate}: {message}");
            assert_eq!((observed_error(&error), error.attempts()), ("tls, not sent".to_owned(), 1), "{certificate}");
            assert!(!error.is_retryable() && error.is_connect(), "{certificate}");
            assert_eq!((server.seen().connections, server.seen().requests), (1, 0), "{certificate}");
        }
    }
    // With a valid certificate the same client succeeds, so only the certificates made the others fail.
    let server = tls::start(authority.issue("localhost", 2999), Behavior::success()).await;
    assert_eq!(call(client(&server, &authority)).await.unwrap().attempts(), 1);
}

/// Mutual TLS. With TLS 1.3, the server looks at the client's certificate after the client has finished its handshake and
/// may have written the request, so its alert can come too late to say that nothing was sent.
#[tokio::test]
async fn missing_client_certificate_is_named_and_not_retried() {
    struct Row {
        version: &'static rustls::SupportedProtocolVersion,
        alert: &'static str,
    }
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    for Row { version, alert } in [
        Row { version: &version::TLS13, alert: "received fatal alert: CertificateRequired" },
        Row { version: &version::TLS12, alert: "received fatal alert: " },
    ] {
        let mut outcomes = Vec::new();
        for round in 0..50 {
            let identity = authority.issue("localhost", 2999);
            let server = tls::serve(tls::accepting(identity, &[version], Some(&clients)), Behavior::success()).await;
            let error = fail(client(&server, &authority).retry(quick_if(round % 2 == 0))).await;
            assert_eq!(error.kind().as_str(), "tls", "{version:?}: {error:?}");
            assert!(error.to_string().starts_with(&format!("the TLS connection failed: {alert}")), "{error}");
            assert_eq!((error.attempts(), error.is_retryable()), (1, false), "{error}");
            assert_eq!((server.seen().connections, server.seen().whole), (1, 0), "{error}");
            outcomes.push(error.outcome());
        }
        let is_possible =
            |outcome| outcome == NotSent || outcome == Unknown && version.version == version::TLS13.version;
        assert!(outcomes.iter().all(|outcome| is_possible(*outcome)), "{version:?}: {outcomes:?}");
    }
    // With a certificate the same call succeeds.
    let acceptor = tls::accepting(authority.issue("localhost", 2999), &[&version::TLS13], Some(&clients));
    let server = tls::serve(acceptor, Behavior::success()).await;
    let own = ClientIdentity::from_pem(clients.issue_client("client").as_bytes()).unwrap();
    let trusting = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    call(client(&server, &authority).http_client(trusting.identity(own))).await.unwrap();
}

#[tokio::test]
async fn server_without_tls_is_not_sent_and_retried() {
    let authority = Authority::new("authority");
    for idempotent in [false, true] {
        let behavior = Behavior::close_while_reading().then(Answer::status(400).body("this is HTTP"));
        let server = Server::start(&[behavior]).await;
        let error = fail(client(&server, &authority).retry(quick_if(idempotent))).await;
        let cause = "could not connect: received corrupt message of type InvalidContentType; ";
        assert!(error.to_string().starts_with(cause), "{error}");
        assert_eq!((observed_error(&error), error.attempts()), ("connect, not sent".to_owned(), 3));
        assert_eq!(server.seen().connections, 3);
    }
}

/// The connection ends before the handshake or inside it, or the handshake is not answered.
#[tokio::test]
async fn handshake_that_does_not_end_is_not_sent_and_retried() {
    type Settings = fn(ClientBuilder) -> ClientBuilder;
    struct Row {
        server: Behavior,
        settings: Settings,
        result: &'static str,
        attempts: u32,
    }
    const LIMIT: Duration = Duration::from_millis(300);
    let authority = Authority::new("authority");
    let row = |server, settings: Settings, result, attempts| Row { server, settings, result, attempts };
    let silent = |settings, result, attempts| row(Behavior::silence(), settings, result, attempts);
    for Row { server, settings, result, attempts } in [
        row(Behavior::close_before_reading(), |client| client, "connect, not sent", 3),
        row(Behavior::close_while_reading(), |client| client, "connect, not sent", 3),
        silent(|client| client.connect_timeout(LIMIT), "connect timeout, not sent", 3),
        silent(|client| client.attempt_timeout(LIMIT), "attempt timeout, not sent", 3),
        silent(|client| client.total_timeout(LIMIT), "total timeout, not sent", 1),
    ] {
        let server = Server::start(&[server]).await;
        let error = fail(settings(client(&server, &authority))).await;
        assert_eq!((observed_error(&error), error.attempts()), (result.to_owned(), attempts));
        assert_eq!(server.seen().connections, attempts as usize, "{result}");
    }
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
    let own = http.build().unwrap().get(format!("https://localhost:{}", server.address.port())).send().await;
    assert!(own.is_err(), "the server speaks HTTP/1.1 only");
    call(client(&server, &authority)).await.unwrap();
    let chosen = chosen.lock().unwrap();
    assert_eq!(chosen.first(), Some(&Some(b"h2".to_vec())));
    assert_ne!(chosen.last(), Some(&Some(b"h2".to_vec())));
}
