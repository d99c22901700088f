//! The command line, defined with clap. Help, completions and manual pages come from it; the longer texts are in `help/`.

use std::path::PathBuf;

use cinnox_destination::Rule;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

/// What `-V` prints behind the name.
const VERSION: &str = env!("LONG_VERSION");

/// Updates the destinations (service groups) of a CINNOX account
#[derive(Debug, Parser)]
#[command(name = "cinnox-destination", version = VERSION, propagate_version = true)]
#[command(after_long_help = include_str!("../help/tool.txt").trim_end(), max_term_width = 100)]
pub(crate) struct Arguments {
    /// Print only what is wrong, and warnings
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Update(Update),
    Bulk(Bulk),
    Check(Check),
    /// Demonstrate an update against an in-memory server; nothing leaves this machine
    Demo,
    /// Print a template for the input of `bulk`
    Template {
        /// Format of the template
        #[arg(long, value_enum, default_value_t = TemplateFormat::Csv)]
        format: TemplateFormat,
    },
    /// Print the JSON Schema of an update
    Schema,
    /// Print a completion script
    ///
    /// For bash: cinnox-destination completions bash > ~/.local/share/bash-completion/completions/cinnox-destination
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

impl Command {
    /// Whether standard output is JSON, also where the command fails.
    pub(crate) fn prints_json(&self) -> bool {
        matches!(self, Self::Update(Update { json: true, .. }) | Self::Bulk(Bulk { json: true, .. }))
    }
}

/// Where the account comes from.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArguments {
    /// Base URL of the account [env: CINNOX_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// App ID of the account [env: CINNOX_APP_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<String>,
    /// File with the App Token, or - for standard input [env: CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) app_token_file: Option<PathBuf>,
    /// Accept a success that names another destination than the requested one
    #[arg(long)]
    pub(crate) accept_any_id: bool,
}

/// The rules that are not checked.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SkipRules {
    /// Do not check a rule of this tool; can be repeated. The rules of the vendor cannot be skipped
    #[arg(long = "skip-rule", value_name = "NAME", value_parser = rule_parser())]
    pub(crate) rules: Vec<Rule>,
}

/// Update one destination
///
/// On success, the last line of standard output is `updated destination ID`. If the input is invalid, standard error has
/// one line per problem, and the exit status is 2. Otherwise the last line of standard error is `outcome: not sent`,
/// `outcome: rejected` or `outcome: unknown`.
#[derive(Debug, Args)]
#[command(after_long_help = include_str!("../help/update.txt").trim_end())]
pub(crate) struct Update {
    /// JSON file with the update (the body of the request), or - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// ID of the destination to update [env: CINNOX_DESTINATION_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) destination: Option<String>,
    /// Also retry when the outcome is unknown; the update may then be applied twice
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print method, URL and body of the request without sending it; needs no App Token
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) skip: SkipRules,
    #[command(flatten)]
    pub(crate) account: AccountArguments,
}

/// Update many destinations
///
/// FILE is CSV or JSON Lines with one destination per line, and is the wanted state: a line is sent unless the results
/// file says that the last update of its destination was the same one and succeeded. Nothing is sent unless every line
/// is valid. On a terminal, the command asks before it sends.
#[derive(Debug, Args)]
#[command(after_long_help = include_str!("../help/bulk.txt").trim_end())]
#[allow(clippy::struct_excessive_bools)] // Each is a flag.
pub(crate) struct Bulk {
    /// File with the updates, or - for standard input (at most 64 MiB)
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// File to which each result is appended, and from which the next run learns what is done
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) results: PathBuf,
    /// Write the lines that were not updated to this file, as input for a further run
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) failed: Option<PathBuf>,
    /// Send every line, whatever the results file says
    #[arg(long)]
    pub(crate) all: bool,
    /// Print what would be sent without sending it; needs no App Token
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask before sending
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Maximum number of requests in flight (1 to 256)
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub(crate) concurrency: usize,
    /// Maximum number of requests per second
    #[arg(long, value_name = "R", value_parser = parse_rate)]
    pub(crate) rate: Option<f64>,
    /// Also retry when the outcome is unknown, up to three attempts per run; the update may then be applied twice
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) skip: SkipRules,
    #[command(flatten)]
    pub(crate) account: AccountArguments,
}

/// Validate updates offline
///
/// Each file is CSV or JSON Lines as for `bulk`, or one update as JSON.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files to validate, or - for standard input
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) skip: SkipRules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// One problem per line, on standard error
    Human,
    /// A JSON object with all problems, on standard output
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFormat {
    Csv,
    Jsonl,
}

fn parse_rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate| (0.001..=1_000_000.0).contains(rate));
    rate.ok_or("must be a number from 0.001 to 1000000")
}

/// Takes the rules that this crate adds to the vendor's.
fn rule_parser() -> impl TypedValueParser<Value = Rule> {
    let ours = Rule::ALL.iter().filter(|rule| !rule.is_vendor());
    PossibleValuesParser::new(ours.map(|rule| rule.as_str())).try_map(|name| name.parse::<Rule>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
