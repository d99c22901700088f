//! For every failure of network and server, the caller knows what happened and whether the update may be applied;
//! nothing hangs, leaks or grows.

#[path = "support/fault.rs"]
mod fault;
#[path = "support/matrix.rs"]
mod matrix;
#[cfg(feature = "rustls")]
#[path = "support/tls.rs"]
mod tls;

use std::{
    error::Error as StdError,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use cinnox_destination::{Client, ClientBuilder, Error, ErrorKind, Outcome, RetryPolicy, TypeTargets};
use futures_util::{StreamExt, stream};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::net::TcpSocket;

use crate::{
    fault::{Plan, Server, TOKEN, builder, destination, quick, response, update},
    matrix::{Row, Tried, describe, rows},
};

/// Enough for a row that does not stall, on a busy machine.
const ATTEMPT: Duration = Duration::from_secs(10);
/// What a row that stalls is given: enough for what comes before it stalls.
const SHORT_ATTEMPT: Duration = Duration::from_secs(2);

fn policy(idempotent: bool) -> RetryPolicy {
    if idempotent { quick().idempotent() } else { quick() }
}

/// Everything that an error says to a person or a log.
fn all_texts(error: &Error) -> String {
    let sources = std::iter::successors(error.source(), |error| (*error).source());
    let sources: Vec<_> = sources.map(|error| format!("{error} {error:?}")).collect();
    format!("{error}\n{error:?}\n{error:#?}\n{sources:?}")
}

/// Everything that is not as the row says.
async fn differences_of(row: &Row, idempotent: bool) -> Vec<String> {
    let server = Server::start(std::slice::from_ref(&row.plan)).await;
    let limit = if row.stalls { SHORT_ATTEMPT } else { ATTEMPT };
    let client = builder(&server.url()).attempt_timeout(limit).retry(policy(idempotent)).build().unwrap();
    let begin = Instant::now();
    let result = client.update(&destination(), &update()).await;
    let elapsed = begin.elapsed();

    let attempts = match row.tried {
        Tried::Always => 3,
        Tried::IfIdempotent if idempotent => 3,
        _ => 1,
    };
    let shortest = if row.stalls { limit * attempts } else { row.wait * (attempts - 1) };
    let mut differences = Vec::new();
    let mut check = |what: &str, is: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
        let (is, expected) = (format!("{is:?}"), format!("{expected:?}"));
        if is != expected {
            let mode = if idempotent { "idempotent" } else { "default" };
            let (is, expected) = (&is[..is.len().min(300)], &expected[..expected.len().min(300)]);
            differences.push(format!("{} ({mode}): {what} is {is}, not {expected}", row.name));
        }
    };
    match &result {
        Ok(reply) => {
            check("the result", &"updated", &row.expected);
            check("the ID", &reply.id(), &"dest-1");
            check("attempts", &reply.attempts, &attempts);
        }
        Err(error) => {
            check("the result", &describe(error), &row.expected);
            check("attempts", &error.attempts(), &attempts);
            if let Some(body) = &row.body {
                check("the body", &error.body(), body);
            }
            check("the token is shown", &all_texts(error).contains(TOKEN), &false);
            let sentence = error.to_string();
            check("a long or broken sentence", &(sentence.len() > 4096 || sentence.contains('\n')), &false);
        }
    }
    let requests = usize::try_from(attempts).unwrap();
    check("the number of requests", &server.seen().requests, &requests);
    check("a time that is too short", &Some(elapsed).filter(|time| *time < shortest), &None::<Duration>);
    check("a time that is too long", &Some(elapsed).filter(|time| *time > shortest + ATTEMPT), &None::<Duration>);
    differences
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_of_the_matrix_in_both_modes() {
    let rows = rows();
    let cases = rows.iter().flat_map(|row| [(row, false), (row, true)]);
    // Rows that stall only wait, so all of them wait together, and no row that keeps the processor busy is beside them.
    let (stalling, busy): (Vec<_>, Vec<_>) = cases.partition(|(row, _)| row.stalls);
    let mut differences = Vec::new();
    for (cases, at_once) in [(stalling, usize::MAX), (busy, 8)] {
        let found = stream::iter(cases).map(|(row, mode)| differences_of(row, mode)).buffer_unordered(at_once);
        differences.extend(found.concat().await);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Answers every name with the same thing, and counts how often it was asked.
#[derive(Clone, Default)]
struct Names(Arc<AtomicUsize>, Option<SocketAddr>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        self.0.fetch_add(1, Ordering::SeqCst);
        let address = self.1;
        Box::pin(async move {
            let address = address.ok_or_else(|| format!("{} is unknown here", name.as_str()))?;
            Ok(Box::new(std::iter::once(address)) as reqwest::dns::Addrs)
        })
    }
}

/// Three attempts in both modes, none of which reaches a server.
#[track_caller]
fn assert_not_connected(what: &str, error: &Error, expected: &str, sentence: &str) {
    assert_eq!((describe(error).as_str(), error.attempts()), (expected, 3), "{what}: {error}");
    assert!(error.is_retryable(), "{what}");
    let text = error.to_string();
    assert!(text.starts_with("no connection could be made") && text.contains(sentence), "{what}: {text}");
    assert!(!all_texts(error).contains(TOKEN), "{what}");
}

async fn fail(client: ClientBuilder, idempotent: bool) -> (Error, Duration) {
    let client = client.retry(policy(idempotent)).build().unwrap();
    let begin = Instant::now();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    (error, begin.elapsed())
}

#[tokio::test]
async fn a_connection_that_cannot_be_made() {
    // A port that is taken and not listened on cannot be given to anybody else meanwhile.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let dead = format!("http://{}", taken.local_addr().unwrap());
    for idempotent in [false, true] {
        let (error, elapsed) = fail(builder(&dead), idempotent).await;
        assert_not_connected("nothing listens", &error, "Connect not sent -", "refused");
        assert!(error.source().is_some());
        assert!(elapsed < ATTEMPT, "{elapsed:?}");

        let names = Names::default();
        let http = reqwest::Client::builder().dns_resolver(names.clone()).no_proxy();
        let (error, elapsed) = fail(builder("https://nobody.test").http_client(http), idempotent).await;
        assert_not_connected("no such name", &error, "Connect not sent -", "nobody.test is unknown here");
        assert_eq!(names.0.load(Ordering::SeqCst), 3);
        assert!(elapsed < ATTEMPT, "{elapsed:?}");
    }
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn tls_that_cannot_be_trusted() {
    let authority = tls::Authority::new("authority");
    let stranger = tls::Authority::new("stranger");
    let https = |server: &Server| {
        let http = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
        builder(&format!("https://localhost:{}", server.address.port())).http_client(http)
    };
    let rows = [
        ("self-signed", tls::self_signed("localhost", 2999), "invalid peer certificate: UnknownIssuer"),
        ("another authority", stranger.issue("localhost", 2999), "invalid peer certificate: UnknownIssuer"),
        ("wrong name", authority.issue("elsewhere.test", 2999), "certificate not valid for name \"localhost\""),
        ("expired", authority.issue("localhost", 2001), "invalid peer certificate: certificate expired"),
    ];
    for (what, identity, sentence) in rows {
        for idempotent in [false, true] {
            let identity = (identity.0.clone(), identity.1.clone_key());
            let server = tls::start(identity, Plan::success()).await;
            let (error, elapsed) = fail(https(&server), idempotent).await;
            assert_not_connected(what, &error, "Connect not sent -", sentence);
            assert_eq!((server.seen().connections, server.seen().requests), (3, 0), "{what}");
            assert!(elapsed < ATTEMPT, "{what}: {elapsed:?}");
        }
    }
    for idempotent in [false, true] {
        let plan = Plan::while_reading().then(response("400 Bad Request", "", "this is HTTP"));
        let http_only = Server::start(&[plan]).await;
        let (error, elapsed) = fail(https(&http_only), idempotent).await;
        assert_not_connected(
            "plain HTTP",
            &error,
            "Connect not sent -",
            "received corrupt message of type InvalidContentType",
        );
        assert_eq!(http_only.seen().connections, 3);
        assert!(elapsed < ATTEMPT, "{elapsed:?}");

        let silent = Server::start(&[Plan::silence()]).await;
        let limit = Duration::from_millis(500);
        let (error, elapsed) = fail(https(&silent).connect_timeout(limit), idempotent).await;
        assert_not_connected("no handshake", &error, "Timeout::Connect not sent -", "in the time for it");
        assert_eq!(silent.seen().connections, 3);
        assert!((limit * 3..limit * 3 + ATTEMPT).contains(&elapsed), "{elapsed:?}");
    }

    // The same client and a certificate that is right: it is not for another reason that the others failed.
    let server = tls::start(authority.issue("localhost", 2999), Plan::success()).await;
    let reply = https(&server).build().unwrap().update(&destination(), &update()).await.unwrap();
    assert_eq!((reply.id(), reply.attempts, server.seen().whole), ("dest-1", 1, 1));
}

#[tokio::test]
async fn the_time_for_the_whole_call_ends_it() {
    let server = Server::start(&[Plan::silence()]).await;
    let total = SHORT_ATTEMPT * 3 / 2;
    let client = builder(&server.url()).attempt_timeout(SHORT_ATTEMPT).total_timeout(total);
    let (error, elapsed) = fail(client, true).await;
    assert_eq!((describe(&error).as_str(), error.attempts()), ("Timeout::Total unknown -", 2));
    assert!((total..total + ATTEMPT).contains(&elapsed), "{elapsed:?}");
    assert_eq!(server.seen().requests, 2);
}

#[tokio::test]
async fn a_date_is_waited_for() {
    let server = Server::scripted(
        |number| match number {
            0 => {
                let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
                Plan::answer(response("429 Slow", &format!("Retry-After: {date}\r\n"), ""))
            }
            _ => Plan::success(),
        },
        |_| {},
    )
    .await;
    let begin = Instant::now();
    let reply = builder(&server.url()).build().unwrap().update(&destination(), &update()).await.unwrap();
    assert_eq!((reply.id(), reply.attempts, server.seen().requests), ("dest-1", 2, 2));
    // A date has whole seconds, so that up to one of the two is lost.
    let elapsed = begin.elapsed();
    assert!((Duration::from_millis(900)..ATTEMPT).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test]
async fn what_an_attempt_may_have_done_is_not_forgotten() {
    let refusal = |status: &str, body: &str| Plan::answer(response(status, "", body));
    let rows = [
        ("rejected", refusal("400 Bad", r#"{"code":3000205,"message":"gone"}"#), "Api(3000205) unknown 400", false, 2),
        ("throttled", refusal("429 Slow", ""), "UnexpectedResponse unknown 429", true, 3),
    ];
    for (what, second, expected, retryable, attempts) in rows {
        let server = Server::start(&[Plan::after_reading().applying(true), second]).await;
        let (error, _) = fail(builder(&server.url()), true).await;
        assert_eq!((describe(&error).as_str(), error.attempts()), (expected, attempts), "{what}");
        assert_eq!(error.is_retryable(), retryable, "{what}");
    }
    // The other way round: what was throttled first was not sent twice.
    let server = Server::start(&[refusal("429 Slow", ""), refusal("400 Bad", r#"{"code":3000205}"#)]).await;
    let (error, _) = fail(builder(&server.url()), false).await;
    assert_eq!((describe(&error).as_str(), error.attempts()), ("Api(3000205) rejected 400", 2));
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    for status in [301, 302, 303, 307, 308] {
        for idempotent in [false, true] {
            let other = Server::start(&[Plan::success()]).await;
            let to = format!("{}/v1/api/apps/app-1/destination/dest-1", other.url());
            let moved = response(&format!("{status} Moved"), &format!("location: {to}\r\n"), fault::UPDATED);
            let server = Server::start(&[Plan::answer(moved)]).await;
            let (error, elapsed) = fail(builder(&server.url()), idempotent).await;
            let outcome = if matches!(status, 307 | 308) { "rejected" } else { "unknown" };
            assert_eq!(describe(&error), format!("Redirect({to}) {outcome} {status}"));
            assert!(!error.is_retryable());
            assert_eq!((server.seen().requests, other.seen()), (1, fault::Seen::default()));
            assert!(elapsed < ATTEMPT, "{elapsed:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_ended_between_two_calls_is_replaced() {
    let server = Server::start(&[Plan::success().closing()]).await;
    let client = builder(&server.url()).build().unwrap();
    for call in 1..=5 {
        let reply = client.update(&destination(), &update()).await.unwrap();
        assert_eq!((reply.id(), reply.attempts), ("dest-1", 1));
        server.until(|seen| seen.closed == call).await;
        assert_eq!((server.seen().connections, server.seen().whole), (call, call));
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call() {
    let server = Server::start(&[Plan::success()]).await;
    let client = builder(&server.url()).build().unwrap();
    for _ in 0..5 {
        client.clone().update(&destination(), &update()).await.unwrap();
    }
    assert_eq!((server.seen().connections, server.seen().whole), (1, 5), "clones share their connections");
}

#[tokio::test]
async fn a_kept_connection_that_ends_under_a_request_is_lost() {
    for (idempotent, end) in [
        (false, Plan::after_reading()),
        (true, Plan::after_reading()),
        (false, Plan::after_reading().resetting()),
        (true, Plan::after_reading().resetting()),
    ] {
        let server = Server::start(&[Plan::success(), end, Plan::success()]).await;
        let client = builder(&server.url()).retry(policy(idempotent)).build().unwrap();
        client.update(&destination(), &update()).await.unwrap();
        let second = client.update(&destination(), &update()).await;
        if idempotent {
            assert_eq!(second.unwrap().attempts, 2);
        } else {
            assert_eq!(describe(&second.unwrap_err()), "ConnectionLost unknown -");
        }
        assert_eq!(server.seen().whole, if idempotent { 3 } else { 2 });
        client.update(&destination(), &update()).await.unwrap();
    }
}

/// A response that the server sent without being asked must not become the answer to the next call.
#[tokio::test]
async fn an_answer_too_many_answers_nothing() {
    let twice = response("200 OK", "", fault::UPDATED).repeat(2);
    let refusal = Plan::answer(response("400 Bad", "", r#"{"code":6451000}"#));
    for _ in 0..20 {
        let server = Server::start(&[Plan::answer(twice.clone()), refusal.clone()]).await;
        let client = builder(&server.url()).build().unwrap();
        client.update(&destination(), &update()).await.unwrap();
        let error = client.update(&destination(), &update()).await.unwrap_err();
        assert_eq!(describe(&error), "Api(6451000) rejected 400");
        assert_eq!((server.seen().connections, server.seen().whole), (2, 2));
    }
}

#[tokio::test]
async fn a_future_that_is_dropped_leaves_nothing_behind() {
    // While it has read ten bytes of an update that no socket can buffer, the client is in the middle of sending.
    let part = Plan::while_reading().holding();
    let server = Server::start(&[part, Plan::silence(), Plan::success()]).await;
    // An idle connection would have a task of its own.
    let http = reqwest::Client::builder().pool_max_idle_per_host(0);
    let client = builder(&server.url()).http_client(http).build().unwrap();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let (id, update) = (destination(), update());
    let huge = update.clone().with_staff(["s".repeat(16 * 1024 * 1024)]);

    drop(client.update(&id, &update));
    assert_eq!((server.seen().connections, tasks()), (0, before), "before sending");

    for (closed, what) in [(1, "while sending"), (2, "after sending")] {
        let mut call = Box::pin(client.update(&id, if closed == 1 { &huge } else { &update }));
        tokio::select! {
            result = &mut call => panic!("{what}: {result:?}"),
            () = server.until(|seen| seen.begun == closed) => drop(call),
        }
        server.until(|seen| seen.closed == closed).await;
        assert!(comes_down_to(before, tasks).await, "{what}");
        assert_eq!(server.seen().whole, closed - 1, "{what}");
    }

    let mut call = Box::pin(client.update(&id, &update));
    assert_eq!((&mut call).await.unwrap().id(), "dest-1");
    drop(call);
    server.until(|seen| seen.closed == 3).await;
    assert!(comes_down_to(before, tasks).await, "after the answer");
    client.update(&id, &update).await.unwrap();
    assert_eq!((server.seen().requests, server.seen().whole), (4, 3));
}

/// Whether the tasks are over, within as many turns of the runtime as they can need.
async fn comes_down_to(before: usize, tasks: impl Fn() -> usize) -> bool {
    for _ in 0..1000 {
        if tasks() == before {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// What shows a token that a server sends back.
#[tokio::test]
async fn a_token_that_comes_back_is_shown_nowhere() {
    let header = format!("x-echo: Bearer {TOKEN}\r\nlocation: /{TOKEN}\r\n");
    let envelope = format!(r#"{{"code":6451000,"message":"Bearer {TOKEN} is wrong"}}"#);
    for status in ["200 OK", "400 Bad", "401 No", "500 Oops", "307 There"] {
        for body in [envelope.as_str(), TOKEN, ""] {
            let server = Server::start(&[Plan::answer(response(status, &header, body))]).await;
            let (error, _) = fail(builder(&server.url()), false).await;
            let texts = format!("{}{:?}{:?}", all_texts(&error), error.headers(), error.kind());
            assert!(!texts.contains(TOKEN), "{status}: {texts}");
            assert!(!String::from_utf8_lossy(error.body()).contains(TOKEN), "{status}");
        }
    }
}

/// The questions of an error, where they have an answer.
#[tokio::test]
async fn an_error_answers_its_questions() {
    let body = r#"{"code":6451010,"message":"slow\u001b[31m down"}"#;
    let headers = "Retry-After: 99\r\nX-Request-Id: r-1\r\n";
    let server = Server::start(&[Plan::answer(response("400 Bad Request", headers, body))]).await;
    let (error, _) = fail(builder(&server.url()), false).await;
    assert_eq!(error.code(), Some(cinnox_destination::ErrorCode::TooManyRequests));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(99)));
    assert_eq!(error.headers().unwrap()["x-request-id"], "r-1");
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert!(matches!(error.kind(), ErrorKind::Api { message, .. } if message == "slow\u{1b}[31m down"));
    assert_eq!(
        error.to_string(),
        "the server answered 400 Bad Request with code 6451010 (too many requests): \"slow\\u{1b}[31m down\""
    );
    assert!(error.source().is_none());
    assert!(Client::builder(&server.url(), "..", TOKEN).build().unwrap_err().headers().is_none());
}
