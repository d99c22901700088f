//! How violations are reported: their order, their form, and the time to find many; the names of the rules.

use std::time::{Duration, Instant};

use cinnox_destination::Violations;

use super::*;
use crate::support::document;

#[test]
fn reports_all_violations_in_the_order_of_the_document() {
    let fields = json!({
        "displayName": " ",
        "supportLanguages": ["*", " ", " en", "*", "a,b"],
        "supportLocations": [],
        "types": ["TRUNK", "PHONE", "PHONE"],
        "phoneTargets": [],
        "staffTargets": ["*", "", ""],
        "trunkTargets": ["+1", "*", "+1"],
    });
    let found = violations(&fields);
    let found: Vec<_> = found.iter().map(|(pointer, rule, _)| (pointer.as_str(), rule.as_str())).collect();
    assert_eq!(
        found,
        [
            ("/displayName", "blank"),
            ("/supportLanguages/0", "wildcard-not-alone"),
            ("/supportLanguages/1", "blank"),
            ("/supportLanguages/2", "surrounding-white-space"),
            ("/supportLanguages/3", "wildcard-not-alone"),
            ("/supportLanguages/3", "duplicate"),
            ("/supportLanguages/4", "not-a-code"),
            ("/supportLocations", "empty"),
            ("/types/2", "duplicate"),
            ("/phoneTargets", "missing-targets"),
            ("/staffTargets", "type-not-selected"),
            ("/staffTargets/0", "wildcard-target"),
            ("/staffTargets/1", "blank"),
            ("/staffTargets/2", "blank"),
            ("/staffTargets/2", "duplicate"),
            ("/trunkTargets/0", "not-e164"),
            ("/trunkTargets/1", "wildcard-target"),
            ("/trunkTargets/2", "not-e164"),
            ("/trunkTargets/2", "duplicate"),
        ]
    );
    let mut fields: Vec<_> = found.iter().filter_map(|(pointer, _)| pointer.split('/').nth(1)).collect();
    fields.dedup();
    // A property added to the document may have no rule.
    let mut order = document::fields();
    order.retain(|field| fields.contains(&field.as_str()));
    assert_eq!(fields, order);
}

#[test]
fn finds_duplicate_in_list_of_any_length() {
    for length in [1, 2, 15, 16, 17, 18, 100] {
        let mut codes: Vec<String> = (0..length).map(|number| format!("code-{number}")).collect();
        codes.extend(["code-0".to_owned(), "code-0".to_owned()]);
        let found = violations(&json!({ "supportLanguages": codes }));
        let message = r#""code-0" is a duplicate of entry 1 (/supportLanguages/0); remove one of the two"#;
        let expected = |index| (format!("/supportLanguages/{index}"), Rule::Duplicate, message.to_owned());
        assert_eq!(found, [expected(length), expected(length + 1)]);
    }
}

#[test]
fn shows_and_serializes_violations() {
    let violations = update(&json!({ "types": ["STAFF", "PHONE"], "staffTargets": ["*"] })).validate().unwrap_err();
    let empty = "is empty but PHONE is selected; add a target, or remove PHONE from the types";
    let wildcard = r#""*" is not a target; list each target"#;
    assert_eq!(
        serde_json::to_value(&violations).unwrap(),
        json!([
            { "pointer": "/phoneTargets", "rule": "missing-targets", "message": empty },
            { "pointer": "/staffTargets/0", "rule": "wildcard-target", "message": wildcard },
        ])
    );
    assert_eq!(violations.to_string(), format!("/phoneTargets: {empty}\n/staffTargets/0: {wildcard}"));
    let places: Vec<_> = (&violations).into_iter().map(|found| (found.field(), found.index())).collect();
    assert_eq!(places, [("phoneTargets", None), ("staffTargets", Some(0))]);
    assert!(std::error::Error::source(&violations).is_none());
}

