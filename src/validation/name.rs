//! The rules of the display name: its limit, which the vendor's page states, and ours on what people see of it.

use super::{
    characters::{self, is_forbidden},
    collector::Collector,
    rule::Rule,
};
use crate::generated::types::DisplayName;

/// Checks a name that may be too long for its type, which knows the limit.
pub(crate) fn check(name: &str, collector: &mut Collector<'_>) {
    if let Err(problem) = name.parse::<DisplayName>() {
        collector.add_text(None, Rule::TooLong, name, &format!("is {problem}; shorten it"));
    }
    characters::check(name, None, is_forbidden, "give a name that people will recognise", collector);
}
