//! Reads an update from JSON: `from_json`.
//!
//! serde_json reads, serde_path_to_error says where it failed, and `object` leaves out `$schema`. What is read is then
//! validated.

use serde::Deserializer;
use serde_path_to_error::Track;

use super::{json_error::JsonError, object::UpdateVisitor, validate::Validate};
use crate::generated::types::DestinationUpdate;

/// Maximum size of one update in bytes. Ours: 100,000 targets take about 1.5 MiB; the limit protects against the wrong
/// file and endless streams.
const MAX_BYTES: usize = 4 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl DestinationUpdate {
    /// Reads an update from JSON and validates it.
    ///
    /// The JSON has the format of the request body: UTF-8, with or without a byte order mark, at most 4 MiB. It may
    /// also contain `"$schema"` with any string, which tells editors where the JSON Schema is; it is not sent. Any
    /// other unknown field is an error (ours: the server would ignore a misspelt field), and so is a field that occurs
    /// twice.
    ///
    /// To read an update without validating it, use `serde_json`.
    ///
    /// ```
    /// use cinnox_destination::DestinationUpdate;
    ///
    /// let json = br#"{ "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
    ///                  "types": ["STAFF"], "staffTargets": ["staff-1"] }"#;
    /// assert_eq!(DestinationUpdate::from_json(json)?.display_name, "Night shift");
    ///
    /// let number = DestinationUpdate::from_json(br#"{ "displayName": 7 }"#).unwrap_err();
    /// assert_eq!(
    ///     number.to_string(),
    ///     "/displayName: line 1 column 18: invalid type: integer `7`, expected a string"
    /// );
    /// # Ok::<(), cinnox_destination::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`JsonError::TooLarge`]: more than 4 MiB.
    /// - [`JsonError::Structure`]: the first place that is not valid JSON or not structured like an update.
    /// - [`JsonError::Invalid`]: all violations of a well-formed update.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, JsonError> {
        let update = Self::read(json.as_ref())?;
        update.validate()?;
        Ok(update)
    }

    /// Like [`DestinationUpdate::from_json`], but does not validate the update.
    pub(crate) fn read(json: &[u8]) -> Result<Self, JsonError> {
        if json.len() > MAX_BYTES {
            return Err(JsonError::TooLarge { limit: MAX_BYTES });
        }
        let mut json = serde_json::Deserializer::from_str(decode(json)?);
        let mut track = Track::new();
        let update = serde_path_to_error::Deserializer::new(&mut json, &mut track).deserialize_map(UpdateVisitor);
        let update = update.and_then(|update| json.end().map(|()| update));
        update.map_err(|error| JsonError::of_serde(&track.path(), &error))
    }
}

/// Decodes UTF-8 and skips the byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, JsonError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    // A byte order mark, or the zero byte that every ASCII character has in these encodings.
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = bytes {
        return Err(JsonError::of_encoding(bytes, 0, "the text is UTF-16 or UTF-32; save it as UTF-8".to_owned()));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let problem = format!("the byte 0x{:02X} is not UTF-8; save the text as UTF-8", bytes[offset]);
        JsonError::of_encoding(bytes, offset, problem)
    })
}
