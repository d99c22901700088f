//! The rules: their names, and whether the vendor states them.
//!
//! Each rule is checked in `validate.rs`, `list.rs` or `text.rs`, and stated again as JSON Schema in `schema.rs`. Names
//! never change, because programs compare them.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::text::quoted_value;

/// Defines the enum, the list of all rules and their names.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $name:literal;)*) => {
        /// A rule that an update can break.
        ///
        /// *Ours* marks rules that this crate adds to those of the vendor's page: the server may accept an update that
        /// breaks one, but the caller cannot have meant it. `Display`, `FromStr` and `Serialize` use
        /// the [name](Rule::as_str).
        ///
        /// ```
        /// use cinnox_destination::Rule;
        ///
        /// assert_eq!(Rule::WildcardNotAlone.as_str(), "wildcard-not-alone");
        /// assert_eq!("not-e164".parse(), Ok(Rule::NotE164));
        /// assert!(Rule::TooLong.is_vendor() && !Rule::NotE164.is_vendor());
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* #[serde(rename = $name)] $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule),*];

            /// A stable name for programs, such as `wildcard-not-alone`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                }
            }
        }
    };
}

rules! {
    /// The name is longer than the vendor's page allows, counted in Unicode scalar values as in JSON Schema.
    TooLong = "too-long";
    /// A name, code or staff ID is empty, or only white space and invisible characters. Ours: nobody could see it.
    Blank = "blank";
    /// A name, code or staff ID begins or ends with white space. Ours: it looks like another one but differs from it.
    SurroundingWhiteSpace = "surrounding-white-space";
    /// A text contains a control or bidirectional character, a line separator or a byte order mark; a code or staff ID
    /// contains any other invisible character. Ours: they come from copying and change what a text shows or refers to.
    /// Names may contain those that emoji and scripts such as Persian need (U+200C, U+200D, variation selectors).
    HiddenCharacter = "hidden-character";
    /// A text contains U+FFFD, which programs write in place of text that they cannot read. Ours: the text was
    /// destroyed before.
    DamagedText = "damaged-text";
    /// A list that must have at least one entry is empty. Ours: the service group would serve nobody.
    Empty = "empty";
    /// A list contains an entry twice; the `+` of a number makes no difference. Ours: it is probably a typing mistake.
    Duplicate = "duplicate";
    /// An entry of languages or locations contains a list separator (`,` `;` `|` `，` `；` `、`) or a quotation mark.
    /// Ours: such a code does not exist.
    NotACode = "not-a-code";
    /// `"*"` is combined with other entries. Ours: the intent is ambiguous.
    WildcardNotAlone = "wildcard-not-alone";
    /// A selected type has no targets. The vendor's page requires them.
    MissingTargets = "missing-targets";
    /// A type that is not selected has targets. Ours: the server would silently ignore them.
    TypeNotSelected = "type-not-selected";
    /// `"*"` is among the targets. Ours: the vendor's page defines it only for languages and locations.
    WildcardTarget = "wildcard-target";
    /// A phone or trunk number is not an optional `+` and 7 to 15 digits, the first not 0 (E.164). Ours: the vendor's
    /// page requires a country code but names no format, and other formats cannot be relied on to be dialled.
    NotE164 = "not-e164";
}

impl Rule {
    /// Whether the vendor's page states the rule, so that the server rejects an update that breaks it. Otherwise the
    /// rule is ours.
    pub fn is_vendor(self) -> bool {
        matches!(self, Self::TooLong | Self::MissingTargets)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A name that is not the name of a [`Rule`]. Its message lists the names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a rule; use one of {}", quoted_value(name), Rule::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", "))]
pub struct UnknownRule {
    name: String,
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.iter().find(|rule| rule.as_str() == name);
        found.copied().ok_or_else(|| UnknownRule { name: name.to_owned() })
    }
}
