//! `update`: one destination.

use std::{env, io::Write};

use cinnox_destination::{
    Client, DestinationId, DestinationUpdate, Error, ErrorCode, Response, RetryPolicy, SuccessCode, UpdatedDestination,
};
use serde_json::json;

use crate::{
    account::client_from_env,
    arguments::{Update, Verbosity},
    complain,
    dry_run::Preview,
    failure::{Exit, Failure},
    input, print,
    signals::Signals,
    text::{shown, with_cause},
};

const DESTINATION_VARIABLE: &str = "CINNOX_DESTINATION_ID";

pub(crate) async fn run(arguments: Update, verbosity: Verbosity) -> Result<Exit, Failure> {
    let retry = RetryPolicy::default();
    let retry = if arguments.idempotent { retry.idempotent() } else { retry };
    let client = client_from_env(|builder| builder.retry(retry))?;
    let destination = destination(arguments.destination)?;
    let update = input::read_update(&arguments.file)?;
    if arguments.dry_run {
        let request = Preview::new(&client).await?.request(&destination, &update).await?;
        print(&request.in_full())?;
        complain("nothing was sent");
        return Ok(Exit::Done);
    }
    if verbosity.verbose {
        show_events();
    }
    let mut signals =
        Signals::listen().map_err(|error| Failure::Other(format!("signals cannot be listened to: {error}")))?;
    let result = tokio::select! {
        result = client.update(&destination, &update) => result,
        () = signals.next() => {
            complain("interrupted; the request may have been sent\noutcome: unknown");
            return Ok(Exit::Interrupted);
        }
    };
    match result {
        Ok(updated) => {
            if !updated.is_for(&destination) {
                let other = shown(updated.id());
                complain(&format!("the server says that it updated \"{other}\", not {destination}; look at both"));
            }
            let report = if arguments.json {
                json_of(&destination, &Ok(updated))
            } else {
                report(&client, &update, &updated, verbosity)
            };
            if let Err(error) = writeln!(anstream::stdout(), "{report}") {
                complain(&format!("{destination} was updated, but the report of it could not be printed: {error}"));
            }
            Ok(Exit::Done)
        }
        Err(error) => {
            let failed = Err(error);
            if arguments.json {
                // The exit status and standard error say it as well.
                let _ = writeln!(anstream::stdout(), "{}", json_of(&destination, &failed));
            }
            failed.map(|_: Response<UpdatedDestination>| Exit::Done).map_err(Into::into)
        }
    }
}

fn destination(argument: Option<String>) -> Result<DestinationId, Failure> {
    let variable = env::var_os(DESTINATION_VARIABLE).filter(|id| !id.is_empty());
    let id = argument.or(variable.map(|id| id.to_string_lossy().into_owned())).ok_or_else(|| {
        Failure::Input(format!("no destination is named; give --destination ID or set {DESTINATION_VARIABLE}"))
    })?;
    Ok(id.parse()?)
}

/// What was sent and received, a line or block each.
fn report(
    client: &Client,
    update: &DestinationUpdate,
    updated: &Response<UpdatedDestination>,
    verbosity: Verbosity,
) -> String {
    let last = format!("updated destination {}", shown(updated.id()));
    if verbosity.quiet {
        return last;
    }
    let sent = serde_json::to_string_pretty(update).unwrap_or_else(|error| error.to_string());
    let account = format!("app {} at {}", client.app_id(), client.base_url());
    let received = format!("{} after {} attempt(s)", updated.status, updated.attempts);
    format!("sent for {account}:\n{sent}\n\nreceived: {received}\n{last}")
}

fn json_of(destination: &DestinationId, result: &Result<Response<UpdatedDestination>, Error>) -> String {
    let value = match result {
        Ok(updated) => json!({
            "destination": destination, "outcome": "updated", "code": updated.code.map(SuccessCode::number),
            "message": null, "attempts": updated.attempts, "updated": updated.id(),
        }),
        Err(error) => json!({
            "destination": destination, "outcome": error.outcome().as_str(), "code": error.code().map(ErrorCode::number),
            "message": with_cause(error), "attempts": error.attempts(), "updated": null,
        }),
    };
    value.to_string()
}

/// The library's events, on standard error.
fn show_events() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN);
    let subscriber = subscriber.with_writer(std::io::stderr).without_time().with_target(false).with_ansi(false);
    // There is no other one.
    let _ = subscriber.try_init();
}
