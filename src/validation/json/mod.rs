//! Reads an update from JSON: `from_json` and `from_reader`.
//!
//! `encoding` decodes UTF-8, `format` detects other file formats, `syntax` explains syntax errors. `structure` checks each
//! value against the document's schema: `document` reads the schemas, `kind` describes JSON types, `meant` finds the
//! field that a misspelt name stands for. Valid structure is then deserialized with serde into the generated type and
//! validated. serde alone would accept valid input, but its messages refer to Rust types; those in `error` refer to
//! JSON.

mod document;
mod encoding;
mod error;
mod format;
mod kind;
mod meant;
mod structure;
mod syntax;

use std::{cell::Cell, io::Read};

use serde::{Deserialize, de::value::MapDeserializer};

pub(crate) use self::document::SCHEMA_KEY;
pub use self::error::JsonError;
use self::structure::Fields;
use super::validate::{self, Validate};
use crate::generated::types::{DestinationUpdate, DisplayName, error::ConversionError};

/// Maximum size of one update in bytes. Ours: 100,000 targets take about 1.5 MiB; the limit protects against the wrong
/// file and endless streams.
const MAX_BYTES: usize = 4 << 20;

/// Placeholder for a name that is too long, so that the rest of the update can be checked.
const SHORT_NAME: &str = "\"-\"";

impl DestinationUpdate {
    /// Reads an update from JSON and validates it.
    ///
    /// The JSON has the format of the request body: UTF-8, with or without a byte order mark, at most 4 MiB. It may
    /// also contain `"$schema"` with any string, which tells editors where the JSON Schema is; it is not sent. Any
    /// other unknown field is an error (ours: the server would ignore a misspelt field).
    ///
    /// To read an update without validating it, use `serde_json`.
    ///
    /// ```
    /// use cinnox_destination::DestinationUpdate;
    ///
    /// let json = br#"{ "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
    ///                  "types": ["STAFF"], "staffTargets": ["staff-1"] }"#;
    /// assert_eq!(*DestinationUpdate::from_json(json)?.display_name, "Night shift");
    ///
    /// let typo = DestinationUpdate::from_json(br#"{ "displayname": "Night shift" }"#).unwrap_err();
    /// assert_eq!(
    ///     typo.to_string(),
    ///     "/displayname: line 1 column 18: `displayname` is not a field of an update; did you mean `displayName`?"
    /// );
    /// # Ok::<(), cinnox_destination::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`JsonError::TooLarge`]: more than 4 MiB.
    /// - [`JsonError::Structure`]: the first place that is not valid JSON or not structured like an update.
    /// - [`JsonError::Invalid`]: all violations of a well-formed update, including a name that is too long.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, JsonError> {
        let update = Self::read(json.as_ref())?;
        update.validate()?;
        Ok(update)
    }

    /// Reads an update from a file, a socket or standard input and validates it; see [`DestinationUpdate::from_json`].
    ///
    /// It reads to the end, but at most 4 MiB and one byte, even from an endless stream. The reader need not be
    /// buffered.
    ///
    /// ```no_run
    /// use cinnox_destination::DestinationUpdate;
    ///
    /// let update = DestinationUpdate::from_reader(std::fs::File::open("night-shift.update.json")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`JsonError::Read`] if the reader fails, and the errors of [`DestinationUpdate::from_json`].
    pub fn from_reader(reader: impl Read) -> Result<Self, JsonError> {
        let mut json = Vec::new();
        let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        reader.take(limit).read_to_end(&mut json)?;
        Self::from_json(json)
    }

    /// Reads an update without validating it. A name that is too long is an error with all violations, because the
    /// generated type cannot hold it.
    pub(crate) fn read(json: &[u8]) -> Result<Self, JsonError> {
        if json.len() > MAX_BYTES {
            return Err(JsonError::TooLarge { limit: MAX_BYTES });
        }
        let text = encoding::decode(json)?;
        let mut fields = structure::read(text)?;
        let long_name = take_long_name(&mut fields);
        // Fields are deserialized in order, so an error is about the last one.
        let last = Cell::new(None);
        let sent = fields.iter().filter(|(key, _)| key != SCHEMA_KEY).inspect(|field| last.set(Some(*field)));
        let entries = sent.map(|(key, value)| (key.as_str(), *value));
        let update = Self::deserialize(MapDeserializer::new(entries))
            .map_err(|error| structure::rejected_by_type(text, last.get(), &error))?;
        match long_name {
            Some((name, problem)) => Err(validate::violations_with_long_name(&update, &name, problem).into()),
            None => Ok(update),
        }
    }
}

/// Replaces a name that is too long, so that the rest can be deserialized.
fn take_long_name(fields: &mut Fields<'_>) -> Option<(String, ConversionError)> {
    let (_, value) = fields.iter_mut().find(|(key, _)| key == DestinationUpdate::DISPLAY_NAME)?;
    let name: String = serde_json::from_str(value.get()).ok()?;
    let problem = name.parse::<DisplayName>().err()?;
    *value = serde_json::from_str(SHORT_NAME).ok()?;
    Some((name, problem))
}

#[cfg(test)]
mod tests;
