//! Compiled in the copy of the crate: uses what the edits of `tests/regeneration/follow.rs` add.

use std::collections::BTreeMap;

use cinnox_destination::{Rule, UpdatedDestination, generated::types::Level, mock::MockServer, prelude::*};

fn update() -> DestinationUpdate {
    DestinationUpdate::new("abc", SupportLanguages::all(), SupportLocations::all()).with_staff(["staff-1"])
}

#[test]
fn new_properties_are_fields() {
    let mut update = update();
    let unset = serde_json::to_value(&update).unwrap();
    assert_eq!(unset.as_object().unwrap().len(), 5);
    update.priority = Some(3);
    update.rate = Some(0.5);
    update.note = Some("text".to_owned());
    update.labels = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    update.level = Some(Level::VeryHigh);
    (update.type_, update.self_, update.example) = (Some("x".into()), Some("y".into()), Some("z".into()));
    update.fields = Some(true);
    update.fallback = Some(Box::new(update.clone()));
    let json = serde_json::to_string(&update).unwrap();
    assert!(json.contains(r#""level":"very high""#) && json.contains(r#""type":"x""#), "{json}");
    assert_eq!(DestinationUpdate::from_json(&json).unwrap(), update);
}

#[test]
fn values_of_a_new_enum_are_named() {
    let json = serde_json::to_string(&update()).unwrap().replacen('{', r#"{"level":"high","#, 1);
    let message = DestinationUpdate::from_json(&json).unwrap_err().to_string();
    assert!(message.contains("low, very high"), "{message}");
}

#[test]
fn new_limit_is_enforced() {
    let mut long = update();
    long.display_name.push('d');
    let violations = long.validate().unwrap_err();
    assert_eq!(violations[0].rule(), Rule::TooLong);
    assert!(violations[0].message().contains("3 characters"), "{violations}");
    DestinationUpdate::from_json(serde_json::to_string(&long).unwrap()).unwrap_err();
}

#[test]
fn response_is_open() {
    let json = r#"{"result":{"id":"x","state":"unknown","mode":"other","new":1}}"#;
    let updated: UpdatedDestination = serde_json::from_str(json).unwrap();
    assert_eq!(updated.result.state.as_deref(), Some("unknown"));
}

#[test]
fn request_goes_to_the_new_path_without_the_version() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = MockServer::start().await;
        server.add_destination(&"dest-1".parse().unwrap());
        let client = server.client();
        client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
        // Operations without a method of the crate.
        client.generated().create_destination(client.app_id(), &update()).await.unwrap_err();
        client.generated().delete_all(client.app_id(), Some(true)).await.unwrap_err();
        let requests = server.requests();
        assert!(requests[0].path.starts_with("/v2/api/apps/"), "{requests:?}");
        assert!(requests.iter().all(|request| !request.headers.contains_key("api-version")), "{requests:?}");
    });
}
