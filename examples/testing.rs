//! How do I test my program without an account? `cargo run --features mock --example testing`

use std::sync::Arc;

use cinnox_destination::mock::{self, Failure, MockServer};
use cinnox_destination::prelude::*;
use cinnox_destination::{Response, Result, UpdatedDestination};

/// What the program needs of the client. The futures are `Send`, so that the program can use them in `tokio::spawn`.
trait Destinations: Send + Sync + 'static {
    fn update(
        &self,
        id: &DestinationId,
        update: &DestinationUpdate,
    ) -> impl Future<Output = Result<Response<UpdatedDestination>>> + Send;
}

impl Destinations for Client {
    async fn update(&self, id: &DestinationId, update: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
        Client::update(self, id, update).await
    }
}

/// Replaces the client in tests: knows no destination.
struct Empty;

impl Destinations for Empty {
    async fn update(&self, _: &DestinationId, _: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
        Err(mock::error([Failure::code(ErrorCode::DESTINATION_NOT_FOUND)]))
    }
}

/// The program under test.
async fn open_night_shift<D: Destinations>(destinations: Arc<D>, id: DestinationId) -> Result<u32> {
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))
        .with_staff(["staff-1"]);
    Ok(destinations.update(&id, &update).await?.attempts())
}

/// In your program this is a `#[tokio::test]`.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id: DestinationId = "dest-1".parse()?;

    // Without a server: replace the client.
    let error = tokio::spawn(open_night_shift(Arc::new(Empty), id.clone())).await?.unwrap_err();
    assert!(error.is_not_found());

    // With a server: the real client, and what was sent.
    let server = MockServer::start().await;
    server.add_destination(&id);
    server.fail_next(1, Failure::code(ErrorCode::TOO_MANY_REQUESTS));
    let attempts = tokio::spawn(open_night_shift(Arc::new(server.client()), id.clone())).await??;
    assert_eq!((attempts, server.request_count()), (2, 2));
    assert_eq!(server.destination(&id).map(|update| update.display_name), Some("Night shift".to_owned()));
    println!("the program works as expected");
    Ok(())
}
