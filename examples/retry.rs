//! What is retried, how often and when? `cargo run --features mock --example retry`

use std::time::Duration;

use cinnox_destination::ErrorCode;
use cinnox_destination::mock::{Failure, MockServer};
use cinnox_destination::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (server, destination) = (MockServer::start().await, "dest-1".parse()?);
    server.add_destination(&destination);
    let update =
        DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).with_staff(["staff-1"]);
    let patient = RetryPolicy::default().max_attempts(5).initial_backoff(Duration::from_millis(50));

    // Throttled requests are known not to have been applied.
    let client = server.client().with_retry(patient.clone());
    server.fail_next(4, Failure::code(ErrorCode::TOO_MANY_REQUESTS));
    println!("throttled: {} attempts", client.update(&destination, &update).await?.attempts());

    // After this code, the update may have been applied: it is retried only if the policy is idempotent.
    server.fail_next(1, Failure::code(ErrorCode::BAD_SERVICE_RESPONSE));
    let error = client.update(&destination, &update).await.unwrap_err();
    println!("outcome {}: {} attempt", error.outcome(), error.attempts());
    server.fail_next(1, Failure::code(ErrorCode::BAD_SERVICE_RESPONSE));
    let updated = client.with_retry(patient.idempotent()).update(&destination, &update).await?;
    println!("the same, idempotent: {} attempts", updated.attempts());
    Ok(())
}
