//! How does my editor check updates? `cargo run --features schemars --example schema` prints a JSON Schema for it.

use std::io::{self, Write};

use cinnox_destination::DestinationUpdate;

fn main() -> io::Result<()> {
    let schema = schemars::schema_for!(DestinationUpdate);
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&schema)?)
}
