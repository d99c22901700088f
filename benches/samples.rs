//! The updates that are measured.

use cinnox_destination::{DestinationType, DestinationUpdate, prelude::*};
use serde::de::DeserializeOwned;

use crate::Result;

/// A sample by its name: `typical`, `every rule broken`, or a number of targets such as `100 targets`.
pub(crate) fn sample(name: &str) -> Result<DestinationUpdate> {
    match name {
        "typical" => Ok(typical()),
        "every rule broken" => Ok(every_rule_broken()),
        _ => Ok(with_targets(name.trim_end_matches(" targets").replace(',', "").parse()?)),
    }
}

/// The update of the README's quick start.
pub(crate) fn typical() -> DestinationUpdate {
    named("Night shift").with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"])
}

/// The same update as the type of another client.
pub(crate) fn typical_as<T: DeserializeOwned>() -> Result<T> {
    Ok(serde_json::from_value(serde_json::to_value(typical())?)?)
}

/// A valid update with this many targets.
fn with_targets(count: u32) -> DestinationUpdate {
    named("Night shift").with_phones((0..count).map(|number| format!("+852{number:08}")))
}

/// Breaks every rule that a value of this type can break.
fn every_rule_broken() -> DestinationUpdate {
    let mut update = named(" Night shift");
    update.support_languages = SupportLanguages::only(["en", "*", "en", " fr", " "]);
    update.support_locations = SupportLocations::only([""; 0]);
    update.types = vec![DestinationType::Phone, DestinationType::Phone, DestinationType::Trunk];
    update.phone_targets = ["12", "*", "+85212345678", "+85212345678"].map(str::to_owned).to_vec();
    update.staff_targets = vec![" ".to_owned()];
    update
}

fn named(name: &str) -> DestinationUpdate {
    let locations = SupportLocations::only(["HK", "US-CA"]);
    DestinationUpdate::new(name, SupportLanguages::all(), locations)
}
