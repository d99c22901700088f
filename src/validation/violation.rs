//! [`Violation`], one broken rule at one place, and [`Violations`], the error that contains all of them.

use std::{
    fmt::{self, Display},
    ops::Deref,
    slice, vec,
};

use serde::Serialize;

use super::rule::{Rule, RuleSource};
use crate::generated::types::DestinationUpdate;

/// Maximum number of violations that `Display` of [`Violations`] lists.
const SHOWN_VIOLATIONS: usize = 20;

/// One broken rule at one place in an update.
///
/// `Display` shows `pointer: message`. It serializes to an object with `pointer`, `rule`, `source` and `message`.
///
/// ```
/// use cinnox_destination::{Rule, prelude::*};
///
/// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
/// let update = DestinationUpdate::new("Night shift", languages, locations)?.with_staff(["staff-1", ""]);
/// let violation: &Violation = &update.validate().unwrap_err()[0];
/// assert_eq!((violation.pointer(), violation.rule()), ("/staffTargets/1", Rule::Blank));
/// # Ok::<(), Violations>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    #[serde(skip)]
    field: &'static str,
    #[serde(skip)]
    index: Option<usize>,
    pointer: String,
    rule: Rule,
    source: RuleSource,
    message: String,
}

impl Violation {
    pub(crate) fn new(field: &'static str, index: Option<usize>, rule: Rule, message: String) -> Self {
        let pointer = match index {
            Some(index) => format!("/{field}/{index}"),
            None => format!("/{field}"),
        };
        Self { field, index, pointer, rule, source: rule.source(), message }
    }

    /// `pointer` may point deeper than a list entry.
    pub(crate) fn outside_limit(pointer: &str, message: String) -> Self {
        let mut parts = pointer.split('/').skip(1);
        let field = parts.next().and_then(|name| DestinationUpdate::FIELDS.iter().find(|field| **field == name));
        let index = parts.next().and_then(|index| index.parse().ok());
        let violation = Self::new(field.copied().unwrap_or_default(), index, Rule::OutsideLimit, message);
        Self { pointer: pointer.to_owned(), ..violation }
    }

    /// The place in the JSON body: a JSON pointer (RFC 6901) such as `/phoneTargets/2`.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The name of the field in the JSON body, such as `phoneTargets`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The index of the entry in the field's list, counted from 0; `None` if the whole field breaks the rule.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The broken rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The source of the rule.
    #[must_use]
    pub fn source(&self) -> RuleSource {
        self.source
    }

    /// What is wrong and what to do. The value is shortened and escaped.
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

/// All violations of an update: at least one [`Violation`], in the order of the fields in the document.
///
/// [`Validate::validate`](crate::Validate::validate) returns it. It dereferences to a slice. `Display` lists the first
/// 20 violations, one per line, and the number of the others.
///
/// ```
/// use cinnox_destination::prelude::*;
///
/// # let (languages, locations) = (SupportLanguages::only(["en", "*"]), SupportLocations::all());
/// # let update = DestinationUpdate::new("Night shift ", languages, locations)?.with_staff(["staff-1"]);
/// let violations: Violations = update.validate().unwrap_err();
/// let pointers: Vec<&str> = violations.iter().map(Violation::pointer).collect();
/// assert_eq!(pointers, ["/displayName", "/supportLanguages/1"]);
/// # Ok::<(), Violations>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Violations(pub(super) Vec<Violation>);

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.0
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = slice::Iter<'a, Violation>;

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

/// Same as `Display`, which limits the length.
impl fmt::Debug for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Violations").field(&self.to_string()).finish()
    }
}

impl std::error::Error for Violations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violation_has_field_index_pointer_and_source() {
        let of_entry = Violation::new("types", Some(2), Rule::Duplicate, "is twice".to_owned());
        let of_field = Violation::new("types", None, Rule::MissingTargets, "is empty".to_owned());
        assert_eq!((of_entry.field(), of_entry.index(), of_entry.pointer()), ("types", Some(2), "/types/2"));
        assert_eq!((of_field.field(), of_field.index(), of_field.pointer()), ("types", None, "/types"));
        assert_eq!((of_entry.source(), of_field.source()), (RuleSource::Ours, RuleSource::Vendor));
        assert_eq!(
            format!("{of_entry}, {} {}", of_entry.rule(), of_entry.source()),
            "/types/2: is twice, duplicate ours"
        );
    }
}
