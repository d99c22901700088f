//! Making an update: from its parts, or from JSON.

use serde_path_to_error::Segment;

use super::{Validate, Violations};
use crate::{
    generated::types::{DestinationUpdate, SupportLanguages, SupportLocations},
    text::escaped,
};

/// How many characters of a pointer and of a sentence about the structure are shown: both may repeat a key of the input.
const SHOWN_CHARS: usize = 512;

impl DestinationUpdate {
    /// An update that has no type yet; [`TypeTargets`](crate::TypeTargets) adds types with their targets.
    ///
    /// The limit on the name counts Unicode scalar values, as JSON Schema does. How the vendor counts is not known.
    ///
    /// # Errors
    ///
    /// A name that is longer than the vendor allows. Every other rule waits for [`Validate::validate`].
    pub fn new(
        display_name: impl AsRef<str>,
        support_languages: SupportLanguages,
        support_locations: SupportLocations,
    ) -> Result<Self, Violations> {
        let name = display_name.as_ref();
        match name.parse() {
            Ok(name) => Ok(Self::with_required(name, support_languages, support_locations, Vec::new())),
            Err(problem) => Err(Violations::of_display_name(name, problem)),
        }
    }

    /// Reads an update from JSON as it is on the wire, in UTF-8 with or without a byte order mark, and checks it.
    ///
    /// To read without the rules of [`Validate::validate`], use `serde_json`; an unknown field is refused there too.
    ///
    /// ```
    /// use cinnox_destination::DestinationUpdate;
    ///
    /// let json = br#"{ "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
    ///                  "types": ["STAFF"], "staffTargets": ["staff-1"] }"#;
    /// assert_eq!(*DestinationUpdate::from_json(json)?.display_name, "Night shift");
    ///
    /// let typo = DestinationUpdate::from_json(br#"{ "displayname": "Night shift" }"#).unwrap_err();
    /// assert!(typo.to_string().starts_with("/displayname: line 1 column 15: unknown field `displayname`, expected one of"));
    /// # Ok::<(), cinnox_destination::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`JsonError::Structure`] with the first place where the JSON does not have the form of an update; if it has it,
    /// [`JsonError::Invalid`] with all violations.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, JsonError> {
        let update = Self::read(json.as_ref())?;
        update.validate()?;
        Ok(update)
    }

    /// The form only.
    pub(crate) fn read(json: &[u8]) -> Result<Self, JsonError> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let blank = &json[..json.len() - json.trim_ascii_start().len()];
        if json.get(blank.len()) != Some(&b'{') {
            let what = if blank.len() == json.len() { "is empty" } else { "is not an object" };
            // serde would take a list for the values of the fields, and for the others it names a type of Rust's.
            return Err(JsonError::Structure {
                pointer: String::new(),
                line: blank.split(|byte| *byte == b'\n').count(),
                column: blank.iter().rev().take_while(|byte| **byte != b'\n').count() + 1,
                problem: format!("{what}; write the update as {{ … }}"),
            });
        }
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let update = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|e| JsonError::at(pointer(e.path()), e.inner()))?;
        deserializer.end().map_err(|e| JsonError::at(String::new(), &e))?;
        Ok(update)
    }
}

/// Why JSON is not an update that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It does not have the form of an update: the first place where it has not.
    #[error("{}line {line} column {column}: {problem}", shown(pointer))]
    #[non_exhaustive]
    Structure {
        /// The innermost value that was being read: a JSON pointer (RFC 6901), empty for the update itself.
        pointer: String,
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1, up to which the JSON had been read.
        column: usize,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// It is an update that breaks rules.
    #[error(transparent)]
    Invalid(#[from] Violations),
}

impl JsonError {
    fn at(pointer: String, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let problem = error.to_string();
        let place = format!(" at line {line} column {column}");
        let problem = problem.strip_suffix(&place).unwrap_or(&problem);
        // serde_json counts what it has read, which at the beginning of a line is nothing.
        Self::Structure { pointer, line, column: column.max(1), problem: escaped(problem, SHOWN_CHARS) }
    }
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{}: ", escaped(pointer, SHOWN_CHARS)) }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Seq { index } => format!("/{index}"),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}
