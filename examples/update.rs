//! How do I update a service group? Set `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN`, and name the
//! destination: `cargo run --example update -- dest-1`.

use std::env;

use cinnox_destination::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let destination: DestinationId = env::args().nth(1).ok_or("name a destination")?.parse()?;
    let client = Client::from_env()?;

    let update =
        DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
            .with_staff(["staff-1", "staff-2"]) // selects STAFF
            .with_phones(["+85212345678"]); // selects PHONE

    let updated = client.update(&destination, &update).await?;
    println!("updated {} after {} attempt(s)", updated.id(), updated.attempts());
    Ok(())
}
