//! Each rule with its place and its sentence, how violations are reported, and the methods of the extension traits.

mod methods;
mod report;
mod rules;

use cinnox_destination::{Rule, prelude::*};
use serde_json::{Value, json};

/// A valid update with the given fields replaced.
#[track_caller]
fn update(fields: &Value) -> DestinationUpdate {
    let mut whole = json!({
        "displayName": "Night shift",
        "supportLanguages": ["*"],
        "supportLocations": ["*"],
        "types": ["STAFF"],
        "staffTargets": ["staff-1"],
    });
    for (name, value) in fields.as_object().unwrap() {
        whole[name] = value.clone();
    }
    serde_json::from_value(whole).unwrap()
}

/// Pointer, rule and message of each violation.
#[track_caller]
fn violations(fields: &Value) -> Vec<(String, Rule, String)> {
    let Err(violations) = update(fields).validate() else { return Vec::new() };
    let parts = |found: &Violation| (found.pointer().to_owned(), found.rule(), found.message().to_owned());
    violations.iter().map(parts).collect()
}
