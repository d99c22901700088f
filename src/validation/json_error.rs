//! [`JsonError`], the error of reading an update from JSON.

use serde::Serialize;
use serde_path_to_error::{Path, Segment};

use super::violation::Violations;
use crate::text::escaped;

/// An error of reading an update from JSON.
///
/// It serializes to an object with one key: `{"structure": {"pointer", "line", "column", "problem"}}`,
/// `{"invalid": {"violations"}}` or `{"too-large": {"limit"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum JsonError {
    /// Not valid JSON, or not structured like an update. Only the first problem is reported.
    #[error("{}line {line} column {column}: {problem}", shown(pointer))]
    #[non_exhaustive]
    Structure {
        /// A JSON pointer (RFC 6901) to the wrong value. Empty for the update itself.
        pointer: String,
        /// The line, counted from 1.
        line: usize,
        /// The column of the last byte that was read, counted in bytes from 1; 0 if the line was not read.
        column: usize,
        /// What is wrong. The text of the input in it is shortened and escaped.
        problem: String,
    },
    /// The update violates rules.
    #[error(transparent)]
    #[non_exhaustive]
    Invalid {
        /// What is wrong, at least one violation.
        #[from]
        violations: Violations,
    },
    /// The input is too large.
    #[error("is larger than the limit of {} MiB for one update; check that it is the right file", limit >> 20)]
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl JsonError {
    /// An error of `serde_json`, whose text ends with the position.
    pub(crate) fn of_serde(path: &Path, error: &serde_json::Error) -> Self {
        let (line, column, text) = (error.line(), error.column(), error.to_string());
        let problem = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
        Self::Structure { pointer: pointer(path), line, column, problem: escaped(problem) }
    }

    /// An error at the byte `offset` of a text that is not UTF-8.
    pub(crate) fn of_encoding(text: &[u8], offset: usize, problem: String) -> Self {
        let before = &text[..offset];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = before.split(|byte| *byte == b'\n').count();
        Self::Structure { pointer: String::new(), line, column: offset - line_start + 1, problem }
    }
}

fn pointer(path: &Path) -> String {
    let parts = path.iter().map_while(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            Some(format!("/{}", key.replace('~', "~0").replace('/', "~1")))
        }
        Segment::Unknown => None,
    });
    parts.collect()
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{}: ", escaped(pointer)) }
}
