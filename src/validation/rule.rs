//! The rules: their names and sources.
//!
//! Each rule is implemented in the file for its subject, and again as JSON Schema in `schema.rs`. Names never change,
//! because programs compare them.

use std::fmt;

use serde::{Serialize, Serializer};

/// A rule that an update can break.
///
/// `Display` and `Serialize` give its [name](Rule::name).
///
/// ```
/// use cinnox_destination::{Rule, RuleSource};
///
/// assert_eq!(Rule::WildcardNotAlone.to_string(), "wildcard-not-alone");
/// assert_eq!(Rule::TooLong.source(), RuleSource::Vendor);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A name is longer than the vendor's page allows. The length is counted in Unicode scalar values, as in JSON
    /// Schema.
    TooLong,
    /// A value violates another limit of the vendor's page: a range, a length or a number of entries.
    OutsideLimit,
    /// A name, code or staff ID is blank: empty, or only white space and invisible characters. Ours: users could not
    /// see it.
    Blank,
    /// A name, code or staff ID begins or ends with white space. Ours: it looks like the intended one but differs from
    /// it.
    SurroundingWhiteSpace,
    /// A name contains a control or bidirectional character, a line separator, a byte order mark, an object replacement
    /// character (U+FFFC) or a noncharacter such as U+FFFF; a code or staff ID contains one of these or another
    /// invisible character. Ours: such characters come from copying, and change how a value is displayed or what it
    /// refers to. Names may contain the characters that emoji and scripts such as Persian need (U+200C, U+200D,
    /// variation selectors).
    HiddenCharacter,
    /// A list that must have at least one entry is empty. Ours: the service group would serve nobody.
    Empty,
    /// A list contains an entry twice, ignoring surrounding white space and the `+` of a number. Ours: it is probably a
    /// typing mistake.
    Duplicate,
    /// An entry of languages or locations is not a single code: it contains a comma or semicolon, as in `en,fr`, or is
    /// an asterisk other than `*`, such as `＊`. Ours: such a code does not exist.
    NotACode,
    /// `"*"` is combined with other entries. Ours: the intent is ambiguous.
    WildcardNotAlone,
    /// A selected type has no targets. The vendor's page requires them.
    MissingTargets,
    /// A type that is not selected has targets. Ours: the server would silently ignore them.
    TypeNotSelected,
    /// `"*"`, or another asterisk, is among the targets. Ours: the vendor's page defines it only for languages and
    /// locations.
    WildcardTarget,
    /// A phone or trunk number is not an optional `+` and 7 to 15 digits, the first not 0 (E.164). Ours: the vendor's
    /// page requires a country code but names no format, and other formats cannot be relied on to be dialled.
    NotE164,
}

/// The source of a rule.
///
/// `Display` and `Serialize` give `vendor` or `ours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RuleSource {
    /// The vendor's page states it: the server rejects an update that breaks it.
    Vendor,
    /// This crate adds it: the server may accept an update that breaks it, but the caller cannot have meant it.
    Ours,
}

impl Rule {
    /// A stable name for programs, such as `wildcard-not-alone`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::OutsideLimit => "outside-limit",
            Self::Blank => "blank",
            Self::SurroundingWhiteSpace => "surrounding-white-space",
            Self::HiddenCharacter => "hidden-character",
            Self::Empty => "empty",
            Self::Duplicate => "duplicate",
            Self::NotACode => "not-a-code",
            Self::WildcardNotAlone => "wildcard-not-alone",
            Self::MissingTargets => "missing-targets",
            Self::TypeNotSelected => "type-not-selected",
            Self::WildcardTarget => "wildcard-target",
            Self::NotE164 => "not-e164",
        }
    }

    /// The source of the rule.
    #[must_use]
    pub fn source(self) -> RuleSource {
        match self {
            Self::TooLong | Self::OutsideLimit | Self::MissingTargets => RuleSource::Vendor,
            Self::Blank
            | Self::SurroundingWhiteSpace
            | Self::HiddenCharacter
            | Self::Empty
            | Self::Duplicate
            | Self::NotACode
            | Self::WildcardNotAlone
            | Self::TypeNotSelected
            | Self::WildcardTarget
            | Self::NotE164 => RuleSource::Ours,
        }
    }
}

impl RuleSource {
    /// A stable name for programs: `vendor` or `ours`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Ours => "ours",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for RuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for RuleSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
