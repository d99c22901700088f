//! Why JSON is not an update: [`JsonError`], and the sentences about text that is not JSON.

use std::io;

use serde::Serialize;

use crate::{text::escaped, validation::violation::Violations};

/// How many characters of a pointer and of a sentence about the structure are shown: both may repeat a key of the input.
const SHOWN_CHARS: usize = 512;

/// Why JSON is not an update that can be sent.
///
/// Serialized it is an object with one key: `{"structure": {"pointer", "line", "column", "problem"}}`,
/// `{"invalid": [violations]}`, `{"too-large": {"limit"}}` or `{"read": {"problem"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum JsonError {
    /// It is not JSON or does not have the form of an update: the first such place.
    #[error("{}line {line} column {column}: {problem}", shown(pointer))]
    #[non_exhaustive]
    Structure {
        /// The value that is wrong: a JSON pointer (RFC 6901), empty for the update itself and for text that is not
        /// JSON.
        pointer: String,
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1, where the value begins, or up to which the text is JSON.
        column: usize,
        /// What is wrong and what to do.
        problem: String,
    },
    /// It is an update that breaks rules.
    #[error(transparent)]
    Invalid(#[from] Violations),
    /// It is larger than an update may be.
    #[error("is larger than {} MiB, the most that is read of one update; check that it is the right file", limit >> 20)]
    #[non_exhaustive]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The reader failed.
    #[error("cannot be read: {problem}")]
    #[non_exhaustive]
    Read {
        /// What kind of failure it is.
        #[serde(skip)]
        kind: io::ErrorKind,
        /// What the reader says.
        problem: String,
    },
}

impl From<io::Error> for JsonError {
    fn from(error: io::Error) -> Self {
        Self::Read { kind: error.kind(), problem: error.to_string() }
    }
}

impl JsonError {
    /// `offset` is where in the text the problem is.
    pub(crate) fn at(pointer: &str, text: &[u8], offset: usize, problem: &str) -> Self {
        let before = &text[..offset];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Self::Structure {
            pointer: pointer.to_owned(),
            line: before.split(|byte| *byte == b'\n').count(),
            column: offset - line_start + 1,
            problem: escaped(problem, SHOWN_CHARS),
        }
    }

    /// Of text that is not JSON.
    pub(crate) fn syntax(text: &str, error: &serde_json::Error) -> Self {
        // Columns are counted from 1, and 0 stands for the end of the line before.
        let line_start: usize = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum();
        let offset = (line_start + error.column().max(1) - 1).min(text.len());
        Self::at("", text.as_bytes(), offset, &not_json(text, offset, error))
    }

    /// What the document's schema does not say, in serde's words.
    pub(crate) fn other(error: &serde_json::Error) -> Self {
        Self::at("", b"", 0, &error.to_string())
    }
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{}: ", escaped(pointer, SHOWN_CHARS)) }
}

/// What to do about text that is not JSON: by the character if it is what people often write, else by the reason that
/// serde_json gives.
fn not_json(text: &str, offset: usize, error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "the text ends in the middle of the update; add what is missing".to_owned();
    }
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let next = rest.chars().next().unwrap_or(' ');
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or_default();
    let problem = match reason {
        "trailing characters" => "the update ends before this; remove what follows it",
        "invalid escape" => r"after \ in a text comes one of \n \t \\ \/ \u0041 and the like; write \\ for a \",
        _ if reason.starts_with("control character") => {
            "a line break, tab or other control character is in a text; remove it"
        }
        _ if "]}".contains(next) && before.trim_end().ends_with(',') => "there is a comma before this; remove it",
        _ if "/#".contains(next) => "JSON has no comments; remove it",
        _ if "'‘’“”„«»".contains(next) => "this is not a quote of JSON; write \"",
        _ if next == '+' => "a number with + is text; put it in quotes",
        "invalid number" => "this is not a number of JSON; put a phone number in quotes",
        "key must be a string" => "the name of a field is not in quotes; put it in quotes",
        "expected value" | "expected ident" => "this is not a value of JSON; write text in quotes",
        _ if reason.starts_with("expected `") => return format!("{reason} before this; add it"),
        _ => return format!("this is not JSON, {reason}; correct it"),
    };
    problem.to_owned()
}
