//! What is wrong with an update, and where.

mod entries;
mod json;
mod limits;
#[cfg(feature = "schemars")]
mod schema;
mod targets;

pub use json::JsonError;

use std::fmt::{self, Display};

use serde::Serialize;

use crate::{
    generated::{document, types::DestinationUpdate},
    text::quoted,
};

/// How many characters of a value a sentence repeats.
const SHOWN_CHARS: usize = 48;

/// How many violations the text of [`Violations`] lists.
const SHOWN_VIOLATIONS: usize = 20;

/// Checks a value against the vendor's rules and ours before it is sent.
pub trait Validate {
    /// Finds everything that is wrong, in the order of the document.
    ///
    /// ```
    /// use cinnox_destination::{DestinationUpdate, Rule, SupportLanguages, SupportLocations, TypeTargets, Validate, Wildcard};
    ///
    /// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "HK"]))?
    ///     .with_phones(["12"]);
    /// let violations = update.validate().unwrap_err();
    /// assert_eq!(violations[0].pointer(), "/supportLocations/1");
    /// assert_eq!(violations[0].rule(), Rule::Duplicate);
    /// assert_eq!(violations[1].pointer(), "/phoneTargets/0");
    /// # Ok::<(), cinnox_destination::Violations>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All violations; the list is never empty.
    fn validate(&self) -> Result<(), Violations>;
}

impl Validate for DestinationUpdate {
    fn validate(&self) -> Result<(), Violations> {
        let mut found = Vec::new();
        let mut findings = Findings::new(Self::DISPLAY_NAME, &mut found);
        if is_blank(&self.display_name) {
            findings.add(None, Rule::Blank, || "is blank; give a name that people will recognise");
        }
        findings.check_surrounding_white_space(None, &self.display_name);
        entries::check_codes(&self.support_languages, &mut Findings::new(Self::SUPPORT_LANGUAGES, &mut found));
        entries::check_codes(&self.support_locations, &mut Findings::new(Self::SUPPORT_LOCATIONS, &mut found));
        targets::check(self, &mut found);
        check_limits(self, &mut found);
        if found.is_empty() { Ok(()) } else { Err(Violations(found)) }
    }
}

/// The limits of the document that the types do not hold, if there are any.
fn check_limits(update: &DestinationUpdate, found: &mut Vec<Violation>) {
    if !document::IS_LIMITED {
        return;
    }
    let value = serde_json::to_value(update).unwrap_or_default();
    limits::check("DestinationUpdate", &value, &mut |pointer, message| {
        let rule = Rule::OutsideLimit;
        found.push(Violation { pointer: pointer.to_owned(), rule, source: rule.source(), message });
    });
}

fn is_blank(text: &str) -> bool {
    !has_visible_ends(text) && trimmed(text).is_empty()
}

#[cold]
#[inline(never)]
fn trimmed(text: &str) -> &str {
    text.trim()
}

/// Spares most texts a search for the white space of all scripts.
pub(crate) fn has_visible_ends(text: &str) -> bool {
    let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    visible(text.as_bytes().first()) && visible(text.as_bytes().last())
}

/// A rule that an update can break. Its [`name`](Rule::name) does not change from version to version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Text has more characters than the vendor allows.
    TooLong,
    /// A value is outside of another limit that the vendor sets: a range, a length, the number of entries.
    OutsideLimit,
    /// Text is empty or has nothing but white space: nobody could read it.
    Blank,
    /// Text begins or ends with white space, which is never meant and makes equal things differ.
    SurroundingWhiteSpace,
    /// A list that needs an entry has none: the service group would serve nobody.
    Empty,
    /// An entry stands in a list twice: one of the two was meant to be another.
    Duplicate,
    /// `"*"` stands beside other entries: it is not clear whether all or these are meant.
    WildcardNotAlone,
    /// A type is selected and has no target.
    MissingTargets,
    /// Targets are given for a type that is not selected: the server would pass over them, and the caller would
    /// believe that they were set.
    TypeNotSelected,
    /// `"*"` is given as a target: it stands for all languages or places, never for all phones, staff or trunks.
    WildcardTarget,
    /// A number is not an optional `+` and 7 to 15 digits, of which the first is not 0 (ITU-T E.164).
    NotE164,
}

