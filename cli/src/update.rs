//! `update`: one destination.
//!
//! The last line of standard output or standard error is for scripts: `updated destination ID`, or `outcome: ` and the
//! outcome in words.

use std::env;

use cinnox_destination::reqwest::Url;
use cinnox_destination::{DestinationId, DestinationUpdate, Outcome, RetryPolicy};
use serde_json::json;

use crate::account::{Answer, Connection};
use crate::arguments::Update;
use crate::exit::{Exit, Failure, complain, print, print_done};
use crate::input;
use crate::signals::Signals;

pub(crate) async fn run(arguments: Update, quiet: bool, mut signals: Signals) -> Result<Exit, Failure> {
    let (json, dry_run) = (arguments.json, arguments.dry_run);
    let (connection, destination, update) = signals.or_interrupted(move || prepare(&arguments)).await?;
    if dry_run {
        return preview(connection.client.update_request(&destination), &update, json);
    }
    let result = tokio::select! {
        result = connection.client.update(&destination, &update) => Some(result),
        () = signals.next() => None,
    };
    let interrupted = || Answer::none(Outcome::Unknown, "interrupted; the request may have been sent", 1);
    let answer = result.as_ref().map_or_else(interrupted, |result| connection.answer(result, 0));
    let is_updated = matches!(result, Some(Ok(_)));
    if json {
        let mut report = json!(answer);
        report["destination"] = json!(destination);
        print_done(&format!("{report}\n"));
    } else if is_updated {
        let details = format!("app {}: updated after {} attempt(s)\n", connection.account, answer.attempts);
        print_done(&format!("{}updated destination {destination}\n", if quiet { "" } else { &details }));
    }
    if !is_updated {
        complain(&format!("{}\noutcome: {}", answer.message.as_deref().unwrap_or_default(), answer.in_words()));
    }
    Ok(match (result, answer.outcome) {
        (None, _) => Exit::Interrupted,
        (Some(Ok(_)), _) => Exit::Done,
        (Some(Err(_)), "unknown") => Exit::Unknown,
        (Some(Err(_)), _) => Exit::NotDone,
    })
}

/// Everything before the request.
fn prepare(arguments: &Update) -> Result<(Connection, DestinationId, DestinationUpdate), Failure> {
    let Update { file, account, skip, .. } = arguments;
    let retry = RetryPolicy::default();
    let retry = if arguments.idempotent { retry.idempotent() } else { retry };
    let connection = Connection::new(account, skip, file, !arguments.dry_run, retry)?;
    let destination = arguments.destination.clone().or_else(|| env::var("CINNOX_DESTINATION_ID").ok());
    let destination = destination.filter(|id| !id.is_empty());
    let missing = "no destination given; use --destination ID or set CINNOX_DESTINATION_ID";
    let destination = destination.ok_or_else(|| Failure::refused(missing))?;
    let destination = destination.parse().map_err(|error| Failure::refused(format!("{error}")))?;
    Ok((connection, destination, input::read_update(file, skip)?))
}

/// Prints the request.
fn preview((method, url): (&str, Url), update: &DestinationUpdate, json: bool) -> Result<Exit, Failure> {
    print(&if json {
        format!("{}\n", json!({ "method": method, "url": url.as_str(), "body": update }))
    } else {
        format!("{method} {url}\n\n{:#}\n", json!(update))
    })?;
    complain("nothing was sent");
    Ok(Exit::Done)
}
