//! JSON Lines: an object with `destination` and `update` on each line. Also reads one update from JSON.

use cinnox_destination::{DestinationUpdate, JsonError, Rule, Violation};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::problems::{Parsed, Problem};
use crate::arguments::SkipRules;

const FORM: &str = r#"write {"destination": "ID", "update": {…}}"#;

/// What a line is, before its update is looked at. Both are optional, so that one does not hide the other's problems.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    destination: Option<Value>,
    #[serde(borrow)]
    update: Option<&'a RawValue>,
}

/// Parses the lines that are not blank. Editors count the others, too.
pub(super) fn parse(text: &str, skip: &SkipRules, add: impl FnMut(Parsed)) {
    let lines = (1..).zip(text.split('\n')).map(|(number, line)| (number, line.trim_ascii()));
    lines.filter(|(_, line)| !line.is_empty()).map(|(number, line)| parse_line(number, line, skip)).for_each(add);
}

fn parse_line(number: u32, text: &str, skip: &SkipRules) -> Parsed {
    let mut parsed = Parsed { line: number, ..Parsed::default() };
    let line = if text.starts_with('{') {
        serde_json::from_str::<Line<'_>>(text).map_err(|error| {
            let problem = error.to_string();
            let problem = problem.rsplit_once(" at line ").map_or(&*problem, |(problem, _)| problem);
            format!("column {}: {problem}; {FORM}", error.column())
        })
    } else {
        Err(format!("is not an object; {FORM}"))
    };
    let Line { destination, update } = match line {
        Ok(line) => line,
        Err(problem) => {
            parsed.add(Problem::new(problem));
            return parsed;
        }
    };
    let id = match destination {
        Some(Value::String(id)) => id.parse().map_err(|error| format!("{error}")),
        Some(Value::Number(number)) => Err(format!("{number} is a number; put it in quotes: \"{number}\"")),
        Some(_) => Err("is not an ID; write it in quotes".to_owned()),
        None => Err(format!("is missing; {FORM}")),
    };
    match id {
        Ok(id) => parsed.destination = Some(id),
        Err(problem) => parsed.add(Problem::at("/destination", problem)),
    }
    match update.map(|update| parse_update(update.get(), skip)) {
        Some(Ok(update)) => parsed.update = Some(update),
        Some(Err(problems)) => problems.into_iter().for_each(|problem| {
            parsed.add(Problem { pointer: format!("/update{}", problem.pointer), ..problem });
        }),
        None => parsed.add(Problem::at("/update", format!("is missing; {FORM}"))),
    }
    parsed
}

/// The update in a JSON object, or everything that is wrong with it. A wrong type does not hide the other problems.
pub(super) fn parse_update(json: &str, skip: &SkipRules) -> Result<DestinationUpdate, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut json = json.to_owned();
    loop {
        match DestinationUpdate::from_json(&json) {
            Ok(update) if problems.is_empty() => return Ok(update),
            Ok(_) => return Err(problems),
            Err(JsonError::Invalid { violations, .. }) => {
                let has_wrong_type = !problems.is_empty();
                let violations = violations.iter().filter(|violation| !skip.rules.contains(&violation.rule()));
                let violations = violations.filter(|violation| !(has_wrong_type && depends_on_types(violation)));
                problems.extend(violations.map(Problem::of));
                // Every violation is of a rule that is skipped.
                let unchecked = serde_json::from_str(&json).and_then(|mut update: Map<String, Value>| {
                    update.remove("$schema");
                    serde_json::from_value(update.into())
                });
                let of_serde = |error: serde_json::Error| vec![Problem::new(error.to_string())];
                return if problems.is_empty() { unchecked.map_err(of_serde) } else { Err(problems) };
            }
            Err(JsonError::Structure { pointer, line, problem, .. }) => {
                problems.push(Problem { line: u32::try_from(line).ok(), ..Problem::at(&*pointer, problem) });
                let Some(rest) = with_valid_type(&json, &pointer) else { return Err(problems) };
                json = rest;
            }
            Err(other) => return Err(vec![Problem::new(other.to_string())]),
        }
    }
}

/// The update with a valid type in place of the wrong one that the pointer names, to find the other problems.
fn with_valid_type(json: &str, pointer: &str) -> Option<String> {
    let mut update: Value = serde_json::from_str(json).ok()?;
    let kind = update.pointer_mut(pointer).filter(|_| pointer.starts_with("/types/"))?;
    *kind = "PHONE".into();
    Some(update.to_string())
}

/// Whether the violation may only be there because the types are wrong.
fn depends_on_types(violation: &Violation) -> bool {
    matches!(violation.rule(), Rule::MissingTargets | Rule::TypeNotSelected) || violation.field() == "types"
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"destination":"a","update":{"displayName":"Night shift","supportLanguages":["*"],"supportLocations":["HK"],"types":["STAFF"],"staffTargets":["x"]}}"#;

    fn problems(line: &str) -> Vec<(String, String)> {
        let problems = parse_line(1, line, &SkipRules::default()).problems;
        problems.into_iter().map(|problem| (problem.pointer, problem.message)).collect()
    }

    #[test]
    fn reads_a_line() {
        let parsed = parse_line(1, LINE, &SkipRules::default());
        assert_eq!(parsed.problems, []);
        assert!(parsed.destination.is_some() && parsed.update.is_some());
    }

    #[test]
    fn names_pointer_of_each_problem() {
        struct Row {
            line: String,
            pointers: &'static [&'static str],
        }
        let rows = [
            Row { line: LINE.replace("\"a\"", "5"), pointers: &["/destination"] },
            Row { line: LINE.replace("\"a\"", "[]"), pointers: &["/destination"] },
            Row { line: LINE.replace("\"destination\":\"a\",", ""), pointers: &["/destination"] },
            Row { line: r#"{"destination":"a/b"}"#.to_owned(), pointers: &["/destination", "/update"] },
            Row { line: LINE.replace("Night shift", " "), pointers: &["/update/displayName"] },
            Row {
                line: LINE.replace("Night shift", " ").replace("\"STAFF\"", "\"STAFF\",\"X\",\"Y\""),
                pointers: &["/update/types/1", "/update/types/2", "/update/displayName"],
            },
            Row { line: format!("{LINE}x"), pointers: &[""] },
            Row { line: LINE.replace("\"destination\"", "\"id\""), pointers: &[""] },
            Row { line: "5".to_owned(), pointers: &[""] },
        ];
        for Row { line, pointers } in rows {
            let found: Vec<_> = problems(&line).into_iter().map(|(pointer, _)| pointer).collect();
            assert_eq!(found, pointers, "{line}");
        }
    }

    #[test]
    fn skipped_rules_are_not_problems() {
        let line = LINE.replace("Night shift", " Night shift").replace("[\"x\"]", "[\"x\",\"x\"]");
        assert_eq!(problems(&line).len(), 2);
        let skip = SkipRules { rules: vec![Rule::SurroundingWhiteSpace, Rule::Duplicate] };
        let parsed = parse_line(1, &line, &skip);
        assert_eq!((parsed.problems, parsed.update.unwrap().staff_targets.len()), (vec![], 2));
    }
}
