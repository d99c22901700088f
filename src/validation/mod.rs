//! The rules of an update: what they are, who checks them and how what they find is reported.
//!
//! Start with [`Validate`] in `validate.rs`, which checks an update field by field. `text` has the rules of any text,
//! `list` those of a list and its entries. What they find goes through the `collector` into [`Violations`]. `json`
//! reads an update from JSON and validates it, `object` is the part of it that serde does not have. `schema` states the
//! same rules as JSON Schema. CONTRIBUTING.md explains how to add a rule.

mod collector;
mod json;
mod json_error;
mod list;
mod object;
mod rule;
#[cfg(feature = "schemars")]
mod schema;
mod text;
mod validate;
mod violation;

pub use json_error::JsonError;
pub use rule::{Rule, UnknownRule};
pub use validate::Validate;
pub use violation::{Violation, Violations};
