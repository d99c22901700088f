//! Collects input errors: keeps the first ones and counts the rest.

use std::{fmt, io};

use cinnox_destination::Violation;
use serde::Serialize;

use crate::{failure::Failure, output::complain};

/// How many problems are shown.
pub(crate) const SHOWN: u64 = 50;

/// Reading stops after this many invalid lines.
const MAX_INVALID_LINES: u64 = 10_000;

/// What is wrong with an input that has only a header or blank lines, or nothing.
pub(super) const NO_UPDATE: &str = "has no update; `template` prints an example";

/// A message to be prefixed with the name of an input.
pub(super) fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

/// One thing that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// Where in the line: a JSON pointer, empty for the line as a whole.
    pub(crate) pointer: String,
    /// The rule that is broken, if it is one of the library's.
    pub(crate) rule: Option<&'static str>,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), rule: None, message: message.into() }
    }

    /// `parent` is the pointer of the update.
    pub(crate) fn of(violation: &Violation, parent: &str) -> Self {
        Self {
            pointer: format!("{parent}{}", violation.pointer()),
            rule: Some(violation.rule().name()),
            message: violation.message().to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.message)
    }
}

/// What of an input a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Place {
    Line(u64),
    /// The one update that it is.
    Update,
    /// All of it: the problem is a message to be prefixed with its name.
    Whole,
}

/// A problem and its place, as `check` shows it to programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) file: String,
    #[serde(rename = "line")]
    pub(crate) place: Place,
    #[serde(flatten)]
    pub(crate) problem: Problem,
}

impl Found {
    /// As a line, with the name of the file if that is not clear.
    fn describe(&self, with_file: bool) -> String {
        let Self { file, place, problem } = self;
        let line = match place {
            Place::Line(line) => format!("line {line}: {problem}"),
            Place::Update => problem.to_string(),
            Place::Whole => return format!("{file} {problem}"),
        };
        if with_file { format!("{file}: {line}") } else { line }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Problems {
    shown: Vec<Found>,
    found: u64,
    lines: u64,
    /// The rest of the input was not read.
    stopped: bool,
    /// What follows the number of invalid lines.
    consequence: &'static str,
    /// Warnings; they do not prevent sending.
    notes: Vec<String>,
}

impl Problems {
    /// With the promise that nothing was sent.
    pub(crate) fn before_sending() -> Self {
        Self { consequence: "; nothing was sent", ..Self::default() }
    }

    pub(crate) fn add(&mut self, file: &str, place: Place, problems: impl IntoIterator<Item = Problem>) {
        self.lines += u64::from(matches!(place, Place::Line(_)));
        for problem in problems {
            self.found += 1;
            // Each of the inputs has at most one for all of it.
            if self.found <= SHOWN || place == Place::Whole {
                self.shown.push(Found { file: file.to_owned(), place, problem });
            }
        }
        self.stopped |= self.are_too_many();
    }

    /// The rest of the input is not read.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    pub(crate) fn are_too_many(&self) -> bool {
        self.lines >= MAX_INVALID_LINES
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found == 0
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    pub(crate) fn shown(&self) -> &[Found] {
        &self.shown
    }

    /// How many are not shown.
    pub(crate) fn more(&self) -> u64 {
        self.found - self.shown.len() as u64
    }

    /// Prints the warnings unless `quiet`; fails if there are problems.
    pub(crate) fn into_result(self, quiet: bool) -> Result<(), Failure> {
        if !quiet {
            self.notes.iter().for_each(|note| complain(note));
        }
        if self.is_empty() { Ok(()) } else { Err(Failure::Input(self.to_string())) }
    }
}

/// A problem a line; nothing if there are none.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.shown.iter().any(|found| found.file != self.shown[0].file);
        let mut lines: Vec<_> = self.shown.iter().map(|found| found.describe(several)).collect();
        if self.more() > 0 {
            lines.push(format!("… and {} more", self.more()));
        }
        if self.lines > 0 {
            let rest = if self.stopped { "; the rest was not checked" } else { "" };
            lines.push(format!("{} invalid line(s){}{rest}", self.lines, self.consequence));
        }
        f.write_str(&lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_first_problems_and_counts_the_others() {
        let mut problems = Problems::before_sending();
        for line in 1..=60 {
            problems.add("a", Place::Line(line), [Problem::new("/x", "is wrong")]);
        }
        let text = problems.to_string();
        assert!(text.starts_with("line 1: /x: is wrong\nline 2: "), "{text}");
        assert!(text.ends_with("line 50: /x: is wrong\n… and 10 more\n60 invalid line(s); nothing was sent"), "{text}");
    }

    #[test]
    fn shows_what_is_wrong_with_a_whole_input_after_many_others() {
        let mut problems = Problems::default();
        problems.add("a", Place::Update, vec![Problem::new("/x", "is wrong"); 60]);
        problems.add("b", Place::Whole, [Problem::new("", "cannot be read")]);
        assert!(problems.to_string().ends_with("a: /x: is wrong\nb cannot be read\n… and 10 more"), "{problems}");
    }

    #[test]
    fn names_the_file_where_there_are_several() {
        let mut problems = Problems::default();
        problems.add("a", Place::Line(1), [Problem::new("", "is wrong")]);
        problems.add("b", Place::Whole, [Problem::new("", "is UTF-16")]);
        let text = "a: line 1: is wrong\nb is UTF-16\n1 invalid line(s)";
        assert_eq!(problems.to_string(), text);
    }

    #[test]
    fn an_endless_input_of_wrong_lines_is_not_read_to_its_end() {
        let mut problems = Problems::default();
        let read = (1..).take_while(|line| {
            problems.add("a", Place::Line(*line), [Problem::new("", "is wrong")]);
            !problems.are_too_many()
        });
        assert_eq!(read.count(), 9_999);
        assert!(problems.to_string().ends_with("… and 9950 more\n10000 invalid line(s); the rest was not checked"));
    }
}
