//! What the command line asks for.

use crate::Failure;

pub(crate) const HELP: &str = "\
Updates many destinations (service groups) of a CINNOX account.

Usage: bulk_update [UPDATES.jsonl | - | --demo N] [--results RESULTS.jsonl] [options]

  UPDATES.jsonl    one JSON object a line: {\"destination\": \"ID\", \"update\": {…}}; - reads standard input, which is kept
                   in a temporary file until the end. Empty lines are passed over.
  --demo N         N sample updates instead of a file, for the account in memory
  --results FILE   where the result of each line goes, as it ends; needed, except with --demo and --check
  --check          only finds what is wrong with the updates; nothing is sent
  --concurrency N  how many updates are on their way at once, 1 to 256; 8 if it is not given
  --rate R         at most R requests a second
  --idempotent     an update may be applied twice: one whose outcome is unknown is sent up to three times, and again by
                   a further run. It can then overwrite what another writer has updated in between.
  --help           this text

Everything that is wrong with the updates is found before the first request. With CINNOX_BASE_URL, CINNOX_APP_ID and
CINNOX_APP_TOKEN set, the real account is updated. With none of the three set, an account in memory is, which has every
destination that the updates name.

A result is a line {\"line\": 7, \"destination\": \"ID\", \"outcome\": …, \"code\": …, \"message\": …, \"attempts\": …}. The outcome is:

  updated   the server says so
  rejected  the server refuses the update; it is not sent again
  not sent  the server could not be reached, was throttling or refused the account; a further run sends it
  unknown   it was sent and no trustworthy answer came; a further run sends it only with --idempotent

To go on after a stop, run the same command again: what has a final result is not sent again. If a line has several
results, the last one counts. To send rejected lines again, correct them in a file of their own. A file of results is for
one account; name another one for another account.

Two lines for one destination keep their order: while the first is to be sent again, the second waits. Only if the
outcome of the first is unknown and is left so, it may be applied late, after the second.

Ctrl-C finishes what is on its way and writes it down; after a second Ctrl-C the outcome of that is unknown. After a
crash, what was on its way has no result: it may be applied, and a further run sends it again.

When the server throttles or cannot be reached, nothing more is sent until the time that it asks for is over, or for a
pause that doubles up to 8 s; after throttling, requests go out at half the rate, which rises again with each success.
The run ends after 12 such pauses in a row, after 5 because the server cannot be reached or fails, and if it asks for
more than 5 minutes. It ends as well when the server refuses the account (status 401 or 403), points to another place,
or answers what the vendor does not document with 404 or a success: that is not about one update.

Memory: 2 bits for each line, at most 4 lines in full for each update on its way (a line has at most 1 MiB), and
the destinations of lines whose outcome is unknown or that were not sent; 1,000 of those not sent end the run.

Exit status: 0 every line is updated, or --check found nothing; 1 some are not; 2 the input is wrong, and nothing was sent.
";

/// How many updates may be on their way at once: each takes a connection, and so a file descriptor.
const MAX_CONCURRENCY: usize = 256;

/// Where the updates come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    File(String),
    StandardInput,
    Demo(u64),
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) source: Source,
    pub(crate) results: Option<String>,
    pub(crate) check: bool,
    pub(crate) concurrency: usize,
    pub(crate) rate: Option<f64>,
    pub(crate) idempotent: bool,
}

pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let (mut sources, mut results, mut rate) = (Vec::new(), None, None);
    let (mut check, mut idempotent) = (false, false);
    let mut concurrency = 8;
    while let Some(argument) = arguments.next() {
        let mut value = |what: &str| match arguments.next() {
            Some(value) if !value.starts_with("--") => Ok(value),
            _ => Err(wrong(format!("{argument} needs {what} behind it"))),
        };
        match argument.as_str() {
            "--results" => results = Some(value("a file")?),
            "--rate" => rate = Some(parse_rate(&value("a number")?)?),
            "--concurrency" => concurrency = parse_concurrency(&value("a number")?)?,
            "--check" => check = true,
            "--idempotent" => idempotent = true,
            "--demo" => sources.push(Source::Demo(parse_demo(&value("a number")?)?)),
            "-" => sources.push(Source::StandardInput),
            option if option.starts_with('-') => {
                return Err(wrong(format!("{option} is not known; --help names what is")));
            }
            file => sources.push(Source::File(file.to_owned())),
        }
    }
    let source =
        sources.pop().ok_or_else(|| wrong("no updates are named; give a file, - or --demo N (--help says more)"))?;
    if !sources.is_empty() {
        return Err(wrong("more than one source of updates is named; give one file, - or --demo N"));
    }
    if results.is_none() && !check && !matches!(source, Source::Demo(_)) {
        return Err(wrong("no place for the results is named; give --results FILE"));
    }
    Ok(Arguments { source, results, check, concurrency, rate, idempotent })
}

fn parse_rate(text: &str) -> Result<f64, Failure> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(rate),
        _ => Err(wrong(format!("--rate {text} is not a number from 0.001 to 1000000"))),
    }
}

fn parse_concurrency(text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(number) if (1..=MAX_CONCURRENCY).contains(&number) => Ok(number),
        _ => Err(wrong(format!("--concurrency {text} is not a number from 1 to {MAX_CONCURRENCY}"))),
    }
}

fn parse_demo(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| wrong(format!("--demo {text} is not a number of updates")))
}

fn wrong(problem: impl Into<String>) -> Failure {
    Failure::Input(problem.into())
}
