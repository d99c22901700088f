use cinnox_destination::{DestinationUpdate, mock::MockServer, prelude::*};

fn named(characters: usize) -> Result<DestinationUpdate, cinnox_destination::Violations> {
    let update = DestinationUpdate::new("ü".repeat(characters), SupportLanguages::all(), SupportLocations::all())?;
    Ok(update.with_staff(["staff-1"]))
}

#[tokio::test]
async fn sends_as_many_characters_as_the_limit() {
    let server = MockServer::start().await;
    server.add_destination(&"dest-1".parse().unwrap());
    server.client().update(&"dest-1".parse().unwrap(), &named(1234).unwrap()).await.unwrap();
    assert_eq!(server.request_count(), 1);
}

#[test]
fn refuses_one_character_more() {
    let violations = named(1235).unwrap_err();
    assert_eq!(violations[0].rule().name(), "too-long");
    assert!(violations[0].message().contains("longer than 1234 characters"), "{violations}");
}

#[test]
fn schema_has_the_limit() {
    let schema = serde_json::to_value(schemars::schema_for!(DestinationUpdate)).unwrap();
    assert_eq!(schema["$defs"]["DestinationUpdate.DisplayName"]["maxLength"], 1234);
}
