//! A line with an object that has a destination and its update.

use cinnox_destination::{DestinationId, DestinationUpdate, JsonError};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Entry, problems::Problem};
use crate::text::shown;

/// What a line is, before the update in it is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    destination: &'a RawValue,
    #[serde(borrow)]
    update: &'a RawValue,
}

/// A line that is known to be right, read without a search for the places of problems.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    destination: DestinationId,
    update: DestinationUpdate,
}

/// Reads a line that [`parse`] took before.
pub(super) fn parse_checked(line: u32, text: &str) -> Result<Entry, Vec<Problem>> {
    match serde_json::from_str(text) {
        Ok(Checked { destination, update }) => Ok(Entry { line, destination, update }),
        // The library takes a little more than its types do.
        Err(_) => parse(line, text),
    }
}

/// The update in the line, or everything that is wrong with it.
pub(super) fn parse(line: u32, text: &str) -> Result<Entry, Vec<Problem>> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(vec![Problem::new("", r#"is not an object; write {"destination": "ID", "update": {…}}"#)]);
    }
    let envelope = parse_envelope(text).map_err(|problem| vec![problem])?;
    let destination = parse_destination(envelope.destination);
    let update = parse_update(text, envelope.update);
    match (destination, update) {
        (Ok(destination), Ok(update)) => Ok(Entry { line, destination, update }),
        (Err(problem), Ok(_)) => Err(vec![problem]),
        (Ok(_), Err(problems)) => Err(problems),
        (Err(problem), Err(mut problems)) => {
            problems.insert(0, problem);
            Err(problems)
        }
    }
}

fn parse_envelope(text: &str) -> Result<Envelope<'_>, Problem> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let envelope: Envelope<'_> = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        // A question mark stands for what is not known.
        let pointer = if matches!(&*path, "." | "?") { String::new() } else { format!("/{}", shown(&path)) };
        Problem::new(pointer, without_line(error.inner()))
    })?;
    deserializer.end().map_err(|error| Problem::new("", without_line(&error)))?;
    Ok(envelope)
}

/// The text is one line, so only the column says something.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    format!("column {}: {}", error.column(), shown(problem))
}

fn parse_destination(value: &RawValue) -> Result<DestinationId, Problem> {
    let problem = |message: String| Problem::new("/destination", message);
    match serde_json::from_str::<serde_json::Value>(value.get()) {
        Ok(serde_json::Value::String(id)) => id.parse().map_err(|error| problem(format!("{error}"))),
        Ok(serde_json::Value::Number(_)) => {
            Err(problem(format!("{0} is a number; put it in quotes: \"{0}\"", value.get())))
        }
        _ => Err(problem("is not an ID; write it in quotes".to_owned())),
    }
}

fn parse_update(line: &str, update: &RawValue) -> Result<DestinationUpdate, Vec<Problem>> {
    DestinationUpdate::from_json(update.get()).map_err(|error| match error {
        JsonError::Invalid(violations) => {
            violations.iter().map(|violation| Problem::of(violation, "/update")).collect()
        }
        JsonError::Structure { pointer, column, problem, .. } => {
            let begin = update.get().as_ptr().addr() - line.as_ptr().addr();
            vec![Problem::new(format!("/update{}", shown(&pointer)), format!("column {}: {problem}", begin + column))]
        }
        other => vec![Problem::new("/update", other.to_string())],
    })
}
