//! What does a failure mean, and what do I do? `cargo run --features mock --example errors`

use cinnox_destination::ErrorCode;
use cinnox_destination::mock::{Failure, MockServer};
use cinnox_destination::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start().await;
    let client = server.client().with_retry(RetryPolicy::never());
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all());

    // No type is selected, so the update is invalid and not sent.
    describe(client.update(&"dest-1".parse()?, &update).await);

    let update = update.with_staff(["staff-1"]);
    describe(client.update(&"no-such-destination".parse()?, &update).await);
    server.fail_next(1, Failure::code(ErrorCode::TOO_MANY_REQUESTS).status(429).retry_after("7"));
    describe(client.update(&"dest-1".parse()?, &update).await);
    server.fail_next(1, Failure::disconnect());
    describe(client.update(&"dest-1".parse()?, &update).await);
    Ok(())
}

fn describe(result: Result<impl Sized, Error>) {
    let Err(error) = result else { return println!("updated") };
    println!("{error}");
    println!("  outcome: {}, retryable: {}", error.outcome(), error.is_retryable());
    match error.kind() {
        ErrorKind::InvalidUpdate { violations, .. } => {
            println!("  the first field to correct: {}", violations[0].pointer());
        }
        _ if error.is_not_found() => println!("  the destination does not exist"),
        _ => println!("  wait for: {:?}", error.retry_after()),
    }
}
