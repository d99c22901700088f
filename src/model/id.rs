//! The two IDs that become segments of the URL, and the one that comes back.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest ID that is taken, in bytes. Ours: the vendor names no limit.
const MAX_BYTES: usize = 128;

/// Why an ID was refused: sent as it is, it would call another URL than the one that is meant.
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

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $example:literal) => {
        $(#[$doc])*
        ///
        /// An ID is 1 to 128 bytes of visible ASCII without `/ \ ? # %`, and not `.` or `..`, alone or before a
        /// `;`, with which it does not begin. These rules are ours:
        /// each of the things that they refuse changes which URL is called. The vendor's own alphabet is not known.
        ///
        /// # Errors
        ///
        /// [`FromStr`] and `TryFrom<String>` give [`InvalidId`], which says what is wrong and where.
        ///
        /// ```
        #[doc = concat!("use cinnox_destination::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), " = \"", $example, "\".parse()?;")]
        #[doc = concat!("assert_eq!(id.as_str(), \"", $example, "\");")]
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

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(id: &str) -> Result<Self, InvalidId> {
                id.to_owned().try_into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An App ID, one of the three values that the dashboard shows together.
    AppId, "App ID", "app-1"
}

id! {
    /// The ID of a destination (service group), as the vendor's Create Destination endpoint gives it.
    DestinationId, "destination ID", "dest-1"
}

/// The ID in the response to an update: text of which nothing more is known. `TryFrom<String>` and reading it from JSON
/// refuse only the empty text, which names nothing (ours).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct UpdatedId(String);

impl UpdatedId {
    /// The ID as the server gives it.
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
