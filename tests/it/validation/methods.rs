//! The methods of the extension traits.

use super::*;

#[test]
fn all_and_only_create_lists_of_the_request() {
    assert_eq!(serde_json::to_value(SupportLanguages::all()).unwrap(), json!(["*"]));
    assert_eq!(serde_json::to_value(SupportLocations::only(["HK", "US-CA"])).unwrap(), json!(["HK", "US-CA"]));
    assert!(SupportLocations::all().is_all() && SupportLanguages::only(["*"]).is_all());
    for not_all in [vec![], vec!["en"], vec!["*", "*"], vec!["en", "*"], vec![" *"], vec!["**"]] {
        assert!(!SupportLanguages::only(not_all.clone()).is_all(), "{not_all:?}");
    }
}

#[test]
fn list_covers_its_codes_and_wildcard_covers_all() {
    let places = SupportLocations::only(["HK", "US-CA"]);
    assert!(places.covers("HK") && places.covers("US-CA"));
    for other in ["US", "hk", "", "*", "HK ", "US-C"] {
        assert!(!places.covers(other), "{other:?}");
        assert!(SupportLocations::all().covers(other) && SupportLanguages::all().covers(other));
        assert!(!SupportLanguages::only([""; 0]).covers(other));
    }
}

#[test]
fn set_targets_replaces_targets_and_selects_their_type_once() {
    let all = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all());
    assert_eq!(all.types, []);
    for (kind, target) in [
        (DestinationType::Phone, "+85212345678"),
        (DestinationType::Staff, "staff-1"),
        (DestinationType::Trunk, "+85287654321"),
    ] {
        let mut update = all.clone();
        assert!(!update.has_type(kind) && update.targets(kind).is_empty());
        update.set_targets(kind, ["to be replaced"]);
        update.set_targets(kind, [target]);
        assert!(update.has_type(kind));
        assert_eq!((&*update.types, update.targets(kind)), (&[kind][..], &[target.to_owned()][..]));
        assert_eq!(update.validate(), Ok(()));
        assert_eq!(update, all.clone().with_targets(kind, [target]));
        update.types.push(kind);
        assert_eq!(update.clone().without_type(kind), all);
        update.remove_type(kind);
        assert_eq!(update, all);
    }
}

#[test]
fn shorthand_methods_set_their_own_list() {
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
        .with_trunks(["1111111"])
        .with_staff(["staff-1"])
        .with_phones(["2222222"]);
    assert_eq!(
        serde_json::to_value(&update).unwrap(),
        json!({
            "displayName": "Night shift",
            "supportLanguages": ["*"],
            "supportLocations": ["*"],
            "types": ["TRUNK", "STAFF", "PHONE"],
            "phoneTargets": ["2222222"],
            "staffTargets": ["staff-1"],
            "trunkTargets": ["1111111"],
        })
    );
    assert_eq!(update.without_type(DestinationType::Staff).types, [DestinationType::Trunk, DestinationType::Phone]);
}
