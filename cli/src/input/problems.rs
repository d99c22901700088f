//! What is wrong with an input: collected over all files, then printed as text or as JSON.
//!
//! JSON has all problems. Standard error gets the first ones, one line each.

use std::fmt::Write as _;

use cinnox_destination::{DestinationId, DestinationUpdate, Rule, Violation};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::{Failure, complain};

/// What standard error gets at most.
const SHOWN_PROBLEMS: usize = 100;
const SHOWN_BYTES: usize = 15 * 1024;

/// How many ranges of lines a warning names.
const SHOWN_RANGES: usize = 20;

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// As the user calls it.
    pub(crate) file: String,
    /// As the spreadsheet counts. `None` for the input as a whole, and for the one update of a document.
    pub(crate) line: Option<u32>,
    /// The name of the column of a table.
    pub(crate) column: Option<String>,
    /// The number of the entry in the list of a cell, from 1.
    pub(crate) entry: Option<usize>,
    /// A JSON pointer: in a table as if the row were an update with a destination.
    pub(crate) pointer: String,
    /// The rule that is broken, if it is one of the library's.
    pub(crate) rule: Option<Rule>,
    pub(crate) message: String,
}

impl Problem {
    /// Of a line or an input as a whole.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    pub(crate) fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), ..Self::new(message) }
    }

    pub(crate) fn of(violation: &Violation) -> Self {
        Self { rule: Some(violation.rule()), ..Self::at(violation.pointer(), violation.message()) }
    }

    /// With the column and the entry that the pointer means in a table.
    pub(crate) fn in_table(mut self) -> Self {
        let mut parts = self.pointer.split('/').skip(1);
        self.column = parts.next().map(ToOwned::to_owned);
        self.entry = parts.next().and_then(|index| index.parse::<usize>().ok()).map(|index| index + 1);
        self
    }

    /// On one line, with the name of the file if it is not clear.
    fn describe(&self, with_file: bool) -> String {
        let Self { file, line, column, entry, pointer, message, .. } = self;
        let pointer = Some(pointer).filter(|pointer| !pointer.is_empty());
        let place = [
            line.map(|line| format!("line {line}")),
            column.as_ref().or(pointer).cloned(),
            entry.map(|entry| format!("entry {entry}")),
        ];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
        match (place.is_empty(), with_file) {
            (true, _) => format!("{file} {message}"),
            (false, true) => format!("{file}: {place}: {message}"),
            (false, false) => format!("{place}: {message}"),
        }
    }
}

/// A line as read, with everything that is wrong with it.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) line: u32,
    pub(super) destination: Option<DestinationId>,
    pub(super) update: Option<DestinationUpdate>,
    pub(super) problems: Vec<Problem>,
}

impl Parsed {
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(Problem { line: Some(self.line), ..problem });
    }
}

#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Problem>,
    /// They do not prevent sending.
    pub(super) warnings: Vec<String>,
}

impl Problems {
    pub(crate) fn add(&mut self, file: &str, problems: impl IntoIterator<Item = Problem>) {
        self.found.extend(problems.into_iter().map(|problem| Problem { file: file.to_owned(), ..problem }));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems and the warnings.
    pub(crate) fn as_json(&self) -> Value {
        json!({ "problems": self.found, "warnings": self.warnings })
    }

    /// Prints the warnings; fails if there are problems.
    pub(crate) fn into_result(self) -> Result<(), Failure> {
        self.warnings.iter().for_each(|warning| complain(warning));
        if self.is_empty() { Ok(()) } else { Err(Failure::invalid(self.as_text(), self.as_json())) }
    }

    fn as_text(&self) -> String {
        let (mut text, mut shown) = (String::new(), 0);
        let with_file = self.found.iter().any(|problem| problem.file != self.found[0].file);
        for problem in self.found.iter().take(SHOWN_PROBLEMS) {
            let line = problem.describe(with_file);
            if text.len() + line.len() > SHOWN_BYTES {
                break;
            }
            text += &line;
            text.push('\n');
            shown += 1;
        }
        let count = self.found.len();
        if shown < count {
            let _ = writeln!(text, "… and {} more; as JSON all are printed", count - shown);
        }
        text + &format!("{count} problem{}; nothing was sent", if count == 1 { "" } else { "s" })
    }
}

/// Line numbers in ascending order, in short: `2-5, 9`.
pub(crate) fn ranges(lines: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *line => *last = *line,
            _ => ranges.push((*line, *line)),
        }
    }
    let shown = ranges.iter().take(SHOWN_RANGES).map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    let more = if ranges.len() > SHOWN_RANGES { ", …" } else { "" };
    shown.collect::<Vec<_>>().join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_line(line: u32, message: &str) -> Problem {
        Problem { line: Some(line), ..Problem::at("/x", message) }
    }

    #[test]
    fn shows_first_problems_and_counts_the_others() {
        let mut problems = Problems::default();
        problems.add("a", (1..=160).map(|line| in_line(line, "is wrong")));
        let text = problems.as_text();
        assert!(text.starts_with("line 1, /x: is wrong\nline 2, "), "{text}");
        let end = "line 100, /x: is wrong\n… and 60 more; as JSON all are printed\n160 problems; nothing was sent";
        assert!(text.ends_with(end), "{text}");
        assert_eq!(problems.as_json()["problems"].as_array().unwrap().len(), 160);
    }

    #[test]
    fn long_problems_stay_below_the_limit() {
        let mut problems = Problems::default();
        problems.add("a", (1..=99).map(|line| in_line(line, &"x".repeat(500))));
        assert!(problems.as_text().len() < 16 * 1024);
    }

    #[test]
    fn names_the_file_where_there_are_several() {
        let mut problems = Problems::default();
        problems.add("a", [in_line(1, "is wrong")]);
        problems.add("b", [Problem::new("is UTF-16")]);
        assert_eq!(problems.as_text(), "a: line 1, /x: is wrong\nb is UTF-16\n2 problems; nothing was sent");
    }

    #[test]
    fn describes_place_in_table() {
        let problem = Problem { line: Some(7), ..Problem::at("/staffTargets/1", "is wrong").in_table() };
        assert_eq!(problem.describe(false), "line 7, staffTargets, entry 2: is wrong");
    }

    #[test]
    fn shortens_lines_to_ranges() {
        assert_eq!(ranges(&[2, 3, 4, 9, 11, 12]), "2-4, 9, 11-12");
    }
}
