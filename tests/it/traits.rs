//! Conversions of the public types: to JSON for a log record, to strings, to map keys, and between errors.

use std::collections::BTreeMap;

use cinnox_destination::{JsonError, Rule, RuleSource, Timeout, prelude::*};
use serde_json::json;

use crate::support::{ClosedPort, builder, destination, update};

#[tokio::test]
async fn serializes_failure_for_a_log_record() {
    let client = builder(&ClosedPort::bind().url()).build().unwrap();
    let error = client.update(&destination(), &update()).await.unwrap_err();
    let record = json!({ "outcome": error.outcome(), "code": error.code(), "destination": destination() });
    assert_eq!(record, json!({ "outcome": "not sent", "code": null, "destination": "dest-1" }));
    assert_eq!(json!([ErrorCode::DestinationNotFound, ErrorCode::Other(7)]), json!([3_000_205, 7]));
    assert_eq!(json!([Outcome::Rejected, Outcome::Unknown]), json!(["rejected", "unknown"]));
}

#[test]
fn serializes_json_error_with_its_position() {
    let error = DestinationUpdate::from_json("{}").unwrap_err();
    let problem = r#"`displayName` is missing; add "displayName": "…""#;
    let place = json!({ "pointer": "", "line": 1, "column": 1, "problem": problem });
    assert_eq!(json!(error), json!({ "structure": place }));
    let invalid: JsonError = update().with_phones(["12"]).validate().unwrap_err().into();
    assert_eq!(json!(invalid)["invalid"][0]["pointer"], "/phoneTargets/0");
}

#[test]
fn display_of_enums_is_their_name() {
    let shown = |value: &dyn std::fmt::Display| value.to_string();
    assert_eq!(shown(&Rule::WildcardNotAlone), "wildcard-not-alone");
    assert_eq!([shown(&RuleSource::Ours), shown(&RuleSource::Vendor)], ["ours", "vendor"]);
    assert_eq!([shown(&Timeout::Connect), shown(&Timeout::Total)], ["connect timeout", "total timeout"]);
    assert_eq!(shown(&Outcome::NotSent), "not sent");
    // Width and alignment apply, as in a table.
    assert_eq!(format!("{:>9}|{:<9}|", Outcome::Unknown, Outcome::NotSent), "  unknown|not sent |");
}

#[test]
fn violation_names_field_index_and_source() {
    let violations: Violations =
        update().with_phones(["12"]).without_type(DestinationType::Staff).validate().unwrap_err();
    let [found] = &*violations else { panic!("{violations}") };
    assert_eq!((found.field(), found.index()), ("phoneTargets", Some(0)));
    assert_eq!((found.rule(), found.source()), (Rule::NotE164, RuleSource::Ours));

    let violations = update().with_targets(DestinationType::Phone, [""; 0]).validate().unwrap_err();
    let [found] = &*violations else { panic!("{violations}") };
    assert_eq!((found.field(), found.index()), ("phoneTargets", None));
    assert_eq!((found.rule(), found.source()), (Rule::MissingTargets, RuleSource::Vendor));
}

#[test]
fn outcomes_and_codes_can_be_map_keys() {
    let counts: BTreeMap<_, _> = [(Outcome::Unknown, 1), (Outcome::NotSent, 2)].into();
    assert_eq!(counts.keys().collect::<Vec<_>>(), [&Outcome::NotSent, &Outcome::Unknown]);
    let codes: BTreeMap<_, _> = [(ErrorCode::TooManyRequests, 1), (ErrorCode::Other(7), 2)].into();
    assert_eq!(codes[&ErrorCode::from(6_451_010)], 1);
}

/// A caller can use `?` on every error of this crate.
#[tokio::test]
async fn every_error_converts_to_error() {
    struct Row<'a> {
        base_url: &'a str,
        id: &'static str,
        name: &'static str,
    }
    async fn call(base_url: &str, id: &str, name: &str) -> cinnox_destination::Result<String> {
        let client = Client::builder(base_url, "app-1", "token-12345").build()?;
        let update = DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all())?;
        let id: DestinationId = id.parse()?;
        Ok(client.update(&id, &update).await?.id().to_owned())
    }
    let url = ClosedPort::bind().url();
    for Row { base_url, id, name } in [
        Row { base_url: "", id: "dest-1", name: "a" },
        Row { base_url: &url, id: "..", name: "a" },
        Row { base_url: &url, id: "dest-1", name: "" },
    ] {
        let error: Error = call(base_url, id, name).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}
