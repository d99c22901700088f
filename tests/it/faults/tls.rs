//! TLS: certificates that cannot be trusted, and handshakes that do not succeed.

use std::time::Duration;

use cinnox_destination::ClientBuilder;

use super::{ATTEMPT, fail, unreachable::assert_not_connected};
use crate::support::{
    answer::Answer,
    builder, destination,
    server::{Behavior, Server},
    tls::{self, Authority, Identity},
    update,
};

/// A client for `server` that trusts `authority`.
fn client(server: &Server, authority: &Authority) -> ClientBuilder {
    let http = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    builder(&format!("https://localhost:{}", server.address.port())).http_client(http)
}

#[tokio::test]
async fn reports_untrusted_certificate_as_not_sent() {
    struct Row {
        certificate: &'static str,
        identity: Identity,
        reason: &'static str,
    }
    let authority = Authority::new("authority");
    let stranger = Authority::new("stranger");
    let rows = [
        Row {
            certificate: "self-signed",
            identity: tls::self_signed("localhost", 2999),
            reason: "invalid peer certificate: UnknownIssuer",
        },
        Row {
            certificate: "of another authority",
            identity: stranger.issue("localhost", 2999),
            reason: "invalid peer certificate: UnknownIssuer",
        },
        Row {
            certificate: "for another name",
            identity: authority.issue("elsewhere.test", 2999),
            reason: "certificate not valid for name",
        },
        Row {
            certificate: "expired",
            identity: authority.issue("localhost", 2001),
            reason: "invalid peer certificate: certificate expired",
        },
    ];
    for Row { certificate, identity, reason } in rows {
        for idempotent in [false, true] {
            let identity = (identity.0.clone(), identity.1.clone_key());
            let server = tls::start(identity, Behavior::success()).await;
            let (error, elapsed) = fail(client(&server, &authority), idempotent).await;
            assert_not_connected(certificate, &error, "Connect", reason);
            assert_eq!((server.seen().connections, server.seen().requests), (3, 0), "{certificate}");
            assert!(elapsed < ATTEMPT, "{certificate}: {elapsed:?}");
        }
    }
    // With a valid certificate the same client succeeds, so only the certificates made the others fail.
    let server = tls::start(authority.issue("localhost", 2999), Behavior::success()).await;
    let response = client(&server, &authority).build().unwrap().update(&destination(), &update()).await.unwrap();
    assert_eq!((response.id(), response.attempts, server.seen().whole), ("dest-1", 1, 1));
}

#[tokio::test]
async fn reports_server_without_tls_as_not_sent() {
    let authority = Authority::new("authority");
    for idempotent in [false, true] {
        let behavior = Behavior::close_while_reading().then(Answer::status(400).body("this is HTTP"));
        let server = Server::start(&[behavior]).await;
        let (error, elapsed) = fail(client(&server, &authority), idempotent).await;
        let reason = "received corrupt message of type InvalidContentType";
        assert_not_connected("plain HTTP", &error, "Connect", reason);
        assert_eq!(server.seen().connections, 3);
        assert!(elapsed < ATTEMPT, "{elapsed:?}");
    }
}

#[tokio::test]
async fn reports_unanswered_handshake_as_connect_timeout() {
    let authority = Authority::new("authority");
    for idempotent in [false, true] {
        let server = Server::start(&[Behavior::silence()]).await;
        let limit = Duration::from_millis(500);
        let (error, elapsed) = fail(client(&server, &authority).connect_timeout(limit), idempotent).await;
        assert_not_connected("no handshake", &error, "Timeout::Connect", "within");
        assert_eq!(server.seen().connections, 3);
        assert!((limit * 3..limit * 3 + ATTEMPT).contains(&elapsed), "{elapsed:?}");
    }
}
