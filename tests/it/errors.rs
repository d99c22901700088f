//! Errors of real failures: the message with its innermost cause, and the chain of causes behind it.

use std::{error::Error as _, net::TcpStream, time::Duration};

use cinnox_destination::{ClientBuilder, Error};
use reqwest::dns::{Name, Resolve, Resolving};

use crate::support::server::{Behavior, Server};
use crate::support::{ClosedPort, builder, fail, http_without_roots, quick};

struct Row {
    error: Error,
    message: String,
    /// The number of causes behind it.
    causes: usize,
}

#[track_caller]
fn assert_rows(rows: impl IntoIterator<Item = Row>) {
    for Row { error, message, causes } in rows {
        assert_eq!(error.to_string(), message);
        assert_eq!(std::iter::successors(error.source(), |error| (*error).source()).count(), causes, "{error:?}");
        assert_eq!(format!("{:?}", anyhow::Error::from(error)).lines().next(), message.lines().next());
    }
}

/// The error of a call to a server with this behavior.
async fn met(behavior: Behavior, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Error {
    let server = Server::start(&[behavior]).await;
    fail(settings(builder(&server.url()))).await
}

/// A resolver that knows no name, or never answers.
struct Names {
    answers: bool,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let answers = self.answers;
        Box::pin(async move {
            if !answers {
                std::future::pending::<()>().await;
            }
            Err(format!("{} is unknown here", name.as_str()).into())
        })
    }
}

fn at_unknown_host(answers: bool) -> ClientBuilder {
    let http = http_without_roots().dns_resolver(Names { answers }).no_proxy();
    builder("http://nobody.test").allow_http().http_client(http)
}

const MAYBE: &str = "; the update may have been applied";
const THREE: &str = " (attempt 3, not retried: the maximum of 3 attempts was reached)";

#[tokio::test]
async fn failure_without_a_response_names_its_innermost_cause() {
    let refused = TcpStream::connect(ClosedPort::bind().address).unwrap_err();
    let reset = std::io::Error::from_raw_os_error(if cfg!(windows) {
        10054
    } else if cfg!(target_os = "macos") {
        54
    } else {
        104
    });
    let advice = "check the base URL, the network and the proxy, if any";
    let not_idempotent = " (not retried: the retry policy is not idempotent)";
    let lost = |cause: &str| {
        format!("the connection was lost before the response was complete: {cause}{not_idempotent}{MAYBE}")
    };
    let answered = async |head: &'static str| met(Behavior::answer(head).closing(), |client| client).await;
    assert_rows([
        Row {
            error: fail(builder(&ClosedPort::bind().url())).await,
            message: format!("could not connect: {refused}; {advice}{THREE}"),
            causes: 4,
        },
        Row {
            error: fail(at_unknown_host(true)).await,
            message: format!("could not connect: nobody.test is unknown here; {advice}{THREE}"),
            causes: 5,
        },
        Row {
            error: met(Behavior::close_after_reading(), |client| client).await,
            message: lost("connection closed before message completed"),
            causes: 3,
        },
        Row {
            error: met(Behavior::close_after_reading().resetting(), |client| client).await,
            message: lost(&reset.to_string()),
            causes: 4,
        },
        Row {
            error: answered("SSH-2.0-OpenSSH_9.6\r\n").await,
            message: lost("invalid HTTP version parsed"),
            causes: 3,
        },
        Row {
            error: answered("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n").await,
            message: lost("invalid content-length parsed"),
            causes: 3,
        },
        Row {
            error: answered("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await,
            message: format!(
                "the server responded 200 OK, but the connection was lost before the body was complete: end of file \
                 before message length reached{not_idempotent}{MAYBE}"
            ),
            causes: 4,
        },
    ]);
}

#[tokio::test]
async fn timeout_names_itself_and_what_was_missing() {
    let short = Duration::from_millis(250);
    let not_idempotent = " (not retried: the retry policy is not idempotent)";
    let read = http_without_roots().read_timeout(short);
    assert_rows([
        Row {
            error: fail(at_unknown_host(false).connect_timeout(short)).await,
            message: format!("could not connect within the connect timeout{THREE}"),
            causes: 3,
        },
        Row {
            error: fail(at_unknown_host(false).attempt_timeout(short)).await,
            message: format!("the request could not be written within the attempt timeout of 250ms{THREE}"),
            causes: 0,
        },
        Row {
            error: met(Behavior::silence(), |client| client.attempt_timeout(short)).await,
            message: format!(
                "the response was not complete within the attempt timeout of 250ms{not_idempotent}{MAYBE}"
            ),
            causes: 0,
        },
        Row {
            error: met(Behavior::silence(), |client| client.total_timeout(short).retry(quick().idempotent())).await,
            message: format!("the response was not complete within the total timeout of 250ms{MAYBE}"),
            causes: 0,
        },
        Row {
            error: met(Behavior::silence(), |client| client.http_client(read)).await,
            message: format!("no further part of the response arrived within the read timeout{not_idempotent}{MAYBE}"),
            causes: 2,
        },
    ]);
}
