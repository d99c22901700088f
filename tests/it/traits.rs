//! Traits of the public types: they cross threads and go to a database and back, and every error converts to `Error`.

use std::collections::{BTreeMap, HashSet};
use std::error::Error as StdError;
use std::fmt::Debug;

use cinnox_destination::prelude::*;
use cinnox_destination::{
    AppId, ClientBuilder, InvalidId, Response, Rule, Timeout, UnknownRule, UpdatedDestination, generated, mock,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::support::{ClosedPort, builder, destination, fail, update};

fn crosses_threads<T: Debug + Send + Sync + 'static>() {}
fn can_be_cloned<T: Clone + Debug + Send + Sync + 'static>() {}
fn is_an_error<T: StdError + Send + Sync + 'static>() {}

#[test]
fn every_public_type_crosses_threads() {
    crosses_threads::<ClientBuilder>();
    crosses_threads::<Error>();
    crosses_threads::<mock::MockServer>();
    can_be_cloned::<AppId>();
    can_be_cloned::<Client>();
    can_be_cloned::<ConfigError>();
    can_be_cloned::<DestinationId>();
    can_be_cloned::<DestinationType>();
    can_be_cloned::<DestinationUpdate>();
    can_be_cloned::<ErrorCode>();
    can_be_cloned::<ErrorKind>();
    can_be_cloned::<InvalidId>();
    can_be_cloned::<JsonError>();
    can_be_cloned::<Outcome>();
    can_be_cloned::<Response<UpdatedDestination>>();
    can_be_cloned::<RetryPolicy>();
    can_be_cloned::<Rule>();
    can_be_cloned::<SupportLanguages>();
    can_be_cloned::<SupportLocations>();
    can_be_cloned::<Timeout>();
    can_be_cloned::<UnknownRule>();
    can_be_cloned::<UpdatedDestination>();
    can_be_cloned::<Violation>();
    can_be_cloned::<Violations>();
    can_be_cloned::<mock::Failure>();
    can_be_cloned::<mock::Received>();
    can_be_cloned::<generated::Client>();
    can_be_cloned::<generated::types::ApiError>();
    is_an_error::<ConfigError>();
    is_an_error::<Error>();
    is_an_error::<InvalidId>();
    is_an_error::<JsonError>();
    is_an_error::<UnknownRule>();
    is_an_error::<Violations>();
    is_an_error::<generated::Error<generated::types::ApiError>>();
}

/// The list above is complete.
#[test]
fn every_exported_type_is_in_the_list() {
    const NO_TYPES: [&str; 4] = ["Result", "TypeTargets", "Validate", "Wildcard"];
    let exports = include_str!("../../src/lib.rs").lines().filter(|line| line.starts_with("pub use crate::"));
    let names = exports.flat_map(|line| line.split(|c: char| !c.is_alphanumeric()));
    let names: Vec<_> = names.filter(|name| name.starts_with(char::is_uppercase)).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names.into_iter().filter(|name| !NO_TYPES.contains(name)) {
        let is_listed = ["crosses_threads", "can_be_cloned"]
            .iter()
            .any(|list| include_str!("traits.rs").contains(&format!("    {list}::<{name}")));
        assert!(is_listed, "{name} is not in the list");
    }
}

/// Compiles only if the future of a call can move to another thread.
#[tokio::test]
async fn call_can_be_spawned() {
    let client = builder("http://localhost:1").build().unwrap();
    let (app_id, id) = (client.app_id().clone(), destination());
    let invalid = DestinationUpdate::new("", SupportLanguages::all(), SupportLocations::all());
    let called = tokio::spawn(async move {
        let api = client.generated();
        assert!(api.update_destination(&app_id, &id, &invalid).await.is_err());
        client.update(&id, &invalid).await
    });
    assert_eq!(called.await.unwrap().unwrap_err().outcome(), Outcome::NotSent);
}

#[track_caller]
fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: &Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), *expected);
    assert_eq!(serde_json::from_value::<T>(expected.clone()).unwrap(), *value);
    assert_eq!(serde_json::from_str::<T>(&serde_json::to_string(value).unwrap()).unwrap(), *value);
}

