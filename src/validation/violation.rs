//! [`Violation`], one broken rule at one place, and [`Violations`], the error that contains all of them.

use std::fmt::{self, Display};
use std::ops::Deref;
use std::slice;

use serde::Serialize;

use super::rule::Rule;

/// Maximum number of violations that `Display` of [`Violations`] lists.
const SHOWN_VIOLATIONS: usize = 20;

/// One broken rule at one place in an update.
///
/// `Display` shows `pointer: message`. It serializes to an object with `pointer`, `rule` and `message`.
///
/// ```
/// use cinnox_destination::{Rule, prelude::*};
///
/// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
///     .with_staff(["staff-1", ""]);
/// let violation: &Violation = &update.validate().unwrap_err()[0];
/// assert_eq!((violation.pointer(), violation.rule()), ("/staffTargets/1", Rule::Blank));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Violation {
    #[serde(skip)]
    field: &'static str,
    #[serde(skip)]
    index: Option<usize>,
    pointer: String,
    rule: Rule,
    message: String,
}

impl Violation {
    pub(crate) fn new(field: &'static str, index: Option<usize>, rule: Rule, message: String) -> Self {
        let entry = index.map(|index| format!("/{index}")).unwrap_or_default();
        let pointer = format!("/{field}{entry}");
        Self { field, index, pointer, rule, message }
    }

    /// The place in the JSON body: a JSON pointer (RFC 6901) such as `/phoneTargets/2`.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The name of the field in the JSON body, such as `phoneTargets`.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The index of the entry in the field's list, counted from 0; `None` if the whole field breaks the rule.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The broken rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What is wrong and what to do. The value is shortened and escaped.
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
/// [`Validate::validate`](crate::Validate::validate) returns it. It dereferences to a slice. `Display` lists the first 20
/// violations, one per line, and the number of the others. It serializes to a list.
///
/// ```
/// use cinnox_destination::prelude::*;
///
/// let languages = SupportLanguages::only(["en", "*"]);
/// let update = DestinationUpdate::new("Night shift ", languages, SupportLocations::all()).with_staff(["staff-1"]);
/// let violations: Violations = update.validate().unwrap_err();
/// let pointers: Vec<&str> = violations.iter().map(Violation::pointer).collect();
/// assert_eq!(pointers, ["/displayName", "/supportLanguages/1"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The violations that were found, if any.
    pub(crate) fn if_any(found: Vec<Violation>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }

    /// The violations of other rules than these, if any are left.
    pub(crate) fn without(mut self, skipped: &[Rule]) -> Result<(), Self> {
        self.0.retain(|violation| !skipped.contains(&violation.rule));
        Self::if_any(self.0)
    }
}

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.0
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

impl std::error::Error for Violations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_removes_violations_of_skipped_rules() {
        let violation = |rule| Violation::new("types", None, rule, "is wrong".to_owned());
        let both = Violations(vec![violation(Rule::Empty), violation(Rule::TooLong)]);
        assert_eq!(both.clone().without(&[]), Err(both.clone()));
        assert_eq!(both.clone().without(&[Rule::Empty]), Err(Violations(vec![violation(Rule::TooLong)])));
        assert_eq!(both.without(&[Rule::TooLong, Rule::Empty]), Ok(()));
    }
}
