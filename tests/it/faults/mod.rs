//! Failures of network and server: the error says what happened and whether the update may have been applied, and
//! nothing hangs or leaks.

pub(crate) mod cases;
mod connections;
mod history;
mod tls;

use std::fmt::Debug;
use std::time::{Duration, Instant};

use cases::{Case, Retried};
use cinnox_destination::{Error, Outcome, Response};
use futures_util::{StreamExt, stream};

use crate::support::{DESTINATION_ID, TOKEN, all_texts, builder, call, observed::observed, quick_if, server::Server};

/// The timeout of an attempt that does not stall: generous, for a busy machine.
const ATTEMPT: Duration = Duration::from_secs(20);
/// The timeout of an attempt that stalls: long enough to reach the point where it does.
const SHORT_ATTEMPT: Duration = Duration::from_secs(2);

/// Runs each case with the default policy and with an idempotent one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_every_fault_as_expected() {
    let cases = cases::all();
    let runs = cases.iter().flat_map(|case| [(case, false), (case, true)]);
    // Cases that stall only wait, so they run all at once, before those that keep the processor busy.
    let (stalling, busy): (Vec<_>, Vec<_>) = runs.partition(|(case, _)| case.stalls);
    let mut differences = Vec::new();
    for (runs, concurrency) in [(stalling, usize::MAX), (busy, 4)] {
        let found = stream::iter(runs).map(|(case, idempotent)| run(case, idempotent));
        differences.extend(found.buffer_unordered(concurrency).concat().await);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Runs a case and returns the differences from what it expects.
async fn run(case: &Case, idempotent: bool) -> Vec<String> {
    let server = Server::start(std::slice::from_ref(&case.server)).await;
    let limit = if case.stalls { SHORT_ATTEMPT } else { ATTEMPT };
    let begin = Instant::now();
    let result = call(builder(&server.url()).attempt_timeout(limit).retry(quick_if(idempotent))).await;
    let elapsed = begin.elapsed();

    let outcome = result.as_ref().err().map(Error::outcome);
    let found_attempts = result.as_ref().map_or_else(Error::attempts, Response::attempts);
    let unsent = case.may_be_unsent && outcome == Some(Outcome::NotSent);
    let attempts = match case.retried {
        _ if unsent => 3,
        Retried::ByDefault => 3,
        Retried::IfIdempotent if idempotent => 3,
        // Attempts that are not sent are retried, up to the first one that may have been.
        _ if case.may_be_unsent => found_attempts.min(3),
        _ => 1,
    };
    let shortest = if case.stalls { limit * attempts } else { case.min_delay * (attempts - 1) };
    let mut differences = Vec::new();
    let mut check = |what: &str, found: &dyn Debug, expected: &dyn Debug| {
        let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
        if found != expected {
            let mode = if idempotent { "idempotent" } else { "default" };
            let short = |text: &str| text.chars().take(300).collect::<String>();
            let (name, found, expected) = (short(&case.name), short(&found), short(&expected));
            differences.push(format!("{name} ({mode}): {what} is {found}, not {expected}"));
        }
    };
    if !unsent {
        check("the result", &observed(&result), &case.result);
    }
    check("the number of attempts", &found_attempts, &attempts);
    match &result {
        Ok(response) => check("the ID", &response.id(), &DESTINATION_ID),
        Err(error) => {
            if let Some(body) = &case.body {
                check("the body", &error.body(), body);
            }
            check("the token is shown", &all_texts(error).contains(TOKEN), &false);
            let sentence = error.to_string();
            check("the sentence is long or broken", &(sentence.len() > 4096 || sentence.contains('\n')), &false);
            let warns = sentence.ends_with("; the update may have been applied");
            check("the warning at the end", &warns, &(error.outcome() == Outcome::Unknown));
        }
    }
    // hyper may open a connection that it does not use.
    let seen = server.seen();
    let requests = if case.server.reads() { seen.begun } else { seen.requests };
    check("the number of requests", &requests, &usize::try_from(attempts).unwrap());
    check("a time that is too short", &Some(elapsed).filter(|time| *time < shortest), &None::<Duration>);
    check("a time that is too long", &Some(elapsed).filter(|time| *time > shortest + ATTEMPT), &None::<Duration>);
    differences
}
