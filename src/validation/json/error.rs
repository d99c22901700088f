//! Why JSON is not an update: [`JsonError`].

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
        /// The column in bytes, counted from 1, where the value begins, or what is not JSON.
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
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{}: ", escaped(pointer, SHOWN_CHARS)) }
}
