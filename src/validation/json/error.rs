//! [`JsonError`], the error of reading an update from JSON.

use std::io;

use serde::Serialize;

use crate::{text::escaped, validation::violation::Violations};

/// Maximum number of characters of a pointer, and of a message about the structure: both may contain a key of the
/// input.
const SHOWN_CHARS: usize = 512;

/// An error of reading an update from JSON.
///
/// It serializes to an object with one key: `{"structure": {"pointer", "line", "column", "problem"}}`,
/// `{"invalid": [violations]}`, `{"too-large": {"limit"}}` or `{"read": {"problem"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum JsonError {
    /// Not valid JSON, or not structured like an update. Only the first problem is reported.
    #[error("{}line {line} column {column}: {problem}", shown(pointer))]
    #[non_exhaustive]
    Structure {
        /// A JSON pointer (RFC 6901) to the wrong value. Empty for the update itself and for syntax errors.
        pointer: String,
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1: where the value begins, or where the syntax error is.
        column: usize,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The update violates rules.
    #[error(transparent)]
    Invalid(#[from] Violations),
    /// The input is too large.
    #[error("is larger than the limit of {} MiB for one update; check that it is the right file", limit >> 20)]
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The reader failed.
    #[error("cannot be read: {problem}")]
    #[non_exhaustive]
    Read {
        /// The kind of the I/O error.
        #[serde(skip)]
        kind: io::ErrorKind,
        /// The message of the I/O error.
        problem: String,
    },
}

impl From<io::Error> for JsonError {
    fn from(error: io::Error) -> Self {
        Self::Read { kind: error.kind(), problem: error.to_string() }
    }
}

impl JsonError {
    /// Creates a structure error. `offset` is the byte offset of the problem in `text`.
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
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{}: ", escaped(pointer, SHOWN_CHARS)) }
}
