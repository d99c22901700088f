//! How does my editor check updates? Print the JSON Schema: `cargo run --features schemars --example schema`

use std::io::{self, Write};

use cinnox_destination::DestinationUpdate;

fn main() -> io::Result<()> {
    let schema = schemars::schema_for!(DestinationUpdate);
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&schema)?)
}
