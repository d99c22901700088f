//! `bulk`: many updates from a file, with a results file from which a later run resumes.

mod entries;
mod first;
mod journal;
mod plan;
mod queue;
mod rate_limiter;
mod record;
mod report;
mod run;
mod settings;
mod spool;
mod summary;

use std::path::Path;

use cinnox_destination::{Client, ClientBuilder, DestinationId, RetryPolicy};
use serde_json::json;
use tokio::runtime::Handle;

use self::{
    entries::{Checked, DestinationHasher, no_room},
    journal::{Continuation, Journal, Results},
    plan::{Action, Plan},
    report::Report,
    run::Run,
    settings::Settings,
    spool::Spool,
};
use crate::{
    account::{Account, client_from_env},
    arguments::{Bulk, Sending, Verbosity},
    dry_run::Preview,
    failure::{Exit, Failure},
    input::Input,
    output::{complain, print},
    signals::{NOTHING_SENT, Signals},
};

pub(crate) async fn run(arguments: Bulk, verbosity: Verbosity) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let Bulk { file, results, sending, dry_run } = arguments;
    let client = client_from_env(without_retries)?;
    let account = Account::of(&client);
    let prepare = {
        let (results, account) = (results.clone(), account.clone());
        move || Prepared::new(&file, &results, &account, sending.idempotent, verbosity.quiet)
    };
    let prepared = signals.or_interrupted(NOTHING_SENT, prepare).await?;
    if dry_run {
        let preview = move || Handle::current().block_on(preview(&client, prepared, sending.json));
        return signals.or_interrupted(NOTHING_SENT, preview).await;
    }
    let Prepared { checked, plan, earlier } = prepared;
    let report = Report::new(&account, checked.count(), &plan, verbosity);
    let entries = checked.entries(plan)?;
    let journal = Journal::open(&results, earlier, &account)?;
    let settings = settings(sending, true);
    let run = Run::new(client, entries, journal, settings, report);
    Ok(finish(run, &mut signals, settings, sending.json, verbosity).await)
}

/// The same with `count` sample updates against an in-memory server. Writes no results file, because a real run could
/// mistake it for its own.
pub(crate) async fn rehearse(
    client: Client,
    count: u64,
    sending: Sending,
    verbosity: Verbosity,
    mut each: impl FnMut(&DestinationId) + Send + 'static,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let check = move || {
        let samples = Input::of_file("the sample", crate::sample::file(count).map_err(no_room)?);
        Checked::new(samples, &DestinationHasher::default(), verbosity.quiet, |entry| each(&entry.destination))
    };
    let checked = signals.or_interrupted(NOTHING_SENT, check).await?;
    let plan = Plan::default();
    let report = Report::new(&Account::of(&client), checked.count(), &plan, verbosity);
    let entries = checked.entries(plan)?;
    let journal = Journal::temporary().map_err(no_room)?;
    let settings = settings(sending, false);
    let run = Run::new(client, entries, journal, settings, report);
    Ok(finish(run, &mut signals, settings, sending.json, verbosity).await)
}

/// Disables the client's retries: `bulk` decides about retries for all updates together.
pub(crate) fn without_retries(builder: ClientBuilder) -> ClientBuilder {
    builder.retry(RetryPolicy::never()).without_retry_budget()
}

/// Everything that is known before the first request.
struct Prepared {
    checked: Checked,
    plan: Plan,
    earlier: Option<Continuation>,
}

impl Prepared {
    /// Reads the results of earlier runs, and validates the input.
    fn new(file: &Path, results: &Path, account: &Account, idempotent: bool, quiet: bool) -> Result<Self, Failure> {
        let hasher = DestinationHasher::default();
        let (mut steps, earlier) = read_results(results, account, &hasher)?;
        let mut checked = Checked::new(Input::open(file)?, &hasher, quiet, |_| {})?;
        let plan = Plan::new(&mut steps, checked.lines(), idempotent).map_err(no_room)?;
        Ok(Self { checked, plan, earlier })
    }
}

fn read_results(
    path: &Path,
    account: &Account,
    hasher: &DestinationHasher,
) -> Result<(Spool<3>, Option<Continuation>), Failure> {
    let mut steps = Spool::new().map_err(no_room)?;
    let Some(results) = Results::open(path)? else {
        return Ok((steps, None));
    };
    let earlier = results.read(account, |event| steps.push(plan::step(hasher.hash(&event.destination), event)))?;
    Ok((steps, Some(earlier)))
}

fn settings(sending: Sending, resumable: bool) -> Settings {
    let Sending { concurrency, rate, idempotent, .. } = sending;
    let concurrency = usize::try_from(concurrency).unwrap_or(usize::MAX);
    Settings { concurrency, rate, idempotent, resumable }
}

async fn finish(run: Run, signals: &mut Signals, settings: Settings, json: bool, verbosity: Verbosity) -> Exit {
    let end = run.finish(signals).await;
    end.summary.print(&settings, json, verbosity.quiet);
    match (end.summary.is_complete() && end.is_written, end.is_interrupted) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Interrupted,
        (false, false) => Exit::NotDone,
    }
}

/// Prints the first request in full and the others in short form; as JSON, every request as an object on its own line.
async fn preview(client: &Client, prepared: Prepared, json: bool) -> Result<Exit, Failure> {
    let preview = Preview::new(client).await?;
    let mut entries = prepared.checked.entries(prepared.plan)?;
    let mut is_first = true;
    while let Some(line) = entries.next()? {
        if line.action == Action::WriteUnknown {
            continue;
        }
        let request = preview.request(&line.entry.destination, &line.entry.update).await?;
        let number = line.entry.line;
        let text = match (json, is_first) {
            (true, _) => json!({ "line": number, "request": request }).to_string(),
            (false, true) => format!("line {number}: {}", request.in_full()),
            (false, false) => format!("line {number}: {}", request.in_short()),
        };
        print(&format!("{text}\n"))?;
        is_first = false;
    }
    complain("nothing was sent");
    Ok(Exit::Done)
}
