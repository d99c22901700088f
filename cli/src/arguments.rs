//! Command-line arguments.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Maximum number of updates in flight; each uses a connection and a file descriptor.
const MAX_CONCURRENCY: u64 = 256;

/// The heading of the options that every command has.
const GLOBAL: &str = "Global options";

const NOTES: &str = "\
Exit status:
  0    success
  1    failure, or not every line was updated
  2    invalid arguments or input; nothing was sent
  130  interrupted by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT

Environment:
  CINNOX_BASE_URL, CINNOX_APP_ID, CINNOX_APP_TOKEN
       The account, as shown in the CINNOX dashboard; required by `update` and `bulk`
  CINNOX_DESTINATION_ID
       The default of `update --destination`";

/// Updates the destinations (service groups) of a CINNOX account
#[derive(Debug, Parser)]
#[command(name = "cinnox-destination", version = env!("LONG_VERSION"), after_long_help = NOTES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = GLOBAL)]
pub(crate) struct Verbosity {
    /// Print only errors and warnings
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print each retry and pause
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
    /// Print a completion script
    Completions {
        /// The shell to complete for
        shell: Shell,
    },
    /// Print a manual page
    Man {
        /// The command to describe; without it, the tool as a whole
        command: Option<String>,
    },
}

/// Update one destination
///
/// On success, the last line of standard output is `updated destination ID`. If the input is invalid, standard error has
/// one line per problem, and the exit status is 2. Otherwise the last line of standard error is `outcome: not sent`,
/// `outcome: rejected` or `outcome: unknown`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// JSON file with the update (the body of the request), or - for standard input
    pub(crate) file: PathBuf,
    /// ID of the destination to update [env: CINNOX_DESTINATION_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) destination: Option<String>,
    /// Also retry when the outcome is unknown; the update may then be applied twice
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print the request, with the token redacted, without sending it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Update many destinations
///
/// FILE is JSON Lines, with one {"destination": "ID", "update": {…}} per line, or CSV; `template` prints an example of each.
/// The whole file is validated before the first request.
#[derive(Debug, Args)]
#[command(after_long_help = BULK)]
pub(crate) struct Bulk {
    /// File with the updates, or - for standard input (at most 512 MiB, copied to a temporary file)
    pub(crate) file: PathBuf,
    /// File to which the result of each line is appended; a later run resumes from it
    #[arg(long, value_name = "FILE")]
    pub(crate) results: PathBuf,
    #[command(flatten)]
    pub(crate) sending: Sending,
    /// Print the requests, with the token redacted, without sending them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const BULK: &str = "\
Results:
  The first line of the results file identifies the account; use a separate file for each account. Every other line is a \
JSON object:

  {\"line\": 7, \"destination\": \"ID\", \"update\": HASH, \"outcome\": …,
   \"code\": …, \"message\": …, \"attempts\": …}

  The outcome is one of:

  updated   the server confirmed the update
  rejected  the server rejected the update; it is not sent again
  not sent  not applied: the server could not be reached, throttled or
            rejected the account, or a proxy answered; the next run sends it
  unknown   sent, but no response confirms the outcome; the next run resends
            it only with --idempotent

  Before a request, a line {\"line\": …, \"state\": \"sending\"} is written. If the program is killed before the result \
follows, the outcome of that line is unknown. After a power failure, the last results may be lost.

Resuming:
  To resume, run the same command again. Lines with a final result are skipped. Lines that were changed or inserted are sent, \
and so are later lines for the same destination. If a line has several results, the last one counts. To send a rejected line \
again without changing it, copy it to another file and name another results file.

Order:
  Lines for the same destination are sent in order: a later one waits while an earlier one is retried. If an earlier one ends \
as unknown and is not resent, it may still be applied after a later one.

Interrupting:
  On Ctrl-C, requests in flight get up to 8 s to finish, and their results are written. A second Ctrl-C stops at once; their \
outcome is then unknown. SIGTERM, SIGHUP and SIGQUIT act like Ctrl-C. Signals that are ignored at the start, as with nohup, \
stay ignored.

Throttling and outages:
  When the server throttles, sending pauses for the time it asks for, or for a delay that doubles up to 8 s. Afterwards the \
request rate is halved, and rises again with each success. When the server cannot be reached, or something else answers in \
its place, a single request probes after each pause. A run begins with 4 requests in flight, and each response of the API \
doubles that. The run stops after 12 consecutive pauses caused by throttling, or 5 by other failures; if the server asks \
for more than 5 minutes; or if it rejects the account.

Limits:
  Memory use is constant, apart from one byte per line when resuming and the destinations that could not be updated; the run \
stops at 1,000 of them. Lines are limited to 1 MiB.";

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sending {
    /// Maximum number of requests in flight (1 to 256)
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=MAX_CONCURRENCY))]
    pub(crate) concurrency: u64,
    /// Maximum number of requests per second
    #[arg(long, value_name = "R", value_parser = parse_rate)]
    pub(crate) rate: Option<f64>,
    /// Also retry when the outcome is unknown, up to three attempts per run. An update may then be applied twice and
    /// overwrite a change by another writer
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Validate updates offline
///
/// Each file is one update as JSON, JSON Lines as for `bulk`, or CSV.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files to validate, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Report::Human)]
    pub(crate) format: Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// One problem per line, on standard error
    Human,
    /// A JSON object, on standard output
    Json,
}

/// Demonstrate the tool against an in-memory server
///
/// Nothing leaves this machine, and the environment variables are not read.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Send N sample updates as `bulk` does; --concurrency, --rate, --idempotent and --json need it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) updates: Option<u64>,
    #[command(flatten)]
    pub(crate) sending: Sending,
}

/// Print a template for the input of `bulk`
#[derive(Debug, Args)]
pub(crate) struct Template {
    /// Format of the template
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
        _ => Err("must be a number from 0.001 to 1000000"),
    }
}

/// The definition of the command line.
pub(crate) fn command() -> clap::Command {
    let of_bulk = ["concurrency", "rate", "idempotent", "json"];
    let command = Arguments::command().mut_arg("color", |color| color.help("When to use colors").help_heading(GLOBAL));
    command.mut_subcommand("demo", |demo| {
        of_bulk.into_iter().fold(demo, |demo, name| demo.mut_arg(name, |argument| argument.requires("updates")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        command().debug_assert();
    }
}
