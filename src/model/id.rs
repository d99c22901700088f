//! The two IDs that are segments of the URL, [`AppId`] and [`DestinationId`]. They are validated on construction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Maximum length of an ID in bytes. Ours: the vendor documents no limit.
const MAX_BYTES: usize = 128;

/// Why an ID was rejected: it would change the request URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidId(String);

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
                    Err(problem) => Err(InvalidId(format!("the {} {problem}", $name))),
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn id_converts_from_and_to_string() {
        let id: DestinationId = "dest-1".parse().unwrap();
        assert_eq!((id.as_str(), format!("{id:>8}|").as_str()), ("dest-1", "  dest-1|"));
        assert_eq!(AppId::try_from("a/b".to_owned()), "a/b".parse::<AppId>());
        assert_eq!(serde_json::from_str::<DestinationId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn accepts_id_by_the_documented_rule_unchanged(id in "[ -~]{0,12}|[!-~]{1,140}|(\\.|;|/|a|é){1,3}|\\PC{0,8}") {
            let documented = (1..=128).contains(&id.len())
                && !matches!(id.split(';').next(), Some("" | "." | ".."))
                && id.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && !br"/\?#%".contains(&byte));
            let parsed = id.parse::<DestinationId>();
            prop_assert_eq!(parsed.is_ok(), documented);
            prop_assert_eq!(id.parse::<AppId>().is_ok(), documented);
            prop_assert_eq!(serde_json::from_value::<AppId>(id.clone().into()).is_ok(), documented);
            if let Ok(parsed) = parsed {
                prop_assert_eq!((parsed.as_str(), parsed.to_string()), (&*id, id.clone()));
                prop_assert_eq!(serde_json::to_value(&parsed).unwrap(), serde_json::Value::from(id));
            }
        }
    }

    #[test]
    fn rejects_id_that_would_change_the_url() {
        struct Row {
            id: String,
            problem: String,
        }
        let character = |id: &str, shown: &str, at: usize| Row {
            id: id.to_owned(),
            problem: format!(
                "contains {shown} at byte {at}; an ID must not contain white space, control or non-ASCII characters, or any \
                 of / \\ ? # %"
            ),
        };
        let relative = |id: &str| Row {
            id: id.to_owned(),
            problem: format!("is {id:?}, which is a relative path segment in a URL; use the ID that the vendor issued"),
        };
        let long = |length| Row {
            id: "a".repeat(length),
            problem: format!("is {length} bytes long; an ID must not be longer than 128 bytes"),
        };
        for Row { id, problem } in [
            Row { id: String::new(), problem: "is empty; use the one that the vendor issued".to_owned() },
            relative("."),
            relative(".."),
            relative("..;x"),
            relative(".;"),
            relative(";x"),
            character("a/b", "'/'", 1),
            character("..\\x", r"'\\'", 2),
            character("a?b", "'?'", 1),
            character("a#b", "'#'", 1),
            character("%2e%2e", "'%'", 0),
            character("a\0b", r"'\0'", 1),
            character("a\u{1b}[31m", r"'\u{1b}'", 1),
            character("a\u{7f}", r"'\u{7f}'", 1),
            character("dest-1 ", "' '", 6),
            character("dest-\u{a0}1", r"'\u{a0}'", 5),
            character("夜班", "'夜'", 0),
            character("a\u{202e}b", r"'\u{202e}'", 1),
            long(129),
            long(1_000_000),
        ] {
            let message = |error: InvalidId| error.to_string();
            assert_eq!(id.parse::<DestinationId>().map_err(message), Err(format!("the destination ID {problem}")));
            assert_eq!(id.parse::<AppId>().map_err(message), Err(format!("the App ID {problem}")));
            let error = serde_json::from_value::<DestinationId>(id.into()).unwrap_err();
            assert_eq!(error.to_string(), format!("the destination ID {problem}"));
        }
    }
}
