//! `bulk`: many updates from a file, which is the wanted state.
//!
//! The steps: read the account, the input and the results file; make the plan; ask; send; report.

mod pauses;
mod plan;
mod report;
mod results;
mod send;

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use cinnox_destination::RetryPolicy;
use same_file::Handle;

use self::{plan::Plan, results::Results, send::Run};
use crate::account::Connection;
use crate::arguments::Bulk;
use crate::exit::{Exit, Failure, complain, print};
use crate::input::{self, Source};
use crate::signals::Signals;

/// Everything that is known before the first request.
struct Prepared {
    arguments: Bulk,
    connection: Connection,
    plan: Plan,
    /// `None` for a dry run.
    results: Option<Results>,
    /// If the failed lines are to be written.
    source: Option<Source>,
}

pub(crate) async fn run(arguments: Bulk, quiet: bool, mut signals: Signals) -> Result<Exit, Failure> {
    let prepared = signals.or_interrupted(move || Prepared::new(arguments)).await?;
    let Prepared { arguments, connection, plan, results, source } = prepared;
    let Some(results) = results else {
        let text = if arguments.json { format!("{:#}\n", plan.as_json()) } else { plan.as_text() };
        print(&text)?;
        complain("nothing was sent");
        return Ok(Exit::Done);
    };
    let is_asked = !arguments.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
    if is_asked && !plan.jobs.is_empty() {
        let question = format!("Send {} to app {}? [y/N] ", plan.counts(), connection.account);
        signals.or_interrupted(move || confirm(&question)).await?;
    }
    let report = Run::new(connection, &arguments, results, plan, quiet).finish(&mut signals).await;
    let written = match (&arguments.failed, source) {
        // It may have been replaced since.
        (Some(path), _) if is_same(path, &arguments.results) => {
            Err(io::Error::other("the results file is in its place"))
        }
        (Some(path), Some(source)) => source.select(&report.failed_lines()).and_then(|lines| fs::write(path, lines)),
        _ => Ok(()),
    };
    let exit = report.print(arguments.json);
    if let Err(error) = written {
        complain(&format!("the lines that failed could not be written: {error}"));
        return Ok(exit.max(Exit::NotDone));
    }
    Ok(exit)
}

impl Prepared {
    fn new(arguments: Bulk) -> Result<Self, Failure> {
        let Bulk { file, results: path, account, skip, .. } = &arguments;
        check_paths(&arguments)?;
        let connection = Connection::new(account, skip, file, !arguments.dry_run, RetryPolicy::never())?;
        let (entries, source) = input::read_many(file, skip)?;
        let (results, last) = Results::open(path, &connection.account, arguments.dry_run)?;
        let plan = Plan::new(entries, &last, arguments.all)?;
        if let Some(failed) = arguments.failed.as_ref().filter(|_| !arguments.dry_run) {
            let opened = OpenOptions::new().append(true).create(true).open(failed);
            opened.map_err(|error| Failure::refused(format!("{} cannot be written: {error}", failed.display())))?;
            // Now that both exist, other spellings of one path show.
            check_paths(&arguments)?;
        }
        let source = source.filter(|_| arguments.failed.is_some());
        Ok(Self { arguments, connection, plan, results, source })
    }
}

/// Fails if a file would be used for two things, or standard output as a file.
fn check_paths(Bulk { file, results, failed, .. }: &Bulk) -> Result<(), Failure> {
    let pairs = [
        ("the results file", Some(results), "the input", file),
        ("the file for failed lines", failed.as_ref(), "the input", file),
        ("the file for failed lines", failed.as_ref(), "the results file", results),
    ];
    for (what, path, other, other_path) in pairs {
        if path.is_some_and(|path| path.as_os_str() == "-") {
            return Err(Failure::refused(format!("{what} cannot be standard output; name a file")));
        }
        if path.is_some_and(|path| is_same(path, other_path)) {
            return Err(Failure::refused(format!("{what} is also {other}; use another file")));
        }
    }
    Ok(())
}

fn is_same(path: &Path, other: &Path) -> bool {
    let handle = |path: &Path| if path.as_os_str() == "-" { Handle::stdin() } else { Handle::from_path(path) };
    path == other || matches!((handle(path), handle(other)), (Ok(path), Ok(other)) if path == other)
}

/// Asks on the terminal.
fn confirm(question: &str) -> Result<(), Failure> {
    let mut answer = String::new();
    let asked = io::stderr().write_all(question.as_bytes()).and_then(|()| io::stdin().read_line(&mut answer));
    asked.map_err(Failure::other)?;
    let is_confirmed = matches!(&*answer.trim().to_ascii_lowercase(), "y" | "yes");
    if is_confirmed { Ok(()) } else { Err(Failure::other("nothing was sent")) }
}
