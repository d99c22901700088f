use cinnox_destination::{DestinationUpdate, SupportLanguages, Wildcard, mock::Account};

#[tokio::test]
async fn it_is_on_the_type_and_on_the_wire() {
    let mut update = dependant::update();
    assert_eq!(update.priority, None);
    assert_eq!(update.fallback_languages, None);
    update.priority = Some(7);
    update.fallback_languages = Some(SupportLanguages::only(["en"]));

    let account = Account::start().await;
    account.add_destination(&"dest-1".parse().unwrap());
    account.client().update(&"dest-1".parse().unwrap(), &update).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&account.requests()[0].body).unwrap();
    assert_eq!(body["priority"], 7);
    assert_eq!(body["fallbackLanguages"], serde_json::json!(["en"]));
    assert_eq!(DestinationUpdate::from_json(&account.requests()[0].body).unwrap(), update);
}

#[test]
fn it_is_in_the_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(DestinationUpdate)).unwrap();
    assert_eq!(schema["properties"]["priority"]["type"], "integer");
}
