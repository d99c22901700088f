use cinnox_destination::{DestinationUpdate, mock::Account, prelude::*};

fn named(characters: usize) -> Result<DestinationUpdate, cinnox_destination::Violations> {
    let update = DestinationUpdate::new("ü".repeat(characters), SupportLanguages::all(), SupportLocations::all())?;
    Ok(update.with_staff(["staff-1"]))
}

#[tokio::test]
async fn sixty_characters_pass() {
    let account = Account::start().await;
    account.add_destination(&"dest-1".parse().unwrap());
    account.client().update(&"dest-1".parse().unwrap(), &named(60).unwrap()).await.unwrap();
    assert_eq!(account.request_count(), 1);
}

#[test]
fn sixty_one_do_not() {
    let violations = named(61).unwrap_err();
    assert_eq!(violations[0].rule().name(), "too-long");
    assert!(violations[0].message().contains("longer than 60 characters"), "{violations}");
}

#[test]
fn the_schema_says_so() {
    let schema = serde_json::to_value(schemars::schema_for!(DestinationUpdate)).unwrap();
    assert_eq!(schema["properties"]["displayName"]["maxLength"], 60);
}
