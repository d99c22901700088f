//! `cinnox-destination`, the command-line tool: `--help` says what it does.
//!
//! Imports go one way: the commands (`demo`, `update`, `bulk`, `check`) use `account` and `input`, and all use
//! `arguments`, `print`, `exit` and `signals`.

mod account;
mod arguments;
mod bulk;
mod check;
mod demo;
mod exit;
mod input;
mod print;
mod signals;
mod update;

use std::{env, io, process};

use clap::{CommandFactory, FromArgMatches, error::ErrorKind};

use crate::arguments::{Arguments, Command};
use crate::exit::{Exit, Failure, print};
use crate::signals::Signals;

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let parsed = Arguments::command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let exit = match parsed {
        Ok(arguments) => {
            let json = arguments.command.prints_json();
            runtime.block_on(run(arguments)).unwrap_or_else(|failure| failure.report(json))
        }
        Err(error) => usage(&error),
    };
    // Does not wait for a hanging DNS lookup, or for input that nobody sends.
    process::exit(exit as i32)
}

/// Prints the help, the version or what is wrong with the arguments.
fn usage(error: &clap::Error) -> Exit {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let is_json = env::args_os().any(|argument| argument == "--json");
        return Failure::refused(error.to_string().trim_end()).report(is_json);
    }
    // It fails if the reader has gone away.
    let _ = error.print();
    if error.use_stderr() { Exit::Refused } else { Exit::Done }
}

async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { quiet, command } = arguments;
    match command {
        Command::Update(arguments) => return update::run(arguments, quiet, Signals::listen()?).await,
        Command::Bulk(arguments) => return bulk::run(arguments, quiet, Signals::listen()?).await,
        Command::Check(arguments) => return check::run(arguments, quiet, Signals::listen()?).await,
        Command::Demo => return demo::run().await,
        Command::Template { format } => print(&print::template(format))?,
        Command::Schema => print(&print::schema())?,
        Command::Completions { shell } => print(&print::completions(shell))?,
        Command::Man { command } => print(&print::manual(command.as_deref())?)?,
    }
    Ok(Exit::Done)
}
