//! `Display` of errors, alone and with anyhow, and their `is_…` methods.

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

/// The error of a call to a server that answers in this way.
async fn answered(answer: Answer) -> Error {
    let server = Server::answering(answer).await;
    error_of(builder(&server.url()), &update()).await
}

/// The error of a call to a server that behaves in this way.
async fn met(behavior: Behavior, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Error {
    let server = Server::start(&[behavior]).await;
    error_of(settings(builder(&server.url())), &update()).await
}

/// The results of the `is_…` methods of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools)]
struct Questions {
    is_timeout: bool,
    is_connect: bool,
    is_throttled: bool,
    is_not_found: bool,
    is_from_api: bool,
}

impl From<&Error> for Questions {
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

const NONE: Questions =
    Questions { is_timeout: false, is_connect: false, is_throttled: false, is_not_found: false, is_from_api: false };

struct Row {
    name: &'static str,
    error: Error,
    questions: Questions,
    message: &'static str,
    /// The chain of sources; none of them is repeated in the message.
    causes: Vec<&'static str>,
}

/// Stands for the message of the operating system about a port on which nothing listens.
const REFUSED: &str = "REFUSED";

/// One error of each kind, and one for each reason why no further attempt followed.
async fn rows() -> Vec<Row> {
    let groups = [without_an_answer().await, timeouts().await, answers().await];
    groups.into_iter().flatten().collect()
}

async fn without_an_answer() -> Vec<Row> {
    vec![
        Row {
            name: "Configuration",
            error: error_of(builder("http://10.0.0.1"), &update()).await,
            questions: NONE,
            message: "the base URL is http, so the token would cross the network in clear text; use https, or \
                      ClientBuilder::allow_http",
            causes: vec![],
        },
        Row {
            name: "InvalidUpdate",
            error: error_of(builder("http://localhost:1"), &update().with_phones(["12"])).await,
            questions: NONE,
            message: "/phoneTargets/0: \"12\" is not a number with country code; write an optional + and 7 to 15 \
                      digits, the first not 0",
            causes: vec![],
        },
        Row {
            name: "Connect",
            error: error_of(builder(&ClosedPort::bind().url()), &update()).await,
            questions: Questions { is_connect: true, ..NONE },
            message: "no connection could be made; check the base URL, the network and the proxy, if any (attempt 3, not retried: 3 \
                      attempts are the maximum)",
            causes: vec!["error sending request", "client error (Connect)", "tcp connect error", REFUSED],
        },
        Row {
            name: "ConnectionLost",
            error: met(Behavior::close_after_reading(), |client| client.retry(quick().idempotent())).await,
            questions: NONE,
            message: "the connection was lost before a complete response came (attempt 3, not retried: 3 \
                      attempts are the maximum)",
            causes: vec![
                "error sending request",
                "client error (SendRequest)",
                "connection closed before message completed",
            ],
        },
    ]
}

async fn timeouts() -> Vec<Row> {
    let timeout = Questions { is_timeout: true, ..NONE };
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
            questions: Questions { is_connect: true, ..timeout },
            message: "no connection was made within the connect timeout of 100 ms",
            causes: vec!["error sending request", "client error (Connect)", "operation timed out"],
        },
        Row {
            name: "Timeout::Attempt",
            error: met(Behavior::silence(), |client| client.attempt_timeout(Duration::from_millis(250))).await,
            questions: timeout,
            message: "no complete response came within the attempt timeout of 250 ms (not retried: only an \
                      idempotent retry policy would repeat it)",
            causes: vec![],
        },
        Row {
            name: "Timeout::Total",
            error: met(Behavior::silence(), |client| {
                client.total_timeout(Duration::from_millis(300)).retry(quick().idempotent())
            })
            .await,
            questions: timeout,
            message: "no complete response came within the total timeout of 300 ms",
            causes: vec![],
        },
        Row {
            name: "Timeout::Read",
            error: met(Behavior::silence(), |client| {
                client.http_client(http_without_roots().read_timeout(Duration::from_millis(50)))
            })
            .await,
            questions: timeout,
            message: "no more of the response came within the read timeout (not retried: only an idempotent \
                      retry policy would repeat it)",
            causes: vec!["error sending request", "operation timed out"],
        },
    ]
}

async fn answers() -> Vec<Row> {
    let api = Questions { is_from_api: true, ..NONE };
    let html = || Answer::status(403).body("<html>blocked");
    vec![
        Row {
            name: "Api",
            error: answered(Answer::status(400).code(3_000_205, "no such group")).await,
            questions: Questions { is_not_found: true, ..api },
            message: "the server answered 400 Bad Request with code 3000205 (destination not found): \"no such \
                      group\"",
            causes: vec![],
        },
        Row {
            name: "Api, throttled",
            error: answered(Answer::status(400).header("retry-after", "120").code(6_451_010, "")).await,
            questions: Questions { is_throttled: true, ..api },
            message: "the server answered 400 Bad Request with code 6451010 (too many requests) (not retried: \
                      the server asks for 120 s, more than the 30 s allowed)",
            causes: vec![],
        },
        Row {
            name: "UnexpectedResponse",
            error: answered(html()).await,
            questions: NONE,
            message: "the server answered 403 Forbidden with a body that is not from the API (its \
                      status is not documented): \"<html>blocked\"",
            causes: vec![],
        },
        Row {
            name: "UnexpectedResponse, throttled",
            error: answered(Answer::status(429)).await,
            questions: Questions { is_throttled: true, ..NONE },
            message: "the server answered 429 Too Many Requests with a body that is not from the API \
                      (its status is not documented): \"\" (attempt 3, not retried: 3 attempts are the maximum)",
            causes: vec![],
        },
        Row {
            name: "UnreadableResponse",
            error: answered(Answer::status(400).header("content-encoding", "gzip").body(gzip(b"{}"))).await,
            questions: NONE,
            message: "the server answered 400 Bad Request with a body whose meaning is unclear (gzip)",
            causes: vec![],
        },
        Row {
            name: "Redirect",
            error: answered(Answer::status(308).header("location", "https://elsewhere.test/")).await,
            questions: NONE,
            message: "the server answered 308 Permanent Redirect with a redirect to \"https://elsewhere.test/\", \
                      which is not followed; check the base URL",
            causes: vec![],
        },
        Row {
            name: "BodyTooLarge",
            error: met(Behavior::answer(html()), |client| client.max_response_bytes(9)).await,
            questions: NONE,
            message: "the server answered 403 Forbidden with a body of more than 9 bytes, which was not read to \
                      its end",
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
    for Row { name, error, questions, .. } in rows().await {
        assert_eq!(Questions::from(&error), questions, "{name}: {error:?}");
    }
}

/// In a process of its own, because anyhow shows a backtrace if the environment asks for it.
#[tokio::test]
async fn anyhow_shows_each_cause_once() {
    if !process::is_own() {
        return process::run(module_path!(), "anyhow_shows_each_cause_once", &[("RUST_BACKTRACE", "0")]);
    }
    // The message of this operating system.
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
