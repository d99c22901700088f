//! Sample updates, the same ones for the same number.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
};

use cinnox_destination::{DestinationUpdate, Violations, prelude::*};
use serde_json::json;

pub(crate) fn write(count: u64, file: File) -> io::Result<File> {
    let mut file = BufWriter::new(file);
    for number in 1..=count {
        let update = sample(number).map_err(io::Error::other)?;
        writeln!(file, "{}", json!({ "destination": format!("demo-{number}"), "update": update }))?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

fn sample(number: u64) -> Result<DestinationUpdate, Violations> {
    let places =
        if number.is_multiple_of(3) { SupportLocations::all() } else { SupportLocations::only(["HK", "US-CA"]) };
    let update =
        DestinationUpdate::new(format!("Service group {number}"), SupportLanguages::only(["en", "zh-HK"]), places)?
            .with_staff([format!("staff-{number}"), format!("staff-{}", number + 1)]);
    Ok(if number.is_multiple_of(5) { update.with_phones([format!("+852{:08}", number % 100_000_000)]) } else { update })
}
