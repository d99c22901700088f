//! How violations are reported: their order, their messages, and the time to find many.

use std::time::{Duration, Instant};

use cinnox_destination::{Violation, Violations};

use super::*;
use crate::support::document;

#[test]
fn reports_violations_in_order_of_entries() {
    let violations = update(&json!({ "supportLanguages": ["en", "en", " fr"] })).validate().unwrap_err();
    assert_eq!(
        violations.iter().map(Violation::pointer).collect::<Vec<_>>(),
        ["/supportLanguages/1", "/supportLanguages/2"]
    );
}

#[test]
fn each_duplicate_refers_to_the_first_entry() {
    let violations = update(&json!({ "supportLanguages": ["fr", "en", "en", "en"] })).validate().unwrap_err();
    assert_eq!(
        violations.to_string(),
        "/supportLanguages/2: \"en\" is already at /supportLanguages/1; remove one of the two\n\
         /supportLanguages/3: \"en\" is already at /supportLanguages/1; remove one of the two"
    );
}

#[test]
fn finds_duplicate_in_list_of_any_length() {
    for length in [1, 2, 15, 16, 17, 18, 100] {
        let mut codes: Vec<String> = (0..length).map(|number| format!("code-{number}")).collect();
        codes.push("code-0".to_owned());
        let text = update(&json!({ "supportLanguages": codes })).validate().unwrap_err().to_string();
        let place = format!("/supportLanguages/{length}: \"code-0\" is already at /supportLanguages/0");
        assert_eq!(text, format!("{place}; remove one of the two"));
    }
}

#[test]
fn reports_all_violations_in_the_order_of_the_document() {
    let violations = update(&json!({
        "displayName": " ",
        "supportLanguages": ["*", " ", " en", "*"],
        "supportLocations": [],
        "types": ["TRUNK", "PHONE", "PHONE"],
        "phoneTargets": [],
        "staffTargets": ["*", "", ""],
        "trunkTargets": ["+1", "*", "+1"],
    }))
    .validate()
    .unwrap_err();
    let found: Vec<_> = violations.iter().map(|found| (found.pointer(), found.rule().name())).collect();
    assert_eq!(
        found,
        [
            ("/displayName", "blank"),
            ("/supportLanguages/0", "wildcard-not-alone"),
            ("/supportLanguages/1", "blank"),
            ("/supportLanguages/2", "surrounding-white-space"),
            ("/supportLanguages/3", "wildcard-not-alone"),
            ("/supportLanguages/3", "duplicate"),
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
fn serializes_violations() {
    let violations = update(&json!({ "types": ["STAFF", "PHONE"], "staffTargets": ["*"] })).validate().unwrap_err();
    assert_eq!(
        serde_json::to_value(&violations).unwrap(),
        json!([
            {
                "pointer": "/phoneTargets",
                "rule": "missing-targets",
                "source": "vendor",
                "message": "is empty but PHONE is selected; add a target, or remove PHONE from the types",
            },
            {
                "pointer": "/staffTargets/0",
                "rule": "wildcard-target",
                "source": "ours",
                "message": "\"*\" is not a target; list each target",
            },
        ])
    );
    let rules: Vec<Rule> = violations.into_iter().map(|violation| violation.rule()).collect();
    assert_eq!(rules, [Rule::MissingTargets, Rule::WildcardTarget]);
}

#[test]
fn shows_value_shortened_and_escaped() {
    let text = |code: &str| update(&json!({ "supportLocations": [code] })).validate().unwrap_err().to_string();
    let advice = "begins or ends with white space; remove it";
    let long = format!("{} ", "長".repeat(1_000_000));
    assert_eq!(text(&long), format!("/supportLocations/0: \"{}…\" {advice}", "長".repeat(48)));
    assert_eq!(text(&format!("{} ", "a".repeat(47))), format!("/supportLocations/0: \"{} \" {advice}", "a".repeat(47)));
    assert_eq!(
        text("x\u{1b}[31m\u{202e}\0").split(" has ").next(),
        Some(r#"/supportLocations/0: "x\u{1b}[31m\u{202e}\0""#)
    );
}

/// Updates with `count` targets: valid, all of them wrong, all of them the same.
fn large(count: usize) -> [DestinationUpdate; 3] {
    let sample = || DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).unwrap();
    [
        sample().with_phones((0..count).map(|number| format!("+8521{number:07}"))),
        sample().with_phones((0..count).map(|number| format!("0{number}"))),
        sample().with_phones((0..count).map(|_| "+85212345678")),
    ]
}

#[test]
fn display_limits_ten_thousand_violations() {
    let [valid, wrong, same] = large(10_000);
    assert_eq!(valid.validate(), Ok(()));
    for (update, total) in [(wrong, 10_000), (same, 9_999)] {
        let violations = update.validate().unwrap_err();
        assert_eq!(violations.len(), total);
        let text = violations.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 21);
        assert!(lines[..20].iter().all(|line| line.starts_with("/phoneTargets/")));
        assert_eq!(lines[20], format!("… and {} more", total - 20));
        assert!(text.len() < 4_000, "{} bytes", text.len());
    }
}

#[test]
fn display_lists_twenty_violations_and_counts_the_rest() {
    let text = |count: usize| {
        let [_, wrong, _] = large(count);
        wrong.validate().unwrap_err().to_string()
    };
    assert_eq!(text(20).lines().count(), 20);
    assert!(text(20).lines().last().unwrap().starts_with("/phoneTargets/19: "));
    assert_eq!(text(21).lines().last(), Some("… and 1 more"));
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
fn violations_have_no_source() {
    let violations: Violations = update(&json!({ "types": [] })).validate().unwrap_err();
    assert!(std::error::Error::source(&violations).is_none());
}
