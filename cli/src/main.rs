//! `cinnox-destination`, the command-line tool: `--help` says what it does.

mod account;
mod arguments;
mod bulk;
mod check;
mod demo;
mod dry_run;
mod failure;
mod generate;
mod input;
mod sample;
mod schema;
mod signals;
mod template;
mod text;
mod update;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use crate::{
    arguments::{Arguments, Command},
    failure::{Exit, Failure},
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
    // A look-up of a name that hangs is not waited for.
    runtime.shutdown_background();
    exit.into()
}

async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { verbosity, command, .. } = arguments;
    match command {
        Command::Update(arguments) => update::run(arguments, verbosity).await,
        Command::Bulk(arguments) => bulk::run(arguments, verbosity).await,
        Command::Check(arguments) => check::run(&arguments, verbosity),
        Command::Demo(arguments) => demo::run(arguments, verbosity).await,
        Command::Template(arguments) => print(&template::of(arguments.format)?),
        Command::Schema => print(&schema::as_text()),
        Command::Completions { shell } => print(&generate::completions(shell)),
        Command::Man { command } => print(&generate::manual(command.as_deref())?),
    }
}

/// For what is asked for in order to be read: if it cannot be written, nothing is done.
fn print(text: &str) -> Result<Exit, Failure> {
    let written = anstream::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    written.map_err(|error| Failure::Other(format!("standard output cannot be written: {error}")))?;
    Ok(Exit::Done)
}

/// If nobody reads it, the exit status says it all the same.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
