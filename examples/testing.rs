//! How do I test my program without an account? `cargo run --features mock --example testing`

use cinnox_destination::{mock::MockServer, prelude::*};

/// The function under test: it takes the client, so that a test can pass another one.
async fn open_night_shift(client: &Client, destination: &DestinationId) -> Result<(), Error> {
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))?
        .with_staff(["staff-1"]);
    client.update(destination, &update).await.map(drop)
}

/// In your program this is a `#[tokio::test]`.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (server, destination) = (MockServer::start().await, "dest-1".parse()?);

    let error = open_night_shift(&server.client(), &destination).await.unwrap_err();
    assert!(error.is_not_found());

    server.add_destination(&destination);
    open_night_shift(&server.client(), &destination).await?;
    let held = server.destination(&destination).expect("it was updated");
    assert_eq!(*held.display_name, "Night shift");
    assert_eq!(server.request_count(), 2);
    println!("the function works as expected");
    Ok(())
}
