//! `Display` of errors, alone and with anyhow, and the `is_…` methods.

use std::time::Duration;

use cinnox_destination::{ClientBuilder, DestinationUpdate, Error, RetryPolicy, TypeTargets};

use crate::support::{
    ClosedPort,
    answer::{Answer, gzip},
    builder, destination, http_without_roots, process, quick,
    server::{Behavior, Server},
    update,
};

async fn error_of(client: ClientBuilder, update: &DestinationUpdate) -> Error {
    match client.build() {
        Ok(client) => client.update(&destination(), update).await.unwrap_err(),
        Err(error) => error.into(),
    }
}

/// The error of a call to a server that sends this response.
async fn responded(answer: Answer) -> Error {
    let server = Server::answering(answer).await;
    error_of(builder(&server.url()), &update()).await
}

/// The error of a call to a server with this behavior.
async fn met(behavior: Behavior, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Error {
    let server = Server::start(&[behavior]).await;
    error_of(settings(builder(&server.url())), &update()).await
}

/// What the `is_…` methods of an error return.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools)]
struct Methods {
    is_timeout: bool,
    is_connect: bool,
    is_throttled: bool,
    is_not_found: bool,
    is_from_api: bool,
}

impl From<&Error> for Methods {
    fn from(error: &Error) -> Self {
        Self {
            is_timeout: error.is_timeout(),
            is_connect: error.is_connect(),
            is_throttled: error.is_throttled(),
            is_not_found: error.is_not_found(),
            is_from_api: error.is_from_api(),
        }
    }
}

const NONE: Methods =
    Methods { is_timeout: false, is_connect: false, is_throttled: false, is_not_found: false, is_from_api: false };

struct Row {
    name: &'static str,
    error: Error,
    methods: Methods,
    message: &'static str,
    /// The chain of sources, none of which is repeated in the message.
    causes: Vec<&'static str>,
}

/// Stands for the operating system's message for a port on which nothing listens.
const REFUSED: &str = "REFUSED";

/// Errors of every kind, with several reasons for not retrying.
async fn rows() -> Vec<Row> {
    let groups = [without_a_response().await, timeouts().await, responses().await];
    groups.into_iter().flatten().collect()
}

async fn without_a_response() -> Vec<Row> {
    vec![
        Row {
            name: "Configuration",
            error: error_of(builder("http://10.0.0.1"), &update()).await,
            methods: NONE,
            message: "the base URL is http, so the token would cross the network in clear text; use https, or \
                      ClientBuilder::allow_http",
            causes: vec![],
        },
        Row {
            name: "InvalidUpdate",
            error: error_of(builder("http://localhost:1"), &update().with_phones(["12"])).await,
            methods: NONE,
            message: "/phoneTargets/0: \"12\" is not a number with country code; write an optional + and 7 to 15 \
                      digits, the first not 0",
            causes: vec![],
        },
        Row {
            name: "Connect",
            error: error_of(builder(&ClosedPort::bind().url()), &update()).await,
            methods: Methods { is_connect: true, ..NONE },
            message: "could not connect; check the base URL, the network and the proxy, if any (attempt 3, not \
                      retried: the maximum of 3 attempts was reached)",
            causes: vec!["error sending request", "client error (Connect)", "tcp connect error", REFUSED],
        },
        Row {
            name: "ConnectionLost",
            error: met(Behavior::close_after_reading(), |client| client.retry(quick().idempotent())).await,
            methods: NONE,
            message: "the connection was lost before the response was complete (attempt 3, not retried: the \
                      maximum of 3 attempts was reached)",
            causes: vec![
                "error sending request",
                "client error (SendRequest)",
                "connection closed before message completed",
            ],
        },
    ]
}

async fn timeouts() -> Vec<Row> {
    let timeout = Methods { is_timeout: true, ..NONE };
    let never_connects = http_without_roots().dns_resolver(NeverAnswers).no_proxy();
    let connect_timeout = builder("http://nowhere.test")
        .allow_http()
        .http_client(never_connects)
        .connect_timeout(Duration::from_millis(100))
        .retry(RetryPolicy::never());
    vec![
        Row {
            name: "Timeout::Connect",
            error: error_of(connect_timeout, &update()).await,
            methods: Methods { is_connect: true, ..timeout },
            message: "could not connect within the connect timeout of 100 ms",
            causes: vec!["error sending request", "client error (Connect)", "operation timed out"],
        },
        Row {
            name: "Timeout::Attempt",
            error: met(Behavior::silence(), |client| client.attempt_timeout(Duration::from_millis(250))).await,
            methods: timeout,
            message: "the response was not complete within the attempt timeout of 250 ms (not retried: the retry \
                      policy is not idempotent)",
            causes: vec![],
        },
        Row {
            name: "Timeout::Total",
            error: met(Behavior::silence(), |client| {
                client.total_timeout(Duration::from_millis(300)).retry(quick().idempotent())
            })
            .await,
            methods: timeout,
            message: "the response was not complete within the total timeout of 300 ms",
            causes: vec![],
        },
        Row {
            name: "Timeout::Read",
            error: met(Behavior::silence(), |client| {
                client.http_client(http_without_roots().read_timeout(Duration::from_millis(50)))
            })
            .await,
            methods: timeout,
            message: "no further part of the response arrived within the read timeout (not retried: the retry \
                      policy is not idempotent)",
            causes: vec!["error sending request", "operation timed out"],
        },
    ]
}

async fn responses() -> Vec<Row> {
    let api = Methods { is_from_api: true, ..NONE };
    let html = || Answer::status(403).body("<html>blocked");
    vec![
        Row {
            name: "Api",
            error: responded(Answer::status(400).code(3_000_205, "no such group")).await,
            methods: Methods { is_not_found: true, ..api },
            message: "the server responded 400 Bad Request with code 3000205 (destination not found): \"no such \
                      group\"",
            causes: vec![],
        },
        Row {
            name: "Api, throttled",
            error: responded(Answer::status(400).header("retry-after", "120").code(6_451_010, "")).await,
            methods: Methods { is_throttled: true, ..api },
            message: "the server responded 400 Bad Request with code 6451010 (too many requests) (not retried: \
                      the server asks for 120 s, more than the 30 s allowed)",
            causes: vec![],
        },
        Row {
            name: "UnexpectedResponse",
            error: responded(html()).await,
            methods: NONE,
            message: "the server responded 403 Forbidden, but not in the API's format (its status is not \
                      documented): \"<html>blocked\"",
            causes: vec![],
        },
        Row {
            name: "UnexpectedResponse, throttled",
            error: responded(Answer::status(429)).await,
            methods: Methods { is_throttled: true, ..NONE },
            message: "the server responded 429 Too Many Requests, but not in the API's format (its status is not \
                      documented): \"\" (attempt 3, not retried: the maximum of 3 attempts was reached)",
            causes: vec![],
        },
        Row {
            name: "UnreadableResponse",
            error: responded(Answer::status(400).header("content-encoding", "gzip").body(gzip(b"{}"))).await,
            methods: NONE,
            message: "the server responded 400 Bad Request, but the meaning of the body is unclear (gzip)",
            causes: vec![],
        },
        Row {
            name: "Redirect",
            error: responded(Answer::status(308).header("location", "https://elsewhere.test/")).await,
            methods: NONE,
            message: "the server responded 308 Permanent Redirect with a redirect to \"https://elsewhere.test/\", \
                      which is not followed; check the base URL",
            causes: vec![],
        },
        Row {
            name: "BodyTooLarge",
            error: met(Behavior::answer(html()), |client| client.max_response_bytes(9)).await,
            methods: NONE,
            message: "the server responded 403 Forbidden with a body larger than the limit of 9 bytes",
            causes: vec![],
        },
    ]
}

/// A resolver that never answers.
struct NeverAnswers;

impl reqwest::dns::Resolve for NeverAnswers {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn is_methods_follow_from_kind() {
    for Row { name, error, methods, .. } in rows().await {
        assert_eq!(Methods::from(&error), methods, "{name}: {error:?}");
    }
}

/// Runs in a child process, because anyhow shows a backtrace if the environment asks for it.
#[tokio::test]
async fn anyhow_shows_each_cause_once() {
    if !process::is_own() {
        return process::run(module_path!(), "anyhow_shows_each_cause_once", &[("RUST_BACKTRACE", "0")]);
    }
    let refused = std::net::TcpStream::connect(ClosedPort::bind().address).unwrap_err().to_string();
    for Row { name, error, message, causes, .. } in rows().await {
        let error = anyhow::Error::from(error);
        let causes: Vec<_> = causes.iter().map(|cause| cause.replace(REFUSED, &refused)).collect();
        let alternate = [&[message.to_owned()], &causes[..]].concat().join(": ");
        let numbered = causes.iter().enumerate().map(|(number, cause)| format!("    {number}: {cause}"));
        let heading = causes.first().map(|_| "\nCaused by:".to_owned());
        let debug = [message.to_owned()].into_iter().chain(heading).chain(numbered).collect::<Vec<_>>().join("\n");
        assert_eq!(format!("{error:#}"), alternate, "{name}");
        assert_eq!(format!("{error:?}"), debug, "{name}");
    }
}
