//! How errors read, alone and under anyhow, and what their questions answer.

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

/// The error of a call to a server that behaves in this way, with an attempt timeout of 250 ms.
async fn met(behavior: Behavior, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Error {
    let server = Server::start(&[behavior]).await;
    error_of(settings(builder(&server.url()).attempt_timeout(Duration::from_millis(250))), &update()).await
}

/// The questions of an error that are answered with yes.
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
    /// Under anyhow, as `{:#}` and as `{:?}`.
    alternate: &'static str,
    debug: &'static str,
}

/// One error of each kind, and one for each reason why no further attempt followed.
async fn rows() -> Vec<Row> {
    let timeout = Questions { is_timeout: true, ..NONE };
    let api = Questions { is_from_api: true, ..NONE };
    let connect_timeout = http_without_roots().dns_resolver(NeverAnswers).no_proxy();
    let connect_timeout = builder("http://nowhere.test")
        .allow_http()
        .http_client(connect_timeout)
        .connect_timeout(Duration::from_millis(100))
        .retry(RetryPolicy::never());
    let html = || Answer::status(403).body("<html>blocked");
    vec![
        Row {
            name: "Configuration",
            error: error_of(builder("http://10.0.0.1"), &update()).await,
            questions: NONE,
            alternate: "",
            debug: "",
        },
        Row {
            name: "InvalidUpdate",
            error: error_of(builder("http://localhost:1"), &update().with_phones(["12"])).await,
            questions: NONE,
            alternate: "",
            debug: "",
        },
        Row {
            name: "Connect",
            error: error_of(builder(&ClosedPort::bind().url()), &update()).await,
            questions: Questions { is_connect: true, ..NONE },
            alternate: "",
            debug: "",
        },
        Row {
            name: "Timeout::Connect",
            error: error_of(connect_timeout, &update()).await,
            questions: Questions { is_connect: true, ..timeout },
            alternate: "",
            debug: "",
        },
        Row {
            name: "Timeout::Attempt",
            error: met(Behavior::silence(), |client| client).await,
            questions: timeout,
            alternate: "",
            debug: "",
        },
        Row {
            name: "Timeout::Total",
            error: met(Behavior::silence(), |client| {
                client.total_timeout(Duration::from_millis(300)).retry(quick().idempotent())
            })
            .await,
            questions: timeout,
            alternate: "",
            debug: "",
        },
        Row {
            name: "Timeout::Read",
            error: met(Behavior::silence(), |client| {
                client.http_client(http_without_roots().read_timeout(Duration::from_millis(50)))
            })
            .await,
            questions: timeout,
            alternate: "",
            debug: "",
        },
        Row {
            name: "ConnectionLost",
            error: met(Behavior::close_after_reading(), |client| client.retry(quick().idempotent())).await,
            questions: NONE,
            alternate: "",
            debug: "",
        },
        Row {
            name: "Api",
            error: answered(Answer::status(400).code(3_000_205, "no such group")).await,
            questions: Questions { is_not_found: true, ..api },
            alternate: "",
            debug: "",
        },
        Row {
            name: "Api, throttled",
            error: answered(Answer::status(400).header("retry-after", "120").code(6_451_010, "")).await,
            questions: Questions { is_throttled: true, ..api },
            alternate: "",
            debug: "",
        },
        Row { name: "UnexpectedResponse", error: answered(html()).await, questions: NONE, alternate: "", debug: "" },
        Row {
            name: "UnexpectedResponse, throttled",
            error: answered(Answer::status(429)).await,
            questions: Questions { is_throttled: true, ..NONE },
            alternate: "",
            debug: "",
        },
        Row {
            name: "UnreadableResponse",
            error: answered(Answer::status(400).header("content-encoding", "gzip").body(gzip(b"{}"))).await,
            questions: NONE,
            alternate: "",
            debug: "",
        },
        Row {
            name: "Redirect",
            error: answered(Answer::status(308).header("location", "https://elsewhere.test/")).await,
            questions: NONE,
            alternate: "",
            debug: "",
        },
        Row {
            name: "BodyTooLarge",
            error: met(Behavior::answer(html()), |client| client.max_response_bytes(9)).await,
            questions: NONE,
            alternate: "",
            debug: "",
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
async fn questions_are_answered_by_the_kind() {
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
    for Row { name, error, alternate, debug, .. } in rows().await {
        let error = anyhow::Error::from(error);
        println!("{name}\n{error:#}\n{error:?}\n");
        let _ = (alternate, debug);
    }
}
