//! The validation rules of an update: their definitions, their sources and the checks.
//!
//! Start with [`Validate`] in `validate.rs`, which checks an update field by field. Each subject has its own file:
//! `name` for the display name, `entries` for the rules shared by all lists, `number` for phone and trunk numbers,
//! `targets` for types and their lists, `characters` for invisible characters, `limits` for the document's limits that
//! the types do not enforce. Each check reports [`Violation`]s, all but `limits` through `collector`. `json` reads an
//! update from JSON,
//! `schema` exports the rules as JSON Schema. CONTRIBUTING.md explains how to add a rule.

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
