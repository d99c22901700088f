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

fn row(error: Error, message: impl Into<String>, causes: usize) -> Row {
    Row { error, message: message.into(), causes }
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
const NOT_IDEMPOTENT: &str = " (not retried: the retry policy is not idempotent)";
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
    let failed = |cause: &str| {
        format!("could not connect: {cause}; check the base URL, the network and the proxy, if any{THREE}")
    };
    let lost = |cause: &str| {
        format!("the connection was lost before the response was complete: {cause}{NOT_IDEMPOTENT}{MAYBE}")
    };
    let answered = async |head: &'static str| met(Behavior::answer(head).closing(), |client| client).await;
    let closed = met(Behavior::close_after_reading(), |client| client).await;
    let was_reset = met(Behavior::close_after_reading().resetting(), |client| client).await;
    let half = answered("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await;
    let of_half = "the server responded 200 OK, but the connection was lost before the body was complete: end of file \
                   before message length reached";
    assert_rows([
        row(fail(builder(&ClosedPort::bind().url())).await, failed(&refused.to_string()), 4),
        row(fail(at_unknown_host(true)).await, failed("nobody.test is unknown here"), 5),
        row(closed, lost("connection closed before message completed"), 3),
        row(was_reset, lost(&reset.to_string()), 4),
        row(answered("SSH-2.0-OpenSSH_9.6\r\n").await, lost("invalid HTTP version parsed"), 3),
        row(answered("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n").await, lost("invalid content-length parsed"), 3),
        row(half, format!("{of_half}{NOT_IDEMPOTENT}{MAYBE}"), 4),
    ]);
}

#[tokio::test]
async fn timeout_names_itself_and_what_was_missing() {
    let short = Duration::from_millis(250);
    let read = http_without_roots().read_timeout(short);
    let unwritten = "the request could not be written within the attempt timeout of 250ms";
    let incomplete = "the response was not complete within the";
    let stalled = "no further part of the response arrived within the read timeout";
    let of_attempt = met(Behavior::silence(), |client| client.attempt_timeout(short)).await;
    let in_total = met(Behavior::silence(), |client| client.total_timeout(short).retry(quick().idempotent())).await;
    let of_a_read = met(Behavior::silence(), |client| client.http_client(read)).await;
    let connecting = fail(at_unknown_host(false).connect_timeout(short)).await;
    assert_rows([
        row(connecting, format!("could not connect within the connect timeout{THREE}"), 3),
        row(fail(at_unknown_host(false).attempt_timeout(short)).await, format!("{unwritten}{THREE}"), 0),
        row(of_attempt, format!("{incomplete} attempt timeout of 250ms{NOT_IDEMPOTENT}{MAYBE}"), 0),
        row(in_total, format!("{incomplete} total timeout of 250ms{MAYBE}"), 0),
        row(of_a_read, format!("{stalled}{NOT_IDEMPOTENT}{MAYBE}"), 2),
    ]);
}
