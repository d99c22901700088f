//! `cinnox-destination`, the command-line tool: `--help` says what it does.

mod account;
mod arguments;
mod bulk;
mod check;
mod color;
mod demo;
mod dry_run;
mod failure;
mod generate;
mod input;
mod output;
mod sample;
mod schema;
mod signals;
mod template;
mod text;
mod update;
mod verdict;

use std::{env, process::ExitCode};

use clap::FromArgMatches;

use crate::{
    arguments::{Arguments, Command},
    failure::{Exit, Failure},
    output::{complain, print},
};

fn main() -> ExitCode {
    let command = arguments::command().color(color::requested(env::args_os()));
    let matches = command.get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    arguments.color.write_global();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("the program cannot start: {error}"));
            return Exit::NotDone.into();
        }
    };
    let exit = runtime.block_on(run(arguments)).unwrap_or_else(|failure| {
        complain(&failure.to_string());
        failure.exit()
    });
    // Do not wait for a hanging DNS lookup, or for input that nobody sends.
    runtime.shutdown_background();
    exit.into()
}

async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { verbosity, command, .. } = arguments;
    match command {
        Command::Update(arguments) => update::run(arguments, verbosity).await,
        Command::Bulk(arguments) => bulk::run(arguments, verbosity).await,
        Command::Check(arguments) => check::run(arguments, verbosity).await,
        Command::Demo(arguments) => demo::run(arguments, verbosity).await,
        Command::Template(arguments) => print(&template::of(arguments.format)?),
        Command::Schema => print(&schema::as_text()),
        Command::Completions { shell } => print(&generate::completions(shell)),
        Command::Man { command } => print(&generate::manual(command.as_deref())?),
    }
}
