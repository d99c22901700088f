//! What the command line asks for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// How many updates may be in flight at once: each takes a connection, and so a file descriptor.
const MAX_CONCURRENCY: u64 = 256;

const EXIT_STATUS: &str = "\
Exit status: 0 everything is done; 1 something is not; 2 the input is wrong, and nothing was sent; 130 after Ctrl-C or a \
signal that asks the program to end.

Environment: CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN are the three values that the dashboard shows together. \
`update` and `bulk` need them; the other commands do not use the network. CINNOX_DESTINATION_ID is the destination of \
`update` if --destination is not given.";

/// Updates destinations (service groups) of a CINNOX account.
#[derive(Debug, Parser)]
#[command(name = "cinnox-destination", version, after_long_help = EXIT_STATUS, max_term_width = 120)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Verbosity {
    /// Print neither progress nor a summary, only what is wrong
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print an event for each attempt that is followed by another one
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Update(Update),
    Bulk(Bulk),
    Check(Check),
    Demo(Demo),
    Template(Template),
    /// Print the JSON Schema of an update
    Schema,
    /// Print the completions for a shell
    Completions {
        shell: Shell,
    },
    /// Print the manual page of the tool, or of a command
    Man {
        command: Option<String>,
    },
}

/// Update one destination
///
/// The last line of standard output is `updated destination ID`. If the update is refused before it is sent, each problem
/// is a line of standard error, and the exit status is 2. If it fails otherwise, the last line of standard error is
/// `outcome: not sent`, `outcome: rejected` or `outcome: unknown`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The update, as JSON as the endpoint takes it; - reads standard input
    pub(crate) file: PathBuf,
    /// The destination to update; without it, CINNOX_DESTINATION_ID
    #[arg(long, value_name = "ID")]
    pub(crate) destination: Option<String>,
    /// Retry even if the outcome is unknown; the update might then be applied twice
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print the request with the token masked, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Update many destinations
///
/// FILE has one JSON object a line, {"destination": "ID", "update": {…}}, or is a table as CSV; `template` writes an
/// example of both. Everything that is wrong with it is found before the first request.
#[derive(Debug, Args)]
#[command(after_long_help = BULK)]
pub(crate) struct Bulk {
    /// The updates; - reads standard input, at most 512 MiB, of which a copy is kept in a temporary file until the end
    pub(crate) file: PathBuf,
    /// Where the result of each line goes, as it comes
    #[arg(long, value_name = "FILE")]
    pub(crate) results: PathBuf,
    #[command(flatten)]
    pub(crate) sending: Sending,
    /// Print the requests with the token masked, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const BULK: &str = "\
A result is a line {\"line\": 7, \"destination\": \"ID\", \"update\": HASH, \"outcome\": …, \"code\": …, \"message\": …, \"attempts\": …}. \
The outcome is:

  updated   the server says so
  rejected  the server refused the update; it is not sent again
  not sent  it is not applied, and a further run sends it: the server could not be reached, throttled or refused the \
account, or a proxy answered
  unknown   it was sent, and no answer says whether it was applied; a further run sends it only with --idempotent

To go on after a stop, run the same command again: a line that has a final result is not sent again. If a line has several \
results, the last one counts. A line that was changed or inserted since is sent, and so are the lines for the same \
destination that come after it. The first line of the results names the account that they are for; name another file for \
another account.

A line {\"line\": …, \"state\": \"sending\"} is written before a request goes out. If the program is then killed, the outcome of \
that line is unknown; after a power cut, the last results may be lost.

Two lines for one destination keep their order: while the first is to be sent again, the second waits. Only if the outcome \
of the first is unknown and is left so, it may be applied late, after the second.

Ctrl-C finishes what is in flight, for at most 8 s, and writes the results; after a second Ctrl-C the outcome of that is \
unknown. SIGTERM and SIGHUP do what Ctrl-C does.

When the server throttles, nothing more is sent until the time that it asks for is over, or for a pause that doubles up to \
8 s; then requests go out at half the rate, which rises again with each success. When it cannot be reached, or anybody but \
the vendor's server answers, one request after each pause finds out whether that has changed. The run ends after 12 pauses \
in a row because of throttling, after 5 for another cause, if the server asks for more than 5 minutes, and when it refuses \
the account.

Memory use is constant, except for one byte per line of a resumed run and the destinations of lines that could not be \
sent; 1,000 of those end the run. A line has at most 1 MiB.";

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sending {
    /// How many updates are in flight at once, 1 to 256
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=MAX_CONCURRENCY))]
    pub(crate) concurrency: u64,
    /// The maximum number of requests a second
    #[arg(long, value_name = "R", value_parser = parse_rate)]
    pub(crate) rate: Option<f64>,
    /// Retry even if the outcome is unknown, up to three attempts in a run. An update might then be applied
    /// twice, the second time over what another writer has set in between
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Find what is wrong with updates, without a network
///
/// The files have one update as JSON, an object with destination and update a line, or a table as CSV.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files; - reads standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How the problems are printed
    #[arg(long, value_enum, default_value_t = Report::Human)]
    pub(crate) format: Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// A problem a line, on standard error
    Human,
    /// An object with all of them, on standard output
    Json,
}

/// Show the tool at work on an in-memory server; nothing leaves this machine
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Send N sample updates the way `bulk` does
    #[arg(long, value_name = "N")]
    pub(crate) updates: Option<u64>,
    #[command(flatten)]
    pub(crate) sending: Sending,
}

/// Print an example of the updates that `bulk` takes, to fill in
#[derive(Debug, Args)]
pub(crate) struct Template {
    #[arg(long, value_enum)]
    pub(crate) format: TemplateFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFormat {
    Csv,
    Jsonl,
}

fn parse_rate(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("not a number from 0.001 to 1000000"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
