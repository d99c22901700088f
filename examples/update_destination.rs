//! Updates one destination (service group): `--help` says how.

use std::{
    env,
    fmt::Display,
    fs,
    io::{self, Read, Write},
    process::ExitCode,
};

use cinnox_destination::{Error, JsonError, mock::Account, prelude::*};

const HELP: &str = "\
Updates one destination (service group) of a CINNOX account.

Usage: update_destination [--destination ID] [UPDATE.json | -]

  UPDATE.json       the update, as JSON as the endpoint takes it; - reads standard input.
                    Without it, a sample is sent.
  --destination ID  the destination to update; without it, CINNOX_DESTINATION_ID.
  --help            this text

With CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN set, the real account is updated, and ID and UPDATE.json have to
be given. With none of the three set, an account in memory is.

Exit status: 0 the destination was updated; 2 the input was refused, each problem is on a line of standard error, and
nothing was sent; 1 everything else, and the last line of standard error is the outcome: not sent, rejected or unknown.
";

const VARIABLES: [&str; 3] = ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN"];

/// Why the destination was not updated.
enum Failure {
    /// The input is wrong; nothing was sent.
    Input(Vec<String>),
    Call(Error),
    /// The destination was updated, but nobody reads what this program prints.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Configuration(problem) => Self::Input(vec![problem.to_string()]),
            ErrorKind::InvalidUpdate(violations) => Self::Input(violations.iter().map(ToString::to_string).collect()),
            _ => Self::Call(error),
        }
    }
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Invalid(violations) => Error::from(violations).into(),
            other => Self::Input(vec![other.to_string()]),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn input(problem: impl Display) -> Failure {
    Failure::Input(vec![problem.to_string()])
}

struct Arguments {
    destination: Option<String>,
    file: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if env::args_os().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        // Whoever does not read the help does not need it.
        let _ = io::stdout().write_all(HELP.as_bytes());
        return ExitCode::SUCCESS;
    }
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(problems)) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            ExitCode::from(2)
        }
        Err(Failure::Call(error)) => {
            eprintln!("{error}\noutcome: {}", error.outcome());
            ExitCode::FAILURE
        }
        Err(Failure::Output(error)) => {
            eprintln!("the destination was updated, but the result could not be printed: {error}\noutcome: unknown");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments = parse(env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()))?;
    let real = VARIABLES.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    let client = if real { Some(Client::from_env()?) } else { None };
    let destination =
        arguments.destination.or_else(|| env::var("CINNOX_DESTINATION_ID").ok().filter(|id| !id.is_empty()));
    let destination: DestinationId = match (destination, real) {
        (Some(id), _) => id.parse().map_err(input)?,
        (None, false) => "dest-1".parse().map_err(input)?,
        (None, true) => {
            return Err(input("no destination is named; give --destination ID or set CINNOX_DESTINATION_ID"));
        }
    };
    let update = match arguments.file {
        Some(file) => DestinationUpdate::from_json(&read(&file)?)?,
        None if real => return Err(input("no update is given; name a file with it, or - for standard input")),
        None => sample()?,
    };
    match client {
        Some(client) => update_real(&client, &destination, &update).await,
        None => update_in_memory(&destination, &update).await,
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let mut parsed = Arguments { destination: None, file: None };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--destination" => match arguments.next() {
                Some(id) => parsed.destination = Some(id),
                None => return Err(input("--destination needs an ID behind it")),
            },
            option if option.starts_with('-') && option != "-" => {
                return Err(input(format!("{option} is not known; --help names what is")));
            }
            _ if parsed.file.is_some() => {
                return Err(input("more than one file is named; one update is sent at a time"));
            }
            _ => parsed.file = Some(argument),
        }
    }
    Ok(parsed)
}

fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::new();
    let result = match file {
        "-" => io::stdin().read_to_end(&mut json).map(|_| json),
        path => fs::read(path),
    };
    result.map_err(|error| input(format!("{file} cannot be read: {error}")))
}

fn sample() -> Result<DestinationUpdate, Failure> {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), places).map_err(Error::from)?;
    Ok(update.with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"]))
}

async fn update_real(client: &Client, id: &DestinationId, update: &DestinationUpdate) -> Result<(), Failure> {
    let updated = client.update(id, update).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "sent for app {}:\n{}\n", client.app_id(), pretty(update))?;
    writeln!(out, "received: {} after {} attempt(s)", updated.status, updated.attempts)?;
    writeln!(out, "updated destination {}", updated.id())?;
    Ok(())
}

async fn update_in_memory(id: &DestinationId, update: &DestinationUpdate) -> Result<(), Failure> {
    let account = Account::start().await;
    account.add_destination(id);
    let updated = account.client().update(id, update).await?;
    let mut out = io::stdout().lock();
    for request in account.requests() {
        writeln!(out, "sent:\n{} {}", request.method, request.path)?;
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            writeln!(out, "{name}: {value}")?;
        }
        writeln!(out, "\n{}\n", String::from_utf8_lossy(&request.body))?;
    }
    let code = updated.code.map(|code| code.to_string()).unwrap_or_default();
    writeln!(out, "received: {} with code {code} and ID {}\n", updated.status, updated.id())?;
    if let Some(held) = account.destination(id) {
        writeln!(out, "the account now holds for {id}:\n{}\n", pretty(&held))?;
    }
    writeln!(out, "updated destination {}", updated.id())?;
    Ok(())
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| error.to_string())
}
