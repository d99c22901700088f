//! How do I see attempts and retries in my logs? `cargo run --features mock --example tracing`

use cinnox_destination::ErrorCode;
use cinnox_destination::mock::{Failure, MockServer};
use cinnox_destination::prelude::*;
use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Prints each span when it closes, with its fields: method, URL template, status and error.
    tracing_subscriber::fmt().with_max_level(LevelFilter::INFO).with_span_events(FmtSpan::CLOSE).init();

    let (server, destination) = (MockServer::start().await, "dest-1".parse()?);
    server.add_destination(&destination);
    server.fail_next(1, Failure::code(ErrorCode::TOO_MANY_REQUESTS).status(429).retry_after("1"));
    let update =
        DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).with_staff(["staff-1"]);
    let updated = server.client().update(&destination, &update).await?;
    println!("updated {} after {} attempts", updated.id(), updated.attempts());
    Ok(())
}
