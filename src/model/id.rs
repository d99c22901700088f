//! The two IDs that are segments of the URL, [`AppId`] and [`DestinationId`], and [`UpdatedId`], the ID in the
//! response.
//!
//! IDs are validated on construction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

/// Maximum length of an ID in bytes. Ours: the vendor documents no limit.
const MAX_BYTES: usize = 128;

/// Why an ID was rejected: it would change the request URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {name} {problem}")]
pub struct InvalidId {
    name: &'static str,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("is empty; use the one that the vendor issued")]
    Empty,
    #[error("is {0:?}, which is a relative path segment in a URL; use the ID that the vendor issued")]
    RelativePath(String),
    #[error(
        "contains {0:?} at byte {1}; an ID must not contain white space, control or non-ASCII characters, or any of \
         / \\ ? # %"
    )]
    Character(char, usize),
    #[error("is {0} bytes long; an ID must not be longer than {MAX_BYTES} bytes")]
    TooLong(usize),
}

fn check(id: &str) -> Result<(), Problem> {
    if id.is_empty() {
        return Err(Problem::Empty);
    }
    if id.len() > MAX_BYTES {
        return Err(Problem::TooLong(id.len()));
    }
    if let Some((at, c)) =
        id.char_indices().find(|(_, c)| !c.is_ascii_graphic() || matches!(c, '/' | '\\' | '?' | '#' | '%'))
    {
        return Err(Problem::Character(c, at));
    }
    // Some servers treat the part after a semicolon as a parameter and only the part before it as the segment.
    match id.split(';').next() {
        Some("" | "." | "..") => Err(Problem::RelativePath(id.to_owned())),
        _ => Ok(()),
    }
}

/// Implements conversions, comparison with strings and `Display` for an ID.
macro_rules! impl_string_conversions {
    ($name:ident) => {
        impl TryFrom<&str> for $name {
            type Error = <Self as TryFrom<String>>::Error;

            fn try_from(id: &str) -> Result<Self, Self::Error> {
                id.to_owned().try_into()
            }
        }

        impl FromStr for $name {
            type Err = <Self as TryFrom<String>>::Error;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                id.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

macro_rules! path_segment_id {
    ($(#[$doc:meta])* $id:ident, $name:literal, $example:literal) => {
        $(#[$doc])*
        ///
        /// An ID is 1 to 128 bytes of visible ASCII without `/ \ ? # %`. The part before the first `;` must not be
        /// empty, `.` or `..`. These rules are ours: each rejected ID would change the request URL. The vendor does not
        /// document which characters an ID may contain.
        ///
        /// # Errors
        ///
        /// [`FromStr`], `TryFrom<&str>` and `TryFrom<String>` return [`InvalidId`]; its message says what is wrong and
        /// where.
        ///
        /// ```
        #[doc = concat!("use cinnox_destination::", stringify!($id), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($id), " = \"", $example, "\".parse()?;")]
        #[doc = concat!("assert_eq!(id, \"", $example, "\");")]
        #[doc = concat!("assert!(\"../", $example, "\".parse::<", stringify!($id), ">().is_err());")]
        /// # Ok::<(), cinnox_destination::InvalidId>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $id(String);

        impl $id {
            /// The ID as it appears in the URL.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $id {
            type Error = InvalidId;

            fn try_from(id: String) -> Result<Self, InvalidId> {
                match check(&id) {
                    Ok(()) => Ok(Self(id)),
                    Err(problem) => Err(InvalidId { name: $name, problem }),
                }
            }
        }

        impl_string_conversions!($id);
    };
}

path_segment_id! {
    /// An App ID, shown in the CINNOX dashboard next to the base URL and the App Token.
    AppId, "App ID", "app-1"
}

path_segment_id! {
    /// The ID of a destination (service group), as the vendor's Create Destination endpoint returns it.
    DestinationId, "destination ID", "dest-1"
}

/// The ID in the response to an update: any non-empty string (ours).
///
/// In JSON it is a string, or an integer, which is kept as its digits: the page documents a string, but a number is
/// unambiguous.
///
/// ```
/// use cinnox_destination::UpdatedId;
///
/// let string: UpdatedId = serde_json::from_str(r#""dest-1""#)?;
/// let number: UpdatedId = serde_json::from_str("12")?;
/// assert_eq!((string.as_str(), number.as_str()), ("dest-1", "12"));
/// assert!(serde_json::from_str::<UpdatedId>(r#""""#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UpdatedId(String);

impl UpdatedId {
    /// The ID as the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UpdatedId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, &'static str> {
        if id.is_empty() { Err("the ID of the updated destination is empty") } else { Ok(Self(id)) }
    }
}

impl_string_conversions!(UpdatedId);

impl<'de> Deserialize<'de> for UpdatedId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UpdatedIdVisitor)
    }
}

struct UpdatedIdVisitor;

impl de::Visitor<'_> for UpdatedIdVisitor {
    type Value = UpdatedId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ID as a string or an integer")
    }

    fn visit_str<E: de::Error>(self, id: &str) -> Result<UpdatedId, E> {
        id.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<UpdatedId, E> {
        Ok(UpdatedId(id.to_string()))
    }

    fn visit_i64<E: de::Error>(self, id: i64) -> Result<UpdatedId, E> {
        Ok(UpdatedId(id.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn updated_id_accepts_strings_and_integers() {
        let read = |json: &str| serde_json::from_str::<UpdatedId>(json).map(String::from);
        for (json, id) in [
            (r#""dest-1""#, "dest-1"),
            (r#"" 夜\n""#, " 夜\n"),
            ("12", "12"),
            ("0", "0"),
            ("-7", "-7"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(read(json).unwrap(), id);
        }
        // Other numbers may be rounded, so that they differ from the server's ID.
        for other in [r#""""#, "1.0", "1e3", "18446744073709551616", "-0", "null", "true", "[1]", "{}"] {
            assert!(read(other).is_err(), "{other}");
        }
        assert_eq!(serde_json::to_string(&read("12").unwrap()).unwrap(), r#""12""#);
    }

    #[test]
    fn id_converts_from_and_to_string() {
        let id = DestinationId::try_from("dest-1").unwrap();
        assert!(id == "dest-1" && id == *"dest-1" && id != "dest-2");
        assert_eq!(String::from(id.clone()), "dest-1");
        assert_eq!(format!("{id:>8}|"), "  dest-1|");
        assert_eq!(AppId::try_from("a/b"), "a/b".parse::<AppId>());
        assert_eq!(UpdatedId::try_from("").unwrap_err(), "the ID of the updated destination is empty");
    }

    #[test]
    fn id_is_a_map_key() {
        let ids = ["b", "a"].map(|id| (UpdatedId::try_from(id).unwrap(), id));
        assert_eq!(BTreeMap::from(ids).into_values().collect::<Vec<_>>(), ["a", "b"]);
    }
}