#[test]
fn shows_value_shortened_and_escaped() {
    let text = |code: &str| update(&json!({ "supportLocations": [code] })).validate().unwrap_err().to_string();
    let advice = "begins or ends with white space; remove it";
    let long = format!("{} ", "長".repeat(1_000_000));
    assert_eq!(text(&long), format!("/supportLocations/0: \"{}…\" {advice}", "長".repeat(48)));
    assert_eq!(
        text("x\u{1b}[31m\u{202e}\0").split(" contains ").next(),
        Some(r#"/supportLocations/0: "x\u{1b}[31m\u{202e}\0""#)
    );
}

/// Updates with `count` targets: valid, all of them wrong, all of them the same.
fn large(count: usize) -> [DestinationUpdate; 3] {
    let sample = || DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all());
    [
        sample().with_phones((0..count).map(|number| format!("+8521{number:07}"))),
        sample().with_phones((0..count).map(|number| format!("0{number}"))),
        sample().with_phones((0..count).map(|_| "+85212345678")),
    ]
}

#[test]
fn display_lists_twenty_violations_and_counts_the_rest() {
    let violations = |count: usize| -> Violations { large(count)[1].validate().unwrap_err() };
    assert_eq!(violations(20).to_string().lines().count(), 20);
    assert_eq!(violations(21).to_string().lines().last(), Some("… and 1 more"));
    let many = violations(10_000);
    assert_eq!((many.len(), many.to_string().lines().count()), (10_000, 21));
    assert!(many.to_string().ends_with("\n… and 9980 more"));
}

#[test]
fn time_grows_linearly_with_the_number_of_targets() {
    fn time(update: &DestinationUpdate, times: usize) -> Duration {
        let begin = Instant::now();
        for _ in 0..times {
            let _ = std::hint::black_box(update).validate();
        }
        begin.elapsed()
    }
    let (small, big) = (large(3_000), large(90_000));
    for (small, big) in small.iter().zip(&big) {
        // 1 if the time is linear, 30 if it is quadratic. A busy machine usually slows both measurements; if it slows
        // only one, another try passes.
        let mut ratios = (0..5).map(|_| time(big, 1).as_secs_f64() / time(small, 30).as_secs_f64());
        assert!(ratios.any(|ratio| ratio < 8.0), "as many targets in one update take much longer than in thirty");
    }
}

#[test]
fn each_rule_has_a_stable_name() {
    struct Row {
        rule: Rule,
        name: &'static str,
        is_vendor: bool,
    }
    let rows = [
        Row { rule: Rule::TooLong, name: "too-long", is_vendor: true },
        Row { rule: Rule::Blank, name: "blank", is_vendor: false },
        Row { rule: Rule::SurroundingWhiteSpace, name: "surrounding-white-space", is_vendor: false },
        Row { rule: Rule::HiddenCharacter, name: "hidden-character", is_vendor: false },
        Row { rule: Rule::DamagedText, name: "damaged-text", is_vendor: false },
        Row { rule: Rule::Empty, name: "empty", is_vendor: false },
        Row { rule: Rule::Duplicate, name: "duplicate", is_vendor: false },
        Row { rule: Rule::NotACode, name: "not-a-code", is_vendor: false },
        Row { rule: Rule::WildcardNotAlone, name: "wildcard-not-alone", is_vendor: false },
        Row { rule: Rule::MissingTargets, name: "missing-targets", is_vendor: true },
        Row { rule: Rule::TypeNotSelected, name: "type-not-selected", is_vendor: false },
        Row { rule: Rule::WildcardTarget, name: "wildcard-target", is_vendor: false },
        Row { rule: Rule::NotE164, name: "not-e164", is_vendor: false },
    ];
    assert_eq!(Rule::ALL, rows.iter().map(|row| row.rule).collect::<Vec<_>>());
    for Row { rule, name, is_vendor } in rows {
        assert_eq!((rule.as_str(), rule.is_vendor()), (name, is_vendor));
        assert_eq!((name.parse(), format!("{rule:>24}")), (Ok(rule), format!("{name:>24}")));
        assert_eq!(serde_json::to_value(rule).unwrap(), name);
    }
}

#[test]
fn unknown_rule_lists_the_names() {
    let names = Rule::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ");
    let sentence = |shown: &str| format!("\"{shown}\" is not a rule; use one of {names}");
    for (name, shown) in [("not-e16", "not-e16"), ("NotE164", "NotE164"), ("", ""), ("a\u{1b}", r"a\u{1b}")] {
        assert_eq!(name.parse::<Rule>().unwrap_err().to_string(), sentence(shown));
    }
}
