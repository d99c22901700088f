//! `update`: one destination.

use std::{env, io::Write};

use cinnox_destination::{
    Client, DestinationId, DestinationUpdate, ErrorCode, Response, RetryPolicy, UpdatedDestination,
};
use serde::Serialize;
use tokio::runtime::Handle;

use crate::{
    account::client_from_env,
    arguments::{Update, Verbosity},
    dry_run::Preview,
    failure::{Exit, Failure},
    input,
    output::{complain, print},
    signals::{NOTHING_SENT, Signals},
    text::shown,
    verdict::{LineOutcome, code_of, describe},
};

const DESTINATION_VARIABLE: &str = "CINNOX_DESTINATION_ID";

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    destination: &'a DestinationId,
    outcome: LineOutcome,
    code: Option<i64>,
    message: Option<String>,
    /// Nothing if the program was interrupted.
    attempts: Option<u32>,
    /// The destination that the server named.
    updated: Option<&'a str>,
}

impl<'a> Report<'a> {
    fn new(destination: &'a DestinationId, outcome: LineOutcome, message: Option<String>) -> Self {
        Self { destination, outcome, code: None, message, attempts: None, updated: None }
    }
}

pub(crate) async fn run(arguments: Update, verbosity: Verbosity) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let Update { file, destination: id, idempotent, dry_run, json } = arguments;
    let retry = RetryPolicy::default();
    let retry = if idempotent { retry.idempotent() } else { retry };
    let client = client_from_env(|builder| builder.retry(retry))?;
    let destination = destination(id)?;
    let update = signals.or_interrupted(NOTHING_SENT, move || input::read_update(&file)).await?;
    if dry_run {
        let preview = move || Handle::current().block_on(preview(&client, &destination, &update, json));
        return signals.or_interrupted(NOTHING_SENT, preview).await;
    }
    if verbosity.verbose {
        show_events();
    }
    let result = tokio::select! {
        result = client.update(&destination, &update) => result,
        () = signals.next() => {
            let message = "interrupted; the request may have been sent";
            let report = Report::new(&destination, LineOutcome::Unknown, Some(message.to_owned()));
            print_failure(&report, json);
            complain(&format!("{message}\noutcome: {}", report.outcome));
            return Ok(Exit::Interrupted);
        }
    };
    let failure = match result {
        Ok(updated) => {
            let warning = warning(&destination, &updated);
            if let Some(warning) = &warning {
                complain(warning);
            }
            let text = if json {
                let report = Report::new(&destination, LineOutcome::Updated, warning);
                let (code, attempts, id) = (code_of(&updated), Some(updated.attempts), Some(updated.id()));
                as_json(&Report { code, attempts, updated: id, ..report })
            } else {
                as_text(&client, &update, &updated, verbosity)
            };
            if let Err(error) = writeln!(anstream::stdout(), "{text}") {
                complain(&format!("{destination} was updated, but the report could not be printed: {error}"));
            }
            return Ok(Exit::Done);
        }
        Err(error) => Failure::of_call(error, idempotent),
    };
    if let Failure::Call { error, outcome } = &failure {
        let report = Report::new(&destination, *outcome, Some(describe(error)));
        let (code, attempts) = (error.code().map(ErrorCode::number), Some(error.attempts()));
        print_failure(&Report { code, attempts, ..report }, json);
    }
    Err(failure)
}

/// Whether the server named another destination.
fn warning(destination: &DestinationId, updated: &UpdatedDestination) -> Option<String> {
    let other = shown(updated.id());
    let warning = || format!("the server reported an update of \"{other}\" instead of {destination}; check both");
    (!updated.is_for(destination)).then(warning)
}

async fn preview(
    client: &Client,
    destination: &DestinationId,
    update: &DestinationUpdate,
    json: bool,
) -> Result<Exit, Failure> {
    let request = Preview::new(client).await?.request(destination, update).await?;
    print(&if json { as_json(&request) + "\n" } else { request.in_full() })?;
    complain("nothing was sent");
    Ok(Exit::Done)
}

fn as_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

fn print_failure(report: &Report<'_>, json: bool) {
    if json {
        // The exit status and standard error say it as well.
        let _ = writeln!(anstream::stdout(), "{}", as_json(report));
    }
}

fn destination(argument: Option<String>) -> Result<DestinationId, Failure> {
    let variable = env::var_os(DESTINATION_VARIABLE).filter(|id| !id.is_empty());
    let id = argument.or(variable.map(|id| id.to_string_lossy().into_owned())).ok_or_else(|| {
        Failure::Input(format!("no destination given; use --destination ID or set {DESTINATION_VARIABLE}"))
    })?;
    Ok(id.parse()?)
}

/// A successful update; its last line is for scripts.
fn as_text(
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

/// The library's events, on standard error.
fn show_events() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN);
    let subscriber = subscriber.with_writer(std::io::stderr).without_time().with_target(false).with_ansi(false);
    // Fails only if a subscriber is already set, and there is none.
    let _ = subscriber.try_init();
}
