//! Collects the violations of one field.

use super::{rule::Rule, violation::Violation};
use crate::text::quoted_value;

pub(crate) struct Collector<'a> {
    field: &'static str,
    found: &'a mut Vec<Violation>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(field: &'static str, found: &'a mut Vec<Violation>) -> Self {
        Self { field, found }
    }

    /// `index` is the index of the entry, or `None` for the whole field.
    pub(crate) fn add(&mut self, index: Option<usize>, rule: Rule, message: String) {
        self.found.push(Violation::new(self.field, index, rule, message));
    }

    /// Adds a violation whose message is the quoted text followed by the problem:
    /// `"+1" is not a number with country code; …`.
    pub(crate) fn add_text(&mut self, index: Option<usize>, rule: Rule, text: &str, problem: &str) {
        self.add(index, rule, format!("{} {problem}", quoted_value(text)));
    }

    /// `first` is the index of the earlier of the two entries.
    pub(crate) fn add_duplicate(&mut self, index: usize, entry: &str, first: usize) {
        let problem = format!("is a duplicate of entry {} (/{}/{first}); remove one of the two", first + 1, self.field);
        self.add_text(Some(index), Rule::Duplicate, entry, &problem);
    }
}
