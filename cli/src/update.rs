//! `update`: one destination.
//!
//! The last line of standard output or standard error is for scripts: `updated destination ID`, or `outcome: ` and the
//! outcome in words.

use cinnox_destination::{DestinationId, DestinationUpdate, ErrorCode, ErrorKind, Outcome, RetryPolicy};
use serde::Serialize;
use serde_json::json;

use crate::{
    account::{Connection, code_of, name_of, variable},
    arguments::Update,
    exit::{Exit, Failure, complain, print, print_done, shown},
    input,
    signals::Signals,
};

const DESTINATION_VARIABLE: &str = "CINNOX_DESTINATION_ID";

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    destination: &'a DestinationId,
    outcome: &'a str,
    status: Option<u16>,
    code: Option<i64>,
    message: Option<String>,
    /// Nothing if the program was interrupted.
    attempts: Option<u32>,
}

impl Report<'_> {
    fn print(&self, json: bool) {
        if json {
            print_done(&format!("{}\n", json!(self)));
        }
    }
}

pub(crate) async fn run(arguments: Update, quiet: bool, mut signals: Signals) -> Result<Exit, Failure> {
    let prepared = signals.or_interrupted(move || prepare(arguments)).await?;
    let Prepared { arguments, connection, destination, update } = prepared;
    if arguments.dry_run {
        return preview(&connection, &destination, &update, arguments.json);
    }
    let result = tokio::select! {
        result = connection.client.update(&destination, &update) => result,
        () = signals.next() => {
            let message = "interrupted; the request may have been sent";
            let unknown = Outcome::Unknown;
            let report = Report {
                destination: &destination,
                outcome: name_of(unknown),
                status: None,
                code: None,
                message: Some(message.to_owned()),
                attempts: None,
            };
            report.print(arguments.json);
            complain(&format!("{message}\noutcome: {unknown}"));
            return Ok(Exit::Interrupted);
        }
    };
    let error = match result {
        Ok(updated) => {
            if arguments.json {
                let (status, code) = (Some(updated.status.as_u16()), code_of(&updated));
                let (outcome, attempts) = ("updated", Some(updated.attempts));
                let report = Report { destination: &destination, outcome, status, code, message: None, attempts };
                report.print(true);
                return Ok(Exit::Done);
            }
            let last = format!("updated destination {}\n", shown(&destination.to_string()));
            let sent = serde_json::to_string_pretty(&update).map_err(Failure::other)?;
            let (account, status, attempts) = (&connection.account, updated.status, updated.attempts);
            let more = format!("sent for app {account}:\n{sent}\n\nreceived: {status} after {attempts} attempt(s)\n");
            print_done(&if quiet { last } else { more + &last });
            return Ok(Exit::Done);
        }
        Err(error) => error,
    };
    let message = connection.describe(&error);
    if matches!(error.kind(), ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_)) {
        return Err(Failure::refused(message));
    }
    let outcome = error.outcome();
    let report = Report {
        destination: &destination,
        outcome: name_of(outcome),
        status: error.status().map(|status| status.as_u16()),
        code: error.code().map(ErrorCode::number),
        message: Some(message.clone()),
        attempts: Some(error.attempts()),
    };
    report.print(arguments.json);
    complain(&format!("{message}\noutcome: {outcome}"));
    Ok(if outcome == Outcome::Unknown { Exit::Unknown } else { Exit::NotDone })
}

struct Prepared {
    arguments: Update,
    connection: Connection,
    destination: DestinationId,
    update: DestinationUpdate,
}

/// Everything before the request.
fn prepare(arguments: Update) -> Result<Prepared, Failure> {
    let Update { file, account, skip, .. } = &arguments;
    let retry = RetryPolicy::default();
    let retry = if arguments.idempotent { retry.idempotent() } else { retry };
    let connection = Connection::new(account, skip, file, !arguments.dry_run, |builder| builder.retry(retry))?;
    let destination = arguments.destination.clone().or_else(|| variable(DESTINATION_VARIABLE));
    let missing =
        || Failure::refused(format!("no destination given; use --destination ID or set {DESTINATION_VARIABLE}"));
    let destination = destination.ok_or_else(missing)?.parse().map_err(|error| Failure::refused(format!("{error}")))?;
    let update = input::read_update(file, skip)?;
    Ok(Prepared { connection, destination, update, arguments })
}

/// Prints the request.
fn preview(
    connection: &Connection,
    destination: &DestinationId,
    update: &DestinationUpdate,
    json: bool,
) -> Result<Exit, Failure> {
    let (base_url, app_id) = (&connection.account.base_url, &connection.account.app_id);
    let url = format!("{}/v1/api/apps/{app_id}/destination/{destination}", base_url.trim_end_matches('/'));
    let text = if json {
        json!({ "method": "PATCH", "url": url, "body": update }).to_string()
    } else {
        format!("PATCH {url}\n\n{}", serde_json::to_string_pretty(update).map_err(Failure::other)?)
    };
    print(&format!("{text}\n"))?;
    complain("nothing was sent");
    Ok(Exit::Done)
}