/// Who made a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSource {
    /// The vendor's reference page says it: the server refuses what breaks it.
    Vendor,
    /// We say it: the server may take what breaks it, but it cannot be what the caller means.
    Ours,
}

impl Rule {
    /// A name for programs, such as `wildcard-not-alone`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::OutsideLimit => "outside-limit",
            Self::Blank => "blank",
            Self::SurroundingWhiteSpace => "surrounding-white-space",
            Self::Empty => "empty",
            Self::Duplicate => "duplicate",
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
            _ => RuleSource::Ours,
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One thing that is wrong with an update.
///
/// As text it is `pointer: sentence`. Serialized it has `pointer`, `rule`, `source` and `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    pointer: String,
    rule: Rule,
    source: RuleSource,
    message: String,
}

impl Violation {
    /// Where in the JSON body: a JSON pointer (RFC 6901) such as `/phoneTargets/2`.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What is wrong and what would be right, with the value shortened and escaped.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Everything that is wrong with an update: at least one [`Violation`], in the order of the document.
///
/// As text it is one violation a line, the first 20 of them, and a line that says how many more there are.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The name does not fit into its type; `problem` is what the type says.
    pub(crate) fn of_display_name(name: &str, problem: impl Display) -> Self {
        let mut found = Vec::new();
        let sentence = format!("{} is {problem}; shorten it", quoted(name, SHOWN_CHARS));
        Findings::new(DestinationUpdate::DISPLAY_NAME, &mut found).add(None, Rule::TooLong, || sentence);
        Self(found)
    }
}

impl std::ops::Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.0
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.iter().take(SHOWN_VIOLATIONS).enumerate() {
            write!(f, "{}{violation}", if index > 0 { "\n" } else { "" })?;
        }
        match self.len().saturating_sub(SHOWN_VIOLATIONS) {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more"),
        }
    }
}

/// Shows what `Display` shows, because that is bounded.
impl fmt::Debug for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Violations").field(&self.to_string()).finish()
    }
}

impl std::error::Error for Violations {}

/// Takes down what is wrong with one field.
pub(crate) struct Findings<'a> {
    field: &'static str,
    found: &'a mut Vec<Violation>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(field: &'static str, found: &'a mut Vec<Violation>) -> Self {
        Self { field, found }
    }

    /// `index` is that of an entry; without it, the field as a whole is meant.
    // Out of line, and the making of the sentence with it: an update that is right runs past as little code as can be.
    #[cold]
    #[inline(never)]
    pub(crate) fn add<M: Into<String>>(&mut self, index: Option<usize>, rule: Rule, message: impl FnOnce() -> M) {
        let entry = index.map(|index| format!("/{index}")).unwrap_or_default();
        let pointer = format!("/{}{entry}", self.field);
        self.found.push(Violation { pointer, rule, source: rule.source(), message: message().into() });
    }

    /// Says of a text that it `is_wrong`: `"+1" is not a number with country code; …`.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_text(&mut self, index: Option<usize>, text: &str, rule: Rule, is_wrong: &str) {
        self.add(index, rule, || format!("{} {is_wrong}", quoted(text, SHOWN_CHARS)));
    }

    pub(crate) fn check_blank(&mut self, index: usize, entry: &str) {
        if is_blank(entry) {
            self.add_text(Some(index), entry, Rule::Blank, "is blank; write what was meant, or remove it");
        }
    }

    pub(crate) fn check_surrounding_white_space(&mut self, index: Option<usize>, text: &str) {
        if !has_visible_ends(text) && !is_blank(text) && trimmed(text) != text {
            self.add_text(index, text, Rule::SurroundingWhiteSpace, "begins or ends with white space; remove it");
        }
    }

    /// `first` is where the entry stands for the first time.
    pub(crate) fn add_duplicate(&mut self, index: usize, entry: &impl Display, first: usize) {
        let field = self.field;
        self.add(Some(index), Rule::Duplicate, || {
            let entry = quoted(&entry.to_string(), SHOWN_CHARS);
            format!("{entry} is already at /{field}/{first}; remove one of the two")
        });
    }
}
