use cinnox_destination::{DestinationUpdate, SupportLanguages, Wildcard, mock::MockServer};

#[tokio::test]
async fn is_on_the_type_and_in_the_request() {
    let mut update = dependant::update();
    assert_eq!(update.priority, None);
    assert_eq!(update.fallback_languages, None);
    update.priority = Some(7);
    update.fallback_languages = Some(SupportLanguages::only(["en"]));

    let server = MockServer::start().await;
    server.add_destination(&"dest-1".parse().unwrap());
    server.client().update(&"dest-1".parse().unwrap(), &update).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&server.requests()[0].body).unwrap();
    assert_eq!(body["priority"], 7);
    assert_eq!(body["fallbackLanguages"], serde_json::json!(["en"]));
    assert_eq!(DestinationUpdate::from_json(&server.requests()[0].body).unwrap(), update);
}

#[test]
fn is_in_the_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(DestinationUpdate)).unwrap();
    assert_eq!(schema["properties"]["priority"]["type"], "integer");
}