#[test]
fn values_go_to_a_database_and_come_back() {
    assert_round_trip(&Outcome::NotSent, &json!("not_sent"));
    assert_round_trip(&Outcome::Rejected, &json!("rejected"));
    assert_round_trip(&Outcome::Unknown, &json!("unknown"));
    assert_round_trip(&ErrorCode::DESTINATION_NOT_FOUND, &json!(3_000_205));
    assert_round_trip(&ErrorCode::new(-7), &json!(-7));
    assert_round_trip(&ErrorCode::new(i64::MAX), &json!(i64::MAX));
    assert_round_trip(&destination(), &json!("dest-1"));
    assert!(serde_json::from_value::<Outcome>(json!("not sent")).is_err());
    assert!(serde_json::from_value::<DestinationId>(json!("../dest-1")).is_err());
    // A stored update is not judged by newer rules.
    let mut stored = update().with_phones(["12"]);
    stored.display_name = "x".repeat(99);
    assert_round_trip(
        &stored,
        &json!({
            "displayName": "x".repeat(99),
            "supportLanguages": ["*"],
            "supportLocations": ["HK"],
            "types": ["STAFF", "PHONE"],
            "phoneTargets": ["12"],
            "staffTargets": ["staff-canary-1"],
        }),
    );
    let violations = stored.validate().unwrap_err();
    let listed = serde_json::to_value(&violations).unwrap();
    let (name, phone) = (&listed[0], &listed[1]);
    assert_eq!((&name["pointer"], &name["rule"]), (&json!("/displayName"), &json!("too-long")));
    assert_eq!((&phone["pointer"], &phone["message"]), (&json!("/phoneTargets/0"), &json!(violations[1].message())));
}

#[tokio::test]
async fn names_are_stable_label_values() {
    let error = fail(builder(&ClosedPort::bind().url())).await;
    let labels = json!({ "outcome": error.outcome(), "kind": error.kind().as_str(), "code": error.code() });
    assert_eq!(labels, json!({ "outcome": "not_sent", "kind": "connect", "code": null }));
    let outcomes = [Outcome::NotSent, Outcome::Rejected, Outcome::Unknown];
    assert_eq!(outcomes.map(Outcome::as_str), ["not_sent", "rejected", "unknown"]);
    assert_eq!(outcomes.map(|outcome| outcome.to_string()), ["not sent", "rejected", "unknown"]);
    // Width and alignment apply, as in a table.
    assert_eq!(format!("{:>9}|{:<9}|", Outcome::Unknown, Outcome::NotSent), "  unknown|not sent |");
    assert_eq!(
        [Timeout::Connect, Timeout::Read].map(|timeout| timeout.to_string()),
        ["connect timeout", "read timeout"]
    );
    assert_eq!(ErrorCode::new(7).to_string(), "7");
    assert_eq!(ErrorCode::BAD_REQUEST.to_string(), "400 (bad request)");
    let counts: BTreeMap<_, _> = [(Outcome::Unknown, 1), (Outcome::NotSent, 2)].into();
    assert_eq!(counts.keys().collect::<Vec<_>>(), [&Outcome::NotSent, &Outcome::Unknown]);
}

#[test]
fn equal_updates_have_one_hash() {
    let updates = HashSet::from([update(), update(), update().with_staff(["staff-2"])]);
    assert_eq!(updates.len(), 2);
    assert!(updates.contains(&update()));
}

/// A caller can use `?` on every error of this crate.
#[tokio::test]
async fn every_error_converts_to_error() {
    struct Row<'a> {
        base_url: &'a str,
        id: &'static str,
        name: &'static str,
        kind: &'static str,
    }
    async fn call(base_url: &str, id: &str, name: &str) -> cinnox_destination::Result<String> {
        let client = Client::builder().base_url(base_url).app_id("app-1").app_token("token-12345").build()?;
        let update = DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
        let update = update.with_staff(["staff-1"]);
        update.validate()?;
        let id: DestinationId = id.parse()?;
        Ok(client.update(&id, &update).await?.id().to_owned())
    }
    let url = ClosedPort::bind().url();
    for Row { base_url, id, name, kind } in [
        Row { base_url: "", id: "dest-1", name: "a", kind: "configuration" },
        Row { base_url: &url, id: "..", name: "a", kind: "configuration" },
        Row { base_url: &url, id: "dest-1", name: "", kind: "invalid_update" },
    ] {
        let error: Error = call(base_url, id, name).await.unwrap_err();
        assert_eq!(
            (error.kind().as_str(), error.outcome(), error.attempts()),
            (kind, Outcome::NotSent, 0),
            "{error:?}"
        );
        assert!(error.headers().is_none() && error.body().is_empty() && error.status().is_none());
    }
}
