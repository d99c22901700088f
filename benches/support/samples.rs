//! Updates to measure with.

// Each bench has its own use for it.
#![allow(dead_code)]

use cinnox_destination::{DestinationType, DestinationUpdate, prelude::*};

/// The one of the README's quick start.
pub(crate) fn typical() -> DestinationUpdate {
    named("Night shift").with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"])
}

/// Right, with this many targets.
pub(crate) fn with_targets(count: u32) -> DestinationUpdate {
    named("Night shift").with_phones((0..count).map(|number| format!("+852{number:08}")))
}

/// Breaks every rule that an update of this type can break.
pub(crate) fn every_rule_broken() -> DestinationUpdate {
    let mut update = named(" Night shift");
    update.support_languages = SupportLanguages::only(["en", "*", "en", " fr", " "]);
    update.support_locations = SupportLocations::only([""; 0]);
    update.types = vec![DestinationType::Phone, DestinationType::Phone, DestinationType::Trunk];
    update.phone_targets = ["12", "*", "+85212345678", "+85212345678"].map(str::to_owned).to_vec();
    update.staff_targets = vec![" ".to_owned()];
    update
}

fn named(name: &str) -> DestinationUpdate {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new(name, SupportLanguages::all(), places);
    update.expect("the name is short enough")
}

pub(crate) fn to_json(update: &DestinationUpdate) -> Vec<u8> {
    serde_json::to_vec(update).expect("an update can be written as JSON")
}
