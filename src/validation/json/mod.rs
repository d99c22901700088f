//! Reads an update from JSON: `from_json` and `from_reader`.
//!
//! `encoding` turns bytes into text, `format` knows other files, `syntax` says where a text stops being JSON. `structure`
//! compares each value with the document's schema: `document` reads the
//! schemas, `kind` knows the kinds of JSON values. What has the form of an update goes through serde into the generated
//! type, and then through the rules. Serde alone would read valid input, but its errors speak of Rust; those in `error`
//! speak of JSON.

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

/// The most that is read of one update, in bytes: 4 MiB. Ours: 100,000 targets take about 1.5 MiB, and the wrong file
/// or an endless stream must not take all memory.
const MAX_BYTES: usize = 4 << 20;

/// A name that each update can have, while a name that is too long is reported with everything else.
const SHORT_NAME: &str = "\"-\"";

impl DestinationUpdate {
    /// Reads an update from JSON and checks it.
    ///
    /// The JSON is as it is sent, in UTF-8 with or without a byte order mark, and at most 4 MiB long. Beside the fields
    /// it may have `"$schema"` with any text, with which editors find the JSON Schema; it is not sent. Any other unknown
    /// field is refused (ours: the server would ignore a misspelt field).
    ///
    /// To read without the rules of [`Validate::validate`], use `serde_json`.
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
    /// - [`JsonError::Structure`]: the first place that is not JSON or does not have the form of an update.
    /// - [`JsonError::Invalid`]: all violations of an update that has the form, a name that is too long included.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, JsonError> {
        let update = Self::read(json.as_ref())?;
        update.validate()?;
        Ok(update)
    }

    /// Reads an update from a file, a socket or standard input, and checks it; see [`DestinationUpdate::from_json`].
    ///
    /// It reads to the end, but never more than 4 MiB and one byte, so that the wrong file or an endless stream does not
    /// take all memory. No buffering is needed.
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
        let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        reader.take(most).read_to_end(&mut json)?;
        Self::from_json(json)
    }

    /// Reads an update without checking the rules. A name that does not fit into its type is an error with all
    /// violations, because no update can hold it.
    pub(crate) fn read(json: &[u8]) -> Result<Self, JsonError> {
        if json.len() > MAX_BYTES {
            return Err(JsonError::TooLarge { limit: MAX_BYTES });
        }
        let text = encoding::decode(json)?;
        let mut fields = structure::read(text)?;
        let long_name = take_long_name(&mut fields);
        // The fields are read one after the other, so the last one is to blame.
        let last = Cell::new(None);
        let sent = fields.iter().filter(|(key, _)| key != SCHEMA_KEY).inspect(|field| last.set(Some(*field)));
        let entries = sent.map(|(key, value)| (key.as_str(), *value));
        let update = Self::deserialize(MapDeserializer::new(entries))
            .map_err(|error| structure::refused_by_type(text, last.get(), &error))?;
        match long_name {
            Some((name, problem)) => Err(validate::violations_with_long_name(&update, &name, problem).into()),
            None => Ok(update),
        }
    }
}

/// Replaces a name that does not fit into its type, so that the rest can be read.
fn take_long_name(fields: &mut Fields<'_>) -> Option<(String, ConversionError)> {
    let (_, value) = fields.iter_mut().find(|(key, _)| key == DestinationUpdate::DISPLAY_NAME)?;
    let name: String = serde_json::from_str(value.get()).ok()?;
    let problem = name.parse::<DisplayName>().err()?;
    *value = serde_json::from_str(SHORT_NAME).ok()?;
    Some((name, problem))
}

#[cfg(test)]
mod tests;
