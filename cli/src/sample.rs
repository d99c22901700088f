//! Deterministic sample updates.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
};

use cinnox_destination::{DestinationUpdate, Violations, prelude::*};
use serde_json::json;

/// An update that has something in every list.
pub(crate) fn complete() -> Result<DestinationUpdate, Violations> {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new("Night shift", SupportLanguages::only(["en", "zh-HK"]), places)?;
    Ok(update.with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"]).with_trunks(["+85287654321"]))
}

/// A temporary JSON Lines file with `count` sample updates.
pub(crate) fn file(count: u64) -> io::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    for number in 1..=count {
        let update = numbered(number).map_err(io::Error::other)?;
        writeln!(file, "{}", json!({ "destination": format!("demo-{number}"), "update": update }))?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

fn numbered(number: u64) -> Result<DestinationUpdate, Violations> {
    let places =
        if number.is_multiple_of(3) { SupportLocations::all() } else { SupportLocations::only(["HK", "US-CA"]) };
    let update =
        DestinationUpdate::new(format!("Service group {number}"), SupportLanguages::only(["en", "zh-HK"]), places)?
            .with_staff([format!("staff-{number}"), format!("staff-{}", number + 1)]);
    Ok(if number.is_multiple_of(5) { update.with_phones([format!("+852{:08}", number % 100_000_000)]) } else { update })
}
