//! `bulk`: many updates from a file, with results that a further run goes on with.

mod entries;
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
mod verdict;

use std::path::Path;

use cinnox_destination::{Client, ClientBuilder, DestinationId, RetryPolicy};

use self::{
    entries::{Checked, DestinationHasher, no_room},
    journal::{Continuation, Journal, Results},
    plan::Plan,
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
    print,
    signals::{Signals, survive_file_size_limit},
};

pub(crate) async fn run(arguments: Bulk, verbosity: Verbosity) -> Result<Exit, Failure> {
    let Bulk { file, results, sending, dry_run } = arguments;
    let client = client_from_env(without_retries)?;
    let account = Account::of(&client);
    let hasher = DestinationHasher::default();
    let (mut steps, earlier) = read_results(&results, &account, &hasher)?;
    let mut checked = Checked::new(Input::open(&file)?, &hasher, verbosity.quiet, |_| {})?;
    let plan = Plan::new(&mut steps, checked.lines(), sending.idempotent).map_err(no_room)?;
    if dry_run {
        return preview(&client, checked, plan).await;
    }
    let report = Report::new(&account, checked.count(), &plan, verbosity);
    let entries = checked.entries(plan)?;
    survive_file_size_limit();
    let journal = Journal::open(&results, earlier, &account)?;
    let settings = settings(sending, true);
    finish(Run::new(client, entries, journal, settings, report), settings, sending.json, verbosity).await
}

/// The same with so many sample updates, for an in-memory server. No file of results is written: a real run could take it
/// for its own.
pub(crate) async fn rehearse(
    client: Client,
    count: u64,
    sending: Sending,
    verbosity: Verbosity,
    mut each: impl FnMut(&DestinationId),
) -> Result<Exit, Failure> {
    let samples = Input::of_file("the sample", crate::sample::file(count).map_err(no_room)?);
    let checked =
        Checked::new(samples, &DestinationHasher::default(), verbosity.quiet, |entry| each(&entry.destination))?;
    let plan = Plan::default();
    let report = Report::new(&Account::of(&client), checked.count(), &plan, verbosity);
    let entries = checked.entries(plan)?;
    let journal = Journal::temporary().map_err(no_room)?;
    let settings = settings(sending, false);
    finish(Run::new(client, entries, journal, settings, report), settings, sending.json, verbosity).await
}

/// When an update is sent again is decided for all of them together.
pub(crate) fn without_retries(builder: ClientBuilder) -> ClientBuilder {
    builder.retry(RetryPolicy::never()).without_retry_budget()
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

async fn finish(run: Run, settings: Settings, json: bool, verbosity: Verbosity) -> Result<Exit, Failure> {
    let mut signals =
        Signals::listen().map_err(|error| Failure::Other(format!("signals cannot be listened to: {error}")))?;
    let end = run.finish(&mut signals).await;
    end.summary.print(&settings, json, verbosity.quiet);
    Ok(match (end.summary.is_complete() && end.is_written, end.is_interrupted) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Interrupted,
        (false, false) => Exit::NotDone,
    })
}

/// The first request in full, and of the others what differs.
async fn preview(client: &Client, checked: Checked, plan: Plan) -> Result<Exit, Failure> {
    let preview = Preview::new(client).await?;
    let mut entries = checked.entries(plan)?;
    let mut is_first = true;
    while let Some(line) = entries.next()? {
        if line.action == plan::Action::WriteUnknown {
            continue;
        }
        let request = preview.request(&line.entry.destination, &line.entry.update).await?;
        let number = line.entry.line;
        let text = if is_first { request.in_full() } else { request.in_short() };
        print(&format!("line {number}: {text}\n"))?;
        is_first = false;
    }
    crate::complain("nothing was sent");
    Ok(Exit::Done)
}
