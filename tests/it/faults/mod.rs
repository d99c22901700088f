//! Failures of network and server: the error says what happened and whether the update may have been applied, and
//! nothing hangs or leaks.

pub(crate) mod cases;
mod connections;
mod history;
mod statuses;
mod tls;
mod unreachable;

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use cases::{Case, Kept, Retried};
use cinnox_destination::{ClientBuilder, Error, Outcome};
use futures_util::{StreamExt, stream};

use crate::support::{
    DESTINATION_ID, TOKEN, all_texts, builder, destination, observed::Observed, quick_if, server::Server, update,
};

/// The timeout of an attempt that does not stall: generous, for a busy machine.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The timeout of an attempt that stalls: long enough to reach the point where it does.
const SHORT_ATTEMPT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_every_fault_as_expected() {
    assert_cases(&cases::all()).await;
}

/// Runs each case with the default policy and with an idempotent one.
async fn assert_cases(cases: &[Case]) {
    let runs = cases.iter().flat_map(|case| [(case, false), (case, true)]);
    // Cases that stall only wait, so they run all at once, before those that keep the processor busy.
    let (stalling, busy): (Vec<_>, Vec<_>) = runs.partition(|(case, _)| case.stalls);
    let mut differences = Vec::new();
    for (runs, concurrency) in [(stalling, usize::MAX), (busy, 8)] {
        let found = stream::iter(runs).map(|(case, mode)| run(case, mode)).buffer_unordered(concurrency);
        differences.extend(found.concat().await);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Runs a case and returns the differences from what it expects.
async fn run(case: &Case, idempotent: bool) -> Vec<String> {
    let server = Server::start(std::slice::from_ref(&case.server)).await;
    let limit = if case.stalls { SHORT_ATTEMPT } else { ATTEMPT };
    let client = builder(&server.url()).attempt_timeout(limit).retry(quick_if(idempotent)).build().unwrap();
    let begin = Instant::now();
    let result = client.update(&destination(), &update()).await;
    let elapsed = begin.elapsed();

    let observed = Observed::from(&result);
    let unsent = case.may_be_unsent && observed.outcome() == Some(Outcome::NotSent);
    let attempts = match case.retried {
        _ if unsent => 3,
        Retried::ByDefault => 3,
        Retried::IfIdempotent if idempotent => 3,
        // Attempts that are not sent are retried, up to the first one that may have been.
        _ if case.may_be_unsent => result.as_ref().map_or_else(Error::attempts, |response| response.attempts).min(3),
        _ => 1,
    };
    let shortest = if case.stalls { limit * attempts } else { case.min_delay * (attempts - 1) };
    let mut differences = Vec::new();
    let mut check = |what: &str, found: &dyn Debug, expected: &dyn Debug| {
        let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
        if found != expected {
            let mode = if idempotent { "idempotent" } else { "default" };
            let (found, expected) = (&found[..found.len().min(300)], &expected[..expected.len().min(300)]);
            differences.push(format!("{} ({mode}): {what} is {found}, not {expected}", case.name));
        }
    };
    if !unsent {
        check("the result", &observed, &case.result);
    }
    match &result {
        Ok(response) => {
            check("the ID", &response.id(), &DESTINATION_ID);
            check("the number of attempts", &response.attempts, &attempts);
        }
        Err(error) => {
            check("the number of attempts", &error.attempts(), &attempts);
            if let Kept::Exactly(body) = &case.body {
                check("the body", &error.body(), body);
            }
            check("the token is shown", &all_texts(error).contains(TOKEN), &false);
            let sentence = error.to_string();
            check("the sentence is long or broken", &(sentence.len() > 4096 || sentence.contains('\n')), &false);
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

/// The error and the duration of a call.
async fn fail(client: ClientBuilder, idempotent: bool) -> (Error, Duration) {
    let client = client.retry(quick_if(idempotent)).build().unwrap();
    let begin = Instant::now();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    (error, begin.elapsed())
}
