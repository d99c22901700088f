//! Updates many destinations (service groups) from a file with one JSON object a line: `--help` says how.

mod arguments;
mod demo;
mod input;
mod pace;
mod report;
mod results;
mod run;

use std::{
    collections::{HashMap, HashSet},
    env,
    ffi::OsString,
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use cinnox_destination::{ClientBuilder, Error, mock::Account, prelude::*};

use crate::{
    arguments::{Arguments, Source},
    input::Entry,
    report::Report,
    results::{Comparison, Ending, Endings, Journal},
    run::{Run, Settings},
};

const VARIABLES: [&str; 3] = ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN"];

/// Why it did not come to an end.
#[derive(Debug)]
enum Failure {
    /// The input is wrong; nothing was sent.
    Input(String),
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Input(text) | Self::Other(text)) = self;
        f.write_str(text)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error.to_string())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if env::args_os().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        // Whoever does not read the help does not need it.
        let _ = io::stdout().write_all(arguments::HELP.as_bytes());
        return ExitCode::SUCCESS;
    }
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            // Without a reader the exit status still says it.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(if matches!(failure, Failure::Input(_)) { 2 } else { 1 })
        }
    }
}

/// Says whether every line is updated.
async fn run() -> Result<bool, Failure> {
    let arguments: Result<Vec<_>, _> = env::args_os().skip(1).map(OsString::into_string).collect();
    let arguments = arguments.map_err(|other| Failure::Input(format!("{} is not UTF-8", other.display())))?;
    let arguments = arguments::parse(arguments.into_iter())?;
    if arguments.check {
        let checked = input::check(&arguments.source, |_| {})?;
        let _ = writeln!(io::stdout(), "{} update(s), nothing wrong", checked.count);
        return Ok(true);
    }
    let (client, account) = client(&arguments.source).await?;
    let (endings, file) = arguments.results.as_deref().map(results::read).transpose()?.unwrap_or_default();
    let mut comparison = Comparison::default();
    let mut superseded = Superseded::default();
    let checked = input::check(&arguments.source, |entry| {
        comparison.add(&endings, entry.line, entry.destination.as_str());
        superseded.add(&endings, entry);
        if let Some(account) = &account {
            account.add_destination(&entry.destination);
        }
    })?;
    if !comparison.is_same(&endings) {
        let results = arguments.results.unwrap_or_default();
        let problem =
            format!("{results} has results for other lines or destinations than the input; name another file");
        return Err(Failure::Input(problem));
    }
    let Arguments { results, concurrency, rate, idempotent, .. } = arguments;
    let journal = match results.as_deref() {
        Some(path) => Journal::open(path, file)?,
        None => Journal::temporary()?,
    };
    let name = match &account {
        Some(_) => "in memory".to_owned(),
        None => format!("{} at {}", client.app_id(), client.base_url()),
    };
    let report = Report::new(
        name,
        checked.count,
        done_before(&endings, &superseded, idempotent),
        superseded.lines.len() as u64,
    )?;
    let settings = Settings { concurrency, rate, idempotent, resumable: results.is_some() };
    Ok(Run::new(client, checked.entries, endings, superseded.lines, journal, settings, report).finish().await)
}

/// A client that tries nothing again: when that is done is decided for all updates together.
async fn client(source: &Source) -> Result<(Client, Option<Account>), Failure> {
    if VARIABLES.iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty())) {
        let account = Account::start().await;
        return Ok((account.client_builder().retry(RetryPolicy::never()).build()?, Some(account)));
    }
    if matches!(source, Source::Demo(_)) {
        let problem = format!("--demo is for the account in memory; unset {}", VARIABLES.join(", "));
        return Err(Failure::Input(problem));
    }
    Ok((ClientBuilder::from_env().retry(RetryPolicy::never()).build()?, None))
}

/// Lines with an unknown outcome after which a later line for the same destination was updated. Sending them again
/// would undo the later one.
#[derive(Default)]
struct Superseded {
    unknown: HashMap<DestinationId, Vec<u32>>,
    lines: HashSet<u32>,
}

impl Superseded {
    fn add(&mut self, endings: &Endings, Entry { line, destination, .. }: &Entry) {
        match endings.get(*line) {
            Some(Ending::Unknown) => self.unknown.entry(destination.clone()).or_default().push(*line),
            Some(Ending::Updated) => self.lines.extend(self.unknown.remove(destination).unwrap_or_default()),
            _ => {}
        }
    }
}

fn done_before(endings: &Endings, superseded: &Superseded, idempotent: bool) -> u64 {
    let unknown = if idempotent { superseded.lines.len() as u64 } else { endings.count(Ending::Unknown) };
    endings.count(Ending::Updated) + endings.count(Ending::Rejected) + unknown
}
