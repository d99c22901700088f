//! Parses one line of JSON Lines input.

use cinnox_destination::{DestinationId, DestinationUpdate, JsonError, Validate};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{entry::Entry, problems::Problem};
use crate::text::shown;

const FORM: &str = r#"{"destination": "ID", "update": {…}}"#;

/// What a line is, before the update in it is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    destination: &'a RawValue,
    #[serde(borrow)]
    update: &'a RawValue,
}

/// The same, without a search for the places of problems.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    destination: DestinationId,
    update: DestinationUpdate,
}

/// Reads a line that [`parse`] took before.
pub(super) fn parse_checked(line: u32, text: &str) -> Result<Entry, Vec<Problem>> {
    parse_plain(line, text).map_or_else(|| parse_with_places(line, text), Ok)
}

/// The update in the line, or everything that is wrong with it.
pub(super) fn parse(line: u32, text: &str) -> Result<Entry, Vec<Problem>> {
    match parse_plain(line, text) {
        Some(entry) if entry.update.validate().is_ok() => Ok(entry),
        _ => parse_with_places(line, text),
    }
}

/// Fast path for ordinary lines. `None` if the line needs the full parser: one with other objects in it, which serde would
/// take for the name of a type, or one without them.
fn parse_plain(line: u32, text: &str) -> Option<Entry> {
    if text.bytes().filter(|byte| *byte == b'{').count() != 2 {
        return None;
    }
    let Plain { destination, update } = serde_json::from_str(text).ok()?;
    Some(Entry { line, destination, update })
}

fn parse_with_places(line: u32, text: &str) -> Result<Entry, Vec<Problem>> {
    if text.starts_with('\u{feff}') {
        let problem = "begins with a byte order mark (were files concatenated?); remove it";
        return Err(vec![Problem::new("", problem)]);
    }
    if !text.trim_ascii_start().starts_with('{') {
        return Err(vec![Problem::new("", format!("is not an object; write {FORM}"))]);
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
        // `serde_path_to_error` gives "?" for an unknown path.
        let pointer = if matches!(&*path, "." | "?") { String::new() } else { format!("/{}", shown(&path)) };
        Problem::new(pointer, without_line(error.inner()))
    })?;
    deserializer.end().map_err(|error| Problem::new("", without_line(&error)))?;
    Ok(envelope)
}

/// The text is one line, so only the column says something. serde's sentences about fields do not say what to do.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    let field = problem.split('`').nth(1).unwrap_or_default();
    let problem = match problem.split(' ').next() {
        Some("missing") => format!("`{field}` is missing; write {FORM}"),
        Some("unknown") => format!("`{field}` does not belong here; write {FORM}"),
        Some("duplicate") => format!("`{field}` is there twice; remove one"),
        _ => problem.to_owned(),
    };
    format!("column {}: {}", error.column(), shown(&problem))
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

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"destination":"a","update":{"displayName":"Night shift","supportLanguages":["*"],"supportLocations":["HK"],"types":["STAFF"],"staffTargets":["x"]}}"#;

    #[test]
    fn both_ways_to_read_a_line_agree() {
        let odd = [
            LINE.to_owned(),
            LINE.replace("Night shift", "{Night} shift"),
            LINE.replace("{\"displayName\"", "{\"$schema\":\"https://example.com/schema\",\"displayName\""),
            LINE.replace("\"STAFF\"", "{\"STAFF\":null}"),
            LINE.replace("[\"x\"]", "null"),
            LINE.replace("\"x\"", "5"),
            LINE.replace("Night shift", " "),
            LINE.replace("\"a\"", "\"../a\""),
            LINE.replace("\"types\"", "\"Types\""),
            LINE.replace("\"types\"", "\"displayName\":\"twice\",\"types\""),
            r#"["a",{"displayName":"Night shift"},{}]"#.to_owned(),
            r#"{"destination":"a","update":["Night shift",[],[],["*"],["HK"],[],["{"]]}"#.to_owned(),
            LINE.to_owned() + "x",
        ];
        for line in odd {
            let plain = parse(1, &line);
            let result = parse_with_places(1, &line);
            assert_eq!(plain.as_ref().map(|entry| &entry.update), result.as_ref().map(|entry| &entry.update), "{line}");
            let again = parse_checked(1, &line);
            assert!(plain.is_err() || again.is_ok_and(|entry| entry.update == plain.unwrap().update), "{line}");
        }
        assert!(parse_plain(1, LINE).is_some());
    }
}
