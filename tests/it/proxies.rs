//! Responses and failures of proxies. No text contains the proxy's password.

use cinnox_destination::{
    Client, ClientBuilder,
    Outcome::{self, NotSent, Rejected, Unknown},
};
use reqwest::Proxy;

use crate::support::{
    all_texts,
    answer::Answer,
    builder, destination, http_without_roots,
    observed::Observed,
    process, quick_if,
    server::{Behavior, Server},
    update,
};

const PASSWORD: &str = "proxy-password-81";

/// A client for `base_url` that uses `proxy` with a password.
fn through(proxy: &Server, base_url: &str) -> ClientBuilder {
    let proxy = Proxy::all(format!("http://user:{PASSWORD}@{}", proxy.address)).unwrap();
    builder(base_url).allow_http().http_client(http_without_roots().proxy(proxy))
}

struct Case {
    what: &'static str,
    proxy: Behavior,
    kind: &'static str,
    outcome: Outcome,
    status: Option<u16>,
    /// By default, and with an idempotent policy.
    attempts: [u32; 2],
}

async fn assert_cases(base_url: &str, cases: Vec<Case>) {
    for Case { what, proxy, kind, outcome, status, attempts } in cases {
        for (idempotent, attempts) in [false, true].into_iter().zip(attempts) {
            let proxy = Server::start(std::slice::from_ref(&proxy)).await;
            let client = through(&proxy, base_url).retry(quick_if(idempotent)).build().unwrap();
            let error = client.update(&destination(), &update()).await.unwrap_err();
            assert_eq!(Observed::from(&error), Observed::failed(kind, outcome, status), "{what}: {error:?}");
            assert_eq!(error.attempts(), attempts, "{what}");
            assert!(!error.is_from_api(), "{what}");
            assert!(!all_texts(&error).contains(PASSWORD), "{what}: {}", all_texts(&error));
            assert!(!format!("{client:?}").contains(PASSWORD), "{what}");
        }
    }
}

/// For https, the client first asks the proxy for a tunnel, and sends no byte of the update before it is open.
#[tokio::test]
async fn refused_tunnel_is_not_sent() {
    let refuses = |what, status, body: &str| Case {
        what,
        proxy: Behavior::answer(Answer::status(status).body(body)),
        kind: "Connect",
        outcome: NotSent,
        status: None,
        attempts: [3, 3],
    };
    let cases = vec![
        refuses("407", 407, "<html>Proxy Authentication Required"),
        refuses("502 with HTML", 502, "<html>Bad Gateway"),
        refuses("403", 403, ""),
        refuses("a redirect", 302, ""),
        Case { proxy: Behavior::close_after_reading(), ..refuses("closed after CONNECT", 0, "") },
        Case { proxy: Behavior::close_before_reading(), ..refuses("closed before CONNECT", 0, "") },
        Case { proxy: Behavior::answer("SSH-2.0-OpenSSH_9.6\r\n").closing(), ..refuses("another protocol", 0, "") },
    ];
    assert_cases("https://nowhere.test", cases).await;
}

/// For http, the proxy receives the update itself.
#[tokio::test]
async fn response_of_proxy_is_not_from_api() {
    let cases = vec![
        Case {
            what: "407",
            proxy: Behavior::answer(Answer::status(407).body("<html>Proxy Authentication Required")),
            kind: "UnexpectedResponse",
            outcome: Rejected,
            status: Some(407),
            attempts: [1, 1],
        },
        Case {
            what: "502 with HTML",
            proxy: Behavior::answer(Answer::status(502).body("<html>Bad Gateway")),
            kind: "UnexpectedResponse",
            outcome: Unknown,
            status: Some(502),
            attempts: [1, 3],
        },
        Case {
            what: "closed",
            proxy: Behavior::close_after_reading(),
            kind: "ConnectionLost",
            outcome: Unknown,
            status: None,
            attempts: [1, 3],
        },
    ];
    assert_cases("http://nowhere.test", cases).await;
}

