//! Each rule with its place and its sentence, how violations are reported, and the methods of the extension traits.

mod methods;
mod report;
mod rules;

use cinnox_destination::{Rule, prelude::*};
use serde_json::{Value, json};

use crate::schema::assert_agrees;

/// A valid update with the given fields replaced.
fn whole(fields: &Value) -> Value {
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
    whole
}

#[track_caller]
fn update(fields: &Value) -> DestinationUpdate {
    serde_json::from_value(whole(fields)).unwrap()
}

/// Pointer, rule and message of each violation. The JSON Schema finds it valid if there is none.
#[track_caller]
fn violations(fields: &Value) -> Vec<(String, Rule, String)> {
    let found = update(fields).validate();
    assert_agrees(&whole(fields), found.is_ok());
    let parts = |found: &Violation| (found.pointer().to_owned(), found.rule(), found.message().to_owned());
    found.map_or_else(|violations| violations.iter().map(parts).collect(), |()| Vec::new())
}
