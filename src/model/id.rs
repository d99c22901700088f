//! The two IDs that become segments of the URL, [`AppId`] and [`DestinationId`], and [`UpdatedId`], which comes back.
//!
//! An ID is checked when it is made, so that a value of these types can be sent as it is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

/// The longest accepted ID, in bytes. Ours: the vendor names no limit.
const MAX_BYTES: usize = 128;

/// Why an ID was refused: in the path of a request it would call another URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} {problem}")]
pub struct InvalidId {
    what: &'static str,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("is empty; give the one that the vendor handed out")]
    Empty,
    #[error("is {0:?}, which stands for another folder in a URL; give the one that the vendor handed out")]
    Dots(String),
    #[error("has {0:?} at byte {1}; an ID has no white space, control or non-ASCII character, and none of / \\ ? # %")]
    Character(char, usize),
    #[error("has {0} bytes; an ID has at most {MAX_BYTES}")]
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
    // Some servers take what stands behind a semicolon for a parameter, and the rest for the segment.
    match id.split(';').next() {
        Some("" | "." | "..") => Err(Problem::Dots(id.to_owned())),
        _ => Ok(()),
    }
}

/// What all IDs have in common with the text that they hold.
macro_rules! text {
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

macro_rules! path_segment {
    ($(#[$doc:meta])* $name:ident, $what:literal, $example:literal) => {
        $(#[$doc])*
        ///
        /// An ID is 1 to 128 bytes of visible ASCII without `/ \ ? # %`. It is not `.` or `..`, also not before a `;`,
        /// and does not begin with `;`. These rules are ours: each refused ID would change which URL is called. The
        /// vendor does not document the alphabet of its IDs.
        ///
        /// # Errors
        ///
        /// [`FromStr`], `TryFrom<&str>` and `TryFrom<String>` give [`InvalidId`], which says what is wrong and where.
        ///
        /// ```
        #[doc = concat!("use cinnox_destination::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), " = \"", $example, "\".parse()?;")]
        #[doc = concat!("assert_eq!(id, \"", $example, "\");")]
        #[doc = concat!("assert!(\"../", $example, "\".parse::<", stringify!($name), ">().is_err());")]
        /// # Ok::<(), cinnox_destination::InvalidId>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The ID as it stands in the URL.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(id: String) -> Result<Self, InvalidId> {
                match check(&id) {
                    Ok(()) => Ok(Self(id)),
                    Err(problem) => Err(InvalidId { what: $what, problem }),
                }
            }
        }

        text!($name);
    };
}

path_segment! {
    /// An App ID, one of the three values that the dashboard shows together.
    AppId, "App ID", "app-1"
}

path_segment! {
    /// The ID of a destination (service group), as the vendor's Create Destination endpoint returns it.
    DestinationId, "destination ID", "dest-1"
}

/// The ID in the response to an update: any text but the empty one, which names nothing (ours).
///
/// In JSON it is text, or a whole number, which becomes its digits: the page documents text, and a number is as plain.
///
/// ```
/// use cinnox_destination::UpdatedId;
///
/// let text: UpdatedId = serde_json::from_str(r#""dest-1""#)?;
/// let number: UpdatedId = serde_json::from_str("12")?;
/// assert_eq!((text.as_str(), number.as_str()), ("dest-1", "12"));
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

text!(UpdatedId);

impl<'de> Deserialize<'de> for UpdatedId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UpdatedIdVisitor)
    }
}

struct UpdatedIdVisitor;

impl de::Visitor<'_> for UpdatedIdVisitor {
    type Value = UpdatedId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ID as text or a whole number")
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
    fn updated_id_reads_text_and_whole_numbers() {
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
        // Such a number is not the text that the server has: it may be rounded.
        for other in [r#""""#, "1.0", "1e3", "18446744073709551616", "-0", "null", "true", "[1]", "{}"] {
            assert!(read(other).is_err(), "{other}");
        }
        assert_eq!(serde_json::to_string(&read("12").unwrap()).unwrap(), r#""12""#);
    }

    #[test]
    fn id_converts_from_and_to_text() {
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