#[tokio::test]
async fn update_through_proxy_succeeds() {
    let proxy = Server::start(&[Behavior::success()]).await;
    let client = through(&proxy, "http://nowhere.test").build().unwrap();
    assert_eq!(client.update(&destination(), &update()).await.unwrap().id(), "dest-1");
}

/// Runs in child processes, because all tests of a process share its environment.
#[test]
fn rejects_proxy_variable_that_reqwest_ignores() {
    struct Row {
        variables: &'static [(&'static str, &'static str)],
        /// `built`, or the sentence.
        result: &'static str,
    }
    const EXPECTED: &str = "CINNOX_TEST_EXPECTED";
    const NOT_A_URL: &str =
        "the environment variable HTTPS_PROXY is not the URL of a proxy; write http://HOST:PORT, or unset it";
    if process::is_own() {
        let result = Client::builder("https://nowhere.test", "app-1", "token-12345").build();
        let found = result.map_or_else(|error| error.to_string(), |_| "built".to_owned());
        assert_eq!(found, std::env::var(EXPECTED).unwrap());
        return;
    }
    let socks = if cfg!(feature = "socks") {
        "built"
    } else {
        "the environment variable ALL_PROXY names a SOCKS proxy; turn on the feature `socks` of cinnox-destination"
    };
    let rows = [
        Row { variables: &[("HTTPS_PROXY", "http://proxy.test:3128")], result: "built" },
        Row { variables: &[("HTTPS_PROXY", "")], result: "built" },
        Row { variables: &[("HTTP_PROXY", "not a URL")], result: "built" },
        Row { variables: &[("HTTPS_PROXY", "not a URL"), ("NO_PROXY", "nowhere.test")], result: "built" },
        Row { variables: &[("HTTPS_PROXY", "not a URL")], result: NOT_A_URL },
        Row {
            variables: &[("https_proxy", "http://user:proxy-password-81@[::1")],
            result: "the environment variable https_proxy is not the URL of a proxy; write http://HOST:PORT, or unset \
                     it",
        },
        Row { variables: &[("ALL_PROXY", "socks5://127.0.0.1:1080")], result: socks },
        Row { variables: &[("HTTPS_PROXY", "not a URL"), ("ALL_PROXY", "socks5://127.0.0.1:1080")], result: NOT_A_URL },
        Row { variables: &[("HTTPS_PROXY", "http://127.0.0.1:99999")], result: NOT_A_URL },
        Row { variables: &[("HTTPS_PROXY", ":3128")], result: NOT_A_URL },
        Row { variables: &[("HTTPS_PROXY", "http://:3128")], result: NOT_A_URL },
        Row { variables: &[("HTTPS_PROXY", "http=proxy.test:3128")], result: NOT_A_URL },
        Row { variables: &[("HTTPS_PROXY", "http://user:proxy-password-81@proxy.test")], result: "built" },
        Row { variables: &[("HTTPS_PROXY", "http://user:proxy-password-81@[::1]:3128")], result: "built" },
        Row { variables: &[("HTTP_PROXY", "http://proxy.test:3128"), ("REQUEST_METHOD", "GET")], result: "built" },
        Row {
            variables: &[("HTTPS_PROXY", "http://proxy.test:3128"), ("REQUEST_METHOD", "GET")],
            result: "the environment variable HTTPS_PROXY is ignored in a CGI program; give the proxy to \
                     ClientBuilder::http_client, or unset REQUEST_METHOD",
        },
        Row {
            variables: &[("HTTPS_PROXY", ""), ("https_proxy", "http://proxy.test:3128")],
            result: "the environment variable HTTPS_PROXY is empty and hides the variable with the same name in lower \
                     case; unset it",
        },
    ];
    for Row { variables, result } in rows {
        let variables = [&[(EXPECTED, result)], variables].concat();
        process::run(module_path!(), "rejects_proxy_variable_that_reqwest_ignores", &variables);
    }
}
