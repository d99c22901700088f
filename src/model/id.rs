//! The two IDs that are segments of the URL, [`AppId`] and [`DestinationId`]. They are validated on construction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Maximum length of an ID in bytes. Ours: the vendor documents no limit.
const MAX_BYTES: usize = 128;

/// Why an ID was rejected: it would change the request URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {name} {problem}")]
pub struct InvalidId {
    name: &'static str,
    problem: String,
}

fn check(id: &str) -> Result<(), String> {
    let is_refused = |c: char| !c.is_ascii_graphic() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    if id.is_empty() {
        return Err("is empty; use the one that the vendor issued".to_owned());
    }
    if id.len() > MAX_BYTES {
        return Err(format!("is {} bytes long; an ID must not be longer than {MAX_BYTES} bytes", id.len()));
    }
    if let Some((at, c)) = id.char_indices().find(|(_, c)| is_refused(*c)) {
        return Err(format!(
            "contains {c:?} at byte {at}; an ID must not contain white space, control or non-ASCII characters, or any of \
             / \\ ? # %"
        ));
    }
    // Some servers treat the part after a semicolon as a parameter and only the part before it as the segment.
    match id.split(';').next() {
        Some("" | "." | "..") => {
            Err(format!("is {id:?}, which is a relative path segment in a URL; use the ID that the vendor issued"))
        }
        _ => Ok(()),
    }
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
        /// [`FromStr`] and `TryFrom<String>` return [`InvalidId`]; its message says what is wrong and where.
        ///
        /// ```
        #[doc = concat!("use cinnox_destination::", stringify!($id), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($id), " = \"", $example, "\".parse()?;")]
        #[doc = concat!("assert_eq!(id.as_str(), \"", $example, "\");")]
        #[doc = concat!("assert!(\"../", $example, "\".parse::<", stringify!($id), ">().is_err());")]
        /// # Ok::<(), cinnox_destination::InvalidId>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $id(String);

        impl $id {
            /// The ID as it appears in the URL.
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

        impl FromStr for $id {
            type Err = InvalidId;

            fn from_str(id: &str) -> Result<Self, InvalidId> {
                id.to_owned().try_into()
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_converts_from_and_to_string() {
        let id: DestinationId = "dest-1".parse().unwrap();
        assert_eq!((id.as_str(), format!("{id:>8}|").as_str()), ("dest-1", "  dest-1|"));
        assert_eq!(AppId::try_from("a/b".to_owned()), "a/b".parse::<AppId>());
        assert_eq!(serde_json::from_str::<DestinationId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }
}
