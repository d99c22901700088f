//! Updates one destination (service group): `--help` says how.

use std::{
    env,
    ffi::OsString,
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
            complain(&problems.join("\n"));
            ExitCode::from(2)
        }
        Err(Failure::Call(error)) => {
            complain(&format!("{error}\noutcome: {}", error.outcome()));
            ExitCode::FAILURE
        }
    }
}

/// If nobody reads it, the exit status says it all the same.
fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

async fn run() -> Result<(), Failure> {
    let arguments: Result<Vec<_>, _> = env::args_os().skip(1).map(OsString::into_string).collect();
    let arguments = arguments.map_err(|other| input(format!("{} is not UTF-8", other.display())))?;
    let arguments = parse(arguments.into_iter())?;
    let real = VARIABLES.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    let client = if real { Some(Client::from_env()?) } else { None };
    let variable = env::var_os("CINNOX_DESTINATION_ID").filter(|id| !id.is_empty());
    let destination = arguments.destination.or(variable.map(|id| id.to_string_lossy().into_owned()));
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
    let report = match client {
        Some(client) => update_real(&client, &destination, &update).await?,
        None => update_in_memory(&destination, &update).await?,
    };
    if let Err(error) = writeln!(io::stdout(), "{}", report.join("\n")) {
        complain(&format!("{destination} was updated, but the report of it could not be printed: {error}"));
    }
    Ok(())
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let mut parsed = Arguments { destination: None, file: None };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--destination" => match arguments.next() {
                Some(id) if !id.starts_with("--") => parsed.destination = Some(id),
                _ => return Err(input("--destination needs an ID behind it")),
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

/// Says what was sent and received, a line or block each.
async fn update_real(client: &Client, id: &DestinationId, update: &DestinationUpdate) -> Result<Vec<String>, Failure> {
    let updated = client.update(id, update).await?;
    Ok(vec![
        format!("sent for app {} at {}:\n{}\n", client.app_id(), client.base_url(), pretty(update)),
        format!("received: {} after {} attempt(s)", updated.status, updated.attempts),
        format!("updated destination {}", updated.id().escape_debug()),
    ])
}

async fn update_in_memory(id: &DestinationId, update: &DestinationUpdate) -> Result<Vec<String>, Failure> {
    let account = Account::start().await;
    account.add_destination(id);
    let updated = account.client().update(id, update).await?;
    let mut report = Vec::new();
    for request in account.requests() {
        report.push(format!("sent:\n{} {}", request.method, request.path));
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            report.push(format!("{name}: {value}"));
        }
        report.push(format!("\n{}\n", String::from_utf8_lossy(&request.body)));
    }
    let code = updated.code.map(|code| code.to_string()).unwrap_or_default();
    report.push(format!("received: {} with code {code} and ID {}\n", updated.status, updated.id()));
    if let Some(held) = account.destination(id) {
        report.push(format!("the account now holds for {id}:\n{}\n", pretty(&held)));
    }
    report.push(format!("updated destination {}", updated.id()));
    Ok(report)
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| error.to_string())
}
