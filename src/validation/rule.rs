//! The rules by name, and who made each of them.
//!
//! What exactly a rule says is checked in the file of its subject; `schema.rs` says the same as JSON Schema. A name is
//! never changed, as programs compare it.

use std::fmt;

use serde::{Serialize, Serializer};

/// A rule that an update can break.
///
/// As text, and serialized, it is its [name](Rule::name).
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
    /// A name is longer than the vendor's page allows. Counted are Unicode scalar values, as in JSON Schema.
    TooLong,
    /// A value is outside of another limit that the vendor's page sets: a range, a length, a number of entries.
    OutsideLimit,
    /// A name, code or staff ID shows nothing: it is empty, or has only white space and invisible characters. Ours:
    /// nobody can recognise it.
    Blank,
    /// A name, code or staff ID begins or ends with white space. Ours: it differs from the one that is meant, and looks
    /// the same.
    SurroundingWhiteSpace,
    /// A name has a control or bidirectional character, a line separator, a byte order mark, an object replacement
    /// character (U+FFFC) or a noncharacter such as U+FFFF; a code or staff ID has one of these or another invisible
    /// character. Ours: such characters come from copying, and change how the text looks or what it names. In a name,
    /// what emoji and scripts such as Persian need (U+200C, U+200D, variation selectors) is allowed.
    HiddenCharacter,
    /// A list that needs an entry has none. Ours: the service group would serve nobody.
    Empty,
    /// An entry is in the list twice; surrounding white space makes no difference, nor does the `+` of a number. Ours:
    /// one of the two was meant to be another.
    Duplicate,
    /// An entry of languages or locations is not one code: it has a comma or semicolon, as `en,fr`, or it is an asterisk
    /// other than `*`, as `＊`. Ours: such an entry names nothing.
    NotACode,
    /// `"*"` has other entries beside it. Ours: it is not clear whether everything or the others are meant.
    WildcardNotAlone,
    /// A selected type has no targets. The vendor's page requires them.
    MissingTargets,
    /// A type that is not selected has targets. Ours: the server would ignore them, and they would look as if they were
    /// set.
    TypeNotSelected,
    /// `"*"`, or another asterisk, is among the targets. Ours: the vendor's page gives it a meaning only for languages and locations.
    WildcardTarget,
    /// A phone or trunk number is not an optional `+` and 7 to 15 digits, the first not 0 (E.164). Ours: the vendor's
    /// page asks for numbers with country code and names no format; E.164 is the one that every carrier dials.
    NotE164,
}

/// Who made a rule.
///
/// As text, and serialized, it is `vendor` or `ours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RuleSource {
    /// The vendor's page says it: the server refuses what breaks it.
    Vendor,
    /// We say it: the server may accept what breaks it, but it cannot be what the caller means.
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

    /// Who made the rule.
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
