//! The rules of an update: which there are, who made them, and what breaks them.
//!
//! Start with [`Validate`] in `validate.rs`, which goes through an update field by field. Each subject has a file:
//! `name` for the display name, `entries` for what all lists have in common, `number` for phone and trunk numbers,
//! `targets` for types and their lists, `characters` for the characters that nobody sees, `limits` for what the document
//! limits beyond the types. All but `limits` report through `collector`; what they report is a [`Violation`]. `json` reads
//! an update from a file, `schema` exports the rules as JSON Schema. CONTRIBUTING.md says how to add a rule.

mod characters;
mod collector;
mod entries;
mod json;
mod limits;
mod name;
mod number;
mod rule;
#[cfg(feature = "schemars")]
mod schema;
mod targets;
mod validate;
mod violation;

pub use json::JsonError;
pub use rule::{Rule, RuleSource};
pub use validate::Validate;
pub use violation::{Violation, Violations};
