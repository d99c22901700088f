//! Responses and failures of proxies. No text contains the proxy's password.

use cinnox_destination::ClientBuilder;
use reqwest::Proxy;

use crate::support::{
    all_texts,
    answer::Answer,
    builder, call, fail, http_without_roots,
    observed::observed_error,
    quick_if,
    server::{Behavior, Server},
};

const PASSWORD: &str = "proxy-password-81";

/// A client for `base_url` that uses `proxy` with a password.
fn through(proxy: &Server, base_url: &str) -> ClientBuilder {
    let proxy = Proxy::all(format!("http://user:{PASSWORD}@{}", proxy.address)).unwrap();
    builder(base_url).allow_http().http_client(http_without_roots().proxy(proxy))
}

struct Row {
    name: &'static str,
    proxy: Behavior,
    result: &'static str,
    /// In the message.
    cause: &'static str,
    /// By default, and with an idempotent policy.
    attempts: [u32; 2],
}

async fn assert_rows(base_url: &str, rows: impl IntoIterator<Item = Row>) {
    for Row { name, proxy, result, cause, attempts } in rows {
        for (idempotent, attempts) in [false, true].into_iter().zip(attempts) {
            let proxy = Server::start(std::slice::from_ref(&proxy)).await;
            let client = through(&proxy, base_url).retry(quick_if(idempotent));
            assert!(!format!("{client:?}").contains(PASSWORD), "{name}");
            let error = fail(client).await;
            assert_eq!((&*observed_error(&error), error.attempts()), (result, attempts), "{name}: {error:?}");
            assert!(!error.is_from_api() && !error.to_string().contains("App Token"), "{name}");
            assert!(error.to_string().contains(cause), "{name}: {error}");
            assert!(!all_texts(&error).contains(PASSWORD), "{name}: {}", all_texts(&error));
        }
    }
}

/// For https, the client first asks the proxy for a tunnel, and sends no byte of the update before it is open.
#[tokio::test]
async fn refused_tunnel_is_not_sent_and_names_the_proxy() {
    let refuses = |name, status| Row {
        name,
        proxy: Behavior::answer(Answer::status(status).body("<html>no")),
        result: "connect, not sent",
        cause: "could not connect: tunnel error: unsuccessful; check the base URL, the network and the proxy, if any",
        attempts: [3, 3],
    };
    let rows = [
        Row {
            cause: "could not connect: tunnel error: proxy authorization required; check the base URL, the network and the proxy",
            ..refuses("a wrong password", 407)
        },
        refuses("a denied CONNECT", 403),
        refuses("502", 502),
        refuses("a redirect", 302),
        Row {
            proxy: Behavior::close_after_reading(),
            cause: "the proxy, if any",
            ..refuses("closed after CONNECT", 0)
        },
        Row { proxy: Behavior::close_before_reading(), cause: "the proxy, if any", ..refuses("closed at once", 0) },
        Row {
            proxy: Behavior::answer("SSH-2.0-OpenSSH_9.6\r\n").closing(),
            cause: "the proxy, if any",
            ..refuses("another protocol", 0)
        },
    ];
    assert_rows("https://nowhere.test", rows).await;
}

/// For http, the proxy receives the update itself.
#[tokio::test]
async fn response_of_proxy_is_not_from_api() {
    let rows = [
        Row {
            name: "407",
            proxy: Behavior::answer(Answer::status(407).body("<html>Proxy Authentication Required")),
            result: "unexpected_response, rejected, 407",
            cause: "Proxy Authentication Required",
            attempts: [1, 1],
        },
        Row {
            name: "502 with HTML",
            proxy: Behavior::answer(Answer::status(502).body("<html>Bad Gateway")),
            result: "unexpected_response, unknown, 502",
            cause: "<html>Bad Gateway",
            attempts: [1, 3],
        },
        Row {
            name: "closed",
            proxy: Behavior::close_after_reading(),
            result: "connection_lost, unknown",
            cause: "connection closed before message completed",
            attempts: [1, 3],
        },
    ];
    assert_rows("http://nowhere.test", rows).await;
    let proxy = Server::start(&[Behavior::success()]).await;
    assert_eq!(call(through(&proxy, "http://nowhere.test")).await.unwrap().id(), "dest-1");
}
